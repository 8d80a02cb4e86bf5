"""The parts of a plan's page, each for one user."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from capacity.models import CapacityPlan, Objective, Pool
from capacity.rights import may_plan, may_see_device_cost
from capacity.selectors.facts import giving_way, known_to
from capacity.selectors.plan_reasons import LeftOutView, inherited_lines, left_out
from capacity.selectors.plan_schedule import ScheduleLine, lines
from capacity.selectors.plan_weeks import (
    Grid,
    PoolLine,
    grid,
    legend,
    pool_weeks,
    sum_weeks,
    week_chart,
)
from capacity.selectors.plans import rows_of
from teamhub.accounts.models import User
from teamhub.web.charts import Chart


@dataclass(frozen=True)
class PlanPage:
    """What stands above the parts: figures, what adopting would do, what is left out."""

    with_money: bool
    may_adopt: bool
    n_rows: int
    n_adopted: int
    n_replaced: int  # planned rows of earlier plans that would give way
    n_removed: int  # planned rows of people that would be removed
    left_out: LeftOutView
    inherited: list[str]
    drops_optional: bool
    adds_ratios: bool

    @property
    def n_open(self) -> int:
        return self.n_rows - self.n_adopted

    @property
    def is_adopted_in_part(self) -> bool:
        return 0 < self.n_adopted < self.n_rows


def plan_page(plan: CapacityPlan, user: User) -> PlanPage:
    may = may_plan(user)
    counted: Any = plan  # of read_plans
    n_replaced, n_removed = _gives_way(plan) if may else (0, 0)
    return PlanPage(
        with_money=may_see_device_cost(user),
        may_adopt=may,
        n_rows=counted.n_rows,
        n_adopted=counted.n_in_force,
        n_replaced=n_replaced,
        n_removed=n_removed,
        left_out=left_out(plan, user),
        inherited=inherited_lines(plan),
        drops_optional=plan.objective == Objective.WEIGHTED_COST,
        adds_ratios=plan.objective == Objective.EFFICIENCY,
    )


def _gives_way(plan: CapacityPlan) -> tuple[int, int]:
    """What is planned for the plan's workloads in its weeks: by earlier plans, by people."""
    rows = giving_way(plan, known_to(plan))
    of_plans = sum(1 for row in rows if row.plan_id is not None)
    return of_plans, len(rows) - of_plans


@dataclass(frozen=True)
class WeeksPage:
    """Chart of all pools or of one, and the grid."""

    chart: Chart
    grid: Grid
    pools: list[Pool]
    pool: Pool | None
    legend: list[tuple[str, Any]]
    with_prices: bool


def find_pool(key: str) -> Pool | None:
    return Pool.objects.filter(key=key).first() if key and "\0" not in key else None


def weeks_page(plan: CapacityPlan, user: User, pool: Pool | None, first: int) -> WeeksPage:
    """The weeks of a plan; a pool that it does not know gives the chart of all."""
    found = pool_weeks(plan)
    chosen = [line for line in found if pool is not None and line.pool.pk == pool.pk]
    title = chosen[0].pool.name if chosen else _("All pools")
    return WeeksPage(
        chart=week_chart(
            f"plan-weeks-{plan.pk}", title, sum_weeks(chosen or found), adopted=plan.is_adopted
        ),
        grid=grid(found, first),
        pools=[line.pool for line in found],
        pool=chosen[0].pool if chosen else None,
        legend=legend(),
        with_prices=may_see_device_cost(user) and _priced(found),
    )


def _priced(found: Sequence[PoolLine]) -> bool:
    return any(line.price is not None for line in found)


@dataclass(frozen=True)
class SchedulePage:
    lines: list[ScheduleLine]
    with_money: bool
    may_adopt: bool
    n_hidden: int  # rows of projects whose detail the user does not see


def schedule_page(plan: CapacityPlan, workloads: Sequence[Any], user: User) -> SchedulePage:
    counted: Any = plan  # of read_plans
    return SchedulePage(
        lines=lines(plan, workloads, user),
        with_money=may_see_device_cost(user),
        may_adopt=may_plan(user),
        n_hidden=counted.n_rows - rows_of(plan, user).count(),
    )
