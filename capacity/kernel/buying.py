"""Nodes to buy: the cheapest that carry a plan, and a plan made to need few of them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from capacity.kernel.columns import Columns, NeedOptions
from capacity.kernel.objectives import Array
from capacity.kernel.plan import EPSILON, Plan


class Shop:
    """What each pool's cheapest node costs from each week on.

    Attributes
    ----------
    buy
        Of shape (n_pools, n_weeks): the buy to take for a node that must be there in that week, -1
        where none arrives in time.
    price
        Of shape (n_pools, n_weeks): what it loses; infinite where there is none.
    devices
        Of shape (n_pools,): in such a node.
    """

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        problem = columns.problem
        shape = (problem.n_pools, problem.n_weeks)
        self.buy = np.full(shape, -1, dtype=np.int64)
        self.price = np.full(shape, np.inf)
        self.devices = np.ones(problem.n_pools, dtype=np.int64)
        for pool in np.unique(columns.buy_pool):
            offers = np.flatnonzero(columns.buy_pool == pool)
            per_device = -columns.buy_worth[offers] / columns.buy_devices[offers]
            # One offer for a pool: the cheapest by the device in its first week.
            best = columns.buy_purchase[offers[np.argmin(per_device)]]
            self._put(int(pool), offers[columns.buy_purchase[offers] == best])

    def _put(self, pool: int, offers: Array) -> None:
        columns = self.columns
        self.devices[pool] = columns.buy_devices[offers[0]]
        for b in offers[np.argsort(columns.buy_week[offers], kind="stable")]:
            week, price = int(columns.buy_week[b]), -float(columns.buy_worth[b])
            # Later is cheaper as a rule; where it is not, an earlier node does as well.
            later = self.price[pool, week:] >= price
            self.price[pool, week:][later] = price
            self.buy[pool, week:][later] = b

    def nodes(self, pool: int, free: Array) -> Array:
        """Nodes that must have arrived by each week so that nothing lacks; last axis weeks."""
        lacking = np.ceil(np.maximum(0.0, -free - EPSILON) / self.devices[pool])
        nodes: Array = np.maximum.accumulate(lacking, axis=-1)
        return nodes

    def cost(self, pool: int, free: Array) -> Array:
        """What the nodes for a pool cost, given free devices with weeks as the last axis."""
        arriving = np.diff(self.nodes(pool, free), axis=-1, prepend=0.0)
        price = np.where(arriving > 0, self.price[pool], 0.0)
        cost: Array = (arriving * price).sum(axis=-1)
        return cost


def cover(plan: Plan, shop: Shop) -> bool:
    """Buy the cheapest nodes without which the plan would lack devices; False where none help."""
    plan.buy(np.zeros(plan.columns.n_buys))
    bought = np.zeros(plan.columns.n_buys)
    for pool in range(plan.columns.problem.n_pools):
        arriving = np.diff(shop.nodes(pool, plan.free[:, pool]), prepend=0.0)
        for week in np.flatnonzero(arriving):
            b = shop.buy[pool, week]
            if b < 0:
                return False
            bought[b] += arriving[week]
    plan.buy(bought)
    asked = np.bincount(
        plan.columns.buy_purchase, weights=bought, minlength=len(plan.columns.buy_limit)
    )
    return plan.fits and bool(np.all(asked <= plan.columns.buy_limit))


def least_increment(columns: Columns, order: Iterable[int]) -> Plan:
    """Place workloads one by one, each where the nodes to be bought for it cost least.

    Among places of equal cost the one with the most room takes it. The nodes are bought at the end;
    where that fails the plan lacks devices (`fits` is False).
    """
    plan, shop = Plan(columns), Shop(columns)
    for j in order:
        if columns.is_batch[j]:
            pour(plan, shop, j)
        else:
            place_cheapest(plan, shop, j)
    cover(plan, shop)
    return plan


def place_cheapest(plan: Plan, shop: Shop, j: int) -> None:
    best: tuple[float, float] | None = None
    chosen = -1
    for one in plan.columns.options[j]:
        after = _after(plan, one)
        pool = one.need.pool
        before = shop.cost(pool, plan.free[:, pool])
        loss = shop.cost(pool, after) - before - one.worth
        room = after.min(axis=1)
        i = int(np.lexsort((-room, loss))[0])
        key = (float(loss[i]), -float(room[i]))
        if best is None or key < best:
            best, chosen = key, one.first + i
    if chosen >= 0:
        plan.place(chosen)


def _after(plan: Plan, one: NeedOptions) -> Array:
    """Free devices of the pool after each rectangle of a need, of shape (count, n_weeks)."""
    start = plan.columns.start_of(one) + np.arange(one.count)[:, None]
    week = np.arange(plan.columns.problem.n_weeks)[None, :]
    taken = (week >= start) & (week < start + one.weeks)
    after: Array = plan.free[:, one.need.pool][None, :] - one.need.devices * taken
    return after


def pour(plan: Plan, shop: Shop, j: int) -> None:
    """Fill a batch into what is free, the emptiest weeks first, and the rest evenly into a pool."""
    columns = plan.columns
    cells = columns.cells_of(j)
    pool, week = columns.cell_pool[cells], columns.cell_week[cells]
    rate, most = columns.cell_rate[cells], columns.cell_most[cells]
    room = np.clip(np.minimum(plan.free[week, pool], most), 0.0, None)
    amounts, left = np.zeros(len(rate)), 1.0
    for i in np.argsort(-plan.free[week, pool], kind="stable"):
        amounts[i] = min(float(room[i]), max(0.0, left) / rate[i])
        left -= amounts[i] * rate[i]
    # The price of a share of the work in the pool where it is cheapest to buy for.
    price = shop.price[pool, week] / shop.devices[pool] / rate
    for p in sorted(set(pool.tolist()), key=lambda p: float(price[pool == p].min())):
        if left <= EPSILON:
            break
        mine = np.flatnonzero(pool == p)
        spare = most[mine] - amounts[mine]
        share = min(1.0, left / max(EPSILON, float(spare @ rate[mine])))
        amounts[mine] += share * spare
        left -= share * float(spare @ rate[mine])
    if left <= EPSILON:
        plan.place_batch(j, amounts)
