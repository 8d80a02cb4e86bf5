"""One run from claim to end, with its real kernel in a child process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.utils.timezone import now

from teamhub.accounts.models import User
from teamhub.kernel.child import KernelBug
from teamhub.runs import execution, frozen, moves, selectors, services
from tests.integration.runs.conftest import MakeRun
from tests.probe_app import tasks
from tests.probe_app.models import ProbeIncumbent, ProbePart, ProbeRun

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


def work(run: ProbeRun) -> ProbeRun:
    tasks.probe(str(run.pk))
    run.refresh_from_db()
    return run


def soon(call: Callable[[], object], *, when: Callable[[], bool]) -> threading.Thread:
    """Do something from outside while the run works."""

    def wait() -> None:
        try:
            end = time.monotonic() + 20
            while not when() and time.monotonic() < end:
                time.sleep(0.05)
            call()
        finally:
            connection.close()

    thread = threading.Thread(target=wait)
    thread.start()
    return thread


def running() -> bool:
    return ProbeIncumbent.objects.exists()


def test_a_run_succeeds_with_its_rows(make_run: MakeRun) -> None:
    run = work(make_run(params={"steps": 3}, seed=10))
    assert (run.status, run.outcome, run.total) == ("succeeded", "proven", 16)
    assert (run.attempt, run.progress, run.stage) == (1, 1.0, "")
    assert run.parts.count() == 3
    assert run.finished_at is not None
    assert [row.step for row in run.incumbents()] == [0, 1, 2]


def test_no_job_folder_is_left(make_run: MakeRun, settings: Any) -> None:
    work(make_run())
    assert list(settings.RUN_DIR.iterdir()) == []


def test_a_second_delivery_does_nothing(make_run: MakeRun) -> None:
    run = work(make_run())
    first = run.finished_at
    assert work(run).finished_at == first
    assert ProbePart.objects.count() == 3


@pytest.mark.parametrize("run_id", ["", "no id", "00000000-0000-0000-0000-000000000000"])
def test_a_message_about_nothing_is_harmless(bo: User, run_id: str) -> None:
    tasks.probe(run_id)


def test_an_error_of_load_becomes_the_users_message(make_run: MakeRun) -> None:
    run = work(make_run(params={"refuse": True}))
    assert (run.status, run.error_code) == ("failed", "conflict")
    assert run.error_message == "The rows do not fit together."


def test_a_foreseen_error_of_the_kernel_becomes_the_users_message(make_run: MakeRun) -> None:
    run = work(make_run(params={"fail": "value"}))
    assert (run.status, run.error_code) == ("failed", "no_answer")
    assert run.error_message == "Nobody holds NLP in March."


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "There is no project “a”."), ("zh-hans", "没有项目“a”。")],
)
def test_a_template_of_the_kernel_is_said_in_the_users_language(
    make_run: MakeRun, bo: User, language: str, words: str
) -> None:
    bo.language = language
    bo.save()
    run = work(make_run(params={"fail": "template"}))
    assert (run.error_code, run.error_message) == ("no_file", words)


@pytest.mark.parametrize("how", ["bug", "exit"])
def test_a_bug_is_raised_for_the_log_and_hidden_from_the_user(make_run: MakeRun, how: str) -> None:
    run = make_run(params={"fail": how})
    with pytest.raises(KernelBug):
        tasks.probe(str(run.pk))
    run.refresh_from_db()
    assert (run.status, run.error_code) == ("failed", "bug")
    assert "a bug of the kernel" not in run.error_message


def test_a_kernel_that_the_system_kills_fails_its_run_in_words(make_run: MakeRun) -> None:
    run = work(make_run(params={"fail": "kill"}))
    assert (run.status, run.error_code) == ("failed", "killed")
    assert "want of memory" in run.error_message


def test_an_outcome_that_nobody_knows_is_a_bug(make_run: MakeRun) -> None:
    run = make_run(params={"outcome": "wonderful"})
    with pytest.raises(KernelBug, match="wonderful"):
        tasks.probe(str(run.pk))
    run.refresh_from_db()
    assert run.status == "failed"


def test_infeasible_is_an_answer(make_run: MakeRun) -> None:
    run = work(make_run(params={"outcome": "infeasible"}))
    assert (run.status, run.outcome) == ("succeeded", "infeasible")


def test_a_store_that_breaks_leaves_no_half_result(make_run: MakeRun) -> None:
    run = make_run(params={"break_store": True})
    with pytest.raises(KeyError):
        tasks.probe(str(run.pk))
    run.refresh_from_db()
    assert (run.status, run.error_code, run.total) == ("failed", "bug", None)
    assert not ProbePart.objects.exists()


def test_cancel_ends_the_kernel_and_drops_its_result(make_run: MakeRun, bo: User) -> None:
    run = make_run(params={"steps": 300, "seconds": 60})
    thread = soon(lambda: services.cancel(ProbeRun.objects.get(), by=bo), when=running)
    began = time.monotonic()
    work(run)
    thread.join()
    assert (run.status, run.total) == ("cancelled", None)
    assert not ProbePart.objects.exists()
    assert time.monotonic() - began < 20


def test_finish_now_brings_the_best_so_far(make_run: MakeRun, bo: User) -> None:
    run = make_run(params={"steps": 300, "seconds": 60, "outcome": "feasible"})
    thread = soon(lambda: services.finish_now(ProbeRun.objects.get(), by=bo), when=running)
    work(run)
    thread.join()
    assert (run.status, run.outcome) == ("succeeded", "stopped")
    assert run.parts.count() == 3


def test_a_kernel_that_does_not_come_back_gives_way_to_what_it_put_aside(
    make_run: MakeRun, bo: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execution, "FINISH_GRACE_SECONDS", 0.5)
    run = make_run(params={"steps": 300, "seconds": 60, "ignore_stop": True, "best": True})
    thread = soon(lambda: services.finish_now(ProbeRun.objects.get(), by=bo), when=running)
    work(run)
    thread.join()
    assert (run.status, run.outcome, run.total) == ("succeeded", "stopped", -1)


def test_a_kernel_that_overruns_its_limit_is_stopped(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execution, "FINISH_GRACE_SECONDS", 0.5)
    long = {"steps": 300, "seconds": 60, "limit_s": 0.5}
    polite, deaf = make_run(params=long), make_run(params=long | {"ignore_stop": True})
    assert work(polite).outcome == "stopped"
    assert (work(deaf).status, deaf.error_code) == ("failed", "overtime")


def test_a_worker_that_was_given_up_stores_nothing(make_run: MakeRun) -> None:
    """Another attempt claims the row while the first still computes."""
    run = make_run(params={"steps": 20, "seconds": 2})

    def take_over() -> None:
        moves.give_up(ProbeRun, silent_since=now(), message="")
        assert moves.claim(ProbeRun, str(run.pk), worker="other:1")

    thread = soon(take_over, when=running)
    work(run)
    thread.join()
    assert (run.status, run.attempt, run.worker) == ("running", 2, "other:1")
    assert not ProbePart.objects.exists()


def test_the_heart_beats_while_the_kernel_computes(make_run: MakeRun) -> None:
    run = make_run(params={"steps": 1, "seconds": 1.5})
    work(run)
    assert run.heartbeat_at is not None
    assert run.started_at is not None
    assert (run.heartbeat_at - run.started_at).total_seconds() > 0.5


def test_a_database_in_trouble_leaves_the_row_to_the_clock(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(run: Any, result: Any) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(moves, "_PATIENCE_SECONDS", (0,))
    run = make_run()
    with pytest.raises(OperationalError):
        services.execute(ProbeRun, str(run.pk), load=tasks.load, module=tasks.KERNEL, store=locked)
    run.refresh_from_db()
    assert run.status == "running"


def test_a_later_attempt_takes_the_frozen_input(make_run: MakeRun) -> None:
    digest = frozen.freeze({"steps": 4, "seed": 0})
    run = work(make_run(params={"steps": 1}, attempt=1, input_file=digest))
    assert run.total == 10


def test_a_later_attempt_on_a_host_without_the_input_loads_again(make_run: MakeRun) -> None:
    run = work(make_run(params={"steps": 1}, attempt=1, input_file="0" * 64))
    assert (run.status, run.total) == ("succeeded", 1)
    assert frozen.exists(run.input_file)


def test_a_second_attempt_of_a_run_again_on_another_host_makes_the_same_input_anew(
    make_run: MakeRun, bo: User, settings: Any, tmp_path: Path
) -> None:
    """Its first attempt found the rows unchanged, so it looks like a reproduction."""
    first = work(make_run(params={"steps": 2}))
    again = services.run_again(first, by=bo)
    ProbeRun.objects.filter(pk=again.pk).update(attempt=1, input_file=first.input_file)
    settings.RUN_INPUT_DIR = tmp_path / "other host"

    again = work(again)

    assert (again.status, again.attempt, again.total) == ("succeeded", 2, 3)
    assert frozen.exists(again.input_file)


@pytest.mark.parametrize(
    "today", [{"steps": 3}, {"refuse": True}], ids=["rows changed", "rows do not fit any more"]
)
def test_a_reproduction_on_another_host_never_computes_another_input(
    make_run: MakeRun, bo: User, settings: Any, tmp_path: Path, today: dict[str, Any]
) -> None:
    first = work(make_run(params={"steps": 2}))
    again = services.reproduce(first, by=bo)
    ProbeRun.objects.filter(pk=again.pk).update(attempt=1, params=today)
    settings.RUN_INPUT_DIR = tmp_path / "other host"

    again = work(again)

    assert (again.status, again.error_code) == ("failed", "input_missing")
    assert not settings.RUN_INPUT_DIR.exists()


@pytest.mark.parametrize("noisy", [False, True])
def test_a_reproduction_is_compared_with_its_original(
    make_run: MakeRun, bo: User, noisy: bool
) -> None:
    first = work(make_run(params={"steps": 2, "noisy": noisy}))
    ProbeRun.objects.filter(pk=first.pk).update(params={"steps": 9})  # today's rows differ
    again = work(services.reproduce(first, by=bo))
    compared = selectors.comparison(again)
    assert compared is not None
    assert compared.original == first
    assert compared.same is not noisy


def test_a_reproduction_without_its_input_says_so(make_run: MakeRun) -> None:
    first = make_run(status="succeeded", finished_at=now(), input_file="0" * 64)
    run = work(make_run(rerun_of=first, input_file="0" * 64))
    assert (run.status, run.error_code) == ("failed", "input_missing")


def test_what_belongs_to_this_host_is_added_to_the_job_and_not_frozen(make_run: MakeRun) -> None:
    place = {"steps": 4}
    run = make_run(params={"steps": 1})
    services.execute(
        ProbeRun,
        str(run.pk),
        load=tasks.load,
        module=tasks.KERNEL,
        store=tasks.store,
        place=lambda _run: place,
    )
    run.refresh_from_db()
    assert run.total == 10
    assert frozen.thaw(run.input_file) == {"seed": 0, "steps": 1}


def test_messages_speak_the_language_of_who_asked(make_run: MakeRun, bo: User) -> None:
    from django.utils import translation

    seen: list[str | None] = []

    def load(run: ProbeRun) -> dict[str, Any]:
        seen.append(translation.get_language())
        return {"steps": 1}

    bo.language = "zh-hans"
    bo.save()
    run = make_run()
    services.execute(ProbeRun, str(run.pk), load=load, module=tasks.KERNEL, store=tasks.store)
    assert seen == ["zh-hans"]
