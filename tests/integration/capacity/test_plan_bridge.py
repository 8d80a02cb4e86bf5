"""Rows to problem and back: what stays, what is left of each workload, what is written."""

from __future__ import annotations

import threading
from decimal import Decimal
from typing import Any

import pytest

from capacity import bridge
from capacity.kernel import job
from capacity.models import Allocation, CapacityPlan, Workload
from capacity.selectors.served import is_served
from capacity.selectors.sizes import fits, take
from teamhub.errors import Conflict, Infeasible, InvalidInput
from teamhub.runs import frozen
from tests import builders
from tests.cast import Cast
from tests.integration.capacity.plan_scene import Estate, Silent, given, left_out, week

pytestmark = pytest.mark.django_db


@pytest.fixture
def estate(cast: Cast) -> Estate:
    return Estate(cast.plan)


def hold(estate: Estate, workload: Workload, first: int, end: int, **fields: Any) -> Allocation:
    """A running allocation in the near pool."""
    pool = fields.pop("pool", estate.near)
    filled = {"devices": 8, "state": "running", **fields}
    return builders.make_allocation(
        workload, pool, start_on=week(first), end_on=week(end), **filled
    )


def test_a_plan_gives_devices_writes_weeks_and_says_what_is_left_out(estate: Estate) -> None:
    """Three want 8 of 24 devices in the same two weeks; a fourth wants more than there are."""
    for key in "abc":
        estate.ask(key, end_on=week(2))
    estate.ask("huge", devices=64)

    plan = estate.plan()

    assert {row[0] for row in given(plan)} == {"a", "b", "c"}
    assert {row[2:4] for row in given(plan)} == {(0, 2)}
    assert set(left_out(plan)) == {"huge"}
    near = list(plan.pool_weeks.filter(pool=estate.near).order_by("week_on"))
    assert [(one.supply, one.held, one.served) for one in near[:3]] == [
        (16, 0, 16),
        (16, 0, 16),
        (16, 0, 0),
    ]
    assert (plan.n_workloads, plan.n_served) == (4, 3)
    assert plan.served_device_weeks == 48
    # 2 x 8 x 2 device-weeks in the dear pool, 8 x 2 in the cheap one, 168 hours each.
    assert plan.cost == 168 * (32 * 2 + 16 * 1)
    assert plan.value == 300_000
    assert plan.net_value == plan.value - plan.cost
    assert plan.objective_value == pytest.approx(float(plan.net_value))


@pytest.mark.parametrize("state", ["running", "locked"])
def test_what_runs_or_is_locked_keeps_its_devices(estate: Estate, state: str) -> None:
    other = estate.ask("other", status="done")
    hold(estate, other, 0, 4, devices=16, state=state)
    hold(estate, other, 0, 4, devices=8, state=state, pool=estate.far)
    estate.ask("late", end_on=week(8))

    plan = estate.plan()

    assert min(row[2] for row in given(plan)) >= 4
    held = plan.pool_weeks.filter(pool=estate.near).order_by("week_on")
    assert [one.held for one in held] == [16] * 4 + [0] * 4


def test_what_is_only_planned_is_planned_anew(estate: Estate) -> None:
    other = estate.ask("other", status="done")
    hold(estate, other, 0, 4, devices=16, state="planned")
    asked = estate.ask("asked", end_on=week(2), pools=[estate.near])

    plan = estate.plan()

    assert given(plan) == {("asked", "near", 0, 2, 8.0)}
    assert asked.key not in left_out(plan)


def test_what_began_before_the_plan_stays(estate: Estate) -> None:
    """Planned, but begun: 8 of its 4 weeks' devices are not placed a second time."""
    begun = estate.ask("begun", 4, start_on=week(-2), end_on=week(4))
    hold(estate, begun, -2, 2, state="planned")
    estate.ask("asked", end_on=week(2), devices=16, pools=[estate.near])

    plan = estate.plan()

    assert given(plan) == set()
    assert left_out(plan) == {"asked": "too_large"}


