"""Projects, phases, slots, checklists, assignments by hand; files of the plan."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from teamhub import weeks
from tests.integration.permissions.probes_people import file_of, kind
from tests.integration.permissions.scene import BUDGET, Things, figure
from tests.integration.permissions.walker import Probe

DETAIL = ("project detail", "read")
ITEMS = ("checklist tick", "read")
ASSIGNMENTS = ("hand assignment", "read")
VERSION = (("If-Match", '"1"'),)
REASON = {"reason": "because"}


def label(name: str) -> Any:
    """The seat of a slot: only the plan tells it."""
    return lambda things: f"{name}-{things.project.key}"


def text(things: Things) -> str:
    return f"Item {things.project.key}"


def budget(things: Things) -> str:
    return figure(BUDGET[things.project.key] or 0)


def project_form(things: Things) -> dict[str, Any]:
    return {
        "name": "A new name",
        "department": things.project.department_id,
        "site": things.project.site_id,
        "lead": things.project.lead_id,
        "priority": "2",
        "status": "planned",
        "start_on": things.project.start_on.isoformat(),
        "version": "1",
    }


def move(things: Things) -> dict[str, Any]:
    start, end = things.ready.start_on, things.ready.end_on
    days = {"start_on": weeks.add_weeks(start, 1), "end_on": weeks.add_weeks(end, 1)}
    written = {name: day.isoformat() for name, day in days.items()}
    return written | {"assignments": "refuse", "version": "1"}


def work(things: Things) -> dict[str, Any]:
    """The form of an assignment by hand."""
    return {
        "person": things.spare.pk,
        "start_on": things.slot.start_on.isoformat(),
        "end_on": things.slot.end_on.isoformat(),
        "fte_share": "0.10",
        "status": "confirmed",
        "version": "1",
        **REASON,
    }


def project_probes() -> Iterator[Probe]:
    yield from _names()
    yield from _detail()
    yield from _change()
    yield from _cost()
    yield from _checklist()
    yield from _assignments()
    yield from _files()


def _names() -> Iterator[Probe]:
    rule = ("project names and phases", "read")

    def name(things: Things) -> str:
        return things.project.name

    yield Probe(rule, "GET", "projects:project-list", tells=name)
    yield Probe(rule, "GET", "projects:project-list", root="project-list", tells=name)
    yield Probe(rule, "GET", "projects:project-list", query="format=csv", tells=name)
    yield Probe(rule, "GET", "projects:project-detail", ("project",), tells=name)
    yield Probe(rule, "GET", "api:projects:project-list", tells=name)
    yield Probe(rule, "GET", "api:projects:project-detail", ("project",), tells=name)
    yield Probe(rule, "GET", "api:projects:project-detail", ("project.key",), tells=name)


def _detail() -> Iterator[Probe]:
    team = label("team")
    yield Probe(DETAIL, "GET", "projects:project-detail", ("project",), tells=team)
    yield Probe(DETAIL, "GET", "api:projects:project-detail", ("project",), tells=team)
    yield Probe(DETAIL, "GET", "api:projects:slot-list", tells=team)
    yield Probe(DETAIL, "GET", "api:projects:slot-list", query="format=csv", tells=team)
    purpose = lambda things: f"purpose-{things.project.key}"  # noqa: E731
    yield Probe(DETAIL, "GET", "api:projects:project-detail", ("project",), tells=purpose)
    lead = lambda things: rf"{things.project.name}(?s:.)*?{things.project.lead.username}"  # noqa: E731
    yield Probe(DETAIL, "GET", "projects:project-list", query="q=Project", tells=lead, ok=200)
    yield Probe(DETAIL, "GET", "projects:phase-detail", ("phase",), refused=404)


def _change() -> Iterator[Probe]:
    rule = ("project detail", "create")
    yield Probe(rule, "GET", "projects:project-create")
    yield Probe(rule, "POST", "projects:project-create", data=_new, ok=302)
    yield Probe(rule, "POST", "api:projects:project-list", data=_new_for_programs, ok=201)
    rule = ("project detail", "change")
    page, api = "projects:", "api:projects:"
    yield Probe(rule, "GET", page + "project-update", ("project",))
    yield Probe(rule, "POST", page + "project-update", ("project",), data=project_form, ok=302)
    phases: list[tuple[str, str, str, str, Any, int]] = [
        ("GET", page, "phase-move", "ready", None, 200),
        ("POST", page, "phase-move", "ready", move, 302),
        ("POST", page, "phase-close", "ready", None, 302),
        ("POST", page, "phase-close", "phase", None, 409),  # a mandatory item is open
        ("POST", page, "phase-reopen", "closed", lambda _t: REASON, 302),
        ("POST", page, "item-add", "ready", lambda _t: {"text": "New", "evidence": "none"}, 302),
        ("POST", api, "phase-close", "ready", None, 200),
        ("POST", api, "phase-reopen", "closed", lambda _t: REASON, 200),
        ("POST", api, "phase-move", "ready", move, 200),
    ]
    for method, place, name, phase, data, ok in phases:
        yield Probe(
            rule,
            method,
            place + name,
            (phase,),
            data=data or (lambda _t: {}),
            headers=VERSION if place == api else (),
            ok=ok,
            reads=DETAIL,
        )


def _new(things: Things) -> dict[str, Any]:
    return project_form(things) | {"template": ""}


def _new_for_programs(things: Things) -> dict[str, Any]:
    return {
        "name": "A new one",
        "start_on": things.project.start_on.isoformat(),
        "department": things.department.key,
        "lead": "lea",
        "site": things.member.site.key,
    }


def _cost() -> Iterator[Probe]:
    rule = ("project cost", "read")
    yield Probe(rule, "GET", "projects:project-detail", ("project",), tells=budget)
    yield Probe(rule, "GET", "api:projects:project-detail", ("project",), tells=budget)
    yield Probe(
        ("project cost", "change"),
        "GET",
        "projects:project-update",
        ("project",),
        tells=lambda _t: 'name="budget"',
        reads=("project detail", "change"),
    )
    yield Probe(
        ("project cost", "change"),
        "POST",
        "projects:project-update",
        ("project",),
        data=lambda things: project_form(things) | {"budget": "5"},
        ok=302,
        reads=("project detail", "change"),
        refused=302,  # the field is not theirs: the rest is saved, see test_money
    )


def _checklist() -> Iterator[Probe]:
    page, api = "projects:item-", "api:projects:item-"
    yield Probe(ITEMS, "GET", page + "detail", ("item",))
    yield Probe(ITEMS, "GET", page + "detail", ("item",), query="open=tick", root="item-{item}")
    yield Probe(ITEMS, "GET", api + "detail", ("item",))
    listed: dict[str, Any] = {"tells": text, "refused": 200}
    yield Probe(ITEMS, "GET", api + "list", **listed)
    yield Probe(ITEMS, "GET", "projects:project-detail", ("project",), **listed)
    rule = ("checklist tick", "tick and untick")
    because = lambda _t: REASON  # noqa: E731
    for more in ({"ok": 302}, {"ok": 200, "root": "item-{item}"}):
        yield Probe(rule, "POST", page + "tick", ("item",), reads=ITEMS, **more)
    for more in ({"ok": 302}, {"ok": 200, "root": "item-{ticked}"}):
        yield Probe(rule, "POST", page + "untick", ("ticked",), data=because, reads=ITEMS, **more)
    yield Probe(rule, "POST", api + "tick", ("item",), reads=ITEMS)
    yield Probe(rule, "POST", api + "untick", ("ticked",), data=because, reads=ITEMS)


def _assignments() -> Iterator[Probe]:
    one, held = "api:projects:assignment-detail", ("held",)
    yield Probe(ASSIGNMENTS, "GET", one, held)
    others = lambda things: rf"\b{things.held.person.key}\b"  # noqa: E731
    listed: dict[str, Any] = {"tells": others, "refused": 200}
    yield Probe(ASSIGNMENTS, "GET", "api:projects:assignment-list", **listed)
    yield Probe(ASSIGNMENTS, "GET", "api:projects:assignment-list", query="format=csv", **listed)
    rule = ("hand assignment", "create, change, remove")
    by_hand: list[tuple[str, str, str, Any, int]] = [
        ("GET", "projects:assignment-create", "slot", None, 200),
        ("POST", "projects:assignment-create", "slot", work, 302),
        ("GET", "projects:assignment-update", "held", None, 200),
        ("POST", "projects:assignment-update", "held", work, 302),
        ("POST", "projects:assignment-remove", "held", work, 302),
        ("PATCH", one, "held", lambda _t: {"fte_share": "0.10", **REASON}, 200),
        ("DELETE", one, "held", None, 204),
    ]
    for method, name, part, data, ok in by_hand:
        yield Probe(
            rule,
            method,
            name,
            (part,),
            data=data or (lambda _t: {}),
            headers=VERSION if name == one else (),
            ok=ok,
            reads=ASSIGNMENTS,
        )
    yield Probe(
        rule,
        "POST",
        "api:projects:assignment-list",
        data=lambda things: {"slot": things.slot.pk, "person": things.spare.key, **REASON},
        ok=201,
        reads=ASSIGNMENTS,
    )


def _files() -> Iterator[Probe]:
    def rows(things: Things) -> dict[str, Any]:
        line = f"{things.project.key},{things.ready.key}"
        start, end = things.ready.start_on, things.ready.end_on
        file = file_of(f"project,phase,start_on,end_on\n{line},{start},{end}\n")
        return {"kind": "phases", "file": file}

    rule = ("imports", "plan: preview and import")
    yield Probe(rule, "GET", "projects:plan-import")
    yield Probe(rule, "GET", "projects:plan-import", query="template=projects")
    yield Probe(rule, "POST", "projects:plan-import", data=rows)
    yield Probe(rule, "POST", "api:projects:plan-import", data=rows)
    for name in ("projects:plan-export", "api:projects:plan-export"):
        rule = ("exports", "plan: phases, slots, assignments")
        key = lambda things: rf"(?m)^{things.project.key},"  # noqa: E731
        for one in ("projects", "phases", "seats"):
            yield Probe(rule, "GET", name, kwargs=kind(one), tells=key)
        others = lambda things: rf"(?m)^{things.project.key},.*,{things.held.person.key},"  # noqa: E731
        yield Probe(rule, "GET", name, kwargs=kind("assignments"), tells=others)
        rule = ("exports", "plan: budgets")
        yield Probe(rule, "GET", name, kwargs=kind("projects"), tells=budget)
