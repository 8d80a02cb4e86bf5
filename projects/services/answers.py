"""Answer the requests that an acceptance sent to another lead."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from projects.models import Assignment, PlanChange, ProposalRow, StaffingRequest
from projects.services import plan, proposal_rows
from teamhub.accounts.models import User
from teamhub.audit import services as audit
from teamhub.errors import Conflict, InvalidInput, NotAllowed


@transaction.atomic
def answer_request(
    request: StaffingRequest, *, approve: bool, by: User, reason: str = ""
) -> StaffingRequest:
    """Approve: the assignment is confirmed. Decline, with a reason: it goes."""
    if not StaffingRequest.objects.answerable_by(by).filter(pk=request.pk).exists():
        raise NotAllowed(_("Only the lead who was asked may answer this request."))
    if not approve and not reason.strip():
        raise InvalidInput(_("Say why you decline; the asking lead will read it."))
    row = request.row
    plan.lock(projects=[row.slot.phase.project_id], people=[row.person_id] if row.person_id else [])
    held = StaffingRequest.objects.select_for_update(of=("self",)).filter(pk=request.pk).first()
    if held is None:
        raise Conflict(_("This request has been withdrawn."), code="withdrawn")
    request = held
    if request.status != StaffingRequest.Status.OPEN:
        raise Conflict(_("This request has been answered already."))
    row = request.row
    before = proposal_rows.state_of(row, request)
    request.status = StaffingRequest.Status.APPROVED if approve else StaffingRequest.Status.DECLINED
    request.answered_by, request.answered_at, request.reason = by, timezone.now(), reason
    assignment = (
        Assignment.objects.select_related("person", "slot__seat__role", "slot__phase__project")
        .filter(requests=request)
        .first()
    )
    edit = plan.PlanEdit(kind=PlanChange.Kind.REQUEST, by=by, reason=reason, run=row.run)
    if approve:
        if assignment is None:
            raise Conflict(_("The tentative assignment is gone; decline the request instead."))
        edit.alter(assignment, status=Assignment.Status.CONFIRMED)
        row.decision = ProposalRow.Decision.ACCEPTED
    else:
        if assignment is not None:
            edit.end(assignment)
        request.assignment = None
        row.assignment = None
        row.decision, row.reason = ProposalRow.Decision.REJECTED, reason
    row.decided_by, row.decided_at = by, timezone.now()
    row.save()
    request.save()
    if assignment is not None:
        moved = proposal_rows.transition(row, before, proposal_rows.state_of(row, request))
        edit.note(assignment.pk, row=moved)
        edit.write()
    audit.record(
        by,
        "request.approve" if approve else "request.decline",
        request,
        after={"row": row.pk},
        reason=reason,
    )
    return request
