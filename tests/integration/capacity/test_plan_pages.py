"""The list of plans, a plan's page, the form, adoption by hand."""

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
from tests.integration.capacity.plan_scene import Estate, solve, week

pytestmark = pytest.mark.django_db
ClientFor = Callable[..., Client]


@pytest.fixture
def estate(cast: Cast) -> Estate:
    return Estate(cast.plan)


@pytest.fixture
def planner(cast: Cast, client_for: ClientFor) -> Client:
    return client_for(cast.plan)


def page(client: Client, plan: CapacityPlan, **query: Any) -> str:
    answer = client.get(plan.get_absolute_url(), query)
    assert answer.status_code == 200
    return answer.content.decode()


def words(html: str) -> str:
    """The text that somebody reads."""
    return " ".join(re.sub(r"<(script|style)(?s:.*?)</\1>|<[^>]*>", " ", html).split())


def piece(client: Client, plan: CapacityPlan, root: str, **query: Any) -> str:
    headers = {"HX-Request": "true", "HX-Target": root}
    return client.get(plan.get_absolute_url(), query, headers=headers).content.decode()


# --- asking ---------------------------------------------------------------------------------------


def asked(**fields: Any) -> dict[str, Any]:
    return {
        "name": "Spring",
        "objective": "weighted_cost",
        "start_on": week().isoformat(),
        "n_weeks": 12,
        "seconds": 3,
        "seed": 7,
        **fields,
    }


def test_the_form_explains_each_objective_and_queues_a_plan(planner: Client) -> None:
    form = words(planner.get("/capacity/plans/new/").content.decode())
    assert "Optional work is dropped." in form
    assert "look at the total value as well" in form

    answer = planner.post("/capacity/plans/new/", asked())

    plan = CapacityPlan.objects.get()
    assert answer["Location"] == plan.get_absolute_url()
    assert (plan.objective, plan.n_weeks, plan.seed, plan.name) == (
        "weighted_cost",
        12,
        7,
        "Spring",
    )
    assert "Waiting for a worker" in page(planner, plan)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"start_on": "2027-01-05"}, "not a Monday"),
        ({"start_on": ""}, "required"),
        ({"start_on": "soon"}, "valid date"),
        ({"n_weeks": 0}, "greater than or equal to 1"),
        ({"n_weeks": 999}, "less than or equal to 260"),
        ({"seconds": 99999}, "time limit"),
        ({"objective": "profit"}, "not one of the available choices"),
        ({"seed": -1}, "greater than or equal to 0"),
        ({"name": "x" * 200}, "at most 120"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    planner: Client, fields: dict[str, Any], said: str
) -> None:
    answer = planner.post("/capacity/plans/new/", asked(**fields))

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert 'value="12"' in answer.content.decode() or "n_weeks" in fields
    assert not CapacityPlan.objects.exists()


@pytest.mark.parametrize("who", ["ada", "vi", "bo", "cy"])
def test_who_does_not_plan_gets_no_form(cast: Cast, client_for: ClientFor, who: str) -> None:
    client = client_for(getattr(cast, who))

    assert client.get("/capacity/plans/new/").status_code == 403
    assert client.post("/capacity/plans/new/", asked()).status_code == 403
    assert "/capacity/plans/new/" not in client.get("/capacity/plans/").content.decode()


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
    """Near: 16 of 16 in the first two weeks; far lacks what huge wants; nothing later."""
    estate.ask("a", end_on=week(2), devices=16, pools=[estate.near])
    estate.ask("huge", end_on=week(1), n_weeks=1, devices=12, pools=[estate.far])
    html = piece(planner, estate.plan(), "plan-weeks")

    cells = re.findall(r'<td class="th-load (th-load-\w+)"><span title="\S+ ([^"]+)"', html)
    assert cells[0] == ("th-load-over", "0 of 8 devices, devices are missing")
    assert cells[8] == ("th-load-full", "16 of 16 devices, well used")
    assert cells[10] == ("th-load-free", "0 of 16 devices, nothing runs")
    assert "12 missing" in words(html)


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
    assert b"New one" in b"".join(planner.get("/capacity/plans/?format=csv").streaming_content)
    seen = client_for(cast.vi).get("/capacity/plans/").content.decode()
    assert (str(queued.pk) in seen, str(new.pk) in seen) == (False, True)


