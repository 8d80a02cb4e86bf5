"""What the home page shows of runs: those at work, and those that failed lately."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from teamhub import panels
from teamhub.runs.models import ACTIVE, Status
from teamhub.runs.selectors import AllRuns

SHOWN = 6
FAILED_HOURS = 48


def register() -> None:
    panels.register(
        "home",
        panels.Panel(
            "runs",
            _("Running computations"),
            "runs/_home_runs.html",
            _runs,
            order=40,
            icon="activity",
        ),
    )


def _runs(request: HttpRequest, obj: Any) -> dict[str, Any] | None:
    """Hidden for those who have no run to see."""
    visible = AllRuns.visible_to(request.user)
    active = visible.filter(status__in=ACTIVE)
    since = now() - timedelta(hours=FAILED_HOURS)
    failed = visible.filter(status=Status.FAILED, finished_at__gte=since)
    if not visible.count():
        return None
    return {"active": active[:SHOWN], "failed": failed[:SHOWN], "hours": FAILED_HOURS}
