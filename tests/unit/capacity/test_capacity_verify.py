"""Does the verifier see every rule that a plan can break, each alone?"""

from __future__ import annotations

from typing import Any

import pytest

from capacity.kernel import verify
from capacity.kernel.problem import (
    Allocation,
    CapacitySolution,
    InvalidProblem,
    Need,
    Pool,
    Rule,
    Workload,
)
from tests.unit.capacity.capacity_cases import batch, gang, offer, problem, service


def broken(given: Any, *allocations: tuple[Allocation, ...], bought: Any = ()) -> set[Rule]:
    return {v.rule for v in verify.verify(given, CapacitySolution(allocations, bought))}


def test_a_good_plan_breaks_nothing() -> None:
    given = problem(gang(), service(), batch())
    plan = (
        (Allocation(0, 1, 3, 4),),
        (Allocation(0, 0, 4, 2),),
        (Allocation(0, 0, 3, 2.0),),
    )

    assert broken(given, *plan) == set()


@pytest.mark.parametrize(
    ("allocations", "rule"),
    [
        ((), Rule.MUST_SERVE),
        ((Allocation(1, 0, 2, 4),), Rule.POOL),
        ((Allocation(0, 3, 5, 4),), Rule.WINDOW),
        ((Allocation(0, 0, 2, 3),), Rule.SHAPE),
        ((Allocation(0, 0, 3, 4),), Rule.SHAPE),
        ((Allocation(0, 0, 2, 4), Allocation(0, 2, 4, 4)), Rule.SHAPE),
    ],
)
def test_a_gang_out_of_place_is_seen(allocations: tuple[Allocation, ...], rule: Rule) -> None:
    assert rule in broken(problem(gang(must_serve=True), pools=2), allocations)


@pytest.mark.parametrize(
    ("allocations", "rule"),
    [
        ((Allocation(0, 0, 2, 2.0),), Rule.VOLUME),
        ((Allocation(0, 0, 4, 2.0),), Rule.VOLUME),
        ((Allocation(0, 0, 1, 5.0), Allocation(0, 1, 2, 1.0)), Rule.SHAPE),
        ((Allocation(0, 0, 4, 2.0), Allocation(0, 0, 2, -1.0)), Rule.SHAPE),
    ],
)
def test_a_batch_done_wrong_is_seen(allocations: tuple[Allocation, ...], rule: Rule) -> None:
    assert rule in broken(problem(batch()), allocations)


def test_a_full_week_is_seen() -> None:
    given = problem(service("a", 5), service("b", 4))
    plan = tuple((Allocation(0, 0, 4, devices),) for devices in (5, 4))

    assert broken(given, *plan) == {Rule.CAPACITY}


def test_nodes_carry_only_from_when_they_land() -> None:
    given = problem(gang(devices=12), purchases=(offer(),))

    assert broken(given, (Allocation(0, 2, 4, 12),), bought=((0, 1),)) == set()
    assert broken(given, (Allocation(0, 1, 3, 12),), bought=((0, 1),)) == {Rule.CAPACITY}


@pytest.mark.parametrize("bought", [((2, 2),), ((-1, 0),), ((0.5, 0),), ((1,),), ()])
def test_nodes_that_are_not_on_offer_are_seen(bought: Any) -> None:
    assert Rule.PURCHASE in broken(problem(gang(), purchases=(offer(),)), (), bought=bought)


def test_all_three_measures_are_what_the_formulas_say() -> None:
    # 8 devices over 4 weeks: C = 32. The gang costs 4 x 2 x 3 = 24 and needs 8, the batch is out.
    given = problem(gang(cost=3.0), batch(), purchases=(offer(),))
    plan = CapacitySolution(((Allocation(0, 0, 2, 4),), ()), ((0, 1),))
    measures = verify.measures(given, plan)

    assert measures.net_value == 100 - 24 - 20
    # p = 100/32 and 60/32; the node weighs their mean.
    assert measures.weighted_cost == pytest.approx(100 / 32 * 24 + (160 / 32 / 2) * 20)
    # r/c = 100/8; the node returns -20 for its 16 device-weeks.
    assert measures.efficiency == pytest.approx(100 / 8 - 20 / 16)


@pytest.mark.parametrize(
    ("make", "complaint"),
    [
        (lambda: problem(gang(end=9)), "workload train: ends in week 9"),
        (lambda: problem(gang(needs=(Need(3, 1, weeks=1),))), "workload train: no pool 3"),
        (lambda: problem(gang(), gang()), "workload train: the key appears 2 times"),
        (lambda: gang(start=2, end=2), "are not a range"),
        (lambda: gang(devices=0), "0 devices are below 1"),
        (lambda: gang(weeks=0), "0 weeks are below 1"),
        (lambda: batch(volume=0.0), "a volume of 0.0"),
        (lambda: gang(value=float("nan")), "value nan is no amount"),
        (lambda: gang(cost=-1.0), "cost -1.0 is no amount"),
        (lambda: problem(capacity=[[1.5]]), "capacity: devices must be whole"),
        (lambda: problem(capacity=[[-1]]), "capacity: a week below 0"),
        (lambda: problem(capacity=[[1, 2]]), "capacity: needs one column a pool"),
        (lambda: problem(purchases=(offer(landing=(9, 2)),)), "purchase nodes: lands in week"),
        (lambda: offer(cost=(1.0,)), "one cost per landing week"),
        (lambda: Pool("x", node_devices=0), "node_devices 0 is below 1"),
        (lambda: problem(gang(needs=(Need(0, 1, 1), Need(0, 2, 1)))), "pool 0 appears 2 times"),
    ],
)
def test_a_contradiction_is_refused_by_name(make: Any, complaint: str) -> None:
    with pytest.raises(InvalidProblem, match=complaint):
        make()


def test_capacity_cannot_be_changed_afterwards() -> None:
    given = problem(gang())
    with pytest.raises(ValueError, match="read-only"):
        given.capacity[0, 0] = 1


def test_least_device_weeks_are_those_of_the_best_pool() -> None:
    two: Workload = gang(needs=(Need(0, 4, weeks=3), Need(1, 2, weeks=2)))

    assert two.least_device_weeks == 4
