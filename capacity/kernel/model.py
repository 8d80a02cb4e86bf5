"""The plan as a sparse model for HiGHS: formulation F, weekly and time-indexed.

maximise  worth of the chosen columns
subject to each pool's devices in each week, one place per workload, batches done whole, and no more
nodes than are on offer. Why this one: docs/decisions/0007-capacity-plan.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from capacity.kernel.columns import Columns
from capacity.kernel.objectives import Array
from capacity.kernel.plan import Plan
from teamhub.kernel.highs import SparseModel


@dataclass(frozen=True, slots=True)
class _Block:
    """Some rows of the model: entries as triples with rows from 0, and the rows' limits."""

    row: Array
    column: Array
    coefficient: Array
    lower: Array
    upper: Array


class PlanModel:
    """A model over some of the columns, the other ones being 0.

    Parameters
    ----------
    keep
        Of shape (n_columns,), booleans; None takes all that can be of use.
    around
        A plan whose placements stay as they are, except of workloads with kept columns: they take
        devices and have no rows. What it buys is not part of it, nodes are columns.
    required
        Of shape (n_workloads,), booleans: who has to be served; None takes those that must be. A
        required workload without any kept column is left to `around`.
    value
        Of shape (n_columns,): what to maximise instead of the problem's objective.
    floor
        A row `value . x >= least`, as (value, least) over all columns.
    at_most
        Serve the required if it pays, as if they were not; their columns all count as useful.

    Attributes
    ----------
    unit
        What 1 of the model's objective is in the problem's: money in millions would lie outside the
        tolerances of the solver, and it took half as long again.
    """

    def __init__(
        self,
        columns: Columns,
        keep: Array | None = None,
        *,
        around: Plan | None = None,
        required: Array | None = None,
        value: Array | None = None,
        floor: tuple[Array, float] | None = None,
        at_most: bool = False,
    ) -> None:
        self.columns = columns
        required = columns.must if required is None else required
        of_use = useful(columns, required)
        self.required = required & (not at_most)
        kept = of_use if keep is None else keep & of_use
        self.index = np.flatnonzero(kept)
        self._position = np.cumsum(kept) - 1
        self.jobs = _jobs_of(columns, kept)
        self._around = Plan(columns) if around is None else _without(around, self.jobs)
        self._room = self._around.free
        at_batch, at_cell = columns.n_rectangles, columns.n_rectangles + len(columns.batches)
        at_buy = columns.n_columns - columns.n_buys
        block = np.searchsorted([at_batch, at_cell, at_buy], self.index, side="right")
        # Within their own block, not in the whole.
        self._rectangles = self.index[block == 0]
        self._batches = self.index[block == 1] - at_batch
        self._cells = self.index[block == 2] - at_cell
        self._buys = self.index[block == 3] - at_buy
        self._at = {
            "rectangle": self._position[self._rectangles],
            "batch": self._position[self._batches + at_batch],
            "cell": self._position[self._cells + at_cell],
            "buy": self._position[self._buys + at_buy],
        }
        self.capacity_rows: Array = np.zeros(0, dtype=np.int64)
        blocks = [self._capacity(), self._once(), self._whole(), self._batch_must()]
        blocks.append(self._on_offer())
        if floor is not None:
            blocks.append(self._floor(*floor))
        self.model = self._stacked(blocks, objective(columns) if value is None else value)

    # --- promises -----------------------------------------------------------------------------

    def _capacity(self) -> _Block:
        """Pool p has its devices in week w, bought ones included: row w * n_pools + p."""
        c, problem = self.columns, self.columns.problem
        rectangle, of_rectangle = self._rectangles, self._at["rectangle"]
        week, nth = _spread(c.start[rectangle], c.weeks[rectangle])
        landed, mth = _spread(c.buy_week[self._buys], problem.n_weeks - c.buy_week[self._buys])
        pool = np.concatenate(
            [c.pool[rectangle][nth], c.cell_pool[self._cells], c.buy_pool[self._buys][mth]]
        )
        weeks = np.concatenate([week, c.cell_week[self._cells], landed])
        devices = np.concatenate(
            [
                c.devices[rectangle][nth].astype(float),
                np.ones(len(self._cells)),
                -c.buy_devices[self._buys][mth].astype(float),
            ]
        )
        column = np.concatenate([of_rectangle[nth], self._at["cell"], self._at["buy"][mth]])
        self.capacity_rows, row = np.unique(weeks * problem.n_pools + pool, return_inverse=True)
        upper = self._room.ravel()[self.capacity_rows]
        return _Block(row, column, devices, np.full(len(upper), -np.inf), upper)

    def _once(self) -> _Block:
        """A gang or service runs in at most one place; in one if it is required."""
        c = self.columns
        jobs, row = np.unique(c.job[self._rectangles], return_inverse=True)
        lower = np.where(self.required[jobs], 1.0, -np.inf)
        ones = np.ones(len(row))
        return _Block(row, self._at["rectangle"], ones, lower, np.ones(len(jobs)))

    def _whole(self) -> _Block:
        """A batch that is served is done whole, counted in device-weeks of its best pool."""
        c = self.columns
        jobs = c.batches[self._batches]
        row_of = np.zeros(c.n_jobs, dtype=np.int64)
        row_of[jobs] = np.arange(len(jobs))
        scale = np.array([w.least_device_weeks for w in c.problem.workloads], dtype=float)
        of_cell = c.cell_job[self._cells]
        return _Block(
            row=np.concatenate([np.arange(len(jobs)), row_of[of_cell]]),
            column=np.concatenate([self._at["batch"], self._at["cell"]]),
            coefficient=np.concatenate([-scale[jobs], c.cell_rate[self._cells] * scale[of_cell]]),
            lower=np.zeros(len(jobs)),
            upper=np.full(len(jobs), np.inf),
        )

    def _batch_must(self) -> _Block:
        required = self.required[self.columns.batches[self._batches]]
        column = self._at["batch"][required]
        ones = np.ones(len(column))
        return _Block(np.arange(len(column)), column, ones, ones, ones)

    def _on_offer(self) -> _Block:
        """No more nodes than a purchase offers over all its weeks."""
        c = self.columns
        upper = c.buy_limit.astype(float)
        row = c.buy_purchase[self._buys]
        lower = np.full(len(upper), -np.inf)
        return _Block(row, self._at["buy"], np.ones(len(row)), lower, upper)

    def _floor(self, value: Array, least: float) -> _Block:
        of_kept = value[self.index]
        column = np.flatnonzero(of_kept)
        row = np.zeros(len(column), dtype=np.int64)
        return _Block(row, column, of_kept[column], np.array([least]), np.array([np.inf]))

    def _stacked(self, blocks: list[_Block], value: Array) -> SparseModel:
        mine = value[self.index]
        self.unit = _unit(mine)
        sizes = [len(block.upper) for block in blocks]
        first = np.cumsum([0, *sizes])
        row = np.concatenate([b.row + at for b, at in zip(blocks, first, strict=False)])
        order = np.argsort(row, kind="stable")
        counts = np.bincount(row, minlength=int(first[-1]))
        return SparseModel(
            value=mine / self.unit,
            upper=upper_bounds(self.columns)[self.index],
            integer=integers(self.columns)[self.index],
            start=np.concatenate([[0], np.cumsum(counts)]),
            column=np.concatenate([block.column for block in blocks])[order],
            coefficient=np.concatenate([block.coefficient for block in blocks])[order],
            row_lower=np.concatenate([block.lower for block in blocks]),
            row_upper=np.concatenate([block.upper for block in blocks]),
        )

    # --- the way back -------------------------------------------------------------------------

    def restricted(self, values: Array) -> Array:
        """Values of all columns as values of the model's."""
        mine: Array = values[self.index]
        return mine

    def spread(self, values: Array) -> Array:
        """Values of the model's columns as values of all columns, the others 0."""
        full = np.zeros(self.columns.n_columns)
        full[self.index] = values
        return full

    def plan_of(self, values: Array) -> Plan:
        """The plan of an answer, with what stays as it is."""
        return Plan.of_values(self.columns, self.spread(values) + self._around.values())

    def prices(self, duals: Array) -> Array:
        """Price of one more device, of shape (n_weeks, n_pools), from the duals of an LP."""
        problem = self.columns.problem
        prices = np.zeros(problem.n_weeks * problem.n_pools)
        prices[self.capacity_rows] = np.maximum(0.0, duals[: len(self.capacity_rows)] * self.unit)
        return prices.reshape(problem.n_weeks, problem.n_pools)


