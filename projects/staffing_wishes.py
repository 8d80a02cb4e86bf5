"""Wishes of the staffing workspace that come in lines: who must, must not, and shall not move."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django import forms
from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from projects.models import Project, Slot
from projects.staffing_names import Names
from teamhub import weeks

# Names of the cells of each kind.
LINES = {
    "pins": ("pin_slot", "pin_person"),
    "exclusions": ("exclude_person", "exclude_place"),
    "apart": ("apart_one", "apart_two"),
    "must_fill": ("must_slot",),
    "frozen": ("frozen_from", "frozen_to"),
}
MOST_LINES = 200
MOST_FROZEN_DAYS = 7 * 260
Cells = Sequence[str]


@dataclass
class Line:
    """One wish as typed, and what is wrong with it."""

    cells: list[str]
    error: str = ""


@dataclass
class Lines:
    """The wishes of one kind."""

    kind: str
    lines: list[Line] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)

    @property
    def shown(self) -> list[Line]:
        """With an empty line at the end to go on in."""
        return [*self.lines, Line([""] * len(LINES[self.kind]))]

    @property
    def has_errors(self) -> bool:
        return any(line.error for line in self.lines)


def wish_lines(data: Any, given: Mapping[str, Sequence[Cells]]) -> dict[str, Lines]:
    """Lines as sent (a QueryDict), without empty ones; as given where nothing was sent."""
    found = {}
    for kind, names in LINES.items():
        typed = given.get(kind, ()) if data is None else _sent(data, names)
        found[kind] = Lines(kind, [Line(list(cells)) for cells in typed])
    return found


def _sent(data: Any, names: Cells) -> Iterator[list[str]]:
    columns = [data.getlist(name) for name in names]
    for index in range(min(MOST_LINES, max(map(len, columns)))):
        cells = [column[index].strip() if index < len(column) else "" for column in columns]
        if any(cells):
            yield cells


class WishReader:
    """Turns lines into what the service takes; what is wrong stays with its line."""

    def __init__(self, names: Names, scoped: Sequence[Project]) -> None:
        self.names = names
        self.scoped = {project.pk for project in scoped}

    def read_all(self, lines: Mapping[str, Lines]) -> None:
        readers: dict[str, Callable[[list[str]], Any]] = {
            "pins": self._pin,
            "exclusions": self._exclusion,
            "apart": self._pair,
            "must_fill": lambda cells: self._slot(cells[0]).pk,
            "frozen": self._weeks,
        }
        for kind, read in readers.items():
            for line in lines[kind].lines:
                try:
                    value = read(line.cells)
                except forms.ValidationError as error:
                    line.error = " ".join(error.messages)
                else:
                    lines[kind].values.append(value)

    def _pin(self, cells: list[str]) -> dict[str, int]:
        slot, person = _both(cells, _("Name both the slot and the person."))
        return {"slot": self._slot(slot).pk, "person": self.names.person(person).pk}

    def _exclusion(self, cells: list[str]) -> dict[str, int]:
        who, where = cells
        if not who:
            raise forms.ValidationError(_("Name the person who shall not work there."))
        out = {"person": self.names.person(who).pk}
        if not where:
            return out
        place = self.names.place(where)
        return out | {("slot" if isinstance(place, Slot) else "project"): place.pk}

    def _pair(self, cells: list[str]) -> list[int]:
        one, other = _both(cells, _("Name two people who shall not work together."))
        pair = [self.names.person(one).pk, self.names.person(other).pk]
        if pair[0] == pair[1]:
            raise forms.ValidationError(_("Name two different people."))
        return pair

    def _weeks(self, cells: list[str]) -> list[date]:
        first, last = _day(cells[0] or cells[1]), _day(cells[1] or cells[0])
        if last < first:
            raise forms.ValidationError(_("The last week lies before the first."))
        if (last - first).days > MOST_FROZEN_DAYS:
            raise forms.ValidationError(_("Freeze at most five years."))
        return list(weeks.each_week(weeks.monday(first), weeks.add_weeks(weeks.monday(last), 1)))

    def _slot(self, words: str) -> Slot:
        slot = self.names.slot(words)
        if self.scoped and slot.phase.project_id not in self.scoped:
            raise forms.ValidationError(
                _("This slot belongs to %(project)s, which is not among what you staff.")
                % {"project": slot.phase.project.name}
            )
        return slot


def _both(cells: list[str], words: str | Promise) -> tuple[str, str]:
    if not all(cells):
        raise forms.ValidationError(str(words))
    return cells[0], cells[1]


def _day(words: str) -> date:
    try:
        day = parse_date(words)
    except ValueError:
        day = None
    if day is None:
        raise forms.ValidationError(_("“%(words)s” is no date.") % {"words": words[:40]})
    if not weeks.is_plannable(day):
        raise forms.ValidationError(not_plannable())
    return day


def not_plannable() -> str:
    return _("Choose a day between %(first)s and %(last)s.") % {
        "first": weeks.FIRST,
        "last": weeks.LAST,
    }
