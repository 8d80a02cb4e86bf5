"""The planner board for programs and for the planner's page: rows with bars and loads by week."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from projects.api.load import MAX_WEEKS, window
from projects.models import Project, StaffingRun
from projects.selectors import board
from projects.selectors.board_bars import Bar, Window, newest_proposal
from roles.models import Department, Role, Site, Skill
from teamhub.errors import InvalidInput, NotFound
from teamhub.saved.api.named import SAVED_VIEW, TakesSavedView

PEOPLE, PROJECTS, OPEN = "people", "projects", "open"
VIEWS = (PEOPLE, PROJECTS, OPEN)
MAX_ROWS = 200


class BoardBarOut(serializers.Serializer[Any]):
    """Weeks of work. A busy bar has the first four fields only: the rest is not yours to see."""

    kind = serializers.ChoiceField(choices=["assignment", "proposed", "open", "busy"])
    start_on = serializers.DateField()
    end_on = serializers.DateField(help_text="The Monday after the last week.")
    fte_share = serializers.FloatField()
    lane = serializers.IntegerField(help_text="Bars of one lane do not overlap.")
    id = serializers.IntegerField(required=False, help_text="Of the assignment or proposal row.")
    version = serializers.IntegerField(required=False)
    person_id = serializers.IntegerField(required=False)
    person = serializers.CharField(required=False)
    name = serializers.CharField(required=False, help_text="The person's.")
    status = serializers.CharField(required=False)
    locked = serializers.BooleanField(required=False)
    run = serializers.CharField(required=False, help_text="Of the proposal.")
    slot = serializers.IntegerField(required=False)
    slot_start_on = serializers.DateField(required=False)
    slot_end_on = serializers.DateField(required=False)
    slot_fte_share = serializers.FloatField(required=False)
    must_fill = serializers.BooleanField(required=False)
    project = serializers.CharField(required=False)
    project_id = serializers.IntegerField(required=False)
    project_name = serializers.CharField(required=False)
    phase = serializers.CharField(required=False)
    seat = serializers.CharField(required=False)
    editable = serializers.BooleanField(required=False)
    suits = serializers.ListField(
        child=serializers.IntegerField(),
        required=False,
        help_text=(
            "view=open, of slots that you may fill: ids of the people who hold the skills in all "
            "its weeks; left out where it asks for none."
        ),
    )


class BoardWeeksOut(serializers.Serializer[Any]):
    """An entry a week; shares of an FTE. People: available to project; projects: needed to open."""

    state = serializers.ListField(child=serializers.CharField())
    available = serializers.ListField(child=serializers.FloatField(), required=False)
    confirmed = serializers.ListField(child=serializers.FloatField(), required=False)
    tentative = serializers.ListField(child=serializers.FloatField(), required=False)
    proposed = serializers.ListField(child=serializers.FloatField(), required=False)
    project = serializers.ListField(child=serializers.FloatField(), required=False)
    needed = serializers.ListField(child=serializers.FloatField(), required=False)
    filled = serializers.ListField(child=serializers.FloatField(), required=False)
    open = serializers.ListField(child=serializers.FloatField(), required=False)


class BoardRowOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    key = serializers.CharField()
    name = serializers.CharField()
    sub = serializers.CharField(help_text="The department.")
    lanes = serializers.IntegerField()
    load = BoardWeeksOut(allow_null=True, help_text="Null where you may not see the load.")
    bars = BoardBarOut(many=True)


BOARD = inline_serializer(
    name="Board",
    fields={
        "view": serializers.ChoiceField(choices=VIEWS),
        "from": serializers.DateField(),
        "weeks": serializers.IntegerField(),
        "count": serializers.IntegerField(help_text="Rows that the filters leave."),
        "run": serializers.CharField(allow_null=True, help_text="The proposal that is shown."),
        "results": BoardRowOut(many=True, help_text="Of the view open: bars."),
        "names": serializers.ListField(
            child=serializers.ListField(), required=False, help_text="id, name, department"
        ),
    },
)


class Board(TakesSavedView, APIView):
    saved_list, saved_parameter = "planner", "saved_view"
    view_filters: ClassVar = {
        "q": "search",
        **{
            name: name
            for name in (
                *("view", "from", "weeks", "department", "site", "role", "skill", "project"),
                *("over", "proposal"),
            )
        },
    }

    @extend_schema(
        operation_id="projects_board",
        parameters=[
            OpenApiParameter("view", str, enum=list(VIEWS), description="people by default."),
            OpenApiParameter("from", date, description="A Monday; this week's by default."),
            OpenApiParameter("weeks", int, description=f"1 to {MAX_WEEKS}; 13 by default."),
            OpenApiParameter("search", str, description="Words of name or key."),
            OpenApiParameter("department", str, description="Key; of people those below it too."),
            OpenApiParameter("site", str, description="Key."),
            OpenApiParameter("role", str, description="Key."),
            OpenApiParameter("skill", str, description="Key."),
            OpenApiParameter("project", str, description="Key; also splits the load by it."),
            OpenApiParameter("over", bool, description="Only over-allocated people."),
            OpenApiParameter("proposal", bool, description="With your newest open proposal."),
            OpenApiParameter("saved_view", str, description=SAVED_VIEW),
            OpenApiParameter("ids", str, description="Only these, whatever the filters: 3,5,8."),
            OpenApiParameter("names", bool, description="With names of all rows, in order."),
            OpenApiParameter("limit", int, description=f"Rows, at most {MAX_ROWS}; 40 by default."),
            OpenApiParameter("offset", int, description="First row, from 0."),
        ],
        responses=BOARD,
    )
    def get(self, request: Request) -> Response:
        """Rows of the planner; what you may not see counts as busy, without names."""
        asked = _Asked(request)
        if asked.view == OPEN:
            found = board.open_slots(request.user, asked.window, asked.narrow)
            part = found[asked.offset : asked.offset + asked.limit]
            suited = board.suited(part)
            return Response(asked.answer(len(found), [_open_out(bar, suited) for bar in part]))
        run = newest_proposal(request.user) if asked.proposal else None
        rows: Any
        if asked.view == PEOPLE:
            rows = board.board_people(request.user, asked.window, asked.narrowed)
        else:
            rows = board.board_projects(request.user, asked.window, asked.narrowed)
        if asked.ids is not None:
            rows = rows.filter(pk__in=asked.ids)
        names = _names(rows) if asked.names else None
        count = len(names) if names is not None else rows.count()
        return Response(
            asked.answer(count, self._rows(request, asked, rows, run), run)
            | ({} if names is None else {"names": names})
        )

    def _rows(self, request: Request, asked: _Asked, rows: Any, run: Any) -> list[dict[str, Any]]:
        rows = rows[asked.offset : asked.offset + asked.limit]
        if asked.view == PEOPLE:
            found = board.people_rows(
                request.user, rows, asked.window, project=asked.narrow.project, run=run
            )
        else:
            found = board.project_rows(request.user, rows, asked.window, run=run)
        return [row_out(row) for row in found]


class _Asked:
    """The query, checked: what is wrong is said by name."""

    def __init__(self, request: Request) -> None:
        self.query = request.query_params
        start, n_weeks = window(request)
        self.window = Window(start, n_weeks)
        self.view = self._one_of("view", VIEWS)
        self.limit = self._whole("limit", 40, least=0, most=MAX_ROWS)
        self.offset = self._whole("offset", 0, least=0, most=10**6)
        self.proposal, self.names = self._flag("proposal"), self._flag("names")
        self.ids = self._ids()
        self.narrow = board.Narrow(
            query=self._text("search"),
            department=self._key("department", Department.objects.all()),
            site=self._key("site", Site.objects.all()),
            role=self._key("role", Role.objects.all()),
            skill=self._key("skill", Skill.objects.all()),
            project=self._key("project", Project.objects.detail_visible_to(request.user)),
            over=self._flag("over"),
        )

    @property
    def narrowed(self) -> board.Narrow:
        """Rows that are asked for by id need not pass the filters: a change may have moved them."""
        return self.narrow if self.ids is None else board.Narrow()

    def answer(self, count: int, rows: list[Any], run: StaffingRun | None = None) -> dict[str, Any]:
        return {
            "view": self.view,
            "from": self.window.start,
            "weeks": self.window.n_weeks,
            "count": count,
            "run": None if run is None else str(run.pk),
            "results": rows,
        }

    def _text(self, name: str) -> str:
        return self.query.get(name, "").replace("\0", "").strip()[:200]

    def _one_of(self, name: str, values: tuple[str, ...]) -> str:
        given = self._text(name) or values[0]
        if given not in values:
            raise InvalidInput(
                _("%(name)s must be one of %(values)s.")
                % {"name": name, "values": ", ".join(values)},
                field=name,
            )
        return given

    def _flag(self, name: str) -> bool:
        return self._text(name).lower() in {"1", "true", "on", "yes"}

    def _whole(self, name: str, default: int, *, least: int, most: int) -> int:
        given = self._text(name)
        if not given:
            return default
        if not (given.isascii() and given.isdigit() and least <= int(given[:9]) <= most):
            raise InvalidInput(
                _("%(name)s must be a whole number from %(least)d to %(most)d.")
                % {"name": name, "least": least, "most": most},
                field=name,
            )
        return int(given)

    def _key(self, name: str, rows: models.QuerySet[Any]) -> str:
        key = self._text(name)[:60]
        if key and not rows.filter(key=key).exists():
            raise NotFound(
                _("Nothing with the key “%(key)s” for %(name)s.") % {"key": key, "name": name},
                field=name,
            )
        return key

    def _ids(self) -> list[int] | None:
        given = self._text("ids")
        if not given:
            return None
        parts = given.split(",")
        if not all(part.isascii() and part.isdigit() and len(part) < 16 for part in parts):
            raise InvalidInput(_("ids must be numbers with commas, such as 3,5,8."), field="ids")
        return [int(part) for part in parts]


def _names(rows: models.QuerySet[Any]) -> list[list[Any]]:
    found = rows.select_related("department")
    return [[row.pk, row.name, row.department.name] for row in found]


def row_out(row: board.Row) -> dict[str, Any]:
    weeks = row.load or row.need
    load = None
    if weeks is not None:
        load = {
            name: values if name == "state" else [value / 100 for value in values]
            for name, values in vars(weeks).items()
        }
    return {
        "id": row.pk,
        "key": row.key,
        "name": row.name,
        "sub": row.sub,
        "lanes": max((bar.lane for bar in row.bars), default=-1) + 1,
        "load": load,
        "bars": [bar_out(bar) for bar in row.bars],
    }


def _open_out(bar: Bar, suited: dict[int, list[int]]) -> dict[str, Any]:
    out = bar_out(bar)
    if bar.work is not None and bar.work.slot in suited:
        out["suits"] = suited[bar.work.slot]
    return out


def bar_out(bar: Bar) -> dict[str, Any]:
    """As BoardBarOut says; dates as texts: the encoder asks for each date otherwise."""
    out: dict[str, Any] = {
        "kind": bar.kind,
        "start_on": bar.start_on.isoformat(),
        "end_on": bar.end_on.isoformat(),
        "fte_share": bar.fte_hundredths / 100,
        "lane": bar.lane,
    }
    if bar.work is not None:
        out |= {
            "slot": bar.work.slot,
            "slot_start_on": bar.work.start_on.isoformat(),
            "slot_end_on": bar.work.end_on.isoformat(),
            "slot_fte_share": bar.work.fte_hundredths / 100,
            "must_fill": bar.work.must_fill,
            "project": bar.work.project_key,
            "project_id": bar.work.project,
            "project_name": bar.work.project_name,
            "phase": bar.work.phase,
            "seat": bar.work.seat,
            "editable": bar.editable,
        }
    if bar.key is not None:
        out |= {
            "id": bar.key,
            "version": bar.version,
            "person_id": bar.person,
            "person": bar.person_key,
            "name": bar.person_name,
            "status": bar.status,
            "locked": bar.locked,
            "run": bar.run,
        }
    return out
