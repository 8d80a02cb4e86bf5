"""Which workloads that must be served cannot be served together."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from capacity.kernel.columns import Columns
from capacity.kernel.model import PlanModel
from capacity.kernel.objectives import Array
from capacity.kernel.plan import Plan
from teamhub.kernel.budget import Deadline
from teamhub.kernel.highs import Ended, solve_lp, solve_mip

# Of what is left of the time, for one question.
QUESTION_SHARE, QUESTION_SECONDS = 0.25, 5.0


def model_of(columns: Columns, jobs: Sequence[int], *, required: bool) -> PlanModel:
    """A model of these workloads alone; it counts how many are served unless they have to be."""
    chosen = np.zeros(columns.n_jobs, dtype=bool)
    chosen[list(jobs)] = True
    mine = np.concatenate([chosen[columns.job], chosen[columns.batches], chosen[columns.cell_job]])
    keep = np.concatenate([mine, np.ones(columns.n_buys, dtype=bool)])
    return PlanModel(columns, keep, required=chosen, value=_counting(columns), at_most=not required)


def _counting(columns: Columns) -> Array:
    once = np.ones(columns.n_rectangles + len(columns.batches))
    return np.concatenate([once, np.zeros(columns.n_cells + columns.n_buys)])


def clash(columns: Columns, jobs: Sequence[int], deadline: Deadline) -> bool | None:
    """Whether these workloads cannot all be served; None where the time does not tell."""
    if not jobs:
        return False
    model = model_of(columns, jobs, required=True)
    seconds = min(QUESTION_SECONDS, max(0.05, QUESTION_SHARE * deadline.left))
    relaxed = solve_lp(model.model, method="simplex", seconds=seconds, stop=deadline.stop)
    if relaxed.ended is Ended.INFEASIBLE:
        return True
    answer = solve_mip(model.model, seconds=seconds, stop=deadline.stop)
    if answer.ended is Ended.INFEASIBLE:
        return True
    return False if answer.values is not None else None


def most_served(columns: Columns, jobs: Sequence[int], deadline: Deadline) -> tuple[Plan, bool]:
    """A plan that serves as many of these as were found to fit, and whether no plan serves more."""
    model = model_of(columns, jobs, required=False)
    answer = solve_mip(
        model.model,
        seconds=max(0.05, deadline.left / 2),
        stop=deadline.stop,
        absolute_gap=0.99,
    )
    plan = Plan(columns) if answer.values is None else model.plan_of(answer.values)
    return plan, answer.ended is Ended.OPTIMAL


def smallest_clash(jobs: Sequence[int], clashes: Callable[[Sequence[int]], bool]) -> list[int]:
    """A set of workloads that clash, of which no part does.

    Parameters
    ----------
    jobs
        They clash together. Those in front are kept rather than those at the end.
    clashes
        Whether a set clashes; a set that contains a clashing one does too.

    Notes
    -----
    O(k log(n / k)) questions for k of n. Source: QuickXplain, Junker, AAAI 2004.
    """
    return _explain([], list(jobs), clashes, known=False)


def _explain(
    background: list[int],
    jobs: list[int],
    clashes: Callable[[Sequence[int]], bool],
    *,
    known: bool,
) -> list[int]:
    if known and clashes(background):
        return []
    if len(jobs) == 1:
        return jobs
    half = len(jobs) // 2
    first, second = jobs[:half], jobs[half:]
    of_second = _explain([*background, *first], second, clashes, known=bool(first))
    of_first = _explain([*background, *of_second], first, clashes, known=bool(of_second))
    return of_first + of_second
