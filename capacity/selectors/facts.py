"""Which allocations a plan works around, and which give way to it."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import date

from capacity.models import Allocation, CapacityPlan, Workload
from projects.models import Project

CLOSED = (Project.Status.DONE, Project.Status.CANCELLED)


def is_closed(workload: Workload) -> bool:
    return workload.status != Workload.Status.OPEN or workload.project.status in CLOSED


def gives_way(row: Allocation, start_on: date, end_on: date, known: AbstractSet[int]) -> bool:
    """Whether a plan over these weeks that knows these workloads plans anew what the row gives.

    Running and locked rows stay, and what has begun before; so do rows of open workloads that the
    plan does not know. Planned rows of closed workloads hold devices for nothing.
    """
    planned = row.state == Allocation.State.PLANNED and start_on <= row.start_on < end_on
    return planned and (row.workload_id in known or is_closed(row.workload))


def known_to(plan: CapacityPlan) -> set[int]:
    """Workloads that a computed plan serves or has left out (two queries)."""
    served = plan.allocations.order_by().values_list("workload", flat=True).distinct()
    return {*served, *plan.left_out.values_list("workload", flat=True)}


def giving_way(plan: CapacityPlan, known: AbstractSet[int]) -> list[Allocation]:
    """Rows in force of other plans and of people that give way to the plan (one query)."""
    found = Allocation.objects.replaceable(plan.start_on, plan.end_on).exclude(plan=plan)
    rows = found.select_related("workload__project", "pool").order_by("pk")
    return [row for row in rows if gives_way(row, plan.start_on, plan.end_on, known)]
