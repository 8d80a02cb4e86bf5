"""Views of a list under a name: kept, starred, shared, removed, and used by programs."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import QueryDict

from roles.models import Person
from teamhub.audit.models import AuditEvent
from teamhub.errors import InvalidInput
from teamhub.saved import services
from teamhub.saved.models import SavedView
from tests import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def berlin(cast: Any) -> Any:
    site = builders.make_site("berlin")
    builders.make_person("In Berlin", key="in-berlin", site=site)
    builders.make_person("Elsewhere", key="elsewhere")
    return services.save_view(by=cast.ada, page="people", name="Berlin", query="site=berlin")


def test_a_view_keeps_the_filters_and_not_the_place_in_the_list(client_for: Any, cast: Any) -> None:
    builders.make_site("berlin")
    answer = client_for(cast.ada).post(
        "/views/save/",
        {"page": "people", "name": " My  people ", "query": "site=berlin&q=&page=3&cols=name,site"},
    )
    view = SavedView.objects.get()
    assert (view.name, view.query) == ("My people", "site=berlin&cols=name%2Csite")
    assert QueryDict(answer["Location"].partition("?")[2])["saved"] == str(view.pk)
    assert AuditEvent.objects.filter(verb="view.create").exists()
    page = client_for(cast.ada).get(answer["Location"]).content.decode()
    assert "My people" in page


def test_saving_again_under_the_name_changes_the_view(cast: Any, berlin: Any) -> None:
    again = services.save_view(
        by=cast.ada, page="people", name="Berlin", query="role=x", shared=True
    )
    assert again.pk == berlin.pk
    assert (again.query, again.shared) == ("role=x", True)


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("page", "moon", "no list “moon”"),
        ("name", "  ", "name of at most 60"),
        ("name", "x" * 61, "name of at most 60"),
        ("query", "q=" + "x" * 2000, "too long"),
        ("query", "q=\0", "zero byte"),
        ("query", "q=%00", "zero byte"),
        ("query", "5", "name=value"),
        ("query", "site=berlin&skill", "name=value"),
    ],
)
def test_a_view_that_cannot_be_kept_is_refused_in_words(
    cast: Any, field: str, value: str, says: str
) -> None:
    given: dict[str, Any] = {"page": "people", "name": "View", "query": "", field: value}
    with pytest.raises(InvalidInput, match=says):
        services.save_view(by=cast.ada, **given)
    assert not SavedView.objects.exists()


def test_a_private_view_is_nobody_elses(client_for: Any, cast: Any, berlin: Any) -> None:
    for action in ("favourite", "remove"):
        answer = client_for(cast.bo).post(f"/views/{berlin.pk}/{action}/")
        assert answer.status_code == 404
    assert "Berlin" not in client_for(cast.bo).get("/people/").content.decode().partition("Site")[0]


def test_a_shared_view_can_be_starred_by_all_and_removed_by_its_owner(
    client_for: Any, api_for: Any, cast: Any, berlin: Any
) -> None:
    services.save_view(by=cast.ada, page="people", name="Berlin", query=berlin.query, shared=True)
    bo = client_for(cast.bo)
    bo.post(f"/views/{berlin.pk}/favourite/", {"on": "1"})
    assert list(berlin.favourites.all()) == [cast.bo]
    address = f"/api/v1/views/{berlin.pk}/"
    assert api_for(cast.cy).patch(address, {"favourite": True}).json()["favourite"] is True
    assert api_for(cast.cy).patch(address, {"favourite": False}).json()["favourite"] is False
    assert list(berlin.favourites.all()) == [cast.bo]
    assert bo.post(f"/views/{berlin.pk}/remove/").status_code == 403
    assert client_for(cast.ada).post(f"/views/{berlin.pk}/remove/").status_code == 302
    assert not SavedView.objects.exists()


def test_programs_use_a_view_by_its_name(api_for: Any, cast: Any, berlin: Any) -> None:
    api = api_for(cast.ada)
    found = api.get("/api/v1/roles/people/", {"view": "Berlin"}).json()
    assert [row["key"] for row in found["results"]] == ["in-berlin"]
    # What the program says itself goes first.
    other = Person.objects.get(key="elsewhere").site.key
    found = api.get("/api/v1/roles/people/", {"view": "Berlin", "site": other}).json()
    assert [row["key"] for row in found["results"]] == ["elsewhere"]


def test_ones_own_view_goes_before_a_shared_one_of_the_name(
    api_for: Any, cast: Any, berlin: Any
) -> None:
    services.save_view(by=cast.ada, page="people", name="Berlin", query=berlin.query, shared=True)
    other = Person.objects.get(key="elsewhere").site.key
    services.save_view(by=cast.bo, page="people", name="Berlin", query=f"site={other}")
    found = api_for(cast.bo).get("/api/v1/roles/people/", {"view": "Berlin"}).json()
    assert [row["key"] for row in found["results"]] == ["elsewhere"]


def test_a_name_that_nobody_gave_and_a_filter_that_the_address_lacks_are_told(
    api_for: Any, cast: Any, berlin: Any
) -> None:
    api = api_for(cast.ada)
    answer = api.get("/api/v1/roles/people/", {"view": "Rome"})
    assert answer.status_code == 400
    assert "you have: Berlin" in answer.json()["error"]["message"]
    services.save_view(by=cast.ada, page="projects", name="Odd", query="moon=full")
    answer = api.get("/api/v1/projects/projects/", {"view": "Odd"})
    assert answer.status_code == 400
    assert "moon" in answer.json()["error"]["message"]


def test_programs_list_make_and_remove_views(api_for: Any, cast: Any) -> None:
    api = api_for(cast.ada)
    body = {"page": "load", "name": "Over", "query": "over=on", "favourite": True}
    made = api.post("/api/v1/views/", body, format="json")
    assert made.status_code == 201
    rows = api.get("/api/v1/views/", {"page": "load"}).json()
    assert [(row["name"], row["favourite"]) for row in rows] == [("Over", True)]
    assert api.get("/api/v1/roles/load/", {"view": "Over"}).json()["count"] == 0
    assert api.delete(f"/api/v1/views/{rows[0]['id']}/").status_code == 204
    assert api.get("/api/v1/views/", {"page": "load"}).json() == []
    assert api.get("/api/v1/views/", {"page": "moon"}).status_code == 400


def test_the_planner_and_the_questions_of_supply_take_views_by_name(
    api_for: Any, client_for: Any, cast: Any
) -> None:
    builders.make_person("Free One", key="free-one", skills={builders.make_skill("vision"): 4})
    form = {"page": "planner", "name": "Work", "query": "view=projects&zoom=month&weeks=4"}
    answer = client_for(cast.ada).post("/views/save/", form)
    assert "view=projects" in answer["Location"]
    assert "Work" in client_for(cast.ada).get(answer["Location"]).content.decode()
    api = api_for(cast.ada)
    board = api.get("/api/v1/projects/board/", {"saved_view": "Work"}).json()
    assert (board["view"], board["weeks"]) == ("projects", 4)
    services.save_view(by=cast.ada, page="supply", name="CV", query="skill=vision&fte=0.5&level=4")
    free = api.get("/api/v1/projects/free-people/", {"view": "CV"}).json()
    assert [row["person"] for row in free] == ["free-one"]
    assert api.get("/api/v1/projects/staffing-requests/", {"view": "none"}).status_code == 400


def test_a_token_that_only_writes_hears_of_the_view_that_it_kept(api_for: Any, cast: Any) -> None:
    body = {"page": "people", "name": "Mine", "query": ""}
    assert api_for(cast.ada, scopes=["write"]).post("/api/v1/views/", body).status_code == 201


def test_columns_that_are_left_out_stay_out_of_page_and_file(client_for: Any, cast: Any) -> None:
    builders.make_project("Vision")
    ada = client_for(cast.ada)
    page = ada.get("/projects/?cols=name&cols=status").content.decode()
    assert 'data-label="Status"' in page
    assert 'data-label="Lead"' not in page
    lines = b"".join(ada.get("/projects/?cols=name,status&format=csv").streaming_content)
    head = lines.decode("utf-8-sig").splitlines()[0].split(",")
    assert "status" in head
    assert "lead" not in head
    assert "no column" in ada.get("/projects/?cols=moon").content.decode()
