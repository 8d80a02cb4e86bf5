"""The supervisor with real processes: it restarts, gives up, and leaves nobody behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from teamhub import supervisor
from teamhub.supervisor import Child, GaveUp, Supervisor

ROOT = Path(__file__).resolve().parents[3]
SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]
# Says that it is ready, then ignores the polite request.
STUBBORN = """
import pathlib, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path(sys.argv[1]).touch()
time.sleep(600)
"""
WITH_GRANDCHILD = """
import pathlib, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
part = pathlib.Path(sys.argv[1] + ".part")
part.write_text(str(child.pid))
part.rename(sys.argv[1])
time.sleep(600)
"""
# A supervisor of its own in a process, to be killed from outside.
HOST = """
import sys, time
from teamhub.supervisor import Child, Supervisor
it = Supervisor(print, grace_seconds=0.5)
it.start(Child("one", [sys.executable, sys.argv[1], sys.argv[2]], {}))
time.sleep(600)
"""


def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    last = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < last, "it did not happen in time"
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def child_of(command: list[str], name: str = "one") -> Child:
    return Child(name, command, dict(os.environ))


def pid_of(child: Child) -> int:
    assert child.process is not None
    return child.process.pid


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def it(said: list[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Supervisor]:
    monkeypatch.setattr(supervisor, "FIRST_WAIT_SECONDS", 0.02)
    made = Supervisor(said.append)
    yield made
    made.stop(hurry=lambda: True)


def test_a_killed_child_is_started_again(it: Supervisor, said: list[str]) -> None:
    child = child_of(SLEEP, "clock")
    it.start(child)
    first = pid_of(child)
    os.kill(first, signal.SIGKILL)

    def again() -> bool:
        it.look()
        return child.process is not None and child.process.pid != first

    until(again)

    assert is_alive(pid_of(child))
    assert said == ["clock was killed by signal 9; starting it again in 0.02 s."]


def test_a_child_that_dies_at_once_again_and_again_ends_everything_loudly(it: Supervisor) -> None:
    it.start(child_of([sys.executable, "-c", "raise SystemExit(3)"], "worker"))

    def never() -> bool:
        it.look()
        return False

    with pytest.raises(GaveUp, match=r"worker ended 5 times right after its start .*status 3"):
        until(never)


def test_a_child_that_lived_long_enough_has_its_deaths_forgiven(
    it: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "QUICK_SECONDS", 0.0)
    child = child_of([sys.executable, "-c", ""])
    it.start(child)
    pids = set()

    def many() -> bool:
        it.look()
        if child.process is not None:
            pids.add(child.process.pid)
        return len(pids) > supervisor.MOST_QUICK_DEATHS + 1

    until(many)


def test_a_dead_childs_own_children_are_ended_before_it_starts_again(
    it: Supervisor, tmp_path: Path
) -> None:
    noted = tmp_path / "pid"
    child = child_of([sys.executable, "-c", WITH_GRANDCHILD, str(noted)])
    it.start(child)
    until(noted.exists)
    grandchild = int(noted.read_text())
    os.kill(pid_of(child), signal.SIGKILL)

    def noticed() -> bool:
        it.look()
        return not is_alive(grandchild)

    until(noticed)


def test_stop_asks_politely_and_leaves_nobody(it: Supervisor, said: list[str]) -> None:
    children = [child_of(SLEEP, name) for name in ("web", "worker")]
    for child in children:
        it.start(child)
    pids = [pid_of(child) for child in children]

    it.stop(hurry=lambda: False)

    assert not any(map(is_alive, pids))
    assert [child.process.returncode for child in children if child.process] == [
        -signal.SIGTERM
    ] * 2
    assert said == []


def test_who_does_not_obey_is_ended_by_force_after_the_grace(
    it: Supervisor, said: list[str], tmp_path: Path
) -> None:
    ready = tmp_path / "ready"
    child = child_of([sys.executable, "-c", STUBBORN, str(ready)], "worker")
    it.start(child)
    until(ready.exists)

    it.grace_seconds = 0.3
    it.stop(hurry=lambda: False)

    assert not is_alive(pid_of(child))
    assert said == ["Ending by force: worker."]


def test_a_second_ctrl_c_cuts_the_grace_short(it: Supervisor, tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    it.start(child_of([sys.executable, "-c", STUBBORN, str(ready)]))
    until(ready.exists)
    began = time.monotonic()

    it.grace_seconds = 60
    it.stop(hurry=lambda: True)

    assert time.monotonic() - began < 10


def test_after_a_stop_the_guard_is_gone_too(it: Supervisor) -> None:
    it.start(child_of(SLEEP))
    guard = it.guard
    assert guard is not None

    it.stop(hurry=lambda: False)

    assert guard.returncode == 0


@pytest.mark.parametrize("program", [WITH_GRANDCHILD, STUBBORN], ids=["obedient", "stubborn"])
def test_when_the_supervisor_is_killed_its_guard_ends_everybody(
    program: str, tmp_path: Path
) -> None:
    noted, script = tmp_path / "noted", tmp_path / "program.py"
    script.write_text(program)
    host = subprocess.Popen(
        [sys.executable, "-c", HOST, str(script), str(noted)], cwd=ROOT, start_new_session=True
    )
    until(noted.exists)
    family = psutil.Process(host.pid).children(recursive=True)
    assert len(family) >= 2  # the guard and the child

    host.kill()
    host.wait()

    until(lambda: not any(is_alive(member.pid) for member in family))
