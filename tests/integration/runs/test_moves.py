"""Each arrow is one conditional UPDATE that carries the attempt."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, transaction
from django.utils.timezone import now

from teamhub.runs import moves
from tests.integration.runs.conftest import MakeRun
from tests.probe_app.models import ProbeRun

pytestmark = pytest.mark.both_databases


def claim(run: ProbeRun) -> ProbeRun:
    claimed = moves.claim(ProbeRun, str(run.pk), worker="here:1")
    assert claimed is not None
    return claimed


def test_a_claim_takes_the_next_attempt(make_run: MakeRun) -> None:
    run = claim(make_run())
    run.refresh_from_db()
    assert (run.status, run.attempt, run.worker) == ("running", 1, "here:1")
    assert run.started_at is not None


def test_a_row_is_claimed_once(make_run: MakeRun) -> None:
    run = make_run()
    claim(run)
    assert moves.claim(ProbeRun, str(run.pk), worker="there:2") is None


def test_of_two_claims_that_read_the_same_row_one_wins(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other worker's claim happens between our read and our write."""
    run = make_run()
    calls: list[int] = []

    def other_first() -> Any:
        if not calls:
            calls.append(1)
            ProbeRun.objects.filter(pk=run.pk).update(
                status="running", attempt=1, heartbeat_at=now()
            )
        return now()

    monkeypatch.setattr(moves, "now", other_first)
    assert moves.claim(ProbeRun, str(run.pk), worker="late:1") is None


def test_a_worker_that_was_given_up_cannot_write(make_run: MakeRun) -> None:
    late = claim(make_run())
    moves.give_up(ProbeRun, silent_since=now() + timedelta(seconds=1), message="lost")
    for write in (
        lambda: moves.beat(late),
        lambda: moves.succeed(late, outcome="proven"),
    ):
        with pytest.raises(moves.RunTakenAway):
            write()
    assert not moves.fail(late, code="bug", message="-")
    again = claim(late)
    assert again.attempt == 2
    with pytest.raises(moves.RunTakenAway):
        moves.succeed(late, outcome="proven")
    moves.succeed(again, outcome="proven")


def test_a_silent_run_is_queued_again_and_due_at_once(make_run: MakeRun) -> None:
    claim(make_run())
    assert moves.give_up(ProbeRun, silent_since=now() + timedelta(seconds=1), message="") == (1, 0)
    run = ProbeRun.objects.get()
    assert (run.status, run.attempt, run.rings) == ("queued", 1, 0)
    assert moves.due_for_ring(ProbeRun, limit=9) == [run]


def test_a_run_with_a_fresh_heartbeat_is_left_alone(make_run: MakeRun) -> None:
    claim(make_run())
    silent_since = now() - timedelta(seconds=1)
    assert moves.give_up(ProbeRun, silent_since=silent_since, message="") == (0, 0)


def test_the_last_silent_attempt_fails_the_run(make_run: MakeRun, settings: Any) -> None:
    settings.RUN_MAX_ATTEMPTS = 3
    make_run(status="running", attempt=3, heartbeat_at=now() - timedelta(hours=1))
    assert moves.give_up(ProbeRun, silent_since=now(), message="lost") == (0, 1)
    run = ProbeRun.objects.get()
    assert (run.status, run.error_code, run.error_message) == ("failed", "worker_lost", "lost")


@pytest.mark.parametrize(
    ("rings", "age_s", "due"),
    [
        (0, 4, False),
        (0, 6, True),
        (1, 6, False),
        (1, 11, True),
        (5, 161, True),
        (9, 299, False),
        (9, 301, True),
        (40, 301, True),
    ],
)
def test_the_wait_between_rings_doubles_up_to_five_minutes(
    make_run: MakeRun, settings: Any, rings: int, age_s: int, due: bool
) -> None:
    settings.RUN_RING_SECONDS, settings.RUN_RING_MAX_SECONDS = 5, 300
    make_run(rings=rings, rung_at=now() - timedelta(seconds=age_s))
    assert bool(moves.due_for_ring(ProbeRun, limit=9)) is due


def test_of_two_clocks_one_rings(make_run: MakeRun) -> None:
    make_run(rung_at=now() - timedelta(hours=1))
    ours, theirs = (moves.due_for_ring(ProbeRun, limit=9)[0] for _ in range(2))
    assert moves.note_ring(ours)
    assert not moves.note_ring(theirs)


@pytest.mark.parametrize("status", ["queued", "running"])
def test_an_active_run_can_be_cancelled(make_run: MakeRun, status: str) -> None:
    run = make_run(status=status)
    assert moves.cancel(run)
    run.refresh_from_db()
    assert run.status == "cancelled"
    assert not moves.cancel(run)


def test_finish_now_makes_feasible_stopped_but_leaves_proven(make_run: MakeRun) -> None:
    for said, kept in (("feasible", "stopped"), ("proven", "proven")):
        run = claim(make_run())
        assert moves.ask_to_finish(run)
        moves.succeed(run, outcome=said)
        run.refresh_from_db()
        assert run.outcome == kept


def test_the_database_refuses_an_end_without_a_time(make_run: MakeRun) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_run(status="succeeded")


def test_patience_survives_two_failures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moves, "_PATIENCE_SECONDS", (0, 0))
    monkeypatch.setattr(moves, "drop_connection", lambda: None)
    monkeypatch.setattr(moves, "connection", type("C", (), {"in_atomic_block": False}))
    tries = []

    def write() -> str:
        tries.append(1)
        if len(tries) < 3:
            raise OperationalError("database is locked")
        return "written"

    assert moves.patiently(write) == "written"
