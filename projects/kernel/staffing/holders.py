"""Work that nobody takes over stays with who holds it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from projects.kernel.staffing.problem import Fact, StaffingProblem


def left_alone(problem: StaffingProblem, plan: Sequence[int]) -> frozenset[int]:
    """Slots that `start` fills and the plan leaves open."""
    start = problem.start or (-1,) * len(plan)
    return frozenset(s for s, p in enumerate(plan) if p < 0 <= start[s])


def with_holders(problem: StaffingProblem, slots: Collection[int]) -> StaffingProblem:
    """The problem in which these slots are facts of those whom `start` has in them.

    Facts may break rules: who is over today stays over, and gets nothing more on top.
    """
    if problem.start is None:
        raise ValueError("the problem has no start")
    stays = [s for s in range(len(problem.slots)) if s not in slots]
    number = {s: new for new, s in enumerate(stays)}
    facts = [
        replace(fact, next_to=tuple(number[s] for s in fact.next_to if s in number))
        for fact in problem.facts
    ]
    for s in sorted(slots):
        slot = problem.slots[s]
        facts.append(
            Fact(
                person=problem.start[s],
                project=problem.projects[slot.project].key,
                phase=slot.phase,
                fte=slot.fte,
                start=slot.start,
                end=slot.end,
                side=slot.side,
                next_to=tuple(
                    number[other]
                    for link in problem.links()
                    for other in link
                    if s in link and other in number
                ),
            )
        )
    return replace(
        problem,
        slots=tuple(problem.slots[s] for s in stays),
        start=tuple(problem.start[s] for s in stays),
        seats=tuple(part for seat in problem.seats for part in _parts(seat, number)),
        facts=tuple(facts),
        fit=None
        if problem.fit is None
        else {(number[s], p): points for (s, p), points in problem.fit.items() if s in number},
        exclude=_renumbered(problem.exclude, number),
        pins=_renumbered(problem.pins, number),
    )


def _renumbered(
    pairs: Collection[tuple[int, int]], number: dict[int, int]
) -> frozenset[tuple[int, int]]:
    return frozenset((number[s], p) for s, p in pairs if s in number)


def _parts(seat: Sequence[int], number: dict[int, int]) -> Iterator[tuple[int, ...]]:
    """A seat without the slots that are gone: what stood on both sides of one is parted."""
    part: list[int] = []
    for s in seat:
        if s in number:
            part.append(number[s])
            continue
        if part:
            yield tuple(part)
        part = []
    if part:
        yield tuple(part)
