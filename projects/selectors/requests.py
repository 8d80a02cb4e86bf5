"""Whose people a proposal row takes, and the requests in a lead's inbox."""

from __future__ import annotations

from typing import Any

from projects.models import Assignment, Project, ProposalRow
from roles.models import Department
from teamhub.accounts.models import User


def asked_lead(row: ProposalRow, *, by: User) -> dict[str, Any] | None:
    """The department or project whose lead must agree to this row; None where nobody must.

    Asked is the lead of the person's department, where it is not led by the one who accepts nor by
    the project's own lead; otherwise the lead of another project that holds the person in these
    weeks. A department without leads asks nobody.
    """
    if row.person is None:
        return None
    ours = {by.pk, row.slot.phase.project.lead_id}
    department = row.person.department
    if department.pk != row.slot.phase.project.department_id:
        leads = department_leads(department)
        if leads and not leads & ours:
            return {"department": department}
    elsewhere = (
        Assignment.objects.filter(person=row.person)
        .in_weeks(row.start_on, row.end_on)
        .exclude(slot__phase__project_id=row.slot.phase.project_id)
        .exclude(slot__phase__project__lead_id__in=ours)
        .values_list("slot__phase__project_id", flat=True)
        .order_by("start_on", "pk")
    )
    led = set(Project.objects.led_by(by).values_list("pk", flat=True))
    for project_id in elsewhere:
        if project_id not in led:
            return {"project_id": project_id}
    return None


def department_leads(department: Department) -> set[int]:
    """Ids of who leads the department or one above it (walks up the tree: two queries a level)."""
    leads: set[int] = set()
    above: Department | None = department
    while above is not None:
        leads |= set(above.leads.values_list("pk", flat=True))
        above = above.parent
    return leads
