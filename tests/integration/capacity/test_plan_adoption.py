"""A planner adopts: what counts then, what gives way, what is refused."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from capacity.models import Allocation, Workload
from capacity.services import allocations, plans
from teamhub.audit.models import AuditEvent
from teamhub.errors import Conflict, NotAllowed
from tests import builders
from tests.cast import Cast
from tests.integration.capacity.plan_scene import Estate, given, week

pytestmark = pytest.mark.django_db


@pytest.fixture
def estate(cast: Cast) -> Estate:
    return Estate(cast.plan)


def in_force() -> set[str]:
    rows = Allocation.objects.in_force().select_related("workload")
    return {row.workload.key for row in rows}


def why(refusal: Conflict) -> set[str]:
    return {clash["rule"] for one in refusal.details["refused"] for clash in one["clashes"]}


def test_adopted_rows_count_and_the_plan_says_who_adopted_it(estate: Estate) -> None:
    for key in "ab":
        estate.ask(key)
    plan = estate.plan()
    assert in_force() == set()

    done = plans.adopt(plan, by=estate.planner, reason="As agreed.")

    assert in_force() == {"a", "b"}
    plan.refresh_from_db()
    assert (plan.adopted_by, plan.is_adopted) == (estate.planner, True)
    event: Any = AuditEvent.objects.get(verb="plan.adopt")
    assert sorted(event.after["adopted"]) == sorted(row.pk for row in done.adopted)
    assert event.reason == "As agreed."


def test_rows_can_be_adopted_one_by_one(estate: Estate) -> None:
    for key in "ab":
        estate.ask(key)
    plan = estate.plan()
    first = plan.allocations.get(workload__key="a")

    plans.adopt(plan, by=estate.planner, rows=[first.pk])
    assert in_force() == {"a"}
    with pytest.raises(Conflict) as refusal:
        plans.adopt(plan, by=estate.planner, rows=[first.pk])
    assert refusal.value.code == "rows_not_open"
    plans.adopt(plan, by=estate.planner)
    assert in_force() == {"a", "b"}
    with pytest.raises(Conflict) as refusal:
        plans.adopt(plan, by=estate.planner)
    assert refusal.value.code == "nothing_open"


@pytest.mark.parametrize("who", ["ada", "bo", "cy", "vi", "boss", "api"])
def test_only_planners_and_administrators_submit_and_adopt(
    estate: Estate, cast: Cast, who: str
) -> None:
    estate.ask("a")
    plan = estate.plan()
    user = getattr(cast, who)

    with pytest.raises(NotAllowed):
        plans.submit_plan(by=user)
    with pytest.raises(NotAllowed):
        plans.adopt(plan, by=user)
    with pytest.raises(NotAllowed):
        plans.compute_others(plan, by=user)
    assert plans.adopt(plan, by=cast.admin).adopted


def test_a_later_plan_replaces_what_an_earlier_one_gave(estate: Estate) -> None:
    estate.ask("a")
    plans.adopt(estate.plan(), by=estate.planner)
    later = estate.plan()

    done = plans.adopt(later, by=estate.planner)

    assert [row.plan for row in Allocation.objects.in_force()] == [later]
    assert (done.n_replaced, done.n_removed) == (1, 0)


def test_what_is_planned_for_cancelled_work_gives_way(estate: Estate) -> None:
    estate.ask("a", end_on=week(2), pools=[estate.far])
    plans.adopt(estate.plan(), by=estate.planner)
    Workload.objects.filter(key="a").update(status="cancelled")
    estate.ask("b", end_on=week(2), pools=[estate.far])

    plans.adopt(estate.plan(), by=estate.planner)

    assert in_force() == {"b"}


def test_what_is_planned_for_work_that_the_plan_does_not_know_stays(estate: Estate) -> None:
    """Given by hand outside its window, which lies after the plan."""
    later = estate.ask("later", start_on=week(20), end_on=week(24))
    builders.make_allocation(later, estate.far, start_on=week(), end_on=week(4), devices=8)
    estate.ask("a", pools=[estate.near, estate.far])
    plan = estate.plan()
    assert {row[1] for row in given(plan)} == {"near"}

    plans.adopt(plan, by=estate.planner)

    assert in_force() == {"a", "later"}


def test_adopting_whole_takes_from_what_the_plan_left_out(estate: Estate) -> None:
    estate.ask("a", end_on=week(2), devices=16, pools=[estate.near], value=100_000)
    earlier = estate.plan()
    plans.adopt(earlier, by=estate.planner)
    estate.ask("dear", end_on=week(2), devices=16, pools=[estate.near], value=900_000)
    later = estate.plan()
    assert {row[0] for row in given(later)} == {"dear"}

    plans.adopt(later, by=estate.planner)

    assert in_force() == {"dear"}


def test_adopting_rows_takes_only_from_their_own_workloads(estate: Estate) -> None:
    estate.ask("a", end_on=week(2), devices=16, pools=[estate.near], value=100_000)
    plans.adopt(estate.plan(), by=estate.planner)
    estate.ask("dear", end_on=week(2), devices=16, pools=[estate.near], value=900_000)
    later = estate.plan()

    with pytest.raises(Conflict, match="None of these rows") as refusal:
        plans.adopt(later, by=estate.planner, rows=[later.allocations.get().pk])
    assert why(refusal.value) == {"capacity"}
    assert in_force() == {"a"}


def test_planned_rows_by_hand_give_way_and_the_audit_keeps_them(estate: Estate) -> None:
    workload = estate.ask("a")
    allocations.create_allocation(
        workload=workload,
        pool=estate.near,
        start_on=week(2),
        end_on=week(4),
        devices=Decimal(8),
        by=estate.planner,
    )
    plan = estate.plan()

    done = plans.adopt(plan, by=estate.planner)

    assert done.n_removed == 1
    assert [row.plan for row in Allocation.objects.in_force()] == [plan]
    event: Any = AuditEvent.objects.get(verb="plan.adopt")
    removed = event.before["removed"]
    assert [(one["workload"], one["pool"], one["devices"]) for one in removed] == [
        ("a", "near", "8.000")
    ]


def test_what_an_earlier_plan_has_begun_stays_and_is_not_given_again(estate: Estate) -> None:
    estate.ask("a", end_on=week(2))
    plans.adopt(estate.plan(), by=estate.planner)
    estate.ask("b")
    later = estate.plan(start_on=week(1))

    plans.adopt(later, by=estate.planner)

    assert in_force() == {"a", "b"}
    assert {row[0] for row in given(later)} == {"b"}


def test_what_has_been_adopted_and_locked_stays(estate: Estate) -> None:
    estate.ask("a", end_on=week(2), pools=[estate.near])
    first = estate.plan()
    plans.adopt(first, by=estate.planner)
    row = first.allocations.get()
    allocations.update_allocation(row, by=estate.planner, state="locked")
    estate.ask("b", end_on=week(2), pools=[estate.near])
    later = estate.plan()

    plans.adopt(later, by=estate.planner)

    assert {(row.workload.key, row.plan) for row in Allocation.objects.in_force()} == {
        ("a", first),
        ("b", later),
    }


# --- refused --------------------------------------------------------------------------------------


def test_devices_that_went_since_refuse_the_rows_in_words_and_let_the_others_in(
    estate: Estate,
) -> None:
    estate.ask("near", pools=[estate.near], end_on=week(2))
    estate.ask("far", pools=[estate.far], end_on=week(2))
    plan = estate.plan()
    builders.make_maintenance(estate.far, start_on=week(1), end_on=week(2), nodes_out=1)

    done = plans.adopt(plan, by=estate.planner)

    assert in_force() == {"near"}
    (refused,) = done.refusals()
    assert refused["workload"] == "far"
    assert refused["reason"].startswith("Far has too few devices for Far in ")
    event: Any = AuditEvent.objects.get(verb="plan.adopt")
    assert event.after["refused"] == [refused["row"]]


def change(estate: Estate, workload: Workload, rule: str) -> None:
    match rule:
        case "closed":
            Workload.objects.filter(pk=workload.pk).update(status="done")
        case "window":
            Workload.objects.filter(pk=workload.pk).update(start_on=week(20), end_on=week(24))
        case "pool":
            workload.accelerators.add(builders.make_accelerator())
        case "served":
            facts = {"start_on": week(), "end_on": week(2), "state": "running"}
            builders.make_allocation(workload, estate.make_pool("third"), **facts)
        case "overlap":
            facts = {"start_on": week(), "end_on": week(1), "state": "locked", "devices": 4}
            builders.make_allocation(workload, estate.near, **facts)
        case "changed":
            Workload.objects.filter(pk=workload.pk).update(devices=16)


@pytest.mark.parametrize("rule", ["closed", "window", "pool", "served", "overlap", "changed"])
def test_a_workload_that_is_not_what_it_was_is_refused_by_name(estate: Estate, rule: str) -> None:
    workload = estate.ask("a", end_on=week(2), pools=[])
    workload.accelerators.set([estate.accelerator])
    estate.far.node_count = 0
    estate.far.save()
    plan = estate.plan()
    if rule == "pool":
        workload.accelerators.clear()
    change(estate, workload, rule)

    with pytest.raises(Conflict) as refusal:
        plans.adopt(plan, by=estate.planner)

    assert refusal.value.code == "nothing_adopted"
    assert why(refusal.value) == {rule}
    assert "A" in refusal.value.details["refused"][0]["reason"]
    plan.refresh_from_db()
    assert not plan.is_adopted
