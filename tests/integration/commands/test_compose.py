"""docker-compose.yml and the Dockerfile name what is there. No container engine is needed."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
import pytest
import yaml
from celery.bin.celery import celery as celery_command
from django.core.management import get_commands, load_command_class
from django.urls import resolve

from teamhub.runs import registry

ROOT = Path(__file__).resolve().parents[3]
FILE = ROOT / "docker-compose.yml"
OURS = ("setup", "web", "worker", "worker-solve", "worker-train", "clock")
FOREIGN = ("db", "redis")
READ = set(
    re.findall(
        r"env\.(?:text|flag|integer|number|listing|secret)\(\s*\"(\w+)\"",
        (ROOT / "teamhub/settings.py").read_text(),
    )
)


@cache
def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.safe_load(FILE.read_text())["services"]
    return found


def lines_of(service: str) -> Iterator[list[str]]:
    """The programs that a service starts, each with its arguments."""
    command = services()[service]["command"]
    if command[0] != "sh":
        yield command
        return
    for line in command[-1].splitlines():
        yield shlex.split(line)


def value(words: list[str], option: str) -> str:
    return words[words.index(option) + 1]


def test_these_are_the_services() -> None:
    assert set(services()) == {*OURS, *FOREIGN}


@pytest.mark.parametrize("service", OURS)
def test_every_program_is_one_of_ours(service: str) -> None:
    scripts = {each.name for each in entry_points(group="console_scripts")}
    for words in lines_of(service):
        if words[0] == "python":
            assert words[1] == "manage.py"
            command = load_command_class(get_commands()[words[2]], words[2])
            command.create_parser("manage.py", words[2]).parse_args(words[3:])
        else:
            assert words[0] in {"gunicorn", "celery"} & scripts


def test_the_web_serves_our_application() -> None:
    (words,) = lines_of("web")

    assert words[1] == "teamhub.wsgi"
    assert value(words, "--worker-class") == "gthread"
    from gunicorn.config import Config

    left = Config().parser().parse_args(words[1:])
    assert left.bind == ["0.0.0.0:8000"]


@pytest.mark.parametrize(
    ("service", "queue"),
    [("worker", "default"), ("worker-solve", "solve"), ("worker-train", "train")],
)
def test_each_worker_takes_its_queue(service: str, queue: str) -> None:
    (words,) = lines_of(service)

    assert value(words, "-A") == "teamhub.celery"
    assert value(words, "-Q") == queue
    worker = celery_command.commands["worker"]
    context = worker.make_context("worker", words[4:], resilient_parsing=True)
    assert context.params["queues"] == [queue]
    assert context.args == []


def test_every_queue_in_use_has_a_worker() -> None:
    served = {value(next(lines_of(name)), "-Q") for name in OURS if name.startswith("worker")}

    assert set(registry.queues()) <= served


@pytest.mark.parametrize("service", OURS)
def test_every_variable_is_one_that_the_settings_read(service: str) -> None:
    assert set(services()[service]["environment"]) <= READ


def test_the_addresses_lead_to_the_services() -> None:
    environment = services()["web"]["environment"]
    url = re.sub(r"\$\{[^}]*\}", "secret", environment["DATABASE_URL"])

    assert dj_database_url.parse(url)["HOST"] in services()
    assert urlsplit(environment["REDIS_URL"]).hostname in services()


def test_no_secret_is_in_the_file() -> None:
    text = FILE.read_text()

    for name in ("SECRET_KEY", "POSTGRES_PASSWORD"):
        assert re.findall(rf"^\s*{name}: (.*)$", text, re.MULTILINE)
        for written in re.findall(rf"^\s*{name}: (.*)$", text, re.MULTILINE):
            assert re.fullmatch(r"\$\{\w+:\?[^}]+\}", written)
    assert re.search(r"postgres://teamhub:\$\{DB_PASSWORD:\?[^}]+\}@", text)


def test_the_health_check_asks_an_address_that_exists() -> None:
    words = services()["web"]["healthcheck"]["test"]
    (address,) = re.findall(r"http://[^']+", words[-1])

    assert resolve(urlsplit(address).path).url_name == "healthz"
    assert f":{urlsplit(address).port}" in " ".join(next(lines_of("web")))
    assert urlsplit(address).hostname in services()["web"]["environment"]["ALLOWED_HOSTS"]


def test_servers_have_health_checks_and_volumes_are_named() -> None:
    named = set(yaml.safe_load(FILE.read_text())["volumes"])
    mounted: set[str] = set()
    for service in services().values():
        mounted |= {each.split(":")[0] for each in service.get("volumes", [])}

    assert mounted == named
    assert all("healthcheck" in services()[name] for name in (*FOREIGN, "web"))


def test_what_depends_waits_for_services_that_are_there() -> None:
    for service in services().values():
        for name, how in service.get("depends_on", {}).items():
            assert name in services()
            if how["condition"] == "service_healthy":
                assert "healthcheck" in services()[name]


def test_the_image_holds_what_the_services_need() -> None:
    text = (ROOT / "Dockerfile").read_text()

    assert "--require-hashes -r requirements.lock" in text
    assert re.search(r"^FROM python:3\.1[123]-slim$", text, re.MULTILINE)
    assert re.search(r"^USER teamhub$", text, re.MULTILINE)
    folder = re.search(r"^ENV TEAMHUB_VAR=(\S+)$", text, re.MULTILINE)
    assert folder
    assert f"var:{folder[1]}" in services()["web"]["volumes"]
