"""API tokens: made, used, cut, expired, revoked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from teamhub.accounts import services as accounts
from teamhub.accounts.authentication import NOTE_USE_EVERY
from teamhub.accounts.models import ApiToken
from teamhub.audit.models import AuditEvent
from teamhub.errors import InvalidInput, NotAllowed
from tests.builders import PASSWORD, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
URL = "/api/v1/auth/token/"
READ = "/api/v1/runs/"  # an endpoint that every member reads


@pytest.fixture(autouse=True)
def _fresh_throttle() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def ask(**data: Any) -> Any:
    return APIClient().post(URL, {"username": "ada", "password": PASSWORD} | data)


def get(secret: str, word: str = "Token") -> int:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"{word} {secret}")
    return client.get(READ).status_code


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


# --- over the API ---------------------------------------------------------------------------------


def test_name_and_password_give_a_token_that_opens_the_api() -> None:
    ada = make_user("ada", "manager")
    answer = ask(name="report", scopes=["read"], expiry_days=7)
    body = answer.json()
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert (body["name"], body["scopes"]) == ("report", ["read"])
    token = ApiToken.objects.get()
    assert token.user == ada
    assert abs(token.expiry - timezone.now() - timedelta(days=7)) < timedelta(minutes=1)
    assert get(body["token"]) == 200


def test_only_a_digest_of_the_token_is_stored() -> None:
    make_user("ada")
    secret = ask().json()["token"]
    row = ApiToken.objects.values().get()
    assert secret not in str(row)
    assert secret not in str(list(AuditEvent.objects.values()))


def test_without_wishes_a_token_has_what_its_owner_can_use() -> None:
    make_user("ada", "engineer")
    make_user("max", "manager")
    make_user("pia", "planner")  # reads what devices cost
    assert ask().json()["scopes"] == ["read", "write"]
    assert ask(username="pia").json()["scopes"] == ["read", "write", "money"]
    assert ask(username="max").json()["scopes"] == ["read", "write", "money"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"scopes": ["everything"]}, "scopes"),
        ({"scopes": []}, "scopes"),
        ({"expiry_days": 0}, "expiry_days"),
        ({"expiry_days": 366}, "expiry_days"),
        ({"name": "x" * 81}, "name"),
        ({"username": ""}, "username"),
        ({"password": None}, "password"),
    ],
)
def test_what_is_not_right_is_named(wrong: dict[str, Any], field: str) -> None:
    make_user("ada")
    answer = ask(**wrong)
    assert code(answer) == (400, "invalid")
    assert field in answer.json()["error"]["details"]["fields"]
    assert not ApiToken.objects.exists()


def test_a_wrong_password_and_a_deactivated_account_get_401() -> None:
    make_user("ada")
    make_user("old", is_active=False)
    assert ask(password="guess").status_code == 401
    assert ask(username="old").status_code == 401


def test_a_session_alone_gives_no_token(client_for: Any) -> None:
    answer = client_for(make_user("ada")).post(URL, {}, content_type="application/json")
    assert answer.status_code == 400


def test_asking_too_often_is_throttled_whatever_the_client_claims(monkeypatch: Any) -> None:
    from teamhub.accounts.api.views import AddressThrottle

    monkeypatch.setattr(AddressThrottle, "THROTTLE_RATES", {"token": "3/min"})
    make_user("ada")
    codes = [
        APIClient()
        .post(URL, {"username": "ada", "password": PASSWORD}, HTTP_X_FORWARDED_FOR=f"10.0.0.{i}")
        .status_code
        for i in range(4)
    ]
    assert codes == [200, 200, 200, 429]


# --- what a token opens ---------------------------------------------------------------------------


def test_expired_revoked_wrong_and_foreign_tokens_are_refused() -> None:
    ada = make_user("ada")
    token, secret = accounts.create_token(by=ada)
    assert get(secret) == 200
    assert get(secret[:-1] + ("0" if secret[-1] != "0" else "1")) == 401
    assert get("") == 401
    assert get("ümläut") == 401
    assert get(secret, word="Bearer") == 401
    ApiToken.objects.filter(pk=token.pk).update(expiry=timezone.now())
    assert get(secret) == 401
    ApiToken.objects.filter(pk=token.pk).update(expiry=timezone.now() + timedelta(days=1))
    accounts.revoke_token(token=token, by=ada)
    assert get(secret) == 401


def test_tokens_of_a_deactivated_owner_are_dead_for_good(cast: Any) -> None:
    _token, secret = accounts.create_token(by=cast.bo)
    fields = {"first_name": "", "last_name": "", "email": cast.bo.email, "groups": ["engineer"]}
    accounts.change_user(user=cast.bo, by=cast.admin, is_active=False, **fields)
    assert get(secret) == 401
    accounts.change_user(user=cast.bo, by=cast.admin, is_active=True, **fields)
    assert get(secret) == 401


def test_scopes_cut_the_owners_rights() -> None:
    ada = make_user("ada", "manager")
    _token, secret = accounts.create_token(by=ada, scopes=["write"])
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {secret}")
    answer = client.get(READ)
    assert code(answer) == (403, "not_allowed")
    assert answer.json()["error"]["details"] == {"scope": "read"}
    _token, secret = accounts.create_token(by=ada, scopes=["read"])
    client.credentials(HTTP_AUTHORIZATION=f"Token {secret}")
    run = "00000000-0000-0000-0000-000000000000"
    assert client.post(f"{READ}{run}/cancel/").status_code == 403


def test_an_expired_token_is_kept_for_its_owner_to_see() -> None:
    ada = make_user("ada")
    token, secret = accounts.create_token(by=ada)
    ApiToken.objects.filter(pk=token.pk).update(expiry=timezone.now())
    get(secret)
    assert ApiToken.objects.get().state == "expired"


def test_the_last_use_is_noted_but_not_with_each_request() -> None:
    token, secret = accounts.create_token(by=make_user("ada"))
    get(secret)
    token.refresh_from_db()
    first = token.last_used_at
    get(secret)
    token.refresh_from_db()
    assert first is not None
    assert token.last_used_at == first
    ApiToken.objects.filter(pk=token.pk).update(last_used_at=first - NOTE_USE_EVERY)
    get(secret)
    token.refresh_from_db()
    assert token.last_used_at >= first


def test_strangers_get_401_with_the_way_in() -> None:
    answer = APIClient().get(READ)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Token"


# --- services and pages ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong", [{"scopes": []}, {"scopes": ["admin"]}, {"expiry_days": 0}, {"expiry_days": 1000}]
)
def test_the_service_refuses_tokens_that_cannot_be(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        accounts.create_token(by=make_user("ada"), **wrong)


def test_only_owner_and_administrator_revoke(cast: Any) -> None:
    token, _secret = accounts.create_token(by=cast.bo)
    with pytest.raises(NotAllowed):
        accounts.revoke_token(token=token, by=cast.ada)
    accounts.revoke_token(token=token, by=cast.admin)
    accounts.revoke_token(token=token, by=cast.bo)  # once more does nothing
    assert list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True)) == [
        "token.create",
        "token.revoke",
    ]


def test_one_sees_ones_own_tokens_and_an_administrator_all(cast: Any, client_for: Any) -> None:
    for user in (cast.bo, cast.ada):
        accounts.create_token(by=user, name=f"of {user.username}")
    page = reverse("accounts:token-list")

    def names(user: Any) -> set[str]:
        return {str(row["token"]) for row in client_for(user).get(page).context["rows"]}

    assert names(cast.bo) == {"of bo"}
    assert names(cast.cy) == set()
    assert names(cast.admin) == {"of bo", "of ada"}
    csv = b"".join(client_for(cast.bo).get(page, {"format": "csv"}).streaming_content).decode()
    assert "of bo" in csv
    assert "of ada" not in csv


def test_a_token_of_somebody_else_is_not_there(cast: Any, client_for: Any) -> None:
    token, secret = accounts.create_token(by=cast.bo)
    revoke = reverse("accounts:token-revoke", args=[token.pk])
    assert client_for(cast.ada).post(revoke).status_code == 404
    assert get(secret) == 200
    assert client_for(cast.bo).get(revoke).status_code == 405
    assert client_for(cast.bo).post(revoke).status_code == 302
    assert get(secret) == 401


def test_the_page_shows_the_secret_once(cast: Any, client_for: Any) -> None:
    client: Client = client_for(cast.bo)
    data = {"name": "nightly", "scopes": ["read"], "expiry_days": 30}
    answer = client.post(reverse("accounts:token-create"), data)
    secret = answer.context["secret"]
    assert answer.status_code == 200
    assert f'<code id="th-token">{secret}</code>' in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert get(secret) == 200
    assert secret not in client.get(reverse("accounts:token-list")).content.decode()


def test_the_form_offers_money_only_to_those_who_see_money(cast: Any, client_for: Any) -> None:
    page = reverse("accounts:token-create")
    data = {"name": "x", "scopes": ["read", "money"], "expiry_days": 30}
    assert client_for(cast.bo).post(page, data).status_code == 422
    assert client_for(cast.ada).post(page, data).status_code == 200


def test_the_list_filters_by_state(cast: Any, client_for: Any) -> None:
    active, _ = accounts.create_token(by=cast.bo, name="active one")
    expired, _ = accounts.create_token(by=cast.bo, name="expired one")
    revoked, _ = accounts.create_token(by=cast.bo, name="revoked one")
    ApiToken.objects.filter(pk=expired.pk).update(expiry=timezone.now())
    accounts.revoke_token(token=revoked, by=cast.bo)
    for state in ("active", "expired", "revoked"):
        page = client_for(cast.bo).get(reverse("accounts:token-list"), {"state": state})
        assert [str(row["token"]) for row in page.context["rows"]] == [f"{state} one"]
    assert active.state == "active"
