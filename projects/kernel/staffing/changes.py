"""Changes of a staffing problem that somebody could bring about: hire, train, free, shift, pay.

Each is a small frozen value with keys instead of indices, so that it can be kept, sent and shown;
`apply` makes the problem in which it has come true.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from projects.kernel.staffing.problem import (
    InvalidProblem,
    Level,
    Person,
    StaffingProblem,
    records,
)


@dataclass(frozen=True, slots=True)
class Hire:
    """Somebody new with skills and levels, who has `fte` units in weeks `start` to before `end`."""

    skills: tuple[tuple[str, int], ...]
    fte: int
    start: int
    end: int
    site: str = ""
    utc_offset_minutes: int = 0
    rate: int = 0


@dataclass(frozen=True, slots=True)
class Train:
    """A person holds a skill at a level from a week on, for good."""

    person: str
    skill: str
    level: int
    from_week: int


@dataclass(frozen=True, slots=True)
class Free:
    """A person has so many more units in each of some weeks."""

    person: str
    fte: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Absent:
    """A person has no time in some weeks."""

    person: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Rate:
    """A person costs `rate` money units per effort unit."""

    person: str
    rate: int


@dataclass(frozen=True, slots=True)
class MoreProjects:
    """A person may work on so many projects at once."""

    person: str
    max_projects: int


@dataclass(frozen=True, slots=True)
class Shift:
    """The slots of a phase of a project lie `weeks` later (below 0: earlier)."""

    project: str
    phase: str
    weeks: int


@dataclass(frozen=True, slots=True)
class Lower:
    """A slot asks for a lower level of a skill; 0 asks for none."""

    slot: str
    skill: str
    level: int


@dataclass(frozen=True, slots=True)
class Budget:
    """A project's budget is `amount` money units; None lifts it."""

    project: str
    amount: int | None


Change = Hire | Train | Free | Absent | Rate | MoreProjects | Shift | Lower | Budget

KINDS: dict[str, type[Change]] = {
    "hire": Hire,
    "train": Train,
    "free": Free,
    "absent": Absent,
    "rate": Rate,
    "more_projects": MoreProjects,
    "shift": Shift,
    "lower": Lower,
    "budget": Budget,
}
_NAMES = {kind: name for name, kind in KINDS.items()}


def to_json(change: Change) -> dict[str, Any]:
    """A change as an object with its `kind`."""
    values = {name: getattr(change, name) for name in change.__dataclass_fields__}
    if isinstance(change, Hire):
        values["skills"] = dict(change.skills)
    return {"kind": _NAMES[type(change)]} | values


def from_json(data: Mapping[str, Any]) -> Change:
    """The change that `to_json` wrote; InvalidProblem names what is wrong with another."""
    values = dict(data)
    kind = KINDS.get(str(values.pop("kind", "")))
    if kind is None:
        raise InvalidProblem(f"change: the kind must be one of {', '.join(KINDS)}")
    if kind is Hire and isinstance(values.get("skills"), Mapping):
        values["skills"] = tuple(sorted(values["skills"].items()))
    try:
        return kind(**values)
    except TypeError as error:
        raise InvalidProblem(f"change {_NAMES[kind]}: {error}") from error


def apply(problem: StaffingProblem, changes: Iterable[Change]) -> StaffingProblem:
    """The problem in which all changes have come true, in the order given.

    Raises
    ------
    InvalidProblem
        Names a person, slot, project or phase that the problem does not have, or weeks outside the
        horizon.

    Notes
    -----
    A person who is hired comes last and is called "hire-1", "hire-2", ... What a person already
    does stays: absence takes the time, and whoever applies it decides what becomes of the work.
    """
    for change in changes:
        problem = _APPLY[type(change)](problem, change)
    return problem


def _hire(problem: StaffingProblem, change: Hire) -> StaffingProblem:
    _weeks(problem, "hire", change.start, change.end)
    known = {person.key for person in problem.people}
    number = next(n for n in range(1, len(known) + 2) if f"hire-{n}" not in known)
    inside = range(change.start, change.end)
    person = Person(
        key=f"hire-{number}",
        skills=dict(change.skills),
        availability=tuple(change.fte if w in inside else 0 for w in range(problem.n_weeks)),
        rate=change.rate,
        site=change.site,
        utc_offset_minutes=change.utc_offset_minutes,
    )
    return replace(problem, people=(*problem.people, person))


