"""Plans made from a relaxed plan: what it places whole stays, the rest is fitted in by shares."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from capacity.kernel.columns import Columns
from capacity.kernel.greedy import insert
from capacity.kernel.objectives import Array
from capacity.kernel.plan import EPSILON, Plan, settle

WHOLE = 0.999
# Shares of a relaxed plan below this are noise of the solver.
SHARE = 1e-6


class Relaxed:
    """A relaxed plan, looked at workload by workload.

    Attributes
    ----------
    share
        Of shape (n_workloads,): how much of each is served.
    whole
        Of shape (n_workloads,), booleans: who is served whole, gangs and services in one place.
    """

    def __init__(self, columns: Columns, values: Array) -> None:
        self.columns = columns
        n, m = columns.n_rectangles, len(columns.batches)
        self.rectangle = values[:n]
        self.cells = values[n + m : n + m + columns.n_cells]
        self.bought = values[columns.n_columns - columns.n_buys :]
        self.share = np.bincount(columns.job, weights=self.rectangle, minlength=columns.n_jobs)
        self.share[columns.batches] = values[n : n + m]
        largest = np.zeros(columns.n_jobs)
        np.maximum.at(largest, columns.job, self.rectangle)
        self.whole = np.where(columns.is_batch, self.share, largest) > WHOLE

    def wanted(self, j: int) -> Array:
        """Devices over the cells of a batch."""
        cells: Array = self.cells[self.columns.cells_of(j)]
        return cells

    def favourites(self, j: int) -> Array:
        """The rectangles that have a share, the greatest first."""
        mine = self.columns.rectangles_of(j)
        shares = self.rectangle[mine]
        order = np.argsort(-shares, kind="stable")
        found: Array = mine.start + order[shares[order] > SHARE]
        return found


def round_off(
    relaxed: Relaxed,
    *,
    tries: int,
    seed: int,
    over: Callable[[], bool],
) -> Plan:
    """The best of some plans that keep what is whole and fit in the rest, each in another order.

    Parameters
    ----------
    tries
        How many orders; the first has no noise.
    over
        Asked after each try whether the time is up.
    """
    columns = relaxed.columns
    base = _whole(relaxed)
    rng = np.random.default_rng(seed)
    rest = np.flatnonzero(~base.served & columns.possible)
    value = np.array([columns.problem.workloads[j].value for j in rest])
    least = np.array([columns.problem.workloads[j].least_device_weeks for j in rest])
    density = value / np.maximum(least, EPSILON)
    rank = np.argsort(np.argsort(density)) / max(1, len(rest))
    plans = []
    for number in range(max(1, tries)):
        noise = rng.normal(0.0, 0.15, len(rest)) if number else np.zeros(len(rest))
        key = relaxed.share[rest] + 0.3 * rank + noise
        plan = base.copy()
        for j in rest[np.lexsort((-key, ~columns.must[rest]))]:
            _fit_in(plan, relaxed, int(j))
        plans.append(plan)
        if over():
            break
    return max(plans, key=lambda plan: (plan.serves_all_musts, plan.worth))


def _whole(relaxed: Relaxed) -> Plan:
    columns = relaxed.columns
    plan = Plan(columns)
    for j in np.flatnonzero(relaxed.whole & ~columns.is_batch):
        plan.place(int(relaxed.favourites(int(j))[0]))
    for j in np.flatnonzero(relaxed.whole & columns.is_batch):
        settle(plan, int(j), relaxed.wanted(int(j)))
    return plan


def _fit_in(plan: Plan, relaxed: Relaxed, j: int) -> None:
    for k in relaxed.favourites(j):
        if plan.fits_at(int(k)):
            plan.place(int(k))
            return
    insert(plan, j, required=bool(plan.columns.must[j]))


def argmax(relaxed: Relaxed) -> Plan:
    """Every workload that the relaxed plan serves for the greater part where it has most of it.

    No regard to devices: nodes have to be bought for the plan. Batches are left out.
    """
    columns = relaxed.columns
    plan = Plan(columns)
    served = (relaxed.share > 0.5) | columns.must
    for j in np.flatnonzero(served & ~columns.is_batch):
        found = relaxed.favourites(int(j))
        if len(found):
            plan.place(int(found[0]))
    return plan
