"""A real product for tests: `manage.py up`, as `make run` starts it, on its own folder and port."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.servers import free_port

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 120  # with demo company and static files on two busy cores
STOP_SECONDS = 25
# What belongs to the tests themselves must not reach the product.
OURS = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DJANGO_SETTINGS_MODULE", "TEAMHUB_TEST_VAR")
SHORT = {
    "RUN_HEARTBEAT_SECONDS": "0.5",
    "RUN_LOST_AFTER_SECONDS": "4",
    "RUN_RING_SECONDS": "1",
    "CLOCK_SECONDS": "0.3",
    "STAFFING_SECONDS": "3",
    # A suite logs in more often from one address than people do.
    "LOGIN_ADDRESS_LIMIT": "1000",
    "TOKEN_THROTTLE": "1000/min",
}


class ProductDidNotStart(RuntimeError):
    """With what it printed."""


@dataclass
class Product:
    """A running product and the way to talk to it."""

    process: subprocess.Popen[bytes]
    port: int
    var: Path
    env: dict[str, str]
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def printed(self) -> str:
        return self.log.read_text(errors="replace")

    def answers(self) -> bool:
        """Ask /healthz once."""
        web = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            web.request("GET", "/healthz")
            return web.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            web.close()

    def manage(self, *arguments: str) -> str:
        """Run a manage.py command on this product's data and return what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            capture_output=True,
            check=False,
            cwd=ROOT,
            env=self.env,
            text=True,
            timeout=120,
        )
        if done.returncode:
            raise RuntimeError(f"manage.py {arguments[0]}: {done.stdout[-2000:]}{done.stderr}")
        return done.stdout

    def wait_for(self, words: str, seconds: float = START_SECONDS) -> None:
        """Wait until the product has printed the words."""
        last = time.monotonic() + seconds
        while words not in self.printed():
            if self.process.poll() is not None or time.monotonic() > last:
                raise ProductDidNotStart(f"no {words!r} in:\n{self.printed()[-4000:]}")
            time.sleep(0.05)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to stop, as Ctrl-C or a service manager would, and return its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(STOP_SECONDS)

    def end(self) -> None:
        """Stop it as quickly as it can: a second request cuts the workers' farewell short."""
        try:
            for _ in range(2):
                if self.process.poll() is None:
                    self.process.send_signal(signal.SIGTERM)
                    time.sleep(0.3)
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()  # its guard ends the children
            self.process.wait()


def environment(var: Path, **more: str) -> dict[str, str]:
    """The environment of a product on the folder `var`, free of what belongs to the tests."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in OURS and not name.startswith("PYTEST")
    }
    return {**kept, "TEAMHUB_VAR": str(var), **SHORT, **more}


@contextmanager
def running_product(
    var: Path, *arguments: str, wait: bool = True, env: dict[str, str] | None = None
) -> Iterator[Product]:
    """Start a product on `var` and stop it at the end, whatever the test did to it."""
    port = free_port()
    var.mkdir(parents=True, exist_ok=True)
    log = var / "up.log"
    its_env = environment(var, **(env or {}))
    with log.open("wb") as written:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "up", "--port", str(port), *arguments],
            cwd=ROOT,
            env=its_env,
            start_new_session=True,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            stdout=written,
        )
    product = Product(process, port, var, its_env, log)
    try:
        if wait:
            product.wait_for("Open http://")
        yield product
    finally:
        product.end()


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """A product with the demo company; one for the session."""
    with running_product(tmp_path_factory.mktemp("product") / "var") as started:
        yield started


@pytest.fixture(scope="session")
def empty_product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """A product without the demo company (reference data only); one for the session."""
    with running_product(tmp_path_factory.mktemp("empty") / "var", "--no-demo") as started:
        yield started
