"""Pages of devices and their demand: Ada leads, Bo works in the project, Cy is a stranger."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.urls import reverse

from capacity.models import MaintenanceWindow, Node, Pool
from tests.builders import (
    make_accelerator,
    make_allocation,
    make_maintenance,
    make_node,
    make_pool,
    make_project,
    make_site,
    make_workload,
    monday,
)
from tests.cast import Cast
from tests.integration.capacity.files import NODES

pytestmark = pytest.mark.django_db


@pytest.fixture
def today(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The tests' first Monday: pages speak of this week."""
    from django.utils import timezone

    monkeypatch.setattr(timezone, "localdate", lambda *args: monday())
    return monday()


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


# --- the estate -----------------------------------------------------------------------------------


def test_the_estate_adds_up_by_site(cast: Cast, client_for: Any, today: Any) -> None:
    shanghai, berlin = make_site("shanghai"), make_site("berlin")
    make_pool("a", site=shanghai, node_count=10, power_kw="10")
    listed = make_pool("b", site=shanghai)
    make_node(listed, devices=4)
    make_pool("c", site=berlin, node_count=1)

    page = words(client_for(cast.plan).get(reverse("capacity:pool-list")))

    assert "92 <small>92 this week" in page
    assert "84 devices in 11 nodes, 100 kW" in page
    assert "8 devices in 1 node, 0 kW" in page
    assert "230 USD" in page  # 92 devices at 2.50 an hour


def test_costs_and_sums_of_all_projects_are_told_to_those_who_may(
    cast: Cast, client_for: Any, today: Any
) -> None:
    make_allocation(pool=make_pool("p"))
    address = reverse("capacity:pool-list")

    told = {
        who: [
            word in words(client_for(getattr(cast, who)).get(address))
            for word in ("Cost per device-hour", "Allocated this week")
        ]
        for who in ("plan", "ada", "vi", "bo", "cy")
    }

    assert told == {
        "plan": [True, True],
        "ada": [True, True],
        "vi": [False, True],
        "bo": [False, False],
        "cy": [False, False],
    }


def test_only_planners_find_the_ways_to_change(cast: Cast, client_for: Any, today: Any) -> None:
    pool = make_pool("p")
    make_maintenance(pool)
    for name, args in (("pool-list", []), ("pool-detail", [pool.pk]), ("accelerator-list", [])):
        address = reverse(f"capacity:{name}", args=args)
        assert "/new/" in words(client_for(cast.plan).get(address))
        for who in ("ada", "bo", "cy", "vi"):
            assert "/new/" not in words(client_for(getattr(cast, who)).get(address)), (name, who)


@pytest.mark.parametrize("who", ["ada", "bo", "cy", "vi"])
def test_others_are_refused_at_every_form(cast: Cast, client_for: Any, who: str) -> None:
    pool = make_pool("p")
    node, window = make_node(pool), make_maintenance(pool)
    own, row = make_accelerator(is_own=True), make_allocation()
    seen = {"ada", "vi"}  # who sees the allocation hears a no, others that there is none
    client = client_for(getattr(cast, who))

    for name, args in (
        ("pool-create", []),
        ("pool-update", [pool.pk]),
        ("pool-remove", [pool.pk]),
        ("node-create", [pool.pk]),
        ("node-update", [node.pk]),
        ("node-remove", [node.pk]),
        ("maintenance-create", [pool.pk]),
        ("maintenance-update", [window.pk]),
        ("maintenance-remove", [window.pk]),
        ("accelerator-create", []),
        ("accelerator-update", [own.pk]),
        ("accelerator-remove", [own.pk]),
        ("allocation-create", []),
        ("capacity-import", []),
    ):
        assert client.post(reverse(f"capacity:{name}", args=args)).status_code == 403, name
    for name in ("allocation-update", "allocation-remove"):
        answer = client.post(reverse(f"capacity:{name}", args=[row.pk]))
        assert answer.status_code == (403 if who in seen else 404)


