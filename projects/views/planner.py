"""The planner: people or projects by week. Its rows come from the API, by scripts."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from projects.models import Project
from projects.planner_texts import TEXTS
from projects.selectors import board
from projects.selectors.board_bars import ASSIGNMENT, Bar, Window, newest_proposal
from roles.models import Department, Person, Role, Site, Skill
from teamhub import weeks
from teamhub.web.fragments import page_or_fragment
from teamhub.web.listing import ChoiceFilter, Column, DateFilter, FlagFilter, Listing
from teamhub.web.loads import LOOKS
from teamhub.web.templatetags.teamhub_tags import SPRITE, week

VIEWS = {"people": _("People"), "projects": _("Projects")}
ZOOMS = {"week": 52, "month": 52, "quarter": 104}  # weeks that are read
ZOOM_LABELS = {"week": _("Week"), "month": _("Month"), "quarter": _("Quarter")}
NARROW_WEEKS, NARROW_PAGE = 8, 20
VIEW_COOKIE = "th_planner_view"
_YEAR = 365 * 24 * 3600  # s


@require_safe
@login_required
def planner(request: HttpRequest) -> HttpResponse:
    """The board; narrow screens ask for the list instead."""
    page = Planner(request)
    response = page_or_fragment(
        request,
        "projects/planner.html",
        "projects/_planner_list.html",
        {"listing": page.listing, "planner": page},
        root="planner-list",
    )
    if request.GET.get("view") in VIEWS:
        response.set_cookie(
            VIEW_COOKIE, page.view, max_age=_YEAR, samesite="Lax", secure=settings.HTTPS
        )
    return response


class Planner:
    """What the planner shows, read from the address."""

    def __init__(self, request: HttpRequest) -> None:
        self.request, self.user = request, request.user
        chosen = request.GET.get("view") or request.COOKIES.get(VIEW_COOKIE, "")
        self.view = chosen if chosen in VIEWS else "people"
        zoom = request.GET.get("zoom", "")
        self.zoom = zoom if zoom in ZOOMS else "week"
        self.start = _start(request)
        self.listing = Listing(
            request,
            Person.objects.none(),  # set below: the filters of the board are not of one table
            columns=[Column("name", _("Person"))],
            filters=self._filters(),
            search=["name"],
            page_size=NARROW_PAGE,
            root="planner-list",
            saved_as="planner",
        )
        values = self.listing.values
        self.narrow = board.Narrow(
            query=self.listing.query,
            **{name: values.get(name, "") for name in _KEYS},
            over=bool(values.get("over")),
        )
        self.coming = Window(max(self.start, self.today), NARROW_WEEKS)
        self.listing.queryset = board.board_people(self.user, self.coming, self.narrow)

    @property
    def today(self) -> date:
        return weeks.monday(timezone.localdate())

    def _filters(self) -> list[Any]:
        def same(rows: Any, _value: Any) -> Any:
            return rows

        projects = Project.objects.detail_visible_to(self.user)
        kinds: list[tuple[str, Any, Any]] = [
            ("department", _("Department"), Department.objects.all()),
            ("site", _("Site"), Site.objects.all()),
            ("role", _("Role"), Role.objects.all()),
            ("skill", _("Skill"), Skill.objects.filter(retired_on=None)),
            ("project", _("Project"), projects),
        ]
        filters: list[Any] = [
            ChoiceFilter(key, label, choices=[(row.key, row.name) for row in rows], apply=same)
            for key, label, rows in kinds
        ]
        over = _("Only over-allocated") if self.view == "people" else _("Only with open work")
        return [
            *filters,
            DateFilter("from", _("From week of"), apply=same),
            FlagFilter("over", over, apply=same),
        ]

    @property
    def fields(self) -> list[Any]:
        """The weeks are chosen in the toolbar, not among the filters."""
        return [field for field in self.listing.fields if field.key != "from"]

    @property
    def views(self) -> list[dict[str, Any]]:
        return [
            {"key": key, "label": label, "url": self.listing.url(view=key, page=None)}
            for key, label in VIEWS.items()
        ]

    @property
    def zooms(self) -> list[tuple[str, Any]]:
        return list(ZOOM_LABELS.items())

    @property
    def thresholds(self) -> dict[str, int]:
        return {"full": settings.LOAD_FULL_PERCENT, "over": settings.LOAD_OVER_PERCENT}

    @cached_property
    def run(self) -> Any:
        return newest_proposal(self.user)

    @property
    def people(self) -> list[NarrowRow]:
        """Of the list on narrow screens."""
        rows = board.people_rows(self.user, self.listing.rows, self.coming)
        return [_narrow_row(row, self.coming) for row in rows]

    @property
    def config(self) -> dict[str, Any]:
        """What the scripts need to know; the texts are said in the reader's language."""
        narrow = vars(self.narrow)
        return {
            "view": self.view,
            "zoom": self.zoom,
            "weeks": ZOOMS,
            "from": self.start.isoformat(),
            "today": self.today.isoformat(),
            "language": get_language() or "en",
            "filters": {
                ("search" if name == "query" else name): "1" if value is True else value
                for name, value in narrow.items()
                if value
            },
            "proposal": self.run is not None,
            "icons": static(SPRITE),
            "urls": _urls(),
            "texts": TEXTS,
        }