def _train(problem: StaffingProblem, change: Train) -> StaffingProblem:
    def trained(person: Person) -> Person:
        held = records(person.skills.get(change.skill, ()))
        more = (*held, Level(change.level, change.from_week))
        return replace(person, skills={**person.skills, change.skill: more})

    return _person(problem, change.person, trained)


def _free(problem: StaffingProblem, change: Free) -> StaffingProblem:
    _weeks(problem, f"person {change.person}", change.start, change.end)
    inside = range(change.start, change.end)
    return _person(
        problem,
        change.person,
        lambda person: replace(
            person,
            availability=tuple(
                units + (change.fte if week in inside else 0)
                for week, units in enumerate(person.availability)
            ),
        ),
    )


def _absent(problem: StaffingProblem, change: Absent) -> StaffingProblem:
    _weeks(problem, f"person {change.person}", change.start, change.end)
    inside = range(change.start, change.end)
    return _person(
        problem,
        change.person,
        lambda person: replace(
            person,
            availability=tuple(
                0 if week in inside else units for week, units in enumerate(person.availability)
            ),
        ),
    )


def _rate(problem: StaffingProblem, change: Rate) -> StaffingProblem:
    return _person(problem, change.person, lambda person: replace(person, rate=change.rate))


def _more_projects(problem: StaffingProblem, change: MoreProjects) -> StaffingProblem:
    return _person(
        problem, change.person, lambda person: replace(person, max_projects=change.max_projects)
    )


def _shift(problem: StaffingProblem, change: Shift) -> StaffingProblem:
    """Slots move as one; where the last would leave the horizon, the horizon grows."""
    project = _find("project", change.project, [one.key for one in problem.projects])
    slots = list(problem.slots)
    moved = [s for s, x in enumerate(slots) if x.project == project and x.phase == change.phase]
    if not moved:
        raise InvalidProblem(f"project {change.project}: no slot in phase {change.phase}")
    for s in moved:
        start, end = slots[s].start + change.weeks, slots[s].end + change.weeks
        if start < 0:
            raise InvalidProblem(f"slot {slots[s].key}: {change.weeks} weeks lead before week 0")
        slots[s] = replace(slots[s], start=start, end=end)
    n_weeks = max([problem.n_weeks, *(slot.end for slot in slots)])
    more = n_weeks - problem.n_weeks
    people = tuple(
        replace(p, availability=p.availability + (p.availability[-1:] * more)) if more else p
        for p in problem.people
    )
    return replace(problem, n_weeks=n_weeks, people=people, slots=tuple(slots))


def _lower(problem: StaffingProblem, change: Lower) -> StaffingProblem:
    where = _find("slot", change.slot, [slot.key for slot in problem.slots])
    slot = problem.slots[where]
    required = {k: v for k, v in slot.required.items() if k != change.skill}
    if change.level:
        required[change.skill] = change.level
    slots = list(problem.slots)
    slots[where] = replace(slot, required=required)
    return replace(problem, slots=tuple(slots))


def _budget(problem: StaffingProblem, change: Budget) -> StaffingProblem:
    where = _find("project", change.project, [one.key for one in problem.projects])
    projects = list(problem.projects)
    projects[where] = replace(projects[where], budget=change.amount)
    return replace(problem, projects=tuple(projects))


def _person(
    problem: StaffingProblem, key: str, change: Callable[[Person], Person]
) -> StaffingProblem:
    where = _find("person", key, [person.key for person in problem.people])
    people = list(problem.people)
    people[where] = change(people[where])
    return replace(problem, people=tuple(people))


def _find(kind: str, key: str, keys: list[str]) -> int:
    if key not in keys:
        raise InvalidProblem(f"{kind} {key}: the problem has none by this key")
    return keys.index(key)


def _weeks(problem: StaffingProblem, who: str, start: int, end: int) -> None:
    if not 0 <= start < end <= problem.n_weeks:
        raise InvalidProblem(f"{who}: weeks {start} to {end} of {problem.n_weeks} are not a range")


_APPLY: dict[type[Change], Callable[[StaffingProblem, Any], StaffingProblem]] = {
    Hire: _hire,
    Train: _train,
    Free: _free,
    Absent: _absent,
    Rate: _rate,
    MoreProjects: _more_projects,
    Shift: _shift,
    Lower: _lower,
    Budget: _budget,
}

__all__ = [
    "KINDS",
    "Absent",
    "Budget",
    "Change",
    "Free",
    "Hire",
    "Lower",
    "MoreProjects",
    "Rate",
    "Shift",
    "Train",
    "apply",
    "from_json",
    "to_json",
]
