"""Every row of the matrix with the pages, addresses, exports and fragments that it rules."""

from __future__ import annotations

import io
import re
from typing import Any

from tests.integration.rights.probes import At, Door, Telling, doors, tellings
from tests.integration.rights.world import BUDGET, COST, RATE, Things, days, figure

JSON_ALL = {"rows": "all"}


def csv(text: str) -> Any:
    file = io.BytesIO(text.encode())
    file.name = "file.csv"
    return file


def name_of(thing: str, attribute: str = "name") -> Any:
    return lambda things: re.escape(str(getattr(getattr(things, thing), attribute)))


def first_day(things: Things) -> str:
    """The first day of the worker's absence, as pages, files and programs write it."""
    day = things.absence.first_on
    return rf"{day.isoformat()}|{day:%b}\w*\.? {day.day}, {day.year}"


def absence_form(reason: str) -> dict[str, str]:
    first, last = days(40)
    form = {"first_on": first.isoformat(), "last_on": last.isoformat(), "reason": reason}
    return {name: value for name, value in form.items() if value}


def _people() -> list[Door | Telling]:
    """The catalog, people, their load, absences and rates."""
    load = "from=2027-01-04&weeks=8"
    catalog = ("role-catalog", "skill-catalog", "responsibility-map", "learning")
    company = ("department-list", "site-list")
    lists = ("role-list", "skill-list", "department-list", "site-list")
    rate = At("roles:person-detail", "member"), At("api:roles:person-detail", "member")
    return [
        *doors(("role catalog", "read"), *[At(f"roles:{name}") for name in (*catalog, *company)]),
        *doors(("role catalog", "read"), *[At(f"api:roles:{name}") for name in lists]),
        *doors(
            ("role catalog", "change departments and sites"),
            At("roles:department-create"),
            ("POST", At("roles:department-create")),
            At("roles:department-update", "department"),
            ("POST", At("roles:department-update", "department")),
            At("roles:site-create"),
            ("POST", At("roles:site-create")),
            At("roles:site-update", "member.site_id"),
            ("POST", At("roles:site-update", "member.site_id")),
            At("roles:skill-kind-create"),
            ("POST", At("roles:skill-kind-create")),
        ),
        *tellings(
            ("person basics", "read"),
            name_of("member"),
            At("roles:person-list"),
            At("roles:person-list", query="format=csv"),
            At("roles:person-detail", "member"),
            At("roles:people-export", kind="people"),
            At("api:roles:person-list"),
            At("api:roles:person-detail", "member"),
        ),
        *doors(
            ("person basics", "change"),
            At("roles:person-update", "member"),
            ("POST", At("roles:person-update", "member"), lambda _t: {"version": "1"}),
            At("roles:skill-create", "member"),
            ("POST", At("roles:skill-create", "member")),
        ),
        *tellings(
            ("person load and absence dates", "read"),
            name_of("worker"),
            At("projects:load-grid", query=load),
            At("projects:load-grid", query=f"{load}&format=csv"),
            At("api:load-list", query=load),
        ),
        *tellings(
            ("person load and absence dates", "read"),
            name_of("member"),
            At("projects:load-grid", query=load),
            At("api:load-list", query=load),
        ),
        *tellings(
            ("person load and absence dates", "read"),
            first_day,
            At("roles:person-detail", "worker"),
            At("roles:people-export", kind="absences"),
            At("api:roles:person-detail", "worker"),
        ),
        *tellings(
            ("exports", "people: absences"), first_day, At("roles:people-export", kind="absences")
        ),
        *doors(
            ("person load and absence dates", "change absences"),
            At("roles:absence-create", "worker"),
            ("POST", At("roles:absence-create", "worker"), lambda _t: absence_form("")),
            At("roles:absence-update", "worker", "absence"),
            ("POST", At("roles:absence-remove", "worker", "absence"), lambda _t: {"version": "1"}),
            At("roles:absence-create", "member"),
            At("roles:absence-update", "member", "member_absence"),
        ),
        *tellings(
            ("absence reason", "read"),
            lambda things: things.reason,
            At("roles:person-detail", "worker"),
        ),
        *tellings(
            ("person rate", "read"),
            lambda things: figure(RATE[things.word]),
            *rate,
            At("roles:person-list", query="format=csv"),
            At("roles:people-export", kind="people"),
            At("api:roles:person-list"),
        ),
        *tellings(
            ("person rate", "change"),
            lambda _things: 'name="rate_per_fte_week"',
            At("roles:person-update", "member"),
        ),
    ]


