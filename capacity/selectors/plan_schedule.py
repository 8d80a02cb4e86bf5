"""What a plan gives to each workload, as its page lists and ticks it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Max, Min, Q, QuerySet

from capacity.models import HOURS_PER_WEEK, Allocation, CapacityPlan, Workload
from capacity.rights import may_see_device_cost
from capacity.selectors.plans import rows_of
from capacity.selectors.served import span
from projects.models import Project
from teamhub import weeks
from teamhub.accounts.models import User


@dataclass(frozen=True)
class Bar:
    """A part of the plan's weeks, as the bar of a line draws it."""

    start: int
    length: int
    adopted: bool


@dataclass(frozen=True)
class ScheduleLine:
    """A workload with its rows in the plan."""

    workload: Workload
    rows: list[Allocation]
    window: Bar
    bars: list[Bar]
    cost: Decimal | None  # money, at today's rates

    @property
    def pools(self) -> list[Any]:
        return list({row.pool_id: row.pool for row in self.rows}.values())

    @property
    def start_on(self) -> date:
        return min(row.start_on for row in self.rows)

    @property
    def last_week(self) -> date:
        return weeks.add_weeks(max(row.end_on for row in self.rows), -1)

    @property
    def most_devices(self) -> Decimal:
        """Held at once, over all pools, in the week in which it is most."""
        held: dict[date, Decimal] = defaultdict(Decimal)
        for row in self.rows:
            for monday in weeks.each_week(row.start_on, row.end_on):
                held[monday] += row.devices
        return max(held.values())

    @property
    def device_weeks(self) -> Decimal:
        return sum((row.device_weeks for row in self.rows), Decimal(0))

    @property
    def n_adopted(self) -> int:
        return sum(1 for row in self.rows if row.adopted)

    @property
    def state(self) -> str:
        """proposed, partly or adopted."""
        if not self.n_adopted:
            return "proposed"
        return "adopted" if self.n_adopted == len(self.rows) else "partly"


def scheduled(plan: CapacityPlan, user: User) -> QuerySet[Any]:
    """Workloads that the plan serves and whose projects the user sees, to be listed."""
    mine = Q(allocations__plan=plan)
    return (
        Workload.objects.filter(project__in=Project.objects.detail_visible_to(user))
        .filter(mine)
        .select_related("project", "phase", "sized_on")
        .annotate(
            first_on=Min("allocations__start_on", filter=mine),
            last_on=Max("allocations__end_on", filter=mine),
        )
    )


def lines(plan: CapacityPlan, workloads: Sequence[Any], user: User) -> list[ScheduleLine]:
    """The lines of these workloads, in their order (one query)."""
    by_workload: dict[int, list[Allocation]] = defaultdict(list)
    found = rows_of(plan, user).filter(workload__in=[one.pk for one in workloads])
    for row in found.order_by("start_on", "pool__key", "pk"):
        by_workload[row.workload_id].append(row)
    with_money = may_see_device_cost(user)
    return [
        ScheduleLine(
            workload=workload,
            rows=by_workload[workload.pk],
            window=_bar(plan, workload.start_on, workload.end_on, adopted=False),
            bars=_bars(plan, by_workload[workload.pk]),
            cost=cost_of(by_workload[workload.pk]) if with_money else None,
        )
        for workload in workloads
        if by_workload[workload.pk]
    ]


def cost_of(rows: Iterable[Allocation]) -> Decimal:
    """What the devices of these rows cost, at today's rates."""
    return sum(
        (row.device_weeks * HOURS_PER_WEEK * row.pool.rate_per_device_hour for row in rows),
        Decimal(0),
    )


def _bars(plan: CapacityPlan, rows: Iterable[Allocation]) -> list[Bar]:
    """Weeks in which it holds devices, adopted ones apart, neighbours joined."""
    state: dict[int, bool] = {}
    for row in rows:
        for week in span(plan.start_on, plan.n_weeks, row.start_on, row.end_on):
            state[week] = state.get(week, True) and row.adopted
    bars: list[Bar] = []
    for week in sorted(state):
        last = bars[-1] if bars else None
        if last and last.start + last.length == week and last.adopted == state[week]:
            bars[-1] = Bar(last.start, last.length + 1, last.adopted)
        else:
            bars.append(Bar(week, 1, state[week]))
    return bars


def _bar(plan: CapacityPlan, start_on: date, end_on: date, *, adopted: bool) -> Bar:
    weeks_of = span(plan.start_on, plan.n_weeks, start_on, end_on)
    return Bar(weeks_of.start, len(weeks_of), adopted)
