"""Problem and solution as plain JSON values and back; equal problems give equal text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from capacity.kernel.objectives import Objective
from capacity.kernel.problem import (
    Allocation,
    CapacityProblem,
    CapacitySolution,
    Fact,
    InvalidProblem,
    Need,
    Pool,
    Purchase,
    Shape,
    Workload,
)

Json = dict[str, Any]
SCHEMA = 1


def problem_to_json(problem: CapacityProblem) -> Json:
    """Everything a solve needs, in plain values."""
    return {
        "schema": SCHEMA,
        "objective": problem.objective.value,
        "capacity": problem.capacity.tolist(),
        "pools": [asdict(pool) for pool in problem.pools],
        "workloads": [
            asdict(workload) | {"shape": workload.shape.value} for workload in problem.workloads
        ],
        "purchases": [asdict(purchase) for purchase in problem.purchases],
        "facts": [asdict(fact) for fact in problem.facts],
        "start": None if problem.start is None else solution_to_json(problem, problem.start),
        "move_cost": problem.move_cost,
    }


def problem_from_json(data: Mapping[str, Any]) -> CapacityProblem:
    """Read a problem back.

    Raises
    ------
    InvalidProblem
        The data is of another schema, lacks a field, or contradicts itself.
    """
    if data.get("schema") != SCHEMA:
        raise InvalidProblem(f"problem: schema {data.get('schema')} is not {SCHEMA}")
    try:
        workloads = tuple(_workload(row) for row in data["workloads"])
        purchases = tuple(_purchase(row) for row in data["purchases"])
        pools = tuple(Pool(**row) for row in data["pools"])
        start = data["start"]
        return CapacityProblem(
            capacity=np.array(data["capacity"], dtype=float),
            pools=pools,
            workloads=workloads,
            purchases=purchases,
            facts=tuple(Fact(**row) for row in data["facts"]),
            objective=Objective(data["objective"]),
            start=None if start is None else _solution(pools, workloads, purchases, start),
            move_cost=data["move_cost"],
        )
    except KeyError as error:
        raise InvalidProblem(f"problem: lacks {error}") from error
    except InvalidProblem:
        raise
    except (TypeError, ValueError) as error:
        raise InvalidProblem(f"problem: {error}") from error


def solution_to_json(problem: CapacityProblem, solution: CapacitySolution) -> Json:
    """Allocations by key of workload and pool, nodes bought by key of purchase and week."""
    return {
        "allocations": [
            {
                "workload": workload.key,
                "pool": problem.pools[each.pool].key,
                "start": each.start,
                "end": each.end,
                "devices": each.devices,
            }
            for workload, given in zip(problem.workloads, solution.allocations, strict=True)
            for each in given
        ],
        "bought": [
            {"purchase": purchase.key, "week": week, "nodes": nodes}
            for purchase, counts in zip(problem.purchases, solution.bought, strict=True)
            for week, nodes in zip(purchase.landing, counts, strict=True)
            if nodes
        ],
    }


def solution_from_json(problem: CapacityProblem, data: Mapping[str, Any]) -> CapacitySolution:
    """Read a plan back; workloads that it does not name are left out."""
    return _solution(problem.pools, problem.workloads, problem.purchases, data)


def _solution(
    pools: Sequence[Pool],
    workloads: Sequence[Workload],
    purchases: Sequence[Purchase],
    data: Mapping[str, Any],
) -> CapacitySolution:
    number = {workload.key: j for j, workload in enumerate(workloads)}
    pool_at = {pool.key: p for p, pool in enumerate(pools)}
    found: list[list[Allocation]] = [[] for _ in workloads]
    for row in data["allocations"]:
        if row["workload"] not in number:
            raise InvalidProblem(f"plan: no workload {row['workload']}")
        if row["pool"] not in pool_at:
            raise InvalidProblem(f"plan: no pool {row['pool']}")
        found[number[row["workload"]]].append(
            Allocation(pool_at[row["pool"]], row["start"], row["end"], row["devices"])
        )
    bought = [[0] * len(purchase.landing) for purchase in purchases]
    offered = {purchase.key: b for b, purchase in enumerate(purchases)}
    for row in data.get("bought", ()):
        b = offered.get(row["purchase"])
        if b is None or row["week"] not in purchases[b].landing:
            raise InvalidProblem(f"plan: no purchase {row['purchase']} in week {row['week']}")
        bought[b][purchases[b].landing.index(row["week"])] += row["nodes"]
    return CapacitySolution(
        allocations=tuple(tuple(given) for given in found),
        bought=tuple(tuple(counts) for counts in bought),
    )


def _workload(row: Mapping[str, Any]) -> Workload:
    needs = tuple(Need(**need) for need in row["needs"])
    return Workload(**{**row, "shape": Shape(row["shape"]), "needs": needs})


def _purchase(row: Mapping[str, Any]) -> Purchase:
    return Purchase(**{**row, "landing": tuple(row["landing"]), "cost": tuple(row["cost"])})
