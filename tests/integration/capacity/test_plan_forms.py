"""Asking for a plan and adopting it on pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from capacity.models import CapacityPlan
from capacity.services import plans
from tests import builders
from tests.cast import Cast
from tests.integration.capacity.plan_reading import page, words
from tests.integration.capacity.plan_scene import Estate, week

pytestmark = pytest.mark.django_db
ClientFor = Callable[..., Client]


@pytest.fixture
def estate(cast: Cast) -> Estate:
    return Estate(cast.plan)


@pytest.fixture
def planner(cast: Cast, client_for: ClientFor) -> Client:
    return client_for(cast.plan)


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
