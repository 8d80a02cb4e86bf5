"""Strict reading of TOML reference files: every refusal names the file and the key.

Pure Python; `roles.catalog` and `projects.catalog` read their files with it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

LOWEST_LEVEL, HIGHEST_LEVEL = 1, 5
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SkillNeed:
    """A skill and the lowest level (1 to 5) that will do."""

    skill: str
    level: int


class Row:
    """One table of a file. Read what you need, then call `done` to refuse leftovers."""

    def __init__(self, source: str, values: Any, place: str = "") -> None:
        self.source = source
        if not isinstance(values, dict):
            raise ValueError(f"{source}: {place or 'the file'} must be a table.")  # noqa: TRY004
        self._values = values
        self._read: set[str] = set()
        self.place = str(values.get("key", place)) or "the file"

    def refuse(self, message: str) -> ValueError:
        """Return the error that names this row."""
        return ValueError(f"{self.source}: {self.place}: {message}")

    def done(self) -> None:
        """Refuse fields that nobody read: usually a slip of the pen."""
        left = sorted(set(self._values) - self._read)
        if left:
            raise self.refuse(f"unknown field(s) {', '.join(left)}.")

    def has(self, name: str) -> bool:
        return name in self._values

    def raw(self, name: str) -> Any:
        self._read.add(name)
        if name not in self._values:
            raise self.refuse(f"{name} is missing.")
        return self._values[name]

    def text(self, name: str, default: str | None = None) -> str:
        if default is not None and name not in self._values:
            return default
        value = self.raw(name)
        if not isinstance(value, str) or not value.strip():
            raise self.refuse(f"{name} must be a text that is not empty.")
        return value.strip()

    def both(self, name: str) -> tuple[str, str]:
        """Return `<name>_en` and `<name>_zh`; a missing language is refused."""
        return self.text(f"{name}_en"), self.text(f"{name}_zh")

    def integer(self, name: str, low: int, high: int, default: int | None = None) -> int:
        if default is not None and name not in self._values:
            return default
        return self._bounded(name, self.raw(name), low, high)

    def number(self, name: str) -> float:
        value = self.raw(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.refuse(f"{name} must be a number.")
        return float(value)

    def flag(self, name: str, *, default: bool) -> bool:
        value = self.raw(name) if name in self._values else default
        if not isinstance(value, bool):
            raise self.refuse(f"{name} must be true or false.")
        return value

    def day(self, name: str) -> date:
        value = self.raw(name)
        if type(value) is not date:
            raise self.refuse(f"{name} must be a date such as 2026-01-01.")
        return value

    def one_of(self, name: str, known: Collection[str], default: str | None = None) -> str:
        value = self.text(name, default)
        self._check(name, value, known)
        return value

    def many_of(self, name: str, known: Collection[str] | None = None) -> tuple[str, ...]:
        """Return a list of keys; each must be known and none may come twice."""
        value = self.raw(name)
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise self.refuse(f"{name} must be a list of texts.")
        for one in value:
            if known is not None:
                self._check(name, one, known)
            if value.count(one) > 1:
                raise self.refuse(f"{name} names “{one}” twice.")
        return tuple(value)

    def integers(self, name: str, known: Collection[str], low: int, high: int) -> dict[str, int]:
        """Return a table of known keys with a whole number each."""
        value = self.raw(name)
        if not isinstance(value, dict):
            raise self.refuse(f"{name} must be a table.")
        for key, amount in value.items():
            self._check(name, key, known)
            self._bounded(f"{name}.{key}", amount, low, high)
        return dict(value)

    def needs(self, name: str, skills: Collection[str]) -> tuple[SkillNeed, ...]:
        """Return a table skill -> lowest level as needs, in the file's order."""
        levels = self.integers(name, skills, LOWEST_LEVEL, HIGHEST_LEVEL)
        return tuple(SkillNeed(skill, level) for skill, level in levels.items())

    def row(self, name: str) -> Row:
        return Row(self.source, self.raw(name), f"{self.place}.{name}")

    def rows(self, name: str) -> list[Row]:
        value = self.raw(name)
        if not isinstance(value, list):
            raise self.refuse(f"{name} must be a list of tables.")
        return [
            Row(self.source, one, f"{self.place}.{name}[{index}]" if self.place else name)
            for index, one in enumerate(value)
        ]

    def _bounded(self, name: str, value: Any, low: int, high: int) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise self.refuse(f"{name} must be a whole number from {low} to {high}.")
        return value

    def _check(self, name: str, value: str, known: Collection[str]) -> None:
        if value not in known:
            raise self.refuse(f"{name} “{value}” is not known ({', '.join(sorted(known))}).")


def read_file(path: Path) -> Row:
    """Return the top table of a TOML file."""
    try:
        return Row(path.name, tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise ValueError(f"{path.name}: the file is missing in {path.parent}.") from error
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path.name}: {error}") from error


def read_list(path: Path, name: str, build: Callable[[Row], T]) -> tuple[T, ...]:
    """Build one thing from each `[[name]]` table of a file that holds nothing else."""
    top = read_file(path)
    built = build_all(top.rows(name), build)
    top.done()
    return built


def build_all(rows: Iterable[Row], build: Callable[[Row], T]) -> tuple[T, ...]:
    """Build each row, refuse unknown fields and a key that comes twice."""
    built, seen = [], set()
    for row in rows:
        thing = build(row)
        row.done()
        key = getattr(thing, "key", None)
        if key is not None and key in seen:
            raise row.refuse("this key comes twice.")
        seen.add(key)
        built.append(thing)
    return tuple(built)
