"""Both ends of the wire, with real child processes and no Django."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from teamhub.kernel.child import Child, KernelBug, KernelRefused, plain
from teamhub.runs import execution

KERNEL = "tests.probe_app.kernel"


def start(folder: Path, **job: Any) -> Child:
    (folder / "job.json").write_text(json.dumps(job))
    return Child(KERNEL, folder)


def drain(child: Child) -> list[dict[str, Any]]:
    return [message for message in child.messages(0.1) if message is not None]


def test_a_kernel_tells_its_progress_and_returns_its_result(tmp_path: Path) -> None:
    with start(tmp_path, steps=2, seconds=0.1) as child:
        told = drain(child)
        result = child.result()
    assert [line["progress"] for line in told if line["type"] == "progress"] == [0.5, 1.0]
    incumbents = [line for line in told if line["type"] == "incumbent"]
    assert [(line["step"], line["objective"]) for line in incumbents] == [(0, 1.0), (1, 2.0)]
    assert result["total"] == 3
    assert result["outcome"] == "proven"


def test_infinity_travels_as_none(tmp_path: Path) -> None:
    with start(tmp_path, steps=1) as child:
        told = drain(child)
    assert [line["bound"] for line in told if line["type"] == "incumbent"] == [None]


def test_messages_come_while_the_kernel_works(tmp_path: Path) -> None:
    with start(tmp_path, steps=10, seconds=10) as child:
        first = next(message for message in child.messages(0.1) if message)
        assert first["progress"] == 0.1


def test_what_an_ended_kernel_wrote_last_is_not_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """1. The parent waits in vain. 2. The kernel writes and ends. 3. The parent sees its end."""
    waited = select.select

    def in_vain(*args: Any) -> Any:
        monkeypatch.setattr(select, "select", waited)
        child._process.wait()
        return [], [], []

    with start(tmp_path, steps=6, seconds=0.1) as child:
        monkeypatch.setattr(select, "select", in_vain)
        told = drain(child)
    assert len([line for line in told if line["type"] == "incumbent"]) == 6


def test_lines_come_when_something_else_keeps_the_descriptor_open(tmp_path: Path) -> None:
    with start(tmp_path, steps=2, spawn="keeps-it-open") as child:
        assert len(drain(child)) == 4


def test_a_foreseen_error_comes_with_code_and_details(tmp_path: Path) -> None:
    with start(tmp_path, fail="value") as child:
        drain(child)
        with pytest.raises(KernelRefused, match="Nobody holds NLP") as refused:
            child.result()
    assert refused.value.code == "no_answer"
    assert refused.value.details == {"week": "2026-W48"}


def test_a_bug_comes_with_its_traceback_and_what_was_printed(tmp_path: Path) -> None:
    with start(tmp_path, fail="bug", say="last words") as child:
        drain(child)
        with pytest.raises(KernelBug) as bug:
            child.result()
    assert "a bug of the kernel" in str(bug.value)
    assert "_misbehave" in str(bug.value)
    assert "last words" in str(bug.value)


def test_a_kernel_that_ends_without_a_result_is_a_bug(tmp_path: Path) -> None:
    with start(tmp_path, fail="exit") as child:
        drain(child)
        with pytest.raises(KernelBug, match="status 3"):
            child.result()


def test_a_kernel_that_the_system_killed_says_so_in_any_language(tmp_path: Path) -> None:
    with start(tmp_path, fail="kill") as child:
        drain(child)
        with pytest.raises(KernelRefused, match="want of memory") as refusal:
            child.result()

    assert refusal.value.code == "killed"
    assert refusal.value.template in execution.WORDS


def test_finish_brings_the_best_so_far(tmp_path: Path) -> None:
    with start(tmp_path, steps=100, seconds=60) as child:
        for message in child.messages(0.1):
            if message:
                child.ask_to_finish()
                break
        drain(child)
        assert child.result()["outcome"] == "stopped"


def test_a_kernel_that_ignores_term_is_killed_after_two_seconds(tmp_path: Path) -> None:
    child = start(tmp_path, ignore_term=True, ignore_stop=True, steps=100, seconds=60)
    next(message for message in child.messages(0.1) if message)
    began = time.monotonic()
    child.end()
    assert 1.5 < time.monotonic() - began < 6
    assert not psutil.pid_exists(child.pid)


def test_what_a_kernel_started_ends_with_it(tmp_path: Path) -> None:
    mark = f"probe-{os.getpid()}-{time.monotonic_ns()}"
    with start(tmp_path, spawn=mark, steps=1):
        wait_until(lambda: marked(mark))
    wait_until(lambda: not marked(mark))


def test_end_may_be_called_twice(tmp_path: Path) -> None:
    child = start(tmp_path, steps=1)
    child.end()
    child.end()


def test_a_kernel_ends_at_once_when_its_worker_is_killed(tmp_path: Path) -> None:
    (tmp_path / "job.json").write_text(
        json.dumps({"steps": 600, "seconds": 600, "ignore_term": True, "ignore_stop": True})
    )
    worker = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys; from pathlib import Path; from teamhub.kernel.child import Child\n"
            f"child = Child('{KERNEL}', Path(sys.argv[1])); print(child.pid, flush=True)\n"
            "list(child.messages(1))",
            str(tmp_path),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    with worker:
        assert worker.stdout is not None
        kernel = psutil.Process(int(worker.stdout.readline()))
        time.sleep(0.3)
        worker.kill()
    wait_until(lambda: not kernel.is_running() or kernel.status() == psutil.STATUS_ZOMBIE, 3)


def test_secrets_stay_with_the_worker_and_threads_are_limited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "do not tell")
    with start(tmp_path, steps=20, seconds=20) as child:
        env = psutil.Process(child.pid).environ()
        assert "SECRET_KEY" not in env
        assert env["OMP_NUM_THREADS"] == "1"


def alone(folder: Path, **job: Any) -> subprocess.Popen[str]:
    """The kernel without a worker, as a scheduler starts it."""
    (folder / "job.json").write_text(json.dumps(job))
    code = (
        "import sys; from teamhub.kernel.child import has_worker, serve_alone\n"
        f"from {KERNEL} import run; assert not has_worker(); sys.exit(serve_alone(run))"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code, str(folder)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )


def test_a_kernel_works_without_a_worker(tmp_path: Path) -> None:
    with alone(tmp_path, steps=2, seconds=0.1) as process:
        out, _err = process.communicate()
    lines = [json.loads(line) for line in out.splitlines()]
    assert [line["objective"] for line in lines if line["type"] == "incumbent"] == [1, 2]
    assert json.loads((tmp_path / "result.json").read_text())["result"]["total"] == 3
    assert process.returncode == 0


@pytest.mark.parametrize(
    ("fail", "status", "words"),
    [("value", 2, "no_answer: Nobody holds NLP in March."), ("bug", 1, "a bug of the kernel")],
)
def test_without_a_worker_errors_go_to_the_error_output(
    fail: str, status: int, words: str, tmp_path: Path
) -> None:
    with alone(tmp_path, fail=fail, steps=1, seconds=0) as process:
        _out, err = process.communicate()
    assert process.returncode == status
    assert words in err


@pytest.mark.parametrize("ask", [signal.SIGTERM, signal.SIGINT])
def test_without_a_worker_a_signal_asks_for_the_best_so_far(ask: int, tmp_path: Path) -> None:
    with alone(tmp_path, steps=100, seconds=60) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(ask)
        process.communicate()
    assert process.returncode == 0
    assert json.loads((tmp_path / "result.json").read_text())["result"]["outcome"] == "stopped"


def test_plain_turns_arrays_into_lists() -> None:
    value = {"a": np.array([1.0, np.inf]), "b": np.int64(3), 4: (1, 2)}
    assert plain(value) == {"a": [1.0, None], "b": 3, "4": [1, 2]}


def marked(mark: str) -> list[psutil.Process]:
    found = psutil.process_iter(["cmdline", "status"])
    return [
        process
        for process in found
        if mark in (process.info["cmdline"] or []) and process.info["status"] != "zombie"
    ]


def wait_until(claim: Any, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not claim():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.05)
