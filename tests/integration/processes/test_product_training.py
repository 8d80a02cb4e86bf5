"""The running product trains with real TensorFlow; its worker is killed in the middle of it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from benchmarks import product, product_training
from benchmarks.running import Client
from tests.integration.models_ml.scene import table
from tests.product import Product, running_product

pytestmark = [pytest.mark.processes, pytest.mark.timeout(600)]

RUNS = "/api/v1/models/training-runs/"
KERNEL = "models_ml.kernel.train"
# Long enough that two epochs are read, and a worker is killed, while it works.
CONFIG = {"epochs": 12, "hidden": [64, 32]}
RECIPE, SEED = "seed-mlp-scaled", 7
PASSWORD = "a password of tests"


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Product, Client]]:
    """A product whose silent runs are given up soon, and a client of its administrator."""
    env = {"DJANGO_SUPERUSER_USERNAME": "root", "DJANGO_SUPERUSER_PASSWORD": PASSWORD}
    env |= {"DJANGO_SUPERUSER_EMAIL": "root@example.org", "RUN_LOST_AFTER_SECONDS": "3"}
    var = tmp_path_factory.mktemp("trains") / "var"
    with running_product(var, "--no-demo", env=env) as own:
        own.manage("createsuperuser", "--noinput")
        client = Client(own.url)
        answer = client.call(
            "POST", "/api/v1/auth/token/", {"username": "root", "password": PASSWORD}
        )
        client.token = answer["token"]
        yield own, client


@pytest.fixture(scope="module")
def trained(started: tuple[Product, Client]) -> dict[str, Any]:
    """What the benchmark program does, against this product."""
    data = table(2000, spread=50.0).encode()
    return product_training.train(
        started[1], "clicks.csv", data, recipe=RECIPE, seed=SEED, label="label", config=CONFIG
    )


def test_data_in_figures_out_epoch_by_epoch_and_a_cancel_within_one(
    trained: dict[str, Any],
) -> None:
    assert (trained["rows"], trained["quality"]) == (2000, "ok")
    assert trained["epochs_seen_live"] >= 2  # each with a time of its own, while it was running
    assert trained["auc"] > 0.9  # the label follows from the two columns
    assert trained["baselines"]["majority"]["auc"] == 0.5
    assert trained["epochs_after_cancel"] <= 1


def test_a_killed_worker_goes_on_to_the_bits_of_an_undisturbed_one(
    started: tuple[Product, Client], trained: dict[str, Any]
) -> None:
    own, client = started
    wish = {"dataset": trained["dataset_sha256"], "recipe": RECIPE, "seed": SEED, "config": CONFIG}

    run = client.call("POST", RUNS, wish)
    until(lambda: len(epochs(client, run)) >= 2)
    with_tensorflow = holders_of_tensorflow(own)
    kill_training_worker(own)
    until(lambda: read(client, run)["status"] not in {"queued", "running"})
    run = read(client, run)

    # Web, workers and clock stay without it while their kernel trains.
    assert with_tensorflow == {KERNEL}
    assert (run["status"], run["attempt"]) == ("succeeded", 2), run
    assert [row["epoch"] for row in epochs(client, run)] == list(range(1, 13))
    assert sum(row["restored"] for row in epochs(client, run)) >= 2
    assert run["weights_sha256"] == trained["weights_sha256"] != ""
    until(lambda: not list((own.var / "training").iterdir()))  # no epochs are left behind


def test_a_file_that_cannot_be_read_is_refused_before_anything_starts(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert product.main(["training", "nowhere.csv"]) == 2
    assert "nowhere.csv" in capsys.readouterr().err


def until(claim: Callable[[], Any], seconds: float = 240) -> None:
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


def family(own: Product) -> list[psutil.Process]:
    return psutil.Process(own.process.pid).children(recursive=True)


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
