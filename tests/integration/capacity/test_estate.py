"""Pools, nodes, maintenance and own accelerators: the rules, the refusals, the audit."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from capacity.models import Accelerator, MaintenanceWindow, Node, Pool
from capacity.services import estate
from teamhub.audit.models import AuditEvent
from teamhub.errors import Conflict, InvalidInput, NotAllowed, Stale
from tests.builders import (
    make_accelerator,
    make_allocation,
    make_maintenance,
    make_node,
    make_pool,
    make_site,
    monday,
)
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_a_planner_makes_changes_and_removes_a_pool(cast: Cast) -> None:
    pool = estate.create_pool(
        key="sh-h100",
        name_en="Shanghai H100",
        site=make_site(),
        accelerator=make_accelerator(),
        node_count=16,
        rate_per_device_hour=Decimal("2.5"),
        by=cast.plan,
    )
    estate.update_pool(pool, by=cast.plan, version=1, node_count=18)
    estate.delete_pool(pool, by=cast.plan, version=2)

    events: Any = AuditEvent.objects.filter(object_type="capacity.pool").order_by("pk")
    assert [event.verb for event in events] == ["pool.create", "pool.change", "pool.remove"]
    assert (events[1].before["node_count"], events[1].after["node_count"]) == (16, 18)
    assert not Pool.objects.exists()


@pytest.mark.parametrize("who", ["ada", "bo", "cy", "vi", "boss"])
def test_nobody_else_writes_the_estate(cast: Cast, who: str) -> None:
    user, pool = getattr(cast, who), make_pool()
    node, window = make_node(pool), make_maintenance(pool)

    for write in (
        lambda: estate.update_pool(pool, by=user, note="mine"),
        lambda: estate.delete_pool(pool, by=user),
        lambda: estate.create_node(pool=pool, key="n", devices=8, by=user),
        lambda: estate.update_node(node, by=user, devices=1),
        lambda: estate.delete_node(node, by=user),
        lambda: estate.create_maintenance(
            pool=pool, start_on=monday(), end_on=monday(1), nodes_out=1, by=user
        ),
        lambda: estate.update_maintenance(window, by=user, nodes_out=2),
        lambda: estate.delete_maintenance(window, by=user),
        lambda: estate.create_accelerator(key="x", name_en="X", kind="gpu", by=user),
    ):
        with pytest.raises(NotAllowed):
            write()


def test_a_version_that_somebody_changed_is_stale(cast: Cast) -> None:
    pool = make_pool()
    estate.update_pool(pool, by=cast.plan, version=1, note="first")

    with pytest.raises(Stale):
        estate.update_pool(pool, by=cast.admin, version=1, note="second")
    assert Pool.objects.get().note == "first"


def test_a_change_of_nothing_leaves_version_and_audit_alone(cast: Cast) -> None:
    pool = make_pool(note="same")

    estate.update_pool(pool, by=cast.plan, version=1, note="same")

    assert Pool.objects.get().version == 1
    assert not AuditEvent.objects.exists()


def test_a_pool_that_allocations_name_is_not_removed_but_given_an_end(cast: Cast) -> None:
    pool = make_allocation().pool

    with pytest.raises(Conflict, match="until"):
        estate.delete_pool(pool, by=cast.plan)
    estate.update_pool(pool, by=cast.plan, end_on=monday(4))

    assert Pool.objects.get().end_on == monday(4)


def test_a_token_without_money_sets_no_rate(cast: Cast) -> None:
    pool = make_pool()
    cast.plan.token_scopes = ("read", "write")  # type: ignore[attr-defined]

    with pytest.raises(NotAllowed, match="cost"):
        estate.update_pool(pool, by=cast.plan, rate_per_device_hour=Decimal(9))
    estate.update_pool(pool, by=cast.plan, node_count=9)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"start_on": monday() + timedelta(days=1)}, "start_on"),
        ({"start_on": monday(2), "end_on": monday(2)}, "end_on"),
        ({"start_on": date(1969, 12, 29)}, "start_on"),
        ({"end_on": date(9999, 12, 27)}, "end_on"),
        ({"devices_per_node": 0}, "devices_per_node"),
        ({"rate_per_device_hour": Decimal(-1)}, "rate_per_device_hour"),
        ({"memory_gib": Decimal(-1)}, "memory_gib"),
    ],
)
def test_impossible_figures_are_refused_at_their_field(
    cast: Cast, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        estate.update_pool(make_pool(), by=cast.plan, **changes)

    assert field in refusal.value.details["fields"]


def test_a_node_name_is_taken_once_over_all_pools(cast: Cast) -> None:
    make_node(make_pool(), "rack-7")

    with pytest.raises(InvalidInput) as refusal:
        estate.create_node(pool=make_pool(), key="rack-7", devices=8, by=cast.plan)

    assert "key" in refusal.value.details["fields"]


def test_a_node_moves_to_another_pool(cast: Cast) -> None:
    node, other = make_node(make_pool()), make_pool()

    estate.update_node(node, by=cast.plan, version=1, pool=other, devices=4)

    assert (Node.objects.get().pool, Node.objects.get().devices) == (other, 4)


def test_a_key_that_is_a_number_would_name_another_row_by_its_id(cast: Cast) -> None:
    site = make_pool().site
    with pytest.raises(InvalidInput, match="Add a letter"):
        estate.create_pool(
            key="4", name_en="Four", site=site, accelerator=make_accelerator(), by=cast.plan
        )


def test_a_node_may_be_called_by_its_serial_number(cast: Cast) -> None:
    node = estate.create_node(pool=make_pool(), key="100231", devices=8, by=cast.plan)

    assert node.key == "100231"


@pytest.mark.parametrize(
    "out", [{}, {"nodes_out": 1, "out_share": Decimal("0.5")}, {"out_share": Decimal(2)}]
)
def test_maintenance_names_either_nodes_or_a_share(cast: Cast, out: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as refusal:
        estate.create_maintenance(
            pool=make_pool(), start_on=monday(), end_on=monday(1), by=cast.plan, **out
        )
    assert "Constraint" not in str(refusal.value)  # said in words of people only
    assert not MaintenanceWindow.objects.exists()


def test_types_of_the_catalog_are_not_changed_by_hand(cast: Cast) -> None:
    of_file, own = make_accelerator("a100"), make_accelerator("g2", is_own=True)

    with pytest.raises(NotAllowed, match="file"):
        estate.update_accelerator(of_file, by=cast.plan, memory_gb=1)
    estate.update_accelerator(own, by=cast.plan, memory_gb=32)
    with pytest.raises(NotAllowed, match="file"):
        estate.delete_accelerator(of_file, by=cast.plan)
    make_pool(accelerator=own)
    with pytest.raises(Conflict, match="pool"):
        estate.delete_accelerator(own, by=cast.plan)

    assert Accelerator.objects.get(key="g2").memory_gb == 32


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "write",
    [
        lambda pool: make_pool("other", start_on=monday(2), end_on=monday(1)),
        lambda pool: make_pool("other", start_on=monday() + timedelta(days=2)),
        lambda pool: make_pool("other", devices_per_node=0),
        lambda pool: make_pool(pool.key),
        lambda pool: make_node(pool, start_on=monday(2), end_on=monday(2)),
        lambda pool: make_maintenance(pool, nodes_out=1, out_share=Decimal("0.5")),
        lambda pool: make_maintenance(pool, nodes_out=None),
        lambda pool: make_maintenance(pool, start_on=monday(2), end_on=monday(1)),
        lambda pool: make_accelerator(kind="npu"),
    ],
)
def test_the_database_itself_refuses_what_cannot_be(write) -> None:
    pool = make_pool()

    with pytest.raises(IntegrityError), transaction.atomic():
        write(pool)
