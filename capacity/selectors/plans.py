"""Plans as lists and other pages read them."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, F, Q, QuerySet

from capacity.models import Allocation, CapacityPlan
from capacity.rights import may_read_plans
from projects.models import Project
from teamhub.accounts.models import User


def read_plans(user: User) -> QuerySet[Any]:
    """Visible plans, newest first, with n_rows and n_in_force: how many rows they gave and count.

    Of all rows, whatever the user sees of them.
    """
    return (
        CapacityPlan.objects.visible_to(user)
        .select_related("requested_by", "adopted_by")
        .annotate(
            n_rows=Count("allocations"),
            n_in_force=Count("allocations", filter=Q(allocations__adopted=True)),
        )
        .order_by("-created_at", "pk")
    )


def latest_adopted() -> CapacityPlan | None:
    """The plan that a planner adopted last; for pages that show no more than their own rows."""
    adopted = CapacityPlan.objects.filter(adopted_at__isnull=False)
    return adopted.order_by("-adopted_at", "pk").first()


def latest(user: User, state: str) -> CapacityPlan | None:
    """The latest plan that was adopted, or computed, of those that the user sees."""
    found = read_plans(user).filter(status=CapacityPlan.Status.SUCCEEDED)
    if state == "adopted":
        found = found.filter(adopted_at__isnull=False).order_by("-adopted_at", "pk")
    else:
        found = found.order_by(F("finished_at").desc(nulls_last=True), "pk")
    return found.first()


def latest_adopted_for(user: User) -> CapacityPlan | None:
    """The latest adopted plan, for those who may read plans."""
    return latest_adopted() if may_read_plans(user) else None


def rows_of(plan: CapacityPlan, user: User) -> QuerySet[Allocation]:
    """What a plan gives to workloads of projects whose detail the user sees."""
    seen = plan.allocations.filter(workload__project__in=Project.objects.detail_visible_to(user))
    return seen.select_related("workload__project", "pool__site", "pool__accelerator")
