"""Check and value a plan from the data alone, sharing nothing with what made it."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from capacity.kernel.objectives import Objective
from capacity.kernel.problem import (
    Allocation,
    CapacityProblem,
    CapacitySolution,
    Need,
    Rule,
    Shape,
    Workload,
)

# Devices, or shares of a volume: what sums of floats may lose.
TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class Violation:
    """A broken rule: whose, where, when."""

    rule: Rule
    workload: int | None = None
    pool: int | None = None
    week: int | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Measures:
    """One plan under all three objectives, whichever made it."""

    net_value: float
    weighted_cost: float
    efficiency: float

    def of(self, objective: Objective) -> float:
        return float(getattr(self, objective.value))


@dataclass(frozen=True, slots=True)
class Totals:
    """What a plan takes and returns, in money and device-weeks."""

    value: float
    running_cost: float
    purchase_cost: float
    device_weeks: float
    served: int
    left_out: int

    @property
    def cost(self) -> float:
        return self.running_cost + self.purchase_cost


def verify(problem: CapacityProblem, solution: CapacitySolution) -> list[Violation]:
    """Every rule that the plan breaks; empty for a plan that can be published."""
    if len(solution.allocations) != len(problem.workloads):
        detail = f"{len(solution.allocations)} entries for {len(problem.workloads)} workloads"
        return [Violation(Rule.SHAPE, detail=detail)]
    found: list[Violation] = []
    for j, workload in enumerate(problem.workloads):
        found += _of_workload(workload, j, solution.allocations[j])
    found += _purchases(problem, solution)
    if not found:
        found += _overfull(problem, solution)
    return found


def objective(problem: CapacityProblem, solution: CapacitySolution) -> float:
    """The problem's objective, as it counts: net value and efficiency up, weighted cost down."""
    sign = -1 if problem.objective is Objective.WEIGHTED_COST else 1
    moved = problem.move_cost * len(moves(problem, solution))
    return measures(problem, solution).of(problem.objective) - sign * moved


def measures(problem: CapacityProblem, solution: CapacitySolution) -> Measures:
    """Recompute all three objectives, without move costs."""
    resource = float(sum(int(devices) for devices in problem.capacity.flat))
    r = [workload.value for workload in problem.workloads]
    p = [value / resource if resource > 0 else 0.0 for value in r]
    average = sum(p) / len(p) if p else 0.0
    net = weighted = efficiency = 0.0
    for j, workload in enumerate(problem.workloads):
        if solution.allocations[j]:
            cost = running_cost(workload, solution.allocations[j])
            net += r[j] - cost
            weighted += p[j] * cost
            efficiency += r[j] / workload.least_device_weeks
    for price, nodes, device_weeks in _bought(problem, solution):
        net -= price * nodes
        weighted += average * price * nodes
        efficiency -= price / device_weeks * nodes
    return Measures(net_value=net, weighted_cost=weighted, efficiency=efficiency)


def totals(problem: CapacityProblem, solution: CapacitySolution) -> Totals:
    """Recompute what the plan takes and returns."""
    pairs = list(zip(problem.workloads, solution.allocations, strict=True))
    served = [(workload, given) for workload, given in pairs if given]
    return Totals(
        value=sum(workload.value for workload, _ in served),
        running_cost=sum(running_cost(workload, given) for workload, given in served),
        purchase_cost=sum(price * nodes for price, nodes, _ in _bought(problem, solution)),
        device_weeks=sum(each.device_weeks for _, given in served for each in given),
        served=len(served),
        left_out=len(pairs) - len(served),
    )


def running_cost(workload: Workload, given: tuple[Allocation, ...]) -> float:
    """Money for the device-weeks of a workload."""
    price = {need.pool: need.cost for need in workload.needs}
    return sum(price[each.pool] * each.device_weeks for each in given)


def moves(problem: CapacityProblem, solution: CapacitySolution) -> list[int]:
    """Workloads that the plan drops or places elsewhere than `start`; batches only if dropped."""
    if problem.start is None:
        return []
    found = []
    for j, before in enumerate(problem.start.allocations):
        after = solution.allocations[j]
        batch = problem.workloads[j].shape is Shape.BATCH
        if before and (not after or (not batch and before != after)):
            found.append(j)
    return found


