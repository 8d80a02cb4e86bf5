"""The one place that talks to HiGHS: sparse maximisation in, a translated answer out.

Three pitfalls of highspy are handled here and nowhere else. Its thread pool belongs to the process
and refuses another size until it is reset. A refused run looks like an empty answer unless its
status is read. And its time limit is not looked at in every loop, so callbacks watch the clock too.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from threading import Event
from typing import Any

import highspy
import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
_Model = highspy.HighsModelStatus


class SolverFailed(RuntimeError):
    """HiGHS refused the model or the run: a defect of ours, never a property of the input."""


class Ended(StrEnum):
    """How one call ended."""

    OPTIMAL = "optimal"
    LIMIT = "limit"  # time, or interrupted
    INFEASIBLE = "infeasible"


_ENDED = {
    _Model.kOptimal: Ended.OPTIMAL,
    _Model.kModelEmpty: Ended.OPTIMAL,
    _Model.kTimeLimit: Ended.LIMIT,
    _Model.kInterrupt: Ended.LIMIT,
    _Model.kHighsInterrupt: Ended.LIMIT,  # type: ignore[attr-defined]
    _Model.kIterationLimit: Ended.LIMIT,
    _Model.kSolutionLimit: Ended.LIMIT,
    _Model.kObjectiveTarget: Ended.LIMIT,
    _Model.kObjectiveBound: Ended.LIMIT,
    _Model.kMemoryLimit: Ended.LIMIT,
    # PDLP and IPM end so when they run out of time far from a solution.
    _Model.kUnknown: Ended.LIMIT,
    _Model.kInfeasible: Ended.INFEASIBLE,
}


@dataclass(frozen=True, slots=True)
class SparseModel:
    """maximise value.x subject to row_lower <= A x <= row_upper, 0 <= x <= upper.

    A is row-wise: row r holds entries start[r] to start[r + 1] of `column` and `coefficient`.
    """

    value: Array
    upper: Array
    integer: Array
    start: Array
    column: Array
    coefficient: Array
    row_lower: Array
    row_upper: Array

    @property
    def n_columns(self) -> int:
        return len(self.value)

    @property
    def n_rows(self) -> int:
        return len(self.row_upper)

    def dual_bound(self, duals: Array) -> tuple[float, Array]:
        """Upper bound on the optimum from any row prices, and the reduced values they leave.

        Prices need not be optimal nor even feasible: each one is first clipped to the sign that its
        row allows, then weak duality holds for the box.
        """
        prices = np.where(np.isfinite(self.row_lower), duals, np.maximum(duals, 0.0))
        prices = np.where(np.isfinite(self.row_upper), prices, np.minimum(prices, 0.0))
        row_of = np.repeat(np.arange(self.n_rows), np.diff(self.start))
        paid = np.bincount(
            self.column, weights=self.coefficient * prices[row_of], minlength=self.n_columns
        )
        reduced = self.value - paid
        limit = np.where(prices > 0, self.row_upper, self.row_lower)
        at_rows = float(np.sum(prices[prices != 0] * limit[prices != 0]))
        return at_rows + float(np.sum(np.maximum(reduced, 0.0) * self.upper)), reduced


@dataclass(frozen=True, slots=True)
class Answer:
    """What one call found."""

    ended: Ended
    values: Array | None
    objective: float | None
    bound: float | None
    duals: Array | None = None


Incumbent = Callable[[Array, float, float], None]


def solve_mip(
    model: SparseModel,
    *,
    seconds: float,
    threads: int = 1,
    seed: int = 0,
    start: Array | None = None,
    stop: Event | None = None,
    on_incumbent: Incumbent | None = None,
    absolute_gap: float = 0.0,
    options: dict[str, bool | int | float | str] | None = None,
) -> Answer:
    """Solve with integer columns.

    Parameters
    ----------
    start
        Values of a feasible solution to begin with.
    on_incumbent
        Called as on_incumbent(values, objective, bound) for each better solution.
    absolute_gap
        Optimal within this much: just under 1 where every objective is an integer.
    """
    if model.n_columns == 0:
        return _empty(model)
    solver = _solver(model, seconds, threads, seed)
    _set(solver, "mip_rel_gap", 0.0)
    _set(solver, "mip_abs_gap", absolute_gap)
    for name, value in (options or {}).items():
        _set(solver, name, value)
    if start is not None:
        columns = np.arange(model.n_columns, dtype=np.int32)
        _check(solver.setSolution(model.n_columns, columns, start.astype(np.float64)), "start")
    _watch(solver, seconds, stop)
    if on_incumbent is not None:
        solver.cbMipImprovingSolution.subscribe(
            lambda event: on_incumbent(
                np.array(event.data_out.mip_solution),
                event.data_out.objective_function_value,
                event.data_out.mip_dual_bound,
            )
        )
    ended = _run(solver)
    info = solver.getInfo()
    bound = info.mip_dual_bound
    found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    return Answer(
        ended=ended,
        values=np.array(solver.getSolution().col_value) if found else None,
        objective=info.objective_function_value if found else None,
        bound=bound if abs(bound) < highspy.kHighsInf else None,
    )


def solve_lp(
    model: SparseModel,
    *,
    method: str,
    seconds: float,
    threads: int = 1,
    seed: int = 0,
    tolerance: float | None = None,
    stop: Event | None = None,
) -> Answer:
    """Solve without integrality; `bound` comes from the duals and is valid however it ended.

    Parameters
    ----------
    method
        "simplex", "ipm" (without crossover) or "pdlp".
    tolerance
        Of the first-order method; its own objective is no bound, ours is.
    """
    if model.n_columns == 0:
        return _empty(model)
    solver = _solver(model, seconds, threads, seed, relaxed=True)
    _set(solver, "solver", method)
    _set(solver, "run_crossover", "off")
    if tolerance is not None:
        for name in ("primal_feasibility_tolerance", "dual_feasibility_tolerance"):
            _set(solver, name, tolerance)
        _set(solver, "optimality_tolerance", tolerance)
        _set(solver, "pdlp_optimality_tolerance", tolerance)
    _watch(solver, seconds, stop)
    ended = _run(solver)
    solution = solver.getSolution()
    duals = np.array(solution.row_dual)
    if ended is Ended.INFEASIBLE or len(duals) != model.n_rows or not np.all(np.isfinite(duals)):
        return Answer(ended=ended, values=None, objective=None, bound=None)
    bound, _reduced = model.dual_bound(duals)
    return Answer(
        ended=ended,
        values=np.array(solution.col_value),
        objective=solver.getInfo().objective_function_value,
        bound=bound,
        duals=duals,
    )


def _empty(model: SparseModel) -> Answer:
    feasible = bool(np.all(model.row_lower <= 0) and np.all(model.row_upper >= 0))
    if not feasible:
        return Answer(ended=Ended.INFEASIBLE, values=None, objective=None, bound=None)
    return Answer(
        ended=Ended.OPTIMAL,
        values=np.zeros(0),
        objective=0.0,
        bound=0.0,
        duals=np.zeros(model.n_rows),
    )


_pool_threads = 0


def _solver(
    model: SparseModel, seconds: float, threads: int, seed: int, *, relaxed: bool = False
) -> highspy.Highs:
    global _pool_threads  # noqa: PLW0603 - HiGHS itself keeps one pool per process
    if _pool_threads not in {0, threads}:
        highspy.Highs.resetGlobalScheduler(True)
    _pool_threads = threads
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    _set(solver, "output_flag", False)
    _set(solver, "threads", threads)
    _set(solver, "parallel", "on" if threads > 1 else "off")
    _set(solver, "random_seed", seed % 2**31)
    _set(solver, "time_limit", float(max(0.01, seconds)))
    _check(solver.passModel(_highs_lp(model, relaxed)), "model")
    return solver


def _highs_lp(model: SparseModel, relaxed: bool) -> highspy.HighsLp:
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = model.n_columns, model.n_rows
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_cost_ = model.value.astype(np.float64)
    lp.col_lower_ = np.zeros(model.n_columns)
    lp.col_upper_ = model.upper.astype(np.float64)
    lp.row_lower_ = model.row_lower.astype(np.float64)
    lp.row_upper_ = model.row_upper.astype(np.float64)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = model.start.astype(np.int32)
    lp.a_matrix_.index_ = model.column.astype(np.int32)
    lp.a_matrix_.value_ = model.coefficient.astype(np.float64)
    if not relaxed:
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        lp.integrality_ = [kinds[int(flag)] for flag in model.integer]
    return lp


def _set(solver: highspy.Highs, name: str, value: bool | int | float | str) -> None:
    _check(solver.setOptionValue(name, value), f"option {name}={value}")


def _check(status: highspy.HighsStatus, what: str) -> None:
    if status == highspy.HighsStatus.kError:
        raise SolverFailed(f"HiGHS refused the {what}.")


def _watch(solver: highspy.Highs, seconds: float, stop: Event | None) -> None:
    end = time.perf_counter() + seconds

    def interrupt(event: Any) -> None:
        if time.perf_counter() > end or (stop is not None and stop.is_set()):
            event.interrupt()

    solver.cbMipInterrupt.subscribe(interrupt)
    solver.cbSimplexInterrupt.subscribe(interrupt)
    solver.cbIpmInterrupt.subscribe(interrupt)


def _run(solver: highspy.Highs) -> Ended:
    _check(solver.run(), "run")
    status = solver.getModelStatus()
    if status not in _ENDED:
        raise SolverFailed(f"HiGHS ended with {solver.modelStatusToString(status)}.")
    return _ENDED[status]
