"""Real workers are killed, stopped and robbed of their messages; every run ends exactly once.

One driver process a set-up plays all scenarios on one installation; a test here judges one of them.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests import missing, servers
from tests.integration.processes import drive

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]

Report = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def play(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Report]:
    """Play the scenarios of a set-up with new random moments; the seed is in every answer."""

    def run(setup: str, rounds: int, **where: Any) -> Report:
        var = tmp_path_factory.mktemp(setup)
        seed = random.SystemRandom().randrange(1_000_000)
        driver = subprocess.run(
            [
                *(sys.executable, "-m", "tests.integration.processes.drive", setup),
                *("--rounds", str(rounds), "--seed", str(seed)),
            ],
            cwd=Path(__file__).resolve().parents[3],
            env=drive.environment(var, **where),
            capture_output=True,
            text=True,
            timeout=280,
            check=False,
        )
        answers = [json.loads(line) for line in driver.stdout.splitlines() if line[:1] == "{"]
        print(*driver.stdout.splitlines(), sep="\n")  # noqa: T201 (pytest shows it on failure)
        assert answers, driver.stderr
        if driver.returncode:
            for log in sorted(var.glob("*.log")):
                print(f"--- {log.name}", log.read_text()[-3000:])  # noqa: T201
        return {answer["scenario"]: answer for answer in answers}

    return run


@pytest.fixture(scope="module")
def embedded(play: Callable[..., Report]) -> Report:
    return play("embedded", rounds=5)


@pytest.fixture(scope="module")
def cluster(play: Callable[..., Report], pg_url: str) -> Report:
    if servers.redis_bin() is None:
        missing.missing("Redis", "Install redis-server.")
    url = drive.own_database(pg_url)
    return play("cluster", rounds=3, database_url=url, redis_port=servers.free_port())


def judge(report: Report, scenario: str) -> None:
    assert scenario in report, f"not reached; these were: {report}"
    answer = report[scenario]
    assert answer["ok"], f"seed {answer['seed']}\n{answer['say']}"


@pytest.mark.parametrize(
    "scenario",
    [
        "kill_rounds",
        "messages_lost",
        "message_cut",
        "delivered_twice",
        "worker_wakes",
        "clock_killed",
        "cancel_and_finish",
        "kernels_die",
        "quiet_end",
    ],
)
def test_every_run_ends_exactly_once_on_sqlite_and_folder(embedded: Report, scenario: str) -> None:
    judge(embedded, scenario)


@pytest.mark.parametrize(
    "scenario", ["kill_rounds", "messages_lost", "broker_down", "worker_wakes", "clock_killed"]
)
def test_every_run_ends_exactly_once_on_postgresql_and_redis(
    cluster: Report, scenario: str
) -> None:
    judge(cluster, scenario)
