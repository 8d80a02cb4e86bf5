"""Which workloads a relaxed plan leaves in doubt: small models around them find better plans.

Under the prices of the relaxed plan most workloads are clear winners or losers. Those near the
margin, and those that the relaxed plan cuts in two, decide how well whole pieces fill the pools
(the core of a knapsack problem: Balas and Zemel, Operations Research 28, 1980).
"""

from __future__ import annotations

import numpy as np

from capacity.kernel.columns import Columns
from capacity.kernel.model import useful
from capacity.kernel.objectives import Array
from capacity.kernel.plan import Plan, fill
from capacity.kernel.rounding import SHARE, Relaxed

# A place that loses more than this share of the workload's value under the prices is left out.
# Measured on generated plans: 0.01 to 0.03 find equal plans, 0.1 takes twice as long.
NEAR = 0.03


class Margin:
    """The profit of each workload under prices, and the columns worth looking at.

    Attributes
    ----------
    profit
        Of shape (n_workloads,): what the best place returns beyond its price, -inf without any.
    doubt
        Of shape (n_workloads,): |profit| beside what is at stake; the smallest are near the margin.
    cut
        Of shape (n_workloads,), booleans: served in part by the relaxed plan.
    """

    def __init__(self, columns: Columns, prices: Array, relaxed: Relaxed) -> None:
        self.columns = columns
        self.cut = (relaxed.share > SHARE) & ~relaxed.whole
        n = columns.n_rectangles
        self._useful = useful(columns, columns.must)
        reduced = _reduced(columns, prices)
        profit = np.full(columns.n_jobs, -np.inf)
        usable = self._useful[:n]
        np.maximum.at(profit, columns.job[usable], reduced[usable])
        _add_batches(columns, prices, profit)
        self.profit = profit
        stake = self._stake(prices)
        self.doubt = np.abs(profit) / stake
        best = profit[columns.job]
        # Measured from the best place for those that must run at a loss.
        near = reduced >= np.minimum(best, 0.0) - NEAR * stake[columns.job]
        rest = np.ones(columns.n_columns - n, dtype=bool)
        self._near = np.concatenate([near & usable, rest])

    def _stake(self, prices: Array) -> Array:
        """What each workload moves in the objective: its gain, or what running it costs."""
        c = self.columns
        cost = np.zeros(c.n_jobs)
        np.maximum.at(cost, c.job, np.abs(c.worth))
        return np.maximum(np.maximum(np.abs(c.gain), cost), 1e-9)

    def neighbourhood(self, plan: Plan, size: int, rng: np.random.Generator | None) -> Array:
        """Columns of the workloads most in doubt, of shape (n_columns,), with where they are now.

        Parameters
        ----------
        size
            How many workloads beside those that the relaxed plan cuts.
        rng
            Where given, doubts are blurred, so that each call takes others.
        """
        c = self.columns
        doubt = self.doubt
        if rng is not None:
            doubt = doubt * rng.lognormal(0.0, 1.0, len(doubt))
        chosen = self.cut.copy()
        chosen[np.argsort(doubt, kind="stable")[:size]] = True
        mine = np.concatenate([chosen[c.job], chosen[c.batches], chosen[c.cell_job]])
        buys = np.ones(c.n_buys, dtype=bool)
        keep: Array = np.concatenate([mine, buys]) & (self._near | (plan.values() > 0))
        return keep


def _reduced(columns: Columns, prices: Array) -> Array:
    """Worth of each rectangle less the price of what it takes."""
    paid = np.vstack([np.zeros((1, prices.shape[1])), np.cumsum(prices, axis=0)])
    span = paid[columns.start + columns.weeks, columns.pool] - paid[columns.start, columns.pool]
    reduced: Array = columns.worth - columns.devices * span
    return reduced


def _add_batches(columns: Columns, prices: Array, profit: Array) -> None:
    each = prices[columns.cell_week, columns.cell_pool] - columns.cell_worth
    for j in columns.batches[columns.possible[columns.batches]]:
        cells = columns.cells_of(int(j))
        rate, price = columns.cell_rate[cells], each[cells]
        order = np.argsort(price / rate, kind="stable")
        amounts = fill(order, columns.cell_most[cells], rate, 1.0)
        if amounts is not None:
            profit[j] = columns.gain[j] - price @ amounts