# The largest coefficient of a scaled objective.
LARGEST = 1000.0


def _unit(value: Array) -> float:
    """A power of two, so that scaling loses no digit."""
    largest = float(np.abs(value).max(initial=0.0))
    return float(2.0 ** np.round(np.log2(largest / LARGEST))) if largest > 0 else 1.0


def objective(columns: Columns) -> Array:
    """What each column adds to the objective."""
    c = columns
    return np.concatenate([c.worth, c.gain[c.batches], c.cell_worth, c.buy_worth])


def upper_bounds(columns: Columns) -> Array:
    """The most that each column can be."""
    once = np.ones(columns.n_rectangles + len(columns.batches))
    return np.concatenate([once, columns.cell_most, columns.buy_most])


def integers(columns: Columns) -> Array:
    """1 for each column that must be whole; only the cells of batches need not be."""
    whole = np.ones(columns.n_columns, dtype=np.int64)
    at_cell = columns.n_rectangles + len(columns.batches)
    whole[at_cell : at_cell + columns.n_cells] = 0
    return whole


def useful(columns: Columns, required: Array) -> Array:
    """Which columns can be above 0 in a best plan: they fit, and pay unless they are required."""
    c = columns
    rectangle = c.fits_ceiling & ((c.worth > 0) | required[c.job])
    wanted = c.is_batch & c.possible & ((c.gain > 0) | required)
    cell = wanted[c.cell_job] & (c.cell_most > 0)
    return np.concatenate([rectangle, wanted[c.batches], cell, c.buy_most > 0])


def _jobs_of(columns: Columns, kept: Array) -> Array:
    """Of shape (n_workloads,): which workloads have columns."""
    jobs = np.zeros(columns.n_jobs, dtype=bool)
    jobs[columns.job[kept[: columns.n_rectangles]]] = True
    at_batch = columns.n_rectangles
    jobs[columns.batches[kept[at_batch : at_batch + len(columns.batches)]]] = True
    return jobs


def _without(plan: Plan, jobs: Array) -> Plan:
    """The plan without some workloads and without its nodes; it may lack devices then."""
    rest = plan.copy()
    for j in np.flatnonzero(jobs & plan.served):
        rest.drop(int(j))
    rest.buy(np.zeros(plan.columns.n_buys))
    return rest


def _spread(first: Array, count: Array) -> tuple[Array, Array]:
    """Each range first, first + 1, ... of `count` numbers, and which range each is of."""
    nth = np.repeat(np.arange(len(first)), count)
    before = np.repeat(np.cumsum(count) - count, count)
    return np.repeat(first, count) + np.arange(len(nth)) - before, nth
