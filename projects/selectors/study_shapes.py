"""An answer as it is shown: what the page, the API and nobody else has to look up again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from projects.selectors.study_sight import ShownPerson, ShownSlot
from projects.selectors.study_words import ShownChange
from teamhub import weeks


@dataclass(frozen=True)
class Failing:
    """A rule that somebody fails, in words and with the weeks that it concerns."""

    rule: str
    text: str


@dataclass(frozen=True)
class SkillLine:
    skill: str
    name: str
    level: int
    person: int | None
    holder: int | None

    @property
    def is_met(self) -> bool:
        return (self.person or 0) >= self.level


@dataclass(frozen=True)
class Points:
    """A criterion with what it adds (or takes away) for the one and for the other."""

    criterion: str
    name: Any
    person: int
    holder: int | None


@dataclass(frozen=True)
class Way:
    rank: int  # place in the whole answer
    changes: list[ShownChange]
    gain: int | None  # points; None for those who may not see the objective


@dataclass(frozen=True)
class Move:
    slot: ShownSlot
    before: ShownPerson | None
    after: ShownPerson | None


@dataclass(frozen=True)
class Part:
    """What forcing changes of one criterion."""

    criterion: str
    name: Any
    points: int


@dataclass(frozen=True)
class Forced:
    """A plan with the person in the slot: beside the best one known, and the one as it stands."""

    loss: int | None
    gain: int | None
    taker: ShownPerson | None
    stays_open: bool  # in the best plan known
    elsewhere: list[ShownSlot]
    hidden_elsewhere: int
    parts: list[Part]
    moves: list[Move]
    hidden_moves: int


@dataclass(frozen=True)
class WhyNot:
    slot: ShownSlot
    person: ShownPerson
    holder: ShownPerson | None
    first: bool
    # first; barred; better or tie with the person in the slot; else who or what is worth more:
    # elsewhere (the person), holder, around (the plan as a whole).
    verdict: str
    failing: list[Failing]
    weeks: list[date]
    hidden_rules: bool
    skills: list[SkillLine]
    points: list[Points]
    amount: Decimal | None
    holder_amount: Decimal | None
    ways: list[Way]
    hidden_ways: int
    never: list[Failing]
    needs: list[ShownChange]
    hidden_needs: int
    forced: Forced | None
    n_slots: int
    n_people: int

    @property
    def total(self) -> Points | None:
        """Of all criteria; only where all of them are shown."""
        if self.amount is None or not self.points:
            return None
        theirs = [one.holder for one in self.points if one.holder is not None]
        held = sum(theirs) if self.holder and theirs else None
        return Points("total", "", sum(one.person for one in self.points), held)


@dataclass(frozen=True)
class Idea:
    rank: int
    changes: list[ShownChange]
    fills: list[ShownSlot]
    hidden_fills: int
    coverage: float | None
    gain: int | None
    amount: Decimal | None


@dataclass(frozen=True)
class WhatHelps:
    open: int | None  # None, as coverage, where not all its plans are the reader's to see
    coverage: float | None
    ideas: list[Idea]
    hidden_ideas: int
    tried: int


@dataclass(frozen=True)
class Cover:
    person: ShownPerson
    free: bool
    rules: list[Failing]
    fit: int


@dataclass(frozen=True)
class Lost:
    slot: ShownSlot
    person: ShownPerson
    start_on: date
    end_on: date
    cover: list[Cover]
    hidden_cover: int
    somebody_can: bool  # of all, hidden ones too
    shadow: ShownPerson | None
    shadow_why: str
    covered_by: ShownPerson | None
    is_covered: bool

    @property
    def last_week(self) -> date:
        return weeks.add_weeks(self.end_on, -1)


@dataclass(frozen=True)
class SlippingPhase:
    project: str
    project_name: str
    phase: str
    phase_name: str
    lost_effort: int
    uncovered_effort: int
    slips_weeks: int | None


@dataclass(frozen=True)
class Depth:
    """How many can do what one project asks for of a skill, with and without the absent."""

    skill: str
    skill_name: str
    level: int
    project: str
    project_name: str
    need: int
    can: int
    can_without: int

    @property
    def state(self) -> str:
        """none: nobody is left; thin: one, or now fewer than slots; less: fewer; same."""
        if not self.can_without:
            return "none"
        fewer = self.can_without < self.can
        if self.can_without == 1 or (fewer and self.can_without < self.need):
            return "thin"
        return "less" if fewer else "same"


@dataclass(frozen=True)
class HeatRow:
    name: str
    level: int
    cells: list[Depth | None]


@dataclass(frozen=True)
class Shock:
    lost: list[Lost]
    hidden_lost: int
    phases: list[SlippingPhase]
    hidden_phases: int
    before: float
    after: float
    recovered: float
    complete: bool  # whether there was time to try how far each phase slips
    depth: list[Depth]

    @property
    def heads(self) -> list[str]:
        return sorted({one.project_name for one in self.depth})

    @property
    def heat(self) -> list[HeatRow]:
        """Skills by level down, projects across."""
        at = {(one.skill, one.level, one.project_name): one for one in self.depth}
        rows = sorted({(one.skill_name, one.level, one.skill) for one in self.depth})
        return [
            HeatRow(name, level, [at.get((skill, level, project)) for project in self.heads])
            for name, level, skill in rows
        ]


@dataclass(frozen=True)
class PersonRule:
    person: ShownPerson
    rule: str
    text: str


@dataclass(frozen=True)
class Alone:
    """A slot that nobody can take whatever else stays open, with the reason in a line."""

    slot: ShownSlot
    text: str


@dataclass(frozen=True)
class Core:
    feasible: bool | None  # None: not known in the time
    alone: list[Alone]
    hidden_alone: int
    rest_feasible: bool | None  # of the others
    minimal: bool
    slots: list[ShownSlot]
    hidden_slots: int
    people: list[PersonRule]
    hidden_people: int
    projects: list[str]  # keys
    project_names: list[str]
    hidden_projects: int
    rest: list[int]  # slots asked about that are neither alone nor in the clash

    @property
    def clashes(self) -> bool:
        """Whether slots, people and rules are named that cannot hold together."""
        return self.rest_feasible is False
