"""What a decision does to a row of a proposal, kept so that an undo can take it back.

A transition is `{"id": row, "from": state, "to": state}`; it stands beside the assignment in the
line of the plan change (`PlanEdit.note`). Undoing goes from `to` back to `from`, and its own line
keeps the transition the other way round, so that the undo can be undone alike.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime

from projects.models import Assignment, ProposalRow, StaffingRequest
from teamhub.accounts.models import User
from teamhub.audit import services as audit

State = dict[str, Any]


def transition(row: ProposalRow, before: State, after: State) -> dict[str, Any]:
    return {"id": row.pk, "from": before, "to": after}


def state_of(row: ProposalRow, request: StaffingRequest | None) -> State:
    """A row's decision with its request, in plain values."""
    return {
        "decision": row.decision,
        "decided_by": row.decided_by_id,
        "decided_at": _written(row.decided_at),
        "reason": row.reason,
        "assignment": row.assignment_id,
        "replaces": row.replaces_id,
        "request": None if request is None else _request_state(request),
    }


def _request_state(request: StaffingRequest) -> State:
    return {
        "status": request.status,
        "department": request.department_id,
        "project": request.project_id,
        "assignment": request.assignment_id,
        "asked_by": request.asked_by_id,
        "answered_by": request.answered_by_id,
        "answered_at": _written(request.answered_at),
        "reason": request.reason,
    }


def is_in(row: ProposalRow, request: StaffingRequest | None, state: State) -> bool:
    """Whether nobody decided on the row anew: its decision, assignment and request are those."""
    wanted = state["request"]
    return (
        row.decision == state["decision"]
        and row.assignment_id in {None, state["assignment"]}
        and (request and request.status) == (wanted and wanted["status"])
    )


def put_back(row: ProposalRow, state: State, *, by: User, reason: str) -> None:
    """Give the row this state again; its request is withdrawn, asked again or open again."""
    row.decision, row.reason = state["decision"], state["reason"]
    row.decided_by_id, row.decided_at = state["decided_by"], _read(state["decided_at"])
    row.assignment_id = _still(state["assignment"])
    row.replaces_id = _still(state["replaces"])
    row.save()
    request = StaffingRequest.objects.filter(row=row).first()
    wanted = state["request"]
    if wanted is None:
        if request is not None:
            audit.record(
                by, "request.withdraw", request, before=_request_state(request), reason=reason
            )
            request.delete()
        return
    request = request or StaffingRequest(row=row)
    request.status, request.reason = wanted["status"], wanted["reason"]
    request.department_id, request.project_id = wanted["department"], wanted["project"]
    request.assignment_id = _still(wanted["assignment"])
    request.asked_by_id = wanted["asked_by"]
    request.answered_by_id = wanted["answered_by"]
    request.answered_at = _read(wanted["answered_at"])
    request.save()


def _still(assignment_id: int | None) -> int | None:
    """The id where its assignment stands; undoing a part may leave it away."""
    if assignment_id is None or not Assignment.objects.filter(pk=assignment_id).exists():
        return None
    return assignment_id


def _written(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _read(at: str | None) -> datetime | None:
    return None if at is None else parse_datetime(at)
