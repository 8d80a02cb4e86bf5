"""What nobody without the right may find in any answer: money, reasons, days, plans of others."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from typing import Any

from tests.integration.permissions.parts import PARTS
from tests.integration.permissions.rows import Who
from tests.integration.permissions.scene import figure
from tests.integration.permissions.scene_people import REASON
from tests.integration.permissions.walker import Answer

SEES_MONEY = {"administrator", "manager"}
MONEY = [amount for part in PARTS for amount in part.money]
MONEY_KEYS = frozenset(key for part in PARTS for key in part.money_keys)
_FIGURES = re.compile(figure(*MONEY))
_LABELS = "|".join(re.escape(label) for part in PARTS for label in part.money_labels)
_FIELDS = "|".join(field for part in PARTS for field in part.money_fields)
_WORDS = re.compile(rf'>\s*(?:{_LABELS})[\s:]*<|name="(?:{_FIELDS})"')
OVER_WORDS = {path: set(labels) for part in PARTS for path, labels in part.words.items()}
_REASONS = re.compile(rf"{REASON}([\w-]+)")


def money_in(answer: Answer, path: str = "", *, names: bool = True) -> Iterator[str]:
    """Amounts, and the names that they go by."""
    yield from _FIGURES.findall(answer.text)
    if not names:
        return
    if answer.is_json:
        yield from sorted(MONEY_KEYS & set(_keys(answer.json())))
    elif answer.is_csv:
        yield from sorted(MONEY_KEYS & set(_columns(answer.text)))
    else:
        found = {match.group() for match in _WORDS.finditer(answer.text)}
        yield from sorted(found - OVER_WORDS.get(path.partition("?")[0], set()))


def _columns(text: str) -> Iterator[str]:
    """Heads of a file, but for an objective that is only named."""
    lines = list(csv.DictReader(text.splitlines()))
    for name in next(csv.reader(text.splitlines()), []):
        if name != "objective" or any(re.search(r"\d", line[name]) for line in lines):
            yield name


def _keys(value: Any) -> Iterator[str]:
    """All keys of a JSON answer but the weights, which are what somebody asked for."""
    if isinstance(value, dict):
        for key, part in value.items():
            if (key, type(part)) != ("objective", str):  # its name is no figure
                yield key
            if key != "weights":
                yield from _keys(part)
    elif isinstance(value, list):
        for part in value:
            yield from _keys(part)


class Hunt:
    """Everything that one reader may not see (`money`: with a token's scope)."""

    def __init__(self, who: Who, *, money: bool | None = None) -> None:
        self.who = who
        self.sees_money = who.group in SEES_MONEY if money is None else money
        self.prices = money is None  # a token without that scope sees none
        patterns = [pattern for part in PARTS for pattern in part.hidden(who)]
        self.hidden = re.compile("|".join(patterns)) if patterns else None

    def found_in(self, answer: Answer, path: str = "") -> list[str]:
        found: list[Any] = []
        if not self.sees_money:
            found += money_in(answer, path, names=not self._sees_prices(path))
        if not self.who.is_administrator:
            own = self.who.person.key
            found += [name for name in _REASONS.findall(answer.text) if name != own]
        if self.hidden:
            found += [match.group() for match in self.hidden.finditer(answer.text)]
        return found

    def _sees_prices(self, path: str) -> bool:
        """Whether what stands at this address under the names of money is for this reader."""
        return any(
            path.startswith(tuple(part.priced)) and part.sees_prices(self.who)
            for part in PARTS
            if self.prices
        )

    def found(self, answers: dict[tuple[Any, ...], Answer]) -> dict[str, str]:
        """What each answer tells, by method and address."""
        return {
            f"{method} {path}": json.dumps(sorted(set(told)))
            for (method, path, *_rest), answer in answers.items()
            if (told := self.found_in(answer, path))
        }
