"""How many days of each week somebody is there, and what that is worth in hundredths of an FTE."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

DAYS_A_WEEK = 7
WORKDAYS_A_WEEK = 5
_PLAIN_WEEK = bytes((1, 1, 1, 1, 1, 0, 0))


def workday_mask(
    start: date, n_weeks: int, holidays: Iterable[date] = (), workdays: Iterable[date] = ()
) -> bytes:
    """Return one byte a day, 1 where people of a calendar work.

    Parameters
    ----------
    start
        The Monday of the first week.
    n_weeks
        Number of weeks; the mask has seven bytes for each.
    holidays
        Days off, wherever they fall.
    workdays
        Make-up working days; they win over `holidays`.

    Raises
    ------
    ValueError
        `start` is no Monday or `n_weeks` is negative.
    """
    if start.weekday() != 0:
        raise ValueError(f"{start} is not a Monday.")
    if n_weeks < 0:
        raise ValueError("n_weeks must not be negative.")
    mask = bytearray(_PLAIN_WEEK * n_weeks)
    for day in holidays:
        _mark(mask, start, day, 0)
    for day in workdays:
        _mark(mask, start, day, 1)
    return bytes(mask)


def _mark(mask: bytearray, start: date, day: date, value: int) -> None:
    offset = (day - start).days
    if 0 <= offset < len(mask):
        mask[offset] = value


def days_present(
    mask: bytes,
    start: date,
    *,
    employed_from: date | None = None,
    employed_to: date | None = None,
    absences: Iterable[tuple[date, date]] = (),
) -> list[int]:
    """Return the working days of each week on which somebody is employed and not away.

    Parameters
    ----------
    mask
        As `workday_mask` made it for the same `start`.
    start
        The Monday of the first week.
    employed_from, employed_to
        First and last day, both inclusive; None leaves the side open.
    absences
        (first day, last day), both inclusive; they may overlap.
    """
    days = bytearray(mask)
    if employed_from is not None:
        _clear(days, 0, (employed_from - start).days)
    if employed_to is not None:
        _clear(days, (employed_to - start).days + 1, len(days))
    for first_on, last_on in absences:
        _clear(days, (first_on - start).days, (last_on - start).days + 1)
    return [sum(days[i : i + DAYS_A_WEEK]) for i in range(0, len(days), DAYS_A_WEEK)]


def _clear(days: bytearray, first: int, end: int) -> None:
    first, end = max(0, first), min(len(days), end)
    if first < end:
        days[first:end] = bytes(end - first)


def fte_hundredths(weekly_tenths: int, company_weekly_hours: int, days: Sequence[int]) -> list[int]:
    """Return hundredths of an FTE for weeks with so many days present, rounded down.

    floor(weekly hours / company hours x days / 5 x 100), in whole numbers.

    Parameters
    ----------
    weekly_tenths
        Contract hours a week in tenths of an hour.
    company_weekly_hours
        Hours of one full-time week.
    days
        Days present, one entry a week.
    """
    full = 10 * company_weekly_hours * WORKDAYS_A_WEEK
    return [weekly_tenths * 100 * n_days // full for n_days in days]
