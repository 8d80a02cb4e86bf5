"""Panels about people and devices together: a project's week grids, a phase's, and home."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from capacity.rights import may_plan
from capacity.selectors import joint_home
from capacity.selectors.joint import Purse, phase_lines, phases_of
from capacity.selectors.joint_page import joint_page, legend, of_no_phase
from capacity.selectors.plan_weeks import week_chart
from capacity.selectors.plans import latest_adopted_for
from projects.models import Phase, Project
from teamhub import panels

SHOWN = 8
TITLE = _("People and devices by week")


def register() -> None:
    panels.register(
        "project",
        panels.Panel(
            "joint",
            TITLE,
            "capacity/_joint.html",
            project_weeks,
            order=35,
            icon="calendar-stats",
            wide=True,
        ),
    )
    panels.register(
        "phase",
        panels.Panel(
            "joint",
            TITLE,
            "capacity/_joint.html",
            phase_weeks,
            order=10,
            icon="calendar-stats",
            wide=True,
        ),
    )
    panels.register(
        "home",
        panels.Panel(
            "joint",
            _("Who waits for whom"),
            "capacity/_home_joint.html",
            home_waits,
            order=15,
            icon="hourglass",
            wide=True,
        ),
    )
    panels.register(
        "home",
        panels.Panel(
            "shortage",
            _("Shortage weeks"),
            "capacity/_home_shortage.html",
            home_shortage,
            order=16,
            icon="cpu",
            wide=True,
        ),
    )


def project_weeks(request: HttpRequest, project: Project) -> dict[str, Any] | None:
    """One grid a phase; hidden while nothing is asked for, and for those outside."""
    return _weeks(request, project, phases_of(project, request.user))


def phase_weeks(request: HttpRequest, phase: Phase) -> dict[str, Any] | None:
    phases = phases_of(phase.project, request.user).filter(pk=phase.pk)
    return _weeks(request, phase.project, phases, one=True)


def _weeks(
    request: HttpRequest, project: Project, phases: Any, *, one: bool = False
) -> dict[str, Any] | None:
    user = request.user
    found = phase_lines(phases, user)
    page = joint_page(
        found, timezone.localdate(), purse=Purse.of(user), first=_first(request) if one else None
    )
    if not page.grids:
        return None
    return {
        "joint": page,
        "joint_legend": legend(),
        "one": one,
        "n_elsewhere": 0 if one else of_no_phase(project, user),
        "may_assign": Project.objects.editable_by(user).filter(pk=project.pk).exists(),
    }


def _first(request: HttpRequest) -> int | None:
    """The first week to show of a long phase, from the address."""
    raw = request.GET.get("week", "")
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 6 else None


def home_waits(request: HttpRequest, _obj: Any) -> dict[str, Any] | None:
    """Hidden for those who see no project in which something waits."""
    user, today = request.user, timezone.localdate()
    rows, total = joint_home.project_waits(user, today)
    gates = joint_home.gates_lacking(user, today)
    if not rows and not gates:
        return None
    return {
        "rows": rows[:SHOWN],
        "more": max(0, len(rows) - SHOWN),
        "total": total,
        "gates": gates[:SHOWN],
        "more_gates": max(0, len(gates) - SHOWN),
    }


def home_shortage(request: HttpRequest, _obj: Any) -> dict[str, Any] | None:
    """The latest adopted plan, for those who read plans; without one planners are told so."""
    user = request.user
    plan = latest_adopted_for(user)
    if plan is None:
        return {"plan": None} if may_plan(user) else None
    found = joint_home.shortage(plan, timezone.localdate())
    if not found.totals:
        return {"plan": plan, "is_past": True}
    rows = plan.allocations.aggregate(all=Count("pk"), count=Count("pk", filter=Q(adopted=True)))
    return {
        "plan": plan,
        "rows": rows,
        "is_partly": rows["count"] < rows["all"],
        "chart": week_chart("home-shortage", str(_("Supply and demand")), found.totals),
        "short": found.short[:SHOWN],
        "more": max(0, len(found.short) - SHOWN),
        "n_weeks": found.n_weeks,
        "may_plan": may_plan(user),
    }
