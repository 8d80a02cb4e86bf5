"""What the projects app shows on pages that belong to nobody: home and search."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from projects.models import ChecklistItem
from projects.selectors.my_work import my_items
from projects.selectors.projects import listed_projects, read_items
from teamhub import panels
from teamhub.accounts.models import User

SHOWN_ITEMS = 6
MAX_HITS = 8


def register() -> None:
    panels.register(
        "home",
        panels.Panel(
            "my-open-items",
            _("My open items"),
            "projects/_home_items.html",
            open_items,
            order=20,
            icon="checklist",
        ),
    )
    panels.register_search(find_projects)
    panels.register_search(find_items)


def open_items(request: HttpRequest, obj: Any) -> dict[str, Any] | None:
    """Open items of phases that have begun; hidden for those who have never had one."""
    mine = my_items(request.user).open().filter(phase__closed_at__isnull=True)
    items = list(read_items(mine).order_by("phase__end_on", "position", "pk")[: SHOWN_ITEMS + 1])
    if not items:
        return None
    total = len(items) if len(items) <= SHOWN_ITEMS else mine.count()
    return {"items": items[:SHOWN_ITEMS], "total": total, "more": max(0, total - SHOWN_ITEMS)}


def find_projects(user: User, query: str) -> list[panels.Hit]:
    """Projects by name or key; the lead only where the user sees the detail."""
    projects: Any = listed_projects(user)
    found = projects.filter(name__icontains=query) | projects.filter(key__icontains=query)
    return [
        panels.Hit(
            project.name,
            _("Projects"),
            project.get_absolute_url(),
            str(project.lead) if project.seen else "",
        )
        for project in found.order_by("name", "pk")[:MAX_HITS]
    ]


def find_items(user: User, query: str) -> list[panels.Hit]:
    """Checklist items of visible projects by their short key."""
    items = ChecklistItem.objects.visible_to(user).filter(key__istartswith=query)
    return [
        panels.Hit(
            f"{item.key} {item.text}",
            _("Checklist items"),
            f"{item.project.get_absolute_url()}#item-{item.pk}",
            item.project.name,
        )
        for item in items.select_related("project").order_by("key", "pk")[:MAX_HITS]
    ]
