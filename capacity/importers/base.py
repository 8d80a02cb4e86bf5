"""What the importers of this app share: who may, how a cell finds its row, writing in bulk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Generic, TypeVar

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from capacity.services.rows import check_key, require_planner
from projects.importers.base import Known
from teamhub.errors import InvalidInput
from teamhub.web import csv_values
from teamhub.web.csv_import import CsvImporter, Planned, Row

M = TypeVar("M", bound=models.Model)
BATCH = 500


class CapacityImporter(CsvImporter, Generic[M]):
    """Rows are collected in `plan` and written together: a list of a thousand nodes is normal."""

    def __init__(self, *, by: Any) -> None:
        super().__init__(by=by)
        self._new: list[M] = []
        self._changed: list[M] = []
        self._fields: set[str] = set()

    def permit(self) -> None:
        require_planner(self.by)

    def find(self, row: Row, column: str, known: Known[Any]) -> Any:
        """The row's object, or None after reporting that there is none."""
        found = known.get(row[column])
        if found is None:
            self.error(row, column, known.unknown(row[column]))
        return found

    def find_all(self, row: Row, column: str, known: Known[Any]) -> list[Any] | None:
        found = []
        for word in row.get(column, []):
            one = known.get(word)
            if one is None:
                self.error(row, column, known.unknown(word))
                return None
            found.append(one)
        return found

    def present(self, values: dict[str, Any]) -> dict[str, Any]:
        """Those whose column is in the file: a column left out leaves the value as it is."""
        return {column: value for column, value in values.items() if self.has(column)}

    def in_order(self, row: Row, start: date | None, end: date | None) -> bool:
        if start is None or end is None or start < end:
            return True
        text = _("%(end)s does not come after %(start)s.") % {"end": end, "start": start}
        self.error(row, "end_on" if self.has("end_on") else "start_on", text)
        return False

    def collect(self, row: Row, instance: M, values: dict[str, Any], label: str) -> Planned:
        """Plan to write a row; the model's own rules of single fields are checked here."""
        planned = self.upsert(row, instance, values, label=label)
        planned.save = None
        if planned.action == "unchanged" or not self._fits(row, instance):
            return planned
        if planned.action == "create":
            self._new.append(instance)
        else:
            self._changed.append(instance)
            self._fields |= set(planned.changes)
        return planned

    def _fits(self, row: Row, instance: M) -> bool:
        links = {field.name for field in instance._meta.fields if field.is_relation}
        try:
            check_key(instance)
            instance.clean_fields(exclude=links)
            instance.clean()
        except InvalidInput as error:
            self.error(row, "key", str(error))
            return False
        except ValidationError as error:
            found = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
            for column, messages in found.items():
                self.error(row, "" if column == NON_FIELD_ERRORS else column, " ".join(messages))
            return False
        return True

    def write(self, planned: Sequence[Planned]) -> None:
        """Write what `plan` collected; subclasses add links between rows."""
        if self._new:
            self._new[0]._meta.default_manager.bulk_create(self._new, batch_size=BATCH)  # type: ignore[union-attr]
        if self._changed and self._fields:
            for instance in self._changed:
                instance.version += 1  # type: ignore[attr-defined]
            manager: Any = self._changed[0]._meta.default_manager
            manager.bulk_update(self._changed, [*self._fields, "version"], batch_size=BATCH)

    def finish(self, planned: list[Planned]) -> None:
        try:
            with transaction.atomic():
                self.write(planned)
        except IntegrityError:
            # Keys were checked against the rows of a moment ago.
            self.error(1, "", _("Somebody wrote some of these rows meanwhile. Try again."))


def known(noun: str | Promise, rows: Iterable[Any]) -> Known[Any]:
    """Rows that a cell may name by key or by a name."""
    return Known(
        noun,
        (
            (row, [row.key, getattr(row, "name_en", ""), getattr(row, "name_zh", "")])
            for row in rows
        ),
    )


def amount(places: int = 3, most: int = 10**8) -> csv_values.Parser:
    """A number that is not negative."""
    return csv_values.decimal(least=0, most=most, places=places)


def number(most: float = 10**9, places: int = 6) -> csv_values.Parser:
    """The same as a plain number, for columns of the database that hold one."""
    parse = csv_values.decimal(least=0, most=most, places=places)
    return lambda raw: float(parse(raw))
