"""Timed work: what the clock does, and how apps add to it.

An app's `periodic.py` calls `register`; every module of that name is found by itself.
"""

from __future__ import annotations

import logging
import os
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.module_loading import autodiscover_modules
from django.utils.timezone import now

from teamhub.runs import beats, folder, job_folders, moves, services
from teamhub.runs.models import Beat

logger = logging.getLogger(__name__)

SWEEP_SECONDS = 60.0
FORGET_BEATS = timedelta(days=1)
# Wall time that the monotonic clock did not see: the machine slept.
SLEPT_SECONDS = 5.0


@dataclass(frozen=True)
class Job:
    name: str
    every_s: float
    call: Callable[[], object]


_jobs: dict[str, Job] = {}


def register(name: str, every_seconds: float, call: Callable[[], object]) -> None:
    """Let the clock call this about every so many seconds, and once when it starts.

    With two clocks it is called by both: the call must do no harm twice.
    """
    if name in _jobs and _jobs[name].call is not call:
        raise ValueError(f"two periodic jobs are named {name!r}")
    _jobs[name] = Job(name, every_seconds, call)


class Clock:
    """Calls what is due; a pass never raises."""

    def __init__(self) -> None:
        autodiscover_modules("periodic")
        self.name = f"{socket.gethostname()}:{os.getpid()}"
        self._next: dict[str, float] = {}
        self._offset = time.time() - time.monotonic()
        self._trust_silence_at = 0.0

    def tick(self) -> None:
        self._notice_sleep()
        own = [
            Job("beat", settings.CLOCK_SECONDS, lambda: beats.beat(Beat.Kind.CLOCK, self.name)),
            Job("reap", settings.CLOCK_SECONDS, self._reap),
            Job("ring", settings.CLOCK_SECONDS, services.ring),
        ]
        for job in [*own, *_jobs.values()]:
            at = time.monotonic()
            if at < self._next.get(job.name, 0.0):
                continue
            self._next[job.name] = at + job.every_s * 0.9  # a little early beats a pass late
            self._call(job)
        moves.drop_connection()

    def _reap(self) -> int:
        return services.reap() if time.monotonic() >= self._trust_silence_at else 0

    def _notice_sleep(self) -> None:
        """After a laptop's lid was closed every run looks silent; let the workers beat first."""
        offset = time.time() - time.monotonic()
        if offset - self._offset > SLEPT_SECONDS:
            logger.warning("the machine slept %.0f s", offset - self._offset)
            self._trust_silence_at = time.monotonic() + 2 * settings.RUN_HEARTBEAT_SECONDS
        self._offset = offset

    def _call(self, job: Job) -> None:
        try:
            job.call()
        except moves.DATABASE_TROUBLE as error:
            logger.warning("clock: %s put off, the database is in trouble: %s", job.name, error)
            moves.drop_connection()
        except Exception:
            # A border like that of a request: one job's bug must not stop ring and reap.
            logger.exception("clock: %s failed", job.name)


def sweep() -> None:
    """Remove what killed processes left: job folders, half-taken messages, old beats."""
    job_folders.sweep()
    options: dict[str, Any] = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    if "folder" in options:
        folder.sweep(Path(options["folder"]))
    Beat.objects.filter(at__lt=now() - FORGET_BEATS).delete()


register("sweep", SWEEP_SECONDS, sweep)
