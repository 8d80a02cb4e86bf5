"""A plan as tables for programs: pools by week, allocations, what is left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from capacity.models import HOURS_PER_WEEK, CapacityPlan, Pool
from capacity.rights import may_see_device_cost
from capacity.selectors.plan_reasons import help_lines, reason_lines
from capacity.selectors.plans import rows_of
from projects.models import Project
from teamhub import weeks
from teamhub.accounts.models import User
from teamhub.api.reports import Column

SCHEMA_VERSION = 1
CHUNK = 500
CENT = 2  # decimals of money

ABOUT = (
    Column("plan_id", "text", _("Id of the plan that the row belongs to.")),
    Column("as_of", "time", _("When estate and demand were read (UTC).")),
)
WEEKS = (
    Column("week", "text", _("ISO week, such as 2027-W05.")),
    Column("week_on", "date", _("Monday of the week.")),
    Column("site", "text", _("Key of the site.")),
    Column("pool", "text", _("Key of the pool.")),
    Column("accelerator", "text", _("Key of the type of device.")),
    Column("kind", "text", _("gpu, tpu or cpu.")),
    Column("supply", "integer", _("Devices there, maintenance taken off."), _("devices")),
    Column("held", "number", _("Of them, by what is running, locked or begun."), _("devices")),
    Column("served", "number", _("Given by the plan."), _("devices")),
    Column("free", "number", _("Supply less held and served, 0 at least."), _("devices")),
    Column("missing", "number", _("Too few for work that is left out, at least."), _("devices")),
    Column(
        "demand",
        "number",
        _("Held, served and, where devices are missing, wanted by work that is left out."),
        _("devices"),
    ),
    Column("used_share", "number", _("Held and served, of the supply; blank without supply.")),
    Column("cost", "number", _("Of what the plan gives, at today’s rate."), _("money"), money=True),
    Column(
        "shadow_price",
        "number",
        _("Net value that one more device in the week would add; blank where unknown."),
        _("money"),
        money=True,
    ),
)
ALLOCATIONS = (
    Column("id", "integer", _("Row of the plan; adopt takes it.")),
    Column("project", "text", _("Key of the project.")),
    Column("phase", "text", _("Key of the phase.")),
    Column("workload", "text", _("Key of the workload.")),
    Column("kind", "text", _("pretraining, finetuning, batch_inference or online_inference.")),
    Column("must_serve", "boolean", _("Whether it must be served.")),
    Column("site", "text", _("Key of the site.")),
    Column("pool", "text", _("Key of the pool.")),
    Column("accelerator", "text", _("Key of the type of device.")),
    Column("start_on", "date", _("Monday of the first week.")),
    Column("end_on", "date", _("Monday after the last week.")),
    Column("weeks", "integer", _("From start_on to end_on."), _("weeks")),
    Column("devices", "number", _("Held in each week."), _("devices")),
    Column("device_weeks", "number", _("Devices times weeks."), _("device-weeks")),
    Column("adopted", "boolean", _("Whether the row counts.")),
    Column("state", "text", _("planned, running or locked.")),
    Column("cost", "number", _("At today’s rate."), _("money"), money=True),
)
LEFT_OUT = (
    Column("project", "text", _("Key of the project.")),
    Column("phase", "text", _("Key of the phase.")),
    Column("workload", "text", _("Key of the workload.")),
    Column("kind", "text", _("pretraining, finetuning, batch_inference or online_inference.")),
    Column("must_serve", "boolean", _("Whether it must be served.")),
    Column("in_core", "boolean", _("One of those that must be and cannot be served together.")),
    Column(
        "rule",
        "text",
        _(
            "no_pool, too_large, too_short, full, not_worth_it, dropped_optional, not_reached, "
            "late or beyond (its window goes on after the plan)."
        ),
    ),
    Column("reason", "text", _("The same in words.")),
    Column("help", "text", _("What would let it be served, in words.")),
    Column("value", "number", _("What is lost with it."), _("money"), money=True),
)

Row = Sequence[Any]


@dataclass(frozen=True)
class Table:
    """One table of a plan; `rows` yields cells for all of its columns."""

    columns: Sequence[Column]
    rows: Callable[[CapacityPlan, User], Iterable[Row]]

    def shown(self, user: User) -> list[Column]:
        with_money = may_see_device_cost(user)
        return [column for column in self.columns if with_money or not column.money]

    def cells(self, plan: CapacityPlan, user: User) -> Iterator[Row]:
        """Rows with the cells of the columns that the user may see."""
        with_money = may_see_device_cost(user)
        kept = [at for at, one in enumerate(self.columns) if with_money or not one.money]
        for row in self.rows(plan, user):
            yield [row[at] for at in kept]


def _weeks(plan: CapacityPlan, _user: User) -> Iterator[Row]:
    found = plan.pool_weeks.select_related("pool__site", "pool__accelerator")
    ordered = found.order_by("week_on", "pool__site__key", "pool__key")
    for row in ordered.iterator(chunk_size=CHUNK):
        pool, used = row.pool, row.held + row.served
        rate = float(pool.rate_per_device_hour) * HOURS_PER_WEEK
        yield (
            weeks.iso_label(row.week_on),
            row.week_on,
            pool.site.key,
            pool.key,
            pool.accelerator.key,
            pool.accelerator.kind,
            row.supply,
            _part(row.held),
            _part(row.served),
            _part(max(0.0, row.supply - used)),
            _part(row.shortage),
            _part(row.demand),
            round(used / row.supply, 4) if row.supply else None,
            round(row.served * rate, CENT),
            None if row.shadow_price is None else round(row.shadow_price, CENT),
        )


def _allocations(plan: CapacityPlan, user: User) -> Iterator[Row]:
    found = rows_of(plan, user).select_related("workload__phase")
    ordered = found.order_by("start_on", "workload__key", "pool__key", "pk")
    for row in ordered.iterator(chunk_size=CHUNK):
        pool, workload = row.pool, row.workload
        hours = row.device_weeks * HOURS_PER_WEEK
        yield (
            row.pk,
            workload.project.key,
            workload.phase.key if workload.phase else None,
            workload.key,
            workload.kind,
            workload.must_serve,
            pool.site.key,
            pool.key,
            pool.accelerator.key,
            row.start_on,
            row.end_on,
            row.n_weeks,
            _part(float(row.devices)),
            _part(float(row.device_weeks)),
            row.adopted,
            row.state,
            round(float(hours * pool.rate_per_device_hour), CENT),
        )


def _left_out(plan: CapacityPlan, user: User) -> Iterator[Row]:
    pools = {pool.pk: pool for pool in Pool.objects.all()}
    seen = Project.objects.detail_visible_to(user)
    found = plan.left_out.filter(workload__project__in=seen)
    ordered = found.order_by("-must_serve", "workload__key", "pk")
    rows = ordered.select_related("workload__project", "workload__phase")
    with_money = may_see_device_cost(user)
    for row in rows.iterator(chunk_size=CHUNK):
        workload = row.workload
        yield (
            workload.project.key,
            workload.phase.key if workload.phase else None,
            workload.key,
            workload.kind,
            row.must_serve,
            row.in_core,
            row.reasons[0]["rule"] if row.reasons else "",
            " ".join(reason_lines(row.reasons, pools, with_money=with_money)),
            " ".join(help_lines(row.reasons, pools)),
            None if row.value is None else float(row.value),
        )


def _part(devices: float) -> float:
    """Parts of devices as they are kept."""
    return round(devices, 3)


TABLES = {
    "weeks": Table(WEEKS, _weeks),
    "allocations": Table(ALLOCATIONS, _allocations),
    "left_out": Table(LEFT_OUT, _left_out),
}
