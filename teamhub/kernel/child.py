"""A kernel in a process of its own: both ends of the wire.

A child of a worker runs `python -m MODULE JOBDIR`. It reads `job.json` there, tells its progress as
JSON lines on a private descriptor and leaves `result.json`. Its standard input is a pipe that the
worker holds: the line `finish` asks for the best answer so far, end of file means that the worker
is dead, and then the child ends at once.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import math
import os
import select
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol, Self

Json = dict[str, Any]

_CHANNEL = "TEAMHUB_CHANNEL_FD"
_ROOT = Path(__file__).resolve().parents[2]
_THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
)
# A kernel has no use for them, and core dumps and stack traces travel.
_SECRETS = ("SECRET_KEY", "DATABASE_URL", "REDIS_URL", "EMAIL_HOST_PASSWORD")
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
KILL_AFTER_SECONDS = 2.0  # between TERM and KILL
# Said where a kernel neither answered nor failed; the worker itself kills none that it still asks.
KILLED = "The system ended the computation, most likely for want of memory. Ask for less at once."
_WORKER_DIED = 70  # exit status, EX_SOFTWARE


class KernelRefused(Exception):
    """The kernel foresaw this: a code for programs and a message for people.

    Where the kernel gave one, `template % details` is the message: who shows it can translate it.
    """

    def __init__(
        self, message: str, code: str = "invalid", details: Json | None = None, template: str = ""
    ) -> None:
        super().__init__(message)
        self.code = code
        self.details = details or {}
        self.template = template


class KernelBug(Exception):
    """The kernel raised something that nobody foresaw, or ended without a result."""


# --- the worker's end ---------------------------------------------------------------------


class Child:
    """One kernel process, seen from the worker.

    Parameters
    ----------
    module
        Importable module whose `__main__` calls `serve`.
    jobdir
        Folder that holds `job.json`; takes `result.json`, `best.json` and `output.txt`.
    threads
        Number of threads that linear algebra may use.
    """

    def __init__(self, module: str, jobdir: Path, *, threads: int = 1) -> None:
        self.jobdir = jobdir
        reading, writing = os.pipe()
        env = {name: value for name, value in os.environ.items() if name not in _SECRETS}
        env |= dict.fromkeys(_THREAD_VARIABLES, str(threads))
        env[_CHANNEL] = str(writing)
        try:
            with (jobdir / "output.txt").open("wb") as output:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", module, str(jobdir)],
                    stdin=subprocess.PIPE,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    pass_fds=(writing,),
                    start_new_session=True,
                    cwd=_ROOT,
                    env=env,
                )
        except BaseException:
            os.close(reading)
            raise
        finally:
            os.close(writing)
        self._reading = reading

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    @property
    def pid(self) -> int:
        return self._process.pid

    def messages(self, tick_s: float) -> Iterator[Json | None]:
        """Yield each line as it comes, None when `tick_s` passed without one; end with the child.

        Lines that are no JSON objects are left out: a killed child may cut its last one.
        """
        buffer = b""
        while True:
            # Asked before the pipe is looked at: what an ended kernel wrote is in it by now.
            ended = self._process.poll() is not None
            ready, _, _ = select.select([self._reading], [], [], 0 if ended else tick_s)
            if not ready:
                if ended:  # something that it started still holds the other end
                    return
                yield None
                continue
            chunk = os.read(self._reading, 65536)
            if not chunk:
                break
            *lines, buffer = (buffer + chunk).split(b"\n")
            for line in lines:
                with contextlib.suppress(ValueError):
                    message = json.loads(line)
                    if isinstance(message, dict):
                        yield message
        while self._process.poll() is None:
            yield None
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(tick_s)

    def ask_to_finish(self) -> None:
        """Ask for the best answer so far."""
        if self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.write(b"finish\n")
                self._process.stdin.flush()

    def end(self) -> None:
        """Leave no process behind: TERM, then KILL for the whole group. May be called twice."""
        if self._process.poll() is None:
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(KILL_AFTER_SECONDS)
        # Also when the leader is gone: what it started has stayed in its group.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        if self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.close()
        if self._reading >= 0:
            os.close(self._reading)
            self._reading = -1

    def result(self) -> Json:
        """Return what the kernel returned.

        Raises
        ------
        KernelRefused
            The kernel raised a foreseen error, or the system killed it.
        KernelBug
            It raised anything else or ended without a result; the message has traceback and output.
        """
        answer = _read_json(self.jobdir / "result.json")
        if answer is None:
            status = self._process.poll()
            if status == -signal.SIGKILL:
                raise KernelRefused(KILLED, "killed", template=KILLED)
            raise KernelBug(f"the kernel ended with status {status} and no result\n{self.output()}")
        if "error" in answer:
            error = answer["error"]
            raise KernelRefused(
                error["message"], error["code"], error["details"], error.get("template", "")
            )
        if "bug" in answer:
            raise KernelBug(f"{answer['bug']}\n{self.output()}")
        result: Json = answer["result"]
        return result

    def best(self) -> Json | None:
        """Return the last result that the kernel put aside with `report.best`, if any."""
        return _read_json(self.jobdir / "best.json")

    def output(self, limit: int = 4000) -> str:
        """Return the end of what the kernel printed."""
        try:
            return (self.jobdir / "output.txt").read_text("utf-8", "replace")[-limit:]
        except OSError:
            return ""


def _read_json(path: Path) -> Json | None:
    try:
        found: Json = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return found


# --- the kernel's end ---------------------------------------------------------------------


class Report(Protocol):
    """What a kernel may tell while it works."""

    def __call__(self, stage: str, progress: float) -> None: ...

    def incumbent(
        self, *, seconds: float, objective: float | None, bound: float | None = None
    ) -> None: ...

    def line(self, kind: str, **values: Any) -> None: ...

    def best(self, result: Mapping[str, Any]) -> None: ...


class _Wire:
    """Report over the private descriptor; thread-safe, since solvers call back from their own."""

    def __init__(self, descriptor: int, jobdir: Path) -> None:
        self._descriptor = descriptor
        self._jobdir = jobdir
        self._lock = threading.Lock()
        self._steps: dict[str, int] = {}

    def __call__(self, stage: str, progress: float) -> None:
        """Tell the stage and the progress of the whole, 0 to 1."""
        self._send({"type": "progress", "stage": stage, "progress": progress})

    def incumbent(
        self, *, seconds: float, objective: float | None, bound: float | None = None
    ) -> None:
        """Tell a better solution, or a better bound on the same one."""
        self.line("incumbent", seconds=seconds, objective=objective, bound=bound)

    def line(self, kind: str, **values: Any) -> None:
        """Tell one point of a curve; it gets the next step number of its kind."""
        with self._lock:
            step = self._steps[kind] = self._steps.get(kind, -1) + 1
        self._send({"type": kind, "step": step, **values})

    def best(self, result: Mapping[str, Any]) -> None:
        """Put a whole result aside, to be taken if the kernel does not come back in time."""
        _write_json(self._jobdir / "best.json", dict(result))

    def _send(self, message: Json) -> None:
        data = json.dumps(plain(message), separators=(",", ":")).encode() + b"\n"
        with self._lock, contextlib.suppress(BrokenPipeError):
            while data:
                data = data[os.write(self._descriptor, data) :]


def plain(value: Any) -> Any:
    """Return the value as JSON knows it: arrays as lists, infinities and NaN as None."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if hasattr(value, "tolist"):  # NumPy scalars and arrays
        return plain(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _write_json(path: Path, value: Json) -> None:
    part = path.with_suffix(".part")
    part.write_text(json.dumps(plain(value), separators=(",", ":")), "utf-8")
    part.replace(path)


def serve(
    run: Callable[[Json, Report, threading.Event], Mapping[str, Any]],
    *,
    foreseen: tuple[type[Exception], ...] = (ValueError,),
) -> None:
    """Be the child: read the job, run it, leave the result.

    Parameters
    ----------
    run
        `run(job, report, stop)`; when `stop` is set it returns its best result soon.
    foreseen
        Errors whose message is meant for people. An attribute `code` becomes the error's code, an
        attribute `details` its details; `template`, where it is there, gives the message by
        `template % details` in any language.
    """
    jobdir = Path(sys.argv[1])
    descriptor = int(os.environ.pop(_CHANNEL))
    os.set_inheritable(descriptor, False)
    stop = threading.Event()
    _die_with_parent()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    threading.Thread(target=_watch_stdin, args=(stop,), name="stdin", daemon=True).start()
    _work(run, jobdir, _Wire(descriptor, jobdir), stop, foreseen)


def has_worker() -> bool:
    """Was this process started by a worker's `Child`, or by hand?"""
    return _CHANNEL in os.environ


def serve_alone(
    run: Callable[[Json, Report, threading.Event], Mapping[str, Any]],
    *,
    foreseen: tuple[type[Exception], ...] = (ValueError,),
) -> int:
    """Be the kernel without a worker, as a scheduler or a person starts it.

    The same lines go to the standard output, the result to `result.json`. TERM and Ctrl-C ask for
    the best answer so far.

    Returns
    -------
    int
        Exit status: 0 with a result, 2 after a foreseen error, 1 after a bug.
    """
    jobdir = Path(sys.argv[1])
    stop = threading.Event()
    for ask in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ask, lambda *_: stop.set())
    answer = _work(run, jobdir, _Wire(os.dup(1), jobdir), stop, foreseen)
    if "error" in answer:
        sys.stderr.write(f"{answer['error']['code']}: {answer['error']['message']}\n")
        return 2
    if "bug" in answer:
        sys.stderr.write(answer["bug"])
        return 1
    return 0


