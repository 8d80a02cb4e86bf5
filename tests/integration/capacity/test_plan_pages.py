"""The list of plans and a plan's page: what is told, to whom, at what cost."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from capacity import bridge
from capacity.models import CapacityPlan, PlanWeek
from capacity.selectors.plan_weeks import GRID_WEEKS
from capacity.services import plans
from tests import builders
from tests.cast import Cast
from tests.integration.capacity.plan_reading import page, piece, words
from tests.integration.capacity.plan_scene import Estate, solve, week

pytestmark = pytest.mark.django_db
ClientFor = Callable[..., Client]


@pytest.fixture
def estate(cast: Cast) -> Estate:
    return Estate(cast.plan)


@pytest.fixture
def planner(cast: Cast, client_for: ClientFor) -> Client:
    return client_for(cast.plan)


# --- reading --------------------------------------------------------------------------------------


def test_a_plan_shows_what_runs_where_what_is_left_out_and_why(
    estate: Estate, planner: Client
) -> None:
    estate.ask("a", end_on=week(2), pools=[estate.near], name_en="Alpha training")
    estate.ask("huge", devices=640, name_en="Too much")
    html = page(planner, estate.plan())
    text = words(html)

    assert "Alpha training" in text
    assert "It would not fit even if nothing else were planned." in text
    assert "proven best" in text
    assert "Adopt 1 row" in text
    assert re.search(r'<rect class="th-span-proposed" x="0" y="1" width="2"', html)


def test_what_must_be_served_and_cannot_be_stands_on_top_with_its_names(
    estate: Estate, planner: Client
) -> None:
    estate.ask("a", devices=640, must_serve=True, name_en="Impossible")
    estate.ask("b")
    plan = estate.plan()

    text = words(page(planner, plan))

    assert plan.outcome == "infeasible"
    assert "1 workload that must be served cannot be." in text
    assert "This is proven" in text
    assert text.count("Impossible") >= 2


def test_a_week_is_told_by_number_words_and_colour(estate: Estate, planner: Client) -> None:
    """Near: 16 of 16 in the first two weeks; far has 8 of the 12 that huge wants."""
    estate.ask("a", end_on=week(2), devices=16, pools=[estate.near])
    estate.ask("huge", end_on=week(1), n_weeks=1, devices=12, pools=[estate.far])
    html = piece(planner, estate.plan(), "plan-weeks")

    def cells(pool: str) -> list[tuple[str, str]]:
        line = re.search(rf">{pool}</a>(?s:.*?)</tr>", html)
        assert line is not None
        return re.findall(r'class="th-load (th-load-\w+)"><span title="\S+ ([^"]+)"', line[0])

    assert cells("Far")[0] == ("th-load-over", "0 of 8 devices, devices are missing")
    assert cells("Near")[0] == ("th-load-full", "16 of 16 devices, well used")
    assert cells("Near")[2] == ("th-load-free", "0 of 16 devices, nothing runs")
    assert "4 missing" in words(html)
    assert '"name": "Left out", "values": [12.0, 0.0,' in html


def test_the_chart_is_of_all_pools_or_of_the_one_that_is_chosen(
    estate: Estate, planner: Client
) -> None:
    estate.ask("a")
    plan = estate.plan()

    assert '"title": "All pools"' in piece(planner, plan, "plan-weeks")
    assert '"title": "Near"' in piece(planner, plan, "plan-weeks", pool="near")
    for hostile in ("nowhere", "\0", "'; --", "near\0"):
        assert '"title": "All pools"' in piece(planner, plan, "plan-weeks", pool=hostile)


def test_a_long_plan_shows_its_weeks_in_parts(estate: Estate, planner: Client) -> None:
    estate.ask("a", end_on=week(2))
    plan = estate.plan(n_weeks=60)

    first, last = piece(planner, plan, "plan-weeks"), piece(planner, plan, "plan-weeks", week=52)

    assert first.count("<abbr") == GRID_WEEKS
    assert ("Earlier" in first, "Later" in first) == (False, True)
    assert last.count("<abbr") == 8
    assert ("Earlier" in last, "Later" in last) == (True, False)
    for hostile in ("-1", "9" * 30, "x", "1.5"):
        assert piece(planner, plan, "plan-weeks", week=hostile).count("<abbr") > 0


@pytest.mark.parametrize(
    "query",
    [
        {"sort": "nonsense"},
        {"sort": "-weeks"},
        {"page": "999"},
        {"page": "x"},
        {"project": "nowhere"},
        {"on": "\0"},
        {"must": "maybe"},
    ],
)
def test_hostile_parameters_never_break_the_page(
    estate: Estate, planner: Client, query: dict[str, str]
) -> None:
    estate.ask("a")

    assert "th-table" in piece(planner, estate.plan(), "plan-schedule", **query)


def test_the_schedule_is_filtered_by_project_and_pool(estate: Estate, planner: Client) -> None:
    other = builders.make_project("Other")
    estate.ask("a", pools=[estate.near])
    estate.ask("b", pools=[estate.far], project=other)
    plan = estate.plan()

    def shown(**query: str) -> set[str]:
        return set(re.findall(r'aria-label="(\w)"', piece(planner, plan, "plan-schedule", **query)))

    assert shown() == {"A", "B"}
    assert shown(project=other.key) == {"B"}
    assert shown(on="near") == {"A"}
    assert shown(on="near", project=other.key) == set()


def test_the_three_objectives_stand_side_by_side_and_the_best_is_marked(
    estate: Estate, planner: Client
) -> None:
    estate.ask("must", must_serve=True)
    estate.ask("more")
    plan = estate.plan()
    alone = piece(planner, plan, "plan-comparison")
    assert words(alone).count("not computed on these rows") == 2
    assert "Compute the others" in alone

    answer = planner.post(f"/capacity/plans/{plan.pk}/others/")
    assert answer.status_code == 302
    waiting = piece(planner, plan, "plan-comparison")
    assert 'hx-trigger="every 2s"' in waiting
    assert "Compute the others" not in waiting
    for other in CapacityPlan.objects.exclude(pk=plan.pk):
        solve(other)
    whole = piece(planner, plan, "plan-comparison")

    assert 'hx-trigger="every 2s"' not in whole
    # Net value and efficiency agree here, weighted cost is best in its own measure alone.
    assert whole.count('aria-label="best"') == 2 + 1 + 2
    assert "does better by this measure" not in whole
    dropped = CapacityPlan.objects.get(objective="weighted_cost")
    assert "All optional work is dropped" in page(planner, dropped)
    ratios = CapacityPlan.objects.get(objective="efficiency")
    assert "The total value of what it serves is 200,000" in words(page(planner, ratios))


def test_values_that_nobody_stated_are_said_to_be_assumed(estate: Estate, planner: Client) -> None:
    estate.ask("a", value=None)

    assert "Nobody has stated the value of 1 workload." in words(page(planner, estate.plan()))


def test_facts_beyond_the_supply_are_named(estate: Estate, planner: Client) -> None:
    busy = estate.ask("busy", status="done")
    builders.make_allocation(
        busy, estate.far, start_on=week(), end_on=week(2), devices=20, state="running"
    )
    estate.ask("a", pools=[estate.near])

    text = words(page(planner, estate.plan()))

    assert "takes more than there is in 1 pool" in text
    assert "Far: 2 weeks, at most 20 of 8 devices" in text


MONEY = ("Cost", "Value served", "Net value", "Solutions so far", "The three objectives")


@pytest.mark.parametrize(
    ("who", "status", "money"),
    [
        ("admin", 200, True),
        ("ada", 200, True),
        ("plan", 200, True),
        ("vi", 200, False),
        ("boss", 200, False),
        ("bo", 404, False),
        ("cy", 404, False),
    ],
)
def test_who_opens_a_plan_and_who_reads_its_money(
    estate: Estate, cast: Cast, client_for: ClientFor, who: str, status: int, money: bool
) -> None:
    estate.ask("a")
    plan = estate.plan()
    for second in (0.1, 0.2):
        bridge.record_incumbent(
            plan, {"type": "incumbent", "seconds": second, "objective": 1e6, "bound": 2e6}
        )
    client = client_for(getattr(cast, who))
    answer = client.get(plan.get_absolute_url())

    assert answer.status_code == status
    if status == 200:
        html = answer.content.decode()
        assert {word for word in MONEY if word in html} == (set(MONEY) if money else set())
        assert ("Adopt 1 row" in html) == (who in {"admin", "plan"})
        assert "plan-comparison" not in piece(client, plan, "plan-comparison") or money


def test_an_unknown_plan_is_404(planner: Client) -> None:
    assert planner.get(f"/capacity/plans/{uuid4()}/").status_code == 404
    assert planner.get("/capacity/plans/nonsense/").status_code == 404


def test_plans_are_listed_with_who_adopted_what(
    estate: Estate, cast: Cast, planner: Client, client_for: ClientFor
) -> None:
    estate.ask("a")
    old, new = estate.plan(name="Old one"), estate.plan(name="New one")
    plans.adopt(old, by=cast.plan)
    plans.adopt(new, by=cast.plan)
    queued = estate.submit(name="Waiting one")

    rows = {
        name: words(row)
        for row in re.findall(
            r"<tr>(?s:.*?)</tr>", planner.get("/capacity/plans/").content.decode()
        )
        for name in ("Old", "New", "Waiting")
        if f"{name} one" in row
    }
    assert "replaced" in rows["Old"]
    assert "adopted" in rows["New"]
    assert "Queued" in rows["Waiting"]
    found = planner.get("/capacity/plans/?adopted=on&q=old").content.decode()
    assert ("Old one" in found, "New one" in found) == (True, False)
    file: Any = planner.get("/capacity/plans/?format=csv")
    assert b"New one" in b"".join(file.streaming_content)
    seen = client_for(cast.vi).get("/capacity/plans/").content.decode()
    assert (str(queued.pk) in seen, str(new.pk) in seen) == (False, True)


# --- cost of a page -------------------------------------------------------------------------------


def test_the_page_takes_as_many_queries_for_many_rows_as_for_few(
    estate: Estate, planner: Client, django_assert_max_num_queries: Any
) -> None:
    estate.ask("a")
    plan = estate.plan()
    page(planner, plan)  # what is cached once
    for index in range(30):
        workload = estate.ask(f"w{index}")
        builders.make_allocation(workload, estate.near, plan=plan, start_on=week(), end_on=week(2))
        plan.left_out.create(workload=estate.ask(f"x{index}"), reasons=[{"rule": "full"}])
    PlanWeek.objects.bulk_create(
        PlanWeek(plan=plan, pool=pool, week_on=week(index), supply=8)
        for pool in [estate.make_pool(f"p{number}") for number in range(10)]
        for index in range(8)
    )

    with django_assert_max_num_queries(40):
        page(planner, plan)
    with django_assert_max_num_queries(12):
        piece(planner, plan, "plan-weeks")
    with django_assert_max_num_queries(18):
        piece(planner, plan, "plan-schedule")
