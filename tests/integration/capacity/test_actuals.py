"""What training runs measured, as the workload's own use of devices."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from capacity.models import Workload, WorkloadActual
from projects import registry
from projects.registry import DeviceUse
from teamhub.audit.models import AuditEvent
from tests.builders import (
    make_accelerator,
    make_allocation,
    make_pool,
    make_site,
    make_workload,
)
from tests.cast import Cast

pytestmark = pytest.mark.django_db

AT = datetime(2027, 1, 5, 12, tzinfo=UTC)


def use(workload: Workload | str, source: str = "training:1", **fields: Any) -> DeviceUse:
    key = workload if isinstance(workload, str) else workload.key
    filled: dict[str, Any] = {
        "device_seconds": 7200.0,
        "device": "NVIDIA A100",
        "started_at": AT,
        "ended_at": AT + timedelta(hours=1),
        **fields,
    }
    return DeviceUse(workload=key, source=source, **filled)


def test_a_measured_use_becomes_the_workloads_actual_at_the_pools_rate(cast: Cast) -> None:
    pool = make_pool(accelerator=make_accelerator("a100"), rate_per_device_hour=Decimal("2.5"))
    workload = make_workload()

    registry.devices_used(use(workload), cast.ml)

    actual = WorkloadActual.objects.get()
    assert (actual.workload, actual.pool, actual.device_hours) == (workload, pool, 2.0)
    assert actual.cost == Decimal("5.00")
    assert [event.verb for event in AuditEvent.objects.all()] == ["workload.use"]


def test_a_measurement_told_twice_counts_once(cast: Cast) -> None:
    workload = make_workload()

    registry.devices_used(use(workload), cast.ml)
    registry.devices_used(use(workload, device_seconds=9999.0), cast.ml)
    registry.devices_used(use(workload, "training:2"), cast.ml)

    assert sorted(WorkloadActual.objects.values_list("source", "device_seconds")) == [
        ("training:1", 7200.0),
        ("training:2", 7200.0),
    ]
    assert AuditEvent.objects.count() == 2


def test_a_workload_that_is_gone_does_not_stop_the_run_that_tells(cast: Cast) -> None:
    registry.devices_used(use("nowhere"), cast.ml)

    assert not WorkloadActual.objects.exists()


def test_a_device_that_no_pool_has_costs_nothing_that_is_known(cast: Cast) -> None:
    make_pool(accelerator=make_accelerator("h100"))

    registry.devices_used(use(make_workload()), cast.ml)

    actual = WorkloadActual.objects.get()
    assert (actual.pool, actual.cost) == (None, None)


def test_the_pool_that_the_workload_held_counts_before_a_cheaper_one(cast: Cast) -> None:
    kind = make_accelerator("a100")
    held = make_pool(accelerator=kind, rate_per_device_hour=Decimal(4))
    make_pool(accelerator=kind, rate_per_device_hour=Decimal(1))
    workload = make_workload()
    make_allocation(workload, held)

    registry.devices_used(use(workload), cast.ml)

    assert WorkloadActual.objects.get().cost == Decimal("8.00")


def test_the_only_pool_it_held_counts_whatever_the_device_is_called(cast: Cast) -> None:
    workload = make_workload()
    held = make_allocation(workload, make_pool(accelerator=make_accelerator("g2"))).pool

    registry.devices_used(use(workload, device="GPU:0"), cast.ml)

    assert WorkloadActual.objects.get().pool == held


def test_of_several_pools_the_projects_site_comes_first_then_the_price(cast: Cast) -> None:
    kind, workload = make_accelerator("a100"), make_workload()
    make_pool(accelerator=kind, rate_per_device_hour=Decimal(1), site=make_site())
    near = [
        make_pool(accelerator=kind, rate_per_device_hour=rate, site=workload.project.site)
        for rate in (Decimal(3), Decimal(2))
    ]

    registry.devices_used(use(workload), cast.ml)

    assert WorkloadActual.objects.get().pool == near[1]


def test_work_on_processors_counts_as_a_pool_of_processors(cast: Cast) -> None:
    make_pool(accelerator=make_accelerator("a100"))
    cpus = make_pool(accelerator=make_accelerator("epyc", kind="cpu"))

    registry.devices_used(use(make_workload(), device="cpu"), cast.ml)

    assert WorkloadActual.objects.get().pool == cpus


@pytest.mark.both_databases
@pytest.mark.parametrize("fields", [{"device_seconds": -1}, {"ended_at": AT - timedelta(1)}])
def test_the_database_itself_refuses_what_cannot_be(fields: dict[str, Any]) -> None:
    filled: dict[str, Any] = {"device_seconds": 1, "started_at": AT, "ended_at": AT, **fields}
    workload = make_workload()

    with pytest.raises(IntegrityError), transaction.atomic():
        WorkloadActual.objects.create(workload=workload, source="t", **filled)


@pytest.mark.both_databases
def test_a_source_is_there_once() -> None:
    workload = make_workload()
    one = {"source": "t", "device_seconds": 1, "started_at": AT, "ended_at": AT}
    WorkloadActual.objects.create(workload=workload, **one)

    with pytest.raises(IntegrityError), transaction.atomic():
        WorkloadActual.objects.create(workload=workload, **one)
