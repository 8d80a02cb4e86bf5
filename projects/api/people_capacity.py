"""The people-capacity report: roles or skills by week, with the manners of all reports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from projects.api.load import MAX_WEEKS, window
from projects.selectors.people_capacity import BY_ROLE, KINDS, people_capacity
from roles.models import Department
from teamhub import weeks
from teamhub.accounts import permissions
from teamhub.api import reports
from teamhub.api.reports import Column
from teamhub.errors import InvalidInput, NotFound

SCHEMA_VERSION = 1
_FTE = gettext_lazy("FTE")
ABOUT = (Column("as_of", "time", gettext_lazy("When the rows were read (UTC).")),)
COLUMNS = (
    Column("week", "text", gettext_lazy("ISO week, such as 2027-W05.")),
    Column("week_on", "date", gettext_lazy("Monday of the week.")),
    Column("by", "text", gettext_lazy("role or skill.")),
    Column("key", "text", gettext_lazy("Key of the role or skill.")),
    Column("name", "text", gettext_lazy("Its name in the language of the answer.")),
    Column(
        "people",
        "integer",
        gettext_lazy("Who hold it and have time; who hold several count in each."),
        gettext_lazy("people"),
    ),
    Column("available", "number", gettext_lazy("What they have, absences taken off."), _FTE),
    Column("assigned", "number", gettext_lazy("Confirmed for them, in whatever role."), _FTE),
    Column("tentative", "number", gettext_lazy("Tentative for them, in whatever role."), _FTE),
    Column("free", "number", gettext_lazy("What they have left, each 0 at least."), _FTE),
    Column("over", "number", gettext_lazy("What they have too much."), _FTE),
    Column("demand", "number", gettext_lazy("Slots that ask for it, filled or not."), _FTE),
    Column("open", "number", gettext_lazy("Of them, what nobody holds."), _FTE),
    Column(
        "mean_rate",
        "number",
        gettext_lazy("Rate per FTE-week, weighted by what each has."),
        gettext_lazy("money"),
        money=True,
    ),
)


class PeopleColumnsOut(serializers.Serializer[Any]):
    schema_version = serializers.IntegerField()
    columns = reports.ColumnOut(many=True)


class PeopleCapacityReport(APIView):
    @extend_schema(
        operation_id="people_capacity_report",
        parameters=[
            OpenApiParameter("by", str, enum=list(KINDS), description="role by default."),
            OpenApiParameter("from", date, description="A Monday; this week's by default."),
            OpenApiParameter("weeks", int, description=f"1 to {MAX_WEEKS}; 13 by default."),
            OpenApiParameter("department", str, description="Key; those below it included."),
            reports.FORMAT,
            reports.IF_NONE_MATCH,
        ],
        responses=reports.RESPONSES,
    )
    def get(self, request: Request) -> HttpResponseBase:
        """People that you see the load of, against slots of projects that you see the detail of."""
        start, n_weeks = window(request)
        by = request.query_params.get("by", BY_ROLE)
        if by not in KINDS:
            raise InvalidInput(_("by must be role or skill."), field="by")
        department = _department(request)
        money = permissions.may_see_money(request.user)
        rows = [
            row if money else row[:-1]
            for row in _rows(request.user, start, n_weeks, by, department)
        ]
        return reports.answer(
            request,
            reports.Report(
                name=f"people-capacity-{weeks.iso_label(start)}",
                schema_version=SCHEMA_VERSION,
                about={"as_of": timezone.now()},
                more={"by": by, "from": start, "weeks": n_weeks, "department": department},
                columns=[one for one in COLUMNS if money or not one.money],
                rows=lambda: rows,
                volatile=frozenset({"as_of"}),
            ),
        )


class PeopleCapacityColumns(APIView):
    @extend_schema(operation_id="people_capacity_columns", responses=PeopleColumnsOut)
    def get(self, request: Request) -> Response:
        """What the columns of the report hold."""
        columns = reports.dictionary((*ABOUT, *COLUMNS))
        return Response({"schema_version": SCHEMA_VERSION, "columns": columns})


def _department(request: Request) -> str:
    key = request.query_params.get("department", "").replace("\0", "")[:60]
    if key and not Department.objects.filter(key=key).exists():
        raise NotFound(_("There is no department “%(key)s”.") % {"key": key})
    return key


def _rows(
    user: Any, start: date, n_weeks: int, by: str, department: str
) -> Iterator[Sequence[Any]]:
    for line in people_capacity(user, start, n_weeks, by=by, department=department):
        group, at = line.group, line.week
        rate = group.mean_rate(at)
        yield (
            weeks.iso_label(line.week_on),
            line.week_on,
            by,
            line.key,
            line.name,
            group.people[at],
            *(
                hundredths[at] / 100
                for hundredths in (
                    group.available,
                    group.assigned,
                    group.tentative,
                    group.free,
                    group.over,
                    group.demand,
                    group.open,
                )
            ),
            None if rate is None else float(rate),
        )
