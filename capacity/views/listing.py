"""Columns and filters of the lists: pools, nodes, workloads, allocations."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from capacity.models import Accelerator, Allocation, Node, Pool, Workload
from capacity.selectors.estate import read_pools
from capacity.selectors.workloads import read_workloads
from projects.models import Project
from projects.models.project import PHASE_LABELS
from roles.models import Site
from teamhub.accounts.models import User
from teamhub.web.listing import ChoiceFilter, Column, FlagFilter, Listing


def pool_listing(request: HttpRequest) -> Listing:
    """By site always: the page draws a table for each."""
    return Listing(
        request,
        read_pools(request.user),
        columns=[],
        filters=[
            ChoiceFilter(
                "site",
                _("Site"),
                lookup="site__key",
                choices=lambda: [(one.key, one.name) for one in Site.objects.all()],
            ),
            ChoiceFilter(
                "kind",
                _("Kind"),
                lookup="accelerator__kind",
                choices=Accelerator.Kind.choices,
            ),
            ChoiceFilter(
                "accelerator",
                _("Accelerator"),
                lookup="accelerator__key",
                choices=_types_in_use,
            ),
        ],
        search=["key", "name_en", "name_zh", "accelerator__name_en"],
        page_size=100,
        root="pool-list",
    )


def _types_in_use() -> list[tuple[str, str]]:
    used = Accelerator.objects.filter(pools__isnull=False).distinct()
    return [(one.key, one.name) for one in used]


def node_listing(request: HttpRequest, pool: Pool) -> Listing:
    return Listing(
        request,
        Node.objects.visible_to(request.user).filter(pool=pool),
        columns=[
            Column("key", _("Node"), order="key"),
            Column("devices", _("Devices"), order="devices", numeric=True),
            Column("cpu_cores", _("CPU cores"), order="cpu_cores", numeric=True),
            Column("memory_gib", _("Memory (GiB)"), order="memory_gib", numeric=True),
            Column("start_on", _("From"), order="start_on"),
            Column("end_on", _("To"), order="end_on"),
        ],
        search=["key"],
        default_sort="key",
        page_size=25,
        root="node-list",
    )


def workload_listing(request: HttpRequest) -> Listing:
    return Listing(
        request,
        read_workloads(request.user),
        columns=[
            Column("name", _("Workload"), order="name_en"),
            Column("project", _("Project"), order="project__name"),
            Column("kind", _("Kind"), order="kind"),
            Column("weeks", _("Window"), order=("start_on", "end_on")),
            Column("devices", _("Devices"), order="devices", numeric=True),
            Column("device_hours", _("Device-hours"), numeric=True),
            Column("allocated", _("Allocated"), numeric=True),
            Column("must_serve", _("Importance"), order=("must_serve", "priority")),
        ],
        filters=[
            ChoiceFilter(
                "project",
                _("Project"),
                lookup="project__key",
                choices=lambda: _projects_with_workloads(request.user),
            ),
            ChoiceFilter("kind", _("Kind"), choices=Workload.Kind.choices),
            ChoiceFilter("status", _("Status"), choices=Workload.Status.choices),
            ChoiceFilter("phase", _("Phase"), lookup="phase__key", choices=PHASE_LABELS.items()),
            FlagFilter("must", _("Must be served"), lookup="must_serve"),
        ],
        search=["key", "name_en", "name_zh", "project__name"],
        default_sort="project",
        root="workload-list",
    )


def _projects_with_workloads(user: User) -> list[tuple[str, str]]:
    seen = Project.objects.detail_visible_to(user).filter(workloads__isnull=False).distinct()
    return [(one.key, one.name) for one in seen.order_by("name")]


def allocation_listing(request: HttpRequest) -> Listing:
    return Listing(
        request,
        Allocation.objects.visible_to(request.user)
        .in_force()
        .select_related("workload__project", "pool__site"),
        columns=[
            Column("workload", _("Workload"), order="workload__name_en"),
            Column("project", _("Project"), order="workload__project__name"),
            Column("pool", _("Pool"), order="pool__key"),
            Column("weeks", _("Weeks"), order=("start_on", "end_on")),
            Column("devices", _("Devices"), order="devices", numeric=True),
            Column("state", _("State"), order="state"),
            Column("source", _("Origin"), order="source"),
        ],
        filters=[
            ChoiceFilter(
                "project",
                _("Project"),
                lookup="workload__project__key",
                choices=lambda: _projects_with_workloads(request.user),
            ),
            ChoiceFilter(
                "pool",
                _("Pool"),
                lookup="pool__key",
                choices=lambda: [(one.key, one.name) for one in Pool.objects.all()],
            ),
            ChoiceFilter("state", _("State"), choices=Allocation.State.choices),
        ],
        search=["workload__key", "workload__name_en", "workload__name_zh", "pool__key"],
        default_sort="weeks",
        root="allocation-list",
    )
