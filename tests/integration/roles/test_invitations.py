"""Administrators give imported people a log-in, one or many."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from roles.models import Person
from roles.services.invitations import invite_people
from teamhub.accounts.models import User
from teamhub.audit.models import AuditEvent
from teamhub.errors import InvalidInput, NotAllowed
from tests.builders import make_person, make_user
from tests.cast import Cast

pytestmark = pytest.mark.django_db
Clients = Callable[[User], Client]


def test_many_are_invited_and_each_gets_a_link_of_their_own(
    cast: Cast, client_for: Clients
) -> None:
    wei = make_person("Wei Zhang", email="wei@example.com", time_zone="Asia/Shanghai")
    li = make_person("Li Na", email="li@example.com")
    client = client_for(cast.admin)
    answer = client.post("/people/invite/", {"person": [wei.pk, li.pk], "group": "engineer"})
    assert answer.status_code == 200
    links = [one.link for one in answer.context["invited"]]
    assert len(set(links)) == 2
    assert all(link.startswith("http://testserver/") for link in links)
    wei.refresh_from_db()
    assert wei.user is not None
    assert wei.user.is_invited
    assert (wei.user.email, wei.user.time_zone) == ("wei@example.com", "Asia/Shanghai")
    assert [group.name for group in wei.user.groups.all()] == ["engineer"]
    assert AuditEvent.objects.filter(verb="person.invite").count() == 2
    assert wei.history.latest().history_user == cast.admin


def test_one_refusal_stops_nobody_else(cast: Cast) -> None:
    nobody = make_person("No Address")
    has_one = make_person("Bo", email="x@example.com", user=cast.bo)
    wei = make_person("Wei", email="wei@example.com")
    done = invite_people(people=[nobody, has_one, wei], group="viewer", by=cast.admin)
    assert [bool(one.refusal) for one in done] == [True, True, False]
    assert "e-mail" in done[0].refusal
    assert "bo" in done[1].refusal


def test_somebody_who_has_not_answered_is_invited_again(cast: Cast) -> None:
    wei = make_person("Wei", email="wei@example.com")
    (first,) = invite_people(people=[wei], group="engineer", by=cast.admin)
    wei.refresh_from_db()
    (second,) = invite_people(people=[wei], group="engineer", by=cast.admin)
    assert second.link
    assert first.link != second.link
    assert User.objects.filter(email="wei@example.com").count() == 1


def test_an_account_with_the_same_address_becomes_theirs(cast: Cast) -> None:
    user = make_user("wz", "engineer", email="Wei@example.com")
    wei = make_person("Wei", email="wei@example.com")
    (done,) = invite_people(people=[wei], group="viewer", by=cast.admin)
    wei.refresh_from_db()
    assert (done.joined, done.link, wei.user) == (True, "", user)
    assert [group.name for group in user.groups.all()] == ["engineer"]


def test_two_people_do_not_share_a_log_in(cast: Cast) -> None:
    one = make_person("One", email="same@example.com")
    two = make_person("Two", email="same@example.com")
    done = invite_people(people=[one, two], group="viewer", by=cast.admin)
    assert [bool(each.refusal) for each in done] == [False, True]
    assert "One" in done[1].refusal
    two.refresh_from_db()
    assert two.user is None


@pytest.mark.parametrize("group", ["administrator", "emperor", ""])
def test_nobody_is_invited_as_an_administrator_or_to_no_group(cast: Cast, group: str) -> None:
    wei = make_person("Wei", email="wei@example.com")
    with pytest.raises(InvalidInput):
        invite_people(people=[wei], group=group, by=cast.admin)
    assert not User.objects.filter(email="wei@example.com").exists()


def test_only_administrators_invite(cast: Cast, client_for: Clients, client: Client) -> None:
    wei = make_person("Wei", email="wei@example.com")
    data: dict[str, Any] = {"person": wei.pk, "group": "viewer"}
    for user in cast.everybody():
        if user != cast.admin:
            assert client_for(user).post("/people/invite/", data).status_code == 403, user
    assert client.post("/people/invite/", data).status_code == 302
    with pytest.raises(NotAllowed):
        invite_people(people=[wei], group="viewer", by=cast.ada)
    known = make_person("Known", email=cast.cy.email)
    with pytest.raises(NotAllowed):
        invite_people(people=[known], group="viewer", by=cast.ada)
    assert not Person.objects.exclude(user=None).exists()


def test_the_list_offers_it_to_administrators_only(cast: Cast, client_for: Clients) -> None:
    make_person("Wei", email="wei@example.com")
    for user in (cast.admin, cast.ada, cast.bo):
        page = client_for(user).get("/people/").content.decode()
        assert ("/people/invite/" in page) == (user == cast.admin)


def test_nonsense_and_nobody_chosen_are_refused(cast: Cast, client_for: Clients) -> None:
    client = client_for(cast.admin)
    for chosen in ([], ["x"], ["99999"]):
        data = {"person": chosen, "group": "viewer"}
        assert client.post("/people/invite/", data).status_code == 400
