"""Accept a proposal whole or by row, answer the requests that acceptance sends."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
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
from projects.selectors.plan_state import Finding, Sight
from projects.selectors.proposal_fit import fitting, kept_of, piece_of
from projects.selectors.requests import Leads
from projects.services import plan, proposal_rows
from projects.services.decided import decisions, passed_over, rows_asked_for, suggestions
from projects.services.staffing_ask import clean_weights, propose_again, propose_team
from teamhub.accounts.models import User
from teamhub.audit import services as audit
from teamhub.errors import Conflict, NotAllowed

__all__ = [
    "Acceptance",
    "accept",
    "clean_weights",
    "piece_of",
    "propose_again",
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
    fits, result.refused = fitting(wanted)
    if not fits:
        raise Conflict(
            _("None of these rows fits today's plan any more."),
            code="nothing_accepted",
            refused=result.refusals(by=by),
        )
    passed = passed_over(fits, reason=reason)
    edit = plan.PlanEdit(kind=PlanChange.Kind.ACCEPT, by=by, reason=reason, run=run)
    leads = Leads(fits, by=by)
    asked = {row.pk: leads.asked(row) for row in fits}
    suggested = suggestions(wanted)
    for row in fits:
        if row.replaces is not None:
            if kept_of(row) is None:
                edit.end(row.replaces)
            else:
                edit.alter(row.replaces, end_on=row.start_on)
            edit.note(row.replaces.pk, override=passed.get(row.pk))
    for row in fits:
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
            raise _rows_not_open(run, missing)
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


def _rows_not_open(run: StaffingRun, missing: set[int]) -> Conflict:
    own = set(run.rows.filter(pk__in=missing).values_list("pk", flat=True))
    said = []
    for ids, text in (
        (missing & own, _("These rows are no longer open, or name nobody: %(rows)s.")),
        (missing - own, _("These rows are not of this proposal: %(rows)s.")),
    ):
        if ids:
            said.append(text % {"rows": ", ".join(str(pk) for pk in sorted(ids)[:20])})
    said.append(_("Read the rows of the proposal again, and send only open ones."))
    return Conflict(" ".join(said), code="rows_not_open", rows=sorted(missing))


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