def test_a_gang_goes_on_for_what_is_left_of_it_after_what_it_was_given(estate: Estate) -> None:
    workload = estate.ask("four", 4, end_on=week(8))
    hold(estate, workload, 0, 3)

    plan = estate.plan()

    ((_key, _pool, start, end, devices),) = given(plan)
    assert (end - start, devices) == (1, 8.0)
    assert start >= 3


def test_a_workload_that_facts_serve_is_not_asked_for_again(estate: Estate) -> None:
    workload = estate.ask("done")
    hold(estate, workload, 0, 2)

    with pytest.raises(Infeasible, match="serves all workloads"):
        bridge.load_plan(estate.submit())


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"status": "cancelled"}, "no open workload"),
        ({"start_on": week(20), "end_on": week(24)}, "no open workload"),
    ],
)
def test_nothing_to_plan_says_so(estate: Estate, fields: dict[str, Any], words: str) -> None:
    estate.ask("other", **fields)

    with pytest.raises(Infeasible, match=words) as refusal:
        bridge.load_plan(estate.submit())
    assert refusal.value.code == "nothing_open"


def test_work_of_a_cancelled_project_is_not_planned(estate: Estate) -> None:
    estate.ask("a")
    estate.project.status = "cancelled"
    estate.project.save()

    with pytest.raises(Infeasible):
        bridge.load_plan(estate.submit())


def test_facts_beyond_the_supply_are_named_and_leave_nothing(estate: Estate) -> None:
    other = estate.ask("other", status="done")
    hold(estate, other, 1, 2, devices=20)
    estate.ask("asked", pools=[estate.near], end_on=week(2))

    plan = estate.plan()

    assert plan.inherited == [
        {"pool": estate.near.pk, "week": week(1).isoformat(), "there": 16, "held": 20.0}
    ]
    assert left_out(plan) == {"asked": "too_large"}


def test_a_service_holds_its_devices_in_all_weeks_that_the_plan_covers(estate: Estate) -> None:
    estate.ask("serve", kind="online_inference", start_on=week(-4), end_on=week(12), devices=4)

    plan = estate.plan(n_weeks=6)

    ((_key, pool, start, end, devices),) = given(plan)
    assert (pool, start, end, devices) == ("far", 0, 6, 4.0)
    # 6 of its 16 weeks lie in the plan, and so much of its value.
    assert plan.value == Decimal(100_000) * 6 / 16


def test_a_service_that_is_held_in_part_asks_for_the_rest(estate: Estate) -> None:
    serve = estate.ask("serve", kind="online_inference", end_on=week(8), devices=8)
    hold(estate, serve, 0, 8, devices=6)

    ((_key, _pool, start, end, devices),) = given(estate.plan())

    assert (start, end, devices) == (0, 8, 2.0)


def test_batch_work_is_spread_over_free_devices_and_done_whole(estate: Estate) -> None:
    batch = estate.ask("batch", 3, kind="batch_inference", devices=6)

    plan = estate.plan()

    rows = list(plan.allocations.select_related("pool__accelerator"))
    assert sum(row.device_weeks for row in rows) == 18
    assert {row.pool.key for row in rows} == {"far"}
    assert is_served(batch, rows)


def test_a_faster_type_takes_fewer_weeks_and_a_slower_one_more(estate: Estate) -> None:
    fast = builders.make_accelerator(bf16_tflops=624.0)
    slow = builders.make_accelerator(bf16_tflops=156.0)
    workload = estate.ask("gang", 4)

    assert [take(workload, one).weeks for one in (fast, estate.accelerator, slow)] == [2, 4, 8]


def test_serving_goes_with_the_memory_bandwidth_and_in_whole_gangs(estate: Estate) -> None:
    half = builders.make_accelerator(bandwidth_gb_s=1019.5)
    serve = estate.ask("serve", kind="online_inference", devices=6, gang_size=2)

    assert take(serve, half).devices == 12
    serve.devices, serve.gang_size = 5, 5
    double = builders.make_accelerator(bandwidth_gb_s=4078.0)
    assert take(serve, double).devices == 5


