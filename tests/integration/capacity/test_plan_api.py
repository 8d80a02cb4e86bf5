"""Plans for programs: ask, poll, adopt, and the report with dictionary, ETag and 304."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from rest_framework.test import APIClient

from capacity.models import CapacityPlan
from capacity.services import plans
from tests import builders
from tests.cast import Cast
from tests.integration.capacity.plan_scene import Estate, solve, week

pytestmark = pytest.mark.django_db
PLANS = "/api/v1/capacity/plans/"
LATEST = f"{PLANS}latest/report/"


@pytest.fixture
def estate(cast: Cast) -> Estate:
    return Estate(cast.plan)


@pytest.fixture
def planner(cast: Cast, api_for: Callable[..., APIClient]) -> APIClient:
    return api_for(cast.plan)


def report_of(plan: CapacityPlan, **query: str) -> str:
    asked = "&".join(f"{key}={value}" for key, value in query.items())
    return f"{PLANS}{plan.pk}/report/?{asked}"


def csv_rows(response: Any) -> list[dict[str, str]]:
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(text.splitlines()))


# --- ask, poll ------------------------------------------------------------------------------------


def test_a_plan_is_queued_at_once_and_found_at_its_location(
    estate: Estate, planner: APIClient
) -> None:
    estate.ask("a")
    asked = {"objective": "efficiency", "from": week().isoformat(), "weeks": 8, "seconds": 2}
    answer = planner.post(PLANS, asked | {"seed": 5, "name": "Spring"})

    assert answer.status_code == 202
    plan = CapacityPlan.objects.get()
    assert answer["Location"].endswith(f"{PLANS}{plan.pk}/")
    assert (plan.objective, plan.start_on, plan.n_weeks) == ("efficiency", week(), 8)
    assert (plan.params, plan.seed, plan.name) == ({"seconds": 2}, 5, "Spring")
    assert answer.json()["from"] == week().isoformat()

    solve(plan)
    found = planner.get(answer["Location"]).json()
    assert (found["status"], found["outcome"]) == ("succeeded", "proven")
    assert (found["workloads"], found["served"], found["rows"]) == (1, 1, 1)
    assert (found["gap"], found["adopted_at"]) == (0, None)
    assert Decimal(found["net_value"]) == plan_net(plan)


def plan_net(plan: CapacityPlan) -> Decimal:
    plan.refresh_from_db()
    return plan.net_value or Decimal(0)


def test_an_empty_body_asks_for_the_defaults(planner: APIClient) -> None:
    assert planner.post(PLANS, {}).status_code == 202
    plan = CapacityPlan.objects.get()
    assert (plan.objective, plan.n_weeks, plan.params) == ("net_value", 26, {"seconds": 20})


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"objective": "profit"}, "objective"),
        ({"weeks": 0}, "weeks"),
        ({"weeks": 261}, "weeks"),
        ({"weeks": "many"}, "weeks"),
        ({"from": "2027-13-40"}, "from"),
        ({"from": 7}, "from"),
        ({"seconds": -1}, "seconds"),
        ({"seed": 2**40}, "seed"),
        ({"name": "x" * 121}, "name"),
        ({"name": "a\0b"}, "name"),
        ({"name": ["x"]}, "name"),
    ],
)
def test_hostile_bodies_are_named_by_their_field(
    planner: APIClient, body: dict[str, Any], field: str
) -> None:
    answer = planner.post(PLANS, body)

    assert answer.status_code == 400
    assert field in answer.json()["error"]["details"]["fields"]
    assert not CapacityPlan.objects.exists()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"from": "2027-01-05"}, "not a Monday"),
        ({"from": "9999-12-27"}, "too far"),
        ({"seconds": 10_000}, "time limit"),
    ],
)
def test_what_cannot_be_planned_is_said_in_words(
    planner: APIClient, body: dict[str, Any], words: str
) -> None:
    answer = planner.post(PLANS, body)

    assert answer.status_code == 400
    assert words in answer.json()["error"]["message"]


@pytest.mark.parametrize("body", [[], "text", None, {"weeks": [1]}])
def test_a_body_that_is_no_object_is_refused(planner: APIClient, body: Any) -> None:
    answer = planner.generic("POST", PLANS, json.dumps(body), content_type="application/json")

    assert answer.status_code == 400


def test_lists_take_no_more_queries_for_more_plans(
    estate: Estate, planner: APIClient, django_assert_max_num_queries: Any
) -> None:
    estate.ask("a")
    for _ in range(3):
        estate.plan()

    with django_assert_max_num_queries(5):
        answer = planner.get(PLANS)
    assert answer.json()["count"] == 3
    assert planner.get(f"{PLANS}?status=queued").json()["count"] == 0
    assert planner.get(f"{PLANS}?status=maybe").status_code == 400


def test_the_others_are_queued_by_the_api_too(estate: Estate, planner: APIClient) -> None:
    estate.ask("a")
    plan = estate.plan()

    answer = planner.post(f"{PLANS}{plan.pk}/others/")

    assert answer.status_code == 202
    assert {one["objective"] for one in answer.json()} == {"weighted_cost", "efficiency"}
    assert planner.post(f"{PLANS}{plan.pk}/others/").status_code == 409


# --- adopt ----------------------------------------------------------------------------------------


def test_all_or_some_rows_are_adopted(estate: Estate, planner: APIClient) -> None:
    for key in "abc":
        estate.ask(key)
    plan = estate.plan()
    address = f"{PLANS}{plan.pk}/adopt/"
    first = plan.allocations.get(workload__key="a").pk

    assert planner.post(address, {"rows": [first]}).json()["adopted"] == [first]
    done = planner.post(address, {"rows": "all", "reason": "as agreed"})

    assert done.status_code == 200
    assert len(done.json()["adopted"]) == 2
    assert done.json()["refused"] == []
    assert planner.get(f"{PLANS}{plan.pk}/").json()["rows_adopted"] == 3


def test_what_does_not_fit_any_more_is_a_conflict_that_names_the_rows(
    estate: Estate, planner: APIClient
) -> None:
    estate.ask("a", end_on=week(2), pools=[estate.far])
    plan = estate.plan()
    builders.make_maintenance(estate.far, start_on=week(), end_on=week(2), nodes_out=1)

    answer = planner.post(f"{PLANS}{plan.pk}/adopt/", {"rows": "all"})

    assert answer.status_code == 409
    error = answer.json()["error"]
    assert error["code"] == "nothing_adopted"
    (refused,) = error["details"]["refused"]
    assert refused["row"] == plan.allocations.get().pk
    assert "too few devices" in refused["reason"]


@pytest.mark.parametrize("rows", [[], [0], [-1], ["a"], [True], [2**60], {"all": 1}, "some", None])
def test_rows_that_are_none_are_refused(estate: Estate, planner: APIClient, rows: Any) -> None:
    estate.ask("a")
    plan = estate.plan()

    answer = planner.post(f"{PLANS}{plan.pk}/adopt/", {"rows": rows})

    assert answer.status_code == 400
    assert not plan.allocations.filter(adopted=True).exists()


# --- the report -----------------------------------------------------------------------------------


def test_no_adopted_plan_is_a_404_that_says_so(
    estate: Estate, cast: Cast, api_for: Callable[..., APIClient]
) -> None:
    client = api_for(cast.api)
    nothing = client.get(LATEST)
    assert nothing.status_code == 404
    assert nothing.json()["error"]["code"] == "no_plan"
    assert "adopted yet" in nothing.json()["error"]["message"]
    assert client.get(f"{LATEST}?state=computed").status_code == 404

    estate.ask("a")
    plan = estate.plan()

    still = client.get(LATEST)
    assert still.status_code == 404
    assert "state=computed" in still.json()["error"]["message"]
    computed = client.get(f"{LATEST}?state=computed")
    assert computed.status_code == 200
    assert computed.json()["plan_id"] == str(plan.pk)
    assert computed.json()["state"] == "computed"


def test_latest_is_the_plan_that_was_adopted_last(
    estate: Estate, cast: Cast, api_for: Callable[..., APIClient]
) -> None:
    estate.ask("a")
    first, second, third = estate.plan(), estate.plan(), estate.plan()
    plans.adopt(second, by=cast.plan)
    plans.adopt(first, by=cast.plan)
    client = api_for(cast.api)

    adopted, computed = client.get(LATEST), client.get(f"{LATEST}?state=computed")

    assert adopted.json()["plan_id"] == str(first.pk)
    assert adopted["Content-Location"].endswith(f"{PLANS}{first.pk}/report/")
    assert computed.json()["plan_id"] == str(third.pk)
    assert client.get(f"{LATEST}?state=dreamt").status_code == 400


def test_the_report_has_a_row_for_each_pool_and_week(
    estate: Estate, cast: Cast, api_for: Callable[..., APIClient]
) -> None:
    estate.ask("a", end_on=week(2), pools=[estate.near])
    estate.ask("huge", end_on=week(2), pools=[estate.near], devices=20)
    plan = estate.plan()

    data = api_for(cast.api).get(report_of(plan)).json()

    assert data["schema_version"] == 1
    assert plan.as_of is not None
    assert data["as_of"] == plan.as_of.isoformat().replace("+00:00", "Z")
    assert len(data["rows"]) == 8 * 2
    first = next(row for row in data["rows"] if row["pool"] == "near")
    assert {key: first[key] for key in ("supply", "held", "served", "missing", "demand")} == {
        "supply": 16,
        "held": 0,
        "served": 8,
        "missing": 12,
        "demand": 28,
    }
    assert (first["free"], first["used_share"]) == (8, 0.5)
    assert [column["name"] for column in data["columns"]] == list(first)


def test_csv_says_the_same_with_plan_and_time_in_each_row(
    estate: Estate, planner: APIClient
) -> None:
    estate.ask("a")
    plan = estate.plan()
    data = planner.get(report_of(plan)).json()

    answer = planner.get(report_of(plan, format="csv"))
    rows = csv_rows(answer)

    assert answer.streaming
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert len(rows) == len(data["rows"])
    assert set(rows[0]) == {"schema_version", "plan_id", "as_of", *data["rows"][0]}
    for row, same in zip(rows, data["rows"], strict=True):
        assert row["plan_id"] == str(plan.pk)
        assert float(row["served"]) == same["served"]
        assert row["week"] == same["week"]


def test_allocations_and_what_is_left_out_are_tables_of_their_own(
    estate: Estate, planner: APIClient
) -> None:
    estate.ask("a", end_on=week(2), pools=[estate.far])
    estate.ask("huge", devices=640)
    plan = estate.plan()

    (given,) = planner.get(report_of(plan, table="allocations")).json()["rows"]
    (left,) = planner.get(report_of(plan, table="left_out")).json()["rows"]

    assert (given["workload"], given["pool"], given["devices"]) == ("a", "far", 8)
    assert (given["device_weeks"], given["cost"]) == (16, 16 * 168 * 1)
    assert (left["workload"], left["rule"]) == ("huge", "too_large")
    assert "would not fit" in left["reason"]
    assert len(csv_rows(planner.get(report_of(plan, table="left_out", format="csv")))) == 1
