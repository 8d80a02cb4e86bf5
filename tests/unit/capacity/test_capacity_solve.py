"""Is the plan the best one, does it keep the rules, and does it move the right way?"""

from __future__ import annotations

import dataclasses
import itertools
import random
from threading import Event
from typing import Any

import numpy as np
import pytest

from benchmarks import capacity_instances as instances
from capacity.kernel import objectives, verify
from capacity.kernel.conflict import smallest_clash
from capacity.kernel.objectives import Objective
from capacity.kernel.problem import CapacityProblem, Need, Pool, Shape, Workload
from capacity.kernel.solve import solve
from teamhub.kernel.budget import Budget
from teamhub.kernel.highs import SolverFailed
from teamhub.kernel.outcome import Status
from tests.unit.capacity.capacity_cases import (
    Notes,
    batch,
    best_objective,
    gang,
    problem,
    served,
    service,
    solved,
    tiny,
    with_objective,
)

# --- the published example ------------------------------------------------------------------------

# J. Burkardt, KNAPSACK_01 data sets, P02: five items, capacity 26, best profit 51. A dear and a
# cheap pool make the three objectives differ.
AMOUNTS, RETURNS, RESOURCE = (12, 7, 11, 8, 9), (24, 13, 23, 15, 16), 26


def knapsack(objective: Objective, musts: tuple[int, ...] = ()) -> CapacityProblem:
    workloads = tuple(
        Workload(
            f"item{i}",
            Shape.SERVICE,
            (Need(0, amount, cost=1.0),),
            0,
            1,
            value=float(returned),
            must_serve=i in musts,
        )
        for i, (amount, returned) in enumerate(zip(AMOUNTS, RETURNS, strict=True))
    )
    return CapacityProblem(np.array([[RESOURCE]]), (Pool("all"),), workloads, objective=objective)


def subsets() -> list[tuple[int, ...]]:
    every = [c for n in range(6) for c in itertools.combinations(range(5), n)]
    return [chosen for chosen in every if sum(AMOUNTS[i] for i in chosen) <= RESOURCE]


def test_the_weights_of_the_published_example_are_the_literal_ones() -> None:
    weights = objectives.weights(knapsack(Objective.WEIGHTED_COST))

    assert weights.tolist() == [24 / 26, 13 / 26, 23 / 26, 15 / 26, 16 / 26]


def test_net_value_of_the_published_example_is_its_best_knapsack() -> None:
    # Running costs 1 a device: the published profit 51 less the 26 devices that it fills.
    best = max(sum(RETURNS[i] - AMOUNTS[i] for i in chosen) for chosen in subsets())
    outcome = solved(knapsack(Objective.NET_VALUE))

    assert outcome.objective == best == 51 - 26
    assert served(outcome) == [False, True, True, True, False]


def test_efficiency_of_the_published_example_equals_brute_force() -> None:
    best = max(sum(RETURNS[i] / AMOUNTS[i] for i in chosen) for chosen in subsets())

    assert solved(knapsack(Objective.EFFICIENCY)).objective == pytest.approx(best)


@pytest.mark.parametrize("musts", [(), (0,), (1, 3), (2, 4)])
def test_weighted_cost_of_the_published_example_equals_brute_force(musts: tuple[int, ...]) -> None:
    allowed = [chosen for chosen in subsets() if set(musts) <= set(chosen)]
    best = min(sum(RETURNS[i] / RESOURCE * AMOUNTS[i] for i in chosen) for chosen in allowed)
    outcome = solved(knapsack(Objective.WEIGHTED_COST, musts))

    assert outcome.objective == pytest.approx(best)
    assert [i for i, runs in enumerate(served(outcome)) if runs] == list(musts)


# --- oracle ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("objective", Objective)
@pytest.mark.parametrize("seed", range(4))
def test_the_plan_is_as_good_as_the_best_of_all_plans(seed: int, objective: Objective) -> None:
    given = tiny(seed, objective=objective, musts=seed % 2 == 0)
    best = best_objective(given)
    outcome = solved(given)
    if best is None:
        assert outcome.status is Status.INFEASIBLE
        assert outcome.core
        return
    assert outcome.status is Status.PROVEN
    assert outcome.objective == pytest.approx(best, abs=1e-6, rel=1e-6)
    assert outcome.bound == outcome.objective


# --- invariants -----------------------------------------------------------------------------------


