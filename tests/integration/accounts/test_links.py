"""One-time links: invitations and new passwords."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from teamhub.accounts import services as accounts
from teamhub.accounts.models import OneTimeLink, User
from teamhub.accounts.services import links
from teamhub.audit.models import AuditEvent
from teamhub.errors import Conflict, InvalidInput, NotAllowed
from tests.builders import PASSWORD, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
NEW = "a long new phrase"


def invite(cast: Any, **fields: Any) -> tuple[OneTimeLink, str]:
    filled = {"email": "wei.lin@example.org", "full_name": "Wei Lin", "groups": ["engineer"]}
    return accounts.invite(by=cast.admin, **filled | fields)


def set_password(address: str, password: str = NEW) -> Any:
    return Client().post(address, {"new_password1": password, "new_password2": password})


# --- invitation -----------------------------------------------------------------------------------


def test_an_invited_person_sets_a_password_and_logs_in(cast: Any) -> None:
    link, address = invite(cast, time_zone="Asia/Shanghai", language="zh-hans")
    user = link.user
    assert (user.username, user.first_name, user.last_name) == ("wei.lin", "Wei", "Lin")
    assert (user.time_zone, user.language) == ("Asia/Shanghai", "zh-hans")
    assert [group.name for group in user.groups.all()] == ["engineer"]
    assert user.is_invited
    page = Client().get(address)
    assert page.status_code == 200
    assert page["Referrer-Policy"] == "same-origin"
    assert "no-store" in page["Cache-Control"]
    assert "wei.lin" in page.content.decode()
    assert set_password(address)["Location"] == reverse("accounts:login")
    client = Client()
    client.post(reverse("accounts:login"), {"username": "wei.lin", "password": NEW})
    assert client.get("/").status_code == 200


def test_the_database_does_not_hold_the_secret(cast: Any) -> None:
    _link, address = invite(cast)
    secret = address.rstrip("/").rpartition("/")[2]
    assert len(secret) >= 43  # 256 bits
    assert secret not in str(list(OneTimeLink.objects.values()))
    assert secret not in str(list(AuditEvent.objects.values()))


def test_a_link_works_once(cast: Any) -> None:
    _link, address = invite(cast)
    assert set_password(address).status_code == 302
    assert set_password(address, "yet another phrase").status_code == 410
    assert Client().get(address).status_code == 410
    assert User.objects.get(username="wei.lin").check_password(NEW)


def test_a_link_expires(cast: Any, settings: Any) -> None:
    link, address = invite(cast)
    assert link.expires_at
    assert link.issued_at
    hours = (link.expires_at - link.issued_at) / timedelta(hours=1)
    assert hours == settings.INVITATION_HOURS
    past = timezone.now() - timedelta(hours=hours)
    OneTimeLink.objects.update(issued_at=past, expires_at=timezone.now())
    assert Client().get(address).status_code == 410
    assert set_password(address).status_code == 410
    assert User.objects.get(username="wei.lin").is_invited


def test_a_wrong_link_says_the_same_as_an_old_one(cast: Any) -> None:
    _link, address = invite(cast)
    set_password(address)
    used = Client().get(address)
    wrong = Client().get(reverse("accounts:link", args=["x" * 43]))
    assert (wrong.status_code, used.status_code) == (410, 410)
    assert wrong.context["message"] == used.context["message"]


def test_the_form_of_a_link_passes_the_check_of_its_origin(cast: Any) -> None:
    _link, address = invite(cast)
    strict = Client(enforce_csrf_checks=True)
    data = {
        "new_password1": NEW,
        "new_password2": NEW,
        "csrfmiddlewaretoken": strict.get(address).context["csrf_token"],
    }
    assert strict.post(address, data, HTTP_ORIGIN="null").status_code == 403
    assert strict.post(address, data, HTTP_ORIGIN="http://testserver").status_code == 302


def test_a_link_lifts_the_lock_of_who_forgot_the_password(cast: Any) -> None:
    login = reverse("accounts:login")
    for _ in range(5):
        Client().post(login, {"username": "bo", "password": "guess"})
    _link, address = accounts.issue_link(user=cast.bo, by=cast.admin)
    set_password(address)
    answer = Client().post(login, {"username": "bo", "password": NEW})
    assert answer.status_code == 302


def test_a_weak_password_does_not_burn_the_link(cast: Any) -> None:
    _link, address = invite(cast)
    assert set_password(address, "wei.lin").status_code == 422
    assert set_password(address).status_code == 302


def test_a_link_of_a_deactivated_account_is_dead(cast: Any) -> None:
    link, address = invite(cast)
    User.objects.filter(pk=link.user.pk).update(is_active=False)
    assert set_password(address).status_code == 410


def test_a_new_link_ends_the_one_before(cast: Any) -> None:
    _link, first = invite(cast)
    again, second = invite(cast, email="WEI.LIN@example.org")
    assert again.user.username == "wei.lin"
    assert User.objects.filter(email__iexact="wei.lin@example.org").count() == 1
    assert Client().get(first).status_code == 410
    assert set_password(second).status_code == 302


def test_two_who_use_a_link_at_once_set_one_password(
    cast: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    _link, address = invite(cast)
    secret = address.rstrip("/").rpartition("/")[2]
    find, faster = links.find_link, iter([True])

    def find_and_be_overtaken(secret: str) -> OneTimeLink:
        found = find(secret)
        if next(faster, False):
            accounts.use_link(secret=secret, password=NEW)
        return found

    monkeypatch.setattr(links, "find_link", find_and_be_overtaken)
    with pytest.raises(links.LinkIsDead):
        accounts.use_link(secret=secret, password="the slower one")
    assert not User.objects.get(username="wei.lin").check_password("the slower one")


def test_whoever_is_logged_in_here_is_logged_out_by_a_link(cast: Any, client_for: Any) -> None:
    _link, address = invite(cast)
    client = client_for(cast.ada)
    client.post(address, {"new_password1": NEW, "new_password2": NEW})
    assert client.get("/").status_code == 302


def test_a_used_name_gets_a_number(cast: Any) -> None:
    make_user("Wei.Lin", email="other@example.org")
    assert invite(cast)[0].user.username == "wei.lin2"


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"email": ""}, InvalidInput),
        ({"email": "nobody"}, InvalidInput),
        ({"email": "ada@example.org"}, Conflict),
        ({"groups": ["king"]}, InvalidInput),
        ({"time_zone": "Mars/Olympus"}, InvalidInput),
    ],
)
def test_what_cannot_be_invited_is_refused_and_leaves_nothing(
    wrong: dict[str, Any], error: type[Exception], cast: Any
) -> None:
    before = User.objects.count()
    with pytest.raises(error):
        invite(cast, **wrong)
    assert User.objects.count() == before
    assert not OneTimeLink.objects.exists()


def test_only_administrators_invite(cast: Any, client_for: Any) -> None:
    page = reverse("accounts:user-invite")
    data = {"full_name": "Wei Lin", "email": "wei@example.org", "groups": ["engineer"]}
    for user in cast.everybody():
        if user == cast.admin:
            continue
        with pytest.raises(NotAllowed):
            accounts.invite(email="w@example.org", full_name="Wei", groups=[], by=user)
        client = client_for(user)
        assert (client.get(page).status_code, client.post(page, data).status_code) == (403, 403)
    answer = client_for(cast.admin).post(page, data)
    assert answer.status_code == 200
    assert answer.context["address"].startswith("http://testserver/accounts/link/")
    assert set_password(answer.context["address"]).status_code == 302


# --- forgotten passwords --------------------------------------------------------------------------


def forgot(name: str) -> Any:
    return Client().post(reverse("accounts:forgotten"), {"name": name}, follow=True)


def _text(answer: Any) -> str:
    """The page without what is drawn by lot."""
    return re.sub(r"[A-Za-z0-9]{64}", "", answer.content.decode())


def test_asking_for_known_and_unknown_names_looks_the_same(cast: Any) -> None:
    known, unknown = forgot("bo"), forgot("nobody")
    assert known.redirect_chain == unknown.redirect_chain
    assert _text(known) == _text(unknown)
    assert [link.user for link in OneTimeLink.objects.all()] == [cast.bo]


def test_an_administrator_sees_who_asks_and_makes_the_link(cast: Any, client_for: Any) -> None:
    forgot("bo@example.org")
    client = client_for(cast.admin)
    rows = client.get(reverse("accounts:user-list"), {"state": "asked"}).context["rows"]
    assert [row["user"] for row in rows] == [cast.bo]
    address = client.post(reverse("accounts:user-link", args=[cast.bo.pk])).context["address"]
    assert set_password(address).status_code == 302
    cast.bo.refresh_from_db()
    assert cast.bo.check_password(NEW)
    rows = client.get(reverse("accounts:user-list"), {"state": "asked"}).context["rows"]
    assert rows == []


def test_a_new_password_ends_the_sessions_of_the_old_one(cast: Any) -> None:
    inside = Client()
    inside.post(reverse("accounts:login"), {"username": "bo", "password": PASSWORD})
    _link, address = accounts.issue_link(user=cast.bo, by=cast.admin)
    set_password(address)
    assert inside.get("/").status_code == 302


def test_asking_again_and_again_makes_one_request(cast: Any) -> None:
    for _ in range(5):
        forgot("bo")
    assert OneTimeLink.objects.count() == 1


def test_a_stranger_who_asks_does_not_end_the_link_that_was_handed_over(cast: Any) -> None:
    _link, address = invite(cast)
    forgot("wei.lin")
    assert set_password(address).status_code == 302


def test_nobody_asks_for_a_deactivated_account(cast: Any) -> None:
    User.objects.filter(pk=cast.bo.pk).update(is_active=False)
    forgot("bo")
    assert not OneTimeLink.objects.exists()
    with pytest.raises(Conflict):
        accounts.issue_link(user=cast.bo, by=cast.admin)


def test_only_administrators_make_links(cast: Any, client_for: Any, client: Client) -> None:
    page = reverse("accounts:user-link", args=[cast.bo.pk])
    assert client.post(page).status_code == 302
    for user in cast.everybody():
        expected = 200 if user == cast.admin else 403
        assert client_for(user).post(page).status_code == expected
    assert client_for(cast.admin).get(page).status_code == 405


@pytest.mark.parametrize("name", ["", " ", "x" * 300, "nul\0"])
def test_names_that_cannot_be_are_refused(name: str, db: None) -> None:
    assert Client().post(reverse("accounts:forgotten"), {"name": name}).status_code == 422


def test_each_step_is_in_the_audit(cast: Any) -> None:
    forgot("bo")
    _link, address = accounts.issue_link(user=cast.bo, by=cast.admin)
    set_password(address)
    events = list(AuditEvent.objects.order_by("pk").values_list("verb", "by_name"))
    assert events == [
        ("link.ask", ""),
        ("link.issue", "admin"),
        ("user.password", "bo"),
        ("link.use", "bo"),
    ]
