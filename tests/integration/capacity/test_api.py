"""The estate and its demand for programs: rows, ETag, CSV, rights, figures of money."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from capacity.models import Allocation, Node, Pool, Workload
from tests.builders import (
    make_accelerator,
    make_allocation,
    make_maintenance,
    make_node,
    make_plan,
    make_pool,
    make_project,
    make_site,
    make_workload,
    monday,
)
from tests.cast import Cast
from tests.integration.capacity.files import NODES

pytestmark = pytest.mark.django_db

HOME = "/api/v1/capacity/"


def text(answer: Any) -> str:
    return b"".join(answer.streaming_content).decode("utf-8-sig")


def test_a_planner_makes_reads_changes_and_removes_a_pool(cast: Cast, api_for: Any) -> None:
    make_site("shanghai")
    make_accelerator("h100")
    api = api_for(cast.plan)
    body = {"key": "p", "name_en": "P", "site": "shanghai", "accelerator": "h100", "node_count": 3}

    made = api.post(f"{HOME}pools/", body)
    assert made.status_code == 201, made.json()
    row = made.json()
    assert (row["nodes"], row["devices"], row["rate_per_device_hour"]) == (3, 24, "0.0000")

    place = f"{HOME}pools/{row['id']}/"
    changed = api.patch(place, {"rate_per_device_hour": "2.5"}, headers={"If-Match": made["ETag"]})
    assert (changed.status_code, changed.json()["rate_per_device_hour"]) == (200, "2.5000")
    stale = api.patch(place, {"note": "x"}, headers={"If-Match": made["ETag"]})
    missing = api.delete(place)
    removed = api.delete(place, headers={"If-Match": changed["ETag"]})

    assert (stale.status_code, missing.status_code, removed.status_code) == (412, 428, 204)
    assert not Pool.objects.exists()


def test_nodes_and_maintenance_the_same_way(cast: Cast, api_for: Any) -> None:
    pool, api = make_pool("p"), api_for(cast.plan)

    node = api.post(f"{HOME}nodes/", {"key": "n", "pool": "p", "devices": 8})
    window = api.post(
        f"{HOME}maintenance/",
        {"pool": "p", "start_on": monday(), "end_on": monday(1), "out_share": "0.5"},
    )
    assert (node.status_code, window.status_code) == (201, 201)
    for name, made, change in (
        ("nodes", node, {"devices": 4}),
        ("maintenance", window, {"out_share": None, "nodes_out": 1}),
    ):
        place = f"{HOME}{name}/{made.json()['id']}/"
        changed = api.patch(place, change, headers={"If-Match": made["ETag"]}, format="json")
        assert changed.status_code == 200, changed.json()
        assert api.delete(place, headers={"If-Match": changed["ETag"]}).status_code == 204
    assert not pool.nodes.exists()
    assert not pool.maintenance.exists()


def test_accelerators_of_the_company_stand_beside_those_of_the_catalog(
    cast: Cast, api_for: Any
) -> None:
    make_accelerator("a100")
    make_accelerator("old", retired_on=monday())

    made = api_for(cast.plan).post(
        f"{HOME}accelerators/", {"key": "g2", "name_en": "G2", "kind": "gpu"}
    )
    listed = api_for(cast.cy).get(f"{HOME}accelerators/").json()

    assert (made.status_code, made.json()["is_own"]) == (201, True)
    assert [row["key"] for row in listed["results"]] == ["a100", "g2"]


@pytest.mark.parametrize("who", ["ada", "bo", "cy", "vi"])
@pytest.mark.parametrize("name", ["pools", "nodes", "maintenance", "accelerators", "allocations"])
def test_others_hear_a_no_before_their_input_is_read(
    cast: Cast, api_for: Any, who: str, name: str
) -> None:
    answer = api_for(getattr(cast, who)).post(f"{HOME}{name}/", {"nonsense": True})

    assert answer.status_code == 403


def test_rates_are_for_managers_and_planners_with_the_scope_money(cast: Cast, api_for: Any) -> None:
    make_pool()

    def sees(user: Any, *scopes: str) -> bool:
        (row,) = api_for(user, scopes or ("read", "money")).get(f"{HOME}pools/").json()["results"]
        return "rate_per_device_hour" in row

    assert [sees(cast.ada), sees(cast.plan), sees(cast.admin)] == [True] * 3
    assert [sees(cast.vi), sees(cast.bo), sees(cast.boss), sees(cast.cy)] == [False] * 4
    assert not sees(cast.plan, "read")


def test_rows_stream_as_the_export_and_are_filtered(cast: Cast, api_for: Any) -> None:
    make_node(make_pool("a"), "n-a")
    make_node(make_pool("b"), "n-b")
    api = api_for(cast.cy)

    rows = list(csv.DictReader(io.StringIO(text(api.get(f"{HOME}nodes/?format=csv&pool=b")))))
    pools = text(api.get(f"{HOME}pools/?format=csv"))
    wrong = api.get(f"{HOME}pools/?format=xml")

    assert [row["key"] for row in rows] == ["n-b"]
    assert pools.splitlines()[0].split(",")[:4] == ["key", "name", "name_zh", "site"]
    assert wrong.status_code == 400


def test_a_file_is_imported_or_refused_as_a_whole(cast: Cast, api_for: Any) -> None:
    make_pool("p")
    api = api_for(cast.plan)

    def send(*lines: str, **more: Any) -> Any:
        file = io.BytesIO("\n".join([NODES, *lines]).encode())
        file.name = "nodes.csv"
        return api.post(
            f"{HOME}import/", {"file": file, "kind": "nodes", **more}, format="multipart"
        )

    tried = send("n1,p,8,,,,", dry_run="true")
    assert (tried.status_code, Node.objects.count()) == (200, 0)
    bad = send("n1,p,8,,,,", "n2,q,8,,,,")
    assert (bad.status_code, Node.objects.count()) == (422, 0)
    assert bad.json()["errors"] == [
        {"row": 3, "column": "pool", "message": "Pool: there is no “q”. Known: p."}
    ]
    good = send("n1,p,8,,,,")
    assert (good.status_code, good.json()["created"], Node.objects.count()) == (200, 1, 1)
    unknown = send("n1,p,8,,,,", kind="gpus")
    assert (unknown.status_code, unknown.json()["error"]["details"]["field"]) == (400, "kind")


def test_exports_have_an_address_of_their_own(cast: Cast, api_for: Any) -> None:
    make_pool("p")

    assert "p," in text(api_for(cast.cy).get(f"{HOME}export/pools/"))
    assert api_for(cast.cy).get(f"{HOME}export/gpus/").status_code == 404


# --- workloads ------------------------------------------------------------------------------------


def test_a_lead_makes_changes_and_removes_a_workload(cast: Cast, api_for: Any) -> None:
    project = make_project(key="triage", lead=cast.ada, phases=True)
    make_accelerator("h100")
    api = api_for(cast.ada)
    body = {
        "name_en": "Pretraining",
        "project": "triage",
        "phase": "training",
        "kind": "pretraining",
        "devices": 64,
        "weeks": 3,
        "value": "5000",
        "accelerators": ["h100"],
    }

    made = api.post(f"{HOME}workloads/", body, format="json")
    assert made.status_code == 201, made.json()
    row, phase = made.json(), project.phases.get(key="training")
    assert (row["start_on"], row["end_on"]) == (str(phase.start_on), str(phase.end_on))
    assert (row["shape"], row["device_hours"]["p50"]) == ("gang", 64 * 3 * 168)
    assert (row["value"], row["accelerators"]) == ("5000.00", ["h100"])

    place = f"{HOME}workloads/{row['id']}/"
    changed = api.patch(
        place, {"devices": 32, "phase": None}, format="json", headers={"If-Match": made["ETag"]}
    )
    assert (changed.json()["devices"], changed.json()["phase"]) == (32, None)
    assert api.delete(place, headers={"If-Match": changed["ETag"]}).status_code == 204
    assert not Workload.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"project": "other"}, "project"),
        ({"kind": "training"}, "kind"),
        ({"phase": "lunch"}, "phase"),
        ({"phase": "design"}, "phase"),
        ({"devices": 0}, "devices"),
        ({"devices": None}, "devices"),
        ({"weeks": 99}, "weeks"),
        ({"start_on": "2027-01-05"}, "start_on"),
        ({"start_on": None}, "start_on"),
        ({"accelerators": ["nothing"]}, "accelerators"),
        ({"value": "NaN"}, "value"),
    ],
)
def test_bad_fields_are_refused_by_name(
    cast: Cast, api_for: Any, change: dict[str, Any], field: str
) -> None:
    make_project(key="triage", lead=cast.ada)
    make_project(key="other")
    good = {
        "name_en": "W",
        "project": "triage",
        "kind": "pretraining",
        "devices": 8,
        "weeks": 2,
        "start_on": str(monday()),
        "end_on": str(monday(8)),
    }

    answer = api_for(cast.ada).post(f"{HOME}workloads/", good | change, format="json")

    assert answer.status_code == 400
    assert field in answer.json()["error"]["details"]["fields"]
    assert not Workload.objects.exists()


def test_strangers_get_404_and_members_without_the_right_403(cast: Cast, api_for: Any) -> None:
    workload = make_workload(make_project(lead=cast.ada))
    allocation = make_allocation(workload)

    for place in (f"workloads/{workload.pk}/", f"allocations/{allocation.pk}/"):
        assert api_for(cast.cy).get(HOME + place).status_code == 404
        assert api_for(cast.cy).delete(HOME + place, headers={"If-Match": "1"}).status_code == 404
        assert api_for(cast.vi).get(HOME + place).status_code == 200
        assert api_for(cast.vi).delete(HOME + place, headers={"If-Match": "1"}).status_code == 403
    assert Allocation.objects.count() == 1


def test_the_worth_is_told_to_leads_of_the_project_and_to_planners(
    cast: Cast, api_for: Any
) -> None:
    make_workload(make_project(lead=cast.ada, deputies=[cast.bo]), value=5000)
    make_workload(make_project(deputies=[cast.cy]), value=5000)

    def told(user: Any) -> list[bool]:
        rows = api_for(user).get(f"{HOME}workloads/").json()["results"]
        return ["value" in row for row in rows]

    assert told(cast.plan) == [True, True]
    assert told(cast.bo) == [True]
    assert told(cast.vi) == [False, False]
    assert "used_cost" not in api_for(cast.bo).get(f"{HOME}workloads/").json()["results"][0]


def test_workloads_are_filtered(cast: Cast, api_for: Any) -> None:
    one = make_workload(make_project(key="one"), "w-1")
    make_workload(key="w-2", kind="batch_inference", start_on=monday(20), end_on=monday(30))
    make_workload(key="w-3", status="done")
    api = api_for(cast.plan)

    def found(query: str) -> list[str]:
        rows = api.get(f"{HOME}workloads/?{query}").json()["results"]
        return sorted(row["key"] for row in rows)

    assert found("project=one") == ["w-1"]
    assert found(f"project={one.project_id}") == ["w-1"]
    assert found("kind=batch_inference") == ["w-2"]
    assert found("status=done") == ["w-3"]
    assert found(f"from={monday(10)}") == ["w-2"]
    assert found(f"to={monday(10)}") == ["w-1", "w-3"]
    assert api.get(f"{HOME}workloads/?kind=lunch").status_code == 400
    assert "w-1" in text(api.get(f"{HOME}workloads/?format=csv"))


# --- allocations ----------------------------------------------------------------------------------


def test_a_planner_gives_and_takes_devices(cast: Cast, api_for: Any) -> None:
    make_workload(key="w")
    make_pool("p")
    api = api_for(cast.plan)
    body = {
        "workload": "w",
        "pool": "p",
        "start_on": str(monday()),
        "end_on": str(monday(2)),
        "devices": 8,
        "state": "running",
    }

    made = api.post(f"{HOME}allocations/", body)
    assert made.status_code == 201, made.json()
    too_much = api.post(f"{HOME}allocations/", body | {"start_on": str(monday(2)), "devices": 99})
    place = f"{HOME}allocations/{made.json()['id']}/"
    changed = api.patch(place, {"state": "locked"}, headers={"If-Match": made["ETag"]})
    removed = api.delete(f"{place}?reason=wrong", headers={"If-Match": changed["ETag"]})

    assert (too_much.status_code, changed.json()["state"], removed.status_code) == (
        400,
        "locked",
        204,
    )


def test_a_clash_is_409_and_says_how_to_do_it_all_the_same(cast: Cast, api_for: Any) -> None:
    make_workload(key="w")
    make_pool("p", node_count=0)
    body = {
        "workload": "w",
        "pool": "p",
        "start_on": str(monday()),
        "end_on": str(monday(1)),
        "devices": 8,
    }
    api = api_for(cast.plan)

    refused = api.post(f"{HOME}allocations/", body)
    error = refused.json()["error"]

    assert (refused.status_code, error["code"]) == (409, "needs_reason")
    assert [clash["rule"] for clash in error["details"]["clashes"]] == ["capacity"]
    assert api.post(f"{HOME}allocations/", body | {"reason": "ordered"}).status_code == 201


def test_only_allocations_in_force_are_listed(cast: Cast, api_for: Any) -> None:
    plan = make_plan()
    adopted = make_allocation(plan=plan, adopted=True)
    make_allocation(plan=plan)

    listed = api_for(cast.plan).get(f"{HOME}allocations/").json()["results"]

    assert [(row["id"], row["plan"]) for row in listed] == [(adopted.pk, str(plan.pk))]


@pytest.mark.parametrize("name", ["pools", "nodes", "maintenance", "workloads", "allocations"])
def test_the_number_of_queries_does_not_grow_with_the_rows(
    cast: Cast, api_for: Any, name: str, django_assert_max_num_queries: Any
) -> None:
    for _ in range(8):
        pool = make_pool()
        make_node(pool)
        make_maintenance(pool)
        make_allocation(make_workload(accelerators=[pool.accelerator], pools=[pool]), pool)
    api = api_for(cast.plan)

    with django_assert_max_num_queries(9):
        assert api.get(f"{HOME}{name}/").json()["count"] == 8
