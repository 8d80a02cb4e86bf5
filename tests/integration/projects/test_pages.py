"""The project list and pages, as every kind of member sees them."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from projects.models import Project
from projects.services.projects import create_project
from roles.models import Department, Side
from teamhub import panels
from teamhub.accounts.models import User
from tests.builders import (
    make_assignment,
    make_department,
    make_item,
    make_person,
    make_project,
    make_role,
    make_seat,
    make_site,
    make_slot,
    monday,
)

pytestmark = pytest.mark.django_db
LIST = reverse("projects:project-list")


@pytest.fixture
def scene(cast):
    """A project of ada's with an engineer (bo) in its team and a reviewer (rev)."""
    project = make_project("Vision QA", phases=True, lead=cast.ada, budget=123456, priority=1)
    phase = project.phases.get(key="design")
    build = make_slot(make_seat(project, make_role(name_en="Vision expert")), phase)
    review = make_slot(
        make_seat(project, make_role(name_en="Ethicist", side=Side.REVIEW)),
        project.phases.get(key="ethics"),
    )
    make_assignment(build, make_person("Bo Berg", user=cast.bo))
    make_assignment(review, make_person("Rea Viewer", user=cast.rev))
    make_item(phase, "VIS-31", text_en="Draw the network")
    return project


SEES = ("ada", "admin", "plan", "vi", "boss", "bo", "rev")
BLIND = ("cy", "ml", "legal", "owner", "api")


@pytest.mark.parametrize("name", SEES)
def test_those_in_the_project_see_its_team_and_checklist(scene, cast, client_for, name):
    page = client_for(getattr(cast, name)).get(scene.get_absolute_url())

    text = page.content.decode()
    assert page.status_code == 200
    assert "Bo Berg" in text
    assert "Draw the network" in text


@pytest.mark.parametrize("name", BLIND)
def test_other_members_see_name_and_phases_only(scene, cast, client_for, name):
    page = client_for(getattr(cast, name)).get(scene.get_absolute_url())

    text = page.content.decode()
    assert page.status_code == 200
    assert "Vision QA" in text
    assert "System design and architecture optimisation" in text
    for hidden in ("Bo Berg", "Draw the network", "Vision expert", "VIS-31", scene.site.name_en):
        assert hidden not in text


def test_anonymous_visitors_are_sent_to_the_log_in(scene, client):
    for url in (LIST, scene.get_absolute_url(), reverse("projects:my-work")):
        answer = client.get(url)
        assert answer.status_code == 302
        assert "log" in answer["Location"]


@pytest.mark.parametrize("name", ["ada", "admin"])
def test_managers_see_the_budget(scene, cast, client_for, name):
    page = client_for(getattr(cast, name)).get(scene.get_absolute_url())
    assert "123,456" in page.content.decode()


@pytest.mark.parametrize("name", ["plan", "vi", "boss", "bo", "rev"])
def test_others_in_the_project_do_not_see_the_budget(scene, cast, client_for, name):
    page = client_for(getattr(cast, name)).get(scene.get_absolute_url())
    text = page.content.decode()
    assert "123,456" not in text
    assert "budget" not in text.lower()


def test_an_engineer_sees_detail_only_of_own_projects_in_the_list(scene, cast, client_for):
    other = make_project("Other", phases=True, lead=cast.admin)
    client = client_for(cast.bo)

    text = client.get(LIST).content.decode()
    assert "Vision QA" in text
    assert "Other" in text
    assert scene.site.name_en in text
    assert other.site.name_en not in text.split("<tbody>")[1]


def test_filters_and_sorting_do_not_tell_what_is_hidden(scene, cast, client_for):
    client = client_for(cast.cy)
    for query in (f"department={scene.department.key}", f"lead={cast.ada.username}"):
        assert "Vision QA" not in client.get(f"{LIST}?{query}").content.decode()
    make_project("A first", phases=True, priority=5)
    for direction in ("priority", "-priority"):
        names = _names(client.get(f"{LIST}?sort={direction}"))
        assert names == ["Vision QA", "A first"]


def test_the_list_is_searched_filtered_and_sorted_for_a_manager(scene, cast, client_for):
    late = make_project("Speech", phases=True, start_on=monday(10), status="active", priority=2)
    client = client_for(cast.ada)

    assert _names(client.get(f"{LIST}?q=speech")) == ["Speech"]
    assert _names(client.get(f"{LIST}?status=active")) == ["Speech"]
    assert _names(client.get(f"{LIST}?site={late.site.key}")) == ["Speech"]
    assert _names(client.get(f"{LIST}?sort=-priority")) == ["Speech", "Vision QA"]
    assert _names(client.get(f"{LIST}?lead=ada")) == ["Vision QA"]


def test_the_phase_now_is_the_last_that_has_begun(cast, client_for, monkeypatch):
    project = make_project("Vision QA", phases=True, lead=cast.ada)
    monkeypatch.setattr("django.utils.timezone.localdate", lambda: monday(9))
    client = client_for(cast.ada)

    assert _names(client.get(f"{LIST}?phase=design")) == [project.name]
    assert _names(client.get(f"{LIST}?phase=requirements")) == []


