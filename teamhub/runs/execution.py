"""What a worker does with one run: claim, load, compute in a child, store."""

from __future__ import annotations

import json
import logging
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from simple_history.models import HistoricalRecords

from teamhub.errors import TeamHubError
from teamhub.kernel.child import Child, Json, KernelBug, KernelRefused
from teamhub.runs import frozen, job_folders, moves
from teamhub.runs.models import Outcome, Run
from teamhub.runs.moves import RunTakenAway
from teamhub.runs.watch import Watch

logger = logging.getLogger(__name__)

R = TypeVar("R", bound=Run)

TICK_SECONDS = 0.1
FINISH_GRACE_SECONDS = 15.0  # then the best result put aside is taken


class KernelFailed(TeamHubError):
    """The kernel foresaw why it cannot answer."""


def execute(
    model: type[R],
    run_id: str,
    *,
    load: Callable[[R], Json],
    module: str,
    store: Callable[[R, Json], None],
    record: Callable[[R, Json], None] | None = None,
    place: Callable[[R], Json] | None = None,
    threads: int = 1,
) -> None:
    """Drive one run from QUEUED to its end.

    A second delivery of the message finds no queued row and does nothing. `load` reads rows and
    returns the job as JSON; `module` computes it in a child; `store` writes the result, in one
    transaction with the status SUCCEEDED. `record` writes each line of a curve as a row of its own,
    unique on (run, attempt, step). `place` adds to the job what belongs to this host, such as
    paths; it is not frozen. A job may name `limit_s`, its time limit in seconds.
    """
    try:
        run = moves.patiently(lambda: moves.claim(model, run_id, worker=_worker_name()))
    except (ValidationError, ValueError):
        logger.warning("%s: %r is no id of a run", model.kind, run_id)
        return
    if run is None:
        logger.info("%s %s is not queued; nothing to do", model.kind, run_id)
        return
    with _acting_for(run), Watch(run) as watch, job_folders.opened(run) as folder:
        try:
            job = _frozen_job(run, load) | (place(run) if place is not None else {})
            (folder / "job.json").write_text(json.dumps(job), "utf-8")
            with Child(module, folder, threads=threads) as child:
                result = _listen(child, watch, _Teller(run, record), limit_s=job.get("limit_s"))
            _finish(run, result, store)
        except RunTakenAway:
            logger.info("run %s was taken away; its result is dropped", run.pk)
        except TeamHubError as error:
            _fail(run, error.code, str(error))
        except moves.DATABASE_TROUBLE:
            # Nobody's bug: the row falls silent and the clock queues it again.
            logger.warning("run %s: left to the clock, the database is in trouble", run.pk)
            raise
        except Exception:
            _fail(run, "bug", _("An unexpected error. The log of the worker has the details."))
            raise


def _frozen_job(run: R, load: Callable[[R], Json]) -> Json:
    """Return the stored input if the run has one (a later attempt, a reproduction), else load.

    It may lie on another host. Then the rows are read: any run may go on with the same input, but
    only one that reproduces nothing may go on with another.
    """
    stored = run.input_file
    if stored and frozen.exists(stored):
        return frozen.thaw(stored)
    if stored and _is_reproduction(run):
        return _same_job(run, load)
    job = load(run)
    _note_input(run, frozen.freeze(job))
    return job


def _same_job(run: R, load: Callable[[R], Json]) -> Json:
    """Make the stored input anew, which works while its rows are as they were."""
    missing = TeamHubError(
        _("The stored input is not on this worker's host. Use “Run again” instead."),
        code="input_missing",
    )
    try:
        job = load(run)
    except TeamHubError:
        raise missing from None
    if frozen.digest(job) != run.input_file:
        raise missing
    frozen.freeze(job)
    return job


def _note_input(run: Run, digest: str) -> None:
    run.input_file = digest
    moves.patiently(lambda: moves.beat(run, input_file=digest))


def _is_reproduction(run: Run) -> bool:
    original = run.rerun_of
    return original is not None and original.input_file == run.input_file


