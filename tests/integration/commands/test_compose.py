"""docker-compose.yml and the Dockerfile name what is there. No container engine is needed.

`tests/integration/processes/test_compose_by_hand.py` runs what they say.
"""

from __future__ import annotations

import re
from importlib.metadata import entry_points
from urllib.parse import urlsplit

import dj_database_url
import pytest
import yaml
from celery.bin.celery import celery as celery_command
from django.core.management import get_commands, load_command_class
from django.urls import resolve

from teamhub.runs import registry
from tests import compose
from tests.compose import FILE, FOREIGN, OURS, ROOT, WORKERS, option, program, services

READ = set(
    re.findall(
        r"env\.(?:text|flag|integer|number|listing|secret)\(\s*\"(\w+)\"",
        (ROOT / "teamhub/settings.py").read_text(),
    )
)


def check_manage(words: list[str]) -> None:
    assert words[:2] == ["python", "manage.py"]
    command = load_command_class(get_commands()[words[2]], words[2])
    command.create_parser("manage.py", words[2]).parse_args(words[3:])


def test_these_are_the_services() -> None:
    assert set(services()) == {*OURS, *FOREIGN}


@pytest.mark.parametrize("service", OURS)
def test_every_program_is_one_of_ours(service: str) -> None:
    scripts = {each.name for each in entry_points(group="console_scripts")}
    for words in compose.lines_of(service):
        if words[0] == "python":
            check_manage(words)
        else:
            assert words[0] in {"gunicorn", "celery"} & scripts


def test_the_web_serves_our_application() -> None:
    words = program("web")

    assert words[1] == "teamhub.wsgi"
    assert option(words, "--worker-class") == "gthread"
    from gunicorn.config import Config

    left = Config().parser().parse_args(words[1:])
    assert left.bind == ["0.0.0.0:8000"]


@pytest.mark.parametrize("service", WORKERS)
def test_each_worker_takes_its_queue(service: str) -> None:
    words = program(service)

    assert option(words, "-A") == "teamhub.celery"
    assert option(words, "-Q") == WORKERS[service]
    worker = celery_command.commands["worker"]
    context = worker.make_context("worker", words[4:], resilient_parsing=True)
    assert context.params["queues"] == [WORKERS[service]]
    assert context.args == []


def test_every_queue_in_use_has_a_worker() -> None:
    assert set(registry.queues()) <= set(WORKERS.values())


@pytest.mark.parametrize("service", OURS)
def test_every_variable_is_one_that_the_settings_read(service: str) -> None:
    assert set(services()[service]["environment"]) <= READ


def test_the_addresses_lead_to_the_services() -> None:
    environment = compose.environment("web", DB_PASSWORD="secret", SECRET_KEY="secret")

    assert dj_database_url.parse(environment["DATABASE_URL"])["HOST"] in services()
    assert urlsplit(environment["REDIS_URL"]).hostname in services()


@pytest.mark.parametrize("name", ["SECRET_KEY", "DB_PASSWORD"])
def test_without_a_secret_nothing_starts(name: str) -> None:
    given = {"SECRET_KEY": "secret", "DB_PASSWORD": "secret"}
    del given[name]

    with pytest.raises(AssertionError, match=f"set {name}"):
        compose.environment("web", **given)


def test_no_secret_is_in_the_file() -> None:
    found = re.findall(r"^\s*(\w*(?:SECRET|PASSWORD|TOKEN)\w*): (.*)$", FILE.read_text(), re.M)

    assert {"SECRET_KEY", "POSTGRES_PASSWORD"} <= {name for name, _ in found}
    for name, written in found:
        assert re.fullmatch(r"\$\{\w+:(\?[^}]+|-)\}", written), name
    addresses = re.findall(r"\w+://[^@\s]*@", FILE.read_text())
    assert [each for each in addresses if not each.endswith(":?set DB_PASSWORD}@")] == []


def test_the_health_check_of_the_web_asks_an_address_that_exists() -> None:
    (address,) = re.findall(r"http://[^']+", compose.health_check("web")[-1])

    assert resolve(urlsplit(address).path).url_name == "healthz"
    assert f":{urlsplit(address).port}" in " ".join(program("web"))
    allowed = services()["web"]["environment"]["ALLOWED_HOSTS"].split(",")
    assert urlsplit(address).hostname in allowed  # whatever ALLOWED_HOSTS adds


@pytest.mark.parametrize("service", [*WORKERS, "clock"])
def test_the_health_check_of_a_process_without_a_port_asks_for_that_process(service: str) -> None:
    words = compose.health_check(service)

    check_manage(words)
    assert words[2] == "alive"
    if service == "clock":
        assert words[3:] == ["clock"]
    else:
        assert words[3:] == ["worker", "--queue", WORKERS[service]]


def test_every_service_that_stays_has_a_health_check() -> None:
    stays = {name for name, service in services().items() if service["restart"] != "no"}

    assert stays == {*OURS, *FOREIGN} - {"setup"}
    assert all("healthcheck" in services()[name] for name in stays)


def test_volumes_are_named() -> None:
    named = set(yaml.safe_load(FILE.read_text())["volumes"])
    mounted: set[str] = set()
    for service in services().values():
        mounted |= {each.split(":")[0] for each in service.get("volumes", [])}

    assert mounted == named


@pytest.mark.parametrize("service", OURS)
def test_data_sets_and_models_lie_in_one_folder_for_all(service: str) -> None:
    folder = services()[service]["environment"]["TEAMHUB_VAR"]

    assert services()[service]["volumes"] == [f"var:{folder}"]


def test_what_depends_waits_for_services_that_are_there() -> None:
    for service in services().values():
        for name, how in service.get("depends_on", {}).items():
            assert name in services()
            if how["condition"] == "service_healthy":
                assert "healthcheck" in services()[name]
            else:
                assert services()[name]["restart"] == "no"


def test_the_image_holds_what_the_services_need() -> None:
    text = (ROOT / "Dockerfile").read_text()

    assert "--require-hashes -r ${LOCK}" in text
    assert re.search(r"^FROM python:3\.1[123]-slim$", text, re.MULTILINE)
    assert re.search(r"^USER teamhub$", text, re.MULTILINE)
    folder = re.search(r"^ENV TEAMHUB_VAR=(\S+)$", text, re.MULTILINE)
    assert folder
    assert folder[1] == services()["web"]["environment"]["TEAMHUB_VAR"]
    # A named volume takes its owner from the folder of the image.
    assert f"install -d -o teamhub {folder[1]}" in text


def test_every_lock_that_an_image_is_built_from_is_there() -> None:
    gpu = yaml.safe_load((ROOT / "docker-compose.gpu.yml").read_text())["services"]
    (default,) = re.findall(r"^ARG LOCK=(\S+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)

    assert set(gpu) <= set(WORKERS)
    assert gpu["worker-train"]["image"] != services()["worker-train"]["image"]
    for lock in (default, gpu["worker-train"]["build"]["args"]["LOCK"]):
        assert (ROOT / lock).exists()
