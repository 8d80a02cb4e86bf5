"""The staffing problem as frozen data: integers only, weeks counted from the first of the horizon.

Effort is counted in units per week (`units_per_fte` of them make one full-time person), so the
effort of a slot is its FTE units times its weeks. Money is any integer unit per effort unit: who
has rates per FTE and week keeps them exact by counting budgets in 1/units_per_fte of that money.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise


class InvalidProblem(ValueError):
    """The data contradicts itself; the message names the culprit."""


class Side(StrEnum):
    """Who builds a project must not review it."""

    BUILD = "build"
    REVIEW = "review"
    OTHER = "other"


class Rule(StrEnum):
    """The hard rules, from who a person is to what is left of them."""

    SKILL = "skill"
    VALIDITY = "validity"  # has the level, but not through all weeks of the slot
    DISTANCE = "distance"
    EXCLUDED = "excluded"
    AVAILABILITY = "availability"
    CAPACITY = "capacity"  # available, but taken by other work
    MAX_PROJECTS = "max_projects"
    INDEPENDENCE = "independence"
    ONE_PER_PHASE = "one_per_phase"
    APART = "apart"  # somebody whom they must not meet works there in these weeks
    BUDGET = "budget"
    MUST_FILL = "must_fill"
    CHANGE_BUDGET = "change_budget"


def require(condition: bool, culprit: str, complaint: str) -> None:
    """Raise InvalidProblem with "culprit: complaint" unless the condition holds."""
    if not condition:
        raise InvalidProblem(f"{culprit}: {complaint}")


@dataclass(frozen=True, slots=True)
class Level:
    """A skill level from `first_week` up to, not including, `end_week` (None: for good)."""

    level: int
    first_week: int = 0
    end_week: int | None = None

    def covers(self, start: int, end: int) -> bool:
        return self.first_week <= start and (self.end_week is None or end <= self.end_week)


Levels = int | tuple[Level, ...]


def records(levels: Levels) -> tuple[Level, ...]:
    """The records of a skill: a plain number is a level that never ends."""
    return (Level(levels, first_week=-(10**6)),) if isinstance(levels, int) else levels


def level_in(levels: Levels, week: int) -> int:
    """The highest level that is valid in a week, 0 without any."""
    return max((r.level for r in records(levels) if r.covers(week, week + 1)), default=0)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can be staffed.

    Parameters
    ----------
    skills
        Level, or records of levels with their weeks.
    availability
        Effort units in each week of the horizon, absences already taken off.
    rate
        Money per effort unit.
    """

    key: str
    skills: Mapping[str, Levels]
    availability: tuple[int, ...]
    rate: int = 0
    site: str = ""
    utc_offset_minutes: int = 0
    max_projects: int = 3

    def __post_init__(self) -> None:
        who = f"person {self.key}"
        require(all(units >= 0 for units in self.availability), who, "availability below 0")
        require(self.rate >= 0, who, f"rate {self.rate} is below 0")
        require(self.max_projects >= 0, who, f"max_projects {self.max_projects} is below 0")


@dataclass(frozen=True, slots=True)
class Project:
    """A project of the scope. `budget` limits the sum of rate x effort; None is no limit."""

    key: str
    priority: int = 1
    site: str = ""
    utc_offset_minutes: int = 0
    budget: int | None = None

    def __post_init__(self) -> None:
        who = f"project {self.key}"
        require(self.priority >= 0, who, f"priority {self.priority} is below 0")
        require(self.budget is None or self.budget >= 0, who, "budget is below 0")


@dataclass(frozen=True, slots=True)
class Slot:
    """One person's part in one phase: weeks `start` up to, not including, `end`.

    `project` is the index of the project in the problem; `priority` None takes the project's.
    """

    key: str
    project: int
    phase: str
    required: Mapping[str, int]
    fte: int
    start: int
    end: int
    role: str = ""
    side: Side = Side.OTHER
    must_fill: bool = False
    priority: int | None = None

    def __post_init__(self) -> None:
        who = f"slot {self.key}"
        require(self.priority is None or self.priority >= 0, who, "priority is below 0")
        require(self.fte >= 1, who, f"fte of {self.fte} units is below 1")
        require(
            0 <= self.start < self.end, who, f"weeks {self.start} to {self.end} are not a range"
        )

    @property
    def effort(self) -> int:
        return self.fte * (self.end - self.start)


