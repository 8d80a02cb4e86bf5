"""Small capacity problems for tests: builders that fill in the rest, random ones, the best plan."""

from __future__ import annotations

import dataclasses
import itertools
import random
from collections.abc import Iterator, Mapping
from threading import Event
from typing import Any

import numpy as np
from scipy.optimize import linprog

from capacity.kernel import verify
from capacity.kernel.objectives import Objective
from capacity.kernel.problem import (
    Allocation,
    CapacityProblem,
    CapacitySolution,
    Need,
    Pool,
    Purchase,
    Shape,
    Workload,
)
from capacity.kernel.record import Planned
from capacity.kernel.solve import solve
from teamhub.kernel.budget import Budget

WEEKS = 4


def gang(key: str = "train", devices: int = 4, weeks: int = 2, **changes: Any) -> Workload:
    cost = changes.pop("cost", 0.0)
    needs = changes.pop("needs", (Need(0, devices, weeks=weeks, cost=cost),))
    values: dict[str, Any] = {"start": 0, "end": WEEKS, "value": 100.0}
    return Workload(key, Shape.GANG, needs, **(values | changes))


def service(key: str = "serve", devices: int = 2, **changes: Any) -> Workload:
    cost = changes.pop("cost", 0.0)
    needs = changes.pop("needs", (Need(0, devices, cost=cost),))
    values: dict[str, Any] = {"start": 0, "end": WEEKS, "value": 50.0}
    return Workload(key, Shape.SERVICE, needs, **(values | changes))


def batch(key: str = "batch", most: int = 4, volume: float = 6.0, **changes: Any) -> Workload:
    cost = changes.pop("cost", 0.0)
    needs = changes.pop("needs", (Need(0, most, volume=volume, cost=cost),))
    values: dict[str, Any] = {"start": 0, "end": WEEKS, "value": 60.0}
    return Workload(key, Shape.BATCH, needs, **(values | changes))


def problem(*workloads: Workload, devices: int = 8, pools: int = 1, **changes: Any) -> Any:
    values: dict[str, Any] = {
        "capacity": np.full((WEEKS, pools), devices),
        "pools": tuple(Pool(f"pool{p}") for p in range(pools)),
        "workloads": workloads,
    }
    return CapacityProblem(**(values | changes))


def offer(**changes: Any) -> Purchase:
    values: dict[str, Any] = {"key": "nodes", "pool": 0, "devices": 8, "landing": (0, 2)}
    return Purchase(**(values | {"cost": (40.0, 20.0), "max_nodes": 3} | changes))


def solved(given: CapacityProblem, **options: Any) -> Planned:
    return solve(given, budget=Budget(10.0), **options)


def served(outcome: Planned) -> list[bool]:
    assert outcome.solution is not None
    return [bool(each) for each in outcome.solution.allocations]


def tiny(
    seed: int, *, objective: Objective = Objective.NET_VALUE, musts: bool = False, buy: bool = False
) -> CapacityProblem:
    """Five workloads on two pools over four weeks, in whole numbers."""
    rng = random.Random(seed)
    workloads = []
    for number in range(5):
        start = rng.randint(0, 2)
        end = rng.randint(start + 1, WEEKS)
        shape = rng.choice(list(Shape))
        pools = rng.sample([0, 1], rng.randint(1, 2))
        needs = tuple(_need(rng, shape, pool, end - start) for pool in pools)
        workloads.append(
            Workload(
                f"w{number}",
                shape,
                needs,
                start,
                end,
                value=float(rng.randint(5, 60)),
                priority=rng.randint(1, 3),
                must_serve=musts and rng.random() < 0.4,
            )
        )
    capacity = np.array([[rng.randint(2, 8), rng.randint(2, 8)] for _ in range(WEEKS)])
    purchases = (offer(devices=2, landing=(1, 3), cost=(9.0, 4.0), max_nodes=2),) if buy else ()
    return problem(*workloads, pools=2, capacity=capacity, purchases=purchases, objective=objective)


def _need(rng: random.Random, shape: Shape, pool: int, length: int) -> Need:
    cost = float(rng.randint(0, 3))
    if shape is Shape.GANG:
        return Need(pool, rng.randint(1, 5), weeks=rng.randint(1, length), cost=cost)
    if shape is Shape.SERVICE:
        return Need(pool, rng.randint(1, 4), cost=cost)
    most = rng.randint(1, 4)
    return Need(pool, most, volume=float(rng.randint(1, most * length)), cost=cost)


