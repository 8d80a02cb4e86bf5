"""Supply and demand of skills by week, and who is free with what from when, for programs."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from projects.api.load import MAX_WEEKS, window
from projects.selectors.supply import FreePerson, LevelWeeks, free_people, supply_and_demand
from roles.models import Department, Skill
from teamhub import weeks
from teamhub.errors import InvalidInput
from teamhub.saved.api.named import VIEW_PARAMETER, TakesSavedView

_WINDOW = [
    OpenApiParameter("from", str, description="A Monday; this week's by default."),
    OpenApiParameter("weeks", int, description=f"1 to {MAX_WEEKS}; 13 by default."),
    OpenApiParameter("department", str, description="Key; those below it included."),
]


class LevelWeekOut(serializers.Serializer[Any]):
    week = serializers.CharField(help_text="ISO week, such as 2026-W48")
    start_on = serializers.DateField()
    demand = serializers.FloatField(help_text="FTE of slots that ask for this level or above")
    open = serializers.FloatField(help_text="FTE of them that nobody holds")
    free = serializers.FloatField(
        allow_null=True, help_text="FTE that holders have left; null where you do not see all loads"
    )
    shortage = serializers.FloatField(
        allow_null=True, help_text="FTE open beyond what is free, or null"
    )


class SupplyOut(serializers.Serializer[Any]):
    skill = serializers.CharField()
    name = serializers.CharField()
    level = serializers.IntegerField()
    holders = serializers.IntegerField()
    weeks = LevelWeekOut(many=True)


class SupplyList(TakesSavedView, APIView):
    saved_list = "supply"
    view_filters: ClassVar = {
        **{name: name for name in ("skill", "department", "from", "weeks")},
        # Of the question who is free.
        "level": "level",
        "fte": "fte_share",
    }

    @extend_schema(
        operation_id="supply_list",
        parameters=[
            *_WINDOW,
            OpenApiParameter("skill", str, description="Key of one skill."),
            VIEW_PARAMETER,
        ],
        responses=SupplyOut(many=True),
    )
    def get(self, request: Request) -> Response:
        """The worst gap first; people whose load, and plans that you see."""
        start, n_weeks = window(request)
        skill = _named(request, "skill", Skill)
        department = _named(request, "department", Department)
        rows = supply_and_demand(
            request.user,
            start,
            n_weeks,
            department=department.key if department else "",
            skill=skill.key if skill else "",
        )
        return Response([_row(row, start) for row in rows])


class FreePersonOut(serializers.Serializer[Any]):
    person = serializers.CharField()
    name = serializers.CharField()
    level = serializers.IntegerField()
    from_on = serializers.DateField(
        allow_null=True, help_text="First Monday from which they have it to the end of the weeks."
    )
    free = serializers.ListField(child=serializers.FloatField(), help_text="FTE by week")


class FreePeople(TakesSavedView, APIView):
    saved_list = "supply"
    view_filters: ClassVar = SupplyList.view_filters

    @extend_schema(
        operation_id="free_people",
        parameters=[
            OpenApiParameter("skill", str, required=True, description="Key."),
            OpenApiParameter("level", int, description="1 to 5; 1 by default."),
            VIEW_PARAMETER,
            OpenApiParameter("fte_share", float, description="0.01 to 1; 0.2 by default."),
            *_WINDOW,
        ],
        responses=FreePersonOut(many=True),
    )
    def get(self, request: Request) -> Response:
        """Who is free with a skill at a level from a week on; those free soonest first."""
        start, n_weeks = window(request)
        skill = _named(request, "skill", Skill)
        if skill is None:
            raise InvalidInput(_("Say which skill."), field="skill")
        department = _named(request, "department", Department)
        people = free_people(
            request.user,
            skill,
            _whole(request, "level", 1, 1, 5),
            start,
            n_weeks,
            fte_hundredths=_share(request),
            department=department.key if department else "",
        )
        return Response([_free(one) for one in people])


def _row(row: LevelWeeks, start: Any) -> dict[str, Any]:
    per_week = enumerate(zip(row.demand, row.open, row.free, row.gap, strict=True))
    return {
        "skill": row.skill.key,
        "name": row.skill.name,
        "level": row.level,
        "holders": row.holders,
        "weeks": [
            {
                "week": weeks.iso_label(weeks.add_weeks(start, index)),
                "start_on": weeks.add_weeks(start, index),
                "demand": demand / 100,
                "open": left / 100,
                "free": free / 100 if row.loads_known else None,
                "shortage": gap / 100 if row.loads_known else None,
            }
            for index, (demand, left, free, gap) in per_week
        ],
    }


def _free(one: FreePerson) -> dict[str, Any]:
    return {
        "person": one.person.key,
        "name": one.person.name,
        "level": one.level,
        "from_on": one.from_on,
        "free": [left / 100 for left in one.free],
    }


def _named(request: Request, name: str, model: Any) -> Any:
    key = request.query_params.get(name, "").replace("\0", "")[:60]
    if not key:
        return None
    found = model.objects.filter(key=key).first()
    if found is None:
        raise InvalidInput(
            _("%(name)s “%(key)s” does not exist.") % {"name": name, "key": key}, field=name
        )
    return found


def _whole(request: Request, name: str, default: int, least: int, most: int) -> int:
    raw = request.query_params.get(name, str(default))
    if not (raw.isascii() and raw.isdigit() and least <= int(raw[:9]) <= most):
        raise InvalidInput(
            _("%(name)s must be a number from %(least)d to %(most)d.")
            % {"name": name, "least": least, "most": most},
            field=name,
        )
    return int(raw)


def _share(request: Request) -> int:
    raw = request.query_params.get("fte_share", "0.2")
    try:
        hundredths = round(float(raw) * 100)
    except (ValueError, OverflowError):
        hundredths = 0
    if not 1 <= hundredths <= 100:
        raise InvalidInput(_("fte_share must lie between 0.01 and 1."), field="fte_share")
    return hundredths