@dataclass(frozen=True, slots=True)
class Fact:
    """Work that stays as it is: confirmed, locked, past, or outside the scope.

    Weeks may reach outside the horizon: load and busy projects count inside it only; spend, sides,
    phases and continuity count the whole.

    Parameters
    ----------
    person
        Index of the person.
    project
        Key of the project, in the scope or not.
    next_to
        Indices of the slots beside it in its seat: giving them to the same person is continuity.
    """

    person: int
    project: str
    phase: str
    fte: int
    start: int
    end: int
    side: Side = Side.OTHER
    next_to: tuple[int, ...] = ()

    @property
    def effort(self) -> int:
        return self.fte * (self.end - self.start)


@dataclass(frozen=True, slots=True)
class Weights:
    """What a plan is worth, in points per effort unit unless said otherwise.

    Parameters
    ----------
    priority
        Points per unit of priority for filling a slot.
    fit_by_surplus
        Points by how far a skill exceeds what is asked (0, 1, ...; the last value beyond): mild
        surplus is worth most, much of it is a waste. A slot takes the mean over its skills.
    same_site
        Points where person and project sit together.
    cost, cost_divisor
        rate x effort x cost // cost_divisor points are paid for a placement.
    continuity
        Per kept seat, for the smaller effort of two consecutive slots.
    overload, overload_pct
        Points lost per unit above this percentage of a person's availability over the horizon.
    max_offset_hours
        Hard: sites further apart do not work together. None is no limit.
    """

    priority: int = 100
    fit_by_surplus: tuple[int, ...] = (10, 18, 22, 20)
    same_site: int = 12
    cost: int = 1
    cost_divisor: int = 1
    continuity: int = 15
    overload: int = 20
    overload_pct: int = 85
    max_offset_hours: float | None = 7

    def __post_init__(self) -> None:
        require(len(self.fit_by_surplus) > 0, "weights", "fit_by_surplus is empty")
        require(self.cost_divisor >= 1, "weights", f"cost_divisor {self.cost_divisor} is below 1")
        for name in ("priority", "cost", "continuity", "overload", "overload_pct"):
            require(getattr(self, name) >= 0, "weights", f"{name} is below 0")


