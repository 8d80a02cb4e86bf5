"""A kernel that sleeps in steps and does, on request, all that a kernel should not do."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from typing import Any

from teamhub.kernel.child import Report, serve


class NoAnswer(ValueError):
    code = "no_answer"
    details = {"week": "2026-W48"}


class NoFile(ValueError):
    """Its words can be said in another language."""

    code = "no_file"
    template = "There is no project “%(key)s”."
    details = {"key": "a"}


def run(job: dict[str, Any], report: Report, stop: threading.Event) -> dict[str, Any]:
    if job.get("ignore_term"):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if job.get("spawn"):
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)", job["spawn"]])
    if job.get("best"):
        report.best({"outcome": "feasible", "parts": 1, "total": -1})
    if job.get("say"):
        sys.stdout.write(job["say"])
    started, steps = time.monotonic(), int(job.get("steps", 5))
    done = 0
    for done in range(1, steps + 1):
        if stop.is_set() and not job.get("ignore_stop"):
            break
        time.sleep(float(job.get("seconds", 0.2)) / steps)
        report("working", done / steps)
        report.incumbent(
            seconds=time.monotonic() - started, objective=float(done), bound=float("inf")
        )
    _misbehave(job.get("fail"))
    whole = done == steps
    return {
        "outcome": job.get("outcome", "proven" if whole else "stopped"),
        "parts": int(job.get("parts", 3)),
        "total": sum(range(done + 1))
        + int(job.get("seed", 0))
        + (_noise() * bool(job.get("noisy"))),
        "runtime_s": time.monotonic() - started,
        "threads": os.environ["OMP_NUM_THREADS"],
    }


def _noise() -> int:
    return int.from_bytes(os.urandom(2), "big")


def _misbehave(how: str | None) -> None:
    if how == "value":
        raise NoAnswer("Nobody holds NLP in March.")
    if how == "template":
        raise NoFile(NoFile.template % NoFile.details)
    if how == "bug":
        raise RuntimeError("a bug of the kernel")
    if how == "exit":
        os._exit(3)
    if how == "kill":
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    serve(run)
