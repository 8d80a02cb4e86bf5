"""Days present and their worth, by hand-computed cases."""

from __future__ import annotations

from datetime import date

import pytest

from roles.kernel.presence import days_present, fte_hundredths, workday_mask

MONDAY = date(2026, 9, 28)  # the week before China's national holiday week


def test_a_plain_week_has_five_working_days() -> None:
    assert days_present(workday_mask(MONDAY, 2), MONDAY) == [5, 5]


def test_public_holidays_are_no_working_days() -> None:
    holidays = [date(2026, 10, day) for day in range(1, 8)]  # Thursday to Wednesday
    assert days_present(workday_mask(MONDAY, 2, holidays), MONDAY) == [3, 2]


def test_a_make_up_saturday_adds_a_day() -> None:
    mask = workday_mask(MONDAY, 2, [], [date(2026, 10, 10)])
    assert days_present(mask, MONDAY) == [5, 6]


def test_days_outside_the_weeks_change_nothing() -> None:
    mask = workday_mask(MONDAY, 1, [date(2026, 9, 25), date(2026, 10, 5)], [date(2026, 9, 27)])
    assert days_present(mask, MONDAY) == [5]


def test_employment_counts_from_its_first_to_its_last_day() -> None:
    mask = workday_mask(MONDAY, 3)
    days = days_present(
        mask, MONDAY, employed_from=date(2026, 9, 30), employed_to=date(2026, 10, 13)
    )
    assert days == [3, 5, 2]


def test_somebody_employed_later_or_no_longer_is_not_there() -> None:
    mask = workday_mask(MONDAY, 2)
    assert days_present(mask, MONDAY, employed_from=date(2027, 1, 1)) == [0, 0]
    assert days_present(mask, MONDAY, employed_to=date(2026, 1, 1)) == [0, 0]


def test_overlapping_absences_are_taken_off_once() -> None:
    away = [(date(2026, 9, 28), date(2026, 9, 30)), (date(2026, 9, 30), date(2026, 10, 1))]
    assert days_present(workday_mask(MONDAY, 1), MONDAY, absences=away) == [1]


def test_an_absence_that_began_long_ago_reaches_into_the_weeks() -> None:
    away = [(date(2026, 1, 1), date(2026, 10, 6))]
    assert days_present(workday_mask(MONDAY, 2), MONDAY, absences=away) == [0, 3]


def test_part_time_is_a_share_of_the_company_week() -> None:
    assert fte_hundredths(320, 40, [5, 4]) == [80, 64]


def test_shares_are_rounded_down_to_hundredths() -> None:
    # 33.3 h of 40 h: 83.25; four of five days: 66.6
    assert fte_hundredths(333, 40, [5, 4, 0]) == [83, 66, 0]


def test_weeks_begin_on_a_monday() -> None:
    with pytest.raises(ValueError, match="2026-09-29 is not a Monday"):
        workday_mask(date(2026, 9, 29), 1)
