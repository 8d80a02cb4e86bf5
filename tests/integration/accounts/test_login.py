"""Log-in, log-out and what protects them, by real requests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from teamhub.audit.models import AuditEvent
from tests.builders import PASSWORD, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
LOGIN = "/accounts/login/"
TOKEN = "/api/v1/auth/token/"
GUESS = "not the password"
HERE, THERE = "203.0.113.1", "203.0.113.2"


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()
    timezone.deactivate()


def try_login(name: str, password: str = GUESS, *, address: str = HERE, **more: Any) -> Any:
    data = {"username": name, "password": password}
    return Client().post(LOGIN, data, REMOTE_ADDR=address, **more)


def try_token(name: str, password: str = GUESS, *, address: str = HERE) -> Any:
    data = {"username": name, "password": password}
    return Client().post(TOKEN, data, content_type="application/json", REMOTE_ADDR=address)


def verbs() -> list[str]:
    return list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True))


# --- in and out -----------------------------------------------------------------------------------


def test_the_right_password_opens_home_and_is_written_down(client: Client) -> None:
    ada = make_user("ada")
    answer = client.post(LOGIN, {"username": "ada", "password": PASSWORD}, REMOTE_ADDR=HERE)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    event = AuditEvent.objects.get()
    assert (event.verb, event.by, event.address) == ("login.pass", ada, HERE)


def test_a_wrong_password_a_wrong_name_and_a_deactivated_account_look_the_same() -> None:
    make_user("ada")
    make_user("old", is_active=False)
    answers = [
        try_login("ada"),
        try_login("nobody"),
        try_login("old", PASSWORD),
    ]
    said = {str(answer.context["form"].non_field_errors()) for answer in answers}
    assert len(said) == 1
    assert all(answer.status_code == 200 for answer in answers)


def test_what_was_typed_as_name_is_kept_only_when_somebody_has_it() -> None:
    make_user("ada")
    try_login("ada")
    try_login("my secret passphrase")
    texts = list(AuditEvent.objects.order_by("pk").values_list("verb", "object_text"))
    assert texts == [("login.fail", "ada"), ("login.fail", "")]


def test_logging_out_takes_a_post(client: Client) -> None:
    client.force_login(make_user("ada"))
    assert client.get(reverse("accounts:logout")).status_code == 405
    assert client.get("/").status_code == 200
    assert client.post(reverse("accounts:logout")).status_code == 302
    assert client.get("/").status_code == 302
    assert verbs() == ["login.end"]


def test_forms_want_the_csrf_token() -> None:
    make_user("ada")
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(LOGIN, {"username": "ada", "password": PASSWORD})
    assert answer.status_code == 403


def test_the_key_of_the_session_changes_with_the_log_in(client: Client) -> None:
    make_user("ada")
    client.get(LOGIN)
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    client.cookies[django_settings.SESSION_COOKIE_NAME] = planted = session.session_key or ""
    client.post(LOGIN, {"username": "ada", "password": PASSWORD})
    assert client.session.session_key != planted
    assert "_auth_user_id" not in _session_of(planted)


def _session_of(key: str | None) -> dict[str, Any]:
    from django.contrib.sessions.backends.db import SessionStore

    return dict(SessionStore(key).load())


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)",
        "http:///evil.example", "https:evil.example", "\x09//evil.example",
    ],
)  # fmt: skip
def test_next_does_not_lead_off_the_site(target: str, client: Client) -> None:
    make_user("ada")
    data = {"username": "ada", "password": PASSWORD, "next": target}
    assert client.post(LOGIN, data)["Location"] == "/"


def test_next_leads_to_the_page_that_was_asked_for(client: Client) -> None:
    make_user("ada")
    data = {"username": "ada", "password": PASSWORD, "next": "/runs/?q=1"}
    assert client.post(LOGIN, data)["Location"] == "/runs/?q=1"


def test_who_is_logged_in_is_sent_on(client: Client) -> None:
    client.force_login(make_user("ada"))
    assert client.get(LOGIN).status_code == 302


# --- lock-out -------------------------------------------------------------------------------------


def test_the_fifth_failure_locks_and_the_right_password_is_refused_too() -> None:
    make_user("ada")
    assert [try_login("ada").status_code for _ in range(5)] == [200, 200, 200, 200, 429]
    locked = try_login("ada", PASSWORD)
    assert locked.status_code == 429
    assert 0 < int(locked["Retry-After"]) <= 15 * 60
    assert "Too many log-ins failed" in locked.content.decode()
    assert verbs() == ["login.fail"] * 5 + ["login.lock"]


def test_a_name_that_nobody_has_locks_in_the_same_words() -> None:
    make_user("ada")
    ada = [try_login("ada") for _ in range(6)]
    nobody = [try_login("nobody") for _ in range(6)]
    assert [a.status_code for a in ada] == [a.status_code for a in nobody]
    assert ada[-1].context["message"] == nobody[-1].context["message"]


def test_the_lock_holds_for_name_and_address_together() -> None:
    make_user("ada")
    make_user("bo")
    for _ in range(6):
        try_login("ada")
    assert try_login("ada", PASSWORD, address=THERE).status_code == 302
    assert try_login("bo", PASSWORD).status_code == 302


def test_another_browser_does_not_help() -> None:
    make_user("ada")
    for i in range(5):
        try_login("ada", HTTP_USER_AGENT=f"browser {i}")
    assert try_login("ada", PASSWORD, HTTP_USER_AGENT="fresh").status_code == 429


def test_page_and_token_count_together() -> None:
    make_user("ada")
    for _ in range(3):
        try_login("ada")
    assert [try_token("ada").status_code for _ in range(2)] == [401, 429]
    locked = try_token("ada", PASSWORD)
    assert locked.status_code == 429
    assert locked.json()["error"]["code"] == "locked_out"
    assert locked.json()["error"]["details"]["retry_after_s"] == int(locked["Retry-After"])
    assert try_login("ada", PASSWORD).status_code == 429


def test_an_address_that_tries_many_names_is_closed(settings: Any) -> None:
    settings.LOGIN_ADDRESS_LIMIT = 6
    make_user("ada")
    codes = [try_login(f"name{i}").status_code for i in range(6)]
    assert codes == [200] * 5 + [429]
    assert try_login("ada", PASSWORD).status_code == 429
    assert try_token("ada", PASSWORD).status_code == 429
    assert try_login("ada", PASSWORD, address=THERE).status_code == 302


def test_logging_in_oneself_does_not_clear_the_guesses_at_others(settings: Any) -> None:
    settings.LOGIN_ADDRESS_LIMIT = 6
    make_user("mallory")
    for i in range(5):
        try_login(f"name{i}")
        assert try_login("mallory", PASSWORD).status_code == 302
    assert try_login("name5").status_code == 429


def test_addresses_of_one_ipv6_network_count_as_one() -> None:
    make_user("ada")
    for i in range(5):
        try_login("ada", address=f"2001:db8:1:2::{i + 1:x}")
    assert try_login("ada", PASSWORD, address="2001:db8:1:2:ffff::1").status_code == 429
    assert try_login("ada", PASSWORD, address="2001:db8:1:3::1").status_code == 302


def test_a_success_clears_the_failures_of_this_name() -> None:
    make_user("ada")
    for _ in range(4):
        try_login("ada")
    assert try_login("ada", PASSWORD).status_code == 302
    assert [try_login("ada").status_code for _ in range(4)] == [200] * 4


def test_after_the_cool_off_the_door_is_open_again() -> None:
    make_user("ada")
    for _ in range(5):
        try_login("ada")
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=14))
    waiting = try_login("ada", PASSWORD)
    assert waiting.status_code == 429
    assert int(waiting["Retry-After"]) <= 60
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=15, seconds=1))
    assert try_login("ada", PASSWORD).status_code == 302


def test_trying_on_while_locked_does_not_prolong_the_lock_or_fill_the_audit() -> None:
    make_user("ada")
    for _ in range(5):
        try_login("ada")
    counted = AccessAttempt.objects.get()
    events = AuditEvent.objects.count()
    for _ in range(5):
        try_login("ada")
    again = AccessAttempt.objects.get()
    assert again.attempt_time == counted.attempt_time
    assert AuditEvent.objects.count() == events


def test_a_forged_header_neither_escapes_the_lock_nor_locks_others() -> None:
    make_user("ada")
    for i in range(5):
        try_login("ada", HTTP_X_FORWARDED_FOR=f"198.51.100.{i}")
    assert try_login("ada", PASSWORD, HTTP_X_FORWARDED_FOR="198.51.100.99").status_code == 429
    assert try_login("ada", PASSWORD, address="198.51.100.1").status_code == 302


def test_behind_a_trusted_proxy_each_client_has_its_own_lock(settings: Any) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.0/24"]
    make_user("ada")
    for _ in range(5):
        try_login("ada", address="10.0.0.5", HTTP_X_FORWARDED_FOR="198.51.100.1")
    there = {"address": "10.0.0.5", "HTTP_X_FORWARDED_FOR": "198.51.100.2"}
    assert try_login("ada", PASSWORD, **there).status_code == 302
    forged = {"address": "10.0.0.5", "HTTP_X_FORWARDED_FOR": "198.51.100.2, 198.51.100.1"}
    assert try_login("ada", PASSWORD, **forged).status_code == 429


def test_an_administrator_lifts_the_lock(cast: Any, client_for: Any) -> None:
    for _ in range(5):
        try_login("bo")
    page = reverse("accounts:user-unlock", args=[cast.bo.pk])
    assert client_for(cast.ada).post(page).status_code == 403
    html = client_for(cast.admin).get(reverse("accounts:user-detail", args=[cast.bo.pk]))
    assert page in html.content.decode()
    assert client_for(cast.admin).post(page).status_code == 302
    assert try_login("bo", PASSWORD).status_code == 302
    assert "login.unlock" in verbs()


@pytest.mark.parametrize("name", ["a" * 300, "nul\0name", "", " "])
def test_names_that_cannot_be_are_refused_without_a_crash(name: str) -> None:
    assert try_login(name).status_code == 200
    assert try_token(name).status_code == 400


# --- passwords ------------------------------------------------------------------------------------


def change(client: Client, new: str, old: str = PASSWORD) -> Any:
    data = {"old_password": old, "new_password1": new, "new_password2": new}
    return client.post(reverse("accounts:password-change"), data)


def test_changing_the_password_ends_the_other_sessions(client: Client) -> None:
    ada = make_user("ada")
    elsewhere = Client()
    for one in (client, elsewhere):
        one.post(LOGIN, {"username": "ada", "password": PASSWORD})
    assert change(client, "another long phrase").status_code == 302
    assert client.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 302
    ada.refresh_from_db()
    assert ada.check_password("another long phrase")
    assert verbs()[-1] == "user.password"


@pytest.mark.parametrize("weak", ["short", "1234567890123", "password123", "ada.lovelace1"])
def test_weak_passwords_are_refused(weak: str, client: Client) -> None:
    ada = make_user("ada.lovelace")
    client.force_login(ada)
    answer = change(client, weak)
    assert answer.status_code == 422
    assert answer.context["form"].errors["new_password2"]
    ada.refresh_from_db()
    assert ada.check_password(PASSWORD)


def test_the_old_password_is_asked_for(client: Client) -> None:
    client.force_login(make_user("ada"))
    assert change(client, "another long phrase", old="guess").status_code == 422


def test_strangers_are_sent_to_the_log_in(client: Client) -> None:
    for name in ("password-change", "account", "token-list", "token-create", "user-list"):
        page = reverse(f"accounts:{name}")
        assert client.get(page)["Location"] == f"{LOGIN}?next={page}"


# --- language and time ----------------------------------------------------------------------------


def test_a_user_reads_their_own_language_and_time(client: Client) -> None:
    ada = make_user("ada", language="zh-hans", time_zone="Asia/Shanghai")
    client.force_login(ada)
    answer = client.get(reverse("accounts:account"))
    assert answer["Content-Language"] == "zh-hans"
    assert timezone.get_current_timezone_name() == "Asia/Shanghai"


def test_language_and_zone_are_saved_and_checked(client: Client) -> None:
    ada = make_user("ada")
    client.force_login(ada)
    page = reverse("accounts:account")
    good = {"language": "zh-hans", "time_zone": "Asia/Shanghai"}
    assert client.post(page, good).status_code == 302
    ada.refresh_from_db()
    assert (ada.language, ada.time_zone) == ("zh-hans", "Asia/Shanghai")
    assert client.post(page, good | {"time_zone": "Mars/Olympus"}).status_code == 422
    assert client.post(page, good | {"language": "xx"}).status_code == 422


def test_a_zone_that_vanished_does_not_lock_its_user_out(client: Client) -> None:
    from teamhub.accounts.models import User

    ada = make_user("ada")
    User.objects.filter(pk=ada.pk).update(time_zone="Gone/Away")
    client.force_login(ada)
    assert client.get(reverse("accounts:account")).status_code == 200


def test_the_zone_of_one_user_does_not_stay_for_the_next_request(client: Client) -> None:
    client.force_login(make_user("ada", time_zone="Asia/Shanghai"))
    client.get(reverse("accounts:account"))
    inside = timezone.get_current_timezone_name()
    Client().get(LOGIN)
    assert inside == "Asia/Shanghai"
    assert timezone.get_current_timezone_name() == django_settings.TIME_ZONE
