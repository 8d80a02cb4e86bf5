"""Columns and filters of the list of plans, and of what a plan gives."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from capacity.models import CapacityPlan, Pool
from capacity.models.plan import OBJECTIVE_LABELS
from capacity.selectors.plan_schedule import scheduled
from capacity.selectors.plans import read_plans
from projects.models import Project
from teamhub.accounts.models import User
from teamhub.web.listing import ChoiceFilter, Column, FlagFilter, Listing


def plan_listing(request: HttpRequest) -> Listing:
    return Listing(
        request,
        read_plans(request.user),
        columns=[
            Column("title", _("Plan"), value=str),
            Column("name", _("Name"), order="name", shown=False),
            Column("objective", _("Objective"), order="objective"),
            Column("start_on", _("Weeks"), order=("start_on", "n_weeks")),
            Column("n_weeks", _("Number of weeks"), shown=False),
            Column("status", _("Status"), order="status"),
            Column("n_served", _("Served"), order="n_served", numeric=True),
            Column("n_workloads", _("Workloads"), shown=False),
            Column(
                "shortage_device_weeks",
                _("Missing device-weeks"),
                order="shortage_device_weeks",
                numeric=True,
            ),
            Column("adopted_at", _("Adopted"), order="adopted_at"),
            Column("created_at", _("Created"), order="created_at"),
        ],
        filters=[
            ChoiceFilter("objective", _("Objective"), choices=OBJECTIVE_LABELS.items()),
            ChoiceFilter("status", _("Status"), choices=CapacityPlan.Status.choices),
            FlagFilter("adopted", _("Adopted"), apply=_adopted),
        ],
        search=["name", "requested_by__username"],
        default_sort="-created_at",
        root="plan-list",
    )


def _adopted(found: QuerySet[Any], _on: Any) -> QuerySet[Any]:
    return found.filter(adopted_at__isnull=False)


def schedule_listing(request: HttpRequest, plan: CapacityPlan) -> Listing:
    return Listing(
        request,
        scheduled(plan, request.user),
        columns=[
            Column("workload", _("Workload"), order="name_en"),
            Column("pool", _("Pool")),
            Column("weeks", _("Weeks"), order=("first_on", "last_on")),
            Column("devices", _("Devices"), numeric=True),
            Column("device_weeks", _("Device-weeks"), numeric=True),
            Column("state", _("State")),
        ],
        filters=[
            ChoiceFilter(
                "project",
                _("Project"),
                lookup="project__key",
                choices=lambda: _projects(plan, request.user),
            ),
            ChoiceFilter(
                "on",
                _("Pool"),
                apply=lambda found, key: found.filter(
                    pk__in=plan.allocations.filter(pool__key=key).values("workload")
                ),
                choices=lambda: [(one.key, one.name) for one in Pool.objects.all()],
            ),
            FlagFilter("must", _("Must be served"), lookup="must_serve"),
        ],
        default_sort="weeks",
        root="plan-schedule",
    )


def _projects(plan: CapacityPlan, user: User) -> list[tuple[str, str]]:
    seen = Project.objects.detail_visible_to(user)
    found = seen.filter(workloads__allocations__plan=plan).distinct()
    return [(one.key, one.name) for one in found.order_by("name")]
