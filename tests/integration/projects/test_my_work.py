"""My work: an engineer's phases and items, by when they are due."""

from __future__ import annotations

import pytest
from django.urls import reverse

from projects.selectors.my_work import my_items, my_work
from projects.services.checklists import tick
from tests.builders import (
    make_assignment,
    make_item,
    make_person,
    make_project,
    make_role,
    make_seat,
    make_slot,
    monday,
)

pytestmark = pytest.mark.django_db
URL = reverse("projects:my-work")


@pytest.fixture
def scene(cast, monkeypatch):
    """Week 1: bo holds a seat in phases 1 (now) and 2 (later) of ada's project."""
    monkeypatch.setattr("django.utils.timezone.localdate", lambda: monday(1))
    project = make_project("Vision QA", phases=True, lead=cast.ada)
    person, role = make_person("Bo Berg", user=cast.bo), make_role("vision")
    seat = make_seat(project, role)
    for key in ("requirements", "research"):
        make_assignment(make_slot(seat, project.phases.get(key=key)), person)
    return project


def items_of(user) -> set[str]:
    return {item.key for item in my_items(user)}


def test_items_are_sorted_by_whether_their_phase_runs(scene, cast):
    make_item(scene.phases.get(key="requirements"), "VIS-11")
    make_item(scene.phases.get(key="research"), "VIS-21")
    done = make_item(scene.phases.get(key="requirements"), "VIS-12")
    tick(done, by=cast.bo)

    work = my_work(cast.bo, set(), today=monday(1))

    assert [row.item.key for row in work.this_week] == ["VIS-11"]
    assert [row.item.key for row in work.waiting] == ["VIS-21"]
    assert [row.item.key for row in work.done] == ["VIS-12"]
    assert [row.phase.key for row in work.now] == ["requirements"]
    assert [row.phase.key for row in work.later] == ["research"]


def test_items_of_a_late_phase_stay_under_this_week(scene, cast):
    make_item(scene.phases.get(key="requirements"), "VIS-11")
    work = my_work(cast.bo, set(), today=monday(6))
    assert [row.item.key for row in work.this_week] == ["VIS-11"]


def test_an_item_is_mine_by_name_by_role_or_when_it_is_for_all(scene, cast):
    phase = scene.phases.get(key="requirements")
    make_item(phase, "FOR-ALL")
    make_item(phase, "MY-ROLE", role=scene.seats.get().role)
    make_item(phase, "OTHER-ROLE", role=make_role())
    make_item(phase, "BY-NAME", role=make_role(), assignee=cast.bo.person)
    make_item(phase, "OTHER-NAME", assignee=make_person())
    make_item(scene.phases.get(key="training"), "OTHER-PHASE")

    assert items_of(cast.bo) == {"FOR-ALL", "MY-ROLE", "BY-NAME"}


def test_items_of_colleagues_in_my_running_phases_are_shown_apart(scene, cast):
    make_item(scene.phases.get(key="requirements"), "MINE")
    make_item(scene.phases.get(key="requirements"), "THEIRS", role=make_role())
    make_item(scene.phases.get(key="research"), "LATER", role=make_role())
    work = my_work(cast.bo, set(), today=monday(1))
    assert [row.item.key for row in work.this_week] == ["MINE"]
    assert [row.item.key for row in work.others] == ["THEIRS"]


def test_the_lead_gets_items_whose_role_nobody_holds(scene, cast):
    phase = scene.phases.get(key="requirements")
    make_item(phase, "MY-ROLE", role=scene.seats.get().role)
    make_item(phase, "NOBODYS", role=make_role())
    assert items_of(cast.ada) == {"NOBODYS"}


def test_cancelled_projects_ask_nothing(scene, cast):
    make_item(scene.phases.get(key="requirements"), "VIS-11")
    scene.status = "cancelled"
    scene.save()
    assert items_of(cast.bo) == set()


def test_the_page_shows_weeks_effort_and_role(scene, cast, client_for):
    make_item(scene.phases.get(key="requirements"), "VIS-11", text_en="Agree the goals")
    text = client_for(cast.bo).get(URL).content.decode()
    assert "Agree the goals" in text
    assert "0.50 FTE" in text
    assert "2027-W01" in text
    assert "Vision" in text
    assert reverse("projects:item-tick", args=[scene.checklist_items.get().pk]) in text


def test_a_tick_on_the_page_changes_its_row_and_the_counter(scene, cast, client_for):
    item = make_item(scene.phases.get(key="requirements"), "VIS-11")
    make_item(scene.phases.get(key="requirements"), "VIS-12")
    headers = {"HX-Request": "true", "HX-Target": f"item-{item.pk}"}
    url = reverse("projects:item-tick", args=[item.pk])
    text = client_for(cast.bo).post(url, {"place": "work"}, headers=headers).content.decode()
    assert 'id="work-open" hx-swap-oob="true">1</span>' in text


def test_ids_of_many_digits_are_written_plainly(scene, cast, client_for):
    item = make_item(scene.phases.get(key="requirements"), "VIS-11", pk=1234567)
    text = client_for(cast.bo).get(URL).content.decode()
    assert f'id="item-{item.pk}"' in text
    assert f'hx-target="#item-{item.pk}"' in text


def test_the_empty_page_says_why(cast, client_for):
    text = client_for(cast.cy).get(URL).content.decode()
    assert "Nothing is yours yet" in text


def test_nobody_sees_the_work_of_another(scene, cast, client_for):
    make_item(scene.phases.get(key="requirements"), "VIS-11", text_en="Agree the goals")
    assert "Agree the goals" not in client_for(cast.ml).get(URL).content.decode()


def test_the_page_asks_as_much_for_many_items_as_for_one(
    scene, cast, client_for, django_assert_num_queries
):
    client = client_for(cast.bo)
    make_item(scene.phases.get(key="requirements"))
    with django_assert_num_queries(10):
        client.get(URL)
    for _ in range(10):
        make_item(scene.phases.get(key="requirements"))
        make_item(scene.phases.get(key="research"), role=scene.seats.get().role)
    with django_assert_num_queries(10):
        client.get(URL)


def test_home_shows_my_open_items(scene, cast, client_for):
    make_item(scene.phases.get(key="requirements"), "VIS-11", text_en="Agree the goals")
    assert "Agree the goals" in client_for(cast.bo).get("/").content.decode()
    assert "My open items" not in client_for(cast.cy).get("/").content.decode()
