"""What docker-compose.yml writes works when somebody types it: programs and health checks.

Only addresses differ: loopback and free ports stand where the file names services and fixed ports.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest
import redis

from tests import compose, missing, servers
from tests.compose import WORKERS
from tests.integration.processes import drive
from tests.integration.processes.conftest import ROOT, SetUp, by_hand

pytestmark = [pytest.mark.processes, pytest.mark.timeout(600)]

STAY = ("web", *WORKERS, "clock")
START_SECONDS = 240
CHECK_SECONDS = 120
QUICK = {"RUN_HEARTBEAT_SECONDS": "0.3", "CLOCK_SECONDS": "0.2"}
# A health check that believes in death after a second; the file's own takes half a minute.
IMPATIENT = {"RUN_LOST_AFTER_SECONDS": "1", **QUICK}


@dataclass(frozen=True)
class Answer:
    status: int
    said: str


@dataclass(frozen=True)
class House:
    """The services of the file as processes of this machine."""

    var: Path
    database_url: str
    redis_url: str
    web_port: int

    def environment(self, service: str, **more: str) -> dict[str, str]:
        return {**by_hand(service, self.var, self.database_url, self.redis_url), **QUICK, **more}

    def words(self, words: list[str]) -> list[str]:
        return [
            re.sub(r"\b(0\.0\.0\.0|localhost):8000\b", rf"localhost:{self.web_port}", each)
            for each in words
        ]

    def check(self, service: str, **more: str) -> Answer:
        done = subprocess.run(
            self.words(compose.health_check(service)),
            capture_output=True,
            check=False,
            cwd=ROOT,
            env=self.environment(service, **more),
            text=True,
            timeout=CHECK_SECONDS,
        )
        return Answer(done.returncode, done.stdout + done.stderr)

    def check_all(self, **more: str) -> dict[str, Answer]:
        with ThreadPoolExecutor(len(STAY)) as pool:
            asked = {service: pool.submit(self.check, service, **more) for service in STAY}
            return {service: answer.result() for service, answer in asked.items()}

    def logs(self) -> str:
        return "\n".join(path.read_text(errors="replace") for path in self.var.glob("*.log"))


@contextmanager
def started(house: House) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    processes: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for service in STAY:
            with (house.var / f"{service}.log").open("wb") as log:
                processes[service] = subprocess.Popen(
                    house.words(compose.program(service)),
                    cwd=ROOT,
                    env=house.environment(service),
                    stderr=subprocess.STDOUT,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    start_new_session=True,
                )
        yield processes
    finally:
        for process in processes.values():
            kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """With its children, as when a container ends."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def ready(house: House) -> bool:
    try:
        with urllib.request.urlopen(f"http://localhost:{house.web_port}/readyz", timeout=5) as page:
            return bool(page.status == 200)
    except OSError:
        return False


@dataclass(frozen=True)
class Lived:
    """What every health check said while all lived, and after all were killed."""

    living: dict[str, Answer]
    dead: dict[str, Answer]
    logs: str


@pytest.fixture(scope="module")
def lived(
    set_up: SetUp, pg_url: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Lived:
    var = tmp_path_factory.mktemp("by-hand")
    shutil.copytree(set_up.var / "static", var / "static")  # the volume that all share
    copy = drive.own_database(pg_url, template=set_up.database)
    house = House(var, copy, redis_url, servers.free_port())
    with started(house) as processes:
        end = time.monotonic() + START_SECONDS
        while not ready(house):
            assert time.monotonic() < end, house.logs()
            assert all(each.poll() is None for each in processes.values()), house.logs()
            time.sleep(0.2)
        living = house.check_all()
        for process in processes.values():
            kill(process)
        time.sleep(1.5)
        dead = house.check_all(**IMPATIENT)
    return Lived(living, dead, house.logs())


def test_the_set_up_makes_the_tables_and_the_static_files(set_up: SetUp) -> None:
    assert "static files copied" in set_up.said
    assert (set_up.var / "static" / "staticfiles.json").exists()


@pytest.mark.parametrize("service", STAY)
def test_a_health_check_is_good_while_its_process_lives(lived: Lived, service: str) -> None:
    assert lived.living[service].status == 0, lived.living[service].said + lived.logs


@pytest.mark.parametrize("service", STAY)
def test_a_health_check_is_bad_after_its_process_was_killed(lived: Lived, service: str) -> None:
    answer = lived.dead[service]

    assert answer.status == 1, answer.said
    assert re.search(r"beat \d+\.\d s ago|Connection refused", answer.said)


def test_the_health_check_of_the_database(pg_url: str) -> None:
    words = compose.health_check("db")
    env = {**os.environ, "PATH": f"{servers.postgres_bin()}{os.pathsep}{os.environ['PATH']}"}

    def status(port: int | None) -> int:
        return subprocess.run(words, check=False, env={**env, "PGPORT": str(port)}).returncode

    assert status(urlsplit(pg_url).port) == 0
    assert status(servers.free_port()) == 2


def test_redis_keeps_its_messages_and_its_health_check_works() -> None:
    client_program = shutil.which("redis-cli") or shutil.which("valkey-cli")
    if servers.redis_bin() is None or client_program is None:
        missing.missing("Redis", "Install redis-server.")
    program, *settings = compose.program("redis")
    ours, *ask = compose.health_check("redis")

    def status(port: int | None) -> int:
        words = [client_program, "-p", str(port), *ask]
        return subprocess.run(words, check=False, capture_output=True).returncode

    assert (program, ours) == ("redis-server", "redis-cli")
    with servers.private_redis(*settings) as url:
        with redis.Redis.from_url(url) as client:
            assert client.config_get("appendonly") == {"appendonly": "yes"}
            assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
            assert status(urlsplit(url).port) == 0
            client.config_set("requirepass", "closed")
        assert status(urlsplit(url).port) == 1  # it answers, but not with PONG
    assert status(urlsplit(url).port) == 1


def test_the_role_of_the_file_owns_its_database(set_up: SetUp, pg_url: str) -> None:
    """So `migrate` needs no administrator of PostgreSQL."""
    connection = psycopg2.connect(pg_url.rsplit("/", 1)[0] + "/" + set_up.database)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT tableowner FROM pg_tables WHERE tablename = 'runs_beat'")
            assert cursor.fetchone() == (set_up.database,)
    finally:
        connection.close()
