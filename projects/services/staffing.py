"""Accept a proposal whole or by row, answer the requests that acceptance sends."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from projects.models import (
    Assignment,
    PlanChange,
    Project,
    ProposalRow,
    StaffingRequest,
    StaffingRun,
)
from projects.selectors.plan_state import Finding, Piece, PlanState, Sight
from projects.selectors.requests import Leads
from projects.services import plan, proposal_rows
from projects.services.decided import decisions, passed_over, rows_asked_for, suggestions
from projects.services.staffing_ask import clean_weights, propose_team
from teamhub.accounts.models import User
from teamhub.audit import services as audit
from teamhub.errors import Conflict, NotAllowed

__all__ = [
    "Acceptance",
    "accept",
    "clean_weights",
    "piece_of",
    "propose_team",
    "reject",
]


@dataclass
class Acceptance:
    """What became of the rows that somebody wanted to accept."""

    change: PlanChange | None = None
    accepted: list[ProposalRow] = field(default_factory=list)
    requested: list[ProposalRow] = field(default_factory=list)
    refused: list[tuple[ProposalRow, list[Finding]]] = field(default_factory=list)

    def refusals(self, *, by: User) -> list[dict[str, Any]]:
        sight, found = Sight.of(by), []
        for row, findings in self.refused:
            shown = sight.told(findings)
            words = [finding.text for finding in shown]
            if not words:  # all that stands in the way is money
                words = [_("Something that only managers see stands in the way; ask one.")]
            found.append(
                {
                    "row": row.pk,
                    "reason": " ".join(words),
                    "clashes": [finding.as_dict(with_money=sight.money) for finding in shown],
                }
            )
        return found


@transaction.atomic
def accept(
    run: StaffingRun,
    *,
    by: User,
    rows: Iterable[int] | None = None,
    projects: Iterable[Project | int] | None = None,
    reason: str = "",
) -> Acceptance:
    """Accept rows (all open ones by default, or those of `projects`) against today's plan.

    A row is refused only for what it adds itself: what today's plan breaks already is not its
    fault. A row that takes somebody of another lead becomes a request. A row that ends what is
    locked, or what another lead approved, needs a reason.
    """
    rows = None if rows is None else list(rows)
    wanted = _open_rows(run, rows_asked_for(run, rows, projects, by=by), by)
    named = {row.pk for row in wanted}
    plan.lock(
        projects={row.slot.phase.project_id for row in wanted},
        people={piece_of(row).person.pk for row in wanted}
        | {row.replaces.person_id for row in wanted if row.replaces is not None},
    )
    # As they stand under the lock; what an undo opened meanwhile is not held, so not weighed.
    wanted = [row for row in _open_rows(run, rows, by) if row.pk in named]
    if not wanted:
        raise Conflict(_("No row of this proposal is open any more."), code="nothing_open")
    result = Acceptance()
    fitting = _fitting(wanted, result)
    if not fitting:
        raise Conflict(
            _("None of these rows fits today's plan any more."),
            code="nothing_accepted",
            refused=result.refusals(by=by),
        )
    passed = passed_over(fitting, reason=reason)
    edit = plan.PlanEdit(kind=PlanChange.Kind.ACCEPT, by=by, reason=reason, run=run)
    leads = Leads(fitting, by=by)
    asked = {row.pk: leads.asked(row) for row in fitting}
    suggested = suggestions(wanted)
    for row in fitting:
        if row.replaces is not None:
            if _kept(row) is None:
                edit.end(row.replaces)
            else:
                edit.alter(row.replaces, end_on=row.start_on)
            edit.note(row.replaces.pk, override=passed.get(row.pk))
    for row in fitting:
        _take(row, edit, by=by, asked=asked[row.pk], result=result)
    result.change = edit.write()
    audit.record(
        by,
        "proposal.accept",
        run,
        after={
            "accepted": [row.pk for row in result.accepted],
            "requested": [row.pk for row in result.requested],
            "refused": [row.pk for row, _findings in result.refused],
            "change": result.change.pk,
            "rows": decisions(suggested, wanted, passed),
        },
        reason=reason,
        run=run,
    )
    return result


@transaction.atomic
def reject(run: StaffingRun, *, rows: Iterable[int], by: User, reason: str = "") -> int:
    """Say no to rows; they stay on the page with who and why."""
    wanted = _open_rows(run, rows, by)
    plan.lock(projects={row.slot.phase.project_id for row in wanted})
    wanted = _open_rows(run, [row.pk for row in wanted], by)  # as they stand under the lock
    suggested = suggestions(wanted)
    for row in wanted:
        row.decision = ProposalRow.Decision.REJECTED
        row.decided_by, row.decided_at, row.reason = by, timezone.now(), reason
        row.save(update_fields=["decision", "decided_by", "decided_at", "reason"])
    decided = decisions(suggested, wanted, {})
    audit.record(by, "proposal.reject", run, after={"rows": decided}, reason=reason, run=run)
    return len(wanted)


def _open_rows(run: StaffingRun, rows: Iterable[int] | None, by: User) -> list[ProposalRow]:
    """The rows that are still open, name somebody and belong to projects that `by` may edit."""
    if run.is_what_if:
        raise Conflict(
            _("This proposal supposes what is not so; ask for one without it to accept."),
            code="what_if",
        )
    if run.status != run.Status.SUCCEEDED:
        raise Conflict(_("This proposal is not ready: its run has not succeeded."))
    found = (
        run.rows.filter(decision=ProposalRow.Decision.OPEN, person__isnull=False)
        .select_related(
            "person__department",
            "slot__seat__role",
            "slot__phase__project__site",
            "slot__phase__project__department",
            "replaces__person",
            "replaces__slot__seat__role",
            "replaces__slot__phase__project",
        )
        .prefetch_related("slot__skills__skill")
        .order_by("start_on", "pk")
    )
    if rows is not None:
        ids = set(rows)
        found = found.filter(pk__in=ids)
        missing = ids - {row.pk for row in found}
        if missing:
            raise Conflict(
                _("These rows are no longer open, or name nobody: %(rows)s.")
                % {"rows": ", ".join(str(pk) for pk in sorted(missing)[:20])},
                code="rows_not_open",
                rows=sorted(missing),
            )
    editable = set(
        Project.objects.editable_by(by)
        .filter(pk__in={row.slot.phase.project_id for row in found})
        .values_list("pk", flat=True)
    )
    mine = [row for row in found if row.slot.phase.project_id in editable]
    if rows is not None and len(mine) < len(found):
        raise NotAllowed(_("Only the lead or a deputy of the project may decide on its rows."))
    if not mine:
        if found and not editable:
            raise NotAllowed(_("Only the lead or a deputy of the project may decide on its rows."))
        raise Conflict(_("No row of this proposal is open any more."), code="nothing_open")
    return mine


def piece_of(row: ProposalRow) -> Piece:
    if row.person is None:
        raise ValueError(f"proposal row {row.pk} names nobody")
    return Piece(row.slot, row.person, row.start_on, row.end_on, row.fte_hundredths)


def _kept(row: ProposalRow) -> Piece | None:
    """The weeks before the row of the work that it replaces: they have begun, and stay."""
    if row.replaces is None or row.replaces.start_on >= row.start_on:
        return None
    return replace(Piece.of(row.replaces), end_on=row.start_on)


def _fitting(wanted: list[ProposalRow], result: Acceptance) -> list[ProposalRow]:
    """The rows that add no breach to today's plan; the others land in `result.refused`.

    Rows that replace an assignment free its time first. When such a row is refused, what it would
    have freed stays taken, so the rest is weighed again without it.
    """
    state = _state(wanted)
    while True:
        for row in wanted:
            if row.replaces is not None:
                state.remove(Piece.of(row.replaces))
            if (kept := _kept(row)) is not None:
                state.add(kept)
        fitting: list[ProposalRow] = []
        refused: list[tuple[ProposalRow, list[Finding]]] = []
        for row in wanted:
            findings = state.findings(piece_of(row))
            if findings:
                refused.append((row, findings))
            else:
                state.add(piece_of(row))
                fitting.append(row)
        result.refused.extend(refused)
        if not fitting or all(row.replaces is None for row, _findings in refused):
            return fitting
        state, wanted = _state(fitting), fitting


def _state(rows: list[ProposalRow]) -> PlanState:
    pieces = [piece_of(row) for row in rows]
    pieces += [Piece.of(row.replaces) for row in rows if row.replaces is not None]
    people = {piece.person.pk: piece.person for piece in pieces}
    projects = {piece.slot.phase.project_id: piece.slot.phase.project for piece in pieces}
    start = min((piece.start_on for piece in pieces), default=timezone.localdate())
    end = max((piece.end_on for piece in pieces), default=timezone.localdate())
    return PlanState(people.values(), projects.values(), start, end)


def _take(
    row: ProposalRow,
    edit: plan.PlanEdit,
    *,
    by: User,
    asked: dict[str, Any] | None,
    result: Acceptance,
) -> None:
    before = proposal_rows.state_of(row, None)
    status = Assignment.Status.CONFIRMED if asked is None else Assignment.Status.TENTATIVE
    row.assignment = edit.add(piece_of(row), status=status, locked=False)
    row.replaces = None
    row.decided_by, row.decided_at = by, timezone.now()
    if asked is None:
        row.decision = ProposalRow.Decision.ACCEPTED
        result.accepted.append(row)
    else:
        row.decision = ProposalRow.Decision.REQUESTED
        result.requested.append(row)
    row.save()
    sent = None
    if asked is not None:
        assignment = row.assignment
        sent = StaffingRequest.objects.create(row=row, assignment=assignment, asked_by=by, **asked)
    after = proposal_rows.state_of(row, sent)
    edit.note(row.assignment.pk, row=proposal_rows.transition(row, before, after))
