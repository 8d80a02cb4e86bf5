"""Every row of the matrix with the pages, addresses, exports and fragments that it rules."""

from __future__ import annotations

import io
from typing import Any

from tests.integration.rights import plan_table
from tests.integration.rights.probes import At, Door, Telling, doors, name_of, tellings
from tests.integration.rights.world import BUDGET, RATE, Things, days, figure


def csv(text: str) -> Any:
    file = io.BytesIO(text.encode())
    file.name = "file.csv"
    return file


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


PROBES: list[Door | Telling] = [
    *_people(),
    *plan_table.projects(),
    *plan_table.staffing(),
    *_files(),
    *_ground(),
]
