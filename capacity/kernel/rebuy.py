"""Plans that need fewer nodes: take work out where nodes are needed, and place it anew."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from capacity.kernel.buying import Shop, cover, place_cheapest, pour
from capacity.kernel.objectives import Array
from capacity.kernel.plan import Plan

# Workloads that one step takes out at most.
MOST_OUT = 8
# A step that is this much worse beside the cost of the plan may stay, less and less so.
WARMTH = 2e-3


def rebuy(plan: Plan, *, seconds: float, elapsed: Callable[[], float], seed: int) -> Plan:
    """The best plan found by taking work out at random and placing it where it costs least.

    Parameters
    ----------
    elapsed
        Seconds so far; it ends `seconds` from now.

    Notes
    -----
    Ruin and recreate with threshold acceptance (Schrimpf et al., Journal of Computational Physics
    159, 2000). A step takes out some of the work in a pool's weeks; nodes are bought at the end.
    """
    shop, rng = Shop(plan.columns), np.random.default_rng(seed)
    bare = plan.copy()
    bare.buy(np.zeros(plan.columns.n_buys))
    worth = _worth(bare, shop)
    best, best_worth = bare.copy(), worth
    began = elapsed()
    while (gone := elapsed() - began) < seconds:
        before = bare.copy()
        out = _take_out(bare, shop, rng)
        for j in out:
            _place(bare, shop, j)
        after = _worth(bare, shop)
        slack = WARMTH * abs(best_worth) * (1 - gone / seconds) * rng.random()
        complete = all(bare.serves(j) for j in out)
        if complete and after >= worth - slack:
            worth = after
            if worth > best_worth + 1e-9 * abs(best_worth):
                best, best_worth = bare.copy(), worth
        else:
            bare = before
    cover(best, shop)
    return best


def _worth(bare: Plan, shop: Shop) -> float:
    """The objective with the nodes that the plan needs; it has none yet."""
    pools = range(bare.columns.problem.n_pools)
    return bare.worth - sum(float(shop.cost(pool, bare.free[:, pool])) for pool in pools)


def _take_out(bare: Plan, shop: Shop, rng: np.random.Generator) -> list[int]:
    """Take out work near a random week, of a pool that needs nodes more often than of others."""
    c = bare.columns
    n_weeks = c.problem.n_weeks
    needs = [float(shop.cost(p, bare.free[:, p])) > 0 for p in range(c.problem.n_pools)]
    odds = np.where(needs, 3.0, 1.0)
    pool = int(rng.choice(len(odds), p=odds / odds.sum()))
    start = int(rng.integers(0, n_weeks))
    end = start + int(rng.integers(1, 9))
    jobs = _near(bare, pool, start, end)
    if len(jobs) > MOST_OUT:
        jobs = rng.choice(jobs, int(rng.integers(1, MOST_OUT + 1)), replace=False)
    for j in jobs:
        bare.drop(int(j))
    rng.shuffle(jobs)
    least = np.array([c.problem.workloads[j].least_device_weeks for j in jobs])
    # The largest first as a rule, since it has fewest places.
    found: list[int] = jobs[np.argsort(-least * rng.lognormal(0.0, 0.5, len(jobs)))].tolist()
    return found


def _near(bare: Plan, pool: int, start: int, end: int) -> Array:
    c = bare.columns
    ks = bare.choice[bare.choice >= 0]
    here = ks[(c.pool[ks] == pool) & (c.start[ks] < end) & (c.start[ks] + c.weeks[ks] > start)]
    cells = (bare.amounts > 0) & (c.cell_pool == pool)
    cells &= (c.cell_week >= start) & (c.cell_week < end)
    return np.unique(np.concatenate([c.job[here], c.cell_job[cells]]))


def _place(bare: Plan, shop: Shop, j: int) -> None:
    if bare.columns.is_batch[j]:
        pour(bare, shop, j)
    else:
        place_cheapest(bare, shop, j)