def _projects() -> list[Door | Telling]:
    """Projects, their phases, slots, assignments, items and money."""
    detail = ("project detail", "read")
    return [
        *tellings(
            ("project names and phases", "read"),
            name_of("project"),
            At("projects:project-list"),
            At("projects:project-list", query="format=csv"),
            At("projects:project-detail", "project"),
            At("api:projects:project-list"),
            At("api:projects:project-detail", "project"),
        ),
        *tellings(
            detail,
            lambda things: things.label,
            At("projects:project-detail", "project"),
            At("projects:plan-export", kind="seats"),
            At("projects:plan-export", kind="assignments"),
            At("api:projects:project-detail", "project"),
            At("api:projects:slot-list"),
            At("api:projects:slot-list", query="format=csv"),
            At("api:projects:assignment-list"),
            At("api:projects:assignment-list", query="format=csv"),
            At("api:projects:plan-export", kind="assignments"),
        ),
        *tellings(detail, name_of("phase", "name"), At("projects:phase-detail", "phase")),
        *tellings(
            ("exports", "plan: phases, slots, assignments"),
            name_of("project", "key"),
            *[At("projects:plan-export", kind=kind) for kind in ("projects", "phases", "seats")],
            *[At("api:projects:plan-export", kind=kind) for kind in ("projects", "phases")],
        ),
        *doors(
            ("project detail", "create"),
            At("projects:project-create"),
            ("POST", At("projects:project-create")),
            ("POST", At("api:projects:project-list")),
        ),
        *doors(
            ("project detail", "change"),
            At("projects:project-update", "project"),
            ("POST", At("projects:project-update", "project"), lambda _t: {"version": "1"}),
            At("projects:phase-move", "phase"),
            ("POST", At("projects:phase-move", "phase"), lambda _t: {"version": "1"}),
            ("POST", At("projects:phase-close", "phase")),
            ("POST", At("projects:phase-reopen", "phase"), lambda _t: {"reason": "why"}),
            ("POST", At("projects:item-add", "phase"), lambda _t: {"text_en": "New"}),
            ("POST", At("api:projects:phase-close", "phase")),
            ("POST", At("api:projects:phase-reopen", "phase"), lambda _t: {"reason": "why"}),
            (
                "POST",
                At("api:projects:phase-move", "phase"),
                lambda _t: {"start_on": "2027-01-11", "end_on": "2027-03-08"},
                (("If-Match", '"1"'),),
            ),
        ),
        *tellings(
            ("project cost", "read"),
            lambda things: figure(BUDGET[things.word]),
            At("projects:project-detail", "project"),
            At("projects:plan-export", kind="projects"),
            At("api:projects:project-detail", "project"),
            At("api:projects:plan-export", kind="projects"),
        ),
        *tellings(
            ("project cost", "read"),
            lambda things: figure(COST[things.word]),
            At("projects:proposal-detail", "run"),
            At("api:projects:staffing-run-list"),
            At("api:projects:staffing-run-detail", "run"),
            At("projects:proposal-csv", "run"),
            At("api:projects:staffing-run-rows", "run"),
            At("api:projects:staffing-run-rows", "run", query="format=csv"),
        ),
        *tellings(
            ("project cost", "change"),
            lambda _things: 'name="budget"',
            At("projects:project-update", "project"),
        ),
        *doors(
            ("checklist tick", "read"),
            At("projects:item-detail", "item"),
            At("api:projects:item-detail", "item"),
        ),
        *tellings(
            ("checklist tick", "read"),
            lambda things: f"Item {things.word}",
            At("projects:project-detail", "project"),
            At("api:projects:item-list"),
        ),
        *doors(
            ("checklist tick", "tick and untick"),
            ("POST", At("projects:item-tick", "item")),
            ("POST", At("projects:item-untick", "item"), lambda _t: {"reason": "why"}),
            ("POST", At("api:projects:item-tick", "item")),
            ("POST", At("api:projects:item-untick", "item"), lambda _t: {"reason": "why"}),
        ),
        *doors(("hand assignment", "read"), At("api:projects:assignment-detail", "assignment")),
        *doors(
            ("hand assignment", "create, change, remove"),
            At("projects:assignment-create", "slot"),
            ("POST", At("projects:assignment-create", "slot")),
            At("projects:assignment-update", "assignment"),
            ("POST", At("projects:assignment-update", "assignment")),
            ("POST", At("projects:assignment-remove", "assignment"), lambda _t: {"version": "1"}),
            (
                "POST",
                At("api:projects:assignment-list"),
                lambda things: {"slot": things.slot.pk, "person": things.member.key},
            ),
            (
                "PATCH",
                At("api:projects:assignment-detail", "assignment"),
                lambda _t: {"fte_share": "0.20"},
                (("If-Match", '"1"'),),
            ),
            (
                "DELETE",
                At("api:projects:assignment-detail", "assignment"),
                lambda _t: None,
                (("If-Match", '"1"'),),
            ),
        ),
    ]


