"""The catalog, people, their skills, load, absences and rates; files about people."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from functools import partial
from typing import Any

from roles.models import Absence
from tests.integration.permissions.rows import Who
from tests.integration.permissions.scene import Things, figure
from tests.integration.permissions.scene_people import REASON
from tests.integration.permissions.walker import Probe, always

LOAD = "weeks=20"
DAY = dt.date(2190, 5, 4)
ABSENCES = ("person load and absence dates", "change absences")
NEW_REASON = "a new reason"


def _leads_a_department(who: Who) -> int:
    return 200 if who.is_steward or who.group in {"administrator", "manager"} else 403


OPEN = {"/people/new/": _leads_a_department}


def file_of(text: str) -> Any:
    file = io.BytesIO(text.encode())
    file.name = "file.csv"
    return file


def kind(name: str) -> tuple[tuple[str, str], ...]:
    return (("kind", name),)


def person_form(things: Things) -> dict[str, Any]:
    return {
        "key": "newcomer",
        "name": "New Comer",
        "department": things.department.pk,
        "site": things.member.site_id,
        "time_zone": "Europe/Berlin",
        "weekly_hours": "40",
        "max_concurrent_projects": "2",
        "rate_per_fte_week": "77771.75",
        "version": things.member.version,
    }


def absence_form(_things: Things) -> dict[str, Any]:
    return {"first_on": DAY.isoformat(), "last_on": DAY.isoformat(), "version": "1"}


def year_of(name: str) -> Any:
    return lambda things: rf"\b{getattr(things, name).first_on.year}\b"


def named(name: str) -> Any:
    return lambda things: rf"\b{getattr(things, name).name}\b"


def keyed(name: str, rest: str = "") -> Any:
    """A line of a file that begins with the key."""
    return lambda things: rf"(?m)^{getattr(things, name).key},{rest}"


def rate(things: Things) -> str:
    """The stewards' own people have another one than the rest."""
    return figure(things.member.rate_per_fte_week)


def line_with_rate(things: Things) -> str:
    return rf"(?m)^{things.member.key},.*{rate(things)}"


def people_probes() -> Iterator[Probe]:
    yield from _catalog()
    yield from _basics()
    yield from _load()
    yield from _sums()
    yield from _absences()
    yield from _rates()
    yield from _files()


def _catalog() -> Iterator[Probe]:
    rule = ("role catalog", "read")
    for name in ("role-catalog", "skill-catalog", "responsibility-map", "learning"):
        yield Probe(rule, "GET", f"roles:{name}")
    for name in ("department-list", "site-list"):
        yield Probe(rule, "GET", f"roles:{name}")
    for name in ("role-list", "skill-list", "department-list", "site-list"):
        yield Probe(rule, "GET", f"api:roles:{name}")
    rule = ("role catalog", "change departments and sites")
    department = {"key": "new-one", "name_en": "New"}
    site = {"key": "new-one", "name_en": "New", "time_zone": "Europe/Berlin"}
    forms: list[tuple[str, tuple[str, ...], dict[str, str]]] = [
        ("department-create", (), department),
        ("department-update", ("department",), department),
        ("site-create", (), site),
        ("site-update", ("member.site_id",), site),
        ("skill-kind-create", (), department),
    ]
    for name, args, form in forms:
        yield Probe(rule, "GET", f"roles:{name}", args)
        yield Probe(rule, "POST", f"roles:{name}", args, data=partial(always, form), ok=302)


