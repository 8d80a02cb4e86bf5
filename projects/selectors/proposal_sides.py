"""Two to four proposals side by side: what was asked differently, and what came of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from projects.models import ProposalRow, Slot, StaffingRun
from projects.selectors.proposal import hire_of, rows_of
from projects.selectors.proposal_diff import Taken, standings
from projects.selectors.proposal_fit import fit_of
from projects.selectors.proposal_params import ParamWords
from projects.selectors.standing import Standing
from teamhub.accounts import permissions
from teamhub.accounts.models import User
from teamhub.web.templatetags.teamhub_tags import duration, figure, money, percent

LEAST, MOST = 2, 4
MOST_PICKS = 60


@dataclass(frozen=True)
class Line:
    """One figure, parameter or slot over all proposals; "–" where one has none."""

    label: Any
    values: list[str]
    below: str = ""  # what the label belongs to

    @property
    def differs(self) -> bool:
        return len(set(self.values)) > 1


@dataclass(frozen=True)
class Comparison:
    """All tables of the page. Cells carry the head of their column: narrow screens need it."""

    runs: list[StaffingRun]
    outcome: list[Line]
    params: list[Line]
    heads: list[str]  # what the columns are called
    picks: list[Line]  # slots that are staffed differently
    n_picks: int  # of them, with those that are not shown

    @property
    def tables(self) -> dict[str, list[tuple[Line, list[tuple[str, str]]]]]:
        parts = {"outcome": self.outcome, "params": self.params, "picks": self.picks}
        return {
            name: [(line, list(zip(self.heads, line.values, strict=True))) for line in lines]
            for name, lines in parts.items()
        }


def compare(runs: Sequence[StaffingRun], user: User) -> Comparison:
    """Lines that differ come first (queries grow with the number of proposals only)."""
    rows = {run.pk: list(rows_of(run, user)) for run in runs}
    picks = _picks(runs, rows)
    return Comparison(
        runs=list(runs),
        outcome=_differing_first(_outcome(runs, rows, user)),
        params=_differing_first(_params(runs, user)),
        heads=[date_format(localtime(run.created_at), "SHORT_DATETIME_FORMAT") for run in runs],
        picks=picks[:MOST_PICKS],
        n_picks=len(picks),
    )


def _differing_first(lines: list[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: not line.differs)


def _outcome(
    runs: Sequence[StaffingRun], rows: dict[Any, list[ProposalRow]], user: User
) -> list[Line]:
    taken = [Taken(run) for run in runs]
    fits = [fit_of(run) for run in runs]
    plans: list[Standing] = [
        standings(run, rows[run.pk], user, taken=one, fit=fit)[1]
        for run, one, fit in zip(runs, taken, fits, strict=True)
    ]
    late = [
        sum(row.pk in fit.refused for row in rows[run.pk])
        for run, fit in zip(runs, fits, strict=True)
    ]
    moves = [len(one.holders(rows[run.pk])) for run, one in zip(runs, taken, strict=True)]
    done = [run.status == run.Status.SUCCEEDED for run in runs]

    def line(label: Any, values: Sequence[Any]) -> Line:
        texts = ["–" if value is None else str(value) for value in values]
        return Line(label, [text if ok else "–" for text, ok in zip(texts, done, strict=True)])

    filled = [
        [
            row
            for row in rows[run.pk]
            if (row.person_id or hire_of(row)) and row.pk not in fit.refused
        ]
        for run, fit in zip(runs, fits, strict=True)
    ]
    told = [
        Line(_("Outcome"), [run.get_outcome_display() or run.get_status_display() for run in runs]),
        line(_("Coverage of the open effort"), [percent(run.coverage_share) for run in runs]),
        line(_("Coverage of the plan"), [percent(plan.coverage_share) for plan in plans]),
        line(_("Rows filled"), [len(each) for each in filled]),
        line(_("Rows that no longer fit today's plan"), late),
        line(_("Open slots"), [plan.open_slots for plan in plans]),
        line(_("Open slots that must be filled"), [plan.open_musts for plan in plans]),
        line(_("Moves"), moves),
        line(_("Weeks over"), [plan.overload_weeks for plan in plans]),
        line(_("People over"), [len(plan.over) for plan in plans]),
        Line(_("Solved in"), [duration(run.elapsed_s) for run in runs]),
    ]
    if permissions.may_see_money(user):
        told += [
            line(_("Cost of the proposal"), [money(run.cost) for run in runs]),
            line(_("Cost of the plan"), [money(plan.cost) for plan in plans]),
            line(_("Value"), [figure(run.objective) for run in runs]),
            line(_("Gap to the best possible"), [_gap(run) for run in runs]),
        ]
    return told


def _gap(run: StaffingRun) -> str | None:
    return None if run.gap_percent is None else f"{run.gap_percent:.2f} %"


def _params(runs: Sequence[StaffingRun], user: User) -> list[Line]:
    words = ParamWords(runs, user)
    told = [{one.key: one for one in words.of(run)} for run in runs]
    labels = {key: one.label for each in told for key, one in each.items()}
    return [
        Line(label, [each[key].value if key in each else "–" for each in told])
        for key, label in labels.items()
    ]


def _picks(runs: Sequence[StaffingRun], rows: dict[Any, list[ProposalRow]]) -> list[Line]:
    """Who is proposed for slots that several proposals have, where they do not agree."""
    chosen: dict[tuple[str, Any, int], dict[Any, list[str]]] = defaultdict(dict)
    slots: dict[tuple[str, Any, int], Slot] = {}
    for run in runs:
        for row in rows[run.pk]:
            project = row.slot.phase.project.name
            key = (project, row.slot.start_on, row.slot_id)
            slots[key] = row.slot
            who = row.person.name if row.person else hire_of(row) or _("open")
            chosen[key].setdefault(run.pk, []).append(who)
    lines = [
        Line(
            str(slots[key].seat),
            [", ".join(found.get(run.pk, ["–"])) for run in runs],
            f"{key[0]} · {slots[key].phase.name}",
        )
        for key, found in sorted(chosen.items(), key=lambda item: item[0])
        if len(found) > 1  # others lie outside of what the other proposals were asked about
    ]
    return [line for line in lines if line.differs]