def _staffing() -> list[Door | Telling]:
    """Runs, proposals and requests."""
    return [
        *doors(
            ("staffing run start", "start"),
            (
                "POST",
                At("api:projects:staffing-run-list"),
                lambda things: {"projects": [things.project.key]},
            ),
        ),
        *doors(
            ("proposal read", "read"),
            At("projects:proposal-detail", "run"),
            At("projects:proposal-csv", "run"),
            At("api:projects:staffing-run-detail", "run"),
            At("api:projects:staffing-run-rows", "run"),
        ),
        *tellings(
            ("proposal read", "read"),
            name_of("project", "key"),
            At("api:projects:staffing-run-list"),
        ),
        *doors(
            ("proposal accept", "accept or reject a row"),
            ("POST", At("projects:proposal-accept", "run"), lambda _t: {"all": "1"}),
            (
                "POST",
                At("projects:proposal-reject", "run"),
                lambda things: {"row": things.row.pk, "reason": "why"},
            ),
            ("POST", At("api:projects:staffing-run-accept", "run"), lambda _t: JSON_ALL),
            (
                "POST",
                At("api:projects:staffing-run-reject", "run"),
                lambda things: {"rows": [things.row.pk], "reason": "why"},
            ),
        ),
        *tellings(
            ("requests inbox", "read"),
            lambda things: f"[Mm]ember[ -]{things.word}",  # pages write the name, programs the key
            At("projects:request-inbox"),
            At("api:projects:staffing-request-list"),
        ),
        *doors(
            ("requests inbox", "answer"),
            (
                "POST",
                At("projects:request-answer", "request"),
                lambda _t: {"answer": "decline", "reason": "why"},
            ),
            (
                "POST",
                At("api:projects:staffing-request-decline", "request"),
                lambda _t: {"reason": "why"},
            ),
            ("POST", At("api:projects:staffing-request-approve", "request")),
        ),
        *doors(
            ("runs", "read"),
            At("runs:run-detail", "run"),
            At("runs:run-status", "run"),
            At("api:run-detail", "run"),
        ),
        *tellings(
            ("runs", "read"),
            lambda things: str(things.run.pk)[:8],
            At("runs:run-list"),
            At("runs:run-list", query="format=csv"),
            At("api:run-list"),
        ),
        *doors(
            ("runs", "cancel, finish, run again"),
            *[
                ("POST", At(f"{place}:run-{verb}", "run"))
                for place in ("runs", "api")
                for verb in ("cancel", "finish", "again", "reproduce")
            ],
        ),
    ]


def _files() -> list[Door | Telling]:
    """Imports and exports."""
    people = "key,name\nx,X\n"
    return [
        *doors(
            ("imports", "people: preview and import"),
            At("roles:people-import"),
            (
                "POST",
                At("roles:people-import"),
                lambda _t: {"kind": "people", "file": csv(people)},
            ),
            (
                "POST",
                At("api:roles:people-import"),
                lambda _t: {"kind": "people", "file": csv(people), "dry_run": "1"},
            ),
        ),
        *doors(
            ("imports", "plan: preview and import"),
            At("projects:plan-import"),
            (
                "POST",
                At("projects:plan-import"),
                lambda _t: {"kind": "projects", "file": csv(people)},
            ),
            (
                "POST",
                At("api:projects:plan-import"),
                lambda _t: {"kind": "projects", "file": csv(people), "dry_run": "1"},
            ),
        ),
        *tellings(
            ("exports", "people: name, role, site, skills"),
            name_of("member", "key"),
            At("roles:people-export", kind="people"),
        ),
        *tellings(
            ("exports", "people: hours, dates, load"),
            lambda _t: "weekly_hours",
            At("roles:people-export", kind="people"),
        ),
        *tellings(
            ("exports", "people: rates"),
            lambda things: figure(RATE[things.word]),
            At("roles:people-export", kind="people"),
        ),
        *tellings(
            ("exports", "plan: budgets"),
            lambda things: figure(BUDGET[things.word]),
            At("projects:plan-export", kind="projects"),
            At("api:projects:plan-export", kind="projects"),
        ),
        *doors(("exports", "audit"), At("audit:event-list", query="format=csv")),
        *doors(("exports", "users"), At("accounts:user-list", query="format=csv")),
    ]


def _ground() -> list[Door | Telling]:
    """Audit, accounts and tokens."""
    own_pages = ("account", "password-change")
    return [
        *doors(("audit", "read"), At("audit:event-list"), At("audit:event-detail", "event")),
        *doors(
            ("users", "list, invite, change, reset link"),
            At("accounts:user-list"),
            At("accounts:user-invite"),
            ("POST", At("accounts:user-invite")),
            At("accounts:user-detail", "account"),
            ("POST", At("accounts:user-detail", "account")),
            ("POST", At("accounts:user-link", "account")),
            ("POST", At("accounts:user-unlock", "account")),
            ("POST", At("roles:person-invite"), lambda things: {"person": things.member.pk}),
        ),
        *[
            Door(
                ("users", "change password and preferences"),
                method,
                At(f"accounts:{page}"),
                only_own=True,
            )
            for page in own_pages
            for method in ("GET", "POST")
        ],
        *tellings(
            ("tokens", "read"),
            lambda things: f"token-{things.word}",
            At("accounts:token-list"),
            At("accounts:token-list", query="format=csv"),
        ),
        *[
            Door(("tokens", "create"), method, At("accounts:token-create"), only_own=True)
            for method in ("GET", "POST")
        ],
        *doors(("tokens", "revoke"), ("POST", At("accounts:token-revoke", "token"))),
    ]


PROBES: list[Door | Telling] = [*_people(), *_projects(), *_staffing(), *_files(), *_ground()]
