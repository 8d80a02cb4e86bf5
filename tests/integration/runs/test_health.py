"""/healthz, /readyz and the signs of life that they read."""

from __future__ import annotations

import socket
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from django.utils.timezone import now

from teamhub.runs import beats, health, registry
from teamhub.runs.models import Beat

pytestmark = pytest.mark.django_db


@pytest.fixture
def lively() -> None:
    beats.beat(Beat.Kind.WORKER, "w1", ["default"])
    beats.beat(Beat.Kind.WORKER, "w2", registry.queues())
    beats.beat(Beat.Kind.CLOCK, "c1")


def test_healthz_needs_nothing(client: Client) -> None:
    assert client.get("/healthz").status_code == 200


@pytest.mark.usefixtures("lively")
def test_readyz_is_ready_with_workers_and_a_clock(client: Client) -> None:
    response = client.get("/readyz")
    assert (response.status_code, response.json()["ready"]) == (200, True)


@pytest.mark.usefixtures("lively")
def test_a_silent_worker_does_not_count(client: Client) -> None:
    Beat.objects.filter(name="w2").update(at=now() - timedelta(minutes=10))
    response = client.get("/readyz")
    assert response.status_code == 503
    assert "solve" in response.json()["checks"]["workers"]["missing"]


@pytest.mark.usefixtures("lively")
def test_a_silent_clock_is_not_ready(client: Client) -> None:
    Beat.objects.filter(kind="clock").update(at=now() - timedelta(minutes=10))
    assert not client.get("/readyz").json()["checks"]["clock"]["ok"]


@pytest.mark.usefixtures("lively")
def test_a_redis_that_does_not_answer_is_not_ready_and_no_secret_is_told(
    client: Client, settings: Any
) -> None:
    settings.CELERY_BROKER_URL = "redis://:password@127.0.0.1:1/0"
    response = client.get("/readyz")
    assert response.status_code == 503
    assert not response.json()["checks"]["broker"]["ok"]
    assert b"password" not in response.content


@pytest.mark.usefixtures("lively")
def test_a_broker_folder_that_is_not_there_yet_is_no_obstacle(
    client: Client, settings: Any, tmp_path: Path
) -> None:
    settings.CELERY_BROKER_URL = "folder://localhost"
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"folder": str(tmp_path / "a" / "b")}
    assert client.get("/readyz").json()["checks"]["broker"]["ok"]


def test_waiting_migrations_are_not_ready(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_migrated", [])
    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda self, targets: [("a", False)])
    assert not client.get("/readyz").json()["checks"]["migrations"]["ok"]


def test_a_database_that_does_not_answer_is_not_ready(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise OperationalError("secret host")

    monkeypatch.setattr(connection, "cursor", refuse)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert b"secret host" not in response.content


def test_beats_overwrite_each_other() -> None:
    beats.beat(Beat.Kind.CLOCK, "c1")
    beats.beat(Beat.Kind.CLOCK, "c1")
    assert Beat.objects.count() == 1


# --- manage.py alive: one process of one host ---------------------------------------------------

HERE = socket.gethostname()


@pytest.fixture
def household() -> None:
    beats.beat(Beat.Kind.WORKER, f"solve@{HERE}", ["solve"])
    beats.beat(Beat.Kind.WORKER, "train@elsewhere", ["train"])
    beats.beat(Beat.Kind.CLOCK, f"{HERE}:41")


@pytest.mark.usefixtures("household")
@pytest.mark.parametrize("words", [["clock"], ["worker"], ["worker", "--queue", "solve"]])
def test_a_process_that_beats_here_is_alive(words: list[str], capsys: Any) -> None:
    call_command("alive", *words)

    assert "beat 0." in capsys.readouterr().out


@pytest.mark.usefixtures("household")
@pytest.mark.parametrize(
    ("words", "say"),
    [
        (["worker", "--queue", "train"], f"No worker for train beats on {HERE}"),
        (["worker", "--queue", "default"], f"No worker for default beats on {HERE}"),
    ],
)
def test_a_worker_of_another_host_or_queue_is_not_this_one(words: list[str], say: str) -> None:
    with pytest.raises(CommandError, match=say):
        call_command("alive", *words)


@pytest.mark.usefixtures("household")
@pytest.mark.parametrize("words", [["clock"], ["worker", "--queue", "solve"]])
def test_a_process_that_fell_silent_is_not_alive(words: list[str]) -> None:
    Beat.objects.update(at=now() - timedelta(minutes=10))

    with pytest.raises(CommandError, match=r"beat 600\.\d s ago") as refused:
        call_command("alive", *words)
    assert refused.value.returncode == 1


@pytest.mark.usefixtures("household")
def test_a_clock_that_was_started_again_is_alive_beside_its_old_row() -> None:
    Beat.objects.filter(kind="clock").update(at=now() - timedelta(minutes=10))
    beats.beat(Beat.Kind.CLOCK, f"{HERE}:42")

    call_command("alive", "clock")


def test_a_clock_has_no_queue() -> None:
    with pytest.raises(CommandError, match="belongs to a worker"):
        call_command("alive", "clock", queue="solve")


def test_without_a_database_nothing_is_known_to_live(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise OperationalError("no route")

    monkeypatch.setattr(connection, "cursor", refuse)
    with pytest.raises(CommandError, match="does not answer"):
        call_command("alive", "clock")
