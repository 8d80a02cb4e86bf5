"""The capacity kernel as a job: JSON in, JSON out, for a child process or a test.

The job: {"problem": see codec, "seconds": wall time, "threads": 1, "seed": 0}.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from threading import Event
from typing import Any

import numpy as np

from capacity.kernel import codec, verify
from capacity.kernel.explain import Explanation, LeftOut, explain
from capacity.kernel.objectives import Array
from capacity.kernel.problem import Allocation, CapacityProblem, CapacitySolution, InvalidProblem
from capacity.kernel.record import Planned
from capacity.kernel.solve import solve
from teamhub.kernel.budget import Budget, Report
from teamhub.kernel.outcome import Status

Json = dict[str, Any]
# A device is not counted finer, nor is its price shown where it is less than this of the largest.
LEAST_DEVICES, LEAST_PRICE_SHARE = 1e-6, 1e-9


def run(job: Mapping[str, Any], report: Report, stop: Event) -> Json:
    """Solve one job, check the plan, explain it.

    Returns
    -------
    dict
        outcome, objective, bound, gap, sense, runtime_s, seed, method, core, core_proven, trace;
        and of the plan: measures, totals, allocations, bought, left_out, weeks, shortage,
        shadow_prices, with keys instead of indices.
    """
    if "problem" not in job:
        raise InvalidProblem("job: lacks 'problem'")
    problem = codec.problem_from_json(job["problem"])
    trace = _Trace(report)
    seconds = float(job.get("seconds", 20))
    budget = Budget(seconds, int(job.get("threads", 1)))
    least = min(1.0, seconds)
    core: dict[str, None] = {}  # in the order in which they were found
    core_proven = True

    def result(outcome: Planned) -> Json:
        found = replace(outcome, core=tuple(core | dict.fromkeys(outcome.core)))
        return _result(problem, found, trace, core_proven and outcome.core_proven)

    while True:
        outcome = solve(
            problem,
            budget=replace(budget, seconds=max(least, seconds - trace.lead_s)),
            seed=int(job.get("seed", 0)),
            report=trace,
            stop=stop,
            on_plan=lambda so_far: report.best(result(so_far)),
        )
        if outcome.status is not Status.INFEASIBLE or not outcome.core:
            return result(outcome)
        # A plan without what cannot be served helps more than no plan.
        core |= dict.fromkeys(outcome.core)
        core_proven = core_proven and outcome.core_proven
        trace.lead_s += outcome.runtime_s
        problem = without_musts(problem, outcome.gives_way)


def without_musts(problem: CapacityProblem, keys: tuple[str, ...]) -> CapacityProblem:
    """The problem in which these workloads may be left out."""
    named = set(keys)
    workloads = tuple(
        replace(workload, must_serve=False) if workload.key in named else workload
        for workload in problem.workloads
    )
    return replace(problem, workloads=workloads)


class _Trace:
    """Passes reports on and keeps the curve."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self.points: list[list[float | None]] = []
        self.lead_s = 0.0

    def __call__(self, stage: str, progress: float) -> None:
        self._report(stage, progress)

    def incumbent(
        self, *, seconds: float, objective: float | None, bound: float | None = None
    ) -> None:
        seconds += self.lead_s
        self.points.append([round(seconds, 3), objective, bound])
        self._report.incumbent(seconds=seconds, objective=objective, bound=bound)

    def best(self, result: Mapping[str, Any]) -> None:
        self._report.best(result)


def _result(problem: CapacityProblem, outcome: Planned, trace: _Trace, core_proven: bool) -> Json:
    status = outcome.status
    if outcome.core:
        # Not proven to clash: nothing served them in the time.
        status = Status.INFEASIBLE if core_proven else Status.STOPPED
    return {
        "outcome": status.value,
        "objective": outcome.objective,
        "bound": outcome.bound,
        "gap": outcome.gap,
        "sense": problem.objective.sense,
        "runtime_s": outcome.runtime_s,
        "seed": outcome.seed,
        "method": outcome.method,
        "core": list(outcome.core),
        "core_proven": core_proven,
        "trace": list(trace.points),
        **_plan(problem, outcome.solution, outcome.prices, set(outcome.core)),
    }


