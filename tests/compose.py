"""What docker-compose.yml says, as a container engine would read it."""

from __future__ import annotations

import re
import shlex
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "docker-compose.yml"
WORKERS = {"worker": "default", "worker-solve": "solve", "worker-train": "train"}
OURS = ("setup", "web", *WORKERS, "clock")
FOREIGN = ("db", "redis")
_VARIABLE = re.compile(r"\$\{(\w+)(?::(-|\?)([^}]*))?\}")


@cache
def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.safe_load(FILE.read_text())["services"]
    return found


def lines_of(service: str) -> list[list[str]]:
    """The programs that a service starts, each with its arguments."""
    command: list[str] = services()[service]["command"]
    if command[0] != "sh":
        return [command]
    return [shlex.split(line) for line in command[-1].splitlines()]


def program(service: str) -> list[str]:
    (words,) = lines_of(service)
    return words


def health_check(service: str) -> list[str]:
    """The command of the health check, without the word that says how it is started."""
    kind, *words = services()[service]["healthcheck"]["test"]
    assert kind == "CMD"
    return words


def environment(service: str, **given: str) -> dict[str, str]:
    """The variables of a service, with `given` in the place of the environment of the engine."""
    return {
        name: interpolated(str(value), given)
        for name, value in services()[service].get("environment", {}).items()
    }


def interpolated(text: str, given: dict[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        name, how, words = found.groups()
        if given.get(name) or (how is None and name in given):
            return given[name]
        assert how == "-", f"{name}: {words or 'not given'}"
        return str(words)

    return _VARIABLE.sub(value, text)


def option(words: list[str], name: str) -> str:
    return words[words.index(name) + 1]
