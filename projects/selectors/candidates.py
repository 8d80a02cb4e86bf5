"""Who could take a slot: everybody, with what it would break, best first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from projects.models import Slot
from projects.selectors.plan_state import Finding, Piece, PlanState, told
from roles.models import Person

MOST_SHOWN = 40


@dataclass(frozen=True)
class Match:
    """A required skill and the level that the person holds, 0 without."""

    skill: str
    needed: int
    level: int

    @property
    def state(self) -> str:
        if self.level >= self.needed:
            return "all"
        return "some" if self.level else "none"


@dataclass(frozen=True)
class Candidate:
    person: Person
    matches: list[Match]
    free_hundredths: int  # the least that is free in one of the weeks; below 0: over already
    findings: list[Finding]

    @property
    def fits(self) -> bool:
        return not self.findings

    @property
    def blocked(self) -> bool:
        return any(finding.blocks for finding in self.findings)


def candidates(
    slot: Slot,
    start_on: date,
    end_on: date,
    fte_hundredths: int,
    *,
    with_money: bool,
    query: str = "",
) -> list[Candidate]:
    """People employed in these weeks, those who fit best first (a fixed number of queries)."""
    people = list(
        Person.objects.employed_between(start_on, end_on).select_related("site", "department")
    )
    words = query.casefold().split()
    people = [p for p in people if all(word in p.name.casefold() for word in words)]
    state = PlanState(people, [slot.phase.project], start_on, end_on)
    found = [
        _candidate(Piece(slot, p, start_on, end_on, fte_hundredths), state, with_money=with_money)
        for p in people
    ]
    found.sort(key=_order)
    return found[:MOST_SHOWN]


def _candidate(piece: Piece, state: PlanState, *, with_money: bool) -> Candidate:
    matches = []
    for need in piece.slot.skills.all():
        held = state.skills.get((piece.person.pk, need.skill_id))
        matches.append(Match(need.skill.name, need.level, held.level if held else 0))
    free = min(
        (
            available - taken
            for available, taken in zip(
                state.free[piece.person.pk], state.load[piece.person.pk], strict=True
            )
        ),
        default=0,
    )
    findings = told(state.findings(piece), with_money=with_money)
    return Candidate(piece.person, matches, free, findings)


def _order(candidate: Candidate) -> tuple[bool, int, int, str]:
    """Who may; then who can: a missing skill weighs more than a full week, which can be moved."""
    missing = sum(max(0, match.needed - match.level) for match in candidate.matches)
    return (candidate.blocked, missing, len(candidate.findings), candidate.person.sort_name)