def _plan(
    problem: CapacityProblem,
    solution: CapacitySolution | None,
    prices: Array | None,
    core: set[str],
) -> Json:
    nothing = solution is None
    if solution is None:
        # The empty plan still says what stands in the way.
        none: tuple[Allocation, ...] = ()
        solution = CapacitySolution(
            (none,) * len(problem.workloads),
            tuple((0,) * len(purchase.landing) for purchase in problem.purchases),
        )
    totals = verify.totals(problem, solution)
    why = explain(problem, solution)
    return {
        "measures": None if nothing else asdict(verify.measures(problem, solution)),
        "totals": None if nothing else asdict(totals) | {"cost": totals.cost},
        "allocations": _allocations(problem, solution),
        "bought": _bought(problem, solution),
        "left_out": [_left_out(problem, one, core) for one in why.left_out],
        **_weeks(problem, why),
        "shadow_prices": [] if prices is None else _prices(problem, prices),
    }


def _allocations(problem: CapacityProblem, solution: CapacitySolution) -> list[Json]:
    rows = []
    for workload, given in zip(problem.workloads, solution.allocations, strict=True):
        price = {need.pool: need.cost for need in workload.needs}
        for each in given:
            row: Json = {"workload": workload.key} | _place(problem, each)
            row["device_weeks"] = each.device_weeks
            row["cost"] = each.device_weeks * price[each.pool]
            rows.append(row)
    return rows


def _bought(problem: CapacityProblem, solution: CapacitySolution) -> list[Json]:
    rows = []
    for purchase, counts in zip(problem.purchases, solution.bought, strict=True):
        for week, price, nodes in zip(purchase.landing, purchase.cost, counts, strict=True):
            if nodes:
                rows.append(
                    {
                        "purchase": purchase.key,
                        "pool": problem.pools[purchase.pool].key,
                        "week": week,
                        "nodes": nodes,
                        "devices": nodes * purchase.devices,
                        "cost": nodes * price,
                    }
                )
    return rows


def _left_out(problem: CapacityProblem, one: LeftOut, core: set[str]) -> Json:
    workload = problem.workloads[one.workload]
    nearest = None
    if one.nearest is not None:
        nearest = _place(problem, one.nearest) | {"short": [list(each) for each in one.short]}
    return {
        "workload": workload.key,
        "must_serve": workload.must_serve or workload.key in core,
        "value": workload.value,
        "reason": one.reason.value,
        "gain": one.gain,
        "nearest": nearest,
        "helps": [
            {"kind": relief.kind.value}
            | _place(problem, relief.place)
            | {"device_weeks": relief.place.device_weeks}
            for relief in one.helps
        ],
    }


def _place(problem: CapacityProblem, each: Allocation) -> Json:
    return {
        "pool": problem.pools[each.pool].key,
        "start": each.start,
        "end": each.end,
        "devices": each.devices,
    }


def _weeks(problem: CapacityProblem, why: Explanation) -> Json:
    return {
        "weeks": {"free": why.free.tolist(), "used": why.used.tolist()},
        "shortage": [
            {"pool": problem.pools[pool].key, "week": week, "devices": float(devices)}
            for pool, week, devices in _cells(why.shortage, LEAST_DEVICES)
        ],
    }


def _prices(problem: CapacityProblem, prices: Array) -> list[Json]:
    least = LEAST_PRICE_SHARE * float(prices.max(initial=0.0))
    return [
        {"pool": problem.pools[pool].key, "week": week, "price": price}
        for pool, week, price in _cells(prices, least)
    ]


def _cells(table: Array, least: float) -> list[tuple[int, int, float]]:
    """(pool, week, value) where a table of shape (n_weeks, n_pools) is above `least`."""
    weeks, pools = np.nonzero(table > least)
    values = table[weeks, pools].tolist()
    return sorted(zip(pools.tolist(), weeks.tolist(), values, strict=True))


if __name__ == "__main__":
    from teamhub.kernel.child import serve

    serve(run)
