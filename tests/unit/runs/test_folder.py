"""The embedded broker's files."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu import Connection

from teamhub.runs import folder as broker


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "broker"


@pytest.fixture
def channel(place: Path) -> Iterator[Any]:
    with Connection(
        transport="teamhub.runs.folder:Transport", transport_options={"folder": str(place)}
    ) as connection:
        yield connection.channel()


def message(text: str) -> dict[str, Any]:
    return {"body": text, "headers": {}, "properties": {}}


def test_messages_come_in_the_order_in_which_they_were_sent(channel: Any) -> None:
    for text in "abc":
        channel._put("solve", message(text))
    assert [channel._get("solve")["body"] for _ in "abc"] == ["a", "b", "c"]


def test_queues_are_apart(channel: Any) -> None:
    channel._put("train", message("t"))
    assert (channel._size("solve"), channel._size("train")) == (0, 1)
    with pytest.raises(Empty):
        channel._get("solve")


@pytest.mark.parametrize("content", [b"", b'{"body": "a", "hea', b"\xff\xfe", b"[1]", b'{"a": 1}'])
def test_a_file_that_is_no_message_is_thrown_away(
    channel: Any, place: Path, content: bytes
) -> None:
    channel._put("solve", message("first"))
    next(place.glob("*.msg")).write_bytes(content)
    channel._put("solve", message("second"))
    assert channel._get("solve")["body"] == "second"
    assert list(place.iterdir()) == []


def test_an_emptied_or_missing_folder_is_no_error(channel: Any, place: Path) -> None:
    with pytest.raises(Empty):
        channel._get("solve")
    channel._put("solve", message("a"))
    assert channel._purge("solve") == 1
    place.rmdir()
    channel._put("solve", message("b"))
    assert channel._get("solve")["body"] == "b"


def test_sweep_takes_only_what_killed_processes_left(channel: Any, place: Path) -> None:
    channel._put("solve", message("waits"))
    for name in (".1.solve.msg.part", ".2.solve.msg.taken"):
        (place / name).write_text("{")
        os.utime(place / name, (time.time() - 7200,) * 2)
    (place / ".3.solve.msg.part").write_text("{")
    assert broker.sweep(place) == 2
    assert sorted(path.name for path in place.glob(".*")) == [".3.solve.msg.part"]
    assert channel._size("solve") == 1
