"""Pages of workloads and allocations: Ada leads, Bo is a deputy, Cy is a stranger."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from capacity.models import Allocation, Workload
from tests.builders import (
    make_allocation,
    make_plan,
    make_pool,
    make_project,
    make_workload,
)
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


# --- workloads ------------------------------------------------------------------------------------

FORM = {
    "name_en": "Pretraining",
    "kind": "pretraining",
    "sizing": "devices",
    "devices": "64",
    "weeks": "3",
    "start_on": "2027-01-04",
    "end_on": "2027-03-01",
}


def test_the_same_three_at_a_workloads_page(cast: Cast, client_for: Any) -> None:
    workload = make_workload(make_project(lead=cast.ada, deputies=[cast.bo]), value=5000)
    address = workload.get_absolute_url()

    ada, bo = (words(client_for(user).get(address)) for user in (cast.ada, cast.bo))

    assert "Edit" in ada
    assert "5,000" in ada
    assert "5,000" in bo
    assert client_for(cast.cy).get(address).status_code == 404
    assert "5,000" not in words(client_for(cast.vi).get(address))


def test_a_deputy_adds_a_workload_after_choosing_the_project(cast: Cast, client_for: Any) -> None:
    project = make_project("Triage", deputies=[cast.bo], phases=True)
    make_project("Foreign")
    client, address = client_for(cast.bo), reverse("capacity:workload-create")

    choice = words(client.get(address))
    assert "Triage" in choice
    assert "Foreign" not in choice
    filled = words(client.get(address, {"project": project.pk, "devices": "32"}))
    assert 'value="32"' in filled
    made = client.post(f"{address}?project={project.pk}", FORM)
    workload = Workload.objects.get()
    assert (made.status_code, made["Location"]) == (302, workload.get_absolute_url())
    assert (workload.project, workload.devices, workload.gang_size) == (project, 64, 1)


def test_a_window_left_blank_is_the_phases(cast: Cast, client_for: Any) -> None:
    project = make_project(lead=cast.ada, phases=True)
    phase = project.phases.get(key="training")
    address = f"{reverse('capacity:workload-create')}?project={project.pk}"
    form = {**FORM, "start_on": "", "end_on": ""}

    assert client_for(cast.ada).post(address, form).status_code == 422
    answer = client_for(cast.ada).post(address, form | {"phase": phase.pk})
    assert answer.status_code == 302
    workload = Workload.objects.get()
    assert (workload.start_on, workload.end_on) == (phase.start_on, phase.end_on)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"devices": ""}, "How many devices?"),
        ({"weeks": "9"}, "more weeks than its window"),
        ({"weeks": ""}, "needs its weeks"),
        ({"gang_size": "7"}, "no whole number of gangs"),
        ({"start_on": "2027-01-05"}, "not a Monday"),
    ],
)
def test_what_cannot_be_is_said_at_the_field(
    cast: Cast, client_for: Any, change: dict[str, str], text: str
) -> None:
    project = make_project(lead=cast.ada)
    address = f"{reverse('capacity:workload-create')}?project={project.pk}"

    answer = client_for(cast.ada).post(address, FORM | change)

    assert answer.status_code == 422
    assert text in words(answer)
    assert not Workload.objects.exists()


def test_strangers_and_viewers_add_nothing(cast: Cast, client_for: Any) -> None:
    project = make_project(lead=cast.ada)
    address = reverse("capacity:workload-create")

    for user in (cast.cy, cast.vi):
        assert client_for(user).get(address).status_code == 403
        assert client_for(user).post(f"{address}?project={project.pk}", FORM).status_code == 403
    assert not Workload.objects.exists()


def test_a_lead_changes_and_removes_a_workload(cast: Cast, client_for: Any) -> None:
    workload = make_workload(make_project(lead=cast.ada))
    client = client_for(cast.ada)
    place = reverse("capacity:workload-update", args=[workload.pk])
    form = {**FORM, "status": "open", "gang_size": "1"}

    saved = client.post(place, form | {"version": 1, "devices": "16"})
    stale = client.post(place, form | {"version": 1, "devices": "24"})
    assert (saved.status_code, stale.status_code) == (302, 412)
    assert Workload.objects.get().devices == 16
    removed = client.post(reverse("capacity:workload-remove", args=[workload.pk]), {"version": 2})
    assert (removed.status_code, Workload.objects.exists()) == (302, False)


def test_a_workload_with_devices_stays_and_says_why(cast: Cast, client_for: Any) -> None:
    workload = make_allocation().workload

    answer = client_for(cast.plan).post(
        reverse("capacity:workload-remove", args=[workload.pk]), {"version": 1}, follow=True
    )

    assert "cancelled or done" in words(answer)


def test_the_project_page_shows_its_workloads_to_those_who_see_its_plan(
    cast: Cast, client_for: Any
) -> None:
    project = make_project(lead=cast.ada, deputies=[cast.bo], phases=True)
    make_workload(project, name_en="Report model")
    address = project.get_absolute_url()

    for user, sees, adds in (
        (cast.ada, True, True),
        (cast.bo, True, True),
        (cast.plan, True, True),
        (cast.vi, True, False),
        (cast.cy, False, False),
    ):
        page = words(client_for(user).get(address))
        assert ("Report model" in page) is sees
        assert ("Add a workload" in page) is adds


def test_the_search_finds_pools_and_own_workloads(cast: Cast, client_for: Any) -> None:
    make_pool("p", name_en="Quartz hall")
    make_workload(make_project(deputies=[cast.bo]), name_en="Quartz model")
    make_workload(name_en="Quartz secret")

    def hits(user: Any) -> list[bool]:
        page = words(client_for(user).get(reverse("web:search"), {"q": "quartz"}))
        return [name in page for name in ("Quartz hall", "Quartz model", "Quartz secret")]

    assert hits(cast.plan) == [True, True, True]
    assert hits(cast.bo) == [True, True, False]
    assert hits(cast.cy) == [True, False, False]


# --- allocations ----------------------------------------------------------------------------------


def test_a_planner_gives_devices_and_is_warned_first(cast: Cast, client_for: Any) -> None:
    workload, pool, client = make_workload(), make_pool("p", node_count=0), client_for(cast.plan)
    address = reverse("capacity:allocation-create")
    form = {
        "workload": workload.pk,
        "pool": pool.pk,
        "start_on": "2027-01-04",
        "end_on": "2027-01-18",
        "devices": "8",
        "state": "running",
    }

    assert "2027-01-04" in words(client.get(address, {"start_on": "2027-01-04"}))
    warned = client.post(address, form)
    given = client.post(address, form | {"reason": "ordered"})
    assert (warned.status_code, given.status_code) == (409, 302)
    assert "too few devices" in words(warned)

    row = Allocation.objects.get()
    place = reverse("capacity:allocation-update", args=[row.pk])
    change = {**form, "version": 1, "state": "locked", "reason": "ordered"}
    assert client.post(place, change).status_code == 302
    assert client.post(place, change | {"state": "running"}).status_code == 412
    client.post(reverse("capacity:allocation-remove", args=[row.pk]), {"version": 2})
    assert not Allocation.objects.exists()


def test_the_form_of_a_plans_row_only_locks(cast: Cast, client_for: Any) -> None:
    row = make_allocation(plan=make_plan(), adopted=True)
    place, client = reverse("capacity:allocation-update", args=[row.pk]), client_for(cast.plan)

    page = words(client.get(place))
    saved = client.post(place, {"version": 1, "state": "locked", "devices": "1"})

    assert "make a new plan" in page
    assert saved.status_code == 302
    row.refresh_from_db()
    assert (row.state, int(row.devices)) == ("locked", 8)
