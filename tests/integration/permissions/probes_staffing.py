"""Runs, proposals and requests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.integration.permissions.scene import Things, figure
from tests.integration.permissions.scene_staffing import COST, ROW_COST
from tests.integration.permissions.walker import Probe, RuleKey

PROPOSALS = ("proposal read", "read")
RUNS = ("runs", "read")
REQUESTS = ("requests inbox", "read")
START = ("staffing run start", "start")
ACCEPT = ("proposal accept", "accept or reject a row")
CONTROL = ("runs", "cancel, finish, run again")
WHY = {"reason": "because"}
# The member of the managers leads alpha.
HELD: dict[RuleKey, set[str]] = {
    START: {"manager"},
    PROPOSALS: set(),
    ACCEPT: {"manager"},
    RUNS: set(),
    CONTROL: {"manager"},
}


def run_id(things: Things) -> str:
    return str(things.run.pk)[:8]


def staffing_probes() -> Iterator[Probe]:
    yield from _start()
    yield from _proposals()
    yield from _costs()
    yield from _requests()
    yield from _runs()


def _start() -> Iterator[Probe]:
    rule = START

    def asked(things: Things) -> dict[str, Any]:
        return {"projects": [things.project.key], "seconds": 5}

    yield Probe(rule, "POST", "api:projects:staffing-run-list", data=asked, ok=202)


def _proposals() -> Iterator[Probe]:
    page, api = "projects:proposal-", "api:projects:staffing-run-"
    for name in (page + "detail", page + "csv", api + "detail", api + "rows"):
        yield Probe(PROPOSALS, "GET", name, ("run",))
    yield Probe(PROPOSALS, "GET", api + "rows", ("run",), query="format=csv")
    yield Probe(PROPOSALS, "GET", api + "list", tells=run_id, refused=200)
    rule = ACCEPT
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
        yield Probe(rule, "POST", name, ("run",), data=data, ok=ok, reads=(PROPOSALS,))


def _costs() -> Iterator[Probe]:
    rule = ("project cost", "read")
    whole = lambda things: figure(COST[things.project.key])  # noqa: E731
    row = lambda things: figure(ROW_COST[things.project.key])  # noqa: E731
    page, api = "projects:proposal-", "api:projects:staffing-run-"
    for name, told in (
        (page + "detail", whole),
        (page + "detail", row),
        (page + "csv", row),
        (api + "detail", whole),
        (api + "detail", lambda _t: '"objective"'),
        (api + "rows", row),
    ):
        yield Probe(rule, "GET", name, ("run",), tells=told, reads=(PROPOSALS,))
    in_file: dict[str, Any] = {"query": "format=csv", "tells": row}
    yield Probe(rule, "GET", api + "rows", ("run",), reads=(PROPOSALS,), **in_file)
    yield Probe(rule, "GET", api + "list", tells=whole)


def _requests() -> Iterator[Probe]:
    key = lambda things: rf'"id":\s?{things.request.pk},'  # noqa: E731
    form = lambda things: rf"/requests/{things.request.pk}/answer/"  # noqa: E731
    whom = lambda things: rf"\b{things.request.row.person.name}\b"  # noqa: E731
    whose = lambda things: rf'"person":\s?"{things.request.row.person.key}"'  # noqa: E731
    line = lambda things: rf"(?m)^{things.request.row.person.key},"  # noqa: E731
    for told in (form, whom):
        yield Probe(REQUESTS, "GET", "projects:request-inbox", tells=told)
        yield Probe(REQUESTS, "GET", "projects:request-inbox", root="request-list", tells=told)
    yield Probe(REQUESTS, "GET", "projects:request-inbox", query="format=csv", tells=line)
    for told in (key, whose):
        yield Probe(REQUESTS, "GET", "api:projects:staffing-request-list", tells=told)
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
    rule = CONTROL
    for verb, which, api_ok in (
        ("cancel", "active", 200),
        ("finish", "active", 200),
        ("again", "run", 202),
        ("reproduce", "run", 202),
    ):
        yield Probe(rule, "POST", f"runs:run-{verb}", (which,), ok=302, reads=(RUNS,))
        yield Probe(rule, "POST", f"api:run-{verb}", (which,), ok=api_ok, reads=(RUNS,))
        ok = 200 if which == "active" else 204
        root = f"run-status-{{{which}}}"
        yield Probe(rule, "POST", f"runs:run-{verb}", (which,), root=root, ok=ok, reads=(RUNS,))
