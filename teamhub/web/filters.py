"""Filters of a list: what the address says, checked, and what it does to the queryset."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from teamhub.web import csv_values

Text = str | Promise
Choices = Iterable[tuple[Any, Text]]
Apply = Callable[[QuerySet[Any], Any], QuerySet[Any]]


@dataclass(frozen=True)
class Filter:
    """One field above a list. `lookup` is the ORM lookup; `apply(queryset, value)` replaces it."""

    key: str
    label: Text
    lookup: str = ""
    apply: Apply | None = None
    kind: ClassVar[str] = "text"

    def clean(self, raw: str) -> Any:
        """Turn the text of the address into the value, or raise ValueError with the reason."""
        return raw

    def options(self) -> list[tuple[str, Text]]:
        return []

    def narrow(self, queryset: QuerySet[Any], value: Any) -> QuerySet[Any]:
        if self.apply is not None:
            return self.apply(queryset, value)
        return queryset.filter(**{self.lookup or self.key: value})


@dataclass(frozen=True)
class TextFilter(Filter):
    """Part of a text; give a lookup such as `name__icontains`."""

    def clean(self, raw: str) -> str:
        if "\0" in raw or len(raw) > 200:
            raise ValueError(_("is not a text that can be searched"))
        return raw


@dataclass(frozen=True)
class ChoiceFilter(Filter):
    """One of some values; `choices` may be a callable that reads them from the database."""

    choices: Choices | Callable[[], Choices] = ()
    kind: ClassVar[str] = "choice"

    def options(self) -> list[tuple[str, Text]]:
        found = self.choices() if callable(self.choices) else self.choices
        return [(str(value), label) for value, label in found]

    def clean(self, raw: str) -> str:
        if raw not in {value for value, _label in self.options()}:
            raise ValueError(_("“%(raw)s” is not one of its values") % {"raw": raw[:40]})
        return raw


@dataclass(frozen=True)
class FlagFilter(Filter):
    """A box to tick: the list is narrowed when it is on."""

    kind: ClassVar[str] = "flag"

    def clean(self, raw: str) -> bool:
        return csv_values.flag("yes" if raw == "on" else raw)


@dataclass(frozen=True)
class DateFilter(Filter):
    kind: ClassVar[str] = "date"

    def clean(self, raw: str) -> dt.date:
        return csv_values.date(raw)


@dataclass(frozen=True)
class IntegerFilter(Filter):
    least: int | None = None
    most: int | None = None
    kind: ClassVar[str] = "number"

    def clean(self, raw: str) -> int:
        value: int = csv_values.integer(self.least, self.most)(raw)
        return value
