"""What people and the clock do with runs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils.timezone import now
from kombu.exceptions import OperationalError

from teamhub.accounts.models import User
from teamhub.celery import app
from teamhub.errors import Conflict, NotAllowed
from teamhub.runs import bell, frozen, services
from teamhub.runs.models import Run
from tests.integration.runs.conftest import MakeRun, MakeUser
from tests.probe_app.models import OtherRun, ProbeRun

Capture = Any


def test_the_message_leaves_only_after_the_commit(
    bo: User, rung: list[str], django_capture_on_commit_callbacks: Capture
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        run = services.submit(ProbeRun(params={"steps": 1}), by=bo)
        assert rung == []
    assert rung == [str(run.pk)]
    assert run.requested_by == bo


def test_a_broker_that_is_down_leaves_the_row_queued(
    bo: User,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Capture,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def refuse(*args: Any, **options: Any) -> None:
        raise OperationalError("Connection refused")

    monkeypatch.setattr(app, "send_task", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        run = services.submit(ProbeRun(), by=bo)
    run.refresh_from_db()
    assert run.status == "queued"
    assert "Connection refused" in caplog.text


def test_the_message_names_task_queue_and_id(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(app, "send_task", lambda *a, **k: sent.append((a, k)))
    run = make_run()
    assert bell.ring(run)
    [((name,), options)] = sent
    assert name == "tests.probe_app.tasks.probe"
    assert (options["args"], options["queue"], options["retry"]) == ([str(run.pk)], "solve", False)


def test_ring_sends_every_kind_and_at_most_a_hundred(
    make_run: MakeRun, bo: User, rung: Any
) -> None:
    long_ago = now() - timedelta(hours=1)
    for _ in range(70):
        make_run(rung_at=long_ago)
        OtherRun.objects.create(requested_by=bo, rung_at=long_ago)
    assert services.ring() == 100
    assert services.ring() == 40
    assert services.ring() == 0
    assert len(set(rung)) == 140


def test_ring_stops_at_the_first_refusal_and_does_not_count_it(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        make_run(rung_at=now() - timedelta(hours=1))
    asked: list[Run] = []
    monkeypatch.setattr(bell, "ring", asked.append)
    assert services.ring() == 0
    assert len(asked) == 1
    assert set(ProbeRun.objects.values_list("rings", flat=True)) == {0}


def test_reap_covers_every_kind(make_run: MakeRun, bo: User) -> None:
    silent = {"status": "running", "attempt": 1, "heartbeat_at": now() - timedelta(hours=1)}
    make_run(**silent)
    OtherRun.objects.create(requested_by=bo, **silent)
    assert services.reap() == 2
    assert OtherRun.objects.get().status == "queued"


def test_cancel_after_the_end_is_a_conflict(make_run: MakeRun, bo: User) -> None:
    run = make_run(status="succeeded", finished_at=now())
    with pytest.raises(Conflict, match="already ended"):
        services.cancel(run, by=bo)


@pytest.mark.parametrize(
    "service", [services.cancel, services.finish_now, services.run_again, services.reproduce]
)
def test_a_member_cannot_control_the_run_of_another(
    make_run: MakeRun, make_member: MakeUser, service: Any
) -> None:
    digest = frozen.freeze({"a": 1})
    run = make_run(status="running", attempt=1, input_file=digest)
    with pytest.raises(NotAllowed):
        service(run, by=make_member("cy", "manager"))
    run.refresh_from_db()
    assert (run.status, run.finish_requested_at) == ("running", None)


def test_an_administrator_may_cancel_for_others(make_run: MakeRun, make_member: MakeUser) -> None:
    run = make_run()
    services.cancel(run, by=make_member("root", "administrator"))
    assert run.status == "cancelled"


def test_finish_now_needs_a_running_run(make_run: MakeRun, bo: User) -> None:
    with pytest.raises(Conflict, match="not started"):
        services.finish_now(make_run(), by=bo)
    with pytest.raises(Conflict, match="already ended"):
        services.finish_now(make_run(status="cancelled", finished_at=now()), by=bo)
    run = make_run(status="running", attempt=1)
    services.finish_now(run, by=bo)
    assert run.finish_requested_at is not None


def test_run_again_takes_the_parameters_but_not_the_stored_input(
    make_run: MakeRun, bo: User, rung: list[str]
) -> None:
    first = make_run(
        params={"steps": 2}, seed=7, note="n", input_file="f" * 64, attempt=2,
        status="succeeded", finished_at=now(),
    )  # fmt: skip
    again = services.run_again(first, by=bo)
    again.refresh_from_db()
    assert (again.params, again.seed, again.note) == ({"steps": 2}, 7, "n")
    assert (again.rerun_of, again.input_file, again.attempt) == (first, "", 0)
    assert again.status == "queued"


def test_an_active_run_is_not_repeated(make_run: MakeRun, bo: User) -> None:
    with pytest.raises(Conflict, match="still active"):
        services.run_again(make_run(), by=bo)


def test_reproduce_needs_the_stored_input(make_run: MakeRun, bo: User, rung: list[str]) -> None:
    ended = {"status": "succeeded", "finished_at": now()}
    with pytest.raises(Conflict, match="not stored"):
        services.reproduce(make_run(input_file="0" * 64, **ended), by=bo)
    digest = frozen.freeze({"steps": 1})
    again = services.reproduce(make_run(input_file=digest, **ended), by=bo)
    assert again.input_file == digest