def test_the_export_holds_what_the_list_shows(scene, cast, client_for):
    rows = _csv(client_for(cast.cy).get(f"{LIST}?format=csv"))
    assert rows[0]["name"] == "Vision QA"
    assert rows[0]["department"] == rows[0]["lead"] == rows[0]["coverage"] == ""
    rows = _csv(client_for(cast.vi).get(f"{LIST}?format=csv"))
    assert rows[0]["lead"] == "ada"
    assert rows[0]["coverage"] == "1.00"
    assert rows[0]["open_mandatory"] == "1"
    assert "budget" not in rows[0]


def test_an_empty_list_says_what_to_do(cast, client_for):
    text = client_for(cast.ada).get(LIST).content.decode()
    assert "Start one from a template" in text
    assert "make demo" not in text  # on somebody's own data it would throw all away
    assert "Import" not in client_for(cast.cy).get(LIST).content.decode()


def test_a_manager_makes_a_project_by_the_form(cast, client_for, reference):
    site = make_project().site
    client = client_for(cast.ada)
    url = reverse("projects:project-create")
    assert client.get(url).status_code == 200

    form = {
        "name": "Shop",
        "template": "recommender",
        "start_on": "2027-01-06",
        "department": Project.objects.get().department_id,
        "site": site.pk,
        "lead": cast.ada.pk,
        "priority": 2,
        "budget": "1000",
    }
    refused = client.post(url, form)
    assert refused.status_code == 422
    assert "2027-01-04 and 2027-01-11" in refused.content.decode()
    made = client.post(url, form | {"start_on": "2027-01-11"})
    project = Project.objects.get(name="Shop")
    assert made["Location"] == project.get_absolute_url()
    assert client.get(project.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("name", ["bo", "cy", "plan", "vi", "rev", "boss", "api"])
def test_others_make_no_project(cast, client_for, name):
    url = reverse("projects:project-create")
    client = client_for(getattr(cast, name))
    assert client.get(url).status_code == 403
    assert client.post(url, {"name": "Shop"}).status_code == 403


def test_the_lead_edits_by_the_form_and_an_old_version_is_refused(scene, cast, client_for):
    client = client_for(cast.ada)
    url = reverse("projects:project-update", args=[scene.pk])
    assert client.get(url).status_code == 200
    form = {
        "name": "Vision",
        "status": "active",
        "priority": 3,
        "department": scene.department_id,
        "site": scene.site_id,
        "lead": cast.ada.pk,
        "budget": "500",
        "deputies": [cast.bo.pk],
        "version": 1,
    }
    assert client.post(url, form).status_code == 302
    scene.refresh_from_db()
    assert (scene.name, scene.budget, scene.status) == ("Vision", 500, "active")
    assert list(scene.deputies.all()) == [cast.bo]
    stale = client.post(url, form | {"name": "Again"})
    assert stale.status_code == 412
    assert "Somebody changed" in stale.content.decode()


@pytest.mark.parametrize("name", ["bo", "cy", "plan", "vi", "rev"])
def test_others_do_not_edit(scene, cast, client_for, name):
    client = client_for(getattr(cast, name))
    url = reverse("projects:project-update", args=[scene.pk])
    assert client.get(url).status_code == 403
    assert client.post(url, {"name": "Mine"}).status_code == 403


def test_the_list_asks_as_much_for_thirty_projects_as_for_three(
    cast, client_for, django_assert_num_queries
):
    client = client_for(cast.ada)
    for number in range(3):
        _filled(cast.ada, number)
    with django_assert_num_queries(12):
        client.get(LIST)
    for number in range(3, 12):
        _filled(cast.ada, number)
    with django_assert_num_queries(12):
        client.get(LIST)


def test_the_page_asks_as_much_for_a_big_team_as_for_a_small_one(
    scene, cast, client_for, django_assert_num_queries
):
    client = client_for(cast.ada)
    with panels.isolated(), django_assert_num_queries(17):
        client.get(scene.get_absolute_url())
    for phase in scene.phases.all():
        slot = make_slot(make_seat(scene), phase)
        make_assignment(slot)
        make_item(phase)
    with panels.isolated(), django_assert_num_queries(17):
        client.get(scene.get_absolute_url())


def _filled(lead: User, number: int) -> None:
    project = make_project(f"Project {number}", phases=True, lead=lead)
    phase = project.phases.first()
    make_assignment(make_slot(make_seat(project), phase))
    make_item(phase)


def _names(answer) -> list[str]:
    import re

    return re.findall(
        r'<th scope="row"><a href="/projects/\d+/">([^<]+)</a>', answer.content.decode()
    )


def _csv(answer) -> list[dict[str, str]]:
    import csv

    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(text.splitlines()))


def test_what_came_from_a_template_speaks_the_reader_s_language(cast, client_for, reference):
    make_department("apps")
    make_site("berlin")
    project = create_project(
        name="Shop",
        template="recommender",
        start_on=date(2027, 1, 4),
        department=Department.objects.get(),
        lead=cast.ada,
        by=cast.ada,
    )
    client, page = client_for(cast.ada), project.get_absolute_url()
    seat = project.seats.get(label="Ranking and experiments")
    assert "Ranking and experiments" in client.get(page).content.decode()

    cast.ada.language = "zh-hans"
    cast.ada.save()
    shown = client.get(page).content.decode()
    assert "排序与实验" in shown
    assert "Ranking and experiments" not in shown

    seat.label = "Our own words"
    seat.save()
    assert "Our own words" in client.get(page).content.decode()
