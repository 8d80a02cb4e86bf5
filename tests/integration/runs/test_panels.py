"""The home page says what is being computed and what failed."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from projects.models import StaffingRun


def test_running_and_failed_runs_show_to_those_who_may_see_them(cast: Any, client_for: Any) -> None:
    StaffingRun.objects.create(requested_by=cast.ada, status="running", stage="search")
    StaffingRun.objects.create(
        requested_by=cast.ada,
        status="failed",
        finished_at=timezone.now(),
        error_message="Nothing to staff.",
    )

    seen = client_for(cast.ada).get("/").content.decode()
    hidden = client_for(cast.bo).get("/").content.decode()

    assert "search" in seen
    assert "Nothing to staff." in seen
    assert "Running computations" not in hidden
