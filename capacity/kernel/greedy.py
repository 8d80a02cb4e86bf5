"""Plans made one workload at a time: four list schedulers, and filling up what is left."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from capacity.kernel.columns import Columns, lowest
from capacity.kernel.objectives import Array
from capacity.kernel.plan import EPSILON, Plan, fill

# Each gives a key to sort by, smallest first.
Order = Callable[[Columns], Array]


def fifo(columns: Columns) -> Array:
    """Whoever may start first."""
    return _of(columns, "start")


def by_priority(columns: Columns) -> Array:
    """The most urgent, then whoever may start first."""
    return -_of(columns, "priority") * 1e6 + _of(columns, "start")


def by_density(columns: Columns) -> Array:
    """The most value for a device-week."""
    least = np.maximum(_of(columns, "least_device_weeks"), EPSILON)
    return -_of(columns, "value") / least


def by_deadline(columns: Columns) -> Array:
    """Whoever has to be done first."""
    return _of(columns, "end")


LISTS: dict[str, Order] = {
    "density": by_density,
    "priority": by_priority,
    "fifo": fifo,
    "deadline": by_deadline,
}


def _of(columns: Columns, name: str) -> Array:
    return np.array([getattr(w, name) for w in columns.problem.workloads], dtype=float)


def schedule(columns: Columns, order: Order) -> Plan:
    """Serve the workloads in a list's order, those that must be served before all others.

    Each takes the place that is worth most among those that are free, the earliest among equals; a
    batch takes its cheapest weeks. Optional work stays out where it adds nothing.
    """
    plan = Plan(columns)
    keys = order(columns)
    for j in np.lexsort((keys, ~columns.must)):
        insert(plan, int(j), required=bool(columns.must[j]))
    return plan


def fill_up(plan: Plan, order: Iterable[int]) -> int:
    """Serve what is left out and still fits and pays, in this order; returns how many."""
    found = 0
    for j in order:
        if not plan.serves(j):
            found += insert(plan, j, required=bool(plan.columns.must[j]))
    return found


def insert(plan: Plan, j: int, *, required: bool = False) -> bool:
    """Serve a workload where it is worth most; only where it adds something unless required."""
    if plan.columns.is_batch[j]:
        return _insert_batch(plan, j, required)
    k = best_rectangle(plan, j)
    if k is None or (plan.columns.worth[k] <= 0 and not required):
        return False
    plan.place(k)
    return True


def best_rectangle(plan: Plan, j: int) -> int | None:
    """The free rectangle worth most, the earliest among equals."""
    columns, best = plan.columns, None
    for one in columns.options[j]:
        room = lowest(plan.free[:, one.need.pool], columns.start_of(one), one)
        fits = np.flatnonzero(room >= one.need.devices - EPSILON)
        if len(fits) == 0:
            continue
        ks = one.first + fits
        k = int(ks[np.argmax(columns.worth[ks])])
        if best is None or columns.worth[k] > columns.worth[best]:
            best = k
    return best


def cheapest(columns: Columns, j: int) -> Array:
    """The cells of a batch, cheapest for the share of work that they do, then earliest."""
    cells = columns.cells_of(j)
    per_share = -columns.cell_worth[cells] / columns.cell_rate[cells]
    return np.lexsort((columns.cell_week[cells], per_share))


def _insert_batch(plan: Plan, j: int, required: bool) -> bool:
    columns = plan.columns
    cells = columns.cells_of(j)
    free = plan.free[columns.cell_week[cells], columns.cell_pool[cells]]
    room = np.clip(np.minimum(free, columns.cell_most[cells]), 0.0, None)
    amounts = fill(cheapest(columns, j), room, columns.cell_rate[cells], 1.0)
    if amounts is None:
        return False
    worth = columns.gain[j] + columns.cell_worth[cells] @ amounts
    if worth <= 0 and not required:
        return False
    plan.place_batch(j, amounts)
    return True
