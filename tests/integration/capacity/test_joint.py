"""What waits for what in a phase: Ada leads, Bo works in it, Cy is a stranger."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from capacity.selectors.joint import phase_lines, phases_of
from capacity.selectors.joint_page import GRID_WEEKS, joint_page
from projects.models import Phase
from tests.builders import (
    make_accelerator,
    make_allocation,
    make_assignment,
    make_person,
    make_phase,
    make_plan,
    make_pool,
    make_project,
    make_seat,
    make_slot,
    monday,
)
from tests.cast import Cast, api_client
from tests.integration.capacity.joint_scene import lines, phase, phase_page, today, training, words

pytestmark = pytest.mark.django_db


__all__ = ["phase", "today"]  # fixtures


# --- the numbers ----------------------------------------------------------------------------------


def test_people_wait_in_all_weeks_while_nothing_of_what_must_run_is_granted(
    cast: Cast, phase: Phase
) -> None:
    training(phase)

    sums = lines(phase, cast.ada).sums()

    assert (sums.people, sums.people_hours) == (8, 320)  # two people, four weeks
    assert sums.people_cost == Decimal("24000.00")  # 3,000 in the mean
    assert sums.devices == 0
    assert sums.devices_cost == 0


def test_nobody_waits_for_work_that_has_its_devices_in_other_weeks(
    cast: Cast, phase: Phase
) -> None:
    make_allocation(training(phase))  # weeks 0 and 1

    found = lines(phase, cast.ada)

    assert list(found.weeks.devices_asked) == [8, 8, 0, 0]
    assert found.sums().is_nothing


def test_devices_wait_while_half_of_the_people_are_missing(cast: Cast, phase: Phase) -> None:
    make_allocation(training(phase))
    one_of_two = phase.slots.order_by("pk")[0]
    one_of_two.assignments.all().delete()

    sums = lines(phase, cast.ada).sums()

    assert (sums.devices, sums.device_hours) == (8, 1344)  # half of eight, two weeks
    assert sums.devices_cost == Decimal("3360.00")  # at 2.50 an hour
    assert sums.people == 0


def test_half_of_the_work_lacks_what_is_spread_over_the_window(cast: Cast, phase: Phase) -> None:
    work = training(phase)
    make_allocation(work, end_on=monday(1))  # one of two weeks

    found = lines(phase, cast.ada)

    assert list(found.weeks.devices_asked) == [10, 2, 2, 2]
    assert list(found.waits.people) == pytest.approx([0.4, 2, 2, 2])


def test_serving_lacks_devices_week_by_week(cast: Cast, phase: Phase) -> None:
    work = training(phase, kind="online_inference", weeks=None, devices=4)
    make_allocation(work, devices=4)  # weeks 0 and 1
    make_allocation(work, start_on=monday(2), end_on=monday(3), devices=1)

    found = lines(phase, cast.ada)

    assert list(found.weeks.devices_asked) == [4, 4, 4, 4]
    assert list(found.waits.people) == [0, 0, 1.5, 2]


def test_a_faster_type_covers_the_need_of_serving_with_fewer_devices(
    cast: Cast, phase: Phase
) -> None:
    slow = make_accelerator("slow", bandwidth_gb_s=1000)
    fast = make_accelerator("fast", bandwidth_gb_s=2000)
    work = training(phase, kind="online_inference", weeks=None, devices=4, sized_on=slow)
    make_allocation(work, make_pool(accelerator=fast), end_on=monday(4), devices=2)

    found = lines(phase, cast.ada)

    assert list(found.weeks.devices_asked) == [2, 2, 2, 2]
    assert found.sums().is_nothing


def test_optional_work_that_is_left_out_lets_nobody_wait(cast: Cast, phase: Phase) -> None:
    training(phase).__class__.objects.update(must_serve=False)

    found = lines(phase, cast.ada)

    assert [list(line.asked) for line in found.works] == [[4, 4, 4, 4]]
    assert found.sums().is_nothing


@pytest.mark.parametrize("status", ["done", "cancelled"])
def test_closed_work_asks_for_nothing(cast: Cast, phase: Phase, status: str) -> None:
    training(phase, status=status)

    found = lines(phase, cast.ada)

    assert (found.works, found.sums().people) == ([], 0)


def test_what_a_plan_computed_counts_once_it_is_adopted(cast: Cast, phase: Phase) -> None:
    row = make_allocation(training(phase), plan=make_plan())
    assert lines(phase, cast.ada).sums().people == 8

    type(row).objects.update(adopted=True)

    assert lines(phase, cast.ada).sums().is_nothing


def test_what_one_slot_has_too_much_fills_no_other(cast: Cast, phase: Phase) -> None:
    empty, full = phase.slots.order_by("pk")
    empty.assignments.all().delete()
    make_assignment(full, make_person())

    assert list(lines(phase, cast.ada).weeks.fte_filled) == [1, 1, 1, 1]


def test_sums_from_this_week_on_leave_out_what_is_gone(cast: Cast, phase: Phase) -> None:
    training(phase)

    found = lines(phase, cast.ada)

    assert found.sums(monday(3)).people == 2
    assert found.sums(monday(4)).people == 0
    assert found.sums(monday(-5)) == found.sums()


# --- who sees what --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "costs"),
    [
        ("admin", (True, True)),
        ("ada", (True, True)),
        ("plan", (False, True)),  # devices have a price list, people do not
        ("vi", (False, False)),
        ("boss", (False, False)),
        ("bo", (False, False)),
    ],
)
def test_costs_are_for_those_who_may_see_them(
    cast: Cast, phase: Phase, client_for: Any, who: str, costs: tuple[bool, bool]
) -> None:
    training(phase)
    user = getattr(cast, who)
    sums = lines(phase, user).sums()

    assert (sums.people_cost is not None, sums.devices_cost is not None) == costs
    page = words(client_for(user).get(phase_page(phase)))
    assert ("24,000" in page) == costs[0]


@pytest.mark.parametrize(
    ("who", "seen"),
    [("ada", True), ("plan", True), ("vi", True), ("bo", True), ("cy", False), ("api", False)],
)
def test_the_grid_is_for_those_who_see_the_projects_detail(
    cast: Cast, phase: Phase, client_for: Any, who: str, seen: bool
) -> None:
    work = training(phase, name_en="Secret model")
    user = getattr(cast, who)

    page = words(client_for(user).get(phase.project.get_absolute_url()))
    answer = api_client(user).get(f"/api/v1/capacity/projects/{phase.project.key}/weeks/")

    assert ("People waiting for devices" in page) == seen
    assert (work.name in page) == seen
    assert answer.status_code == (200 if seen else 404)
    assert [one.pk for one in phases_of(phase.project, user)] == ([phase.pk] if seen else [])


# --- pages ----------------------------------------------------------------------------------------


def test_the_project_page_shows_a_grid_for_each_phase_that_asks(
    cast: Cast, phase: Phase, client_for: Any, today: Any
) -> None:
    training(phase, name_en="Ranking model")
    make_phase(phase.project, "ethics", start_on=monday(4), end_on=monday(8))

    page = words(client_for(cast.ada).get(phase.project.get_absolute_url()))

    assert page.count('<details class="th-joint"') == 1
    assert "8 person-weeks" in page
    assert "320 h" in page
    assert "Ranking model" in page
    assert "W01" in page


def test_a_project_that_asks_for_nothing_has_no_grid(
    cast: Cast, client_for: Any, today: Any
) -> None:
    project = make_project(phases=True, lead=cast.ada)

    page = words(client_for(cast.ada).get(project.get_absolute_url()))

    assert "People and devices by week" not in page


def test_an_open_slot_leads_to_its_form_for_those_who_may_assign(
    cast: Cast, phase: Phase, client_for: Any
) -> None:
    slot = phase.slots.order_by("pk")[0]
    slot.assignments.all().delete()
    address = reverse("projects:slot-dialog", args=[slot.pk])
    grid = "People and devices by week"

    told = {
        who: address in words(client_for(getattr(cast, who)).get(phase_page(phase))).split(grid)[-1]
        for who in ("ada", "vi")
    }

    assert told == {"ada": True, "vi": False}


def test_the_grid_reads_chinese(cast: Cast, phase: Phase, client_for: Any) -> None:
    training(phase, name_en="Ranking model", name_zh="排序模型")
    cast.ada.language = "zh-hans"
    cast.ada.save()

    assert "排序模型" in words(client_for(cast.ada).get(phase_page(phase)))


def test_a_long_phase_is_shown_in_parts(cast: Cast, client_for: Any, today: Any) -> None:
    project = make_project(lead=cast.ada)
    long = make_phase(project, "adaptation", start_on=monday(-10), end_on=monday(50))
    make_slot(make_seat(project), long)
    (found,) = phase_lines(Phase.objects.filter(pk=long.pk), cast.ada)

    (about_now,) = joint_page([found], monday(), purse=found.purse).grids
    (last,) = joint_page([found], monday(), purse=found.purse, first=52).grids
    (beyond,) = joint_page([found], monday(), purse=found.purse, first=10**6).grids

    assert about_now.mondays[:2] == [monday(-1), monday()]
    assert (about_now.earlier, about_now.later) == (0, 9 + GRID_WEEKS)
    assert (len(last.mondays), last.later) == (8, None)
    assert len(beyond.mondays) == 1
    page = words(client_for(cast.ada).get(f"{phase_page(long)}?week=52"))
    assert "2027-W50" in page
    assert client_for(cast.ada).get(f"{phase_page(long)}?week=x").status_code == 200


def test_more_rows_are_no_more_queries(cast: Cast, phase: Phase) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            for found in phase_lines(phases_of(phase.project, cast.ada), cast.ada):
                found.sums()
        return len(queries)

    training(phase)
    phases_of(phase.project, cast.ada)
    few = count()
    for at in range(3):
        other = make_phase(phase.project, ("design", "deployment", "ethics")[at])
        make_assignment(make_slot(make_seat(phase.project), other))
        make_allocation(training(other))

    assert (few, count()) == (5, 5)
