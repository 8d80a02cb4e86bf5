"""Work that breaks a rule goes to somebody else; what nobody takes over stays with who holds it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

import numpy as np

from projects.kernel.staffing.candidates import Candidates
from projects.kernel.staffing.greedy import by_stake, continuity, fill_open, replay
from projects.kernel.staffing.ledger import Ledger
from projects.kernel.staffing.problem import Fact, StaffingProblem
from projects.kernel.staffing.tables import Tables


def left_alone(problem: StaffingProblem, plan: Sequence[int]) -> frozenset[int]:
    """Slots that `start` fills and the plan leaves open."""
    start = problem.start or (-1,) * len(plan)
    return frozenset(s for s, p in enumerate(plan) if p < 0 <= start[s])


def relieved(problem: StaffingProblem) -> StaffingProblem:
    """The problem whose `start` keeps the rules and leaves nobody out: the place to begin from.

    Slots that their holders cannot keep (they are over, excluded, ...) go, greatest stake first, to
    the best of those who can take them beside all else that is held. Each counts against both
    change budgets. Where nobody can, or a budget is used up, they stay as facts; what then does not
    fit beside them is tried in its turn. All that is held counts as the most urgent slots do: what
    is left open stays with its holder all the same, and nothing is gained by it.
    """
    while True:
        step = _Relief(problem)
        if not step.stay:
            return step.problem()
        problem = with_holders(problem, step.stay)


class _Relief:
    """What of a start can be kept, what goes to whom, and what has to stay as it is."""

    def __init__(self, problem: StaffingProblem) -> None:
        if problem.start is None:
            raise ValueError("the problem has no start")
        self.given, self.start = problem, problem.start
        tables = Tables(problem)
        self.ledger = Ledger(tables)
        self.candidates = Candidates.of(tables, self.ledger)
        replay(self.candidates, self.ledger, self.start)
        lost = [s for s in by_stake(tables) if self.ledger.plan[s] < 0 <= self.start[s]]
        # Somebody who is over today gets nothing on top.
        self.closed = {self.start[s] for s in lost}
        self.goes: set[int] = set()
        self.stay = {s for s in lost if not self._give(s)}

    def _give(self, s: int) -> bool:
        pairs = self.candidates.pairs_of([s])
        people = self.candidates.person[pairs]
        able = self.ledger.fits(s, people) & ~np.isin(people, list(self.closed))
        people, points = people[able], self.candidates.points[pairs][able]
        going = self.goes | {s}
        if len(people) == 0 or not all(left is None or left >= 0 for left in self._left(going)):
            return False
        worth = points + continuity(self.ledger, s, people) - self.ledger.overload_paid(s, people)
        self.ledger.place(s, int(people[np.argmax(worth)]))
        self.goes = going
        return True

    def _left(self, going: set[int]) -> tuple[int | None, int | None]:
        """Changes and movers that are left when these slots have gone."""
        most = self.given.max_changes, self.given.max_movers
        used = len(going), len({self.start[s] for s in going})
        changes, movers = (
            None if limit is None else limit - n for limit, n in zip(most, used, strict=True)
        )
        return changes, movers

    def problem(self) -> StaffingProblem:
        most = max((self.given.priority_of(s) for s in range(len(self.start))), default=0)
        changes, movers = self._left(self.goes)
        return replace(
            self.given,
            slots=tuple(
                replace(slot, priority=most) if self.ledger.plan[s] >= 0 else slot
                for s, slot in enumerate(self.given.slots)
            ),
            start=tuple(self.ledger.plan.tolist()),
            max_changes=changes,
            max_movers=movers,
        )


def kept(problem: StaffingProblem, plan: Sequence[int]) -> tuple[StaffingProblem, tuple[int, ...]]:
    """The plan without what does not fit beside holders from whom nobody takes over.

    Returns the problem in which their slots are facts, and the plan of its slots: what still fits
    of the given one, greatest stake first, and then what else fits.
    """
    while alone := left_alone(problem, plan):
        stays = [s for s in range(len(problem.slots)) if s not in alone]
        problem = with_holders(problem, alone)
        tables = Tables(problem)
        ledger = Ledger(tables)
        candidates = Candidates.of(tables, ledger)
        replay(candidates, ledger, [plan[s] for s in stays])
        plan = tuple(ledger.plan.tolist())
        if not left_alone(problem, plan):
            fill_open(candidates, ledger)
            plan = tuple(ledger.plan.tolist())
    return problem, tuple(plan)


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
