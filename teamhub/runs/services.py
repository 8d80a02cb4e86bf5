"""What people and the clock do with runs. Workers do `teamhub.runs.execution`."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TypeVar

from django.conf import settings
from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from teamhub.accounts.models import User
from teamhub.audit import services as audit
from teamhub.errors import Conflict, NotAllowed
from teamhub.runs import bell, frozen, moves, registry
from teamhub.runs.execution import execute
from teamhub.runs.models import Run

__all__ = ["cancel", "execute", "finish_now", "reap", "reproduce", "ring", "run_again", "submit"]

logger = logging.getLogger(__name__)

R = TypeVar("R", bound=Run)

RINGS_A_PASS = 100


@transaction.atomic
def submit(run: R, *, by: User) -> R:
    """Save a queued run; its id goes to the broker once the row is committed.

    A broker that is down costs a second at most: the row stays queued and the clock rings.
    """
    run.requested_by = by
    run.save(force_insert=True)
    audit.record(by, "run.submit", run, after={"kind": run.kind, "seed": run.seed}, run=run)
    transaction.on_commit(lambda: bell.ring(run))
    return run


@transaction.atomic
def cancel(run: Run, *, by: User) -> None:
    """Discard the run at once; its worker notices within a second and ends the kernel."""
    _require_control(run, by)
    if not moves.cancel(run):
        raise Conflict(_("This run has already ended; there is nothing to cancel."))
    audit.record(by, "run.cancel", run, run=run)
    run.refresh_from_db()


@transaction.atomic
def finish_now(run: Run, *, by: User) -> None:
    """Ask the kernel for its best answer so far."""
    _require_control(run, by)
    if not moves.ask_to_finish(run):
        if run.is_active:
            raise Conflict(_("This run has not started yet. Cancel it, or wait for a worker."))
        raise Conflict(_("This run has already ended; its result is there."))
    audit.record(by, "run.finish", run, run=run)
    run.refresh_from_db()


def run_again(run: R, *, by: User) -> R:
    """Compute the same parameters on today's rows."""
    _require_right_to_repeat(run, by)
    return _repeat(run, by=by, input_file="")


def reproduce(run: R, *, by: User) -> R:
    """Compute the stored input once more; `selectors.comparison` then compares the results."""
    _require_right_to_repeat(run, by)
    if not run.input_file or not frozen.exists(run.input_file):
        raise Conflict(_("The input of this run is not stored here. Use “Run again” instead."))
    return _repeat(run, by=by, input_file=run.input_file)


@transaction.atomic
def _repeat(run: R, *, by: User, input_file: str) -> R:
    if run.is_active:
        raise Conflict(_("This run is still active. Wait for its end or cancel it first."))
    model = type(run)
    again = model(
        params=run.params,
        seed=run.seed,
        rerun_of=run,
        input_file=input_file,
        **{name: getattr(run, name) for name in run.copied_fields},
    )
    submit(again, by=by)
    again.copy_relations(run)
    return again


def _require_control(run: Run, by: User) -> None:
    if not run.may_be_controlled_by(by):
        raise NotAllowed(
            _("Only who requested this run, the lead of its project or an administrator may do so.")
        )


def _require_right_to_repeat(run: Run, by: User) -> None:
    _require_control(run, by)
    if not run.may_be_repeated_by(by):
        raise NotAllowed(
            _(
                "Repeating asks for the same rights as a new request, and you no longer have all "
                "of them. Ask the leads of its projects."
            )
        )


# --- the clock's part -----------------------------------------------------------------------------


def ring() -> int:
    """Publish again the ids of queued rows that nobody claimed in time. Returns how many."""
    count = 0
    for model in registry.kinds():
        for run in moves.due_for_ring(model, limit=RINGS_A_PASS - count):
            if not moves.note_ring(run):
                continue
            if not bell.ring(run):
                # Down for this one, down for all: the rest is still due at the next pass.
                moves.unring(run)
                return count
            count += 1
        if count >= RINGS_A_PASS:
            break
    return count


def reap() -> int:
    """Give up the attempts whose worker fell silent. Returns how many."""
    silent_since = now() - timedelta(seconds=settings.RUN_LOST_AFTER_SECONDS)
    count = 0
    for model in registry.kinds():
        requeued, failed = moves.give_up(
            model,
            silent_since=silent_since,
            message=_("Its worker stopped answering %(times)s times. Look at the worker's log.")
            % {"times": settings.RUN_MAX_ATTEMPTS},
        )
        if requeued or failed:
            logger.warning(
                "%s: %s silent runs queued again, %s failed", model.kind, requeued, failed
            )
        count += requeued + failed
    return count
