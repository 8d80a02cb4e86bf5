"""The estate as its pages show it: pools by site with what they add up to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from capacity.models import Allocation, MaintenanceWindow, Pool
from capacity.rights import may_see_device_cost, sees_all_allocations
from capacity.selectors.supply import held, supply
from roles.models import Site
from teamhub import weeks
from teamhub.accounts.models import User
from teamhub.web.charts import Chart, Series

CHART_WEEKS = 26


@dataclass(frozen=True)
class PoolLine:
    """A pool with this week's figures; `used` is None where only a part may be seen."""

    pool: Any  # a Pool with its totals
    now: int
    used: float | None

    @property
    def power_kw(self) -> Decimal:
        power: Decimal = self.pool.power_kw * self.pool.n_nodes
        return power

    @property
    def cost_per_hour(self) -> Decimal:
        cost: Decimal = self.pool.rate_per_device_hour * self.pool.n_devices
        return cost

    @property
    def used_share(self) -> float | None:
        if self.used is None or not self.now:
            return None
        return self.used / self.now

    @property
    def tone(self) -> str:
        share = self.used_share or 0
        return "bad" if share > 1 else "warn" if share > 0.9 else "accent"


@dataclass
class Totals:
    nodes: int = 0
    devices: int = 0
    now: int = 0
    power_kw: Decimal = Decimal(0)
    cost_per_hour: Decimal = Decimal(0)

    def add(self, line: PoolLine) -> None:
        self.nodes += line.pool.n_nodes
        self.devices += line.pool.n_devices
        self.now += line.now
        self.power_kw += line.power_kw
        self.cost_per_hour += line.cost_per_hour


@dataclass
class SiteBlock:
    site: Site
    lines: list[PoolLine] = field(default_factory=list)
    totals: Totals = field(default_factory=Totals)


@dataclass
class Estate:
    blocks: list[SiteBlock]
    totals: Totals
    shows_use: bool
    shows_cost: bool


def estate(user: User, pools: Iterable[Any], today: date) -> Estate:
    """Pools that come with their totals, by site (three queries)."""
    pools = list(pools)
    shows_use = sees_all_allocations(user)
    week = weeks.monday(today)
    there = supply(pools, week, 1)
    taken = held(pools, week, 1) if shows_use else {}
    blocks: dict[int, SiteBlock] = {}
    totals = Totals()
    for pool in pools:
        used = taken[pool.pk][0] if shows_use else None
        line = PoolLine(pool, there[pool.pk][0], used)
        block = blocks.setdefault(pool.site_id, SiteBlock(pool.site))
        block.lines.append(line)
        block.totals.add(line)
        totals.add(line)
    return Estate(list(blocks.values()), totals, shows_use, may_see_device_cost(user))


def read_pools(user: User) -> QuerySet[Any]:
    """Visible pools with what a line names, by site."""
    pools: Any = Pool.objects.visible_to(user)
    found: QuerySet[Any] = pools.with_totals()
    return found.select_related("site", "accelerator").order_by("site__key", "key")


def week_chart(pool: Pool, start_on: date, *, with_use: bool) -> Chart:
    """Devices of a pool in the weeks from `start_on` on, and what allocations hold of them."""
    mondays = [weeks.add_weeks(start_on, index) for index in range(CHART_WEEKS)]
    series = []
    if with_use:
        series.append(Series(_("Allocated"), held([pool], start_on, CHART_WEEKS)[pool.pk]))
    there = supply([pool], start_on, CHART_WEEKS)[pool.pk]
    series.append(Series(_("Available"), there, look="limit"))
    return Chart(
        key=f"pool-weeks-{pool.pk}",
        title=_("Devices by week"),
        x_label=_("Week"),
        x=[weeks.iso_label(monday) for monday in mondays],
        series=series,
        kind="step",
    )


def coming_maintenance(pool: Pool, today: date) -> Sequence[MaintenanceWindow]:
    return list(pool.maintenance.filter(end_on__gt=today).order_by("start_on", "pk"))


def coming_allocations(user: User, pool: Pool, today: date) -> Sequence[Allocation]:
    rows = Allocation.objects.visible_to(user).in_force().filter(pool=pool, end_on__gt=today)
    return list(rows.select_related("workload__project").order_by("start_on", "workload__key"))