def test_a_planner_adds_changes_and_removes_a_pool(cast: Cast, client_for: Any) -> None:
    site, kind = make_site(), make_accelerator()
    client = client_for(cast.plan)
    form = {
        "key": "p",
        "name_en": "Pool",
        "site": site.pk,
        "accelerator": kind.pk,
        "node_count": 4,
        "devices_per_node": 8,
        "cpu_cores": 96,
        "memory_gib": 1024,
        "storage_tb": 0,
        "network_gbit_s": 400,
        "power_kw": "10.2",
        "rate_per_device_hour": "2.5",
    }

    added = client.post(reverse("capacity:pool-create"), form)
    pool = Pool.objects.get()
    assert (added.status_code, added["Location"]) == (302, pool.get_absolute_url())
    place = reverse("capacity:pool-update", args=[pool.pk])
    bad = client.post(place, form | {"version": 1, "start_on": "2027-01-05"})
    saved = client.post(place, form | {"version": 1, "node_count": 5, "start_on": "2027-01-04"})
    stale = client.post(place, form | {"version": 1, "node_count": 6})
    assert (bad.status_code, saved.status_code, stale.status_code) == (422, 302, 412)
    assert "Mondays next to it" in words(bad)
    assert Pool.objects.get().node_count == 5
    removed = client.post(reverse("capacity:pool-remove", args=[pool.pk]), {"version": 2})
    assert (removed.status_code, Pool.objects.exists()) == (302, False)


def test_a_pool_in_use_stays_and_says_why(cast: Cast, client_for: Any) -> None:
    pool = make_allocation().pool

    answer = client_for(cast.plan).post(
        reverse("capacity:pool-remove", args=[pool.pk]), {"version": 1}, follow=True
    )

    assert "until when it is available" in words(answer)
    assert Pool.objects.exists()


def test_nodes_and_maintenance_are_added_changed_and_removed(cast: Cast, client_for: Any) -> None:
    pool, client = make_pool("p"), client_for(cast.plan)

    def post(name: str, pk: int, **form: Any) -> int:
        status: int = client.post(reverse(f"capacity:{name}", args=[pk]), form).status_code
        return status

    assert post("node-create", pool.pk, key="n", devices=8, cpu_cores=1, memory_gib=1) == 302
    node = Node.objects.get()
    assert post("node-update", node.pk, key="n", devices=4, cpu_cores=1, memory_gib=1, version=1)
    assert post("node-remove", node.pk, version=2) == 302
    weeks = {"start_on": "2027-01-04", "end_on": "2027-01-11"}
    assert post("maintenance-create", pool.pk, **weeks) == 422
    assert post("maintenance-create", pool.pk, **weeks, nodes_out=1) == 302
    window = MaintenanceWindow.objects.get()
    assert post("maintenance-update", window.pk, **weeks, out_share="0.5", version=1) == 302
    assert post("maintenance-remove", window.pk, version=2) == 302
    assert not Node.objects.exists()
    assert not MaintenanceWindow.objects.exists()


def test_a_pools_page_shows_weeks_nodes_and_the_allocations_that_one_sees(
    cast: Cast, client_for: Any, today: Any
) -> None:
    pool = make_pool("p", note="In hall 2")
    make_node(pool, "rack-1", start_on=monday(3))
    make_maintenance(pool, reason_en="New firmware")
    make_allocation(make_workload(make_project(deputies=[cast.bo]), name_en="Mine"), pool)
    make_allocation(make_workload(name_en="Hidden"), pool)
    address = reverse("capacity:pool-detail", args=[pool.pk])

    planner, bo = words(client_for(cast.plan).get(address)), words(client_for(cast.bo).get(address))

    for text in ("In hall 2", "rack-1", "New firmware", "2027-W04"):
        assert text in planner
        assert text in bo
    assert "Mine" in bo
    assert "Hidden" in planner
    assert "Hidden" not in bo
    assert '"Allocated"' in planner
    assert '"Allocated"' not in bo


