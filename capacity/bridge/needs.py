"""A workload as the kernel takes it: what is left of it, when, and on which pools."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from capacity.bridge.rows import Loading
from capacity.bridge.units import UNPRICED, assumed_value, bounded, cents, per_week
from capacity.kernel.problem import Need
from capacity.kernel.problem import Workload as KernelWorkload
from capacity.models import Allocation, Pool, Shape, Workload
from capacity.selectors.findings import may_run_on
from capacity.selectors.served import done_share, held_shares, is_served
from capacity.selectors.sizes import Take, fits, take
from teamhub import weeks


@dataclass(frozen=True)
class Asked:
    """A workload as it goes to the kernel, or why it does not.

    `reason` is "" where it goes there, "held" where what stays serves it, "late" where none of its
    window is left, "beyond" where its window goes on after the horizon and only that end suffices.
    """

    workload: Workload
    kernel: KernelWorkload | None
    reason: str
    value: Decimal
    assumed: bool  # nobody stated its value


@dataclass(frozen=True)
class _Left:
    """What is left to be served: weeks of the horizon, and a share of the work or the devices."""

    start: int
    end: int
    share: float
    value_share: float = 1.0


def ask(workload: Workload, rows: Loading) -> Asked:
    pools = [
        pool
        for pool in rows.pools
        if may_run_on(workload, pool) and fits(workload, pool.accelerator)
    ]
    worth, assumed = _value(workload, pools)
    left = _left(workload, rows.done.get(workload.pk, []), rows)
    if isinstance(left, str):
        return Asked(workload, None, left, worth, assumed)
    needs = tuple(_need(workload, pool, left, rows.index[pool.pk]) for pool in pools)
    # Those that are ever large enough: with none, a longer plan does not help either.
    able = [
        need
        for need, pool in zip(needs, pools, strict=True)
        if workload.shape is Shape.BATCH or need.devices <= max(rows.there[pool.pk], default=0)
    ]
    if workload.end_on > rows.end and able and not _fits(workload.shape, able, left):
        return Asked(workload, None, "beyond", worth, assumed)
    worth = worth * Decimal(repr(left.value_share))
    kernel = KernelWorkload(
        key=str(workload.pk),
        shape=workload.shape,
        needs=needs,
        start=left.start,
        end=left.end,
        value=cents(worth),
        priority=priority(workload),
        must_serve=workload.must_serve,
    )
    return Asked(workload, kernel, "", worth, assumed)


def priority(workload: Workload) -> int:
    """Its own, else its project's."""
    return workload.project.priority if workload.priority is None else workload.priority


def _left(workload: Workload, done: list[Allocation], rows: Loading) -> _Left | str:
    first = weeks.weeks_between(rows.start, max(workload.start_on, rows.start))
    end = weeks.weeks_between(rows.start, min(workload.end_on, rows.end))
    if workload.shape is Shape.SERVICE:
        return _service_left(workload, done, rows, first, end)
    if is_served(workload, done):
        return "held"
    if workload.shape is Shape.GANG and done:  # it goes on after what has been given
        after = max(row.end_on for row in done)
        first = max(first, weeks.weeks_between(rows.start, after))
    if first >= end:
        return "beyond" if workload.end_on > rows.end else "late"
    return _Left(first, end, 1 - done_share(workload, done))


def _service_left(
    workload: Workload, done: list[Allocation], rows: Loading, first: int, end: int
) -> _Left | str:
    """The weeks of the horizon from the first to the last in which devices are missing."""
    offset = weeks.weeks_between(workload.start_on, rows.start)
    held = held_shares(workload, done)[first + offset : end + offset]
    missing = {week: 1 - share for week, share in enumerate(held, first) if share < 1 - 1e-3}
    if not missing:
        return "held"
    start, end = min(missing), max(missing) + 1
    return _Left(start, end, max(missing.values()), (end - start) / workload.n_weeks)


def _need(workload: Workload, pool: Pool, left: _Left, index: int) -> Need:
    takes = take(workload, pool.accelerator)
    cost = cents(per_week(pool.rate_per_device_hour))
    match workload.shape:
        case Shape.SERVICE:
            devices = math.ceil(takes.devices * left.share - 1e-9)
            return Need(index, devices, cost=cost)
        case Shape.BATCH:
            return Need(index, takes.devices, volume=takes.device_weeks * left.share, cost=cost)
    n_weeks = max(1, math.ceil(takes.weeks * left.share - 1e-9))
    return Need(index, takes.devices, weeks=n_weeks, cost=cost)


def _fits(shape: Shape, needs: Iterable[Need], left: _Left) -> bool:
    """Whether the weeks that are left suffice, were these pools empty."""
    span = left.end - left.start
    if shape is Shape.BATCH:
        return sum(need.devices * span / need.volume for need in needs) >= 1
    return shape is Shape.SERVICE or any(need.weeks <= span for need in needs)


def _value(workload: Workload, pools: list[Pool]) -> tuple[Decimal, bool]:
    """What it is worth in all, and whether that is our assumption."""
    if workload.value is not None:
        return workload.value, False
    takes = {pool.pk: take(workload, pool.accelerator) for pool in pools}
    costs = [_cost(takes[pool.pk], pool.rate_per_device_hour) for pool in pools]
    dearest = max(costs, default=Decimal(0))
    if not dearest:
        least = min(takes.values(), key=lambda one: one.device_weeks, default=None)
        dearest = UNPRICED if least is None else _cost(least, UNPRICED)
    worth = bounded(assumed_value(priority(workload), dearest), workload.key)
    return worth.quantize(Decimal("0.01")), True


def _cost(takes: Take, rate_per_hour: Decimal) -> Decimal:
    return Decimal(repr(takes.device_weeks)) * per_week(rate_per_hour)
