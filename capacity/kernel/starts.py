"""Plans to begin with: lists, the plan given, and what has to be bought for what must run."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from capacity.kernel import buying, greedy
from capacity.kernel.columns import Columns
from capacity.kernel.plan import Plan


def first_plans(columns: Columns) -> Iterator[tuple[str, Plan]]:
    """Plans with the name of what made them, the quickest first; not each keeps every rule."""
    for name, order in greedy.LISTS.items():
        yield name, greedy.schedule(columns, order)


def replayed(columns: Columns) -> Plan:
    """The problem's `start` as far as it fits, filled up."""
    plan = Plan(columns)
    given = columns.problem.start
    allocations = () if given is None else given.allocations
    for j, each in enumerate(allocations):
        k = columns.find(j, each[0]) if each and not columns.is_batch[j] else None
        if k is not None and plan.fits_at(k):
            plan.place(k)
    batches = [j for j, each in enumerate(allocations) if each and columns.is_batch[j]]
    greedy.fill_up(plan, [*np.flatnonzero(columns.must).tolist(), *batches])
    fill_up(plan)
    return plan


def bought_plans(columns: Columns) -> Iterator[tuple[str, Plan]]:
    """Plans of what must be served that buy little, the largest or the earliest placed first."""
    workloads = columns.problem.workloads
    musts = np.flatnonzero(columns.must).tolist()
    for order in (
        sorted(musts, key=lambda j: -workloads[j].least_device_weeks),
        sorted(musts, key=lambda j: workloads[j].start),
    ):
        plan = buying.least_increment(columns, order)
        if plan.fits:
            fill_up(plan)
        yield "least increment", plan


def fill_up(plan: Plan) -> None:
    """Serve whatever still fits and pays, the most value for a device-week first."""
    order = np.argsort(greedy.by_density(plan.columns), kind="stable")
    greedy.fill_up(plan, order.tolist())
