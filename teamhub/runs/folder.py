"""The embedded broker: one file a message, in one folder of one host.

Kombu ships a file system transport; this one differs where a killed process would hurt: a message
appears by rename, so nobody reads half of one; a file that cannot be read is thrown away instead of
ending the worker (the clock rings again); nothing but message files is kept, so an emptied folder
needs no repair; and names sort by time.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import virtual
from kombu.utils.json import dumps, loads

logger = logging.getLogger(__name__)

_PARTS = {"body", "headers", "properties"}
STALE_SECONDS = 3600.0  # a rename takes milliseconds; what is older was left by a killed process


class Channel(virtual.Channel):
    """Messages of a queue are the files `*.<queue>.msg`."""

    supports_fanout = False

    @property
    def folder(self) -> Path:
        client = self.connection.client
        assert client is not None  # noqa: S101 (a channel that is open has one)
        return Path((client.transport_options or {})["folder"])

    def _waiting(self, queue: str) -> Iterator[Path]:
        try:
            names = sorted(path.name for path in self.folder.iterdir())
        except FileNotFoundError:
            return
        for name in names:
            if not name.startswith(".") and name.endswith(f".{queue}.msg"):
                yield self.folder / name

    def _put(self, queue: str, message: dict[str, Any], **kwargs: Any) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = f"{time.time_ns():020d}-{uuid.uuid4().hex}.{queue}.msg"
        part = self.folder / f".{name}.part"
        part.write_text(dumps(message), encoding="utf-8")
        part.replace(self.folder / name)

    def _get(self, queue: str, timeout: float | None = None) -> dict[str, Any]:
        for path in self._waiting(queue):
            taken = path.with_name(f".{path.name}.taken")
            try:
                path.rename(taken)  # of several workers one wins
            except FileNotFoundError:
                continue
            message = _read(taken)
            taken.unlink(missing_ok=True)
            if message is not None:
                return message
        raise Empty

    def _size(self, queue: str) -> int:
        return sum(1 for _ in self._waiting(queue))

    def _purge(self, queue: str) -> int:
        count = 0
        for path in self._waiting(queue):
            path.unlink(missing_ok=True)
            count += 1
        return count


def _read(path: Path) -> dict[str, Any] | None:
    try:
        message = loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        logger.warning("message file %s cannot be read and is thrown away: %s", path.name, error)
        return None
    if not isinstance(message, dict) or not message.keys() >= _PARTS:
        logger.warning("message file %s holds no message and is thrown away", path.name)
        return None
    return message


class Transport(virtual.Transport):
    """Register with kombu as `folder://`; transport option: folder."""

    Channel = Channel
    implements = virtual.Transport.implements.extend(
        asynchronous=False, exchange_type=frozenset(["direct"])
    )
    polling_interval = 0.2  # s
    driver_type = "folder"
    driver_name = "folder"

    def driver_version(self) -> str:
        return "1"


def sweep(folder: Path, *, older_than_s: float = STALE_SECONDS) -> int:
    """Remove half-written and half-taken files of killed processes; say how many."""
    count = 0
    for path in folder.glob(".*.msg.*"):
        try:
            if time.time() - path.stat().st_mtime > older_than_s:
                path.unlink()
                count += 1
        except FileNotFoundError:
            continue
    return count
