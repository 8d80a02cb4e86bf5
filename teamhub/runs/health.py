"""Whether this installation can do its work: for /readyz and for the start of the product."""

from __future__ import annotations

import os
import socket
from datetime import timedelta
from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Q
from django.utils.timezone import now

from teamhub.runs import registry
from teamhub.runs.models import Beat

Check = dict[str, Any]

_migrated: list[bool] = []  # once true, true for the life of this process


def health() -> Check:
    """Return {"ready": bool, "checks": {name: {"ok": bool, ...}}}; tells no secret."""
    checks = {"database": _database(), "broker": _broker()}
    if checks["database"]["ok"]:
        checks["migrations"] = _migrations()
        if checks["migrations"]["ok"]:
            checks["workers"] = _workers()
            checks["clock"] = _clock()
    return {"ready": all(check["ok"] for check in checks.values()), "checks": checks}


def _database() -> Check:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return {"ok": False, "say": "The database does not answer."}
    return {"ok": True}


def _broker() -> Check:
    if settings.CELERY_BROKER_URL.startswith(("redis://", "rediss://", "unix://")):
        try:
            with redis.Redis.from_url(
                settings.CELERY_BROKER_URL, socket_timeout=1, socket_connect_timeout=1
            ) as client:
                client.ping()
        except (redis.RedisError, OSError):
            return {"ok": False, "say": "Redis does not answer; runs wait in their rows."}
        return {"ok": True}
    options: dict[str, Any] = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    folder = options.get("folder")
    if folder is None:
        return {"ok": True}
    nearest = Path(folder)
    while not nearest.exists():
        nearest = nearest.parent
    if os.access(nearest, os.W_OK):
        return {"ok": True}
    return {"ok": False, "say": "The folder of the broker cannot be written."}


def _migrations() -> Check:
    if _migrated:
        return {"ok": True}
    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if pending:
        return {"ok": False, "say": f"{len(pending)} migrations wait: manage.py migrate."}
    _migrated.append(True)
    return {"ok": True}


def _silence_s() -> float:
    """How long a process may be silent before it counts as dead."""
    return max(settings.RUN_LOST_AFTER_SECONDS, 3 * settings.RUN_HEARTBEAT_SECONDS)


def _alive() -> Any:
    return Beat.objects.filter(at__gte=now() - timedelta(seconds=_silence_s()))


def _workers() -> Check:
    served: set[str] = set()
    for queues in _alive().filter(kind=Beat.Kind.WORKER).values_list("queues", flat=True):
        served |= set(queues)
    missing = [queue for queue in registry.queues() if queue not in served]
    if missing:
        return {"ok": False, "missing": missing, "say": "These queues have no live worker."}
    return {"ok": True}


def _clock() -> Check:
    if _alive().filter(kind=Beat.Kind.CLOCK).exists():
        return {"ok": True}
    return {"ok": False, "say": "No clock beats: start manage.py clock."}


def process_here(kind: str, queue: str = "") -> Check:
    """Say whether the clock, or the worker for this queue, of this very host beats."""
    host = socket.gethostname()
    # As they name themselves: HOST:PID a clock, NAME@HOST a worker.
    mine = (
        Q(name__startswith=f"{host}:") if kind == Beat.Kind.CLOCK else Q(name__endswith=f"@{host}")
    )
    beats = [
        beat
        for beat in Beat.objects.filter(mine, kind=kind).order_by("-at")
        if not queue or queue in beat.queues
    ]
    wanted = f"{kind} for {queue}" if queue else kind
    if not beats:
        return {"ok": False, "say": f"No {wanted} beats on {host}."}
    silent = (now() - beats[0].at).total_seconds()
    return {
        "ok": silent <= _silence_s(),
        "say": f"The {wanted} on {host} ({beats[0].name}) beat {silent:.1f} s ago.",
    }
