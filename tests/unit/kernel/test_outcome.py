"""Do outcomes, budgets and deadlines refuse nonsense and count right?"""

from __future__ import annotations

from threading import Event

import pytest

from teamhub.kernel.budget import Budget, Deadline, Silence
from teamhub.kernel.outcome import Outcome, Status


def outcome(**changes: object) -> Outcome[str]:
    values: dict = {"status": Status.FEASIBLE, "solution": "plan", "objective": 200.0}
    values |= {"bound": 210.0, "runtime_s": 1.0, "seed": 1, "method": "greedy"}
    return Outcome(**(values | changes))


def test_the_gap_is_relative_to_the_objective() -> None:
    assert outcome().gap == pytest.approx(0.05)
    assert outcome(objective=0.0, bound=0.5).gap == pytest.approx(0.5)
    assert outcome(bound=None).gap is None


@pytest.mark.parametrize(
    "changes",
    [
        {"solution": None, "objective": None},
        {"status": Status.INFEASIBLE},
        {"status": Status.STOPPED, "solution": None},
    ],
)
def test_an_outcome_that_contradicts_itself_is_refused(changes: dict) -> None:
    with pytest.raises(ValueError, match="outcome"):
        outcome(**changes)


def test_nothing_found_needs_no_solution() -> None:
    empty = {"solution": None, "objective": None, "bound": None}
    assert outcome(status=Status.INFEASIBLE, core=("a",), **empty).gap is None
    assert outcome(status=Status.STOPPED, **empty).gap is None


@pytest.mark.parametrize("values", [(0.0, 1), (-1.0, 1), (1.0, 0), (float("nan"), 1)])
def test_a_budget_needs_time_and_a_thread(values: tuple[float, int]) -> None:
    with pytest.raises(ValueError, match="budget"):
        Budget(*values)


def test_a_deadline_is_over_when_the_time_is_up_or_somebody_stops() -> None:
    assert Deadline(Budget(1e-9)).over
    stop = Event()
    deadline = Deadline(Budget(100.0), stop)
    assert 99 < deadline.left <= 100
    stop.set()
    assert deadline.over


def test_silence_listens_to_everything() -> None:
    Silence()("greedy", 0.5)
    Silence().incumbent(seconds=1.0, objective=2.0, bound=None)
    Silence().best({})
