"""Objectives of a plan, and what cannot be computed."""

from __future__ import annotations

from typing import Any

import pytest

from capacity import bridge
from capacity.models import Allocation, CapacityPlan, Workload
from capacity.services import plans
from teamhub.errors import Conflict, InvalidInput
from tests import builders
from tests.cast import Cast
from tests.integration.capacity.plan_scene import Estate, given, solve, week

pytestmark = pytest.mark.django_db


@pytest.fixture
def estate(cast: Cast) -> Estate:
    return Estate(cast.plan)


def in_force() -> set[str]:
    rows = Allocation.objects.in_force().select_related("workload")
    return {row.workload.key for row in rows}


def why(refusal: Conflict) -> set[str]:
    return {clash["rule"] for one in refusal.details["refused"] for clash in one["clashes"]}


def test_rows_whose_weeks_have_passed_are_refused(estate: Estate) -> None:
    estate.ask("a", start_on=week(-12), end_on=week(-10))
    plan = estate.plan(start_on=week(-12))

    with pytest.raises(Conflict) as refusal:
        plans.adopt(plan, by=estate.planner)
    assert why(refusal.value) == {"past"}


def test_a_refused_workload_keeps_what_it_has_and_who_needed_it_is_refused_too(
    estate: Estate,
) -> None:
    """a moves away from near, b takes its place; a cannot move any more, so b cannot come."""
    estate.ask("a", end_on=week(2), pools=[estate.near], devices=16)
    first = estate.plan()
    plans.adopt(first, by=estate.planner)
    third = estate.make_pool("third", node_count=2, rate_per_device_hour="0.1")
    Workload.objects.get(key="a").pools.set([third, estate.near])
    estate.ask("b", end_on=week(2), pools=[estate.near], devices=16)
    later = estate.plan()
    assert {row[:2] for row in given(later)} == {("a", "third"), ("b", "near")}
    builders.make_maintenance(third, start_on=week(), end_on=week(2), nodes_out=1)

    with pytest.raises(Conflict) as refusal:
        plans.adopt(later, by=estate.planner)

    assert {one["workload"] for one in refusal.value.details["refused"]} == {"a", "b"}
    assert {(row.workload.key, row.pool.key) for row in Allocation.objects.in_force()} == {
        ("a", "near")
    }


def test_what_must_be_served_takes_what_is_left_first(estate: Estate) -> None:
    estate.ask("optional", end_on=week(2), pools=[estate.near], value=900_000)
    estate.ask("must", end_on=week(2), pools=[estate.near], value=1, must_serve=True)
    plan = estate.plan()
    builders.make_maintenance(estate.near, start_on=week(), end_on=week(2), nodes_out=1)

    plans.adopt(plan, by=estate.planner)

    assert in_force() == {"must"}


def test_a_plan_that_is_not_computed_cannot_be_adopted(estate: Estate) -> None:
    estate.ask("a")
    plan = estate.submit()

    with pytest.raises(Conflict) as refusal:
        plans.adopt(plan, by=estate.planner)
    assert refusal.value.code == "not_ready"


def test_rows_of_another_plan_are_refused(estate: Estate) -> None:
    estate.ask("a")
    one, other = estate.plan(), estate.plan()

    with pytest.raises(Conflict) as refusal:
        plans.adopt(one, by=estate.planner, rows=[other.allocations.get().pk])
    assert refusal.value.code == "rows_not_open"


# --- asking ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"objective": "profit"}, "no objective “profit”"),
        ({"n_weeks": 0}, "1 to 260 weeks"),
        ({"n_weeks": 261}, "1 to 260 weeks"),
        ({"seconds": 0}, "time limit"),
        ({"seconds": 100_000}, "time limit"),
        ({"seed": -1}, "seed"),
        ({"seed": 2**31}, "seed"),
        ({"start_on": week().replace(year=2300)}, "too far"),
    ],
)
def test_what_cannot_be_computed_is_refused_before_it_is_queued(
    estate: Estate, fields: dict[str, Any], words: str
) -> None:
    with pytest.raises(InvalidInput, match=words):
        estate.submit(**fields)
    assert not CapacityPlan.objects.exists()


def test_a_plan_starts_on_a_monday(estate: Estate) -> None:
    with pytest.raises(InvalidInput, match="not a Monday"):
        estate.submit(start_on=week().replace(day=week().day) + (week(1) - week()) / 7)


# --- the other objectives -------------------------------------------------------------------------


def scarce(estate: Estate) -> None:
    """Work for 30 of 24 devices in two weeks, of unlike value; something must be served."""
    estate.ask("must", end_on=week(2), must_serve=True, value=40_000, devices=8)
    estate.ask("large", end_on=week(2), value=200_000, devices=16, pools=[estate.near])
    for index in range(3):
        estate.ask(f"small-{index}", end_on=week(2), value=30_000, devices=4)
    estate.ask("dear", end_on=week(2), value=100, devices=2)


def test_each_objective_is_at_least_as_good_under_its_own_measure(estate: Estate) -> None:
    scarce(estate)
    first = estate.plan("net_value")

    for other in plans.compute_others(first, by=estate.planner):
        solve(other)

    by: dict[str, Any] = {plan.objective: plan for plan in CapacityPlan.objects.all()}
    assert {plan.outcome for plan in by.values()} == {"proven"}
    for plan in by.values():
        assert by["net_value"].net_value >= plan.net_value
        assert by["weighted_cost"].weighted_cost <= plan.weighted_cost
        assert by["efficiency"].efficiency >= plan.efficiency
    # The three differ here: otherwise this would show nothing.
    served = {name: frozenset(row[0] for row in given(plan)) for name, plan in by.items()}
    assert served["weighted_cost"] == {"must"}
    assert len(set(served.values())) == 3
    assert len({plan.rows_sha256 for plan in by.values()}) == 1
    assert len({plan.as_of for plan in by.values()}) == 1


def test_the_others_are_computed_on_the_rows_of_the_first_plan(estate: Estate) -> None:
    scarce(estate)
    first = estate.plan("efficiency")
    Workload.objects.filter(key="must").update(value=9_000_000)

    others = plans.compute_others(first, by=estate.planner)
    solve(others[0])

    assert {one.objective for one in others} == {"net_value", "weighted_cost"}
    assert others[0].rows_sha256 == first.rows_sha256
    with pytest.raises(Conflict) as refusal:
        plans.compute_others(first, by=estate.planner)
    assert refusal.value.code == "nothing_open"


def test_without_the_stored_rows_the_others_cannot_be_computed(estate: Estate) -> None:
    estate.ask("a")
    plan = estate.plan()
    CapacityPlan.objects.filter(pk=plan.pk).update(input_file="0" * 64)
    plan.refresh_from_db()

    with pytest.raises(Conflict) as refusal:
        plans.compute_others(plan, by=estate.planner)
    assert refusal.value.code == "input_missing"


def test_a_worker_without_the_stored_rows_does_not_read_others_instead(estate: Estate) -> None:
    estate.ask("a")
    (other, _third) = plans.compute_others(estate.plan(), by=estate.planner)

    with pytest.raises(InvalidInput, match="not stored") as refusal:
        bridge.load_plan(other)
    assert refusal.value.code == "input_missing"