def _basics() -> Iterator[Probe]:
    rule = ("person basics", "read")
    told = named("member")
    yield Probe(rule, "GET", "roles:person-list", query="size=200", tells=told)
    yield Probe(rule, "GET", "roles:person-list", query="size=200", root="people-list", tells=told)
    yield Probe(rule, "GET", "roles:person-list", query="format=csv", tells=keyed("member"))
    yield Probe(rule, "GET", "roles:person-detail", ("member",), tells=told)
    yield Probe(rule, "GET", "roles:people-export", kwargs=kind("people"), tells=told)
    for root in ("", "skill-matrix"):
        yield Probe(rule, "GET", "roles:skill-matrix", query="size=200", root=root, tells=told)
    yield Probe(rule, "GET", "roles:skill-matrix", query="format=csv", tells=keyed("member"))
    yield Probe(rule, "GET", "api:roles:person-list", query="limit=1000", tells=told)
    yield Probe(rule, "GET", "api:roles:person-detail", ("member",), tells=told)
    rule = ("person basics", "create")
    # The form of a lead offers the departments that they lead; another one is no choice of it.
    yield Probe(rule, "POST", "roles:person-create", data=person_form, ok=302)
    rule = ("person basics", "change")
    held = ("member", "member_skill")
    skill = {"level": "4", "version": "1"}
    yield Probe(rule, "GET", "roles:person-update", ("member",))
    yield Probe(rule, "POST", "roles:person-update", ("member",), data=person_form, ok=302)
    yield Probe(rule, "GET", "roles:skill-create", ("member",))
    yield Probe(rule, "POST", "roles:skill-create", ("member",), ok=422)  # an empty form
    yield Probe(rule, "GET", "roles:skill-update", held)
    yield Probe(rule, "POST", "roles:skill-update", held, data=lambda _t: skill, ok=302)
    yield Probe(rule, "POST", "roles:skill-remove", held, data=lambda _t: skill, ok=302)
    many = lambda things: {"person": things.member.pk, "save": "1", "weekly_hours": "30"}  # noqa: E731
    yield Probe(rule, "POST", "roles:person-bulk", data=many, ok=302)
    same = lambda things: {"people": [things.member.key], "weekly_hours": 30}  # noqa: E731
    yield Probe(rule, "POST", "api:roles:people-bulk", data=same)


def _load() -> Iterator[Probe]:
    rule = ("person load and absence dates", "read")
    for who in ("member", "worker"):
        told = named(who)
        csv = f"{LOAD}&format=csv"
        yield Probe(rule, "GET", "projects:load-grid", query=f"{LOAD}&size=200", tells=told)
        yield Probe(
            rule,
            "GET",
            "projects:load-grid",
            query=f"{LOAD}&size=200",
            root="load-grid",
            tells=told,
        )
        yield Probe(rule, "GET", "projects:load-grid", query=csv, tells=keyed(who))
        yield Probe(rule, "GET", "api:load-list", query=f"{LOAD}&limit=1000", tells=told)
        free = f"{LOAD}&skill=nlp"
        yield Probe(rule, "GET", "projects:supply-demand", query=free, tells=told)
        yield Probe(rule, "GET", "api:projects:free-people", query=free, tells=told)
        weeks = lambda _t: r'"weekly_hours"|"employed_from"'  # noqa: E731
        yield Probe(rule, "GET", "api:roles:person-detail", (who,), tells=weeks)
        yield Probe(rule, "GET", "roles:person-detail", (who,), tells=lambda _t: "Load by week")
    for who, absence in (("member", "member_absence"), ("worker", "absence")):
        year = year_of(absence)
        yield Probe(rule, "GET", "roles:person-detail", (who,), tells=year)
        yield Probe(rule, "GET", "api:roles:person-detail", (who,), tells=year)
        yield Probe(rule, "GET", "roles:people-export", kwargs=kind("absences"), tells=year)


def _sums() -> Iterator[Probe]:
    """Everybody holds the one skill: who sees no load but their own counts one person."""
    name, by_skill = "api:projects:people-capacity-report", "by=skill&weeks=1"
    rule = ("exports", "people: sums by role, skill and week")
    several = lambda _t: r'"key":\s?"nlp"[^}]*"people":\s?(?:[2-9]|\d\d)'  # noqa: E731
    in_file = lambda _t: r",nlp,[^,]*,(?:[2-9]|\d\d),"  # noqa: E731
    yield Probe(rule, "GET", name, query=by_skill, tells=several)
    yield Probe(rule, "GET", name, query=f"{by_skill}&format=csv", tells=in_file)
    yield Probe(rule, "GET", "api:projects:supply-list", query="weeks=1")
    yield Probe(rule, "GET", "projects:supply-demand", query="format=csv")
    mean = lambda _t: r'"mean_rate":\s?\d'  # noqa: E731
    yield Probe(("person rate", "read"), "GET", name, query=by_skill, tells=mean)
    yield Probe(("role catalog", "read"), "GET", "api:projects:people-capacity-columns")


