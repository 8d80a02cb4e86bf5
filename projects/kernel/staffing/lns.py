"""Large neighbourhood search: free a part of the plan, solve it exactly, keep what is better.

Where a neighbourhood comes from is chosen by what each kind gained per second lately, and its size
follows how easily the last ones were solved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from random import Random

import numpy as np

from projects.kernel.staffing.candidates import Candidates
from projects.kernel.staffing.ledger import Ledger
from projects.kernel.staffing.model import PlanModel
from projects.kernel.staffing.tables import Array
from teamhub.kernel.budget import Deadline
from teamhub.kernel.highs import Answer, Ended, solve_mip

# Measured on generated instances of 60 to 1,000 people: longer sub-solves gain less per second.
SUB_SECONDS = 2.0
EASY_SECONDS = 0.7
FIRST_SLOTS, FEWEST_SLOTS, MOST_SLOTS = 60.0, 12.0, 400.0
MOST_PAIRS = 6000
# Every kind keeps this chance beside the best one, since what pays changes on the way.
LEAST_CHANCE = 0.08


@dataclass
class _Kind:
    """One way to choose a neighbourhood, and how it has done."""

    choose: Callable[[int], set[int]]
    size: float = FIRST_SLOTS
    gain_per_second: float | None = None
    misses: int = 0

    def learn(self, gain: float, seconds: float, *, solved: bool) -> None:
        rate = gain / max(seconds, 0.02)
        before = self.gain_per_second
        self.gain_per_second = rate if before is None else 0.8 * before + 0.2 * rate
        if not solved:
            self.size = max(FEWEST_SLOTS, 0.85 * self.size)
        elif seconds < EASY_SECONDS:
            self.size = min(MOST_SLOTS, 1.15 * self.size)


@dataclass
class Search:
    """Improve the plan of a ledger until the deadline.

    Parameters
    ----------
    ledger
        Changed in place; its plan is never worse than before.
    on_better
        Called after each improvement.
    """

    candidates: Candidates
    ledger: Ledger
    rng: Random
    deadline: Deadline
    threads: int = 1
    on_better: Callable[[], None] = lambda: None
    kinds: dict[str, _Kind] = field(init=False)
    rounds: int = 0

    def __post_init__(self) -> None:
        self.kinds = {
            "gap": _Kind(self._around_a_gap),
            "person": _Kind(self._around_a_person),
            "project": _Kind(self._around_a_project),
            "weeks": _Kind(self._some_weeks),
        }
        tables = self.candidates.tables
        # At least one, so that gaps of no priority can be drawn too.
        self._stake = np.maximum(1.0, tables.priority * tables.effort)
        self._fillable = self.candidates.counts > 0

    def run(self, seconds: float) -> None:
        """Search until the seconds have passed, or the deadline."""
        end = self.deadline.elapsed + seconds
        while not self.deadline.over and self.deadline.elapsed < end - 0.02:
            left = min(self.deadline.left, end - self.deadline.elapsed)
            kind = self._pick()
            began = self.deadline.elapsed
            slots = sorted(kind.choose(int(kind.size)))
            gain, solved = self._improve(slots, min(SUB_SECONDS, left))
            kind.learn(gain, self.deadline.elapsed - began, solved=solved)
            self.rounds += 1
            if gain > 0:
                self.on_better()

    def _pick(self) -> _Kind:
        kinds = list(self.kinds.values())
        for kind in kinds:
            if kind.gain_per_second is None:
                return kind
        best = max(kind.gain_per_second or 0.0 for kind in kinds) or 1.0
        chances = [max(LEAST_CHANCE, (kind.gain_per_second or 0.0) / best) for kind in kinds]
        return self.rng.choices(kinds, chances)[0]

    def _improve(self, slots: list[int], seconds: float) -> tuple[float, bool]:
        """Solve the plan of some slots anew; returns what it gained and whether that is proven."""
        ledger, before = self.ledger, self.ledger.plan.copy()
        for s in slots:
            if before[s] >= 0:
                ledger.remove(s)
        pairs = self._pairs(slots, before)
        if len(pairs) == 0:
            return 0.0, True
        part = PlanModel(self.candidates, ledger, pairs)
        start = part.start(before)
        answer = solve_mip(
            part.model,
            seconds=seconds,
            threads=self.threads,
            seed=self.rng.randrange(2**31),
            start=start,
            stop=self.deadline.stop,
            absolute_gap=0.99,
        )
        gain = self._gain(answer, float(part.model.value @ start))
        if gain > 0 and answer.values is not None:
            for s, p in part.chosen(answer.values):
                ledger.place(s, p)
        else:
            for s in slots:
                if before[s] >= 0:
                    ledger.place(s, int(before[s]))
        return gain, answer.ended is Ended.OPTIMAL

    def _gain(self, answer: Answer, base: float) -> float:
        # Points are integers: less than one is rounding.
        gain = 0.0 if answer.objective is None else answer.objective - base
        return gain if gain > 0.5 else 0.0

    def _pairs(self, slots: list[int], before: Array) -> Array:
        """The pairs of the freed slots that fit; too many are thinned, the present ones kept."""
        found = []
        for s in slots:
            first = int(self.candidates.first[s])
            people = self.candidates.of_slot(s)
            found.append(first + np.flatnonzero(self.ledger.fits(s, people)))
        pairs = np.concatenate(found) if found else np.zeros(0, dtype=np.int64)
        if len(pairs) <= MOST_PAIRS:
            return pairs
        random = np.random.default_rng(self.rng.randrange(2**31))
        keep = random.random(len(pairs)) < MOST_PAIRS / len(pairs)
        keep |= before[self.candidates.slot[pairs]] == self.candidates.person[pairs]
        return pairs[keep]

    # --- neighbourhoods -------------------------------------------------------------------------

    def _around_a_gap(self, size: int) -> set[int]:
        """An open slot, and what its candidates do in its weeks."""
        gaps = np.flatnonzero((self.ledger.plan < 0) & self._fillable)
        if len(gaps) == 0:
            return self._some_weeks(size)
        s = self.rng.choices(gaps.tolist(), self._stake[gaps].tolist())[0]
        tables = self.candidates.tables
        margin = self.rng.choice([0, 2, 4])
        weeks = int(tables.start[s]) - margin, int(tables.end[s]) + margin
        people = self.candidates.of_slot(s).tolist()
        self.rng.shuffle(people)
        return self._grow({s}, people, weeks, size)

    def _around_a_person(self, size: int) -> set[int]:
        """A person and those who could take the same slots, in some weeks."""
        able = [p for p, slots in enumerate(self.candidates.slots_of) if len(slots)]
        p = self.rng.choice(able)
        s = int(self.rng.choice(self.candidates.slots_of[p].tolist()))
        peers = self.candidates.of_slot(s).tolist()
        self.rng.shuffle(peers)
        weeks = self._window(self.rng.choice([6, 10, 14, 26]))
        return self._grow(set(), [p, *peers], weeks, size)

    def _around_a_project(self, size: int) -> set[int]:
        """All of a project, and other work of those who could do it."""
        tables = self.candidates.tables
        project = self.rng.choice(tables.project[self._fillable].tolist())
        slots = np.flatnonzero((tables.project == project) & self._fillable)
        chosen = set(slots.tolist())
        first, last = int(tables.start[slots].min()), int(tables.end[slots].max())
        people = np.unique(self.candidates.person[self.candidates.pairs_of(chosen)]).tolist()
        self.rng.shuffle(people)
        return self._grow(chosen, people, (first, last), size)

    def _some_weeks(self, size: int) -> set[int]:
        """A few weeks of as many people as the size allows."""
        people = list(range(self.candidates.tables.n_people))
        self.rng.shuffle(people)
        return self._grow(set(), people, self._window(self.rng.choice([3, 5, 8])), size)

    def _window(self, length: int) -> tuple[int, int]:
        first = self.rng.randint(0, max(0, self.candidates.tables.n_weeks - length))
        return first, first + length

    def _grow(
        self, chosen: set[int], people: Iterable[int], weeks: tuple[int, int], size: int
    ) -> set[int]:
        """Add what each person does, and some open slots they could take, up to a size."""
        tables, plan = self.candidates.tables, self.ledger.plan
        inside = (tables.start < weeks[1]) & (tables.end > weeks[0])
        held: dict[int, list[int]] = {}
        for s in np.flatnonzero(inside & (plan >= 0)).tolist():
            held.setdefault(int(plan[s]), []).append(s)
        for p in people:
            if len(chosen) >= size:
                break
            chosen.update(held.get(p, ()))
            slots = self.candidates.slots_of[p]
            gaps = slots[inside[slots] & (plan[slots] < 0)].tolist()
            chosen.update(gaps if len(gaps) <= 6 else self.rng.sample(gaps, 6))
        return chosen
