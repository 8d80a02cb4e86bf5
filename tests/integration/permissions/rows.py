"""Who asks for a list, and how the rows are found in its pages, answers and files."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from teamhub.accounts.models import User
from tests.integration.permissions.scene import Scene
from tests.integration.permissions.scene_people import People
from tests.integration.permissions.walker import Answer


@dataclass(frozen=True)
class Who:
    """A steward or a member of a group."""

    scene: Scene
    group: str
    kind: str
    user: User

    @property
    def is_steward(self) -> bool:
        return self.kind == "steward"

    @property
    def is_administrator(self) -> bool:
        return self.group == "administrator"

    @property
    def person(self) -> Any:
        return People.of(self.scene).persons[self.user.username]


Found = list[Any]


def opens(_who: Who) -> int:
    return 200


def administrators(who: Who) -> int:
    return 200 if who.is_administrator else 403


@dataclass(frozen=True)
class View:
    """A list, page or file, and the rows that somebody must find in it: all of them, no other."""

    path: str | Callable[[Scene], str]
    find: Callable[[Answer], Found]
    wanted: Callable[[Who], Iterable[Any]]
    root: str = ""  # of the fragment
    status: Callable[[Who], int] = opens

    def address(self, scene: Scene) -> str:
        return self.path if isinstance(self.path, str) else self.path(scene)


# --- finding --------------------------------------------------------------------------------------


def links(pattern: str) -> Callable[[Answer], Found]:
    return lambda answer: re.findall(pattern, answer.text)


def ids(answer: Answer) -> Found:
    """Ids of a page of results; the count tells no more rows than are there."""
    body = answer.json()
    assert body["count"] == len(body["results"]), "count and rows differ"
    return [str(row["id"]) for row in body["results"]]


def json_column(name: str) -> Callable[[Answer], Found]:
    return lambda answer: [row[name] for row in answer.json()["results"]]


def column(*names: str) -> Callable[[Answer], Found]:
    def cells(answer: Answer) -> Found:
        lines = list(csv.DictReader(answer.text.splitlines()))
        return [
            tuple(line[name] for name in names) if names[1:] else line[names[0]] for line in lines
        ]

    return cells


def lines(answer: Answer) -> Found:
    """As many as there are rows."""
    return [""] * (len(list(csv.reader(answer.text.splitlines()))) - 1)


# --- wanting --------------------------------------------------------------------------------------


def pks(rows: Any) -> list[str]:
    return [str(row.pk) for row in rows]


def keys(rows: Any) -> list[str]:
    return [row.key for row in rows]
