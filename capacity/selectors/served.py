"""How much of a workload's demand allocations cover."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from capacity.models import Allocation, Shape, Workload
from capacity.selectors.sizes import speed, take
from teamhub import weeks

# Parts of devices are kept with three decimals: each row may lack a part of the last one.
LAST_DECIMAL = 0.001


def done_share(workload: Workload, rows: Iterable[Allocation]) -> float:
    """Share of the work that these rows (with their pools' accelerators) do, at most 1."""
    share = 0.0
    for row in rows:
        whole = take(workload, row.pool.accelerator).device_weeks
        share += float(row.device_weeks) / whole
    return min(1.0, share)


def held_shares(workload: Workload, rows: Iterable[Allocation]) -> list[float]:
    """Of the devices that serving wants, the share that these rows hold in each week of its window.

    May exceed 1.
    """
    held = [0.0] * workload.n_weeks
    for row in rows:
        part = float(row.devices) * speed(workload, row.pool.accelerator) / workload.devices
        for index in span(workload.start_on, workload.n_weeks, row.start_on, row.end_on):
            held[index] += part
    return held


def is_served(workload: Workload, rows: Sequence[Allocation]) -> bool:
    """Whether these rows cover all that the workload asks for."""
    if not rows:
        return False
    if workload.shape is Shape.SERVICE:
        return min(held_shares(workload, rows)) >= 1 - LAST_DECIMAL
    least = min(take(workload, row.pool.accelerator).device_weeks for row in rows)
    return done_share(workload, rows) >= 1 - LAST_DECIMAL * (1 + len(rows) / least)


def span(start: date, n_weeks: int, start_on: date, end_on: date) -> range:
    """The part of start_on..end_on that lies in so many weeks from `start`, as their indices."""
    first = max(0, weeks.weeks_between(start, start_on))
    last = min(n_weeks, weeks.weeks_between(start, end_on))
    return range(first, max(first, last))
