"""Plans made one slot at a time: as people do by hand, by prices, and by filling what is open."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from projects.kernel.staffing.candidates import Candidates
from projects.kernel.staffing.ledger import Ledger
from projects.kernel.staffing.tables import Array, Tables


def by_hand(candidates: Candidates, ledger: Ledger) -> None:
    """Fill a ledger as people do by hand: by priority, best feasible fit first.

    The order is priority, then start, then scarcity; a person counts by fit less half the cost, and
    by twice the continuity with whoever holds the slot before.
    """
    tables = candidates.tables
    before = {int(b): int(a) for a, b, _ in tables.links}
    keep = 2 * tables.problem.weights.continuity
    order = np.lexsort((candidates.counts, tables.start, -tables.priority))
    for s in order[ledger.plan[order] < 0]:
        people = candidates.of_slot(s)
        people = people[ledger.fits(s, people)]
        if len(people) == 0:
            continue
        key = tables.fit(s, people) - tables.cost(s, people) / tables.effort[s] / 2
        if s in before:
            key = key + keep * (people == ledger.plan[before[s]])
        ledger.place(int(s), int(people[np.argmax(key)]))


def by_price(candidates: Candidates, ledger: Ledger, reduced: Array) -> None:
    """Fill a ledger by priority, then scarcity, each slot with the best value after prices.

    Parameters
    ----------
    reduced
        Value of each pair less the prices of what it uses up.
    """
    order = np.lexsort((candidates.counts, -candidates.tables.priority))
    _fill(candidates, ledger, order, reduced, lambda best: True)


def by_rounding(candidates: Candidates, ledger: Ledger, shares: Array) -> None:
    """Fill a ledger with pairs by their share in a relaxed plan, greatest first."""
    chosen = np.flatnonzero(shares > 1e-4)
    order = np.lexsort((-candidates.points[chosen], -np.round(shares[chosen], 3)))
    for k in chosen[order]:
        s, p = int(candidates.slot[k]), candidates.person[k : k + 1]
        if ledger.plan[s] < 0 and ledger.fits(s, p)[0]:
            ledger.place(s, int(p[0]))


def by_stake(tables: Tables) -> Array:
    """All slots, greatest stake (priority x effort) first."""
    order: Array = np.argsort(-tables.priority * tables.effort, kind="stable")
    return order


def fill_open(candidates: Candidates, ledger: Ledger) -> int:
    """Fill open slots while that gains something, greatest stake first; returns how many."""
    order = by_stake(candidates.tables)
    return _fill(candidates, ledger, order, candidates.points, lambda best: best > 0)


def _fill(
    candidates: Candidates,
    ledger: Ledger,
    order: Array,
    points: Array,
    accept: Callable[[float], bool],
) -> int:
    filled = 0
    for s in order[ledger.plan[order] < 0]:
        pairs = slice(candidates.first[s], candidates.first[s + 1])
        people, value = candidates.person[pairs], points[pairs]
        free = ledger.fits(s, people)
        if not free.any():
            continue
        people = people[free]
        total = worth(ledger, s, people, value[free])
        best = int(np.argmax(total))
        if accept(total[best]):
            ledger.place(int(s), int(people[best]))
            filled += 1
    return filled


def worth(ledger: Ledger, s: int, people: Array, points: Array) -> Array:
    """What placing each of some people in an open slot is worth, given all that is placed.

    What facts beside the slot add is in the points of its pairs already.
    """
    total: Array = points + continuity(ledger, s, people) - ledger.overload_paid(s, people)
    return total


def continuity(ledger: Ledger, s: int, people: Array) -> Array:
    """Points of continuity with the slots placed beside an open one."""
    gained = np.zeros(len(people), dtype=np.int64)
    for other, points in ledger.tables.neighbours[s]:
        gained[people == ledger.plan[other]] += points
    return gained


def keepable(candidates: Candidates, ledger: Ledger) -> tuple[int, ...] | None:
    """The problem's `start` without what breaks a rule together with facts or with the rest."""
    start = candidates.tables.problem.start
    if start is None:
        return None
    replay(candidates, ledger, start)
    return tuple(ledger.plan.tolist())


def replay(candidates: Candidates, ledger: Ledger, plan: Sequence[int] | Array) -> None:
    """Place what fits of a given plan, greatest stake first."""
    tables = candidates.tables
    for s in by_stake(tables):
        p = np.array([plan[s]])
        if p[0] < 0 or ledger.plan[s] >= 0 or p[0] not in candidates.of_slot(s):
            continue
        if ledger.fits(s, p)[0]:
            ledger.place(int(s), int(p[0]))