def test_the_list_of_nodes_is_a_fragment_and_a_file(cast: Cast, client_for: Any) -> None:
    pool = make_pool("p")
    for index in range(30):
        make_node(pool, f"rack-{index:02d}")
    address, client = reverse("capacity:pool-detail", args=[pool.pk]), client_for(cast.cy)

    fragment = client.get(
        address, {"q": "rack-29"}, headers={"HX-Request": "true", "HX-Target": "node-list"}
    )
    file = b"".join(client.get(address, {"format": "csv"}).streaming_content).decode()

    assert words(fragment).startswith('<div id="node-list"')
    assert "rack-29" in words(fragment)
    assert "rack-28" not in words(fragment)
    assert file.count("rack-") == 30


def test_a_planner_adds_a_type_of_device(cast: Cast, client_for: Any) -> None:
    form = {"key": "g2", "name_en": "G2", "kind": "gpu", "confidence": "low", "memory_gb": 32}
    client = client_for(cast.plan)

    assert client.post(reverse("capacity:accelerator-create"), form).status_code == 302
    page = words(client_for(cast.cy).get(reverse("capacity:accelerator-list")))

    assert "G2" in page
    assert "added by this company" in page


@pytest.mark.parametrize(
    ("name", "for_planners", "for_others"),
    [
        ("pool-list", "Add a pool", "A planner adds"),
        ("workload-list", "No workloads", "No workloads to see"),
        ("allocation-list", "Write down what runs", "No allocations to see"),
        ("accelerator-list", "seed_reference", "seed_reference"),
    ],
)
def test_an_empty_list_says_why_and_what_to_do(
    cast: Cast, client_for: Any, name: str, for_planners: str, for_others: str
) -> None:
    address = reverse(f"capacity:{name}")

    assert for_planners in words(client_for(cast.plan).get(address))
    assert for_others in words(client_for(cast.cy).get(address))


# --- files ----------------------------------------------------------------------------------------


def test_a_file_is_previewed_and_then_written(cast: Cast, client_for: Any) -> None:
    make_pool("p")
    client, address = client_for(cast.plan), reverse("capacity:capacity-import")
    file = io.BytesIO(f"{NODES}\nn1,p,8,96,1024,,\n".encode())
    file.name = "nodes.csv"

    page = words(client.get(address, {"kind": "nodes"}))
    assert "Template file" in page
    assert "Export devices and demand" in page
    preview = client.post(address, {"kind": "nodes", "file": file})
    assert preview.status_code == 200
    assert not Node.objects.exists()
    done = client.post(address, {"token": preview.context["token"]})
    assert (done.status_code, Node.objects.count()) == (302, 1)


def test_lists_are_files_too(cast: Cast, client_for: Any) -> None:
    make_allocation(make_workload(key="w"), make_pool("p"))

    for name, start in (
        ("pool-list", "key,name,name_zh,site"),
        ("workload-list", "key,name,name_zh,project"),
        ("allocation-list", "workload,pool,start_on"),
    ):
        answer = client_for(cast.plan).get(reverse(f"capacity:{name}"), {"format": "csv"})
        text = b"".join(answer.streaming_content).decode("utf-8-sig")
        assert text.startswith(start)
        assert text.count("\n") == 2


# --- queries --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["pool-list", "workload-list", "allocation-list"])
def test_the_number_of_queries_does_not_grow_with_the_rows(
    cast: Cast, client_for: Any, name: str, django_assert_max_num_queries: Any
) -> None:
    for _ in range(6):
        pool = make_pool()
        make_node(pool)
        make_allocation(make_workload(accelerators=[pool.accelerator]), pool)
    client = client_for(cast.plan)
    client.get(reverse("home"))

    with django_assert_max_num_queries(16):
        client.get(reverse(f"capacity:{name}"))


def test_a_pools_page_reads_a_thousand_nodes_in_few_statements(
    cast: Cast, client_for: Any, django_assert_max_num_queries: Any
) -> None:
    pool = make_pool("p")
    Node.objects.bulk_create(
        [Node(pool=pool, key=f"n-{index}", devices=8) for index in range(1213)]
    )
    client = client_for(cast.plan)
    client.get(reverse("home"))

    with django_assert_max_num_queries(22):
        page = words(client.get(pool.get_absolute_url()))
    assert "9,704" in page  # 1,213 nodes of eight
    assert page.count("rack-") + page.count('scope="row">n-') == 25