def _absences() -> Iterator[Probe]:
    rule = ("person load and absence dates", "change absences")
    for who, absence in (("member", "member_absence"), ("worker", "absence")):
        place = (who, absence)
        version = lambda _t: {"version": "1"}  # noqa: E731
        yield Probe(rule, "GET", "roles:absence-create", (who,))
        yield Probe(rule, "POST", "roles:absence-create", (who,), data=absence_form, ok=302)
        yield Probe(rule, "GET", "roles:absence-update", place)
        yield Probe(rule, "POST", "roles:absence-update", place, data=absence_form, ok=302)
        yield Probe(rule, "POST", "roles:absence-remove", place, data=version, ok=302)
    rule = ("absence reason", "read")

    def reason(things: Things) -> str:
        return REASON + things.worker.key

    yield Probe(rule, "GET", "roles:person-detail", ("worker",), tells=reason)
    yield Probe(
        rule, "GET", "roles:absence-update", ("worker", "absence"), tells=reason, reads=(ABSENCES,)
    )
    rule = ("absence reason", "change")
    yield Probe(
        rule,
        "GET",
        "roles:absence-create",
        ("worker",),
        tells=lambda _t: 'name="reason"',
        reads=(ABSENCES,),
    )
    yield Probe(
        rule,
        "POST",
        "roles:absence-create",
        ("worker",),
        data=lambda things: absence_form(things) | {"reason": NEW_REASON},
        leaves=lambda _t: Absence.objects.filter(reason=NEW_REASON).exists(),
        ok=302,
        reads=(ABSENCES,),
        refused=302,  # the field is not theirs: the days are saved
    )


def _rates() -> Iterator[Probe]:
    rule = ("person rate", "read")
    yield Probe(rule, "GET", "roles:person-detail", ("member",), tells=rate)
    yield Probe(rule, "GET", "roles:person-list", query="format=csv", tells=line_with_rate)
    yield Probe(rule, "GET", "api:roles:person-list", query="limit=1000", tells=rate)
    yield Probe(rule, "GET", "api:roles:person-detail", ("member",), tells=rate)
    yield Probe(
        ("person rate", "change"),
        "GET",
        "roles:person-update",
        ("member",),
        tells=lambda _t: 'name="rate_per_fte_week"',
        reads=(("person basics", "change"),),
    )


def _files() -> Iterator[Probe]:
    def rows(_things: Things) -> dict[str, Any]:
        return {"kind": "departments", "file": file_of("key,name\nnew-one,New\n")}

    def faulty(_things: Things) -> dict[str, Any]:
        return {"kind": "people", "file": file_of("key,name\nx,X\n"), "dry_run": "1"}

    rule = ("imports", "people: preview and import")
    yield Probe(rule, "GET", "roles:people-import")
    yield Probe(rule, "GET", "roles:people-import", query="template=people")
    yield Probe(rule, "POST", "roles:people-import", data=rows)
    yield Probe(rule, "POST", "roles:people-import", data=faulty, ok=422)
    yield Probe(rule, "POST", "api:roles:people-import", data=rows)
    yield Probe(rule, "POST", "api:roles:people-import", data=faulty, ok=422)
    people, away = kind("people"), kind("absences")
    export = "roles:people-export"
    rule = ("exports", "people: name, role, site, skills")
    yield Probe(rule, "GET", export, kwargs=people, tells=keyed("member"))
    yield Probe(rule, "GET", export, kwargs=kind("skills"), tells=keyed("member"))
    yield Probe(rule, "GET", export, kwargs=kind("departments"), tells=keyed("department"))
    hours = lambda _t: r"weekly_hours|employed_from|max_concurrent"  # noqa: E731
    rule = ("exports", "people: hours, dates, load")
    yield Probe(rule, "GET", export, kwargs=people, tells=hours)
    yield Probe(rule, "GET", "roles:person-list", query="format=csv", tells=hours)
    rule = ("exports", "people: rates")
    yield Probe(rule, "GET", export, kwargs=people, tells=lambda _t: "rate_per_fte")
    yield Probe(rule, "GET", export, kwargs=people, tells=line_with_rate)
    rule = ("exports", "people: absences")
    for who, absence in (("member", "member_absence"), ("worker", "absence")):
        yield Probe(rule, "GET", export, kwargs=away, tells=year_of(absence))
        yield Probe(rule, "GET", export, kwargs=away, tells=keyed(who))