@pytest.mark.parametrize("objective", Objective)
def test_a_plan_keeps_every_rule_and_its_bound_holds(objective: Objective) -> None:
    given = instances.problem_of(instances.generate(120, 5))
    musts = {w.key for w in given.workloads if w.shape is Shape.BATCH and w.value > 0}
    some = sorted(musts)[:5]
    workloads = tuple(dataclasses.replace(w, must_serve=w.key in some) for w in given.workloads)
    given = dataclasses.replace(given, workloads=workloads, objective=objective)
    notes = Notes()
    outcome = solve(given, budget=Budget(0.3), report=notes)
    if outcome.solution is None:
        assert outcome.core
        return
    assert verify.verify(given, outcome.solution) == []
    assert outcome.objective == verify.objective(given, outcome.solution)
    assert outcome.bound is not None
    assert (outcome.bound - outcome.objective) * objective.sign >= 0
    told = [objective_ * objective.sign for _s, objective_, _b in notes.points if objective_]
    assert told == sorted(told)


@pytest.mark.parametrize("seed", range(2))
def test_each_objective_is_best_under_its_own_measure(seed: int) -> None:
    given = tiny(seed + 20)
    given = dataclasses.replace(
        given,
        workloads=tuple(
            dataclasses.replace(w, must_serve=j == 0) for j, w in enumerate(given.workloads)
        ),
    )
    plans = {}
    for objective in Objective:
        outcome = solved(with_objective(given, objective))
        if outcome.solution is not None:
            plans[objective] = verify.measures(given, outcome.solution)
    for own, measures in plans.items():
        for other in plans.values():
            assert (measures.of(own) - other.of(own)) * own.sign >= -1e-6


# --- relations ------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(2))
def test_the_order_of_workloads_and_pools_does_not_matter(seed: int) -> None:
    given, rng = tiny(seed + 40), random.Random(seed)
    order = rng.sample(given.workloads, len(given.workloads))
    flipped = tuple(
        dataclasses.replace(
            w, needs=tuple(dataclasses.replace(n, pool=1 - n.pool) for n in w.needs)
        )
        for w in order
    )
    shuffled = dataclasses.replace(
        given, workloads=flipped, pools=given.pools[::-1], capacity=given.capacity[:, ::-1]
    )

    assert solved(shuffled).objective == pytest.approx(solved(given).objective)


@pytest.mark.parametrize("seed", range(2))
def test_doubling_money_doubles_net_value(seed: int) -> None:
    given = tiny(seed + 60)
    twice = tuple(
        dataclasses.replace(
            w,
            value=2 * w.value,
            needs=tuple(dataclasses.replace(n, cost=2 * n.cost) for n in w.needs),
        )
        for w in given.workloads
    )
    once = solved(given).objective
    assert once is not None

    assert solved(dataclasses.replace(given, workloads=twice)).objective == pytest.approx(2 * once)


@pytest.mark.parametrize("seed", range(2))
def test_more_devices_never_hurt(seed: int) -> None:
    given = tiny(seed + 80)
    before = solved(given).objective
    after = solved(dataclasses.replace(given, capacity=given.capacity + 2)).objective
    assert before is not None
    assert after is not None

    assert after >= before - 1e-6


def test_equal_seeds_give_equal_plans() -> None:
    first, second = (solved(tiny(3), seed=7) for _ in range(2))

    assert first.solution == second.solution


# --- edges ----------------------------------------------------------------------------------------


def test_without_workloads_there_is_an_empty_plan() -> None:
    outcome = solved(problem())

    assert (outcome.status, outcome.objective) == (Status.PROVEN, 0)


def test_without_pools_and_weeks_there_is_an_empty_plan() -> None:
    outcome = solved(CapacityProblem(np.zeros((0, 0)), (), ()))

    assert outcome.status is Status.PROVEN


def test_a_workload_that_no_pool_can_run_is_left_out() -> None:
    assert served(solved(problem(gang(needs=())))) == [False]


def test_work_that_costs_more_than_it_returns_is_left_out() -> None:
    # 4 devices for 2 weeks at 20 cost 160 for a value of 100.
    assert served(solved(problem(gang(cost=20.0)))) == [False]
    assert served(solved(problem(gang(cost=20.0, must_serve=True)))) == [True]


def test_every_must_that_fits_nowhere_is_named_at_once() -> None:
    outcome = solved(
        problem(gang("a", 9, must_serve=True), gang("b"), service("c", 10, must_serve=True))
    )

    assert (outcome.status, outcome.core) == (Status.INFEASIBLE, ("a", "c"))


