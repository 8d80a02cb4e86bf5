"""How much of each person's week is taken."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from projects.models import Assignment, Project
from roles.models import Person
from roles.selectors import availability
from teamhub import weeks


@dataclass(frozen=True)
class PersonLoad:
    """Hundredths of an FTE, one entry a week."""

    available: list[int]
    confirmed: list[int]
    tentative: list[int]

    @property
    def assigned(self) -> list[int]:
        """Both kinds use capacity."""
        return [a + b for a, b in zip(self.confirmed, self.tentative, strict=True)]

    @property
    def over(self) -> list[int]:
        return [
            max(0, taken - free) for taken, free in zip(self.assigned, self.available, strict=True)
        ]


def week_load(
    people: Iterable[Person], start: date, n_weeks: int, *, project: Project | None = None
) -> dict[int, PersonLoad]:
    """Load of each person per week; with `project`, what that project alone takes."""
    people = list(people)
    end = weeks.add_weeks(start, n_weeks)
    free = availability(people, start, n_weeks)
    load = {
        person.pk: PersonLoad(list(free[person.pk]), [0] * n_weeks, [0] * n_weeks)
        for person in people
    }
    assignments = Assignment.objects.filter(person_id__in=list(load)).in_weeks(start, end)
    if project is not None:
        assignments = assignments.filter(slot__phase__project=project)
    rows = assignments.order_by().values_list(
        "person_id", "start_on", "end_on", "fte_hundredths", "status"
    )
    for person_id, start_on, end_on, fte, status in rows:
        mine = load[person_id]
        taken = mine.confirmed if status == Assignment.Status.CONFIRMED else mine.tentative
        for week in span(start, n_weeks, start_on, end_on):
            taken[week] += fte
    return load


def span(start: date, n_weeks: int, start_on: date, end_on: date) -> range:
    """The part of start_on..end_on that lies in the window, as indices of its weeks."""
    first = max(0, weeks.weeks_between(start, start_on))
    last = min(n_weeks, weeks.weeks_between(start, end_on))
    return range(first, max(first, last))
