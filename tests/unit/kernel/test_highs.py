"""Are answers of HiGHS read right: optimal, infeasible, cut short, bounded, refused?"""

from __future__ import annotations

import dataclasses
import time
from threading import Event

import numpy as np
import pytest

from teamhub.kernel import highs
from teamhub.kernel.highs import Ended, SolverFailed, SparseModel


def model(
    value: list[float], rows: list[tuple[list[float], float]], *, lower: float = -np.inf
) -> SparseModel:
    """maximise value.x, x in {0, 1}, each row a.x <= limit."""
    n = len(value)
    return SparseModel(
        value=np.array(value),
        upper=np.ones(n),
        integer=np.ones(n, dtype=bool),
        start=np.arange(len(rows) + 1) * n,
        column=np.tile(np.arange(n), len(rows)),
        coefficient=np.array([c for row, _limit in rows for c in row], dtype=float),
        row_lower=np.full(len(rows), lower),
        row_upper=np.array([limit for _row, limit in rows], dtype=float),
    )


KNAPSACK = model([6, 5, 4], [([3, 2, 2], 4)])


def hard(n: int = 60, seed: int = 1) -> SparseModel:
    """A market split problem: tiny, and out of reach of branch and bound."""
    rng = np.random.default_rng(seed)
    weights = rng.integers(100, 1000, (6, n)).astype(float)
    rows = [(list(row), float(row.sum() // 2)) for row in weights]
    return model(list(weights.sum(axis=0) + rng.integers(0, 9, n)), rows)


def test_a_knapsack_is_solved_and_bounded() -> None:
    answer = highs.solve_mip(KNAPSACK, seconds=5)
    assert answer.ended is Ended.OPTIMAL
    assert answer.values is not None
    assert answer.values.round().tolist() == [0, 1, 1]
    assert (answer.objective, answer.bound) == (9, 9)


@pytest.mark.parametrize("method", ["simplex", "ipm", "pdlp"])
def test_a_relaxation_bounds_the_integer_optimum(method: str) -> None:
    answer = highs.solve_lp(KNAPSACK, method=method, seconds=5)
    assert answer.bound is not None
    # The relaxed optimum takes the two small ones, whole.
    assert answer.bound == pytest.approx(9, abs=0.1)
    assert answer.bound >= 9 - 1e-6


@pytest.mark.parametrize("seed", range(10))
def test_any_prices_give_a_valid_bound(seed: int) -> None:
    prices = np.random.default_rng(seed).normal(0, 3, 1)
    bound, reduced = KNAPSACK.dual_bound(prices)
    assert bound >= 9
    assert reduced == pytest.approx([6, 5, 4] - max(0, prices[0]) * np.array([3, 2, 2]))


def test_no_solution_is_said_plainly() -> None:
    impossible = model([1, 1], [([1, 1], 1), ([-1, -1], -2)])
    answer = highs.solve_mip(impossible, seconds=5)
    assert (answer.ended, answer.values, answer.bound) == (Ended.INFEASIBLE, None, None)


def test_a_model_without_columns_is_solved() -> None:
    assert highs.solve_mip(model([], []), seconds=1).ended is Ended.OPTIMAL
    assert highs.solve_lp(model([], []), method="ipm", seconds=1).bound == 0


def test_the_time_limit_holds_and_the_start_comes_back() -> None:
    given = hard()
    start = np.zeros(given.n_columns)
    began = time.perf_counter()
    answer = highs.solve_mip(given, seconds=0.3, start=start)
    assert time.perf_counter() - began < 1.5
    assert answer.ended is Ended.LIMIT
    assert answer.objective is not None
    assert answer.bound is not None
    assert answer.bound >= answer.objective


def test_a_stop_interrupts_and_incumbents_are_told() -> None:
    stop, seen = Event(), []

    def found(values: np.ndarray, objective: float, bound: float) -> None:
        seen.append(objective)
        assert len(values) == 60
        assert bound >= objective
        stop.set()

    began = time.perf_counter()
    answer = highs.solve_mip(hard(), seconds=30, stop=stop, on_incumbent=found)
    assert time.perf_counter() - began < 5
    assert answer.ended is Ended.LIMIT
    assert seen


def test_another_number_of_threads_is_no_empty_answer() -> None:
    for threads in (1, 2, 1):
        assert highs.solve_mip(KNAPSACK, seconds=5, threads=threads).objective == 9


def test_a_refused_model_or_option_is_an_error() -> None:
    broken = dataclasses.replace(KNAPSACK, column=np.array([0, 1, 9]))
    with pytest.raises(SolverFailed, match="model"):
        highs.solve_mip(broken, seconds=1)
    with pytest.raises(SolverFailed, match="option"):
        highs.solve_mip(KNAPSACK, seconds=1, options={"no_such_option": 1})