# --- adopting -------------------------------------------------------------------------------------


def test_a_planner_adopts_what_is_ticked_and_then_the_rest(estate: Estate, planner: Client) -> None:
    a, _b = estate.ask("a"), estate.ask("b")
    plan = estate.plan()
    address = f"/capacity/plans/{plan.pk}/adopt/"

    answer = planner.post(address, {"workload": [a.pk], "reason": "first"}, follow=True)
    assert "1 row is adopted and counts now." in answer.content.decode()
    assert "1 of 2 rows count" in words(answer.content.decode())
    answer = planner.post(address, {"all": "1"}, follow=True)

    text = words(answer.content.decode())
    assert "by Plan" in text or "by plan" in text
    assert "Adopt ticked" not in text
    assert 'class="th-span-adopted"' in answer.content.decode()


def test_what_is_refused_is_said_and_what_was_typed_stays(estate: Estate, planner: Client) -> None:
    estate.ask("a", end_on=week(2), pools=[estate.far])
    plan = estate.plan()
    builders.make_maintenance(estate.far, start_on=week(), end_on=week(2), nodes_out=1)

    answer = planner.post(
        f"/capacity/plans/{plan.pk}/adopt/", {"all": "1", "reason": "for the fair"}
    )

    assert answer.status_code == 409
    html = answer.content.decode()
    assert "Far has too few devices for A in" in html
    assert 'value="for the fair"' in html


def test_some_rows_may_be_refused_while_others_are_adopted(estate: Estate, planner: Client) -> None:
    estate.ask("a", end_on=week(2), pools=[estate.far])
    estate.ask("b", end_on=week(2), pools=[estate.near])
    plan = estate.plan()
    builders.make_maintenance(estate.far, start_on=week(), end_on=week(2), nodes_out=1)

    answer = planner.post(f"/capacity/plans/{plan.pk}/adopt/", {"all": "1"}, follow=True)

    assert "Refused: Far has too few devices for A" in answer.content.decode()
    assert "1 row is adopted" in answer.content.decode()


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({}, "Tick at least one workload"),
        ({"workload": ["x"]}, "named by a number"),
        ({"workload": ["9" * 40]}, "named by a number"),
        ({"workload": ["999999"]}, "No row of this plan"),
    ],
)
def test_ticks_that_name_nothing_are_refused_in_words(
    estate: Estate, planner: Client, form: dict[str, Any], said: str
) -> None:
    estate.ask("a")
    plan = estate.plan()

    answer = planner.post(f"/capacity/plans/{plan.pk}/adopt/", form)

    assert answer.status_code in {400, 409}
    assert said in answer.content.decode()
    assert not plan.allocations.filter(adopted=True).exists()


def test_the_page_says_before_what_would_give_way(estate: Estate, planner: Client) -> None:
    workload = estate.ask("a")
    builders.make_allocation(workload, estate.far, start_on=week(3), end_on=week(4))
    earlier = estate.plan()
    plans.adopt(earlier, by=estate.planner)
    builders.make_allocation(workload, estate.far, start_on=week(3), end_on=week(4))

    html = page(planner, estate.plan())

    assert "1 planned allocation of an earlier plan would give way." in words(html)
    assert "1 planned allocation entered by hand or import would be removed." in words(html)
    assert 'data-confirm="1 planned allocation entered by hand' in html


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
        PlanWeek(plan=plan, pool=estate.make_pool(f"p{index}"), week_on=week(), supply=8)
        for index in range(10)
    )

    with django_assert_max_num_queries(40):
        page(planner, plan)
    with django_assert_max_num_queries(12):
        piece(planner, plan, "plan-weeks")
    with django_assert_max_num_queries(18):
        piece(planner, plan, "plan-schedule")
