"""Real workers are killed, stopped and robbed of their messages; every run ends exactly once.

One driver process a set-up plays all scenarios on one installation; a test here judges one of them.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import missing, servers
from tests.integration.processes import drive

pytestmark = [pytest.mark.processes, pytest.mark.timeout(600)]

Report = dict[str, dict[str, Any]]
DRIVE_SECONDS = 540


class Driver:
    """Plays the scenarios of a set-up at new random moments; the seed is in every answer."""

    def __init__(self, setup: str, var: Path, *, rounds: int, **where: Any) -> None:
        self._var = var
        self._report: Report | None = None
        seed = random.SystemRandom().randrange(1_000_000)
        command = [sys.executable, "-m", "tests.integration.processes.drive", setup]
        with (var / "answers").open("w") as answers, (var / "driver.log").open("w") as log:
            self._process = subprocess.Popen(
                [*command, "--rounds", str(rounds), "--seed", str(seed)],
                cwd=Path(__file__).resolve().parents[3],
                env=drive.environment(var, **where),
                stdout=answers,
                stderr=log,
            )

    def report(self) -> Report:
        if self._report is None:
            self._process.wait(DRIVE_SECONDS)
            lines = (self._var / "answers").read_text().splitlines()
            answers = [json.loads(line) for line in lines if line[:1] == "{"]
            print(*lines, sep="\n")  # noqa: T201 (pytest shows it on failure)
            if self._process.returncode:
                for log in sorted(self._var.glob("*.log")):
                    print(f"--- {log.name}", log.read_text()[-3000:])  # noqa: T201
            self._report = {answer["scenario"]: answer for answer in answers}
        return self._report

    def end(self) -> None:
        """On TERM the driver ends what it started."""
        if self._process.poll() is None:
            self._process.terminate()
        self._process.wait(30)


@pytest.fixture(scope="module")
def drivers(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Driver]]:
    """Both set-ups at once: they mostly wait."""
    started = {"embedded": Driver("embedded", tmp_path_factory.mktemp("embedded"), rounds=3)}
    try:
        if servers.postgres_bin() is not None and servers.redis_bin() is not None:
            started["cluster"] = Driver(
                "cluster",
                tmp_path_factory.mktemp("cluster"),
                rounds=3,
                database_url=drive.own_database(
                    request.getfixturevalue("pg_url"),
                    template=request.getfixturevalue("set_up").database,
                ),
                redis_port=servers.free_port(),
            )
        yield started
    finally:
        for driver in started.values():
            driver.end()


@pytest.fixture(scope="module")
def embedded(drivers: dict[str, Driver]) -> Report:
    return drivers["embedded"].report()


@pytest.fixture(scope="module")
def cluster(drivers: dict[str, Driver]) -> Report:
    if "cluster" not in drivers:
        missing.missing("PostgreSQL or Redis", "Install postgresql and redis-server.")
    return drivers["cluster"].report()


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
    "scenario",
    [
        "kill_rounds",
        "another_host",
        "asked_by_host",
        "messages_lost",
        "broker_down",
        "worker_wakes",
        "clock_killed",
    ],
)
def test_every_run_ends_exactly_once_on_several_hosts(cluster: Report, scenario: str) -> None:
    """PostgreSQL, Redis, and no folder that two hosts share."""
    judge(cluster, scenario)