def test_a_model_takes_more_devices_where_each_holds_less_and_none_where_none_do(
    estate: Estate,
) -> None:
    """70 billion parameters: 18 bytes each over devices of 0.9 x 0.75 x 80 or 20 GB."""
    small = builders.make_accelerator(memory_gb=20.0)
    tiny = builders.make_accelerator(memory_gb=8.0)
    workload = estate.ask("model", devices=32, gang_size=32)
    workload.sizing, workload.params_b, workload.device_hours_p50 = "model", 70.0, 32 * 2 * 168

    assert take(workload, estate.accelerator).devices == 32
    # 1260 GB over 13.5 - 5.6 GB of each: 160 devices, as a power of two 256.
    assert take(workload, small).devices == 256
    assert fits(workload, small)
    assert not fits(workload, tiny)
    pool = estate.make_pool("tiny", accelerator=tiny, node_count=999)
    workload.pools.set([pool])
    workload.device_hours_p10 = workload.device_hours_p90 = workload.device_hours_p50
    workload.save()
    assert left_out(estate.plan()) == {"model": "no_pool"}


def test_types_without_figures_count_alike(estate: Estate) -> None:
    unknown = builders.make_accelerator(bf16_tflops=None)

    assert take(estate.ask("gang"), unknown) == take(estate.ask("again"), estate.accelerator)


def test_a_window_that_goes_on_after_the_plan_is_left_for_a_longer_one(estate: Estate) -> None:
    estate.ask("long", 6, start_on=week(4), end_on=week(20), must_serve=True)
    estate.ask("short")

    plan = estate.plan(n_weeks=8)

    assert left_out(plan) == {"long": "beyond"}
    assert plan.outcome != "infeasible"


def test_a_pool_that_is_too_small_does_not_hide_that_a_longer_plan_serves(estate: Estate) -> None:
    """Near and far have 16 and 8 devices; the slow pool is large and takes twice as long."""
    slow = builders.make_accelerator("slow", bf16_tflops=156)
    estate.make_pool("large", accelerator=slow, node_count=8)
    wide = {"devices": 32, "must_serve": True}
    estate.ask("wide", 3, end_on=week(12), **wide)
    estate.ask("wider", 3, end_on=week(12), **wide | {"devices": 600})

    plan = estate.plan(n_weeks=4)

    assert left_out(plan) == {"wide": "beyond", "wider": "too_large"}


def test_a_window_whose_rest_is_too_short_cannot_be_served(estate: Estate) -> None:
    estate.ask("short")
    estate.ask("late", 4, start_on=week(-6), end_on=week(2), must_serve=True)

    plan = estate.plan()

    assert plan.outcome == "infeasible"
    assert left_out(plan) == {"late": "too_short"}
    assert [row.workload.key for row in plan.left_out.filter(in_core=True)] == ["late"]
    assert plan.core_proven
    assert {row[0] for row in given(plan)} == {"short"}


def test_a_value_that_nobody_stated_follows_cost_and_priority(estate: Estate) -> None:
    """By its own priority, else its project's: the cost at 2 an hour, times 1 + priority."""
    estate.project.priority = 4
    estate.project.save()
    estate.ask("mine", value=None, priority=1)
    estate.ask("its", value=None)
    estate.ask("stated", value=7)

    loaded = bridge.load_plan(estate.submit())

    cost = 8 * 2 * 168 * 2
    values = {line["id"]: Decimal(line["value"]) for line in loaded["workloads"]}
    keys = {one.key: values[one.pk] for one in Workload.objects.all()}
    assert keys == {"mine": cost * 2, "its": cost * 5, "stated": 7}
    assert [line["assumed"] for line in loaded["workloads"]] == [True, True, False]


