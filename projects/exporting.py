"""The present plan as CSV: what the importers read, for what the user may see."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import Prefetch
from django.http import StreamingHttpResponse
from django.utils.translation import gettext as _

from projects.models import Assignment, Phase, Project, Slot, SlotSkill
from teamhub.accounts import permissions
from teamhub.accounts.models import User
from teamhub.errors import NotFound
from teamhub.web.exports import csv_response

CHUNK = 500
Rows = Iterator[list[Any]]


def export(kind: str, user: User) -> StreamingHttpResponse:
    """One kind of file; rows of projects whose detail the user sees, money only with the right."""
    if kind not in _KINDS:
        raise NotFound(
            _("There is no export of “%(kind)s”. Kinds: %(kinds)s.")
            % {"kind": kind[:40], "kinds": ", ".join(_KINDS)}
        )
    header, rows = _KINDS[kind]
    if not permissions.may_see_money(user):
        header = [name for name in header if name != "budget"]
    return csv_response(f"{kind}.csv", header, rows(user, header))


def _projects(user: User, header: list[str]) -> Rows:
    projects = (
        Project.objects.detail_visible_to(user)
        .select_related("department", "site", "lead")
        .prefetch_related("deputies")
        .order_by("key")
    )
    for project in projects.iterator(chunk_size=CHUNK):
        row = [
            project.key,
            project.name,
            project.domain,
            project.department.key,
            project.site.key,
            project.lead.username,
            sorted(user.username for user in project.deputies.all()),
            project.priority,
            project.status,
            project.start_on,
        ]
        yield [*row, project.budget] if "budget" in header else row


def _phases(user: User, header: list[str]) -> Rows:
    projects = Project.objects.detail_visible_to(user)
    rows = Phase.objects.filter(project__in=projects).order_by("project__key", "start_on", "pk")
    for phase in rows.select_related("project").iterator(chunk_size=CHUNK):
        yield [phase.project.key, phase.key, phase.start_on, phase.end_on]


def _seats(user: User, header: list[str]) -> Rows:
    slots = (
        Slot.objects.visible_to(user)
        .select_related("seat__role", "phase__project")
        .prefetch_related(Prefetch("skills", SlotSkill.objects.select_related("skill")))
        .order_by("phase__project__key", "start_on", "seat__role__position", "pk")
    )
    for slot in slots.iterator(chunk_size=CHUNK):
        yield [
            slot.phase.project.key,
            slot.seat.role.key,
            slot.seat.label,
            slot.phase.key,
            slot.start_on,
            slot.end_on,
            slot.fte_hundredths / 100,
            written_needs(slot),
            slot.priority,
            slot.must_fill,
        ]


def _assignments(user: User, header: list[str]) -> Rows:
    rows = (
        Assignment.objects.visible_to(user)
        .select_related("person", "slot__seat__role", "slot__phase__project")
        .order_by("slot__phase__project__key", "start_on", "pk")
    )
    for row in rows.iterator(chunk_size=CHUNK):
        yield [
            row.slot.phase.project.key,
            row.slot.seat.role.key,
            row.slot.seat.label,
            row.slot.phase.key,
            row.person.key,
            row.start_on,
            row.end_on,
            row.fte_hundredths / 100,
            row.status,
            row.locked,
            row.reason,
        ]


def written_needs(slot: Slot) -> str:
    """Skills with their least level as the importer reads them: nlp:3;python:2."""
    return ";".join(sorted(f"{need.skill.key}:{need.level}" for need in slot.skills.all()))


_KINDS: dict[str, tuple[list[str], Callable[[User, list[str]], Rows]]] = {
    "projects": (
        [
            "key",
            "name",
            "domain",
            "department",
            "site",
            "lead",
            "deputies",
            "priority",
            "status",
            "start_on",
            "budget",
        ],
        _projects,
    ),
    "phases": (["project", "phase", "start_on", "end_on"], _phases),
    "seats": (
        [
            "project",
            "role",
            "label",
            "phase",
            "start_on",
            "end_on",
            "fte_share",
            "skills",
            "priority",
            "must_fill",
        ],
        _seats,
    ),
    "assignments": (
        [
            "project",
            "role",
            "label",
            "phase",
            "person",
            "start_on",
            "end_on",
            "fte_share",
            "status",
            "locked",
            "reason",
        ],
        _assignments,
    ),
}
KINDS = tuple(_KINDS)
