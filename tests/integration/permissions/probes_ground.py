"""Accounts, tokens and the audit; addresses without a rule of their own."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from tests.integration.permissions.rows import opens
from tests.integration.permissions.walker import Probe, always

OPEN = dict.fromkeys(("/", "/search/?q=a", "/search/?q=alpha", "/search/?q=beta"), opens)
# Names of addresses and fields, for everybody and without a row.
PUBLIC = {
    "/api/": 302,  # leads to the docs
    "/api/v1/schema/": 200,
    "/api/v1/docs/": 200,
}
EXEMPT = {
    "accounts:login": "the way in; tests of the log-in",
    "accounts:logout": "the way out, for everybody",
    "accounts:forgotten": "the way in for who lost the password; tells nothing",
    "accounts:forgotten-asked": "the same words for everybody",
    "accounts:link": "the address is the secret; tests of the links",
    "api:accounts:token": "the password is in the body; tests of the tokens",
    "web:preferences": "language and theme, also before the log-in",
    "web:favicon": "a picture",
    "healthz": "for monitors: that the process answers",
    "readyz": "for monitors: names of parts that are missing, no row",
}


def ground_probes() -> Iterator[Probe]:
    yield from _audit_and_users()
    yield from _own_account()
    yield from _tokens()
    yield from _saved_views()


def _audit_and_users() -> Iterator[Probe]:
    rule = ("audit", "read")
    yield Probe(rule, "GET", "audit:event-list")
    yield Probe(rule, "GET", "audit:event-list", root="audit-list")
    yield Probe(rule, "GET", "audit:event-detail", ("event",))
    yield Probe(("exports", "audit"), "GET", "audit:event-list", query="format=csv")
    yield Probe(("exports", "users"), "GET", "accounts:user-list", query="format=csv")
    rule = ("users", "list, invite, change, reset link")
    yield Probe(rule, "GET", "accounts:user-list")
    yield Probe(rule, "GET", "accounts:user-list", root="user-list")
    yield Probe(rule, "GET", "accounts:user-detail", ("account",))
    yield Probe(rule, "GET", "accounts:user-invite")
    posts: list[tuple[str, tuple[str, ...], dict[str, Any], int]] = [
        ("accounts:user-detail", ("account",), {"first_name": "In", "is_active": "on"}, 302),
        ("accounts:user-invite", (), {"full_name": "Eve New", "email": "eve@example.org"}, 200),
        ("accounts:user-link", ("account",), {}, 200),
        ("accounts:user-unlock", ("account",), {}, 302),
    ]
    for name, args, form, ok in posts:
        yield Probe(rule, "POST", name, args, data=partial(always, form), ok=ok)
    whom = lambda things: {"person": things.member.pk, "group": "engineer"}  # noqa: E731
    yield Probe(rule, "POST", "roles:person-invite", data=whom)


def _own_account() -> Iterator[Probe]:
    rule = ("users", "change password and preferences")
    chosen = {"language": "zh-hans", "time_zone": "Asia/Shanghai"}
    yield Probe(rule, "GET", "accounts:account", only_own=True)
    yield Probe(rule, "POST", "accounts:account", data=lambda _t: chosen, ok=302, only_own=True)
    yield Probe(rule, "GET", "accounts:password-change", only_own=True)
    words = {"old_password": "wrong"}
    yield Probe(
        rule, "POST", "accounts:password-change", data=lambda _t: words, ok=422, only_own=True
    )


def _tokens() -> Iterator[Probe]:
    rule = ("tokens", "read")
    told = lambda things: f"token of {things.token.user.username}"  # noqa: E731
    listed: dict[str, Any] = {"tells": told, "refused": 200, "query": "size=200"}
    yield Probe(rule, "GET", "accounts:token-list", **listed)
    yield Probe(rule, "GET", "accounts:token-list", root="token-list", **listed)
    yield Probe(rule, "GET", "accounts:token-list", **(listed | {"query": "format=csv"}))
    rule = ("tokens", "create")
    form = {"name": "mine", "scopes": ["read"], "expiry_days": "7"}
    yield Probe(rule, "GET", "accounts:token-create", only_own=True)
    yield Probe(rule, "POST", "accounts:token-create", data=lambda _t: form, only_own=True)
    yield Probe(("tokens", "revoke"), "POST", "accounts:token-revoke", ("token",), ok=302)


def _saved_views() -> Iterator[Probe]:
    rule = ("saved views", "read")
    told = lambda things: f"view of {things.view.owner.username}"  # noqa: E731
    yield Probe(rule, "GET", "roles:person-list", query="size=1", tells=told, refused=200)
    yield Probe(rule, "GET", "api:saved:view-list", query="page=people", tells=told, refused=200)
    rule = ("saved views", "keep")
    view = {"page": "people", "name": "Mine", "query": "site=berlin"}
    yield Probe(rule, "POST", "saved:view-save", data=partial(always, view), ok=302, only_own=True)
    yield Probe(
        rule, "POST", "api:saved:view-list", data=partial(always, view), ok=201, only_own=True
    )
    rule = ("saved views", "star and remove")
    yield Probe(rule, "POST", "saved:view-favourite", ("view",), ok=302)
    yield Probe(rule, "POST", "saved:view-remove", ("view",), ok=302)
    star = {"favourite": True}
    yield Probe(rule, "PATCH", "api:saved:view-detail", ("view",), data=partial(always, star))
    yield Probe(rule, "DELETE", "api:saved:view-detail", ("view",), ok=204)
