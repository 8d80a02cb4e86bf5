"""The arrows between the statuses of a run: each is one conditional UPDATE.

No other module writes `status`. Of two processes that race, exactly one moves the row. What a
worker writes carries the attempt that it claimed, so a worker that was given up cannot write.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar, cast

from django.conf import settings
from django.db import Error, InterfaceError, OperationalError, connection, models
from django.db.models import F, Q
from django.utils.timezone import now

from teamhub.runs.models import ACTIVE, Outcome, Run, Status

R = TypeVar("R", bound=Run)
T = TypeVar("T")

# What a lost connection, a lock time-out, a deadlock or a full disk raise: nobody's bug.
DATABASE_TROUBLE = (OperationalError, InterfaceError)
_PATIENCE_SECONDS = (0.2, 1.0, 3.0)


class RunTakenAway(Exception):
    """The row was cancelled or given up while we worked; drop what we have."""


def patiently(write: Callable[[], T]) -> T:
    """Call `write`, again a little later while the database is in trouble."""
    for pause in _PATIENCE_SECONDS:
        try:
            return write()
        except DATABASE_TROUBLE:
            if connection.in_atomic_block:  # the whole transaction must be repeated, not its end
                raise
            drop_connection()
            time.sleep(pause)
    return write()


def drop_connection() -> None:
    """Close this thread's connection, whatever state it is in."""
    try:
        connection.close()
    except Error:
        connection.connection = None


def claim(model: type[R], run_id: str, *, worker: str) -> R | None:
    """QUEUED -> RUNNING with the next attempt number. None: there is nothing to do."""
    run = model.objects.filter(pk=run_id, status=Status.QUEUED).first()
    if run is None:
        return None
    at = now()
    fields = {
        "status": Status.RUNNING,
        "attempt": run.attempt + 1,
        "worker": worker,
        "started_at": at,
        "heartbeat_at": at,
        "stage": "",
        "progress": 0.0,
        "code_version": settings.CODE_VERSION,
    }
    queued = model.objects.filter(pk=run.pk, status=Status.QUEUED, attempt=run.attempt)
    if not queued.update(**fields):
        return None
    row: Any = model.objects.select_related("requested_by").get(pk=run.pk)
    claimed: R = row
    # Whoever reads the row now may already see a later attempt; ours is the one we wrote.
    for name, value in fields.items():
        setattr(claimed, name, value)
    return claimed


def beat(run: Run, **fields: Any) -> None:
    """Write a sign of life, and what there is to tell, while the row is ours."""
    if not held(run).update(heartbeat_at=now(), **fields):
        raise RunTakenAway(run.pk)


def succeed(run: Run, *, outcome: str) -> None:
    """RUNNING -> SUCCEEDED; belongs into one transaction with the result."""
    asked_to_stop = held(run).filter(finish_requested_at__isnull=False)
    if outcome == Outcome.FEASIBLE and asked_to_stop.exists():
        outcome = Outcome.STOPPED
    fields: dict[str, Any] = {
        "status": Status.SUCCEEDED,
        "outcome": outcome,
        "finished_at": now(),
        "stage": "",
        "progress": 1.0,
    }
    if not held(run).update(**fields):
        raise RunTakenAway(run.pk)
    for name, value in fields.items():
        setattr(run, name, value)


def fail(run: Run, *, code: str, message: str) -> bool:
    """RUNNING -> FAILED. False: the row is no longer ours."""
    return bool(
        held(run).update(
            status=Status.FAILED, finished_at=now(), error_code=code[:40], error_message=message
        )
    )


def cancel(run: Run) -> bool:
    """QUEUED | RUNNING -> CANCELLED. False: it had already ended."""
    active = type(run).objects.filter(pk=run.pk, status__in=ACTIVE)
    return bool(active.update(status=Status.CANCELLED, finished_at=now()))


def ask_to_finish(run: Run) -> bool:
    """Note on a RUNNING row that somebody wants its best answer now. False: it does not run."""
    running = type(run).objects.filter(pk=run.pk, status=Status.RUNNING)
    return bool(running.update(finish_requested_at=now()))


def give_up(model: type[Run], *, silent_since: datetime, message: str) -> tuple[int, int]:
    """RUNNING -> QUEUED for silent rows, or -> FAILED after the last attempt; count both."""
    silent = model.objects.filter(status=Status.RUNNING, heartbeat_at__lt=silent_since)
    failed = silent.filter(attempt__gte=settings.RUN_MAX_ATTEMPTS).update(
        status=Status.FAILED,
        finished_at=now(),
        error_code="worker_lost",
        error_message=message,
    )
    # Rung "never": the clock's next pass sends it at once.
    requeued = silent.filter(attempt__lt=settings.RUN_MAX_ATTEMPTS).update(
        status=Status.QUEUED, worker="", stage="", progress=0.0, rings=0, rung_at=_long_ago()
    )
    return requeued, failed


def due_for_ring(model: type[R], *, limit: int) -> list[R]:
    """QUEUED rows whose message must be lost: the wait doubles with each ring, up to a cap."""
    first, longest = settings.RUN_RING_SECONDS, settings.RUN_RING_MAX_SECONDS
    at = now()
    due = Q(rung_at__lt=at - timedelta(seconds=longest))
    rings, wait = 0, first
    while wait < longest:
        due |= Q(rings=rings, rung_at__lt=at - timedelta(seconds=wait))
        rings, wait = rings + 1, wait * 2
    queued = model.objects.filter(due, status=Status.QUEUED)
    return cast(list[R], list(queued.order_by("rung_at", "pk")[:limit]))


def note_ring(run: Run) -> bool:
    """Take the ring of this row, so that of two clocks one rings; False: the other was first."""
    seen = type(run).objects.filter(
        pk=run.pk, status=Status.QUEUED, rings=run.rings, rung_at=run.rung_at
    )
    return bool(seen.update(rings=F("rings") + 1, rung_at=now()))


def unring(run: Run) -> None:
    """The broker did not take the message: the wait does not double."""
    type(run).objects.filter(pk=run.pk, status=Status.QUEUED).update(rings=run.rings)


def held(run: Run) -> models.QuerySet[Any]:
    """The row as long as this attempt owns it: the fence of every write."""
    found: models.QuerySet[Any] = type(run).objects.filter(
        pk=run.pk, status=Status.RUNNING, attempt=run.attempt
    )
    return found


def _long_ago() -> datetime:
    return now() - timedelta(days=1)
