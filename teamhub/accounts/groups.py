"""The groups of the product: what somebody is in the company."""

from __future__ import annotations

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Group(StrEnum):
    ADMINISTRATOR = "administrator"
    MANAGER = "manager"
    PLANNER = "planner"
    ML_ENGINEER = "ml engineer"
    ENGINEER = "engineer"
    REVIEWER = "reviewer"
    LEGAL = "legal"
    EXECUTIVE = "executive"
    BUSINESS_OWNER = "business owner"
    VIEWER = "viewer"
    API_CLIENT = "api client"


LABELS: dict[str, Promise] = {
    Group.ADMINISTRATOR: _("Administrator"),
    Group.MANAGER: _("Manager"),
    Group.PLANNER: _("Planner"),
    Group.ML_ENGINEER: _("ML engineer"),
    Group.ENGINEER: _("Engineer"),
    Group.REVIEWER: _("Reviewer"),
    Group.LEGAL: _("Legal"),
    Group.EXECUTIVE: _("Executive"),
    Group.BUSINESS_OWNER: _("Business owner"),
    Group.VIEWER: _("Viewer"),
    Group.API_CLIENT: _("API client"),
}


def sync_groups(using: str = "default") -> None:
    """Make the rows of the groups; run again, it changes nothing."""
    from django.contrib.auth.models import Group as GroupRow  # noqa: PLC0415 (before apps load)

    rows = GroupRow.objects.using(using)
    known = set(rows.filter(name__in=list(Group)).values_list("name", flat=True))
    rows.bulk_create(
        [GroupRow(name=group.value) for group in Group if group.value not in known],
        ignore_conflicts=True,
    )
