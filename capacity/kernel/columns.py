"""Every single choice of a plan in flat arrays: a place of a workload, a device in a week, a node.

Columns come in four blocks, in this order: rectangles (a gang or service on a pool from a week on),
batches (all of a batch or nothing), cells (devices of a batch on a pool in a week), nodes bought.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from capacity.kernel.objectives import Array, Terms, terms
from capacity.kernel.problem import (
    Allocation,
    CapacityProblem,
    CapacitySolution,
    Need,
    Shape,
    Workload,
)


@dataclass(frozen=True, slots=True)
class NeedOptions:
    """The rectangles of one need: one for each week in which it may start, in order.

    `first` is the index of the one that starts with the window.
    """

    need: Need
    weeks: int
    first: int
    count: int
    worth: float


class Columns:
    """The choices of a problem and what each is worth under its objective.

    Attributes
    ----------
    job, pool, start, weeks, devices, worth
        Of shape (n_rectangles,); worth is what serving the workload so adds to the objective.
    cell_job, cell_pool, cell_week, cell_most, cell_rate, cell_worth
        Of shape (n_cells,): `cell_most` devices at most, each does `cell_rate` of the whole work
        and adds `cell_worth` (0 or less) to the objective.
    gain
        Of shape (n_workloads,): what serving a batch whole adds, before its cells.
    buy_purchase, buy_week, buy_pool, buy_devices, buy_worth
        Of shape (n_buys,): one for each landing week of each purchase.
    ceiling
        Of shape (n_weeks, n_pools): devices with all that may be bought.
    constant
        What the objective loses before anything is placed: leaving `start` altogether.
    """

    def __init__(self, problem: CapacityProblem) -> None:
        self.problem = problem
        self.terms: Terms = terms(problem)
        self.gain = self.terms.gain.copy()
        self._buys()
        self.ceiling = self._ceiling()
        self.options: list[tuple[NeedOptions, ...]] = []
        self._rectangles()
        self._cells()
        self.constant = 0.0
        self._keep_near_start()
        self.must = np.array([w.must_serve for w in problem.workloads], dtype=bool)
        self.possible = self._possible()

    # --- sizes --------------------------------------------------------------------------------

    @property
    def n_jobs(self) -> int:
        return len(self.problem.workloads)

    @property
    def n_rectangles(self) -> int:
        return len(self.job)

    @property
    def n_cells(self) -> int:
        return len(self.cell_job)

    @property
    def n_buys(self) -> int:
        return len(self.buy_week)

    @cached_property
    def is_batch(self) -> Array:
        return np.array([w.shape is Shape.BATCH for w in self.problem.workloads], dtype=bool)

    @cached_property
    def batches(self) -> Array:
        """Indices of the batch workloads, in the order of their columns."""
        return np.flatnonzero(self.is_batch)

    @property
    def n_columns(self) -> int:
        return self.n_rectangles + len(self.batches) + self.n_cells + self.n_buys

    def cells_of(self, j: int) -> slice:
        return slice(int(self.cell_first[j]), int(self.cell_first[j + 1]))

    def rectangles_of(self, j: int) -> slice:
        return slice(int(self.rectangle_first[j]), int(self.rectangle_first[j + 1]))

    @cached_property
    def fits_ceiling(self) -> Array:
        """Of shape (n_rectangles,): whether it fits into the empty estate at its fullest."""
        fits = np.zeros(self.n_rectangles, dtype=bool)
        for options in self.options:
            for one in options:
                room = lowest(self.ceiling[:, one.need.pool], self.start_of(one), one)
                fits[one.first : one.first + one.count] = room >= one.need.devices
        return fits

    def start_of(self, one: NeedOptions) -> int:
        return int(self.start[one.first])

    # --- building -----------------------------------------------------------------------------

    def _rectangles(self) -> None:
        blocks: list[tuple[int, int, int, int, int, float, int]] = []
        firsts, at = [0], 0
        for j, workload in enumerate(self.problem.workloads):
            mine = []
            for need in workload.needs if workload.shape is not Shape.BATCH else ():
                weeks = workload.weeks_on(need)
                count = workload.n_weeks - weeks + 1
                if count < 1:
                    continue
                worth = self._worth(j, workload, need)
                mine.append(NeedOptions(need, weeks, at, count, worth))
                blocks.append((j, need.pool, workload.start, weeks, need.devices, worth, count))
                at += count
            # Best first, which is the order in which list schedulers try.
            self.options.append(tuple(sorted(mine, key=lambda one: -one.worth)))
            firsts.append(at)
        table = np.array(blocks, dtype=float).reshape(-1, 7)
        counts = table[:, 6].astype(np.int64)
        spread = np.repeat(table, counts, axis=0)
        self.job, self.pool, base, self.weeks, self.devices = (
            spread[:, i].astype(np.int64) for i in range(5)
        )
        block_start = np.repeat(np.cumsum(counts) - counts, counts)
        self.start = base + np.arange(len(spread)) - block_start
        self.worth = spread[:, 5].copy()
        self.rectangle_first = np.array(firsts, dtype=np.int64)

    def _worth(self, j: int, workload: Workload, need: Need) -> float:
        cost = need.cost * workload.device_weeks(need)
        return float(self.terms.gain[j] - self.terms.cost_weight[j] * cost)

    def _cells(self) -> None:
        blocks: list[tuple[int, int, int, float, float, float, int]] = []
        firsts, at = [0], 0
        for j, workload in enumerate(self.problem.workloads):
            for need in workload.needs if workload.shape is Shape.BATCH else ():
                worth = -float(self.terms.cost_weight[j]) * need.cost
                rate, weeks = 1.0 / need.volume, workload.n_weeks
                # More than the whole volume in one week is no use.
                most = min(float(need.devices), need.volume)
                blocks.append((j, need.pool, workload.start, most, rate, worth, weeks))
                at += weeks
            firsts.append(at)
        table = np.array(blocks, dtype=float).reshape(-1, 7)
        counts = table[:, 6].astype(np.int64)
        spread = np.repeat(table, counts, axis=0)
        self.cell_job, self.cell_pool, base = (spread[:, i].astype(np.int64) for i in range(3))
        block_start = np.repeat(np.cumsum(counts) - counts, counts)
        self.cell_week = base + np.arange(len(spread)) - block_start
        self.cell_rate, self.cell_worth = spread[:, 4].copy(), spread[:, 5].copy()
        room = self.ceiling[self.cell_week, self.cell_pool] if len(spread) else np.zeros(0)
        self.cell_most = np.minimum(spread[:, 3], room)
        self.cell_first = np.array(firsts, dtype=np.int64)

    def _buys(self) -> None:
        rows = [
            (b, week, one.pool, one.devices)
            for b, one in enumerate(self.problem.purchases)
            for week in one.landing
        ]
        table = np.array(rows, dtype=np.int64).reshape(-1, 4)
        self.buy_purchase, self.buy_week, self.buy_pool, self.buy_devices = table.T
        self.buy_worth = -np.concatenate([*self.terms.bought, np.zeros(0)])
        limits = np.array([one.max_nodes for one in self.problem.purchases], dtype=np.int64)
        self.buy_limit = limits
        self.buy_most = limits[self.buy_purchase] if rows else np.zeros(0, dtype=np.int64)

    def _ceiling(self) -> Array:
        ceiling = self.problem.capacity.astype(float)
        for one in self.problem.purchases:
            if one.landing:
                ceiling[min(one.landing) :, one.pool] += one.max_nodes * one.devices
        return ceiling

    def _keep_near_start(self) -> None:
        """Pay the move cost for everything in `start`, and give it back for what stays."""
        given, cost = self.problem.start, self.problem.move_cost
        if given is None or cost == 0:
            return
        for j, allocations in enumerate(given.allocations):
            if not allocations:
                continue
            self.constant -= cost
            if self.is_batch[j]:
                self.gain[j] += cost
            else:
                k = self.find(j, allocations[0])
                if k is not None:
                    self.worth[k] += cost

    def _possible(self) -> Array:
        """Of shape (n_workloads,): whether a workload fits into the empty estate at its fullest."""
        done = np.bincount(
            self.cell_job, weights=self.cell_most * self.cell_rate, minlength=self.n_jobs
        )
        fits = np.bincount(self.job[self.fits_ceiling], minlength=self.n_jobs) > 0
        return np.where(self.is_batch, done >= 1 - 1e-9, fits)

    @cached_property
    def money(self) -> Array:
        """What each column costs in money, of shape (n_columns,)."""
        places = np.zeros(self.n_rectangles)
        cells = []
        for j, workload in enumerate(self.problem.workloads):
            for one in self.options[j]:
                cost = one.need.cost * workload.device_weeks(one.need)
                places[one.first : one.first + one.count] = cost
            if workload.shape is Shape.BATCH:
                cells += [np.full(workload.n_weeks, need.cost) for need in workload.needs]
        bought = [np.array(one.cost, dtype=float) for one in self.problem.purchases]
        return np.concatenate([places, np.zeros(len(self.batches)), *cells, *bought])

    # --- lookups ------------------------------------------------------------------------------

    def find(self, j: int, given: Allocation) -> int | None:
        """The rectangle that is this allocation, if the workload may run so."""
        for one in self.options[j]:
            offset = given.start - self.start_of(one)
            same = one.need.pool == given.pool and one.need.devices == given.devices
            if same and 0 <= offset < one.count and given.end - given.start == one.weeks:
                return one.first + offset
        return None

    def landed(self, bought: Array) -> Array:
        """Devices of shape (n_weeks, n_pools) that so many nodes of each buy add."""
        arriving = np.zeros(self.problem.capacity.shape)
        np.add.at(arriving, (self.buy_week, self.buy_pool), bought * self.buy_devices)
        landed: Array = np.cumsum(arriving, axis=0)
        return landed


def lowest(free: Array, start: int, one: NeedOptions) -> Array:
    """The least that is free during each of the rectangles of a need, of shape (count,).

    Parameters
    ----------
    free
        Devices in each week of the need's pool.
    start
        Week in which the first of them starts.
    """
    span = free[start : start + one.weeks + one.count - 1]
    if one.count == 1:
        return np.asarray(span.min(keepdims=True))
    windows = np.lib.stride_tricks.sliding_window_view(span, one.weeks)
    return np.asarray(windows.min(axis=1))


def solution_of(
    columns: Columns, choice: Array, amounts: Array, does: Array, bought: Array
) -> CapacitySolution:
    """The plan in the problem's own words; a batch's equal weeks in a row become one allocation."""
    allocations: list[tuple[Allocation, ...]] = []
    for j in range(columns.n_jobs):
        k = int(choice[j])
        if k >= 0:
            start, weeks = int(columns.start[k]), int(columns.weeks[k])
            pool, devices = int(columns.pool[k]), int(columns.devices[k])
            allocations.append((Allocation(pool, start, start + weeks, devices),))
        elif does[j]:
            allocations.append(_runs(columns, j, amounts[columns.cells_of(j)]))
        else:
            allocations.append(())
    counts = [int(count) for count in bought]
    split, at = [], 0
    for one in columns.problem.purchases:
        split.append(tuple(counts[at : at + len(one.landing)]))
        at += len(one.landing)
    return CapacitySolution(tuple(allocations), tuple(split))


def _runs(columns: Columns, j: int, amounts: Array) -> tuple[Allocation, ...]:
    cells = columns.cells_of(j)
    found: list[Allocation] = []
    pools, weeks = columns.cell_pool[cells].tolist(), columns.cell_week[cells].tolist()
    for pool, week, devices in zip(pools, weeks, amounts.tolist(), strict=True):
        if devices <= 0:
            continue
        last = found[-1] if found else None
        if last and (last.pool, last.end, last.devices) == (pool, week, devices):
            found[-1] = Allocation(pool, last.start, week + 1, devices)
        else:
            found.append(Allocation(pool, week, week + 1, devices))
    return tuple(found)
