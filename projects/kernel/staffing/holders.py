"""Work that breaks a rule goes to somebody else; what nobody takes over stays with who holds it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

import numpy as np

from projects.kernel.staffing.candidates import Candidates
from projects.kernel.staffing.greedy import by_stake, fill_open, replay, worth
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
    fit beside them is tried in its turn.
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
        best = int(np.argmax(worth(self.ledger, s, people, points)))
        self.ledger.place(s, int(people[best]))
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
        changes, movers = self._left(self.goes)
        return replace(
            self.given,
            start=tuple(self.ledger.plan.tolist()),
            max_changes=changes,
            max_movers=movers,
        )


def kept(problem: StaffingProblem, plan: Sequence[int]) -> tuple[int, ...]:
    """The plan, in which whoever nobody takes over from is back in their slot.

    `start` must keep the rules, as `relieved` leaves it. What no longer fits beside them is given
    up: slots that must be filled last, and of the others the greatest stake; then what else fits is
    filled.
    """
    start = problem.start or ()
    back = left_alone(problem, plan)
    if not back:
        return tuple(plan)
    tables = Tables(problem)
    base = Ledger(tables)
    candidates = Candidates.of(tables, base)
    while True:
        ledger = base.copy()
        for s in back:
            ledger.place(s, start[s])
        replay(candidates, ledger, np.where(tables.must_fill, plan, -1))
        replay(candidates, ledger, plan)
        alone = left_alone(problem, ledger.plan.tolist())
        if not alone:
            fill_open(candidates, ledger)
            return tuple(ledger.plan.tolist())
        back |= alone


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
