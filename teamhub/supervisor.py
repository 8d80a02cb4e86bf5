"""Keep child processes alive and end them all; knows nothing of Django.

Three promises: a child that dies is started again, and one that dies at once again and again ends
everything loudly; a stop asks politely (TERM) and then ends whole process groups (KILL); if the
supervisor itself is killed, its guard, a small process that waits for the end of a pipe, does the
stopping. Run as `python -m teamhub.supervisor` this module is that guard.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

GRACE_SECONDS = 15
QUICK_SECONDS = 10  # a child that lived shorter than this died at once
MOST_QUICK_DEATHS = 5  # in a row; then the fault is not a passing one
FIRST_WAIT_SECONDS = 0.5
MOST_WAIT_SECONDS = 10


class GaveUp(RuntimeError):
    """A child died at once, again and again."""


@dataclass(eq=False)
class Child:
    """One program to keep alive."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    pass_fds: tuple[int, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    quick_deaths: int = 0
    start_after: float = 0.0


@dataclass
class Supervisor:
    """Starts, watches and stops children; `say` prints a line for people."""

    say: Callable[[str], None]
    grace_seconds: float = GRACE_SECONDS
    children: list[Child] = field(default_factory=list)
    guard: subprocess.Popen[bytes] | None = None

    def start(self, child: Child) -> None:
        """Start the child in a process group of its own and tell the guard of it."""
        if self.guard is None:
            self.guard = _start_guard(self.grace_seconds)
        if child not in self.children:
            self.children.append(child)
        child.process = subprocess.Popen(
            child.command,
            env=child.env,
            pass_fds=child.pass_fds,
            start_new_session=True,  # Ctrl-C is for the supervisor alone
            stdin=subprocess.DEVNULL,
        )
        child.started_at = time.monotonic()
        self._tell_guard(f"+{child.process.pid}")

    def look(self) -> None:
        """Start again what died; raise GaveUp when that has no sense."""
        now = time.monotonic()
        for child in self.children:
            if child.process is None:
                if now >= child.start_after:
                    self.start(child)
            elif child.process.poll() is not None:
                self._bury(child, now)

    def stop(self, *, hurry: Callable[[], bool]) -> None:
        """End every child with all that it started; `hurry()` cuts the grace short."""
        groups = [child.process for child in self.children if child.process is not None]
        for process in groups:
            if process.poll() is None:
                process.terminate()
        last = time.monotonic() + self.grace_seconds
        while any(process.poll() is None for process in groups):
            if time.monotonic() > last or hurry():
                late = [child.name for child in self.children if _alive(child.process)]
                self.say(f"Ending by force: {', '.join(late)}.")
                break
            time.sleep(0.05)
        for process in groups:
            kill_group(process.pid)
            process.wait()
        self.children.clear()
        self._tell_guard("bye")
        if self.guard is not None and self.guard.stdin is not None:
            with contextlib.suppress(OSError):
                self.guard.stdin.close()
            self.guard.wait()
        self.guard = None

    def _bury(self, child: Child, now: float) -> None:
        assert child.process is not None  # noqa: S101 (for the type checker)
        code = child.process.returncode
        kill_group(child.process.pid)  # what it left behind would do its work twice
        self._tell_guard(f"-{child.process.pid}")
        child.process = None
        quick = now - child.started_at < QUICK_SECONDS
        child.quick_deaths = child.quick_deaths + 1 if quick else 1
        if quick and child.quick_deaths >= MOST_QUICK_DEATHS:
            raise GaveUp(
                f"{child.name} ended {MOST_QUICK_DEATHS} times right after its start "
                f"({_ending(code)}). Its own words stand above."
            )
        wait = min(FIRST_WAIT_SECONDS * 2 ** (child.quick_deaths - 1), MOST_WAIT_SECONDS)
        child.start_after = now + wait
        self.say(f"{child.name} {_ending(code)}; starting it again in {wait:g} s.")

    def _tell_guard(self, words: str) -> None:
        if self.guard is not None and self.guard.stdin is not None:
            with contextlib.suppress(OSError):  # a killed guard must not end the supervisor
                self.guard.stdin.write(f"{words}\n".encode())
                self.guard.stdin.flush()


def kill_group(group: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def _alive(process: subprocess.Popen[bytes] | None) -> bool:
    return process is not None and process.poll() is None


def _ending(code: int) -> str:
    return f"was killed by signal {-code}" if code < 0 else f"ended with status {code}"


def _start_guard(grace_seconds: float) -> subprocess.Popen[bytes]:
    # -I -S: it needs nothing but the standard library, and starts in a few milliseconds.
    return subprocess.Popen(
        [sys.executable, "-I", "-S", __file__, str(grace_seconds)],
        start_new_session=True,
        stdin=subprocess.PIPE,
    )


def guard(grace_seconds: float) -> None:
    """Read pids from the pipe; when it ends without a farewell, end those process groups."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin:
        words = line.strip()
        if words == "bye":
            return
        if words.startswith("+"):
            groups.add(int(words[1:]))
        elif words.startswith("-"):
            groups.discard(int(words[1:]))
    for group in groups:
        with contextlib.suppress(ProcessLookupError):
            os.kill(group, signal.SIGTERM)
    last = time.monotonic() + grace_seconds
    while any(_group_lives(group) for group in groups) and time.monotonic() < last:
        time.sleep(0.05)
    for group in groups:
        kill_group(group)


def _group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    guard(float(sys.argv[1]))
