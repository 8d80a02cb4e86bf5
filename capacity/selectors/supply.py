"""How many devices each pool has in each week: nodes that come and go, maintenance taken off."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Protocol

from capacity.models import Allocation, MaintenanceWindow, Node, Pool
from teamhub import weeks


class _Lasting(Protocol):
    start_on: date | None
    end_on: date | None


def supply(pools: Iterable[Pool], start_on: date, n_weeks: int) -> dict[int, list[int]]:
    """Devices by pool and week from `start_on` on, a Monday (two queries).

    Weeks outside the pool's own dates have none. Allocations take nothing off.
    """
    by_id = {pool.pk: pool for pool in pools}
    end = weeks.add_weeks(start_on, n_weeks)
    listed: dict[int, list[Node]] = defaultdict(list)
    for node in Node.objects.filter(pool__in=by_id).order_by():
        listed[node.pool_id].append(node)
    out: dict[int, list[MaintenanceWindow]] = defaultdict(list)
    windows = MaintenanceWindow.objects.filter(
        pool__in=by_id, start_on__lt=end, end_on__gt=start_on
    )
    for window in windows.order_by():
        out[window.pool_id].append(window)
    return {
        pk: _of_pool(pool, listed[pk], out[pk], start_on, n_weeks) for pk, pool in by_id.items()
    }


def _of_pool(
    pool: Pool,
    nodes: Sequence[Node],
    windows: Sequence[MaintenanceWindow],
    start_on: date,
    n_weeks: int,
) -> list[int]:
    there = [0] * n_weeks
    for node in nodes:
        for index in _span(node, start_on, n_weeks):
            there[index] += node.devices
    if not nodes:
        there = [pool.node_count * pool.devices_per_node] * n_weeks
    open_weeks = set(_span(pool, start_on, n_weeks))
    there = [devices if index in open_weeks else 0 for index, devices in enumerate(there)]
    gone = [0] * n_weeks
    for window in windows:
        for index in _span(window, start_on, n_weeks):
            gone[index] += window.devices_out(there[index], pool.devices_per_node)
    return [max(0, devices - less) for devices, less in zip(there, gone, strict=True)]


def _span(row: _Lasting | MaintenanceWindow, start_on: date, n_weeks: int) -> range:
    """Indices of the weeks that a row with open ends covers."""
    first = 0 if row.start_on is None else weeks.weeks_between(start_on, row.start_on)
    last = n_weeks if row.end_on is None else weeks.weeks_between(start_on, row.end_on)
    return range(max(0, first), max(0, min(n_weeks, last)))


def held(pools: Iterable[Pool], start_on: date, n_weeks: int) -> dict[int, list[float]]:
    """Devices by pool and week that allocations in force hold, of all projects (one query).

    For those who see every allocation (`rights.sees_all_allocations`).
    """
    ids = [pool.pk for pool in pools]
    end = weeks.add_weeks(start_on, n_weeks)
    rows = Allocation.objects.in_force().in_weeks(start_on, end).filter(pool__in=ids)
    taken = {pk: [0.0] * n_weeks for pk in ids}
    for pool, devices, first, last in rows.order_by().values_list(
        "pool", "devices", "start_on", "end_on"
    ):
        from_week = max(0, weeks.weeks_between(start_on, first))
        for index in range(from_week, min(n_weeks, weeks.weeks_between(start_on, last))):
            taken[pool][index] += float(devices)
    return taken
