"""docs/operations.md starts on several hosts what docker-compose.yml starts on one."""

from __future__ import annotations

import re

import pytest

from tests import compose
from tests.documents import OPERATIONS, ROOT, blocks

TOLD = [line for block in blocks("### 5. The processes") for line in block.splitlines()]


@pytest.mark.parametrize("service", ["web", *compose.WORKERS, "clock"])
def test_the_line_of_each_process_is_that_of_its_container(service: str) -> None:
    assert " ".join(compose.program(service)) in TOLD


def test_no_process_is_told_that_no_container_runs() -> None:
    ran = {" ".join(words) for service in compose.OURS for words in compose.lines_of(service)}

    assert set(TOLD) - ran == set()


def test_what_is_done_once_is_what_the_set_up_of_the_containers_does() -> None:
    set_up = [" ".join(words) for words in compose.lines_of("setup")]
    once = blocks("### 4. Once")[0].splitlines()

    assert once[:2] == set_up[:2]
    assert once[2:] == ["python manage.py createsuperuser"]


def test_every_variable_of_a_host_is_one_that_the_settings_read() -> None:
    (block,) = blocks("### 3. Every host")
    read = re.findall(r"\(\s*\"([A-Z_]+)\"", (ROOT / "teamhub/settings.py").read_text())
    told = [name.removesuffix("_FILE") for name in re.findall(r"\b([A-Z_]+)=", block)]

    assert {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "TEAMHUB_VAR"} <= set(told) <= set(read)


@pytest.mark.parametrize("service", [*compose.WORKERS, "clock"])
def test_the_health_check_by_hand_is_that_of_the_container(service: str) -> None:
    words = compose.health_check(service)

    assert words[:3] == ["python", "manage.py", "alive"]
    told = blocks("## Is it well?")[0].splitlines()
    assert re.sub(r"default|train", "solve", " ".join(words)) in told


def test_redis_is_told_to_keep_what_it_keeps_in_a_container() -> None:
    (lines,) = blocks("### 2. Redis")
    here = compose.program("redis")
    settings = {name: compose.option(here, name) for name in here if name.startswith("--")}
    told = {f"--{line.split()[0]}": line.split()[1] for line in lines.splitlines()}

    assert told == {**settings, "--requirepass": "PASSWORD"}


def test_every_lock_and_compose_file_that_is_told_is_there() -> None:
    text = OPERATIONS.read_text()
    told = set(re.findall(r"requirements[\w-]*\.lock|docker-compose[\w.]*\.yml", text))

    assert {"requirements-gpu.lock", "docker-compose.gpu.yml"} <= told
    assert {name for name in told if not (ROOT / name).exists()} == set()


def test_every_service_that_is_told_is_in_the_file() -> None:
    text = OPERATIONS.read_text()
    told = set(re.findall(r"docker compose (?:exec|run) (?:-\S+ )*(\w+)|--scale (\S+)=", text))
    (stopped,) = re.findall(r"docker compose stop (.+)", text)

    assert told == {("web", ""), ("db", ""), ("", "worker-solve")}
    assert {"web", "db", "worker-solve"} <= set(compose.services())
    # A restore stops everybody who writes to the database.
    assert set(stopped.split()) == set(compose.OURS) - {"setup"}
