"""The thread that keeps a claimed run alive and hears what people want from it."""

from __future__ import annotations

import logging
import threading
import time
from types import TracebackType
from typing import Self

from django.conf import settings

from teamhub.runs import moves
from teamhub.runs.models import Run

logger = logging.getLogger(__name__)

LOOK_SECONDS = 1.0  # how late a cancel or a finish is noticed at most


class Watch:
    """From claim to end: beat, and set `lost` or `finish` when the row says so."""

    def __init__(self, run: Run) -> None:
        self.lost = threading.Event()
        self.finish = threading.Event()
        self._run = run
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._loop, name=f"watch-{run.pk}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._done.set()
        self._thread.join()

    def _loop(self) -> None:
        every = settings.RUN_HEARTBEAT_SECONDS
        pause = min(LOOK_SECONDS, every)
        beaten_at = time.monotonic()
        try:
            while not self._done.wait(pause) and not self.lost.is_set():
                due = time.monotonic() - beaten_at >= every
                try:
                    self._look(write=due)
                except moves.DATABASE_TROUBLE as error:
                    # The next look tries again; a long silence lets the clock give us up.
                    logger.warning("run %s: sign of life missed: %s", self._run.pk, error)
                    moves.drop_connection()
                else:
                    if due:
                        beaten_at = time.monotonic()
        finally:
            moves.drop_connection()

    def _look(self, *, write: bool) -> None:
        if write:
            try:
                moves.beat(self._run)
            except moves.RunTakenAway:
                self.lost.set()
                return
        row = moves.held(self._run).values_list("finish_requested_at", flat=True).first()
        if row is not None:
            self.finish.set()
        elif not write and not moves.held(self._run).exists():
            self.lost.set()
