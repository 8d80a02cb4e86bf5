"""Readers of one CSV cell: text in, value out, or a ValueError that says what to write instead."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from teamhub import weeks

Parser = Callable[[str], Any]

_TRUE = {"true", "yes", "y", "1", "是"}
_FALSE = {"false", "no", "n", "0", "否"}
# At most 15 digits: what a spreadsheet keeps.
_WHOLE = re.compile(r"[+-]?[0-9]{1,15}")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,15}([.,][0-9]{1,15})?")
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+([.][0-9]+)?")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def text(max_length: int = 200) -> Parser:
    """Text of at most so many characters."""

    def parse(raw: str) -> str:
        if len(raw) > max_length:
            raise ValueError(
                _("Too long: %(length)d characters; at most %(limit)d.")
                % {"length": len(raw), "limit": max_length}
            )
        return raw

    return parse


def integer(least: int | None = None, most: int | None = None) -> Parser:
    def parse(raw: str) -> int:
        if not _WHOLE.fullmatch(raw):
            raise ValueError(_("“%(raw)s” is not a whole number.") % {"raw": raw})
        value = int(raw)
        _in_range(value, least, most)
        return value

    return parse


def decimal(
    least: float | Decimal | None = None,
    most: float | Decimal | None = None,
    places: int = 2,
) -> Parser:
    """A number with a point (or a comma) before its decimals, at most `places` of them."""

    def parse(raw: str) -> Decimal:
        if places < 3 and _THOUSANDS.fullmatch(raw):
            plain = raw.replace(",", "")
            raise ValueError(
                _("“%(raw)s” has a comma between thousands. Write %(plain)s.")
                % {"raw": raw, "plain": plain}
            )
        if not _DECIMAL.fullmatch(raw):
            raise ValueError(_("“%(raw)s” is not a number.") % {"raw": raw})
        value = Decimal(raw.replace(",", "."))
        if value != round(value, places):
            raise ValueError(
                _("“%(raw)s” has more than %(places)d decimals.") % {"raw": raw, "places": places}
            )
        _in_range(value, least, most)
        return value

    return parse


def hundredths(least: int = 1, most: int = 100) -> Parser:
    """A share such as 0.5 or 50% as whole hundredths."""

    def parse(raw: str) -> int:
        percent = raw.endswith("%")
        value = decimal(places=2)(raw.rstrip("%").strip())
        scaled = value if percent else value * 100
        if scaled != int(scaled):
            raise ValueError(_("“%(raw)s” is finer than one hundredth.") % {"raw": raw})
        if not least <= scaled <= most:
            raise ValueError(
                _("“%(raw)s” is outside %(least)s to %(most)s.")
                % {
                    "raw": raw,
                    "least": f"{least / 100:.2f}",
                    "most": f"{most / 100:.2f}",
                }
            )
        return int(scaled)

    return parse


def date(raw: str) -> dt.date:
    """A day as 2026-03-09 (2026/3/9 and 2026-03-09 00:00 are read as well)."""
    match = re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})([ T]00:00(:00)?)?", raw)
    day = None
    if match:
        with contextlib.suppress(ValueError):
            day = dt.date(int(match[1]), int(match[2]), int(match[3]))
    if day is not None and weeks.is_plannable(day):
        return day
    if day is not None:
        words = {"raw": raw, "first": weeks.FIRST.year, "last": weeks.LAST.year}
        raise ValueError(_("“%(raw)s” lies outside the years %(first)d to %(last)d.") % words)
    raise ValueError(_("“%(raw)s” is not a date. Write it as 2026-03-09.") % {"raw": raw})


def monday(raw: str) -> dt.date:
    """A Monday as a date, or a week such as 2026-W11."""
    week = re.fullmatch(r"(\d{4})-?W(\d{1,2})", raw, re.IGNORECASE)
    if week:
        try:
            raw = dt.date.fromisocalendar(int(week[1]), int(week[2]), 1).isoformat()
        except ValueError:
            raise ValueError(_("There is no week “%(raw)s”.") % {"raw": raw}) from None
    day = date(raw)
    if day.weekday():
        before = day - dt.timedelta(days=day.weekday())
        raise ValueError(
            _("%(day)s is not a Monday. The Mondays next to it are %(before)s and %(after)s.")
            % {"day": day, "before": before, "after": before + dt.timedelta(days=7)}
        )
    return day


def flag(raw: str) -> bool:
    word = raw.casefold()
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    raise ValueError(_("“%(raw)s” is neither yes nor no.") % {"raw": raw})


def email(raw: str) -> str:
    if not _EMAIL.fullmatch(raw) or len(raw) > 254:
        raise ValueError(_("“%(raw)s” is not an e-mail address.") % {"raw": raw})
    return raw


def choice(values: Iterable[str] | Mapping[str, Any]) -> Parser:
    """One of the given words, in any case; a mapping gives the value of the word."""
    table = values if isinstance(values, Mapping) else {str(value): value for value in values}
    folded = {word.casefold(): value for word, value in table.items()}

    def parse(raw: str) -> Any:
        try:
            return folded[raw.casefold()]
        except KeyError:
            raise ValueError(
                _("“%(raw)s” is not one of: %(words)s.")
                % {"raw": raw, "words": ", ".join(str(word) for word in table)}
            ) from None

    return parse


def many(part: Parser, separator: str = ";") -> Parser:
    """Several values in one cell, `a; b; c`, each read by `part`."""

    def parse(raw: str) -> list[Any]:
        return [part(piece.strip()) for piece in raw.split(separator) if piece.strip()]

    return parse


def _in_range(value: Any, least: Any, most: Any) -> None:
    if least is not None and value < least:
        raise ValueError(_("%(value)s is less than %(least)s.") % {"value": value, "least": least})
    if most is not None and value > most:
        raise ValueError(_("%(value)s is more than %(most)s.") % {"value": value, "most": most})
