"""A plan while it is made: what each workload takes, what is bought, what is still free."""

from __future__ import annotations

from typing import Self

import numpy as np

from capacity.kernel.columns import Columns, solution_of
from capacity.kernel.objectives import Array
from capacity.kernel.problem import CapacitySolution

# Devices; far below what anybody can measure, far above what sums of floats lose.
EPSILON = 1e-9


class Plan:
    """Placements over the columns of a problem.

    Attributes
    ----------
    choice
        Of shape (n_workloads,): rectangle of each gang or service, -1 where there is none.
    amounts
        Of shape (n_cells,): devices of the batches.
    does
        Of shape (n_workloads,), booleans: which batches are served.
    bought
        Of shape (n_buys,): nodes.
    free
        Of shape (n_weeks, n_pools): devices that nothing takes.
    """

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self.choice = np.full(columns.n_jobs, -1, dtype=np.int64)
        self.amounts = np.zeros(columns.n_cells)
        self.does = np.zeros(columns.n_jobs, dtype=bool)
        self.bought = np.zeros(columns.n_buys, dtype=np.int64)
        self.free = columns.problem.capacity.astype(float)

    def copy(self) -> Self:
        twin = type(self).__new__(type(self))
        twin.columns = self.columns
        twin.choice, twin.amounts = self.choice.copy(), self.amounts.copy()
        twin.does, twin.bought = self.does.copy(), self.bought.copy()
        twin.free = self.free.copy()
        return twin

    # --- changes ------------------------------------------------------------------------------

    def place(self, k: int) -> None:
        """Serve the workload of a rectangle there."""
        c = self.columns
        start, weeks = c.start[k], c.weeks[k]
        self.free[start : start + weeks, c.pool[k]] -= c.devices[k]
        self.choice[c.job[k]] = k

    def place_batch(self, j: int, amounts: Array) -> None:
        """Serve a batch by so many devices over its cells."""
        cells = self.columns.cells_of(j)
        at = self.columns.cell_week[cells], self.columns.cell_pool[cells]
        self.free[at] -= amounts
        self.amounts[cells] = amounts
        self.does[j] = True

    def drop(self, j: int) -> None:
        c, k = self.columns, int(self.choice[j])
        if k >= 0:
            self.free[c.start[k] : c.start[k] + c.weeks[k], c.pool[k]] += c.devices[k]
            self.choice[j] = -1
        elif self.does[j]:
            cells = c.cells_of(j)
            self.free[c.cell_week[cells], c.cell_pool[cells]] += self.amounts[cells]
            self.amounts[cells] = 0.0
            self.does[j] = False

    def buy(self, bought: Array) -> None:
        """Have so many nodes of each buy instead of those so far."""
        self.free += self.columns.landed(bought - self.bought)
        self.bought = bought.astype(np.int64)

    # --- questions ----------------------------------------------------------------------------

    def serves(self, j: int) -> bool:
        return bool(self.choice[j] >= 0 or self.does[j])

    def fits_at(self, k: int) -> bool:
        """Whether a rectangle is free."""
        c = self.columns
        span = self.free[c.start[k] : c.start[k] + c.weeks[k], c.pool[k]]
        return bool(span.min() >= c.devices[k] - EPSILON)

    @property
    def served(self) -> Array:
        """Of shape (n_workloads,), booleans."""
        served: Array = (self.choice >= 0) | self.does
        return served

    @property
    def serves_all_musts(self) -> bool:
        return bool(np.all(self.served[self.columns.must]))

    @property
    def fits(self) -> bool:
        return bool(np.all(self.free >= -1e-6))

    @property
    def worth(self) -> float:
        """The objective, as it is maximised."""
        c = self.columns
        places = c.worth[self.choice[self.choice >= 0]].sum()
        batches = c.gain[self.does].sum() + c.cell_worth @ self.amounts
        return float(c.constant + places + batches + c.buy_worth @ self.bought)

    # --- the solver's side --------------------------------------------------------------------

    def values(self) -> Array:
        """The plan as values of all columns."""
        places = np.zeros(self.columns.n_rectangles)
        places[self.choice[self.choice >= 0]] = 1.0
        batches = self.does[self.columns.batches].astype(float)
        return np.concatenate([places, batches, self.amounts, self.bought])

    @classmethod
    def of_values(cls, columns: Columns, values: Array) -> Self:
        """The plan of a solver's answer, its integers made exact and its batches settled."""
        plan = cls(columns)
        plan.buy(np.rint(values[columns.n_columns - columns.n_buys :]))
        for k in np.flatnonzero(values[: columns.n_rectangles] > 0.5):
            plan.place(int(k))
        at_cell = columns.n_rectangles + len(columns.batches)
        taken = values[columns.n_rectangles : at_cell] > 0.5
        for j in columns.batches[taken]:
            cells = columns.cells_of(int(j))
            wanted = values[at_cell + cells.start : at_cell + cells.stop]
            settle(plan, int(j), wanted)
        return plan

    def solution(self) -> CapacitySolution:
        return solution_of(self.columns, self.choice, self.amounts, self.does, self.bought)


def settle(plan: Plan, j: int, wanted: Array) -> bool:
    """Place a batch near what is wanted: within what is free, and neither more nor less than whole.

    Returns whether it could be placed; otherwise nothing changes.
    """
    c = plan.columns
    cells = c.cells_of(j)
    rate, worth = c.cell_rate[cells], c.cell_worth[cells]
    room = plan.free[c.cell_week[cells], c.cell_pool[cells]]
    room = np.clip(np.minimum(room, c.cell_most[cells]), 0.0, None)
    amounts = np.clip(wanted, 0.0, room)
    missing = 1.0 - float(rate @ amounts)
    # Dearest first to give back, cheapest first to add.
    order = np.argsort(-worth / rate, kind="stable")
    if missing < 0:
        for i in order[::-1]:
            back = min(float(amounts[i]), -missing / rate[i])
            amounts[i] -= back
            missing += back * rate[i]
            if missing >= -EPSILON:
                break
    elif missing > 0:
        add = fill(order, room - amounts, rate, missing)
        if add is None:
            return False
        amounts += add
    plan.place_batch(j, amounts)
    return True


def fill(order: Array, room: Array, rate: Array, wanted: float) -> Array | None:
    """Devices per cell, in this order, that do a share of the work; None where there is no room.

    Parameters
    ----------
    order
        Indices of cells, the one to fill first in front.
    room
        Devices that each cell can take.
    rate
        Share of the work that a device in each cell does.
    wanted
        Share to be done.
    """
    done = np.cumsum(room[order] * rate[order])
    if len(done) == 0 or done[-1] < wanted - EPSILON:
        return None
    last = min(int(np.searchsorted(done, wanted - EPSILON)), len(order) - 1)
    amounts = np.zeros(len(room))
    amounts[order[:last]] = room[order[:last]]
    before = float(done[last - 1]) if last else 0.0
    i = order[last]
    amounts[i] = min(float(room[i]), max(0.0, wanted - before) / rate[i])
    return amounts
