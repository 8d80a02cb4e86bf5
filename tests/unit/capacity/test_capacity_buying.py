"""Nodes to buy: where they pay, when, how many, and how few."""

from __future__ import annotations

import dataclasses
import itertools

import pytest

from capacity.kernel import buying
from capacity.kernel.columns import Columns
from capacity.kernel.rebuy import rebuy
from teamhub.kernel.outcome import Status
from tests.unit.capacity.capacity_cases import (
    best_objective,
    gang,
    offer,
    problem,
    solved,
    tiny,
)


@pytest.mark.parametrize("seed", [1, 4])
def test_what_is_bought_is_as_good_as_the_best_of_all_purchases(seed: int) -> None:
    given = tiny(seed, buy=True, musts=True)
    given = dataclasses.replace(given, workloads=given.workloads[:3])
    best = best_objective(given)
    outcome = solved(given)

    assert (outcome.objective is None) == (best is None)
    assert outcome.objective == pytest.approx(best, abs=1e-6, rel=1e-6)


def test_nodes_are_bought_when_they_pay_and_as_late_as_they_can_be() -> None:
    late = gang("late", 12, 2, value=100.0)
    outcome = solved(problem(late, purchases=(offer(),)))

    # One node in week 2 for 20 is enough for weeks 2 and 3.
    assert outcome.solution is not None
    assert outcome.solution.bought == ((0, 1),)
    assert outcome.objective == 80
    dear = dataclasses.replace(late, value=19.0)
    assert solved(problem(dear, purchases=(offer(),))).objective == 0


def test_no_more_nodes_are_bought_than_are_offered() -> None:
    huge = gang(devices=8 + 3 * 8, weeks=1, must_serve=True)
    assert solved(problem(huge, purchases=(offer(),))).status is Status.PROVEN
    larger = gang(devices=8 + 3 * 8 + 1, weeks=1, must_serve=True)
    assert solved(problem(larger, purchases=(offer(),))).core == ("train",)


def test_taking_work_out_and_placing_it_anew_needs_fewer_nodes() -> None:
    # The first fills the weeks that the second needs; it could as well run two weeks later.
    given = problem(
        gang("either", must_serve=True),
        gang("early", 8, end=2, must_serve=True),
        purchases=(offer(),),
    )
    columns = Columns(given)
    plan = buying.least_increment(columns, [0, 1])
    assert plan.choice[0] == 0
    assert float(columns.money @ plan.values()) == 40
    clock = itertools.count()
    better = rebuy(plan, seconds=50.0, elapsed=lambda: float(next(clock)), seed=0)

    assert float(columns.money @ better.values()) == 0
    assert better.fits
    assert better.serves_all_musts
