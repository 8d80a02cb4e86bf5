"""Reads of people and their time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.conf import settings

from roles.kernel import presence
from roles.models import Absence, CalendarDay, Person, Site
from teamhub.weeks import add_weeks


def availability(people: Iterable[Person], start: date, n_weeks: int) -> dict[int, list[int]]:
    """Hundredths of an FTE of each person in each week from `start`, a Monday.

    Contract hours times working days present; three queries whatever the number of people (one
    more if `people` is an unread queryset).
    """
    people = list(people)
    end = add_weeks(start, n_weeks)
    sites = {person.site_id for person in people}
    calendar_of = dict(Site.objects.filter(pk__in=sites).values_list("pk", "calendar"))
    masks = _masks(set(calendar_of.values()), start, end, n_weeks)
    absences = _absences(people, start, end)
    found = {}
    for person in people:
        days = presence.days_present(
            masks[calendar_of[person.site_id]],
            start,
            employed_from=person.employed_from,
            employed_to=person.employed_to,
            absences=absences.get(person.pk, ()),
        )
        found[person.pk] = presence.fte_hundredths(
            int(person.weekly_hours * 10), settings.COMPANY_WEEKLY_HOURS, days
        )
    return found


def _masks(
    calendars: set[int | None], start: date, end: date, n_weeks: int
) -> dict[int | None, bytes]:
    """Working days by calendar; a site without a calendar works every Monday to Friday."""
    days: dict[int | None, dict[str, list[date]]] = {
        calendar: {kind: [] for kind in CalendarDay.Kind.values} for calendar in calendars
    }
    listed = CalendarDay.objects.filter(calendar__in=calendars - {None}, on__gte=start, on__lt=end)
    for calendar, on, kind in listed.values_list("calendar", "on", "kind"):
        days[calendar][kind].append(on)
    return {
        calendar: presence.workday_mask(
            start,
            n_weeks,
            kinds[CalendarDay.Kind.HOLIDAY],
            kinds[CalendarDay.Kind.WORKDAY],
        )
        for calendar, kinds in days.items()
    }


def _absences(people: list[Person], start: date, end: date) -> dict[int, list[tuple[date, date]]]:
    away: dict[int, list[tuple[date, date]]] = defaultdict(list)
    listed = Absence.objects.filter(first_on__lt=end, last_on__gte=start)
    # Beyond some thousand people the list of keys would pass SQLite's limit of variables.
    if len(people) <= 2000:
        listed = listed.filter(person__in=[person.pk for person in people])
    for person, first_on, last_on in listed.order_by().values_list("person", "first_on", "last_on"):
        away[person].append((first_on, last_on))
    return away
