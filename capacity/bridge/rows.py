"""The rows of a capacity problem: devices by week, what stays as it is, what is to be placed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import QuerySet

from capacity.models import Allocation, CapacityPlan, Pool, Workload
from capacity.selectors.facts import CLOSED, gives_way
from capacity.selectors.served import span
from capacity.selectors.supply import supply
from teamhub import weeks


@dataclass
class Loading:
    """The rows of one problem. Lists over weeks have one entry for each week of the horizon."""

    start: date
    n_weeks: int
    pools: list[Pool]
    there: dict[int, list[int]]  # devices by pool, maintenance taken off
    in_force: list[Allocation]  # in the horizon
    workloads: list[Workload]
    done: dict[int, list[Allocation]]  # by workload: what stays, of all weeks
    index: dict[int, int] = field(default_factory=dict)  # of pools

    @property
    def end(self) -> date:
        return weeks.add_weeks(self.start, self.n_weeks)


@dataclass
class Held:
    """What stays, and what it leaves of each pool."""

    rows: Loading
    facts: list[Allocation]
    by_pool: dict[int, list[float]]  # devices by week

    def free(self, pool: Pool, week: int) -> int:
        """Devices that nothing holds; parts of devices count as held."""
        return max(0, int(self.rows.there[pool.pk][week] - self.by_pool[pool.pk][week] + 1e-6))


def read(plan: CapacityPlan) -> Loading:
    """A fixed number of queries."""
    start, end = plan.start_on, plan.end_on
    pools = list(Pool.objects.select_related("accelerator", "site").order_by("pk"))
    workloads = list(wanted(start, end))
    stays = Allocation.objects.staying(start).filter(workload__in=[one.pk for one in workloads])
    done: dict[int, list[Allocation]] = defaultdict(list)
    for row in stays.select_related("pool__accelerator").order_by("pk"):
        done[row.workload_id].append(row)
    in_force = Allocation.objects.in_force().in_weeks(start, end)
    return Loading(
        start=start,
        n_weeks=plan.n_weeks,
        pools=pools,
        there=supply(pools, start, plan.n_weeks),
        in_force=list(in_force.select_related("workload__project").order_by("pk")),
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


def held(rows: Loading, known: AbstractSet[int]) -> Held:
    """What does not give way to a plan of these workloads."""
    facts = [row for row in rows.in_force if not gives_way(row, rows.start, rows.end, known)]
    taken: dict[int, list[float]] = {pool.pk: [0.0] * rows.n_weeks for pool in rows.pools}
    for row in facts:
        for week in span(rows.start, rows.n_weeks, row.start_on, row.end_on):
            taken[row.pool_id][week] += float(row.devices)
    return Held(rows, facts, taken)


def breaches(held: Held) -> list[dict[str, Any]]:
    """Weeks in which what stays holds more devices than are there."""
    rows = held.rows
    return [
        {
            "pool": pool.pk,
            "week": weeks.add_weeks(rows.start, week).isoformat(),
            "there": rows.there[pool.pk][week],
            "held": round(held.by_pool[pool.pk][week], 3),
        }
        for pool in rows.pools
        for week in range(rows.n_weeks)
        if held.by_pool[pool.pk][week] > rows.there[pool.pk][week] + 1e-6
    ]
