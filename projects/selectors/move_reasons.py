"""Why a proposal gives the work of one person to another, in words."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.utils.translation import gettext as _

from projects.kernel.staffing import codec, verify
from projects.models import ProposalRow, StaffingRun
from projects.selectors.holders import week_ranges
from projects.selectors.proposal import CRITERIA, ProposalView, ShownRow
from projects.selectors.standing import Standing
from roles.models import Person
from teamhub import weeks
from teamhub.runs import frozen
from teamhub.web.templatetags.teamhub_tags import fte, signed


class MoveReasons:
    """Why a row says what it says, in words."""

    def __init__(
        self, run: StaffingRun, view: ProposalView, holders: dict[int, Person], before: Standing
    ) -> None:
        self.holders = holders
        self.with_money = view.with_money
        self.over = {one.person.pk: one.weeks for one in before.over}
        self.taking: dict[int, list[ProposalRow]] = defaultdict(list)
        for shown in view.filled:
            self.taking[shown.row.person_id or 0].append(shown.row)
        moved = [shown.row for shown in view.filled if shown.row.pk in holders]
        self.lost = _points_of_holders(run, moved, holders) if moved else {}

    def of(self, shown: ShownRow) -> list[str]:
        row = shown.row
        if not shown.is_filled:
            return shown.reasons
        holder = self.holders.get(row.pk)
        if holder is None:
            return []
        lines = []
        over = [day for day in self.over.get(holder.pk, ()) if row.start_on <= day < row.end_on]
        if over:
            words = {"person": holder.name, "weeks": week_ranges(over)}
            lines.append(_("%(person)s is over in %(weeks)s today.") % words)
        lines += [self._instead(holder, other) for other in self._taken_instead(holder, row)]
        best = self._best_difference(row)
        if best is not None:
            name, points = best
            lines.append(
                _("Better by %(criterion)s: %(points)s points against %(person)s.")
                % {"criterion": name, "points": signed(points), "person": holder.name}
            )
        return lines or [_("The plan as a whole gains by it.")]

    def _taken_instead(self, holder: Person, row: ProposalRow) -> list[ProposalRow]:
        """What the proposal gives the holder in weeks of the row: the greatest two, in effort."""

        def effort(other: ProposalRow) -> int:
            start, end = max(row.start_on, other.start_on), min(row.end_on, other.end_on)
            return other.fte_hundredths * max(0, weeks.weeks_between(start, end))

        found = [other for other in self.taking.get(holder.pk, ()) if effort(other) > 0]
        return sorted(found, key=effort, reverse=True)[:2]

    def _instead(self, holder: Person, other: ProposalRow) -> str:
        return _("%(person)s takes %(seat)s in %(project)s instead: %(weeks)s, %(fte)s FTE.") % {
            "person": holder.name,
            "seat": other.slot.seat,
            "project": other.slot.phase.project.name,
            "weeks": week_ranges(weeks.each_week(other.start_on, other.end_on)),
            "fte": fte(other.fte_hundredths),
        }

    def _best_difference(self, row: ProposalRow) -> tuple[Any, int] | None:
        """The criterion by which the proposed person gains most over the holder."""
        held = self.lost.get(row.pk)
        if held is None:
            return None
        gains = {"fit": row.score.get("fit", 0) - held["fit"]}
        if self.with_money:
            gains["cost"] = held["cost"] - row.score.get("cost", 0)
        name = max(gains, key=gains.__getitem__)
        return (CRITERIA[name], gains[name]) if gains[name] > 0 else None


def _points_of_holders(
    run: StaffingRun, rows: list[ProposalRow], holders: dict[int, Person]
) -> dict[int, dict[str, int]]:
    """Fit and cost, in points, of who holds each slot now; from the problem that was solved."""
    try:
        problem = codec.problem_from_json(frozen.thaw(run.input_file)["problem"])
    except (FileNotFoundError, KeyError, ValueError):  # made elsewhere, or by another version
        return {}
    slots = {slot.key: index for index, slot in enumerate(problem.slots)}
    people = {person.key: index for index, person in enumerate(problem.people)}
    found = {}
    for row in rows:
        s = slots.get(f"{row.slot_id}@{row.start_on.isoformat()}")
        p = people.get(str(holders[row.pk].pk))
        if s is None or p is None:
            continue
        slot, weights = problem.slots[s], problem.weights
        money = problem.people[p].rate * slot.effort
        found[row.pk] = {
            "fit": verify.fit_points(problem, s, p) * slot.effort,
            "cost": money * weights.cost // weights.cost_divisor,
        }
    return found
