"""Columns and filters of the project list: hidden facts are neither sorted nor found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from projects.models import Project
from projects.selectors.projects import (
    Coverage,
    listed_projects,
    phase_choices,
    possible_leads,
    span,
)
from projects.services.templates import domains
from roles.models import Department, Site
from teamhub.names import in_active_language
from teamhub.web.listing import ChoiceFilter, Column, Listing

Projects = QuerySet[Any]


def project_listing(request: HttpRequest) -> Listing:
    return Listing(
        request,
        listed_projects(request.user),
        columns=_columns(Coverage()),
        filters=_filters(),
        search=["name", "key"],
        default_sort="name",
        root="project-list",
        saved_as="projects",
    )


def domain_name(key: str) -> str:
    for one in domains():
        if one.key == key:
            return in_active_language(one.name_en, one.name_zh)
    return key


def _columns(coverage: Coverage) -> list[Column]:
    def seen(value: Callable[[Any], Any]) -> Callable[[Any], Any]:
        return lambda project: value(project) if project.seen else None

    return [
        Column("name", _("Project"), order="name"),
        Column("key", _("Key"), order="key", shown=False),
        Column("status", _("Status"), order="status"),
        Column("phase", _("Phase now"), order="phase_key", value=lambda one: one.phase_key),
        Column(
            "weeks",
            _("Weeks"),
            order="start_on",
            value=lambda one: "/".join(day.isoformat() for day in span(one)),
        ),
        Column("domain", _("Domain"), value=seen(lambda one: one.domain), shown=False),
        Column(
            "department",
            _("Department, site"),
            order=("shown_department_name", "shown_site_name"),
            value=seen(lambda one: one.department.key),
        ),
        Column("site", _("Site"), value=seen(lambda one: one.site.key), shown=False),
        Column("lead", _("Lead"), order="shown_lead", value=seen(lambda one: one.lead.username)),
        Column(
            "priority",
            _("Priority"),
            order="shown_priority",
            numeric=True,
            value=seen(lambda one: one.priority),
        ),
        Column(
            "coverage",
            _("Coverage"),
            value=seen(lambda one: _share(coverage.of(one))),
        ),
        Column(
            "open_mandatory",
            _("Open items"),
            order="open_mandatory",
            numeric=True,
            value=lambda one: one.open_mandatory,
        ),
    ]


def _share(share: float | None) -> str | None:
    return None if share is None else f"{share:.2f}"


def _where_seen(lookup: str) -> Callable[[Projects, Any], Projects]:
    return lambda projects, value: projects.filter(seen=True, **{lookup: value})


def _filters() -> list[ChoiceFilter]:
    return [
        ChoiceFilter("status", _("Status"), choices=Project.Status.choices),
        ChoiceFilter("phase", _("Phase now"), lookup="phase_key", choices=phase_choices),
        ChoiceFilter(
            "domain",
            _("Domain"),
            apply=_where_seen("domain"),
            choices=lambda: [
                (one.key, in_active_language(one.name_en, one.name_zh)) for one in domains()
            ],
        ),
        ChoiceFilter(
            "department",
            _("Department"),
            apply=_where_seen("department__key"),
            choices=lambda: [(one.key, one.name) for one in Department.objects.all()],
        ),
        ChoiceFilter(
            "site",
            _("Site"),
            apply=_where_seen("site__key"),
            choices=lambda: [(one.key, one.name) for one in Site.objects.all()],
        ),
        ChoiceFilter(
            "lead",
            _("Lead"),
            apply=_where_seen("lead__username"),
            choices=lambda: [(one.username, str(one)) for one in possible_leads()],
        ),
    ]
