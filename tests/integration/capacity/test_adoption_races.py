"""Two planners at the same moment: devices are given once, and the last adoption counts whole."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from capacity.models import Allocation, CapacityPlan, Workload
from capacity.services import allocations, plans
from teamhub import weeks
from teamhub.errors import TeamHubError
from tests.cast import make_cast
from tests.integration.capacity.plan_scene import Estate, week
from tests.races import at_once

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db(transaction=True)]
ROUNDS = 4


@pytest.fixture
def estate(transactional_db: None) -> Estate:
    return Estate(make_cast().plan)


def most_held(estate: Estate) -> dict[str, Decimal]:
    """The most devices that rows in force hold of each pool in a week."""
    held: dict[tuple[str, Any], Decimal] = defaultdict(Decimal)
    for row in Allocation.objects.in_force().select_related("pool"):
        for monday in weeks.each_week(row.start_on, row.end_on):
            held[row.pool.key, monday] += row.devices
    most: dict[str, Decimal] = defaultdict(Decimal)
    for (pool, _monday), devices in held.items():
        most[pool] = max(most[pool], devices)
    return most


def test_two_plans_adopted_at_once_leave_the_rows_of_one(estate: Estate) -> None:
    """Both give all devices of near; each alone fits, together they would hold them twice."""
    for key in "ab":
        estate.ask(key, end_on=week(2), pools=[estate.near])
    for _ in range(ROUNDS):
        rivals = [estate.plan(), estate.plan()]

        results = at_once(*(partial(plans.adopt, plan, by=estate.planner) for plan in rivals))

        assert [type(result).__name__ for result in results] == ["Adoption", "Adoption"]
        counting = {row.plan_id for row in Allocation.objects.in_force()}
        assert len(counting) == 1
        assert counting <= {plan.pk for plan in rivals}
        assert most_held(estate) == {"near": 16}


def test_one_plan_adopted_by_two_is_adopted_once(estate: Estate) -> None:
    for key in "ab":
        estate.ask(key)
    plan = estate.plan()

    results = at_once(*(lambda: plans.adopt(plan, by=estate.planner) for _ in range(3)))

    errors = [result for result in results if isinstance(result, TeamHubError)]
    assert [error.code for error in errors] == ["nothing_open", "nothing_open"]
    assert set(plan.allocations.values_list("version", flat=True)) == {2}


def test_an_edit_by_hand_and_an_adoption_do_not_give_the_same_devices(estate: Estate) -> None:
    """By hand a rule needs a reason; without one, whoever comes second is refused."""
    for index in range(ROUNDS):
        estate.ask(f"mine-{index}", end_on=week(2), devices=16, pools=[estate.near])
        plan = estate.plan()
        other = estate.ask(f"other-{index}", end_on=week(2), devices=16, pools=[estate.near])

        def give(workload: Workload = other) -> Allocation:
            return allocations.create_allocation(
                workload=workload,
                pool=estate.near,
                start_on=week(),
                end_on=week(2),
                devices=Decimal(16),
                state="locked",
                by=estate.planner,
            )

        results = at_once(partial(plans.adopt, plan, by=estate.planner), give)

        errors = [result for result in results if isinstance(result, TeamHubError)]
        assert [error.code for error in errors] in (["nothing_adopted"], ["needs_reason"])
        assert most_held(estate) == {"near": 16}
        Allocation.objects.all().delete()
        Workload.objects.update(status="done")


def test_the_others_asked_for_twice_at_once_are_queued_once_each(estate: Estate) -> None:
    estate.ask("a")
    plan = estate.plan()

    at_once(*(lambda: plans.compute_others(plan, by=estate.planner) for _ in range(2)))

    waiting = CapacityPlan.objects.active().values_list("objective", flat=True)
    assert sorted(waiting) == ["efficiency", "weighted_cost"]
