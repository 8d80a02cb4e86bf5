"""Proposals side by side: who takes each slot in which, and what each comes to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from projects.models import Slot, StaffingRun
from projects.selectors.proposal import ProposalView, ShownRow, proposal_view
from teamhub.accounts.models import User


@dataclass(frozen=True)
class ComparedRow:
    """A slot from a week on, with its row in each proposal; None where one has none for it.

    A proposal has no row for what stays with whoever holds it, nor for what it was not asked.
    """

    slot: Slot
    start_on: date
    cells: list[ShownRow | None]

    @property
    def differs(self) -> bool:
        """Whether two proposals name different people, or only one fills it."""
        return len({_who(cell) for cell in self.cells}) > 1

    @property
    def end_on(self) -> date:
        return max(cell.row.end_on for cell in self.cells if cell is not None)


@dataclass(frozen=True)
class Comparison:
    views: list[ProposalView]
    rows: list[ComparedRow]


def compare(runs: Sequence[StaffingRun], user: User) -> Comparison:
    """Rows of all proposals that this user may read, in the order of the plan."""
    views = [proposal_view(run, user) for run in runs]
    by_place = [{(one.row.slot_id, one.row.start_on): one for one in view.rows} for view in views]
    places: dict[tuple[int, date], ShownRow] = {}
    for found in reversed(by_place):
        places |= found
    ordered = sorted(places.items(), key=lambda item: _order(item[1]))
    rows = [
        ComparedRow(one.row.slot, place[1], [found.get(place) for found in by_place])
        for place, one in ordered
    ]
    return Comparison(views, rows)


def _who(cell: ShownRow | None) -> tuple[bool, int | None, str]:
    if cell is None:
        return (False, None, "")
    return (True, cell.row.person_id, cell.hire)


def _order(shown: ShownRow) -> tuple[str, date, int, int]:
    slot = shown.row.slot
    return (slot.phase.project.name, shown.row.start_on, slot.seat.role.position, slot.pk)
