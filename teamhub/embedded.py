"""What the embedded set-up needs before Django can load: folder, secret, lock, address."""

from __future__ import annotations

import fcntl
import hashlib
import ipaddress
import os
import secrets
import socket
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
MOST_PORT = 65535
BACKLOG = 128  # connections that may wait while the web process starts


class CannotStart(RuntimeError):
    """With words for the person at the terminal: what is in the way and what to do."""


def var_dir() -> Path:
    """Find the folder of everything that the product writes, as the settings will."""
    return Path(os.environ.get("TEAMHUB_VAR") or BASE_DIR / "var").absolute()


def ensure_secret() -> None:
    """Make var/secret_key, readable by its owner alone, unless the environment brings a secret."""
    if os.environ.get("SECRET_KEY") or os.environ.get("SECRET_KEY_FILE"):
        return
    path = var_dir() / "secret_key"
    if path.exists():
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        made = path.with_name(f"secret_key.{os.getpid()}")
        descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(50))
        try:
            os.link(made, path)  # of two starts at once only one wins
        except FileExistsError:
            pass
        finally:
            made.unlink()
    except OSError as error:
        raise ImproperlyConfigured(
            f"{path} cannot be made: {error.strerror}. Set TEAMHUB_VAR to a folder of yours."
        ) from None


def hold(var: Path) -> IO[str]:
    """Lock the folder for one instance; keep the answer open as long as it is needed."""
    var.mkdir(parents=True, exist_ok=True)
    file = (var / "up.lock").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        holder = file.read().strip() or "unknown"
        file.close()
        raise CannotStart(
            f"Another TeamHub (process {holder}) already works on {var}. "
            "Stop it with Ctrl-C in its window, or set TEAMHUB_VAR to another folder."
        ) from None
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
    return file


def is_loopback(address: str) -> bool:
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def listen(address: str, port: int) -> socket.socket:
    """Take the port now, so that nobody else can and early browsers wait instead of failing."""
    if not 0 <= port <= MOST_PORT:
        raise CannotStart(f"{port} is no port: 1 to {MOST_PORT} are.")
    try:
        family, _kind, _protocol, _name, target = socket.getaddrinfo(
            address, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError:
        raise CannotStart(
            f"{address}:{port} is no address of this machine. Try --bind 127.0.0.1."
        ) from None
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(target)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise CannotStart(
            f"Port {port} on {address} cannot be used: {(error.strerror or str(error)).lower()}. "
            f"Stop the program that holds it, or take another: make run PORT={port + 1} "
            f"(manage.py up --port {port + 1})."
        ) from None
    return listener


def allowed_hosts(address: str) -> str:
    """Names under which people may ask for pages of a product bound to `address`."""
    names = ["localhost", "127.0.0.1", "[::1]", socket.gethostname(), socket.getfqdn()]
    if ipaddress.ip_address(address).is_unspecified:
        names += _own_addresses()
    else:
        names.append(f"[{address}]" if ":" in address else address)
    return ",".join(dict.fromkeys(names))


def _own_addresses() -> list[str]:
    try:
        found = socket.getaddrinfo(socket.gethostname(), None, type=socket.SOCK_STREAM)
    except socket.gaierror:
        return []
    return [f"[{where[4][0]}]" if ":" in str(where[4][0]) else str(where[4][0]) for where in found]


def digest_of(files: Iterable[Path]) -> str:
    """Sum up which files these are and when they changed, without reading them."""
    digest = hashlib.sha256()
    for path in sorted(files):
        status = path.stat()
        digest.update(f"{path}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()
