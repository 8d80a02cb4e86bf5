"""What the clock calls, and that nothing stops it."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django.utils.timezone import now

from teamhub.runs import moves, periodic
from teamhub.runs.models import Beat
from tests.integration.runs.conftest import MakeRun

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """No work of other apps, and the test's transaction stays."""
    monkeypatch.setattr(periodic, "_jobs", {})
    monkeypatch.setattr(moves, "drop_connection", lambda: None)


def test_one_pass_beats_reaps_and_rings(make_run: MakeRun, rung: list[str]) -> None:
    silent = make_run(status="running", attempt=1, heartbeat_at=now() - timedelta(hours=1))
    call_command("clock", once=True)
    silent.refresh_from_db()
    assert silent.status == "queued"
    assert rung == [str(silent.pk)]  # in the same pass
    assert Beat.objects.get().kind == "clock"


def test_periodic_work_is_called_when_due(settings: Any) -> None:
    calls: list[str] = []
    periodic.register("often", 0, lambda: calls.append("often"))
    periodic.register("seldom", 3600, lambda: calls.append("seldom"))
    clock = periodic.Clock()
    calls.clear()
    clock.tick()
    clock.tick()
    assert calls == ["often", "seldom", "often"]


def test_two_jobs_of_one_name_are_a_mistake() -> None:
    periodic.register("a", 1, lambda: None)
    with pytest.raises(ValueError, match="'a'"):
        periodic.register("a", 1, lambda: 1)


@pytest.mark.parametrize("error", [OperationalError("database is locked"), KeyError("bug")])
def test_a_job_that_breaks_does_not_stop_the_others(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> None:
        raise error

    calls: list[int] = []
    periodic.register("broken", 0, broken)
    periodic.register("sound", 0, lambda: calls.append(1))
    periodic.Clock().tick()
    assert calls
    assert "broken" in caplog.text


def test_after_a_sleep_of_the_machine_workers_beat_first(
    make_run: MakeRun, rung: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = periodic.Clock()
    run = make_run(status="running", attempt=1, heartbeat_at=now() - timedelta(hours=1))
    awake = time.time
    monkeypatch.setattr(time, "time", lambda: awake() + 7200)
    clock.tick()
    run.refresh_from_db()
    assert run.status == "running"


def test_sweep_keeps_the_folders_of_running_attempts(make_run: MakeRun, settings: Any) -> None:
    run = make_run(status="running", attempt=2, heartbeat_at=now())
    old = time.time() - 3600
    for name in (f"{run.pk}-1", f"{run.pk}-2", "stray"):
        folder = settings.RUN_DIR / name
        folder.mkdir(parents=True)
        os.utime(folder, (old, old))
    (settings.RUN_DIR / "fresh").mkdir()
    periodic.sweep()
    assert {path.name for path in settings.RUN_DIR.iterdir()} == {f"{run.pk}-2", "fresh"}