@dataclass(frozen=True)
class NarrowRow:
    """A person on a narrow screen: weeks with their figures, and work with where it is shown."""

    row: board.Row
    cells: list[dict[str, Any]]
    bars: list[dict[str, Any]]


def _narrow_row(row: board.Row, window: Window) -> NarrowRow:
    cells = []
    if row.load is not None:
        figures = zip(
            weeks.each_week(window.start, window.end),
            row.load.confirmed,
            row.load.tentative,
            row.load.available,
            row.load.state,
            strict=True,
        )
        cells = [
            {
                "label": week(monday),
                "taken": sure + maybe,
                "available": available,
                "state": state,
                "look": LOOKS[state],
            }
            for monday, sure, maybe, available, state in figures
        ]
    return NarrowRow(row, cells, [_narrow_bar(bar) for bar in row.bars])


def _narrow_bar(bar: Bar) -> dict[str, Any]:
    """Work opens its page: to change it for those who may, else its project."""
    span = f"{week(bar.start_on)} – {week(weeks.add_weeks(bar.end_on, -1))}"
    share = {"share": bar.fte_hundredths, "look": bar.status or bar.kind}
    if bar.work is None:
        return share | {"name": _("busy"), "about": span, "url": ""}
    url = reverse("projects:project-detail", args=[bar.work.project])
    if bar.editable and bar.kind == ASSIGNMENT:
        url = reverse("projects:assignment-update", args=[bar.key])
    return share | {
        "name": bar.work.project_name,
        "about": f"{bar.work.seat} · {span}",
        "url": url,
    }


_KEYS = ("department", "site", "role", "skill", "project")


def _urls() -> dict[str, str]:
    """Addresses with 0 for the id; those of parts that are not there are left out."""
    named = {
        "board": ("api:projects:board", []),
        "assignments": ("api:projects:assignment-list", []),
        "assignment": ("api:projects:assignment-detail", [0]),
        "people": ("api:roles:person-list", []),
        "undo": ("api:projects:plan-change-undo", [0]),
        "person_page": ("roles:person-detail", [0]),
        "project_page": ("projects:project-detail", [0]),
        "assignment_page": ("projects:assignment-update", [0]),
        "assign_page": ("projects:assignment-create", [0]),
        "slot_page": ("projects:slot-dialog", [0]),
    }
    found = {}
    for key, (name, args) in named.items():
        with suppress(NoReverseMatch):
            found[key] = reverse(name, args=args)
    return found


def _start(request: HttpRequest) -> date:
    """The first Monday; the list itself says that a bad day was left out."""
    start = weeks.monday(timezone.localdate())
    with suppress(ValueError):
        start = weeks.monday(date.fromisoformat(request.GET.get("from", "")))
    return min(max(start, date(2000, 1, 3)), date(2100, 1, 4))
