"""A whole installation of real processes: worker, clock, broker, database. Kills them on request.

Runs in a driver process of its own, whose settings are those of the workers (see `drive.py`). With
Redis every process has a host of its own: another host name and another TEAMHUB_VAR.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import psutil
from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet

from teamhub.accounts.models import User
from teamhub.runs import services
from teamhub.runs.models import Beat
from tests import servers
from tests.probe_app.models import OtherRun, ProbeIncumbent, ProbePart, ProbeRun

ROOT = Path(__file__).resolve().parents[3]
WORKER = [
    *("-m", "celery", "-A", "teamhub.celery", "worker"),
    *("-l", "warning", "--without-gossip", "--without-mingle"),
]
ON_HOST = ["-m", "tests.integration.processes.host"]
PATIENCE_SECONDS = 60.0
# A pool process of billiard waits up to 30 s for its parent to count its last result.
STOP_SECONDS = 60.0
PARTS = 3

R = TypeVar("R", ProbeRun, OtherRun)


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
        self.workers: list[subprocess.Popen[bytes]] = []  # take the queue solve, or all queues
        self.trainers: list[subprocess.Popen[bytes]] = []  # with hosts: take the queue train
        self.names: dict[int, str] = {}
        self._count = 0
        self.user = User.objects.create_user(username="driver", password="-")

    # --- processes

    def start(self) -> None:
        self.start_clock()
        self.start_worker()
        if self.redis is not None:
            self.start_worker("train")

    def start_clock(self) -> None:
        self.clock = self._start(["manage.py", "clock"], "clock.log", self._new_host("clock"))

    def start_worker(self, queue: str = "solve") -> subprocess.Popen[bytes]:
        """Start one, with hosts on a new one, and wait until it takes messages."""
        host = self._new_host(queue)
        if host:
            words, name = ["-Q", queue, "-n", f"{queue}@%h", "-c", "4"], f"{queue}@{host}"
        else:
            name = f"w{self._count}@{self.var.name}"
            words = ["-Q", "default,solve,train", "-n", name, "-c", "6"]
        worker = self._start([*WORKER, *words], f"worker{self._count}.log", host)
        (self.trainers if queue == "train" else self.workers).append(worker)
        self.names[worker.pid] = name
        wait_until(
            lambda: (
                Beat.objects.filter(kind="worker", name=name).exists() or worker.poll() is not None
            ),
            f"{name} beats",
        )
        check(worker.poll() is None, f"{name} ended at its start; see its log")
        return worker

    def host_of(self, worker: subprocess.Popen[bytes]) -> str:
        return self.names[worker.pid].partition("@")[2]

    def var_of(self, host: str) -> Path:
        return self.var / "hosts" / host if host else self.var

    def command(self, program: list[str], host: str) -> dict[str, Any]:
        """Arguments for subprocess: this program of ours, on that host."""
        env = {**os.environ, "TEAMHUB_VAR": str(self.var_of(host))}
        on = [*ON_HOST, host] if host else []
        return {"args": [sys.executable, *on, *program], "cwd": ROOT, "env": env}

    def _new_host(self, does: str) -> str:
        self._count += 1
        return f"{does}-{self._count}" if self.redis is not None else ""

    def _start(self, program: list[str], log: str, host: str) -> subprocess.Popen[bytes]:
        with (self.var / log).open("ab") as written:
            process: subprocess.Popen[bytes] = subprocess.Popen(
                **self.command(program, host),
                stdin=subprocess.DEVNULL,
                stdout=written,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            return process

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
        self._forget(worker)
        wait_until(lambda: not alive(recorded), "the worker's children are gone", 10)

    def stop_worker(self, worker: subprocess.Popen[bytes]) -> None:
        recorded = self.tree(worker)
        worker.terminate()
        worker.wait(STOP_SECONDS)
        self._forget(worker)
        wait_until(lambda: not alive(recorded), "nothing of the worker is left", 10)

    def _forget(self, worker: subprocess.Popen[bytes]) -> None:
        (self.trainers if worker in self.trainers else self.workers).remove(worker)

    def kill_clock(self) -> None:
        assert self.clock is not None
        self.clock.kill()
        self.clock.wait()

    def kernels(self) -> list[psutil.Process]:
        """Every process that works in a job folder of this house, whoever its parent is."""
        mark = re.compile(rf"{re.escape(str(self.var))}(/hosts/[^/]+)?/runs/")
        found = psutil.process_iter(["cmdline", "status"])
        return [
            process
            for process in found
            if process.info["status"] != psutil.STATUS_ZOMBIE
            and any(mark.match(part) for part in process.info["cmdline"] or [])
        ]

    def close(self) -> None:
        for worker in [*self.workers, *self.trainers]:
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
        return self._submit(ProbeRun, count, params)

    def submit_training(self, count: int, **params: Any) -> list[OtherRun]:
        return self._submit(OtherRun, count, params)

    def _submit(self, model: type[R], count: int, params: dict[str, Any]) -> list[R]:
        shape = {"steps": 6, "seconds": 0.9, "parts": PARTS} | params
        return [
            services.submit(model(params=shape, seed=number), by=self.user)
            for number in range(count)
        ]

    def await_ends(self, runs: Iterable[ProbeRun | OtherRun]) -> None:
        """All succeeded, each with its rows exactly once, and no kernel is left that is awake."""
        ids = [run.pk for run in runs]
        for model in (ProbeRun, OtherRun):
            mine = model.objects.filter(pk__in=ids)
            active = mine.filter(status__in=["queued", "running"])
            wait_until(partial(none, active), f"all of {len(ids)} runs ended")
            for run in mine:
                check(run.status == "succeeded", f"{run} {run.status}: {run.error_message}")
        for probe in ProbeRun.objects.filter(pk__in=ids):
            parts = ProbePart.objects.filter(run=probe).count()
            check(parts == PARTS, f"{probe} has {parts} parts instead of {PARTS}")
            check(probe.total == 21 + probe.seed, f"{probe} has the total {probe.total}")
            steps = ProbeIncumbent.objects.filter(run=probe, attempt=probe.attempt).count()
            check(steps == 6, f"{probe} has {steps} points on its curve instead of 6")
        for other in OtherRun.objects.filter(pk__in=ids):
            check(other.stored == 1, f"{other} was stored {other.stored} times")
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


def none(rows: QuerySet[Any]) -> bool:
    """No row is left; False while the database is in trouble."""
    try:
        return not rows.exists()
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
