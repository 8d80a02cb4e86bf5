"""Supply against demand of a plan by pool and week: chart, compact grid, sums."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from capacity.models import CapacityPlan, PlanWeek, Pool
from teamhub import weeks
from teamhub.web.charts import Chart, Series

GRID_WEEKS = 26
LEAST = 0.05  # of a device: what is less is the rest of a part


@dataclass(frozen=True)
class Look:
    """A state of a week: its words, its icon, and the class that paints it."""

    label: str | Promise
    icon: str
    css: str


LOOKS = {
    "free": Look(gettext_lazy("nothing runs"), "", "th-load-free"),
    "partly": Look(gettext_lazy("partly in use"), "", "th-load-partly"),
    "full": Look(gettext_lazy("well used"), "check", "th-load-full"),
    "short": Look(gettext_lazy("devices are missing"), "alert-triangle", "th-load-over"),
    "none": Look(gettext_lazy("no devices there"), "ban", "th-load-absent"),
}


@dataclass(frozen=True)
class WeekTotal:
    """Devices in a week, of one pool or of all."""

    week_on: date
    supply: int
    held: float
    served: float
    shortage: float
    demand: float  # with what is left out, where devices are missing

    @property
    def used(self) -> float:
        return self.held + self.served

    @property
    def left_out(self) -> float:
        """Wanted by work that is left out, where devices are missing."""
        return max(0.0, self.demand - self.used)

    @property
    def used_share(self) -> float | None:
        return self.used / self.supply if self.supply else None

    @property
    def lacking(self) -> float:
        """Devices wanted and not had, what facts hold beyond the supply included."""
        return self.shortage + max(0.0, self.held - self.supply)

    @property
    def lacking_whole(self) -> int:
        """Whole devices that would do."""
        return math.ceil(self.lacking - LEAST)

    @property
    def state(self) -> str:
        if self.lacking >= LEAST:
            return "short"
        if not self.supply:
            return "none"
        if 100 * self.used >= settings.LOAD_FULL_PERCENT * self.supply:
            return "full"
        return "partly" if self.used >= LEAST else "free"

    @property
    def look(self) -> Look:
        return LOOKS[self.state]


@dataclass(frozen=True)
class PoolLine:
    """A pool in the grid."""

    pool: Pool
    weeks: list[WeekTotal]
    n_short: int  # weeks with too few devices, of the whole plan
    price: float | None  # what one more device through the whole plan is worth; money


def pool_weeks(plan: CapacityPlan) -> list[PoolLine]:
    """Every pool that has devices or is asked for, with all weeks of the plan (one query)."""
    rows = plan.pool_weeks.select_related("pool__site", "pool__accelerator")
    by_pool: dict[int, list[PlanWeek]] = {}
    for row in rows.order_by("pool__site__key", "pool__key", "week_on"):
        by_pool.setdefault(row.pool_id, []).append(row)
    lines = []
    for found in by_pool.values():
        totals = [_total(row) for row in found]
        if not any(total.supply or total.demand for total in totals):
            continue
        prices = [row.shadow_price for row in found if row.shadow_price is not None]
        n_short = sum(1 for total in totals if total.state == "short")
        price = sum(prices) if prices else None
        lines.append(PoolLine(found[0].pool, totals, n_short, price))
    return lines


def _total(row: PlanWeek) -> WeekTotal:
    return WeekTotal(row.week_on, row.supply, row.held, row.served, row.shortage, row.demand)


def sum_weeks(lines: Iterable[PoolLine]) -> list[WeekTotal]:
    """All these pools together, week by week."""
    return [
        WeekTotal(
            same[0].week_on,
            sum(one.supply for one in same),
            sum(one.held for one in same),
            sum(one.served for one in same),
            sum(one.shortage for one in same),
            sum(one.demand for one in same),
        )
        for same in zip(*(line.weeks for line in lines), strict=True)
    ]


def week_totals(plan: CapacityPlan) -> list[WeekTotal]:
    """All pools together, week by week (one query): for panels."""
    return sum_weeks(pool_weeks(plan))


def week_chart(
    key: str, title: str, totals: Sequence[WeekTotal], *, adopted: bool = False
) -> Chart:
    """Supply as a limit over what runs, what is planned and what is left out for want of it."""
    planned = Series(
        _("Planned"),
        [_figure(one.served) for one in totals],
        look="solid" if adopted else "proposed",
    )
    series = [
        Series(_("Running or locked"), [_figure(one.held) for one in totals]),
        planned,
        Series(_("Left out"), [_figure(one.left_out) for one in totals]),
        Series(_("Supply"), [one.supply for one in totals], look="limit"),
    ]
    return Chart(
        key=key,
        title=title,
        x_label=_("Week"),
        x=[weeks.iso_label(one.week_on) for one in totals],
        series=series,
        unit=_("devices"),
        kind="stacked",
    )


def _figure(devices: float) -> float:
    return round(devices, 2)


@dataclass(frozen=True)
class Grid:
    """Some weeks of the plan for all pools, with the way to the weeks before and after."""

    mondays: list[date]
    lines: list[PoolLine]
    totals: list[WeekTotal]
    earlier: int | None  # first week of the part before, counted from the plan's first
    later: int | None

    @property
    def n_short(self) -> int:
        return sum(line.n_short for line in self.lines)


def grid(lines: list[PoolLine], first: int) -> Grid:
    """The part of the grid from week `first` on, counted from the plan's first."""
    n_weeks = len(lines[0].weeks) if lines else 0
    first = max(0, min(first, n_weeks - 1))
    part = slice(first, first + GRID_WEEKS)
    shown = [PoolLine(one.pool, one.weeks[part], one.n_short, one.price) for one in lines]
    return Grid(
        mondays=[one.week_on for one in shown[0].weeks] if shown else [],
        lines=shown,
        totals=sum_weeks(shown),
        earlier=max(0, first - GRID_WEEKS) if first else None,
        later=first + GRID_WEEKS if first + GRID_WEEKS < n_weeks else None,
    )


def legend() -> list[tuple[str, Any]]:
    """What the colours of the grid mean, with the threshold in force."""
    full = settings.LOAD_FULL_PERCENT
    return [
        (look.css, (look.icon, f"{look.label} ≥ {full}%" if state == "full" else look.label))
        for state, look in LOOKS.items()
    ]