def test_musts_that_clash_are_named_and_others_are_not() -> None:
    # 5 devices for 3 of 4 weeks each: two of them cannot share 8 devices, a third is small.
    musts = (
        gang("a", 5, 3, must_serve=True),
        gang("b", 5, 3, must_serve=True, value=10.0),
        gang("c", 2, 1, must_serve=True),
    )
    outcome = solved(problem(*musts))

    assert outcome.status is Status.INFEASIBLE
    assert set(outcome.core) == {"a", "b"}
    assert outcome.gives_way == ("b",)


def test_a_smallest_clash_has_no_part_that_clashes() -> None:
    culprits = {3, 11, 12}
    asked: list[int] = []

    def clashes(jobs: object) -> bool:
        asked.append(1)
        return culprits <= set(jobs)  # type: ignore[call-overload]

    assert set(smallest_clash(list(range(20)), clashes)) == culprits
    assert len(asked) < 20 * 2


def test_a_batch_is_done_whole_or_not_at_all() -> None:
    # 8 devices for 4 weeks hold 32 device-weeks, a service takes 28 of them.
    dear = service(devices=7, value=500.0)

    assert served(solved(problem(dear, batch(volume=4.0)))) == [True, True]
    assert served(solved(problem(dear, batch(volume=4.1)))) == [True, False]


def test_a_batch_may_share_its_work_between_pools() -> None:
    needs = (Need(0, 8, volume=16.0), Need(1, 8, volume=8.0))
    # Half of it fits on each pool in its one week.
    work = batch(needs=needs, start=0, end=1)
    capacity = np.array([[8, 4], [0, 0], [0, 0], [0, 0]])

    assert served(solved(problem(work, pools=2, capacity=capacity))) == [True]
    assert served(
        solved(problem(work, pools=2, capacity=capacity - [[1, 0], [0, 0], [0, 0], [0, 0]]))
    ) == [False]


def test_a_gang_takes_the_week_that_is_free() -> None:
    capacity = np.array([[3], [4], [4], [3]])
    solution = solved(problem(gang(), capacity=capacity)).solution
    assert solution is not None

    assert [(a.start, a.end) for a in solution.allocations[0]] == [(1, 3)]


def test_ties_are_broken_by_money() -> None:
    # Efficiency does not see what running costs.
    needs = (Need(0, 4, weeks=1, cost=9.0), Need(1, 4, weeks=1, cost=2.0))
    given = problem(gang(needs=needs), pools=2, objective=Objective.EFFICIENCY)
    solution = solved(given).solution
    assert solution is not None

    assert solution.allocations[0][0].pool == 1


def test_ties_that_cannot_be_broken_leave_the_plan_that_is_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # With figures far apart HiGHS may refuse the model of the tie alone.
    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise SolverFailed("HiGHS refused the model.")

    needs = (Need(0, 4, weeks=1, cost=9.0), Need(1, 4, weeks=1, cost=2.0))
    given = problem(gang(needs=needs), pools=2, objective=Objective.EFFICIENCY)
    monkeypatch.setattr("capacity.kernel.solve._Solve._branch", lambda *_: None)
    monkeypatch.setattr("capacity.kernel.solve.solve_mip", refuse)

    outcome = solved(given)
    assert outcome.solution is not None
    assert verify.verify(given, outcome.solution) == []


def test_a_stop_returns_the_best_so_far() -> None:
    given, stop = instances.problem_of(instances.generate(200, 1)), Event()
    outcome = solve(given, budget=Budget(30.0), report=Notes(stop), stop=stop)

    assert outcome.status is Status.STOPPED
    assert outcome.solution is not None
    assert verify.verify(given, outcome.solution) == []


def test_a_plan_that_is_worth_as_much_elsewhere_stays_where_it_is() -> None:
    first = solved(problem(gang("a"), gang("b")))
    assert first.solution is not None
    again = problem(gang("b2"), gang("a"), gang("b"))
    kept = ((), *first.solution.allocations)
    start = dataclasses.replace(first.solution, allocations=kept)
    near = dataclasses.replace(again, start=start, move_cost=1.0)
    outcome = solved(near)
    assert outcome.solution is not None

    assert verify.moves(near, outcome.solution) == []


def test_moving_costs_what_it_costs() -> None:
    elsewhere = problem(gang(start=0, end=2))
    given = solved(problem(gang(start=2, end=4))).solution
    near = dataclasses.replace(elsewhere, start=given, move_cost=30.0)

    assert solved(near).objective == 100 - 30
