"""What a worker does beside its runs."""

from __future__ import annotations

import os
import time
from typing import Any

import pytest
from django.utils.timezone import now

from teamhub.runs import beats
from teamhub.runs.models import Beat
from tests.integration.runs.conftest import MakeRun

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


def test_a_worker_sweeps_the_job_folders_of_its_host(make_run: MakeRun, settings: Any) -> None:
    """The clock is on another host, whose TEAMHUB_VAR may be another folder."""
    run = make_run(status="running", attempt=2, heartbeat_at=now())
    old = time.time() - 3600
    for name in (f"{run.pk}-1", f"{run.pk}-2"):
        folder = settings.RUN_DIR / name
        folder.mkdir(parents=True)
        os.utime(folder, (old, old))
    beater = beats._Beater("solve@here", ["solve"])
    end = time.monotonic() + 20
    while (settings.RUN_DIR / f"{run.pk}-1").exists() and time.monotonic() < end:
        time.sleep(0.02)
    beaten = list(Beat.objects.values_list("name", "queues"))
    beater.stop()

    assert beaten == [("solve@here", ["solve"])]
    assert [path.name for path in settings.RUN_DIR.iterdir()] == [f"{run.pk}-2"]
    assert not Beat.objects.exists()  # it said good-bye
