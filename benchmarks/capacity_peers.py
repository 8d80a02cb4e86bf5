"""What a capacity plan is compared with: list schedulers, buying by hand, CP-SAT."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np

from capacity.kernel import buying, greedy
from capacity.kernel.columns import Columns
from capacity.kernel.model import PlanModel
from capacity.kernel.plan import Plan
from capacity.kernel.problem import CapacityProblem
from teamhub.kernel.highs import Ended, solve_lp

LP_SECONDS = 300.0
# CP-SAT wants whole numbers: thousandths of a device-week, money in units.
THOUSAND = 1000


def best_list(problem: CapacityProblem) -> float | None:
    """Net value of the best of four list schedulers; None where none serves what it must."""
    columns = Columns(problem)
    plans = [greedy.schedule(columns, order) for order in greedy.LISTS.values()]
    values = [plan.worth for plan in plans if plan.serves_all_musts]
    return max(values, default=None)


def costs(problem: CapacityProblem) -> dict[str, Any]:
    """What serving all that must be served costs two ways by hand, and at least."""
    columns = Columns(problem)
    workloads = problem.workloads
    musts = np.flatnonzero(columns.must).tolist()
    by_size = sorted(musts, key=lambda j: -workloads[j].least_device_weeks)
    by_start = sorted(musts, key=lambda j: workloads[j].start)
    greedy_plans = [buying.least_increment(columns, order) for order in (by_size, by_start)]
    known = [cost for plan in greedy_plans if (cost := _cost(plan)) is not None]
    return {
        "greedy_cost": min(known, default=None),
        "peak_cost": _cost(_peak(columns, by_start)),
        "lp_cost": _lp_cost(columns),
    }


def _cost(plan: Plan) -> float | None:
    if not (plan.fits and plan.serves_all_musts):
        return None
    return float(plan.columns.money @ plan.values())


def _peak(columns: Columns, order: list[int]) -> Plan:
    """All as early as their windows let them on the pool where nodes cost least; buy the peak."""
    plan, shop = Plan(columns), buying.Shop(columns)
    for j in order:
        workload = columns.problem.workloads[j]

        def price(pool: int, device_weeks: float) -> float:
            return float(shop.price[pool, -1]) / int(shop.devices[pool]) * device_weeks

        need = min(workload.needs, key=lambda n: price(n.pool, workload.device_weeks(n)))
        if columns.is_batch[j]:
            cells = columns.cells_of(j)
            mine = columns.cell_pool[cells] == need.pool
            amounts = np.where(mine, need.volume / workload.n_weeks, 0.0)
            plan.place_batch(j, amounts)
        else:
            options = [one for one in columns.options[j] if one.need.pool == need.pool]
            if options:
                plan.place(options[0].first)
    buying.cover(plan, shop)
    return plan


def _lp_cost(columns: Columns) -> float | None:
    model = PlanModel(columns, required=columns.must, value=-columns.money)
    answer = solve_lp(model.model, method="simplex", seconds=LP_SECONDS)
    if answer.ended is not Ended.OPTIMAL or answer.objective is None:
        return None
    return -answer.objective * model.unit


def cp_sat(problem: CapacityProblem, seconds: float) -> float | None:
    """Net value that CP-SAT finds for the same model in the time; None where it is not there."""
    try:
        cp = importlib.import_module("ortools.sat.python.cp_model")
    except ImportError:
        return None
    columns = Columns(problem)
    sparse = PlanModel(columns)
    model = cp.CpModel()
    whole, part = np.ones(sparse.model.n_columns), THOUSAND
    variables = []
    for i in range(sparse.model.n_columns):
        upper, integer = float(sparse.model.upper[i]), bool(sparse.model.integer[i])
        whole[i] = 1 if integer else part
        variables.append(model.NewIntVar(0, int(upper * whole[i]), ""))
    for r in range(sparse.model.n_rows):
        entries = slice(int(sparse.model.start[r]), int(sparse.model.start[r + 1]))
        at, coefficient = sparse.model.column[entries], sparse.model.coefficient[entries]
        scaled = np.rint(coefficient * part * part / whole[at]).astype(np.int64)
        total = sum(
            int(c) * variables[i] for i, c in zip(at.tolist(), scaled.tolist(), strict=True)
        )
        lower, upper = sparse.model.row_lower[r], sparse.model.row_upper[r]
        if np.isfinite(upper):
            model.Add(total <= int(upper * part * part))
        if np.isfinite(lower):
            model.Add(total >= int(lower * part * part))
    worth = sparse.model.value * sparse.unit / whole
    model.Maximize(sum(float(v) * x for v, x in zip(worth.tolist(), variables, strict=True)))
    solver = cp.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = 2
    status = solver.Solve(model)
    return float(solver.ObjectiveValue()) if status in {cp.OPTIMAL, cp.FEASIBLE} else None
