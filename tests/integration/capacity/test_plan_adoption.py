"""A planner adopts: what counts then, what gives way, what is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest

from capacity import bridge
from capacity.models import Allocation, CapacityPlan, Workload
from capacity.services import allocations, plans
from teamhub.audit.models import AuditEvent
from teamhub.errors import Conflict, InvalidInput, NotAllowed
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


def test_adopted_rows_count_and_the_plan_says_who_adopted_it(estate: Estate) -> None:
    for key in "ab":
        estate.ask(key)
    plan = estate.plan()
    assert in_force() == set()

    done = plans.adopt(plan, by=estate.planner, reason="As agreed.")

    assert in_force() == {"a", "b"}
    plan.refresh_from_db()
    assert (plan.adopted_by, plan.is_adopted) == (estate.planner, True)
    event = AuditEvent.objects.get(verb="plan.adopt")
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
    removed = AuditEvent.objects.get(verb="plan.adopt").before["removed"]
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
    assert AuditEvent.objects.get(verb="plan.adopt").after["refused"] == [refused["row"]]


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
    estate: Estate, fields: dict[str, object], words: str
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

    by = {plan.objective: plan for plan in CapacityPlan.objects.all()}
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