@dataclass(frozen=True, slots=True)
class StaffingProblem:
    """Everything that decides who takes which slot.

    Parameters
    ----------
    seats
        Chains of slot indices in the order of their phases: one role line each.
    fit
        Points per (slot, person) instead of the skill fit of `weights` (the site's are added).
    exclude
        Pairs (slot, person) that must not be.
    pins
        Pairs (slot, person): this person or nobody. One person a slot.
    apart
        Pairs of people who never work on one project in the same week, facts included.
    start
        Person per slot or -1: a plan to begin with, taken as far as the rules allow.
    max_changes
        How many of the slots that `start` fills may go to somebody else or stay open; None is no
        limit. With a limit, `start` must keep the rules (`greedy.keepable` makes it so).
    max_movers
        How many people may lose a slot that `start` gives them; None is no limit. The same holds.
    """

    n_weeks: int
    people: tuple[Person, ...]
    projects: tuple[Project, ...]
    slots: tuple[Slot, ...]
    seats: tuple[tuple[int, ...], ...] = ()
    facts: tuple[Fact, ...] = ()
    fit: Mapping[tuple[int, int], int] | None = None
    exclude: frozenset[tuple[int, int]] = frozenset()
    pins: frozenset[tuple[int, int]] = frozenset()
    apart: frozenset[tuple[int, int]] = frozenset()
    start: tuple[int, ...] | None = None
    max_changes: int | None = None
    max_movers: int | None = None
    units_per_fte: int = 100
    weights: Weights = field(default_factory=Weights)

    def __post_init__(self) -> None:
        require(self.n_weeks >= 0, "problem", f"n_weeks {self.n_weeks} is below 0")
        require(self.units_per_fte >= 1, "problem", "units_per_fte is below 1")
        self._check_keys()
        self._check_slots()
        self._check_facts()
        self._check_pairs()

    def _check_keys(self) -> None:
        keys = {
            "person": [person.key for person in self.people],
            "project": [project.key for project in self.projects],
            "slot": [slot.key for slot in self.slots],
        }
        for kind, given in keys.items():
            for key, times in Counter(given).items():
                require(times == 1, f"{kind} {key}", f"the key appears {times} times")
        for person in self.people:
            weeks = len(person.availability)
            complaint = f"availability for {weeks} of {self.n_weeks} weeks"
            require(weeks == self.n_weeks, f"person {person.key}", complaint)

    def _check_slots(self) -> None:
        for slot in self.slots:
            who = f"slot {slot.key}"
            require(0 <= slot.project < len(self.projects), who, f"no project {slot.project}")
            require(slot.end <= self.n_weeks, who, f"ends in week {slot.end} of {self.n_weeks}")
        used: set[int] = set()
        for number, chain in enumerate(self.seats):
            who = f"seat {number}"
            for index in chain:
                require(0 <= index < len(self.slots), who, f"no slot {index}")
                require(index not in used, who, f"slot {self.slots[index].key} has two places")
                used.add(index)
            require(len({self.slots[i].project for i in chain}) <= 1, who, "two projects")

    def _check_facts(self) -> None:
        for number, fact in enumerate(self.facts):
            who = f"fact {number}"
            require(0 <= fact.person < len(self.people), who, f"no person {fact.person}")
            require(fact.fte >= 0, who, f"fte {fact.fte} is below 0")
            require(fact.start <= fact.end, who, f"weeks {fact.start} to {fact.end}")
            for index in fact.next_to:
                require(0 <= index < len(self.slots), who, f"no slot {index}")

    def _check_pairs(self) -> None:
        of_slots = (("fit", self.fit or ()), ("exclude", self.exclude), ("pins", self.pins))
        for what, pairs in of_slots:
            for slot, person in pairs:
                known = 0 <= slot < len(self.slots) and 0 <= person < len(self.people)
                require(known, what, f"no pair of slot {slot} and person {person}")
        self._check_pins()
        for one, other in self.apart:
            known = 0 <= one < len(self.people) and 0 <= other < len(self.people)
            require(known, "apart", f"no pair of people {one} and {other}")
            require(one != other, f"person {self.people[one].key}", "apart from themselves")
        for name in ("max_changes", "max_movers"):
            limit = getattr(self, name)
            require(limit is None or limit >= 0, "problem", f"{name} {limit} is below 0")
        if self.start is not None:
            require(len(self.start) == len(self.slots), "start", "one person per slot or -1")
            known = all(-1 <= person < len(self.people) for person in self.start)
            require(known, "start", "holds a person that does not exist")

    def _check_pins(self) -> None:
        pinned: dict[int, int] = {}
        for s, p in sorted(self.pins):
            who = f"slot {self.slots[s].key}"
            require(pinned.setdefault(s, p) == p, who, "pinned to two people")
            excluded = (s, p) in self.exclude
            require(not excluded, who, f"person {self.people[p].key} is pinned and excluded")

    @property
    def is_limited(self) -> bool:
        """Whether every plan grows out of `start`, because little of it may change."""
        limits = self.max_changes, self.max_movers
        return self.start is not None and any(limit is not None for limit in limits)

    def priority_of(self, s: int) -> int:
        own = self.slots[s].priority
        return self.projects[self.slots[s].project].priority if own is None else own

    def links(self) -> Iterator[tuple[int, int]]:
        """Pairs of consecutive slots of a seat."""
        for chain in self.seats:
            yield from pairwise(chain)


@dataclass(frozen=True, slots=True)
class StaffingSolution:
    """Index of the person in each slot, -1 where it stays open."""

    assignment: tuple[int, ...]
