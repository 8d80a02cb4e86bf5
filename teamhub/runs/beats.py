"""What a worker does beside its runs: beat, sweep its host, end orphans of its pool."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from typing import Any

from celery.signals import worker_process_init, worker_ready, worker_shutdown
from django.conf import settings
from django.utils.timezone import now

from teamhub.runs import job_folders, moves
from teamhub.runs.models import Beat

logger = logging.getLogger(__name__)

ORPHAN_LOOK_SECONDS = 0.5
SWEEP_SECONDS = 60.0

# A pool process forked while the beating thread is inside the database's library could inherit a
# lock that nobody releases. So the two exclude each other.
_beating = threading.Lock()
os.register_at_fork(
    before=_beating.acquire, after_in_parent=_beating.release, after_in_child=_beating.release
)


def beat(kind: str, name: str, queues: list[str] | None = None) -> None:
    Beat.objects.update_or_create(
        kind=kind, name=name[:160], defaults={"queues": queues or [], "at": now()}
    )


class _Beater:
    """The thread of a worker's parent process."""

    def __init__(self, name: str, queues: list[str]) -> None:
        self._name = name
        self._queues = queues
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="beat", daemon=True)
        self._thread.start()

    def _loop(self) -> None:
        sweep_at = 0.0
        while True:
            with _beating:
                try:
                    beat(Beat.Kind.WORKER, self._name, self._queues)
                    if time.monotonic() >= sweep_at:
                        sweep_at = time.monotonic() + SWEEP_SECONDS
                        # The clock does not see this folder when it is on another host.
                        job_folders.sweep()
                except moves.DATABASE_TROUBLE as error:
                    logger.warning("worker %s: sign of life missed: %s", self._name, error)
                finally:
                    moves.drop_connection()
            if self._done.wait(settings.RUN_HEARTBEAT_SECONDS):
                return

    def stop(self) -> None:
        """Say good-bye, so that nobody counts on this worker any more."""
        self._done.set()
        self._thread.join(5)
        try:
            Beat.objects.filter(kind=Beat.Kind.WORKER, name=self._name).delete()
        except moves.DATABASE_TROUBLE as error:
            logger.warning("worker %s: could not say good-bye: %s", self._name, error)
        finally:
            moves.drop_connection()


_beaters: list[_Beater] = []


@worker_ready.connect
def _start_beating(sender: Any, **kwargs: Any) -> None:
    queues = sorted(sender.app.amqp.queues.consume_from)
    _beaters.append(_Beater(sender.hostname, queues))


@worker_shutdown.connect
def _stop_beating(**kwargs: Any) -> None:
    while _beaters:
        _beaters.pop().stop()


@worker_process_init.connect
def _die_with_worker(**kwargs: Any) -> None:
    """Celery asks Linux for a signal at its parent's death; this holds elsewhere and in a race.

    The kernel that such a process runs ends by itself, at the end of its standard input.
    """
    parent = os.getppid()

    def look() -> None:
        while os.getppid() == parent:
            time.sleep(ORPHAN_LOOK_SECONDS)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=look, name="orphan-watch", daemon=True).start()
