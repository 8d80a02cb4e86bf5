"""By how many weeks a phase slips before what an absence leaves open can be done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from projects.kernel.staffing.absence import Absences, Split, by_piece, split
from projects.kernel.staffing.candidates import Candidates
from projects.kernel.staffing.ledger import Ledger
from projects.kernel.staffing.model import PlanModel
from projects.kernel.staffing.problem import Slot, StaffingProblem
from projects.kernel.staffing.repair import Standing
from teamhub.kernel.budget import Deadline
from teamhub.kernel.highs import solve_mip

MOST_WEEKS = 8
# Whether a few slots can all be filled is decided in milliseconds.
SUB_SECONDS = 2.0


@dataclass
class Slips:
    """Answers for one absence, phase by phase; each as if it were the only one that slips.

    Of a slot that loses weeks, what lies before them stays as it was done. The rest moves later as
    one piece and needs one person, who may be the holder. Later phases of the project give way:
    they slip as well, with whom is not asked. All other work stays where it is. Beyond the horizon
    people have the time of its last week.

    Attributes
    ----------
    complete
        False once the time ended before a phase was decided.
    """

    problem: StaffingProblem
    plan: Sequence[int]
    absences: Absences
    deadline: Deadline
    seed: int
    complete: bool = field(init=False, default=True)

    def weeks(self, project: int, phase: str) -> int | None:
        """The fewest weeks, 1 to 8, after which all can be filled; None where no number does."""
        for later in range(1, MOST_WEEKS + 1):
            if self.deadline.over:
                self.complete = False
                return None
            if self._can_be_filled(project, phase, later):
                return later
        return None

    def _can_be_filled(self, project: int, phase: str, later: int) -> bool:
        rests = self._rests[project, phase, later]
        ledger = self._ledger(project, phase)
        candidates = Candidates.of(ledger.tables, ledger, rests)
        if any(candidates.counts[s] == 0 for s in rests):
            return False
        if len(rests) == 1:
            return True
        model = PlanModel(candidates, ledger, np.arange(candidates.n_pairs)).model
        seconds = max(0.05, min(SUB_SECONDS, self.deadline.left))
        answer = solve_mip(
            model,
            seconds=seconds,
            threads=self.deadline.budget.threads,
            seed=self.seed,
            stop=self.deadline.stop,
            options={"mip_max_improving_sols": 1},
        )
        return answer.values is not None

    def _ledger(self, project: int, phase: str) -> Ledger:
        """What is left when the slots of the phase end where they lose their first week."""
        rests = set(self._pieces_after[project, phase])
        ledger = self._standing.without(rests | self._later(project, phase))
        for piece in self._heads[project, phase]:
            # The head is the same slot: whoever did it may go on.
            holder = self._standing.plan[piece]
            ledger.in_phase[holder, self._standing.tables.group[piece]] -= 1
        return ledger

    def _later(self, project: int, phase: str) -> set[int]:
        """Held pieces of other phases that begin no sooner than this one loses its first week."""
        slots = self._cut.problem.slots
        own = (s for s in self._first_lost if self.problem.slots[s].phase == phase)
        first = min(self._first_lost[s] for s in own if self.problem.slots[s].project == project)
        return {
            piece
            for piece, slot in enumerate(slots)
            if slot.project == project and slot.phase != phase and slot.start >= first
        }

    # --- made once ------------------------------------------------------------------------------

    @cached_property
    def _cut(self) -> Split:
        """The pieces in a horizon that is long enough for every slip."""
        longer = tuple(
            replace(one, availability=one.availability + one.availability[-1:] * MOST_WEEKS)
            for one in self.problem.people
        )
        grown = replace(self.problem, n_weeks=self.problem.n_weeks + MOST_WEEKS, people=longer)
        return split(grown, self.plan, self.absences)

    @cached_property
    def _first_lost(self) -> dict[int, int]:
        """The week in which each slot loses its holder for the first time."""
        found: dict[int, int] = {}
        for piece in self._cut.lost:
            found.setdefault(self._cut.origin[piece], self._cut.problem.slots[piece].start)
        return found

    @cached_property
    def _heads(self) -> dict[tuple[int, str], list[int]]:
        return self._pieces(before=True)

    @cached_property
    def _pieces_after(self) -> dict[tuple[int, str], list[int]]:
        return self._pieces(before=False)

    def _pieces(self, *, before: bool) -> dict[tuple[int, str], list[int]]:
        found: dict[tuple[int, str], list[int]] = {}
        for piece, s in enumerate(self._cut.origin):
            slot = self._cut.problem.slots[piece]
            rows = found.setdefault((slot.project, slot.phase), [])
            if s in self._first_lost and (slot.start < self._first_lost[s]) is before:
                rows.append(piece)
        return found

    @cached_property
    def _shifted(self) -> tuple[list[Slot], list[int], dict[tuple[int, str, int], list[int]]]:
        """The rest of each slot at each number of weeks, behind the pieces."""
        slots, origin = list(self._cut.problem.slots), list(self._cut.origin)
        place: dict[tuple[int, str, int], list[int]] = {}
        for s, first in self._first_lost.items():
            slot = self.problem.slots[s]
            for later in range(1, MOST_WEEKS + 1):
                place.setdefault((slot.project, slot.phase, later), []).append(len(slots))
                rest = replace(
                    slot,
                    key=f"{slot.key}+{later}",
                    start=first + later,
                    end=slot.end + later,
                    must_fill=True,
                )
                slots.append(rest)
                origin.append(s)
        return slots, origin, place

    @cached_property
    def _rests(self) -> dict[tuple[int, str, int], list[int]]:
        return self._shifted[2]

    @cached_property
    def _standing(self) -> Standing:
        slots, origin, _place = self._shifted
        more = len(slots) - len(self._cut.plan)
        lost = {*self._cut.lost, *range(len(self._cut.plan), len(slots))}
        problem = replace(
            self._cut.problem, slots=tuple(slots), **by_piece(self.problem, origin, lost)
        )
        return Standing(problem, (*self._cut.plan, *(-1,) * more))
