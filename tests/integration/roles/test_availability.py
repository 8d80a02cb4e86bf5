"""Availability by week from contract, employment, calendars and absences; figures by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from roles.models import CalendarDay, Person, Site, SiteCalendar
from roles.selectors import availability
from tests.builders import make_absence, make_person, make_site

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 9, 28)


@pytest.fixture
def shanghai() -> Site:
    """National Day 2026: Thursday 1 to Wednesday 7 October off, Saturday 10 October worked."""
    calendar = SiteCalendar.objects.create(key="cn-test", name_en="China")
    for day in range(1, 8):
        CalendarDay.objects.create(
            calendar=calendar,
            on=date(2026, 10, day),
            kind=CalendarDay.Kind.HOLIDAY,
            name_en="National Day",
        )
    CalendarDay.objects.create(
        calendar=calendar, on=date(2026, 10, 10), kind=CalendarDay.Kind.WORKDAY, name_en="Make-up"
    )
    return make_site("shanghai", time_zone="Asia/Shanghai", calendar=calendar)


def test_32_of_40_hours_are_80_hundredths() -> None:
    person = make_person(weekly_hours=Decimal(32))
    assert availability([person], MONDAY, 2) == {person.pk: [80, 80]}


def test_a_holiday_week_in_china_and_its_make_up_saturday(shanghai: Site) -> None:
    person = make_person(site=shanghai)
    # Mon-Wed; Thu-Fri and the Saturday; a plain week
    assert availability([person], MONDAY, 3) == {person.pk: [60, 60, 100]}


def test_holidays_of_one_site_do_not_touch_another(shanghai: Site) -> None:
    here, there = make_person(site=shanghai), make_person()
    found = availability([here, there], MONDAY, 1)
    assert found == {here.pk: [60], there.pk: [100]}


def test_an_absence_from_monday_to_wednesday_leaves_two_days() -> None:
    person = make_person()
    make_absence(person, MONDAY, date(2026, 9, 30))
    assert availability([person], MONDAY, 2) == {person.pk: [40, 100]}


def test_employment_that_starts_on_a_wednesday_counts_three_days() -> None:
    person = make_person(employed_from=date(2026, 9, 30), employed_to=date(2026, 10, 5))
    assert availability([person], MONDAY, 3) == {person.pk: [60, 20, 0]}


def test_shares_are_rounded_down_to_hundredths() -> None:
    person = make_person(weekly_hours=Decimal("37.5"))
    make_absence(person, MONDAY, MONDAY)
    # 37.5 / 40 = 93.75; four of five days: 75.0
    assert availability([person], MONDAY, 2) == {person.pk: [75, 93]}


def test_the_company_week_comes_from_the_settings(settings: Any) -> None:
    settings.COMPANY_WEEKLY_HOURS = 35
    person = make_person(weekly_hours=Decimal(35))
    assert availability([person], MONDAY, 1) == {person.pk: [100]}


def test_nobody_and_no_weeks_are_no_error() -> None:
    person = make_person()
    assert availability([], MONDAY, 4) == {}
    assert availability([person], MONDAY, 0) == {person.pk: []}


def test_it_takes_four_queries_however_many_people(
    shanghai: Site, django_assert_num_queries: Callable[..., Any]
) -> None:
    for _ in range(3):
        make_absence(make_person(site=shanghai), MONDAY, MONDAY)
    with django_assert_num_queries(4):
        assert len(availability(Person.objects.all(), MONDAY, 4)) == 3
    for _ in range(20):
        make_absence(make_person(), MONDAY, MONDAY)
    with django_assert_num_queries(4):
        assert len(availability(Person.objects.all(), MONDAY, 4)) == 23
