"""People x weeks: who has how much, and who is over."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from projects.models import Project
from projects.selectors.load import PersonLoad, week_load
from roles.models import Department, Person, Role, Site
from teamhub import weeks
from teamhub.accounts import permissions
from teamhub.web.exports import csv_response
from teamhub.web.fragments import page_or_fragment
from teamhub.web.listing import (
    ChoiceFilter,
    Column,
    DateFilter,
    FlagFilter,
    IntegerFilter,
    Listing,
)
from teamhub.web.templatetags.teamhub_tags import week, year_week

DEFAULT_WEEKS, MAX_WEEKS = 13, 53
PAGE = 40


@dataclass(frozen=True)
class Cell:
    """One week of one person, in hundredths of an FTE."""

    week: str
    available: int
    confirmed: int
    tentative: int


@dataclass(frozen=True)
class Row:
    person: Person
    cells: list[Cell]
    weeks_over: int


@require_safe
@login_required
def load_grid(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """The grid, or its CSV, or the fragment that filters swap."""
    grid = Grid(request)
    if grid.listing.wants_csv:
        return grid.csv()
    return page_or_fragment(
        request,
        "projects/load_grid.html",
        "projects/_load_grid.html",
        {"listing": grid.listing, "grid": grid},
        root="load-grid",
    )


class Grid:
    """What the load grid shows, read from the address."""

    def __init__(self, request: HttpRequest) -> None:
        self.user = request.user
        self.start, self.n_weeks = _window(request)
        self.end = weeks.add_weeks(self.start, self.n_weeks)
        self.listing = Listing(
            request,
            Person.objects.load_visible_to(request.user)
            .employed_between(self.start, self.end)
            .select_related("department", "site"),
            columns=[Column("name", _("Person"), order=("sort_name", "name"))],
            filters=self._filters(),
            search=["name", "key"],
            default_sort="name",
            page_size=PAGE,
            root="load-grid",
            saved_as="load",
        )

    @property
    def sees_all(self) -> bool:
        return permissions.may_see_load_of_all(self.user)

    def _filters(self) -> list[Any]:
        return [
            ChoiceFilter(
                "department",
                _("Department"),
                lookup="department__key",
                choices=lambda: [(d.key, d.name) for d in Department.objects.all()],
            ),
            ChoiceFilter(
                "site",
                _("Site"),
                lookup="site__key",
                choices=lambda: [(s.key, s.name) for s in Site.objects.all()],
            ),
            ChoiceFilter(
                "role",
                _("Role"),
                lookup="roles__key",
                choices=lambda: [(r.key, r.name) for r in Role.objects.all()],
            ),
            ChoiceFilter(
                "project", _("Project"), choices=self._project_choices, apply=self._in_project
            ),
            DateFilter("from", _("From week of"), apply=lambda people, _value: people),
            IntegerFilter(
                "weeks",
                pgettext_lazy("how many", "Weeks"),
                least=1,
                most=MAX_WEEKS,
                apply=lambda people, _value: people,
            ),
            FlagFilter("over", _("Only over-allocated"), apply=self._only_over),
        ]

    def _project_choices(self) -> list[tuple[str, str]]:
        projects = Project.objects.detail_visible_to(self.user)
        return list(projects.values_list("key", "name"))

    def _in_project(self, people: QuerySet[Person], key: str) -> QuerySet[Person]:
        return people.filter(
            assignments__slot__phase__project__key=key,
            assignments__start_on__lt=self.end,
            assignments__end_on__gt=self.start,
        ).distinct()

    def _only_over(self, people: QuerySet[Person], _on: bool) -> QuerySet[Person]:
        load = week_load(people, self.start, self.n_weeks)
        return people.filter(pk__in=[pk for pk, mine in load.items() if any(mine.over)])

    @property
    def heads(self) -> list[dict[str, Any]]:
        today = weeks.monday(timezone.localdate())
        mondays = list(weeks.each_week(self.start, self.end))
        return [
            {
                "label": week(monday),
                "year": monday.isocalendar().year,
                "monday": monday,
                "is_now": monday == today,
            }
            for monday in mondays
        ]

    @property
    def rows(self) -> list[Row]:
        load = week_load(self.listing.rows, self.start, self.n_weeks)
        return [self._row(person, load[person.pk]) for person in self.listing.rows]

    def _row(self, person: Person, load: PersonLoad) -> Row:
        labels = [year_week(monday) for monday in weeks.each_week(self.start, self.end)]
        cells = [
            Cell(*values)
            for values in zip(labels, load.available, load.confirmed, load.tentative, strict=True)
        ]
        return Row(person, cells, sum(1 for over in load.over if over))

    @property
    def earlier_url(self) -> str:
        return self.listing.url(**{"from": weeks.add_weeks(self.start, -self.n_weeks)})

    @property
    def later_url(self) -> str:
        return self.listing.url(**{"from": self.end})

    @property
    def now_url(self) -> str:
        return self.listing.url(**{"from": None})

    def csv(self) -> StreamingHttpResponse:
        """One line a person and week: shares of an FTE."""
        people = list(self.listing.queryset)
        load = week_load(people, self.start, self.n_weeks)
        header = [
            "person",
            "name",
            "week",
            "start_on",
            "available",
            "assigned",
            "tentative",
            "over",
        ]
        return csv_response("load.csv", header, self._lines(people, load))

    def _lines(self, people: list[Person], load: dict[int, PersonLoad]) -> Any:
        for person in people:
            mine = load[person.pk]
            for index, monday in enumerate(weeks.each_week(self.start, self.end)):
                yield [
                    person.key,
                    person.name,
                    weeks.iso_label(monday),
                    monday,
                    mine.available[index] / 100,
                    mine.confirmed[index] / 100,
                    mine.tentative[index] / 100,
                    mine.over[index] / 100,
                ]


def _window(request: HttpRequest) -> tuple[date, int]:
    """The first Monday and the number of weeks; the list itself says what it left out."""
    start, n_weeks = weeks.monday(timezone.localdate()), DEFAULT_WEEKS
    with suppress(ValueError):
        start = weeks.monday(date.fromisoformat(request.GET.get("from", "")))
    raw = request.GET.get("weeks", "")
    if raw.isascii() and raw.isdigit() and 1 <= int(raw[:6]) <= MAX_WEEKS:
        n_weeks = int(raw)
    return min(max(start, date(2000, 1, 3)), date(2100, 1, 4)), n_weeks
