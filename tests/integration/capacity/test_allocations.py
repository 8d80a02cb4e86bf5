"""Devices given by hand: what warns, what is refused, what belongs to a plan."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from capacity.models import Allocation
from capacity.services import allocations
from teamhub.audit.models import AuditEvent
from teamhub.errors import Conflict, InvalidInput, NotAllowed, Stale
from tests.builders import (
    make_accelerator,
    make_allocation,
    make_maintenance,
    make_plan,
    make_pool,
    make_workload,
    monday,
)
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def give(cast: Cast, **fields: Any) -> Allocation:
    filled: dict[str, Any] = {
        "start_on": monday(),
        "end_on": monday(2),
        "devices": Decimal(8),
        "by": cast.plan,
        **fields,
    }
    for name, make in (("workload", make_workload), ("pool", make_pool)):
        filled[name] = filled.get(name) or make()
    return allocations.create_allocation(**filled)


def test_a_planner_gives_locks_and_takes_back(cast: Cast) -> None:
    made = give(cast, state="running")
    allocations.update_allocation(made, by=cast.plan, version=1, state="locked")
    assert [row.state for row in Allocation.objects.facts()] == ["locked"]
    allocations.delete_allocation(made, by=cast.plan, version=2)

    verbs = AuditEvent.objects.order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["allocation.create", "allocation.change", "allocation.remove"]
    assert not Allocation.objects.exists()


def test_a_lead_may_not_give_devices_to_their_own_project(cast: Cast) -> None:
    workload = make_workload()
    workload.project.lead = cast.ada
    workload.project.save()

    with pytest.raises(NotAllowed):
        give(cast, workload=workload, by=cast.ada)


@pytest.mark.parametrize("rule", ["window", "pool", "capacity"])
def test_rules_that_warn_ask_for_a_reason(cast: Cast, rule: str) -> None:
    scenes: dict[str, Any] = {
        "window": lambda: {"start_on": monday(7), "end_on": monday(9)},
        "pool": lambda: {"workload": make_workload(accelerators=[make_accelerator()])},
        "capacity": lambda: {"pool": make_pool(node_count=0)},
    }
    fields = scenes[rule]()

    with pytest.raises(Conflict) as refusal:
        give(cast, **fields)
    assert refusal.value.code == "needs_reason"
    assert [clash["rule"] for clash in refusal.value.details["clashes"]] == [rule]

    made = give(cast, **fields, reason="It runs there since March.")
    assert made.reason == "It runs there since March."


def test_a_cpu_pool_is_for_those_who_name_it(cast: Cast) -> None:
    pool = make_pool(accelerator=make_accelerator(kind="cpu"))

    with pytest.raises(Conflict, match="does not name"):
        give(cast, pool=pool)
    assert give(cast, pool=pool, workload=make_workload(pools=[pool])).pk


def test_maintenance_and_others_leave_too_few_devices_in_the_weeks_that_are_named(
    cast: Cast,
) -> None:
    pool = make_pool(node_count=2)
    make_maintenance(pool, start_on=monday(1), end_on=monday(2), nodes_out=1)
    give(cast, pool=pool, end_on=monday(1))

    with pytest.raises(Conflict, match="2027-W02"):
        give(cast, pool=pool, devices=Decimal(9), start_on=monday(1), end_on=monday(2))
    assert give(cast, pool=pool).pk


def test_its_own_devices_do_not_stand_in_the_way_of_a_change(cast: Cast) -> None:
    pool = make_pool(node_count=1)
    made = give(cast, pool=pool)

    changed = allocations.update_allocation(made, by=cast.plan, version=1, end_on=monday(4))

    assert changed.end_on == monday(4)


def test_the_same_workload_holds_devices_of_a_pool_once_in_a_week(cast: Cast) -> None:
    made = give(cast)

    with pytest.raises(Conflict) as refusal:
        give(
            cast,
            workload=made.workload,
            pool=made.pool,
            start_on=monday(1),
            end_on=monday(3),
            reason="twice",
        )
    assert refusal.value.code == "blocked"
    assert give(cast, workload=made.workload, pool=made.pool, start_on=monday(2), end_on=monday(3))


def test_only_batch_work_takes_parts_of_devices(cast: Cast) -> None:
    with pytest.raises(Conflict) as refusal:
        give(cast, devices=Decimal("0.5"), reason="small")
    assert refusal.value.code == "blocked"

    batch = make_workload(kind="batch_inference")
    assert give(cast, workload=batch, devices=Decimal("0.5")).devices == Decimal("0.5")


@pytest.mark.parametrize("devices", [Decimal(0), Decimal(-1)])
def test_no_devices_are_refused(cast: Cast, devices: Decimal) -> None:
    with pytest.raises(InvalidInput):
        give(cast, devices=devices, reason="none")


def test_what_an_adopted_plan_gave_is_locked_but_not_moved(cast: Cast) -> None:
    row = make_allocation(plan=make_plan(), adopted=True)

    allocations.update_allocation(row, by=cast.plan, version=1, state="locked")
    with pytest.raises(Conflict, match="plan"):
        allocations.update_allocation(row, by=cast.plan, version=2, devices=Decimal(1))
    with pytest.raises(Conflict, match="plan"):
        allocations.delete_allocation(row, by=cast.plan, version=2)

    assert [one.pk for one in Allocation.objects.facts()] == [row.pk]


def test_what_a_plan_only_computed_is_not_touched(cast: Cast) -> None:
    row = make_allocation(plan=make_plan(), state="locked")

    with pytest.raises(Conflict, match="Adopt"):
        allocations.update_allocation(row, by=cast.plan, version=1, state="running")
    assert not Allocation.objects.in_force().exists()
    assert not Allocation.objects.facts().exists()


def test_a_stale_version_is_refused(cast: Cast) -> None:
    made = give(cast)
    allocations.update_allocation(made, by=cast.plan, version=1, state="locked")

    with pytest.raises(Stale):
        allocations.update_allocation(made, by=cast.plan, version=1, state="running")


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "write",
    [
        lambda row: make_allocation(row.workload, row.pool),
        lambda row: make_allocation(row.workload, row.pool, start_on=monday(5), devices=0),
        lambda row: make_allocation(row.workload, row.pool, start_on=monday(5), state="maybe"),
        lambda row: make_allocation(row.workload, row.pool, start_on=monday(5), adopted=True),
        lambda row: make_allocation(row.workload, row.pool, start_on=monday(5), end_on=monday(5)),
    ],
)
def test_the_database_itself_refuses_what_cannot_be(write) -> None:
    row = make_allocation()

    with pytest.raises(IntegrityError), transaction.atomic():
        write(row)


@pytest.mark.both_databases
def test_a_plan_may_give_what_was_given_by_hand_too(cast: Cast) -> None:
    row = make_allocation()
    plan = make_plan()
    make_allocation(row.workload, row.pool, plan=plan)

    with pytest.raises(IntegrityError), transaction.atomic():
        make_allocation(row.workload, row.pool, plan=plan)
    assert Allocation.objects.count() == 2
