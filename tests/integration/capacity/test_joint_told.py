"""What waits for what, as home sums it up and programs read it."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import Any

import pytest

from capacity.selectors.joint_home import project_waits
from projects.models import Phase, Project
from tests.builders import (
    make_allocation,
    make_assignment,
    make_person,
    make_phase,
    make_plan,
    make_pool,
    make_project,
    make_seat,
    make_slot,
    make_workload,
    monday,
)
from tests.cast import Cast, api_client
from tests.integration.capacity.joint_scene import phase, today, training, words

pytestmark = pytest.mark.django_db


__all__ = ["phase", "today"]  # fixtures


# --- home -----------------------------------------------------------------------------------------


def test_home_sums_up_projects_worst_first_from_this_week_on(
    cast: Cast, phase: Phase, client_for: Any
) -> None:
    training(phase)
    small = make_project("Small", lead=cast.ada)
    part = make_phase(small, "training", start_on=monday(-2), end_on=monday(1))
    make_assignment(make_slot(make_seat(small), part), make_person(rate_per_fte_week=1000))
    make_allocation(training(part), devices=8, start_on=monday(-2), end_on=monday(-1))
    for status in ("done", "cancelled"):
        over = make_phase(make_project(status=status, lead=cast.ada), "training")
        make_assignment(make_slot(make_seat(over.project), over))
        training(over)

    rows, total = project_waits(cast.ada, monday())

    assert [(row.project.name, row.sums.people) for row in rows] == [
        ("Vision QA", 8),
        ("Small", 0.5),
    ]
    assert total.people_cost == Decimal("24500.00")


def test_a_closed_phase_waits_for_nothing_more(cast: Cast, phase: Phase) -> None:
    training(phase)
    Phase.objects.update(closed_at="2027-01-05T08:00Z", closed_by=cast.ada)

    assert project_waits(cast.ada, monday())[0] == []


def test_home_tells_each_reader_of_the_projects_that_they_see(
    cast: Cast, phase: Phase, client_for: Any, today: Any
) -> None:
    training(phase)
    Project.objects.update(status="active")

    told = {}
    for who in ("ada", "plan", "vi", "bo", "cy"):
        page = words(client_for(getattr(cast, who)).get("/"))
        told[who] = ("8 person-weeks" in page, "24,000" in page)

    assert told == {
        "ada": (True, True),
        "plan": (True, False),
        "vi": (True, False),
        "bo": (True, False),
        "cy": (False, False),
    }


def test_home_shows_the_weeks_in_which_the_adopted_plan_lacks_devices(
    cast: Cast, client_for: Any, today: Any
) -> None:
    assert "No capacity plan adopted yet" in words(client_for(cast.plan).get("/"))
    assert "Shortage weeks" not in words(client_for(cast.vi).get("/"))
    plan = make_plan(adopted_at="2027-01-04T08:00Z", adopted_by=cast.plan, start_on=monday(-1))
    pool = make_pool("h100", name_en="Frankfurt H100")
    for week, (held, shortage) in enumerate([(0, 5), (8, 0), (32, 8), (4, 0)], start=-1):
        plan.pool_weeks.create(
            pool=pool, week_on=monday(week), supply=32, held=held, shortage=shortage
        )

    page = words(client_for(cast.vi).get("/"))

    assert "In 1 week devices are missing" in page  # what is gone does not count
    assert "2027-W02</strong> <a" in page
    assert "8 missing beside 32" in page
    assert "Shortage weeks" not in words(client_for(cast.bo).get("/"))
    assert "rows count today" not in page
    for adopted in (True, False):
        make_allocation(make_workload(), pool, plan=plan, adopted=adopted)
    page = words(client_for(cast.vi).get("/"))
    assert "Only 1 of the plan’s 2 rows count today" in page


# --- programs -------------------------------------------------------------------------------------


def weeks_of(user: Any, phase: Phase, query: str = "", **headers: Any) -> Any:
    client = api_client(user, headers.pop("scopes", "read write money").split())
    return client.get(f"/api/v1/capacity/projects/{phase.project_id}/weeks/{query}", **headers)


def test_the_report_says_what_waits_by_week_and_phase(cast: Cast, phase: Phase) -> None:
    make_allocation(training(phase), end_on=monday(1))

    answer = weeks_of(cast.ada, phase).json()

    assert answer["rows"][1] == {
        "phase": "training",
        "week": "2027-W02",
        "week_on": "2027-01-11",
        "fte_asked": 2,
        "fte_filled": 2,
        "fill_share": 1,
        "devices_asked": 2,
        "devices_granted": 0,
        "grant_share": 0,
        "person_weeks_waiting": 2,
        "device_weeks_waiting": 0,
        "people_cost": 6000,
        "devices_cost": 0,
    }
    (total,) = answer["phases"]
    assert (total["person_weeks_waiting"], total["person_hours_waiting"]) == (6.4, 256)
    assert total["people_cost"] == "19200.00"
    assert [column["name"] for column in answer["columns"]] == list(answer["rows"][0])


def test_the_lines_of_the_report_are_slots_and_workloads_where_they_ask(
    cast: Cast, phase: Phase
) -> None:
    work = training(phase, name_en="Ranking")
    make_allocation(work)

    rows = weeks_of(cast.vi, phase, "?table=lines").json()["rows"]

    assert len(rows) == 2 * 4 + 2
    assert rows[-1] == {
        "phase": "training",
        "week": "2027-W02",
        "week_on": "2027-01-11",
        "kind": "workload",
        "key": work.key,
        "name": "Ranking",
        "must": True,
        "asked": 8,
        "there": 8,
    }


@pytest.mark.parametrize(
    ("who", "scopes", "costs"),
    [
        ("ada", "read money", ["people_cost", "devices_cost"]),
        ("ada", "read", []),
        ("plan", "read money", ["devices_cost"]),
        ("vi", "read money", []),
        ("bo", "read money", []),
    ],
)
def test_the_report_holds_the_costs_that_its_reader_may_see(
    cast: Cast, phase: Phase, who: str, scopes: str, costs: list[str]
) -> None:
    training(phase)
    user = getattr(cast, who)

    answer = weeks_of(user, phase, scopes=scopes).json()
    text = b"".join(weeks_of(user, phase, "?format=csv", scopes=scopes)).decode("utf-8-sig")
    head, *rows = list(csv.reader(io.StringIO(text)))

    for names in (answer["rows"][0], answer["phases"][0], head):
        assert [name for name in names if name.endswith("_cost")] == costs
    assert len(rows) == 4


def test_an_unchanged_report_answers_304_and_a_changed_one_does_not(
    cast: Cast, phase: Phase
) -> None:
    work = training(phase)
    etag = weeks_of(cast.ada, phase)["ETag"]

    assert weeks_of(cast.ada, phase, HTTP_IF_NONE_MATCH=etag).status_code == 304
    make_allocation(work)
    assert weeks_of(cast.ada, phase, HTTP_IF_NONE_MATCH=etag).status_code == 200


@pytest.mark.parametrize("query", ["?table=x", "?phase=x", "?format=xml"])
def test_an_unknown_word_is_refused(cast: Cast, phase: Phase, query: str) -> None:
    assert weeks_of(cast.ada, phase, query).status_code == 400


def test_one_phase_can_be_asked_for(cast: Cast, phase: Phase) -> None:
    make_phase(phase.project, "ethics")

    assert len(weeks_of(cast.ada, phase).json()["rows"]) == 12
    assert len(weeks_of(cast.ada, phase, "?phase=training").json()["rows"]) == 4
