"""`manage.py up` as people meet it: it starts, refuses, repairs itself and stops."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from teamhub import embedded
from teamhub.demo_accounts import DEMO_PASSWORD
from teamhub.management.commands.up import refuse_known_passwords
from tests.builders import make_user
from tests.product import ROOT, Product, running_product
from tests.servers import free_port

WARM_SECONDS = 8


def family(product: Product) -> list[psutil.Process]:
    return psutil.Process(product.process.pid).children(recursive=True)


def named(product: Product, words: str) -> psutil.Process:
    """The direct child whose command line holds the words."""
    for child in psutil.Process(product.process.pid).children():
        if words in " ".join(child.cmdline()):
            return child
    raise AssertionError(f"no child with {words!r}")


def complete_family(product: Product) -> list[psutil.Process]:
    """Everybody, once all have come: guard, web, two workers, clock and what these started."""
    last = time.monotonic() + 30
    while len(everybody := family(product)) < 8:
        assert time.monotonic() < last, f"only {alive(everybody)}"
        time.sleep(0.1)
    return everybody


def alive(processes: list[psutil.Process]) -> list[str]:
    return [
        " ".join(each.cmdline())
        for each in processes
        if each.is_running() and each.status() != psutil.STATUS_ZOMBIE
    ]


def wait_until_all_end(processes: list[psutil.Process], seconds: float) -> None:
    last = time.monotonic() + seconds
    while left := alive(processes):
        assert time.monotonic() < last, f"still alive: {left}"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def cold(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """A product without demo company, started for the first time."""
    with running_product(tmp_path_factory.mktemp("up") / "var", "--no-demo") as started:
        started.wait_for("createsuperuser")
        yield started


@pytest.fixture
def warm(cold: Product, tmp_path: Path) -> Path:
    """A folder that a product worked on before; nobody does now."""
    var = tmp_path / "var"
    shutil.copytree(cold.var, var, ignore=shutil.ignore_patterns("broker", "up.log", "*.sqlite3*"))
    with (
        closing(sqlite3.connect(cold.var / "teamhub.sqlite3")) as source,
        closing(sqlite3.connect(var / "teamhub.sqlite3")) as copy,
    ):
        source.backup(copy)
    return var


# --- refusals that need no process ----------------------------------------------------------------


@pytest.mark.django_db
def test_a_network_address_is_refused_while_a_demo_password_is_unchanged() -> None:
    make_user("ada", password=DEMO_PASSWORD)
    make_user("bo", password="changed by its owner")

    with pytest.raises(embedded.CannotStart, match="the demo password still opens ada\\."):
        refuse_known_passwords("0.0.0.0", demo_comes=True)  # noqa: S104


@pytest.mark.django_db
def test_a_network_address_is_refused_before_a_demo_company_is_built() -> None:
    with pytest.raises(embedded.CannotStart, match="--no-demo"):
        refuse_known_passwords("192.0.2.7", demo_comes=True)


@pytest.mark.django_db
def test_a_network_address_is_taken_once_the_demo_passwords_are_changed_or_closed() -> None:
    make_user("ada", password="changed by its owner")
    make_user("bo", password=DEMO_PASSWORD, is_active=False)

    refuse_known_passwords("0.0.0.0", demo_comes=True)  # noqa: S104


@pytest.mark.django_db
def test_this_machine_may_keep_its_demo_passwords() -> None:
    make_user("ada", password=DEMO_PASSWORD)

    refuse_known_passwords("127.0.0.1", demo_comes=True)


# --- with real processes --------------------------------------------------------------------------


@pytest.mark.processes
def test_it_prints_where_it_is_and_answers_there(cold: Product) -> None:
    assert f"Open {cold.url}/" in cold.printed()
    assert f"TeamHub keeps its data in {cold.var}" in cold.printed()
    assert cold.answers()


@pytest.mark.processes
def test_a_second_instance_on_the_same_folder_is_refused(cold: Product) -> None:
    with running_product(cold.var / "..", wait=False, env={"TEAMHUB_VAR": str(cold.var)}) as other:
        assert other.process.wait(30) == 1
        words = other.printed()

    assert f"Another TeamHub (process {cold.process.pid}) already works on {cold.var}." in words
    assert "Traceback" not in words


@pytest.mark.processes
def test_a_taken_port_is_refused(cold: Product, tmp_path: Path) -> None:
    arguments = ("--port", str(cold.port))
    with running_product(tmp_path / "var", *arguments, wait=False) as other:
        assert other.process.wait(30) == 1
        words = other.printed()

    assert f"Port {cold.port} on 127.0.0.1 cannot be used: address already in use." in words
    assert "Traceback" not in words


@pytest.mark.processes
@pytest.mark.parametrize("which", ["gunicorn", "default,solve", "-Q train", "clock"])
def test_a_killed_child_is_replaced(which: str, cold: Product) -> None:
    until = time.monotonic() + 30
    first = named(cold, which).pid
    os.kill(first, signal.SIGKILL)

    second = first
    while second == first:
        assert time.monotonic() < until
        time.sleep(0.1)
        try:
            second = named(cold, which).pid
        except (AssertionError, psutil.Error):
            second = first  # not there yet

    assert "was killed by signal 9; starting it again" in cold.printed()
    while not cold.answers():
        assert time.monotonic() < until
        time.sleep(0.1)


@pytest.mark.processes
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_ends_everything_and_succeeds(number: signal.Signals, warm: Path) -> None:
    with running_product(warm, "--no-demo") as product:
        everybody = complete_family(product)

        assert product.stop(number) == 0

        assert alive(everybody) == []
        assert product.printed().rstrip().endswith("Stopped.")


@pytest.mark.processes
def test_when_it_is_killed_nobody_is_left(warm: Path) -> None:
    with running_product(warm, "--no-demo") as product:
        everybody = complete_family(product)

        product.process.kill()
        product.process.wait()

        wait_until_all_end(everybody, seconds=20)


@pytest.mark.processes
def test_a_warm_start_is_quick_and_repeats_nothing(warm: Path) -> None:
    began = time.monotonic()

    with running_product(warm, "--no-demo") as product:
        seconds = time.monotonic() - began
        words = product.printed()

    assert "collecting" not in words
    assert "creating" not in words
    # The clock of a busy test machine: the promise for two free cores is 8 s.
    assert seconds < 3 * WARM_SECONDS


@pytest.mark.processes
def test_a_web_process_that_cannot_start_ends_everything_loudly(warm: Path) -> None:
    env = {"ALLOWED_HOSTS": "localhost", "GUNICORN_CMD_ARGS": "--no-such-option"}
    with running_product(warm, "--no-demo", wait=False, env=env) as product:
        assert product.process.wait(60) == 1
        words = product.printed()

    assert "web ended 5 times right after its start" in words


@pytest.mark.processes
def test_without_a_writable_folder_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = subprocess.run(
        [sys.executable, "manage.py", "up", "--port", str(free_port())],
        capture_output=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "TEAMHUB_VAR": str(tmp_path / "file" / "var"), "SECRET_KEY": ""},
        text=True,
    )

    assert done.returncode == 1
    assert done.stderr.startswith("TeamHub cannot start: ")
    assert "Set TEAMHUB_VAR to a folder of yours." in done.stderr


@pytest.mark.processes
def test_a_wrong_setting_stops_the_start_with_its_name(tmp_path: Path) -> None:
    env = {"STAFFING_SECONDS": "soon"}
    with running_product(tmp_path / "var", wait=False, env=env) as product:
        assert product.process.wait(30) == 1
        words = product.printed()

    assert words == "TeamHub cannot start: STAFFING_SECONDS='soon' is not a whole number.\n"
