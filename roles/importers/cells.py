"""Cells that name rows of ours, and what all importers of this app share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, ClassVar, TypeVar

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from roles.services.departments import require_manager
from roles.time_zones import validate_time_zone
from teamhub.web import csv_values
from teamhub.web.csv_import import CsvImporter, Planned, Row
from teamhub.web.csv_reading import MAX_ERRORS

T = TypeVar("T")
_KEY = re.compile(r"[A-Za-z0-9_-]{1,60}")
MAX_PARTS = 50  # keys in one cell


def key(raw: str) -> str:
    """A key: letters, digits, hyphens and underscores."""
    if not _KEY.fullmatch(raw):
        raise ValueError(
            _("“%(raw)s” is not a key. Use at most 60 letters (a-z), digits, - and _.")
            % {"raw": raw[:80]}
        )
    return raw


def keys(raw: str) -> list[str]:
    """Keys with semicolons between them, each once."""
    found = list(dict.fromkeys(csv_values.many(key)(raw)))
    if len(found) > MAX_PARTS:
        raise ValueError(_("More than %(limit)d keys in one cell.") % {"limit": MAX_PARTS})
    return found


def names(raw: str) -> list[str]:
    """User names with semicolons between them, each once."""
    return list(dict.fromkeys(csv_values.many(csv_values.text(150))(raw)))


def time_zone(raw: str) -> str:
    try:
        validate_time_zone(raw)
    except ValidationError as error:
        raise ValueError(error.messages[0]) from None
    return raw


class RolesImporter(CsvImporter):
    """For managers; rows are collected in `plan` and written together in `write`."""

    create_missing: ClassVar[bool] = False  # make what a cell names and nobody made yet

    def permit(self) -> None:
        require_manager(self.by)

    def write(self, planned: list[Planned]) -> None:
        """Write what `plan` collected."""
        raise NotImplementedError

    def finish(self, planned: list[Planned]) -> None:
        try:
            with transaction.atomic():
                self.write(planned)
        except IntegrityError:
            # Keys and levels were checked against the rows of a moment ago.
            self.error(1, "", _("Somebody wrote some of these rows meanwhile. Try again."))

    def find(
        self, row: Row, column: str, wanted: str, known: Mapping[str, T], what: str | Promise
    ) -> T | None:
        """The row that the cell names, or None and an error that offers the nearest key."""
        found = known.get(wanted)
        if found is None:
            # Looking for near keys is slow; nobody reads the errors beyond the limit.
            suggest = len(self._errors) < MAX_ERRORS
            self.error(row, column, _unknown(wanted, known, what, suggest=suggest))
        return found

    def find_all(
        self,
        row: Row,
        column: str,
        wanted: Iterable[str],
        known: Mapping[str, T],
        what: str | Promise,
    ) -> list[T]:
        found = [self.find(row, column, one, known, what) for one in wanted]
        return [one for one in found if one is not None]

    def in_order(self, row: Row, first: str, last: str) -> bool:
        """Whether two days of the row, where both are given, stand in order."""
        start, end = row.get(first), row.get(last)
        if start is None or end is None or start <= end:
            return True
        self.error(
            row,
            last,
            _("%(end)s lies before %(start)s (column %(column)s).")
            % {"end": end, "start": start, "column": first},
        )
        return False

    def present(self, values: Mapping[str, T]) -> dict[str, T]:
        """Those whose column is in the file: a column left out leaves the value as it is."""
        return {column: value for column, value in values.items() if self.has(column)}

    def check(self, row: Row, instance: models.Model, *, exclude: Iterable[str] = ()) -> bool:
        """Apply the model's own validators of single fields (no query)."""
        links = {field.name for field in instance._meta.fields if field.is_relation}
        try:
            instance.clean_fields(exclude={*links, *exclude})
        except ValidationError as error:
            for column, messages in error.message_dict.items():
                name = "" if column == NON_FIELD_ERRORS else column
                self.error(row, name, " ".join(messages))
            return False
        return True

    @staticmethod
    def note(planned: Planned, column: str, before: object, after: object) -> None:
        """Add a change that is no field of the row's own table."""
        if before == after:
            return
        planned.changes = {**planned.changes, column: (before, after)}
        if planned.action == "unchanged":
            planned.action = "update"

    def later(
        self, row: Row, instance: models.Model, values: Mapping[str, Any], label: str
    ) -> Planned:
        """Plan a row that `write` writes."""
        planned = self.upsert(row, instance, values, label=label)
        planned.save = None
        return planned


def _unknown(wanted: str, known: Mapping[str, Any], what: str | Promise, *, suggest: bool) -> str:
    text = _("There is no %(what)s “%(wanted)s”.") % {"what": what, "wanted": wanted}
    if near := suggest and get_close_matches(wanted, known, n=1):
        return f"{text} " + _("Is it “%(near)s”?") % {"near": near[0]}
    return text


def creating(kind: type[RolesImporter]) -> type[RolesImporter]:
    """The same importer with `create_missing` on."""
    return type(kind.__name__, (kind,), {"create_missing": True})
