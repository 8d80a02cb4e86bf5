"""Who changed an assignment last, and by which plan change."""

from __future__ import annotations

from typing import Any

from projects.models import PlanChange, PlanChangeLine
from teamhub.accounts.models import User


def last_edit(assignment_id: int) -> dict[str, Any]:
    """Name and time of the last change of this assignment; empty if none is recorded."""
    lines = PlanChangeLine.objects.filter(assignment_id=assignment_id)
    line = lines.select_related("change__by").order_by("-change_id").first()
    if line is None:
        return {}
    by = line.change.by
    return {"by": by.get_full_name() or by.get_username(), "at": line.change.at}


def change_of(assignment_id: int, by: User) -> int | None:
    """The plan change that this user made of the assignment last."""
    found = PlanChange.objects.filter(by=by, lines__assignment_id=assignment_id)
    return found.order_by("-pk").values_list("pk", flat=True).first()