def test_without_rates_a_device_hour_counts_as_one(estate: Estate) -> None:
    for pool in (estate.near, estate.far):
        pool.rate_per_device_hour = 0
        pool.save()
    estate.ask("free", value=None, priority=1)

    plan = estate.plan()

    assert plan.value == 2 * 8 * 2 * 168
    assert plan.cost == 0
    assert plan.n_values_assumed == 1


def test_a_cpu_pool_runs_only_who_names_it(estate: Estate) -> None:
    cpu = estate.make_pool("cpu", accelerator=builders.make_accelerator(kind="cpu"))
    estate.ask("any", end_on=week(2), devices=24)
    estate.ask("named", pools=[cpu])

    plan = estate.plan()

    assert {row[:2] for row in given(plan)} == {("named", "cpu")}


def test_the_same_rows_have_the_same_digest_whatever_is_asked_of_them(estate: Estate) -> None:
    estate.ask("a")
    one, other = estate.submit("net_value", seed=1), estate.submit("efficiency", seed=2, seconds=3)
    loaded = [bridge.load_plan(plan) for plan in (one, other)]
    estate.ask("b")
    changed = bridge.load_plan(one)

    assert loaded[0]["rows_sha256"] == loaded[1]["rows_sha256"]
    assert changed["rows_sha256"] != loaded[0]["rows_sha256"]


def test_points_of_the_curve_are_kept_in_money(estate: Estate) -> None:
    plan = estate.submit("weighted_cost")

    bridge.record_incumbent(plan, {"type": "progress", "stage": "greedy"})
    bridge.record_incumbent(
        plan, {"type": "incumbent", "seconds": 0.5, "objective": 2e6, "bound": 1e6}
    )
    bridge.record_incumbent(plan, {"type": "incumbent", "seconds": 1.0, "objective": 1.5e6})

    points = [(one.step, one.objective, one.bound) for one in plan.curve.all()]
    assert points == [(0, 200.0, 100.0), (1, 150.0, None)]


def test_rows_that_went_while_the_solver_ran_are_left_out_of_the_plan(estate: Estate) -> None:
    gone, stays = estate.ask("gone"), estate.ask("stays")
    plan = estate.submit()
    loaded = bridge.load_plan(plan)
    plan.input_file = frozen.freeze(loaded)
    plan.save()
    result = job.run(loaded, Silent(), threading.Event())
    gone.delete()

    bridge.store_plan(plan, result)

    assert {row[0] for row in given(plan)} == {stays.key}


def test_a_pool_that_went_while_the_solver_ran_fails_the_plan(estate: Estate) -> None:
    """Its work would be neither served nor left out, and the proof no proof any more."""
    spare = estate.make_pool("spare")
    estate.ask("a")
    plan = estate.submit()
    loaded = bridge.load_plan(plan)
    plan.input_file = frozen.freeze(loaded)
    plan.save()
    result = job.run(loaded, Silent(), threading.Event())
    spare.delete()

    with pytest.raises(Conflict, match="A pool was removed"):
        bridge.store_plan(plan, result)
    assert not Allocation.objects.exists()


def test_amounts_that_no_database_keeps_are_refused_with_what_to_look_at(estate: Estate) -> None:
    estate.ask("typo", devices=10**6, value=None, pools=[estate.near])
    estate.near.rate_per_device_hour = 99_999_999
    estate.near.save()

    with pytest.raises(InvalidInput, match=r"typo comes to [\d,]+\. Look at its devices"):
        bridge.load_plan(estate.submit())


def test_loading_takes_the_same_queries_for_more_rows(
    estate: Estate, django_assert_max_num_queries
) -> None:
    def load() -> CapacityPlan:
        plan = estate.submit()
        with django_assert_max_num_queries(10):
            bridge.load_plan(plan)
        return plan

    for index in range(3):
        hold(estate, estate.ask(f"few-{index}", 4), index, index + 1)
    load()
    for index in range(20):
        hold(estate, estate.ask(f"many-{index}", 4, pools=[estate.far]), 4, 5)
    load()
