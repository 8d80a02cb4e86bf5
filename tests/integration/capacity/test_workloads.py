"""Workloads: who writes them, what cannot be, what keeps them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from capacity.models import LeftOut, Workload, WorkloadActual
from capacity.selectors.workloads import choices
from capacity.services import workloads
from projects.models import Project
from teamhub.audit.models import AuditEvent
from teamhub.errors import Conflict, InvalidInput, NotAllowed, Stale
from tests.builders import (
    make_accelerator,
    make_allocation,
    make_phase,
    make_plan,
    make_pool,
    make_project,
    make_workload,
    monday,
)
from tests.cast import Cast

pytestmark = pytest.mark.django_db

AT = datetime(2027, 1, 5, tzinfo=UTC)


def led(cast: Cast) -> Project:
    return make_project(key="triage", lead=cast.ada, deputies=[cast.bo])


def add(project: Project, by: Any, **fields: Any) -> Workload:
    filled: dict[str, Any] = {
        "name_en": "Pretraining",
        "kind": "pretraining",
        "devices": 64,
        "weeks": 3,
        "start_on": monday(),
        "end_on": monday(8),
        **fields,
    }
    return workloads.create_workload(project=project, by=by, **filled)


@pytest.mark.parametrize("who", ["ada", "bo", "plan", "admin"])
def test_leads_deputies_planners_and_administrators_write(cast: Cast, who: str) -> None:
    by = getattr(cast, who)

    made = add(led(cast), by)
    workloads.update_workload(made, by=by, version=1, devices=32)
    workloads.delete_workload(made, by=by, version=2)

    verbs = list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["workload.create", "workload.change", "workload.remove"]


@pytest.mark.parametrize("who", ["cy", "vi", "boss", "ml"])
def test_others_do_not(cast: Cast, who: str) -> None:
    project = led(cast)
    made = make_workload(project)

    for write in (
        lambda: add(project, getattr(cast, who)),
        lambda: workloads.update_workload(made, by=getattr(cast, who), devices=1),
        lambda: workloads.delete_workload(made, by=getattr(cast, who)),
    ):
        with pytest.raises(NotAllowed):
            write()


def test_a_manager_does_not_write_for_a_project_that_another_leads(cast: Cast) -> None:
    with pytest.raises(NotAllowed, match="lead"):
        add(make_project(), cast.ada)


def test_the_key_follows_the_name_and_is_free(cast: Cast) -> None:
    project = led(cast)

    keys = [add(project, cast.ada).key, add(project, cast.ada).key]
    named = add(project, cast.ada, key="my-own").key

    assert [*keys, named] == ["triage-pretraining", "triage-pretraining-2", "my-own"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"devices": None}, "devices"),
        ({"devices": 0}, "devices"),
        ({"weeks": None}, "weeks"),
        ({"weeks": 9}, "weeks"),
        ({"kind": "online_inference"}, "weeks"),
        ({"gang_size": 128}, "gang_size"),
        ({"gang_size": 7}, "gang_size"),
        ({"start_on": monday() + timedelta(days=1)}, "start_on"),
        ({"end_on": monday()}, "end_on"),
        ({"end_on": monday(521)}, "end_on"),
        ({"start_on": date(1, 1, 1)}, "start_on"),
        ({"key": "12"}, "key"),
        ({"priority": 6}, "priority"),
        ({"value": Decimal(-1)}, "value"),
        ({"value": Decimal("99999999999999.99")}, "value"),  # SQLite keeps 15 digits
        ({"kind": "training"}, "kind"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    cast: Cast, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        add(led(cast), cast.ada, **changes)

    assert field in refusal.value.details["fields"]
    assert not Workload.objects.exists()


def test_a_phase_belongs_to_the_project(cast: Cast) -> None:
    with pytest.raises(InvalidInput) as refusal:
        add(led(cast), cast.ada, phase=make_phase())

    assert "phase" in refusal.value.details["fields"]


def test_the_worth_is_for_leads_and_those_who_see_device_costs(cast: Cast) -> None:
    project = led(cast)
    made = add(project, cast.ada, value=Decimal(5000))
    workloads.update_workload(made, by=cast.plan, value=Decimal(6000))
    cast.ada.token_scopes = ("read", "write")  # type: ignore[attr-defined]

    with pytest.raises(NotAllowed, match="worth"):
        workloads.update_workload(made, by=cast.ada, value=Decimal(1))
    with pytest.raises(NotAllowed, match="worth"):
        add(project, cast.ada, value=Decimal(1))

    assert Workload.objects.get().value == Decimal(6000)


def test_a_change_of_links_alone_is_a_change(cast: Cast) -> None:
    made = add(led(cast), cast.ada, accelerators=[make_accelerator("h100")])

    workloads.update_workload(made, by=cast.ada, version=1, pools=[make_pool("p")])
    workloads.update_workload(made, by=cast.ada, version=2)

    event: Any = AuditEvent.objects.order_by("pk").last()
    assert (event.before["pools"], event.after["pools"]) == ([], ["p"])
    assert Workload.objects.get().version == 2


def test_a_stale_version_is_refused(cast: Cast) -> None:
    made = add(led(cast), cast.ada)
    workloads.update_workload(made, by=cast.ada, version=1, devices=32)

    with pytest.raises(Stale):
        workloads.update_workload(made, by=cast.plan, version=1, devices=16)


@pytest.mark.parametrize("by_what", ["allocation", "actual", "plan"])
def test_what_was_allocated_measured_or_planned_is_not_removed(cast: Cast, by_what: str) -> None:
    made = add(led(cast), cast.ada)
    if by_what == "allocation":
        make_allocation(made)
    elif by_what == "actual":
        WorkloadActual.objects.create(
            workload=made, source="t", device_seconds=1, started_at=AT, ended_at=AT
        )
    else:
        LeftOut.objects.create(plan=make_plan(), workload=made)

    with pytest.raises(Conflict, match="cancelled"):
        workloads.delete_workload(made, by=cast.ada)
    workloads.update_workload(made, by=cast.ada, status="cancelled")

    assert not Workload.objects.open().exists()


def test_members_see_the_workloads_of_projects_whose_detail_they_see(cast: Cast) -> None:
    mine, other = make_workload(led(cast)), make_workload()

    seen = {
        who: set(Workload.objects.visible_to(getattr(cast, who)))
        for who in ("ada", "bo", "cy", "plan", "vi")
    }

    assert seen == {
        "ada": {mine, other},
        "bo": {mine},
        "cy": set(),
        "plan": {mine, other},
        "vi": {mine, other},
    }


def test_open_workloads_of_a_phase_can_be_named_by_those_who_see_them(cast: Cast) -> None:
    project = led(cast)
    phase = make_phase(project)
    make_workload(project, "w-1", name_en="One", phase=phase)
    make_workload(project, "w-2", phase=phase, status="done")
    make_workload(project, "w-3")

    found = choices(cast.bo, project)

    assert [(one.key, one.name, one.phase_id) for one in found] == [("w-1", "One", phase.pk)]
    assert choices(cast.cy, project) == []


@pytest.mark.parametrize(
    ("fields", "hours"),
    [
        ({"devices": 8, "weeks": 2}, 8 * 2 * 168),
        ({"kind": "online_inference", "devices": 4, "weeks": None}, 4 * 8 * 168),
        ({"kind": "batch_inference", "devices": 3, "weeks": 5}, 3 * 5 * 168),
    ],
)
def test_device_hours_follow_from_devices_and_weeks(fields: dict[str, Any], hours: float) -> None:
    assert make_workload(**fields).device_hours == hours


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "pretraining", "weeks": None},
        {"kind": "online_inference", "weeks": 2},
        {"kind": "training"},
        {"gang_size": 9},
        {"sizing": "model"},
        {"sizing": "model", "params_b": 7.0, "device_hours_p50": 10.0},
        {"device_hours_p50": 10.0},
        {"end_on": monday()},
        {"start_on": monday() + timedelta(days=3)},
        {"priority": 0},
        {"value": Decimal(-1)},
        {"status": "paused"},
    ],
)
def test_the_database_itself_refuses_what_cannot_be(fields: dict[str, Any]) -> None:
    project = make_project()

    with pytest.raises(IntegrityError), transaction.atomic():
        make_workload(project, **fields)
