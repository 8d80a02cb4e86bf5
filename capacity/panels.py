"""What capacity shows on pages of others: a project's workloads, and hits of the search."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from capacity.models import Pool, Workload
from capacity.rights import may_plan
from capacity.selectors.workloads import held_by, read_workloads
from projects.models import Project
from teamhub import panels
from teamhub.accounts.models import User
from teamhub.panels import Hit

MOST = 8  # hits of a kind


def register() -> None:
    panels.register(
        "project",
        panels.Panel(
            "workloads",
            _("Workloads and devices"),
            "capacity/_project_workloads.html",
            project_workloads,
            order=30,
            icon="cpu",
            wide=True,
        ),
    )
    panels.register_search(find_pools)
    panels.register_search(find_workloads)


def project_workloads(request: HttpRequest, project: Project) -> dict[str, Any] | None:
    """Hidden for those who neither see a workload nor may add one."""
    rows = list(read_workloads(request.user).filter(project=project).order_by("start_on", "key"))
    editable = Project.objects.editable_by(request.user).filter(pk=project.pk)
    may_edit = may_plan(request.user) or editable.exists()
    if not rows and not may_edit:
        return None
    held = held_by(rows, request.user)
    return {
        "workloads": [(row, held[row.pk]) for row in rows],
        "may_edit": may_edit,
        "project": project,
    }


def _named(query: str) -> Q:
    return Q(name_en__icontains=query) | Q(name_zh__icontains=query) | Q(key__icontains=query)


def find_pools(user: User, query: str) -> list[Hit]:
    pools = Pool.objects.visible_to(user).filter(_named(query)).select_related("site")
    return [Hit(one.name, _("Pool"), one.get_absolute_url(), one.site.name) for one in pools[:MOST]]


def find_workloads(user: User, query: str) -> list[Hit]:
    found = Workload.objects.visible_to(user).filter(_named(query)).select_related("project")
    return [
        Hit(one.name, _("Workload"), one.get_absolute_url(), one.project.name)
        for one in found.order_by("name_en", "pk")[:MOST]
    ]
