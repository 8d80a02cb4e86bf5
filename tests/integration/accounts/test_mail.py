"""Links leave by e-mail when there is a mail server, once each, and none is lost."""

from __future__ import annotations

import re
import smtplib
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail as outbox
from django.test import Client
from django.utils import timezone
from django.utils.translation import get_language

from teamhub.accounts import services as accounts
from teamhub.accounts.models import OneTimeLink, User
from teamhub.accounts.services import links, mail
from tests.builders import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
BASE = "https://teamhub.example.org/"
NEW_PASSWORD = "staple battery horse"


@pytest.fixture(autouse=True)
def _mail_server(settings: Any) -> None:
    settings.EMAIL_HOST = "mail.example.org"


@pytest.fixture
def admin(cast: Any) -> User:
    user: User = cast.admin
    return user


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The mail server refuses until `broken.undo()`."""

    def refuse(*args: Any, **kwargs: Any) -> None:
        raise smtplib.SMTPServerDisconnected("not today")

    monkeypatch.setattr(mail, "send_mail", refuse)
    return monkeypatch


def invite(by: User, email: str = "noor@example.org", **fields: Any) -> OneTimeLink:
    link, address = accounts.invite(
        email=email, full_name="Noor Saleh", groups=["engineer"], by=by, base_url=BASE, **fields
    )
    assert address == "", "a link that goes by e-mail is shown to nobody"
    return link


def make_due() -> None:
    OneTimeLink.objects.filter(next_try_at__isnull=False).update(next_try_at=timezone.now())


def address_in(message: Any) -> str:
    found = re.search(rf"{BASE}\S+", message.body)
    assert found, message.body
    return found[0]


def test_an_invitation_arrives_and_opens_the_door(admin: User) -> None:
    invite(admin)
    assert outbox.outbox == [], "a request never waits for the mail server"

    assert mail.send_waiting() == 1

    (message,) = outbox.outbox
    assert message.to == ["noor@example.org"]
    path = "/" + address_in(message).removeprefix(BASE)
    form = {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    assert Client().post(path, form).status_code == 302
    assert User.objects.get(username="noor").check_password(NEW_PASSWORD)


def test_a_link_is_sent_once(admin: User) -> None:
    invite(admin)

    assert [mail.send_waiting(), mail.send_waiting()] == [1, 0]
    assert len(outbox.outbox) == 1


def test_of_two_clocks_one_sends(admin: User) -> None:
    """Both have read the same row; the second finds the try taken."""
    link = invite(admin)
    first = OneTimeLink.objects.select_related("user").get(pk=link.pk)
    second = OneTimeLink.objects.select_related("user").get(pk=link.pk)

    assert [mail._send(first), mail._send(second)] == [True, False]
    assert len(outbox.outbox) == 1


def test_a_broken_mail_server_delays_a_link(admin: User, broken: pytest.MonkeyPatch) -> None:
    link = invite(admin)
    assert mail.send_waiting() == 0
    link.refresh_from_db()
    assert link.sent_at is None
    assert link.next_try_at is not None
    assert link.next_try_at > timezone.now()
    assert mail.send_waiting() == 0, "it waits for its next try"

    broken.undo()
    make_due()

    assert mail.send_waiting() == 1
    sent = OneTimeLink.objects.get(pk=link.pk)
    assert sent.sent_at is not None
    assert sent.next_try_at is None


def test_the_wait_doubles_and_ends(admin: User, broken: pytest.MonkeyPatch) -> None:
    link = invite(admin)
    waits = []
    for _try in range(mail.MOST_TRIES):
        make_due()
        before = timezone.now()
        mail.send_waiting()
        link.refresh_from_db()
        if link.next_try_at is not None:
            waits.append(round((link.next_try_at - before) / timedelta(minutes=1)))

    assert waits == [1, 2, 4, 8, 16]
    assert link.next_try_at is None, "given up: the page of the user says so"


def test_the_secret_of_a_failed_try_is_dead(admin: User, broken: pytest.MonkeyPatch) -> None:
    """The server may have taken the message before it failed; only the last one counts."""
    tried: list[str] = []

    def lose(_subject: str, body: str, **kwargs: Any) -> None:
        tried.append(body)
        raise TimeoutError

    broken.setattr(mail, "send_mail", lose)
    invite(admin)
    mail.send_waiting()
    broken.undo()
    make_due()
    mail.send_waiting()

    lost = re.search(rf"{BASE}accounts/link/(\S+)/", tried[0])
    assert lost
    with pytest.raises(links.LinkIsDead):
        links.find_link(lost[1])


def test_one_bad_address_does_not_hold_up_the_others(
    admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = outbox.send_mail

    def picky(*args: Any, **kwargs: Any) -> Any:
        if kwargs["recipient_list"] == ["bad@example.org"]:
            raise smtplib.SMTPRecipientsRefused({})
        return send(*args, **kwargs)

    monkeypatch.setattr(mail, "send_mail", picky)
    invite(admin, "bad@example.org")
    invite(admin, "good@example.org")

    assert mail.send_waiting() == 1
    assert [message.to for message in outbox.outbox] == [["good@example.org"]]


def test_a_link_that_ended_is_not_sent(admin: User) -> None:
    link = invite(admin)
    accounts.change_user(
        user=link.user,
        by=admin,
        first_name="Noor",
        last_name="Saleh",
        email="noor@example.org",
        groups=[],
        is_active=False,
    )

    assert mail.send_waiting() == 0


def test_the_letter_speaks_the_language_of_its_reader(admin: User) -> None:
    invite(admin, language="zh-hans", time_zone="Asia/Shanghai")
    seen: list[str | None] = []

    def note(*args: Any, **kwargs: Any) -> None:
        seen.extend([get_language(), timezone.get_current_timezone_name()])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mail, "send_mail", note)
        mail.send_waiting()

    assert seen == ["zh-hans", "Asia/Shanghai"]


def test_a_forgotten_password_goes_to_the_address_of_the_account(cast: Any) -> None:
    accounts.ask_for_reset(name=cast.bo.username, base_url=BASE)

    assert mail.send_waiting() == 1
    assert outbox.outbox[0].to == [cast.bo.email]


def test_without_an_address_of_the_account_an_administrator_is_asked(db: None) -> None:
    make_user("kim", email="")
    accounts.ask_for_reset(name="kim", base_url=BASE)

    assert mail.send_waiting() == 0
    assert OneTimeLink.objects.get().user.username == "kim"


def test_without_a_mail_server_nothing_is_sent(admin: User, settings: Any) -> None:
    invite(admin)
    settings.EMAIL_HOST = ""

    assert mail.send_waiting() == 0
    assert outbox.outbox == []
