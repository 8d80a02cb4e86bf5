"""Projects, phases, slots, checklists, assignments by hand; files of the plan."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from projects.models import Project
from teamhub import weeks
from tests.integration.permissions.probes_people import file_of, kind
from tests.integration.permissions.rows import opens
from tests.integration.permissions.rows_projects import ENGINEERS, PLAN_BY_WORK
from tests.integration.permissions.scene import Things, figure
from tests.integration.permissions.scene_projects import BUDGET
from tests.integration.permissions.walker import Probe, RuleKey

DETAIL = ("project detail", "read")
ITEMS = ("checklist tick", "read")
ASSIGNMENTS = ("hand assignment", "read")
BY_HAND = ("hand assignment", "create, change, remove")
CHANGE = ("project detail", "change")
COST = ("project cost", "read")
SET_COST = ("project cost", "change")
FILES = ("exports", "plan: phases, slots, assignments")
TICK = ("checklist tick", "tick and untick")
VERSION = (("If-Match", '"1"'),)
REASON = {"reason": "because"}
# The member of the managers leads alpha.
HELD: dict[RuleKey, set[str]] = {
    DETAIL: PLAN_BY_WORK,
    ITEMS: PLAN_BY_WORK,
    ASSIGNMENTS: PLAN_BY_WORK,
    FILES: PLAN_BY_WORK,
    TICK: PLAN_BY_WORK | {"manager", "planner"},
    CHANGE: {"manager"},
    COST: set(),
    SET_COST: {"manager"},
    BY_HAND: {"manager"},
}
# An engineer who reviews reads the plan too; a reviewer who builds does not.
CROSSED: dict[RuleKey, set[str]] = {
    DETAIL: ENGINEERS,
    ITEMS: ENGINEERS,
    ASSIGNMENTS: ENGINEERS,
    FILES: ENGINEERS,
    TICK: ENGINEERS | {"manager", "planner"},
}
OPEN = {"/my-work/": opens}


def label(name: str) -> Any:
    """The seat of a slot: only the plan tells it."""
    return lambda things: f"{name}-{things.project.key}"


def text(things: Things) -> str:
    return f"Item {things.project.key}"


def held_seat(things: Things) -> str:
    """The seat of an assignment of somebody else, in a row of a file or of an answer."""
    key = things.project.key
    return rf'(?:"|^|,)team-{key}\b[^\n}}]*[,"]{things.held.person.key}\b'


def budget(things: Things) -> str:
    return figure(BUDGET[things.project.key])


def budget_is_set(things: Things) -> bool:
    return Project.objects.get(pk=things.project.pk).budget == 5


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
    return written | {"assignments": "refuse"}


def move_on_page(things: Things) -> dict[str, Any]:
    return move(things) | {"version": "1"}


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
    lead = lambda things: (  # noqa: E731
        rf"{things.project.name}(?s:(?!</tr>).)*?\b{things.project.lead.username}\b"
    )
    yield Probe(DETAIL, "GET", "projects:project-list", query="q=Project", tells=lead, ok=200)
    phase = lambda things: rf"(?s)<h1.*\b{things.phase.name}\b"  # noqa: E731
    yield Probe(DETAIL, "GET", "projects:phase-detail", ("phase",), refused=404, tells=phase)


def _change() -> Iterator[Probe]:
    rule = ("project detail", "create")
    yield Probe(rule, "GET", "projects:project-create")
    yield Probe(rule, "POST", "projects:project-create", data=_new, ok=302)
    made = "api:projects:project-list"
    yield Probe(rule, "POST", made, data=_new_for_programs, ok=201)
    dear = lambda things: _new_for_programs(things) | {"budget": "5"}  # noqa: E731
    yield Probe(rule, "POST", made, data=dear, ok=201, without_money=403)
    rule = CHANGE
    page, api = "projects:", "api:projects:"
    yield Probe(rule, "GET", page + "project-update", ("project",))
    yield Probe(rule, "POST", page + "project-update", ("project",), data=project_form, ok=302)
    phases: list[tuple[str, str, str, str, Any, int]] = [
        ("GET", page, "phase-move", "ready", None, 200),
        ("POST", page, "phase-move", "ready", move_on_page, 302),
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
            reads=(DETAIL,),
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
    yield Probe(COST, "GET", "projects:project-detail", ("project",), tells=budget)
    yield Probe(COST, "GET", "api:projects:project-detail", ("project",), tells=budget)
    # Who assigns without the right to costs is not held up by a budget, and does not hear of it.
    breaks = lambda things: f"budget of {things.project.name} would be exceeded"  # noqa: E731
    page, api = "projects:assignment-create", "api:projects:assignment-list"
    assigns = (ASSIGNMENTS, BY_HAND)
    yield Probe(COST, "GET", "projects:slot-dialog", ("big",), tells=breaks, reads=assigns)
    for tells in (breaks, budget):
        told: dict[str, Any] = {"tells": tells, "reads": assigns}
        yield Probe(COST, "POST", page, ("big",), data=_dear_work, ok=422, refused=302, **told)
        told |= {"refused": 201, "without_money": 201}
        yield Probe(COST, "POST", api, data=_dear_work_for_programs, ok=409, **told)
    form: dict[str, Any] = {
        "name": "projects:project-update",
        "args": ("project",),
        "reads": (CHANGE,),
    }
    yield Probe(SET_COST, "GET", tells=lambda _t: 'name="budget"', **form)
    yield Probe(
        SET_COST,
        "POST",
        data=lambda things: project_form(things) | {"budget": "5"},
        leaves=budget_is_set,
        ok=302,
        refused=302,  # the field is not theirs: the rest is saved
        **form,
    )


def _dear_work(things: Things) -> dict[str, Any]:
    slot = things.big
    days = {"start_on": slot.start_on.isoformat(), "end_on": slot.end_on.isoformat()}
    return {"person": things.member.pk, "fte_share": "1.00", "status": "confirmed", **days}


def _dear_work_for_programs(things: Things) -> dict[str, Any]:
    return {"slot": things.big.pk, "person": things.member.key}


def _checklist() -> Iterator[Probe]:
    page, api = "projects:item-", "api:projects:item-"
    yield Probe(ITEMS, "GET", page + "detail", ("item",))
    yield Probe(ITEMS, "GET", page + "detail", ("item",), query="open=tick", root="item-{item}")
    yield Probe(ITEMS, "GET", api + "detail", ("item",))
    listed: dict[str, Any] = {"tells": text, "refused": 200}
    yield Probe(ITEMS, "GET", api + "list", **listed)
    yield Probe(ITEMS, "GET", "projects:project-detail", ("project",), **listed)
    tick: dict[str, Any] = {"args": ("item",), "reads": (ITEMS,)}
    untick: dict[str, Any] = {"args": ("ticked",), "data": lambda _t: REASON, "reads": (ITEMS,)}
    for verb, given in (("tick", tick), ("untick", untick)):
        root = f"item-{{{given['args'][0]}}}"
        yield Probe(TICK, "POST", page + verb, ok=302, **given)
        yield Probe(TICK, "POST", page + verb, root=root, **given)
        yield Probe(TICK, "POST", api + verb, **given)


def _assignments() -> Iterator[Probe]:
    one, held = "api:projects:assignment-detail", ("held",)
    yield Probe(ASSIGNMENTS, "GET", one, held)
    for query in ("", "format=csv"):
        listed: dict[str, Any] = {"name": "api:projects:assignment-list", "query": query}
        yield Probe(ASSIGNMENTS, "GET", tells=held_seat, refused=200, **listed)
        yield Probe(DETAIL, "GET", tells=held_seat, **listed)
    rule = BY_HAND
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
            reads=(ASSIGNMENTS,),
        )
    yield Probe(
        rule,
        "POST",
        "api:projects:assignment-list",
        data=lambda things: {"slot": things.slot.pk, "person": things.spare.key, **REASON},
        ok=201,
        reads=(ASSIGNMENTS,),
    )


def _files() -> Iterator[Probe]:
    def rows(things: Things) -> dict[str, Any]:
        line = f"{things.project.key},{things.ready.key}"
        start, end = things.ready.start_on, things.ready.end_on
        file = file_of(f"project,phase,start_on,end_on\n{line},{start},{end}\n")
        return {"kind": "phases", "file": file}

    def faulty(_things: Things) -> dict[str, Any]:
        return {"kind": "projects", "file": file_of("key,name\nx,X\n"), "dry_run": "1"}

    rule = ("imports", "plan: preview and import")
    yield Probe(rule, "GET", "projects:plan-import")
    yield Probe(rule, "GET", "projects:plan-import", query="template=projects")
    yield Probe(rule, "POST", "projects:plan-import", data=rows)
    yield Probe(rule, "POST", "projects:plan-import", data=faulty, ok=422)
    yield Probe(rule, "POST", "api:projects:plan-import", data=rows)
    yield Probe(rule, "POST", "api:projects:plan-import", data=faulty, ok=422)
    for name in ("projects:plan-export", "api:projects:plan-export"):
        rule = FILES
        key = lambda things: rf"(?m)^{things.project.key},"  # noqa: E731
        for one in ("projects", "phases", "seats"):
            yield Probe(rule, "GET", name, kwargs=kind(one), tells=key)
        others = lambda things: rf"(?m)^{things.project.key},.*,{things.held.person.key},"  # noqa: E731
        yield Probe(rule, "GET", name, kwargs=kind("assignments"), tells=others)
        yield Probe(DETAIL, "GET", name, kwargs=kind("assignments"), tells=held_seat)
        yield Probe(DETAIL, "GET", name, kwargs=kind("seats"), tells=label("team"))
        rule = ("exports", "plan: budgets")
        yield Probe(rule, "GET", name, kwargs=kind("projects"), tells=budget)