def _bought(
    problem: CapacityProblem, solution: CapacitySolution
) -> Iterator[tuple[float, int, float]]:
    """(price of a node, nodes, device-weeks of a node) for each purchase and landing week."""
    for purchase, counts in zip(problem.purchases, solution.bought, strict=True):
        for week, price, nodes in zip(purchase.landing, purchase.cost, counts, strict=True):
            yield price, nodes, purchase.devices * (problem.n_weeks - week)


def _of_workload(workload: Workload, j: int, given: tuple[Allocation, ...]) -> Iterator[Violation]:
    if not given:
        if workload.must_serve:
            yield Violation(Rule.MUST_SERVE, j)
        return
    needs = {need.pool: need for need in workload.needs}
    for each in given:
        if each.pool not in needs:
            yield Violation(Rule.POOL, j, each.pool)
            return
        if not workload.start <= each.start < each.end <= workload.end:
            yield Violation(Rule.WINDOW, j, each.pool, each.start)
    if workload.shape is Shape.BATCH:
        yield from _of_batch(workload, j, given, needs)
    else:
        yield from _of_rectangle(workload, j, given, needs)


def _of_rectangle(
    workload: Workload, j: int, given: tuple[Allocation, ...], needs: dict[int, Need]
) -> Iterator[Violation]:
    if len(given) != 1:
        yield Violation(Rule.SHAPE, j, detail=f"{len(given)} places")
        return
    place, need = given[0], needs[given[0].pool]
    weeks = need.weeks if workload.shape is Shape.GANG else workload.end - workload.start
    if place.devices != need.devices or place.end - place.start != weeks:
        detail = f"{place.devices} devices for {place.end - place.start} weeks"
        yield Violation(Rule.SHAPE, j, place.pool, place.start, detail)


def _of_batch(
    workload: Workload, j: int, given: tuple[Allocation, ...], needs: dict[int, Need]
) -> Iterator[Violation]:
    taken: dict[tuple[int, int], float] = defaultdict(float)
    for each in given:
        if not (math.isfinite(each.devices) and each.devices >= 0):
            yield Violation(Rule.SHAPE, j, each.pool, each.start, f"{each.devices} devices")
        for week in range(each.start, each.end):
            taken[each.pool, week] += each.devices
    for (pool, week), devices in taken.items():
        if devices > needs[pool].devices + TOLERANCE:
            yield Violation(Rule.SHAPE, j, pool, week, f"{devices} devices")
    done = sum(devices / needs[pool].volume for (pool, _), devices in taken.items())
    if abs(done - 1) > TOLERANCE:
        yield Violation(Rule.VOLUME, j, detail=f"{done} of the work")


def _purchases(problem: CapacityProblem, solution: CapacitySolution) -> Iterator[Violation]:
    if len(solution.bought) != len(problem.purchases):
        yield Violation(Rule.PURCHASE, detail=f"{len(solution.bought)} purchases")
        return
    for purchase, counts in zip(problem.purchases, solution.bought, strict=True):
        whole = all(count == int(count) and count >= 0 for count in counts)
        fits = len(counts) == len(purchase.landing) and sum(counts) <= purchase.max_nodes
        if not (whole and fits):
            yield Violation(Rule.PURCHASE, pool=purchase.pool, detail=f"{counts} nodes")


def _overfull(problem: CapacityProblem, solution: CapacitySolution) -> Iterator[Violation]:
    free = [[float(devices) for devices in row] for row in problem.capacity]
    for purchase, counts in zip(problem.purchases, solution.bought, strict=True):
        for week, nodes in zip(purchase.landing, counts, strict=True):
            for later in range(week, problem.n_weeks):
                free[later][purchase.pool] += nodes * purchase.devices
    for given in solution.allocations:
        for each in given:
            for week in range(each.start, each.end):
                free[week][each.pool] -= each.devices
    for week, row in enumerate(free):
        for pool, devices in enumerate(row):
            if devices < -TOLERANCE:
                detail = f"{-devices:g} devices too many"
                yield Violation(Rule.CAPACITY, pool=pool, week=week, detail=detail)