def _work(
    run: Callable[[Json, Report, threading.Event], Mapping[str, Any]],
    jobdir: Path,
    wire: _Wire,
    stop: threading.Event,
    foreseen: tuple[type[Exception], ...],
) -> Json:
    """Run the job and leave its answer: a result, a foreseen error or a bug."""
    job = json.loads((jobdir / "job.json").read_text("utf-8"))
    try:
        answer: Json = {"result": dict(run(job, wire, stop))}
    except foreseen as error:
        code = str(getattr(error, "code", "invalid"))
        about = {
            "code": code,
            "message": str(error),
            "details": plain(getattr(error, "details", None) or {}),
            "template": str(getattr(error, "template", "")),
        }
        answer = {"error": about}
    except Exception:
        answer = {"bug": traceback.format_exc()}
    _write_json(jobdir / "result.json", answer)
    return answer


def _watch_stdin(stop: threading.Event) -> None:
    buffer = b""
    while True:
        read = os.read(sys.stdin.fileno(), 4096)
        if not read:
            if os.getpgrp() == os.getpid():  # started as a session of its own: take all along
                os.killpg(0, signal.SIGKILL)
            os._exit(_WORKER_DIED)
        *lines, buffer = (buffer + read).split(b"\n")
        if b"finish" in lines:
            stop.set()


def _die_with_parent() -> None:
    """Let Linux kill this process with its parent, even while a solver keeps the interpreter."""
    parent = os.getppid()
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(_WORKER_DIED)
