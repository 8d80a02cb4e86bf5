"""Reports of plans and of people for programs."""

from __future__ import annotations

import csv
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from capacity.api.plan_serializers import MONEY
from capacity.models import CapacityPlan, PlanWeek
from capacity.selectors.plan_report import TABLES
from capacity.services import plans
from tests.cast import Cast
from tests.integration.capacity.plan_scene import Estate, week

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


@pytest.mark.parametrize(
    "query",
    [{"format": "xml"}, {"format": "CSV"}, {"table": "secrets"}, {"table": ""}, {"format": "a\0"}],
)
def test_an_unknown_format_or_table_is_refused(
    estate: Estate, planner: APIClient, query: dict[str, str]
) -> None:
    estate.ask("a")
    plan = estate.plan()

    assert planner.get(f"{PLANS}{plan.pk}/report/", query).status_code == 400


def test_a_plan_that_is_not_computed_has_no_report(estate: Estate, planner: APIClient) -> None:
    answer = planner.get(report_of(estate.submit()))

    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "not_ready"


@pytest.mark.parametrize("table", list(TABLES))
@pytest.mark.parametrize("form", ["json", "csv"])
def test_who_asks_again_gets_304_until_something_changes(
    estate: Estate, planner: APIClient, form: str, table: str
) -> None:
    estate.ask("a", pools=[estate.near])
    estate.ask("huge", devices=640)
    plan = estate.plan()
    address = report_of(plan, format=form, table=table)
    first = planner.get(address)
    tag = first["ETag"]

    again = planner.get(address, headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert again["ETag"] == tag
    assert again["Cache-Control"] == first["Cache-Control"] == "private, no-cache"
    assert b"".join(again) == b""
    listed = f'"other", W/{tag}'
    assert planner.get(address, headers={"If-None-Match": listed}).status_code == 304
    assert planner.get(address, headers={"If-None-Match": '"other"'}).status_code == 200
    assert planner.get(address, headers={"If-None-Match": "nonsense"}).status_code == 200

    estate.near.key = estate.near.name_en = "renamed"
    estate.near.save()
    plans.adopt(plan, by=estate.planner)
    left = plan.left_out.get()
    left.value = 1
    left.save()
    changed = planner.get(address, headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed["ETag"] != tag


def test_formats_tables_rights_and_languages_have_tags_of_their_own(
    estate: Estate, cast: Cast, api_for: Callable[..., APIClient]
) -> None:
    estate.ask("a")
    plan = estate.plan()
    tags = [
        api_for(cast.plan).get(report_of(plan, format=form, table=table))["ETag"]
        for form in ("json", "csv")
        for table in TABLES
    ]
    tags.append(api_for(cast.vi).get(report_of(plan))["ETag"])
    tags.append(
        api_for(cast.plan).get(report_of(plan), headers={"Accept-Language": "zh-hans"})["ETag"]
    )

    assert len(set(tags)) == len(tags)


def test_the_dictionary_describes_every_column_of_every_table(
    estate: Estate, planner: APIClient
) -> None:
    estate.ask("a")
    plan = estate.plan()
    said = planner.get(f"{PLANS}columns/").json()

    assert set(said["tables"]) == set(TABLES)
    for name, columns in said["tables"].items():
        assert all(column["description"] and column["type"] for column in columns)
        head = next(iter(csv_rows(planner.get(report_of(plan, format="csv", table=name)))), None)
        if head is not None:
            assert [column["name"] for column in columns] == list(head)


def test_ids_that_are_none_and_plans_that_are_not_there_are_404(planner: APIClient) -> None:
    for address in (f"{PLANS}{uuid4()}/", f"{PLANS}{uuid4()}/report/", f"{PLANS}1/", f"{PLANS}x/"):
        assert planner.get(address).status_code == 404
    assert planner.post(f"{PLANS}{uuid4()}/adopt/", {"rows": "all"}).status_code == 404


# --- who ------------------------------------------------------------------------------------------

READERS = ("admin", "ada", "plan", "vi", "boss", "api")
OTHERS = ("bo", "cy", "rev", "ml", "legal", "owner")


@pytest.mark.parametrize("who", [*READERS, *OTHERS])
def test_who_reads_plans_and_who_sees_their_money(
    estate: Estate, cast: Cast, api_for: Callable[..., APIClient], who: str
) -> None:
    estate.ask("a")
    plan = estate.plan()
    queued = estate.submit()
    client = api_for(getattr(cast, who))
    answer = client.get(f"{PLANS}{plan.pk}/")
    report = client.get(report_of(plan))

    if who in OTHERS:
        assert {answer.status_code, report.status_code} == {404}
        assert client.get(PLANS).json()["count"] == 0
        return
    money = who in {"admin", "ada", "plan"}
    assert answer.status_code == report.status_code == 200
    assert {name in answer.json() for name in MONEY} == {money}
    assert ("cost" in report.json()["rows"][0]) == money
    assert ("net_value" in report.json()) == money
    # What is still computed is for who computes.
    assert client.get(f"{PLANS}{queued.pk}/").status_code == (200 if money else 404)
    listed = client.get(PLANS).json()["results"]
    assert {"cost" in one for one in listed} == {money}


def test_an_api_client_sees_sums_of_all_and_rows_of_none(
    estate: Estate, cast: Cast, api_for: Callable[..., APIClient]
) -> None:
    estate.ask("a")
    estate.ask("huge", devices=640)
    plan = estate.plan()
    client = api_for(cast.api)

    assert sum(row["served"] for row in client.get(report_of(plan)).json()["rows"]) == 16
    assert client.get(report_of(plan, table="allocations")).json()["rows"] == []
    assert client.get(report_of(plan, table="left_out")).json()["rows"] == []


@pytest.mark.parametrize("scopes", [("write", "money"), ("read",), ("read", "write")])
def test_a_token_has_no_more_than_its_scopes(
    estate: Estate, cast: Cast, api_for: Callable[..., APIClient], scopes: tuple[str, ...]
) -> None:
    estate.ask("a")
    plan = estate.plan()
    client = api_for(cast.plan, scopes)

    answer = client.get(report_of(plan))
    assert answer.status_code == (200 if "read" in scopes else 403)
    if answer.status_code == 200:
        assert "cost" not in answer.json()["rows"][0]
    adopt = client.post(f"{PLANS}{plan.pk}/adopt/", {"rows": "all"})
    assert adopt.status_code == (200 if "write" in scopes else 403)


def test_anonymous_programs_get_401() -> None:
    client = APIClient()
    for address in (
        PLANS,
        LATEST,
        f"{PLANS}{uuid4()}/report/",
        reverse("api:capacity:plan-columns"),
    ):
        assert client.get(address).status_code == 401


def test_a_report_over_years_and_pools_takes_few_queries(
    estate: Estate, planner: APIClient, django_assert_max_num_queries: Any
) -> None:
    estate.ask("a")
    plan = estate.plan()
    pools = [estate.make_pool(f"more-{index}") for index in range(10)]
    PlanWeek.objects.bulk_create(
        PlanWeek(plan=plan, pool=pool, week_on=week(index), supply=8)
        for pool in pools
        for index in range(52)
    )

    with django_assert_max_num_queries(6):
        assert len(planner.get(report_of(plan)).json()["rows"]) == 16 + 520
