"""Start the product as `make run` does, on a folder and port of its own, and talk HTTP to it."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any
from uuid import uuid4

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 180
POLL_SECONDS = 0.5
USER = "benchmark"


class ProductError(RuntimeError):
    """The product did not start or answered with an error; the message holds its words."""


@dataclass
class Client:
    """JSON, CSV and multipart over HTTP with a token."""

    url: str
    token: str = ""
    password: str = ""  # of the administrator, who may invite others
    errors: list[str] = field(default_factory=list)
    etag: str = ""  # of the last answer

    def call(
        self, method: str, path: str, body: Any = None, *, headers: Mapping[str, str] | None = None
    ) -> Any:
        """Send JSON; returns the parsed answer, or the text where it is CSV."""
        data = None if body is None else json.dumps(body).encode()
        return self._send(
            method, path, data, {"Content-Type": "application/json", **(headers or {})}
        )

    def upload(self, path: str, fields: Mapping[str, str], name: str, content: str | bytes) -> Any:
        """Send a multipart form with one file."""
        line = uuid4().hex
        parts = [
            f'--{line}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
            for key, value in fields.items()
        ]
        parts.append(
            f'--{line}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: text/csv\r\n\r\n"
        )
        body = content if isinstance(content, bytes) else content.encode()
        data = "".join(parts).encode() + body + f"\r\n--{line}--\r\n".encode()
        kind = {"Content-Type": f"multipart/form-data; boundary={line}"}
        return self._send("POST", path, data, kind)

    def _send(self, method: str, path: str, data: bytes | None, headers: Mapping[str, str]) -> Any:
        request = urllib.request.Request(  # noqa: S310 (loopback only)
            self.url + path, data=data, method=method, headers=dict(headers)
        )
        if self.token:
            request.add_header("Authorization", f"Token {self.token}")
        try:
            with urllib.request.urlopen(request, timeout=600) as answer:  # noqa: S310
                raw, kind = answer.read(), answer.headers.get_content_type()
                self.etag = answer.headers.get("ETag", "")
        except urllib.error.HTTPError as error:
            if error.code == HTTPStatus.NOT_MODIFIED:
                return None
            words = error.read().decode(errors="replace")[:2000]
            raise ProductError(f"{method} {path}: {error.code} {words}") from None
        text = raw.decode("utf-8-sig")
        return json.loads(text) if kind == "application/json" else text


@contextmanager
def product(**settings: str) -> Iterator[Client]:
    """A product without demo company, and a client that is logged in as its administrator."""
    password = secrets.token_urlsafe(16)
    with tempfile.TemporaryDirectory(prefix="teamhub-benchmark-") as folder:
        # What the caller's shell says of its own product must not reach this one.
        inherited = {
            name: value
            for name, value in os.environ.items()
            if name not in {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DJANGO_SETTINGS_MODULE"}
        }
        env = inherited | {"TEAMHUB_VAR": folder} | settings
        port = _free_port()
        command = [sys.executable, "manage.py", "up", "--no-demo", "--port", str(port)]
        log = Path(folder) / "printed.log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                command, cwd=ROOT, env=env, stdout=out, stderr=subprocess.STDOUT
            )
        try:
            client = Client(f"http://127.0.0.1:{port}")
            _wait(client, process, log)
            subprocess.run(
                [sys.executable, "manage.py", "createsuperuser", "--noinput"],
                check=True,
                cwd=ROOT,
                env=env
                | {
                    "DJANGO_SUPERUSER_USERNAME": USER,
                    "DJANGO_SUPERUSER_EMAIL": f"{USER}@example.org",
                    "DJANGO_SUPERUSER_PASSWORD": password,
                },
                stdout=subprocess.DEVNULL,
            )
            answer = client.call(
                "POST", "/api/v1/auth/token/", {"username": USER, "password": password}
            )
            client.token, client.password = answer["token"], password
            yield client
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def _wait(client: Client, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            raise ProductError(f"the product ended:\n{log.read_text(errors='replace')[-2000:]}")
        try:
            if client.call("GET", "/readyz")["ready"]:
                return
        except (OSError, ProductError):
            pass
        time.sleep(0.25)
    raise ProductError(
        f"not ready in {START_SECONDS} s:\n{log.read_text(errors='replace')[-2000:]}"
    )


def finished(client: Client, place: str, run: dict[str, Any], seconds: float) -> dict[str, Any]:
    """Poll a run until it has succeeded; `seconds` is how long that may take."""
    end = time.monotonic() + seconds
    while run["status"] in {"queued", "running"}:
        if time.monotonic() > end:
            raise ProductError(f"the run is still {run['status']} after {seconds:.0f} s")
        time.sleep(POLL_SECONDS)
        run = client.call("GET", f"{place}{run['id']}/")
    if run["status"] != "succeeded":
        raise ProductError(f"the run {run['status']}: {run['error_code']} {run['error_message']}")
    return run


class Stopwatch:
    """Adds the seconds of a block to a table."""

    def __init__(self, table: dict[str, float], name: str) -> None:
        self.table, self.name = table, name

    def __enter__(self) -> None:
        self.began = time.monotonic()

    def __exit__(self, *_: object) -> None:
        self.table[self.name] = self.table.get(self.name, 0.0) + time.monotonic() - self.began
