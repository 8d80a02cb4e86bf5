"""Panels about the plan: coverage, over-allocation, requests; load and work on a person's page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from projects.models import Assignment, Project, StaffingRequest, StaffingRun
from projects.selectors import home
from projects.selectors.load import week_load
from projects.selectors.waiting import places_of
from roles.models import Person
from teamhub import panels, weeks
from teamhub.accounts import permissions

SHOWN = 8
PERSON_WEEKS = 13


def register() -> None:
    for panel in (
        panels.Panel(
            "coverage",
            _("Coverage by project"),
            "projects/_home_coverage.html",
            _coverage,
            order=10,
            icon="users",
            wide=True,
        ),
        panels.Panel(
            "over-allocation",
            _("Over-allocated people"),
            "projects/_home_over.html",
            _over,
            order=20,
            icon="alert-triangle",
        ),
        panels.Panel(
            "requests",
            _("Requests waiting for you"),
            "projects/_home_requests.html",
            _requests,
            order=30,
            icon="inbox",
        ),
        panels.Panel(
            "waiting-list",
            _("Waiting list"),
            "projects/_home_waiting.html",
            _waiting,
            order=32,
            icon="hourglass",
        ),
    ):
        panels.register("home", panel)
    panels.register(
        "person",
        panels.Panel(
            "load",
            _("Load by week"),
            "projects/_person_load.html",
            _person_load,
            order=10,
            wide=True,
        ),
    )
    panels.register(
        "person",
        panels.Panel(
            "assignments",
            _("Assignments"),
            "projects/_person_assignments.html",
            _person_assignments,
            order=20,
            wide=True,
        ),
    )
    panels.register(
        "project",
        panels.Panel(
            "proposals",
            _("Staffing proposals"),
            "projects/_project_proposals.html",
            _proposals,
            order=40,
        ),
    )


def _coverage(request: HttpRequest, _obj: Any) -> dict[str, Any] | None:
    rows = home.coverage(request.user, timezone.localdate())
    return {"rows": rows[:SHOWN], "more": max(0, len(rows) - SHOWN)} if rows else None


def _over(request: HttpRequest, _obj: Any) -> dict[str, Any] | None:
    if not permissions.may_see_load_of_all(request.user):
        return None
    if not Person.objects.load_visible_to(request.user).exists():
        return None  # before the first import there is nobody to be over
    rows = home.over_allocated(request.user, timezone.localdate())
    context = {"rows": rows[:SHOWN], "more": max(0, len(rows) - SHOWN), "total": len(rows)}
    return context | {"n_weeks": home.WEEKS_AHEAD}


def _requests(request: HttpRequest, _obj: Any) -> dict[str, Any] | None:
    waiting = StaffingRequest.objects.answerable_by(request.user).open()
    count = waiting.count()
    if not count:
        return None
    rows = waiting.select_related(
        "row__person", "row__slot__seat__role", "row__slot__phase__project"
    )
    return {"rows": rows[:SHOWN], "total": count}


def _waiting(request: HttpRequest, _obj: Any) -> dict[str, Any] | None:
    """Who can be assigned, waits, or needs to wait no longer; hidden while nobody is listed."""
    rows = places_of(request.user)
    if not rows:
        return None
    free = [one for one in rows if one.is_free]
    needless = [one for one in rows if one.is_needless]
    waits = [one for one in rows if not one.is_free and not one.is_needless]
    return {
        "rows": free[:SHOWN],
        "needless": needless[:SHOWN],
        "waits": waits[:SHOWN],
        "waiting": len(waits),
    }


def _person_load(request: HttpRequest, person: Person) -> dict[str, Any] | None:
    if not Person.objects.load_visible_to(request.user).filter(pk=person.pk).exists():
        return None
    start = weeks.monday(timezone.localdate())
    load = week_load([person], start, PERSON_WEEKS)[person.pk]
    mondays = [weeks.add_weeks(start, index) for index in range(PERSON_WEEKS)]
    cells = zip(mondays, load.available, load.confirmed, load.tentative, load.over, strict=True)
    return {"cells": list(cells), "mondays": mondays}


def _person_assignments(request: HttpRequest, person: Person) -> dict[str, Any] | None:
    """What this user may see of a person's work; the rest stays out."""
    today = weeks.monday(timezone.localdate())
    rows = (
        Assignment.objects.visible_to(request.user)
        .filter(person=person, end_on__gt=today)
        .select_related("slot__seat__role", "slot__phase__project")
        .order_by("start_on", "pk")
    )
    if not rows and not Person.objects.load_visible_to(request.user).filter(pk=person.pk).exists():
        return None
    return {"rows": list(rows)}


def _proposals(request: HttpRequest, project: Project) -> dict[str, Any] | None:
    runs = StaffingRun.objects.visible_to(request.user).filter(projects=project)[:5]
    return {"runs": runs} if runs else None