# --- the oracle ---------------------------------------------------------------------------------


def best_objective(given: CapacityProblem) -> float | None:
    """The best objective over all plans, tried one by one; None where no plan exists.

    Places and nodes are enumerated; batches are an LP once all else is fixed.
    """
    best: float | None = None
    counts = [
        itertools.product(range(p.max_nodes + 1), repeat=len(p.landing)) for p in given.purchases
    ]
    options = [list(_options(workload)) for workload in given.workloads]
    for bought in itertools.product(*counts):
        for choice in itertools.product(*options):
            solution = _with_batches(given, choice, bought)
            if solution is None or verify.verify(given, solution):
                continue
            value = verify.objective(given, solution)
            if best is None or (value - best) * given.objective.sign > 0:
                best = value
    return best


Choice = tuple[Allocation, ...] | str


def _options(workload: Workload) -> Iterator[Choice]:
    if not workload.must_serve:
        yield ()
    if workload.shape is Shape.BATCH:
        yield "batch"
        return
    for need in workload.needs:
        weeks = need.weeks if workload.shape is Shape.GANG else workload.end - workload.start
        for start in range(workload.start, workload.end - weeks + 1):
            yield (Allocation(need.pool, start, start + weeks, need.devices),)


def _with_batches(
    given: CapacityProblem, choice: tuple[Choice, ...], bought: tuple[tuple[int, ...], ...]
) -> CapacitySolution | None:
    free = given.capacity.astype(float)
    for purchase, counts in zip(given.purchases, bought, strict=True):
        for week, nodes in zip(purchase.landing, counts, strict=True):
            free[week:, purchase.pool] += nodes * purchase.devices
    for each in choice:
        for a in each if not isinstance(each, str) else ():
            free[a.start : a.end, a.pool] -= a.devices
    if free.min() < 0:
        return None
    jobs = [j for j, each in enumerate(choice) if isinstance(each, str)]
    amounts = _batch_amounts(given, jobs, free)
    if amounts is None:
        return None
    rows: list[tuple[Allocation, ...]] = [() if isinstance(e, str) else e for e in choice]
    for j in jobs:
        rows[j] = tuple(
            Allocation(pool, week, week + 1, devices)
            for (job, pool, week), devices in amounts.items()
            if job == j and devices > 1e-9
        )
    return CapacitySolution(tuple(rows), bought)


def _batch_amounts(
    given: CapacityProblem, jobs: list[int], free: Any
) -> Mapping[tuple[int, int, int], float] | None:
    cells = [
        (j, need, week)
        for j in jobs
        for need in given.workloads[j].needs
        for week in range(given.workloads[j].start, given.workloads[j].end)
    ]
    if not cells:
        return {}
    weight = {Objective.NET_VALUE: 1.0, Objective.EFFICIENCY: 0.0}.get(given.objective)
    cost = [
        need.cost * (given.workloads[j].value if weight is None else weight) for j, need, _ in cells
    ]
    equal = [[1 / need.volume if j == job else 0.0 for j, need, _ in cells] for job in jobs]
    keys = [(w, p) for w in range(given.n_weeks) for p in range(given.n_pools)]
    within = [[float((week, n.pool) == key) for _, n, week in cells] for key in keys]
    done = linprog(
        cost,
        A_eq=equal,
        b_eq=[1.0] * len(jobs),
        A_ub=within,
        b_ub=[free[key] for key in keys],
        bounds=[(0, min(need.devices, need.volume)) for _, need, _ in cells],
    )
    if done.status != 0:
        return None
    return {
        (j, need.pool, week): float(x) for (j, need, week), x in zip(cells, done.x, strict=True)
    }


class Notes:
    """A report that remembers, and can ask to stop."""

    def __init__(self, stop: Event | None = None) -> None:
        self.stages: list[str] = []
        self.points: list[tuple[float, float | None, float | None]] = []
        self.aside: list[Mapping[str, Any]] = []
        self._stop = stop

    def __call__(self, stage: str, progress: float) -> None:
        self.stages.append(stage)
        assert 0 <= progress <= 1

    def incumbent(
        self, *, seconds: float, objective: float | None, bound: float | None = None
    ) -> None:
        self.points.append((seconds, objective, bound))
        if self._stop is not None:
            self._stop.set()

    def best(self, result: Mapping[str, Any]) -> None:
        self.aside.append(result)


def with_objective(given: CapacityProblem, objective: Objective) -> CapacityProblem:
    return dataclasses.replace(given, objective=objective)
