"""Runs, proposals and requests; accounts, tokens and the audit."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from tests.integration.permissions.scene import COST, ROW_COST, Things, figure
from tests.integration.permissions.walker import Probe, always

PROPOSALS = ("proposal read", "read")
RUNS = ("runs", "read")
REQUESTS = ("requests inbox", "read")
WHY = {"reason": "because"}


def run_id(things: Things) -> str:
    return str(things.run.pk)[:8]


def staffing_probes() -> Iterator[Probe]:
    yield from _start()
    yield from _proposals()
    yield from _costs()
    yield from _requests()
    yield from _runs()


def ground_probes() -> Iterator[Probe]:
    yield from _audit_and_users()
    yield from _own_account()
    yield from _tokens()


def _start() -> Iterator[Probe]:
    rule = ("staffing run start", "start")

    def form(things: Things) -> dict[str, Any]:
        return {"projects": [things.project.pk], "seconds": 5, "seed": 1, "change_budget": 0}

    def asked(things: Things) -> dict[str, Any]:
        return {"projects": [things.project.key], "seconds": 5}

    # The form offers one's own projects only: another one is no choice of it.
    yield Probe(rule, "POST", "projects:staffing-propose", data=form, ok=302, refused=422)
    yield Probe(rule, "POST", "api:projects:staffing-run-list", data=asked, ok=202)


def _proposals() -> Iterator[Probe]:
    page, api = "projects:proposal-", "api:projects:staffing-run-"
    for name in (page + "detail", page + "csv", api + "detail", api + "rows"):
        yield Probe(PROPOSALS, "GET", name, ("run",))
    yield Probe(PROPOSALS, "GET", api + "rows", ("run",), query="format=csv")
    yield Probe(PROPOSALS, "GET", api + "list", tells=run_id, refused=200)
    rule = ("proposal accept", "accept or reject a row")
    tick = lambda things: {"row": things.row.pk, **WHY}  # noqa: E731
    rows = lambda things: {"rows": [things.row.pk], **WHY}  # noqa: E731
    every = lambda _t: {"all": "1"}  # noqa: E731
    decisions: list[tuple[str, Any, int]] = [
        (page + "accept", tick, 302),
        (page + "accept", every, 302),
        (page + "reject", tick, 302),
        (api + "accept", rows, 200),
        (api + "accept", lambda _t: {"rows": "all"}, 200),
        (api + "reject", rows, 200),
        # What breaks the budget is refused to those who may decide.
        (page + "accept", lambda things: {"row": things.dear.pk}, 409),
        (api + "accept", lambda things: {"rows": [things.dear.pk]}, 409),
    ]
    for name, data, ok in decisions:
        yield Probe(rule, "POST", name, ("run",), data=data, ok=ok, reads=PROPOSALS)


def _costs() -> Iterator[Probe]:
    rule = ("project cost", "read")
    whole = lambda _t: figure(COST)  # noqa: E731
    row = lambda _t: figure(ROW_COST)  # noqa: E731
    page, api = "projects:proposal-", "api:projects:staffing-run-"
    for name, told in (
        (page + "detail", whole),
        (page + "detail", row),
        (page + "csv", row),
        (api + "detail", whole),
        (api + "detail", lambda _t: '"objective"'),
        (api + "rows", row),
    ):
        yield Probe(rule, "GET", name, ("run",), tells=told, reads=PROPOSALS)
    yield Probe(rule, "GET", api + "list", tells=whole)


def _requests() -> Iterator[Probe]:
    key = lambda things: rf'"id":\s?{things.request.pk},'  # noqa: E731
    form = lambda things: rf"/requests/{things.request.pk}/answer/"  # noqa: E731
    yield Probe(REQUESTS, "GET", "projects:request-inbox", tells=form)
    yield Probe(REQUESTS, "GET", "api:projects:staffing-request-list", tells=key)
    rule = ("requests inbox", "answer")
    approve = lambda _t: {"answer": "approve"}  # noqa: E731
    decline = lambda _t: {"answer": "decline", **WHY}  # noqa: E731
    api = "api:projects:staffing-request-"
    answers: list[tuple[str, Any, int]] = [
        ("projects:request-answer", approve, 302),
        ("projects:request-answer", decline, 302),
        (api + "approve", lambda _t: {}, 200),
        (api + "decline", lambda _t: WHY, 200),
    ]
    for name, data, ok in answers:
        yield Probe(rule, "POST", name, ("request",), data=data, ok=ok)


def _runs() -> Iterator[Probe]:
    yield Probe(RUNS, "GET", "runs:run-detail", ("run",), ok=302)
    yield Probe(RUNS, "GET", "runs:run-status", ("run",))
    yield Probe(RUNS, "GET", "runs:run-status", ("active",), root="run-status-{active}")
    yield Probe(RUNS, "GET", "api:run-detail", ("run",))
    listed: dict[str, Any] = {"tells": run_id, "refused": 200}
    yield Probe(RUNS, "GET", "runs:run-list", **listed)
    yield Probe(RUNS, "GET", "runs:run-list", root="run-list", **listed)
    yield Probe(RUNS, "GET", "runs:run-list", query="format=csv", **listed)
    yield Probe(RUNS, "GET", "api:run-list", **listed)
    rule = ("runs", "cancel, finish, run again")
    for verb, which, api_ok in (
        ("cancel", "active", 200),
        ("finish", "active", 200),
        ("again", "run", 202),
        ("reproduce", "run", 202),
    ):
        yield Probe(rule, "POST", f"runs:run-{verb}", (which,), ok=302, reads=RUNS)
        yield Probe(rule, "POST", f"api:run-{verb}", (which,), ok=api_ok, reads=RUNS)
        ok = 200 if which == "active" else 204
        root = f"run-status-{{{which}}}"
        yield Probe(rule, "POST", f"runs:run-{verb}", (which,), root=root, ok=ok, reads=RUNS)


# --- the ground -----------------------------------------------------------------------------------


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
