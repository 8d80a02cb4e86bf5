"""The running product trains with real TensorFlow; its worker is killed in the middle of it."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from benchmarks import product
from benchmarks.running import Client
from models_ml.kernel import launch
from tests.integration.models_ml.scene import table
from tests.product import Product, running_product

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]

RUNS = "/api/v1/models/training-runs/"
KERNEL = "models_ml.kernel.train"
# Long enough that two epochs are read, and a worker is killed, while it works.
CONFIG = {"epochs": 12, "hidden": [64, 32]}
PASSWORD = "a password of tests"


def test_data_in_figures_out_as_the_kernel_alone_computes_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "clicks.csv"
    data.write_text(table(2000, spread=50.0))
    wish = ["--recipe", "seed-mlp-scaled", "--seed", "7", "--config", json.dumps(CONFIG)]

    status = product.main(["training", str(data), *wish])

    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (status, line["ok"], line["errors"]) == (0, True, [])
    assert (line["rows"], line["status"], line["epochs"]) == (2000, "ok", 12)
    assert line["live_epochs"] >= 2
    jobdir = tmp_path / "alone"
    jobdir.mkdir()
    job = {"schema": 1, "data": str(data), "recipe": "seed-mlp-scaled", "config": CONFIG}
    alone = launch.train(job | {"seed": 7}, jobdir)
    assert line["weights_sha256"] == alone["weights_sha256"]
    assert {name: line[name] for name in alone["metrics"]} == alone["metrics"]


@pytest.fixture
def started(tmp_path: Path) -> Any:
    """A product whose silent runs are given up soon, and a client of its administrator."""
    env = {"DJANGO_SUPERUSER_USERNAME": "root", "DJANGO_SUPERUSER_PASSWORD": PASSWORD}
    env |= {"DJANGO_SUPERUSER_EMAIL": "root@example.org", "RUN_LOST_AFTER_SECONDS": "3"}
    with running_product(tmp_path / "var", "--no-demo", env=env) as own:
        own.manage("createsuperuser", "--noinput")
        client = Client(own.url)
        answer = client.call(
            "POST", "/api/v1/auth/token/", {"username": "root", "password": PASSWORD}
        )
        client.token = answer["token"]
        yield own, client


def test_a_killed_worker_goes_on_to_the_same_bits_and_cancel_ends_within_an_epoch(
    started: tuple[Product, Client],
) -> None:
    own, client = started
    dataset = client.upload(
        "/api/v1/models/datasets/", {"name": "Clicks"}, "clicks.csv", table(2000, spread=50.0)
    )
    wish = {"dataset": dataset["id"], "recipe": "seed-mlp-scaled", "seed": 1, "config": CONFIG}

    killed = client.call("POST", RUNS, wish)
    until(lambda: len(epochs(client, killed)) >= 2)
    with_tensorflow = holders_of_tensorflow(own)
    kill_training_worker(own)
    killed = ended(client, killed)
    again = ended(client, client.call("POST", f"/api/v1/runs/{killed['id']}/again/"))

    # Web, workers and clock stay without it while their kernel trains.
    assert with_tensorflow == {KERNEL}
    assert (killed["status"], killed["attempt"]) == ("succeeded", 2), killed
    assert [row["epoch"] for row in epochs(client, killed)] == list(range(1, 13))
    assert sum(row["restored"] for row in epochs(client, killed)) >= 2
    assert (again["status"], again["attempt"]) == ("succeeded", 1), again
    assert again["weights_sha256"] == killed["weights_sha256"] != ""

    endless = {"hidden": [2048, 2048], "batch_size": 1, "epochs": 1000}
    cancelled = client.call("POST", RUNS, wish | {"config": endless})
    until(lambda: read(client, cancelled)["stage"] == "Training")
    client.call("POST", f"/api/v1/runs/{cancelled['id']}/cancel/")
    until(lambda: not kernels(own))

    assert read(client, cancelled)["status"] == "cancelled"
    assert epochs(client, cancelled) == []  # it ended before its first epoch did
    until(lambda: not list((own.var / "training").iterdir()))


def until(claim: Callable[[], Any], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not claim():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.1)


def read(client: Client, run: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = client.call("GET", f"{RUNS}{run['id']}/")
    return found


def epochs(client: Client, run: dict[str, Any]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = client.call("GET", f"{RUNS}{run['id']}/epochs/")
    return rows


def ended(client: Client, run: dict[str, Any]) -> dict[str, Any]:
    until(lambda: read(client, run)["status"] not in {"queued", "running"})
    return read(client, run)


def family(own: Product) -> list[psutil.Process]:
    return psutil.Process(own.process.pid).children(recursive=True)


def kernels(own: Product) -> list[psutil.Process]:
    return [each for each in family(own) if KERNEL in command(each)]


def command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:
        return []


def holders_of_tensorflow(own: Product) -> set[str]:
    """What the processes are that have its library in their memory."""
    found = set()
    for each in [psutil.Process(own.process.pid), *family(own)]:
        try:
            maps = Path(f"/proc/{each.pid}/maps").read_text()
        except OSError:
            continue
        if "tensorflow" in maps:
            found.add(KERNEL if KERNEL in command(each) else " ".join(command(each)))
    return found


def kill_training_worker(own: Product) -> None:
    """kill -9 the worker of the queue train with all that it started."""
    workers = [each for each in family(own) if "train" in command(each)]
    assert workers
    for each in [*workers, *(child for one in workers for child in one.children(recursive=True))]:
        try:
            os.kill(each.pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
