"""The wishes of a proposal: what was asked, checked, in the form in which a run keeps it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from projects.bridge import PRODUCT_WEIGHTS
from projects.models import Project, Slot
from roles.models import Person
from teamhub import weeks
from teamhub.accounts.models import User
from teamhub.errors import InvalidInput

MOST_WEIGHT = 10_000
MOST_MOVED = 10_000
MOST_WISHES = 1000  # of each kind

Json = dict[str, Any]


def names_of_others(projects: Iterable[Project], by: User) -> str:
    """Names of those projects that the user may not staff; "" where they may staff all."""
    projects = list(projects)
    ids = {project.pk for project in projects}
    editable = set(Project.objects.editable_by(by).filter(pk__in=ids).values_list("pk", flat=True))
    return ", ".join(project.name for project in projects if project.pk not in editable)


def clean_weights(given: Mapping[str, Any]) -> dict[str, int]:
    """The product's weights with the manager's changes; refuses what is no weight."""
    weights = dict(PRODUCT_WEIGHTS)
    for name, value in given.items():
        if name not in weights:
            raise InvalidInput(
                _("There is no weight “%(name)s”; known: %(known)s.")
                % {"name": name, "known": ", ".join(weights)}
            )
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST_WEIGHT:
            raise InvalidInput(
                _("The weight “%(name)s” must be a whole number from 0 to %(most)d.")
                % {"name": name, "most": MOST_WEIGHT}
            )
        weights[name] = value
    return weights


def clean_budgets(change_budget: int, people_budget: int | None) -> Json:
    """How much may move: slots, and people."""
    if not whole(change_budget, 0, MOST_MOVED):
        raise InvalidInput(_("The change budget must be a whole number from 0."))
    if people_budget is None:
        return {"change_budget": change_budget}
    if not whole(people_budget, 0, MOST_MOVED):
        raise InvalidInput(_("The number of people who may lose work must be a whole one from 0."))
    return {"change_budget": change_budget, "people_budget": people_budget}


def whole(value: Any, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def clean_monday(value: Any, what: str) -> str:
    """A Monday, as a date or as text, as ISO text."""
    day: date | None = value if isinstance(value, date) else None
    if isinstance(value, str):
        try:
            day = parse_date(value)
        except ValueError:
            day = None
    if day is None or not weeks.is_plannable(day):
        raise InvalidInput(
            _("%(what)s must be a day written as YYYY-MM-DD; got “%(value)s”.")
            % {"what": what, "value": str(value)[:40]}
        )
    if not weeks.is_monday(day):
        raise InvalidInput(
            _("%(what)s must be a Monday; %(day)s is none.")
            % {"what": what, "day": day.isoformat()}
        )
    return day.isoformat()


def clean_window(from_on: Any, to_on: Any) -> Json:
    """The weeks to staff: `from_on` up to the Monday `to_on` after the last one."""
    window = {}
    if from_on is not None:
        window["from_on"] = clean_monday(from_on, "from_on")
    if to_on is not None:
        window["to_on"] = clean_monday(to_on, "to_on")
    if len(window) == 2 and window["from_on"] >= window["to_on"]:
        raise InvalidInput(
            _("The weeks to staff end before they begin: from %(from_on)s to %(to_on)s.") % window
        )
    return window


@dataclass
class Named:
    """The rows that wishes may name: slots and projects of the scope, people that `by` sees."""

    projects: Sequence[Project]
    by: User

    @cached_property
    def project_ids(self) -> set[int]:
        return {project.pk for project in self.projects}

    @cached_property
    def slots(self) -> dict[int, int]:
        """The project of each slot."""
        found = Slot.objects.filter(phase__project__in=self.project_ids)
        return dict(found.values_list("pk", "phase__project_id"))

    @cached_property
    def people(self) -> dict[int, str]:
        return dict(Person.objects.visible_to(self.by).values_list("pk", "name"))

    def slot(self, pk: Any, where: str) -> int:
        if isinstance(pk, int) and not isinstance(pk, bool) and pk in self.slots:
            return pk
        if whole(pk, 1, 2**53) and Slot.objects.visible_to(self.by).filter(pk=pk).exists():
            raise InvalidInput(
                _("%(where)s: slot %(slot)s belongs to no project that is staffed here.")
                % {"where": where, "slot": pk}
            )
        raise InvalidInput(
            _("%(where)s: there is no slot %(slot)s.") % {"where": where, "slot": str(pk)[:40]}
        )

    def project(self, pk: Any, where: str) -> int:
        if isinstance(pk, int) and not isinstance(pk, bool) and pk in self.project_ids:
            return pk
        raise InvalidInput(
            _("%(where)s: project %(project)s is not among those that are staffed here.")
            % {"where": where, "project": str(pk)[:40]}
        )

    def person(self, pk: Any, where: str) -> int:
        if isinstance(pk, int) and not isinstance(pk, bool) and pk in self.people:
            return pk
        raise InvalidInput(
            _("%(where)s: there is no person %(person)s.")
            % {"where": where, "person": str(pk)[:40]}
        )


def clean_wishes(
    named: Named,
    *,
    from_on: Any = None,
    to_on: Any = None,
    frozen_weeks: Iterable[Any] = (),
    pins: Iterable[Mapping[str, Any]] = (),
    exclusions: Iterable[Mapping[str, Any]] = (),
    apart: Iterable[Sequence[Any]] = (),
    must_fill: Iterable[Any] = (),
) -> Json:
    """What is given of these, each once; empty ones are left out.

    Parameters
    ----------
    from_on, to_on
        Mondays: only open work from the one up to, not including, the other is proposed.
    frozen_weeks
        Mondays: what is held in these weeks does not move.
    pins
        {slot, person}: this person or nobody takes the slot.
    exclusions
        {person, slot}, {person, project}, or {person}: not for what is staffed here.
    apart
        Pairs of people: never on one project in the same week.
    must_fill
        Slots to be filled first, whatever it costs.

    Raises
    ------
    InvalidInput
        Names the wish, and what is wrong with it: unknown, outside the scope, or against another.
    """
    mondays = {clean_monday(day, "frozen_weeks") for day in _few(frozen_weeks, "frozen_weeks")}
    wishes: Json = {
        "frozen_weeks": sorted(mondays),
        "pins": _pins(named, _few(pins, "pins")),
        "exclusions": _exclusions(named, _few(exclusions, "exclusions")),
        "apart": _apart(named, _few(apart, "apart")),
        "must_fill": sorted({named.slot(pk, "must_fill") for pk in _few(must_fill, "must_fill")}),
    }
    _no_contradiction(named, wishes["pins"], wishes["exclusions"])
    given = {name: value for name, value in wishes.items() if value}
    return clean_window(from_on, to_on) | given


def _few(given: Iterable[Any], name: str) -> list[Any]:
    rows = list(given)
    if len(rows) > MOST_WISHES:
        raise InvalidInput(
            _("%(name)s: at most %(most)d at once.") % {"name": name, "most": MOST_WISHES}
        )
    return rows


def _fields(row: Any, name: str, allowed: Iterable[set[str]]) -> None:
    if not isinstance(row, Mapping) or set(row) not in allowed:
        shapes = " | ".join("{" + ", ".join(sorted(one)) + "}" for one in allowed)
        raise InvalidInput(
            _("%(name)s: each entry is one of %(shapes)s.") % {"name": name, "shapes": shapes}
        )


def _pins(named: Named, rows: list[Any]) -> list[Json]:
    found: dict[int, int] = {}
    for row in rows:
        _fields(row, "pins", [{"slot", "person"}])
        slot, person = named.slot(row["slot"], "pins"), named.person(row["person"], "pins")
        if found.setdefault(slot, person) != person:
            raise InvalidInput(
                _("pins: slot %(slot)d can be kept for one person only; got %(one)s and %(other)s.")
                % {
                    "slot": slot,
                    "one": named.people[found[slot]],
                    "other": named.people[person],
                }
            )
    return [{"slot": slot, "person": person} for slot, person in sorted(found.items())]


def _exclusions(named: Named, rows: list[Any]) -> list[Json]:
    found = []
    for row in rows:
        _fields(row, "exclusions", [{"person", "slot"}, {"person", "project"}, {"person"}])
        one = {"person": named.person(row["person"], "exclusions")}
        if "slot" in row:
            one["slot"] = named.slot(row["slot"], "exclusions")
        if "project" in row:
            one["project"] = named.project(row["project"], "exclusions")
        if one not in found:
            found.append(one)
    return found


def _apart(named: Named, rows: list[Any]) -> list[list[int]]:
    pairs = set()
    for row in rows:
        if not isinstance(row, (list, tuple)) or len(row) != 2:
            raise InvalidInput(_("apart: each entry is a pair of people."))
        one, other = sorted(named.person(pk, "apart") for pk in row)
        if one == other:
            raise InvalidInput(
                _("apart: %(person)s cannot be kept apart from themselves.")
                % {"person": named.people[one]}
            )
        pairs.add((one, other))
    return [list(pair) for pair in sorted(pairs)]


def _no_contradiction(named: Named, pins: list[Json], exclusions: list[Json]) -> None:
    for pin in pins:
        of_slot = {"slot": pin["slot"], "project": named.slots[pin["slot"]]}
        for one in exclusions:
            same_place = all(one.get(place, pk) == pk for place, pk in of_slot.items())
            if one["person"] == pin["person"] and same_place:
                raise InvalidInput(
                    _("Slot %(slot)d is kept for %(person)s, who is excluded from it; drop one.")
                    % {"slot": pin["slot"], "person": named.people[pin["person"]]}
                )
