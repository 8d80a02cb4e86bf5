"""The rows of a capacity problem: devices by week, what stays as it is, what is to be placed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import QuerySet

from capacity.models import Allocation, CapacityPlan, Pool, Workload
from capacity.selectors.served import span
from capacity.selectors.supply import supply
from projects.models import Project
from teamhub import weeks

CLOSED = (Project.Status.DONE, Project.Status.CANCELLED)


@dataclass
class Loading:
    """The rows of one problem. Lists over weeks have one entry for each week of the horizon."""

    start: date
    n_weeks: int
    pools: list[Pool]
    there: dict[int, list[int]]  # devices by pool, maintenance taken off
    held: dict[int, list[float]]  # of them by what stays
    facts: list[Allocation]  # what stays, in the horizon
    workloads: list[Workload]
    done: dict[int, list[Allocation]]  # by workload: what stays, of all weeks
    index: dict[int, int] = field(default_factory=dict)  # of pools

    @property
    def end(self) -> date:
        return weeks.add_weeks(self.start, self.n_weeks)

    def free(self, pool: Pool, week: int) -> int:
        """Devices that nothing holds; parts of devices count as held."""
        return max(0, int(self.there[pool.pk][week] - self.held[pool.pk][week] + 1e-6))


def read(plan: CapacityPlan) -> Loading:
    """A fixed number of queries."""
    start, end = plan.start_on, plan.end_on
    pools = list(Pool.objects.select_related("accelerator", "site").order_by("pk"))
    workloads = list(wanted(start, end))
    stays = list(
        Allocation.objects.staying(start)
        .filter(workload__in=workloads)
        .select_related("pool__accelerator")
        .order_by("pk")
    )
    # Work that is done or cancelled may hold devices all the same until its rows are removed.
    facts = list(Allocation.objects.staying(start).in_weeks(start, end).order_by("pk"))
    done: dict[int, list[Allocation]] = defaultdict(list)
    for row in stays:
        done[row.workload_id].append(row)
    return Loading(
        start=start,
        n_weeks=plan.n_weeks,
        pools=pools,
        there=supply(pools, start, plan.n_weeks),
        held=_held(pools, facts, start, plan.n_weeks),
        facts=facts,
        workloads=workloads,
        done=done,
        index={pool.pk: position for position, pool in enumerate(pools)},
    )


def wanted(start: date, end: date) -> QuerySet[Workload]:
    """Open workloads of open projects whose window lies in these weeks at least in part."""
    return (
        Workload.objects.open()
        .filter(start_on__lt=end, end_on__gt=start)
        .exclude(project__status__in=CLOSED)
        .select_related("project", "sized_on")
        .prefetch_related("accelerators", "pools")
        .order_by("pk")
    )


def _held(
    pools: list[Pool], facts: list[Allocation], start: date, n_weeks: int
) -> dict[int, list[float]]:
    taken: dict[int, list[float]] = {pool.pk: [0.0] * n_weeks for pool in pools}
    for row in facts:
        for week in span(start, n_weeks, row.start_on, row.end_on):
            taken[row.pool_id][week] += float(row.devices)
    return taken


def breaches(rows: Loading) -> list[dict[str, Any]]:
    """Weeks in which what stays holds more devices than are there."""
    return [
        {
            "pool": pool.pk,
            "week": weeks.add_weeks(rows.start, week).isoformat(),
            "there": rows.there[pool.pk][week],
            "held": round(rows.held[pool.pk][week], 3),
        }
        for pool in rows.pools
        for week in range(rows.n_weeks)
        if rows.held[pool.pk][week] > rows.there[pool.pk][week] + 1e-6
    ]
