"""Private PostgreSQL and Redis servers on free ports, as root or as an ordinary user."""

from __future__ import annotations

import ctypes
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

START_SECONDS = 30
INITDB = ["-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"]
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class ServerDidNotStart(RuntimeError):
    """With the end of what it wrote."""


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def postgres_bin() -> Path | None:
    """Find the newest PostgreSQL: PG_BIN, then Debian's folders, then the PATH."""
    candidates = [Path(named)] if (named := os.environ.get("PG_BIN")) else []
    candidates += sorted(
        Path("/usr/lib/postgresql").glob("*/bin"),
        key=lambda path: [int(number) for number in re.findall(r"\d+", path.parent.name)],
        reverse=True,
    )
    if on_path := shutil.which("initdb"):
        candidates.append(Path(on_path).resolve().parent)
    return next((path for path in candidates if (path / "initdb").exists()), None)


def redis_bin() -> str | None:
    return shutil.which("redis-server") or shutil.which("valkey-server")


@contextmanager
def private_postgres() -> Iterator[str]:
    """Run a PostgreSQL that forgets (no fsync) and yield the address of its database."""
    binaries = postgres_bin()
    if binaries is None:
        raise ServerDidNotStart("no PostgreSQL on this machine (set PG_BIN)")
    with _folder("teamhub-pg-") as folder:
        port, account = free_port(), _ordinary_account()
        data = folder / "data"
        data.mkdir(mode=0o700)
        if account:
            shutil.chown(data, account["user"], account["group"])
        made = subprocess.run(
            [binaries / "initdb", "-D", data, *INITDB],
            capture_output=True,
            check=False,
            cwd="/",
            text=True,
            **account,
        )
        if made.returncode:
            raise ServerDidNotStart(f"initdb: {made.stderr[-2000:]}")
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": port,
            "unix_socket_directories": data,
            "fsync": "off",
            "full_page_writes": "off",
            "synchronous_commit": "off",
            "max_connections": 60,
        }
        arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        # postgres itself, not pg_ctl: the server is then our own child with a known pid.
        command = [str(binaries / "postgres"), "-D", str(data), *arguments]
        url = f"postgres://postgres@127.0.0.1:{port}/postgres"
        # SIGINT is its fast shutdown; SIGTERM would wait for clients.
        with _server(
            command, folder, lambda: _postgres_answers(url), ending=signal.SIGINT, **account
        ):
            yield url


@contextmanager
def private_redis(*settings: str) -> Iterator[str]:
    """Run a Redis and yield the address of its database 0; without settings it keeps no files."""
    binary = redis_bin()
    if binary is None:
        raise ServerDidNotStart("no redis-server on this machine")
    with _folder("teamhub-redis-") as folder:
        port = free_port()
        command = [binary, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder)]
        command += settings or ("--save", "", "--appendonly", "no")
        with _server(command, folder, lambda: _redis_answers(port), ending=signal.SIGTERM):
            yield f"redis://127.0.0.1:{port}/0"


def _ordinary_account() -> dict[str, Any]:
    """Name an account for a server that refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


@contextmanager
def _folder(prefix: str) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _server(
    command: list[str],
    folder: Path,
    answers: Callable[[], bool],
    *,
    ending: signal.Signals,
    **account: Any,
) -> Iterator[subprocess.Popen[bytes]]:
    log = folder / "server.log"
    with log.open("wb") as written:
        server = subprocess.Popen(
            command,
            cwd="/",
            preexec_fn=_die_with_parent,  # noqa: PLW1509 (no other thread forks here)
            start_new_session=True,  # Ctrl-C is for pytest, which ends the server after its tests
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            stdout=written,
            **account,
        )
    try:
        last = time.monotonic() + START_SECONDS
        while not answers():
            if server.poll() is not None or time.monotonic() > last:
                raise ServerDidNotStart(f"{command[0]}: {log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.05)
        yield server
    finally:
        server.send_signal(ending)
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def _die_with_parent() -> None:
    """Ask Linux to end this child when pytest is killed and cannot do it."""
    if _libc is not None:
        _libc.prctl(1, signal.SIGINT)  # PR_SET_PDEATHSIG, linux/prctl.h


def _postgres_answers(url: str) -> bool:
    import psycopg2

    try:
        psycopg2.connect(url, connect_timeout=2).close()
    except psycopg2.OperationalError:
        return False
    return True


def _redis_answers(port: int) -> bool:
    import redis

    with redis.Redis(port=port, socket_timeout=2) as client:
        try:
            return bool(client.ping())
        except redis.AuthenticationError:
            return True  # it asks for a password
        except redis.RedisError:
            return False
