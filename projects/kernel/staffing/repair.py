"""The best plan around some slots of a given one, while everything else stays where it is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from projects.kernel.staffing import verify
from projects.kernel.staffing.candidates import Candidates
from projects.kernel.staffing.ledger import Ledger
from projects.kernel.staffing.model import PlanModel
from projects.kernel.staffing.problem import StaffingProblem, StaffingSolution, require
from projects.kernel.staffing.tables import Array, Tables
from teamhub.kernel.budget import Deadline
from teamhub.kernel.highs import Ended, solve_mip

# Up to here everything is one neighbourhood, so that a gain is that of the whole problem.
WHOLE_PAIRS = 200
# Measured on instances of 300 people: proven within a fraction of a second.
MOST_SLOTS, MOST_GAPS_EACH, MARGIN_WEEKS = 40, 4, 2


@dataclass(frozen=True, slots=True)
class Repaired:
    """A plan that differs from the given one in freed slots only.

    Attributes
    ----------
    points
        What the freed slots are worth beside the rest.
    slack
        No plan that is equal outside the freed slots is worth so much more; 0 where proven.
    """

    plan: tuple[int, ...]
    points: int
    slack: float = 0.0

    @property
    def proven(self) -> bool:
        return self.slack == 0


@dataclass
class Standing:
    """A problem and its present plan, which may break rules: what does stays as it is.

    Parameters
    ----------
    plan
        Person per slot, -1 where open.
    """

    problem: StaffingProblem
    plan: Sequence[int]
    tables: Tables = field(init=False)
    _free_of: dict[int, Array] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        check(self.problem, self.plan)
        self.tables = Tables(self.problem)

    @cached_property
    def base(self) -> Ledger:
        """What facts leave."""
        return Ledger(self.tables)

    @cached_property
    def ledger(self) -> Ledger:
        """What facts and the plan leave; never below 0, as if the plan were facts."""
        return self.without(())

    @cached_property
    def value(self) -> verify.Value:
        return verify.value(self.problem, StaffingSolution(tuple(self.plan)))

    @cached_property
    def open(self) -> tuple[int, ...]:
        return tuple(s for s, p in enumerate(self.plan) if p < 0)

    @cached_property
    def held(self) -> dict[int, list[int]]:
        """The slots of each person who has any."""
        found: dict[int, list[int]] = {}
        for s, p in enumerate(self.plan):
            if p >= 0:
                found.setdefault(p, []).append(s)
        return found

    @cached_property
    def _placed(self) -> Ledger:
        ledger = self.base.copy()
        for s, p in enumerate(self.plan):
            if p >= 0:
                ledger.place(s, p)
        return ledger

    def without(self, slots: Collection[int]) -> Ledger:
        """What is left with these slots open and all others as in the plan."""
        ledger = self._placed.copy()
        for s in slots:
            if self.plan[s] >= 0:
                ledger.remove(s)
        # A plan that breaks a rule leaves nothing, rather than forbid what is unconcerned.
        for rest in (ledger.left, ledger.projects_left, ledger.money_left):
            np.maximum(rest, 0, out=rest)
        return ledger

    def suited(self, s: int) -> Array:
        """Everybody who could hold a slot if they had nothing else to do."""
        if s not in self._free_of:
            self._free_of[s] = self.tables.suited(s)
        return self._free_of[s]

    def movable(self, slots: Iterable[int]) -> tuple[int, ...]:
        """Those of some slots that are open, or whose holder could be given them again."""
        wanted = sorted(set(slots))
        ledger = self.without(wanted)
        found = []
        for s in wanted:
            p = np.array([self.plan[s]])
            if p[0] < 0 or (p[0] in self.suited(s) and ledger.fits(s, p)[0]):
                found.append(s)
        return tuple(found)

    def resolve(
        self,
        slots: Collection[int],
        *,
        deadline: Deadline,
        seconds: float,
        seed: int = 0,
        start: Sequence[int] | None = None,
    ) -> Repaired | None:
        """The best plan that differs in some slots only; None where there is none in the time.

        Parameters
        ----------
        start
            A plan to begin with instead of the present one.
        """
        ledger = self.without(slots)
        pairs = Candidates.of(self.tables, ledger, slots)
        # The programme knows only slots that somebody could take.
        if any(self.problem.slots[s].must_fill and pairs.counts[s] == 0 for s in slots):
            return None
        if pairs.n_pairs == 0:
            return Repaired(tuple(ledger.plan.tolist()), 0)
        part = PlanModel(pairs, ledger, np.arange(pairs.n_pairs))
        answer = solve_mip(
            part.model,
            seconds=max(0.05, min(seconds, deadline.left)),
            threads=deadline.budget.threads,
            seed=seed,
            start=part.start(np.array(self.plan if start is None else start)),
            stop=deadline.stop,
            absolute_gap=0.99,
        )
        if answer.values is None or answer.objective is None or answer.bound is None:
            return None
        for s, p in part.chosen(answer.values):
            ledger.place(s, p)
        # Points are integers: what is proven has nothing above it.
        proven = answer.ended is Ended.OPTIMAL
        slack = 0.0 if proven else max(1.0, answer.bound - answer.objective)
        return Repaired(tuple(ledger.plan.tolist()), round(answer.objective), slack)

    # --- what to free ---------------------------------------------------------------------------

    def around(
        self, aimed: Iterable[int], people: Iterable[int] = (), *, most: int = MOST_SLOTS
    ) -> tuple[int, ...]:
        """Some slots, what those do meanwhile who could take them, and what these could take.

        Parameters
        ----------
        people
            Whose work comes in first.
        most
            About how many slots; half as many beside those aimed at in any case. Unless it is
            less than usual, a small problem is taken as a whole.
        """
        aims = sorted(set(aimed))
        if self.is_small and most >= MOST_SLOTS:
            return self.movable(range(len(self.plan)))
        first = min(self.problem.slots[s].start for s in aims) - MARGIN_WEEKS
        last = max(self.problem.slots[s].end for s in aims) + MARGIN_WEEKS
        tables = self.tables
        inside = (tables.start < last) & (tables.end > first)
        gaps = [s for s in self.open if inside[s]]
        gaps.sort(key=lambda s: (-int(tables.priority[s] * tables.effort[s]), s))
        chosen = set(aims)
        for p in dict.fromkeys([*people, *self._peers(aims)]):
            if len(chosen) >= max(most, len(aims) + most // 2):
                break
            chosen.update(s for s in self.held.get(p, ()) if inside[s])
            could = (s for s in gaps if s not in chosen and p in self.suited(s))
            chosen.update(s for s, _ in zip(could, range(MOST_GAPS_EACH), strict=False))
        return self.movable(chosen)

    @cached_property
    def is_small(self) -> bool:
        pairs = 0
        for s in range(len(self.plan)):
            pairs += len(self.suited(s))
            if pairs > WHOLE_PAIRS:
                return False
        return True

    def _peers(self, aims: Sequence[int]) -> list[int]:
        """Who could take the slots, the best of each first."""
        ranked = []
        for s in aims:
            people = self.suited(s)
            order = np.argsort(-self.tables.points(s, people), kind="stable")
            ranked += list(enumerate(people[order].tolist()))
        return [p for _rank, p in sorted(ranked)]


def check(problem: StaffingProblem, plan: Sequence[int]) -> None:
    """Raise InvalidProblem unless the plan names a person of the problem, or -1, for each slot."""
    require(len(plan) == len(problem.slots), "plan", "one person per slot or -1")
    known = all(-1 <= person < len(problem.people) for person in plan)
    require(known, "plan", "holds a person that does not exist")