def _listen(child: Child, watch: Watch, teller: _Teller, *, limit_s: float | None) -> Json:
    """Follow a kernel to its end and return its result.

    After `limit_s` seconds it is asked to finish, as if somebody had pressed the button: a solver
    can overshoot its own limit. A kernel that does not come back within the grace gives way to the
    best result that it put aside.
    """
    started_at = time.monotonic()
    asked_at: float | None = None
    for message in child.messages(TICK_SECONDS):
        if watch.lost.is_set():
            raise RunTakenAway
        if message is not None:
            teller.hear(message)
        teller.tell()
        at = time.monotonic()
        overtime = limit_s is not None and at - started_at > limit_s
        if asked_at is None and (overtime or watch.finish.is_set()):
            child.ask_to_finish()
            asked_at = at
        if asked_at is not None and at - asked_at > FINISH_GRACE_SECONDS:
            best = child.best()
            if best is not None:
                return best | {"outcome": Outcome.STOPPED}
            if overtime:
                raise KernelFailed(
                    _("No answer within the time limit. Allow more seconds or a smaller scope."),
                    code="overtime",
                )
    teller.tell(everything=True)
    try:
        return child.result()
    except KernelRefused as error:
        words = _(error.template) % error.details if error.template else str(error)
        raise KernelFailed(words, code=error.code, **error.details) from None


# What the child's own end says, here so that it is translated; a test holds both together.
WORDS = (
    gettext_noop(
        "The system ended the computation, most likely for want of memory. Ask for less at once."
    ),
)


class _Teller:
    """Write what the kernel tells, at most once in `RUN_REPORT_SECONDS`, while the row is ours."""

    def __init__(self, run: R, record: Callable[[R, Json], None] | None) -> None:
        self._run = run
        self._record: Callable[[Any, Json], None] | None = record
        self._lines: list[Json] = []
        self._progress: Json = {}
        self._told_at = 0.0

    def hear(self, message: Json) -> None:
        if message.get("type") == "progress":
            share = min(1.0, max(0.0, float(message.get("progress") or 0)))
            self._progress = {"stage": str(message.get("stage", ""))[:80], "progress": share}
        elif self._record is not None:
            self._lines.append(message)

    def tell(self, *, everything: bool = False) -> None:
        if not self._progress and not self._lines:
            return
        if not everything and time.monotonic() - self._told_at < settings.RUN_REPORT_SECONDS:
            return
        moves.patiently(self._write)
        self._told_at = time.monotonic()
        self._lines, self._progress = [], {}

    def _write(self) -> None:
        with transaction.atomic():
            moves.beat(self._run, **self._progress)
            if self._record is not None:
                for line in self._lines:
                    self._record(self._run, line)


def _finish(run: R, result: Json, store: Callable[[R, Json], None]) -> None:
    outcome = str(result.get("outcome", ""))
    if outcome not in Outcome.values:
        raise KernelBug(f"the kernel's outcome {outcome!r} is none of {Outcome.values}")
    frozen.keep_result(run.pk, frozen.without(result, run.volatile_keys))

    def write() -> None:
        with transaction.atomic():
            moves.succeed(run, outcome=outcome)
            store(run, result)

    moves.patiently(write)


def _fail(run: Run, code: str, message: str) -> None:
    if not moves.patiently(lambda: moves.fail(run, code=code, message=message)):
        logger.info("run %s was taken away before it failed with %s", run.pk, code)


def _worker_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"[:120]


@contextmanager
def _acting_for(run: Run) -> Iterator[None]:
    """Histories name who asked, and messages speak that person's language."""
    user = run.requested_by
    context = HistoricalRecords.context
    before = getattr(context, "request", None)
    context.request = _Request(user)
    try:
        with translation.override(user.language or settings.LANGUAGE_CODE):
            yield
    finally:
        if before is None:
            del context.request
        else:
            context.request = before


class _Request:
    """As much of a request as the history reads."""

    def __init__(self, user: Any) -> None:
        self.user = user
