"""What nobody without the right may find in any answer: money, reasons, days, plans of others."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from typing import Any

from tests.integration.permissions.rows import EVERY_LOAD, Who
from tests.integration.permissions.scene import MONEY, REASON, REVIEWS, figure
from tests.integration.permissions.walker import Answer

SEES_MONEY = {"administrator", "manager"}
MONEY_KEYS = {
    "objective",
    "bound",
    "gap",
    "cost",
    "incumbents",
    "budget",
    "money",
    "rate",
    "rate_per_fte_week",
}
_FIGURES = re.compile("|".join(figure(amount) for amount in MONEY))
# Labels, heads and fields of forms that belong to an amount.
_WORDS = re.compile(
    r">\s*(?:Cost|Value|Gap to the best possible|Rate per FTE-week|People budget|Objective|Bound)"
    r'[\s:]*<|name="(?:budget|rate_per_fte_week)"'
)
_REASONS = re.compile(rf"{REASON}([\w-]+)")


def money_in(answer: Answer) -> Iterator[str]:
    """Amounts, and the names that they go by."""
    yield from _FIGURES.findall(answer.text)
    if answer.is_json:
        yield from sorted(MONEY_KEYS & set(_keys(answer.json())))
    elif answer.is_csv:
        head = next(csv.reader(answer.text.splitlines()), [])
        yield from sorted(MONEY_KEYS & set(head))
    else:
        yield from (match.group() for match in _WORDS.finditer(answer.text))


def _keys(value: Any) -> Iterator[str]:
    """All keys of a JSON answer but the weights, which are what somebody asked for."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield key
            if key != "weights":
                yield from _keys(part)
    elif isinstance(value, list):
        for part in value:
            yield from _keys(part)


def leaks(answer: Answer, who: Who, *, money: bool | None = None) -> list[str]:
    """Everything in the answer that this user may not see (`money`: with a token's scope)."""
    sees_money = who.group in SEES_MONEY if money is None else money
    found = [] if sees_money else list(money_in(answer))
    if who.group != "administrator":
        found += [name for name in _REASONS.findall(answer.text) if name != who.person.key]
    if hidden := _hidden(who):
        found += re.findall(hidden, answer.text)
    return found


def _hidden(who: Who) -> str:
    """A pattern of days away and parts of plans that are not theirs."""
    parts = []
    if who.group not in EVERY_LOAD:
        seen = {one.key for one in who.loads}
        years = [str(one.first_on.year) for key, one in who.scene.away.items() if key not in seen]
        parts.append(rf"\b(?:{'|'.join(years)})\b")
    for word in ("alpha", "beta", "gamma"):
        if word not in who.plans:
            names = rf"(?:Item|Ticked) {word}|(?:note|purpose)-{word}|[OT]-{word}"
            seats = {"team", "check", "open", "big"} - _own_seats(who, word)
            parts.append(rf"\b(?:{names}|(?:{'|'.join(sorted(seats))})-{word})\b")
    return "|".join(parts)


def _own_seats(who: Who, word: str) -> set[str]:
    """One's own work is seen by everybody, and the seat for which one's people are asked."""
    if who.is_steward:
        return {"check"} if word == "beta" else set()
    if word == "alpha":
        return {"check" if who.group in REVIEWS else "team"}
    return {"team"} if word == "gamma" and who.group in REVIEWS else set()


def as_text(found: list[str]) -> str:
    return json.dumps(sorted(set(found)))
