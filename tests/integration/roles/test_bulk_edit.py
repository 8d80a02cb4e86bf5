"""Many people at once: all or nobody, with one comment."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from roles.models import Person
from roles.services.bulk_edit import BulkChange, change_people
from teamhub.audit.models import AuditEvent
from teamhub.errors import InvalidInput, NotAllowed
from teamhub.saved import services as views
from tests import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> list[Person]:
    return [builders.make_person(f"Person {n}", key=f"person-{n}") for n in range(3)]


@pytest.mark.both_databases
def test_all_get_the_change_with_history_version_and_comment(cast: Any, team: list[Any]) -> None:
    site, old, new = builders.make_site("oslo"), builders.make_role(), builders.make_role()
    team[0].roles.add(old)
    change = BulkChange({"site": site, "max_concurrent_projects": 4}, [new], [old])
    changed = change_people([p.pk for p in team], change, by=cast.ada, comment="moved to Oslo")
    assert len(changed) == 3
    for person in Person.objects.filter(pk__in=[p.pk for p in team]):
        assert (person.site, person.max_concurrent_projects, person.version) == (site, 4, 2)
        assert list(person.roles.all()) == [new]
        assert person.history.latest().history_user == cast.ada
    events = AuditEvent.objects.filter(verb="person.change")
    assert {event.reason for event in events} == {"moved to Oslo"}
    assert events.count() == 3
    again = change_people([p.pk for p in team], change, by=cast.ada)
    assert again == []


def test_one_who_cannot_take_it_leaves_all_as_they_were(cast: Any, team: list[Any]) -> None:
    late = builders.make_person("Late", employed_from=date(2028, 1, 1))
    ids = [person.pk for person in (*team, late)]
    with pytest.raises(InvalidInput, match="Late"):
        change_people(ids, BulkChange({"employed_to": date(2027, 6, 30)}), by=cast.ada)
    assert not Person.objects.exclude(employed_to=None).exists()


def test_somebody_elses_people_refuse_the_whole(cast: Any, team: list[Any]) -> None:
    team[0].department.leads.add(cast.bo)
    with pytest.raises(NotAllowed, match="Person 1"):
        change_people([p.pk for p in team], BulkChange({"weekly_hours": 30}), by=cast.bo)
    own = change_people([team[0].pk], BulkChange({"weekly_hours": 30}), by=cast.bo)
    assert own == [team[0]]
    elsewhere = BulkChange({"department": team[1].department})
    with pytest.raises(NotAllowed, match="put people there"):
        change_people([team[0].pk], elsewhere, by=cast.bo)


def test_a_change_says_what_it_is() -> None:
    role = builders.make_role()
    with pytest.raises(InvalidInput, match="what shall change"):
        BulkChange()
    with pytest.raises(InvalidInput, match="given and taken"):
        BulkChange({}, [role], [role])
    with pytest.raises(InvalidInput, match="rate_per_fte_week"):
        BulkChange({"rate_per_fte_week": 1})


def test_the_page_shows_who_was_chosen_and_changes_whoever_the_filters_leave(
    client_for: Any, cast: Any, team: list[Any]
) -> None:
    oslo = builders.make_site("oslo")
    Person.objects.filter(pk__in=[team[0].pk, team[1].pk]).update(site=oslo)
    ada = client_for(cast.ada)
    form = {"all": "1", "query": "site=oslo"}
    page = ada.post("/people/bulk/", form)
    assert page.status_code == 200
    assert "Change 2 people" in page.content.decode()
    ids = [team[0].pk, team[1].pk]
    done = ada.post(
        "/people/bulk/",
        {"save": "1", "person": ids, "query": "site=oslo", "weekly_hours": "20", "comment": "half"},
    )
    assert done["Location"] == "/people/?site=oslo"
    assert list(Person.objects.filter(weekly_hours=20).values_list("pk", flat=True)) == ids


def test_the_page_refuses_in_words_and_keeps_what_was_typed(
    client_for: Any, cast: Any, team: list[Any]
) -> None:
    ada = client_for(cast.ada)
    assert ada.post("/people/bulk/", {}).status_code == 400
    assert ada.post("/people/bulk/", {"person": ["x"]}).status_code == 400
    blank = ada.post("/people/bulk/", {"save": "1", "person": [team[0].pk], "comment": "why"})
    assert blank.status_code == 400
    assert "Say what shall change" in blank.content.decode()
    assert 'value="why"' in blank.content.decode()
    wrong = ada.post("/people/bulk/", {"save": "1", "person": [team[0].pk], "weekly_hours": "99"})
    assert wrong.status_code == 422
    stranger = client_for(cast.cy).post(
        "/people/bulk/", {"save": "1", "person": [team[0].pk], "weekly_hours": "9"}
    )
    assert stranger.status_code == 403


def test_programs_change_whom_they_name_or_whom_a_view_leaves(
    api_for: Any, cast: Any, team: list[Any]
) -> None:
    oslo, role = builders.make_site("oslo"), builders.make_role("lead")
    api, address = api_for(cast.ada), "/api/v1/roles/people/bulk/"
    named = {"people": ["person-0", "person-1"], "site": "oslo", "comment": "moved"}
    assert api.post(address, named, format="json").json() == {"changed": ["person-0", "person-1"]}
    assert Person.objects.filter(site=oslo).count() == 2

    views.save_view(by=cast.ada, page="people", name="Oslo", query="site=oslo&cols=name")
    left = {"view": "Oslo", "add_roles": ["lead"], "max_concurrent_projects": 4}
    assert len(api.post(address, left, format="json").json()["changed"]) == 2
    assert set(role.people.values_list("key", flat=True)) == {"person-0", "person-1"}

    # A view that only sorts leaves everybody: nobody means that.
    views.save_view(by=cast.ada, page="people", name="All", query="sort=name&q=")
    refused = api.post(address, {"view": "All", "max_concurrent_projects": 9}, format="json")
    assert (refused.status_code, refused.json()["error"]["details"]) == (400, {"field": "view"})
    assert not Person.objects.filter(max_concurrent_projects=9).exists()


@pytest.mark.parametrize(
    "bad",
    [
        {},
        {"people": ["person-0"], "view": "x", "weekly_hours": 30},
        {"people": ["nobody"], "weekly_hours": 30},
        {"people": ["person-0"]},
        {"people": ["person-0"], "site": "moon"},
        {"people": ["person-0"], "add_roles": ["moon"]},
        {"people": ["person-0"], "weekly_hours": 99},
        {"view": "nothing", "weekly_hours": 30},
    ],
)
def test_a_bad_wish_of_a_program_changes_nobody(
    api_for: Any, cast: Any, team: list[Any], bad: dict[str, Any]
) -> None:
    answer = api_for(cast.ada).post("/api/v1/roles/people/bulk/", bad, format="json")
    assert answer.status_code == 400
    assert answer.json()["error"]["message"]
    assert not Person.objects.exclude(version=1).exists()
