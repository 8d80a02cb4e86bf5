"""A whole installation of real processes: worker, clock, broker, database. Kills them on request.

Runs in a driver process of its own, whose settings are those of the workers (see `drive.py`).
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import psutil
from django.conf import settings
from django.db import OperationalError, connection, transaction

from teamhub.accounts.models import User
from teamhub.runs import services
from teamhub.runs.models import Beat
from tests import servers
from tests.probe_app.models import ProbeIncumbent, ProbePart, ProbeRun

ROOT = Path(__file__).resolve().parents[3]
WORKER = [
    *(sys.executable, "-m", "celery", "-A", "teamhub.celery", "worker"),
    *("-Q", "default,solve,train", "-l", "warning", "--without-gossip", "--without-mingle"),
]
PATIENCE_SECONDS = 60.0
# A pool process of billiard waits up to 30 s for its parent to count its last result.
STOP_SECONDS = 60.0
PARTS = 3


class Broken(AssertionError):
    """A promise of the runs room does not hold."""


def wait_until(claim: Callable[[], Any], what: str, seconds: float = PATIENCE_SECONDS) -> None:
    end = time.monotonic() + seconds
    while not claim():
        if time.monotonic() > end:
            raise Broken(f"not within {seconds:.0f} s: {what}")
        time.sleep(0.05)


def check(claim: bool, what: str) -> None:
    if not claim:
        raise Broken(what)


class Redis:
    """A Redis that can be killed and started again at the same address."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        import redis

        binary = servers.redis_bin()
        assert binary is not None
        self._process = subprocess.Popen(
            [binary, "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""],
            cwd="/",
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )

        def answers() -> bool:
            try:
                with redis.Redis(port=self.port, socket_timeout=1) as client:
                    return bool(client.ping())
            except redis.RedisError:
                return False

        wait_until(answers, "Redis answers", 10)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def flush(self) -> None:
        import redis

        with redis.Redis(port=self.port) as client:
            client.flushall()


class House:
    """Processes by their recorded ids; nothing is ever killed by name."""

    def __init__(self, redis: Redis | None) -> None:
        self.var = Path(settings.VAR_DIR)
        self.redis = redis
        self.clock: subprocess.Popen[bytes] | None = None
        self.workers: list[subprocess.Popen[bytes]] = []
        self.names: dict[int, str] = {}
        self._count = 0
        self.user = User.objects.create_user(username="driver", password="-")

    # --- processes

    def start_clock(self) -> None:
        self.clock = self._start([sys.executable, "manage.py", "clock"], "clock.log")

    def start_worker(self, concurrency: int = 6) -> subprocess.Popen[bytes]:
        """Start one and wait until it takes messages."""
        self._count += 1
        name = f"w{self._count}@{self.var.name}"
        worker = self._start(
            [*WORKER, "-n", name, "-c", str(concurrency)],
            f"worker{self._count}.log",
        )
        self.workers.append(worker)
        self.names[worker.pid] = name
        wait_until(
            lambda: (
                Beat.objects.filter(kind="worker", name=name).exists() or worker.poll() is not None
            ),
            f"{name} beats",
        )
        check(worker.poll() is None, f"{name} ended at its start; see its log")
        return worker

    def _start(self, command: list[str], log: str) -> subprocess.Popen[bytes]:
        with (self.var / log).open("ab") as written:
            return subprocess.Popen(
                command,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=written,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def tree(
        self, worker: subprocess.Popen[bytes], *, kernels: bool = True
    ) -> list[psutil.Process]:
        """The worker, its pool and their kernels, as they are now."""
        try:
            process = psutil.Process(worker.pid)
            return [process, *process.children(recursive=kernels)]
        except psutil.NoSuchProcess:
            return []

    def kill_worker(self, worker: subprocess.Popen[bytes], *, alone: bool) -> None:
        """kill -9, and see that all that belonged to it is gone soon."""
        recorded = self.tree(worker)
        for process in recorded[:1] if alone else recorded:
            send(process, signal.SIGKILL)
        worker.wait()
        self.workers.remove(worker)
        wait_until(lambda: not alive(recorded), "the worker's children are gone", 10)

    def stop_worker(self, worker: subprocess.Popen[bytes]) -> None:
        recorded = self.tree(worker)
        worker.terminate()
        worker.wait(STOP_SECONDS)
        self.workers.remove(worker)
        wait_until(lambda: not alive(recorded), "nothing of the worker is left", 10)

    def kill_clock(self) -> None:
        assert self.clock is not None
        self.clock.kill()
        self.clock.wait()

    def kernels(self) -> list[psutil.Process]:
        """Every process that works in a job folder of this house, whoever its parent is."""
        mark = str(settings.RUN_DIR)
        found = psutil.process_iter(["cmdline", "status"])
        return [
            process
            for process in found
            if process.info["status"] != psutil.STATUS_ZOMBIE
            and any(part.startswith(mark) for part in process.info["cmdline"] or [])
        ]

    def close(self) -> None:
        for worker in list(self.workers):
            for process in self.tree(worker):
                send(process, signal.SIGKILL)
            worker.wait()
        if self.clock is not None and self.clock.poll() is None:
            self.kill_clock()
        for process in self.kernels():
            send(process, signal.SIGKILL)
        if self.redis is not None:
            self.redis.kill()

    # --- messages

    def lose_messages(self) -> None:
        """Empty the broker: its folder with everything in it, or the whole Redis."""
        if self.redis is not None:
            self.redis.flush()
        else:
            shutil.rmtree(settings.BROKER_DIR, ignore_errors=True)

    # --- runs

    def submit(self, count: int, **params: Any) -> list[ProbeRun]:
        shape = {"steps": 6, "seconds": 0.9, "parts": PARTS} | params
        return [
            services.submit(ProbeRun(params=shape, seed=number), by=self.user)
            for number in range(count)
        ]

    def await_ends(self, runs: Iterable[ProbeRun], sleepers: Iterable[psutil.Process] = ()) -> None:
        """All succeeded, each with its rows exactly once, and no kernel is left that is awake."""
        ids = [run.pk for run in runs]
        mine = ProbeRun.objects.filter(pk__in=ids)
        wait_until(
            lambda: patient(lambda: not mine.filter(status__in=["queued", "running"]).exists()),
            f"all of {len(ids)} runs ended",
        )
        for run in mine:
            check(run.status == "succeeded", f"{run} {run.status}: {run.error_message}")
            parts = ProbePart.objects.filter(run=run).count()
            check(parts == PARTS, f"{run} has {parts} parts instead of {PARTS}")
            check(run.total == 21 + run.seed, f"{run} has the total {run.total}")
            steps = ProbeIncumbent.objects.filter(run=run, attempt=run.attempt).count()
            check(steps == 6, f"{run} has {steps} points on its curve instead of 6")
        wait_until(lambda: not self.kernels(), "no kernel is left", 10)

    def can_write(self) -> bool:
        """Whether nobody holds SQLite's lock: a stopped process may."""
        if connection.vendor != "sqlite":
            return True
        try:
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA busy_timeout = 200")
            with transaction.atomic():
                Beat.objects.filter(pk=0).delete()
        except OperationalError:
            return False
        finally:
            connection.close()
        return True


def patient(read: Callable[[], Any]) -> Any:
    """Read; False while the database is in trouble."""
    try:
        return read()
    except OperationalError:
        connection.close()
        return False


def send(process: psutil.Process, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(process.pid, number)


def alive(processes: Iterable[psutil.Process]) -> list[psutil.Process]:
    left = []
    for process in processes:
        try:
            if process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                left.append(process)
        except psutil.NoSuchProcess:
            continue
    return left
