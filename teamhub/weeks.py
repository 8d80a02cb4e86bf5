"""ISO weeks: what is planned runs from a Monday to the Monday after the last week."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

WEEK = timedelta(days=7)
WORKDAYS = 5
# Days that a plan can speak of. What lies outside is a slip of the keyboard, and week arithmetic
# must not run off the calendar.
FIRST, LAST = date(1970, 1, 1), date(2199, 12, 31)


def monday(day: date) -> date:
    """The Monday of the ISO week that `day` lies in."""
    return day - timedelta(days=day.weekday())


def is_plannable(day: date) -> bool:
    return FIRST <= day <= LAST


def is_monday(day: date) -> bool:
    return day.weekday() == 0


def add_weeks(day: date, weeks: int) -> date:
    return day + weeks * WEEK


def weeks_between(start: date, end: date) -> int:
    """Number of whole weeks from one Monday to another (half-open)."""
    return (end - start).days // 7


def each_week(start: date, end: date) -> Iterator[date]:
    """The Mondays in start <= monday < end."""
    day = start
    while day < end:
        yield day
        day += WEEK


def iso_label(day: date) -> str:
    """The ISO week of a day, such as 2026-W48."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"
