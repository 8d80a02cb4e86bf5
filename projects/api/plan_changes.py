"""Changes of the plan for programs: list, read, undo."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from projects.api.filters import by_key, day
from projects.models import PlanChange, PlanChangeLine, Project
from projects.selectors import plan_changes as selectors
from projects.selectors.plan_changes import ShownChange
from projects.services.undo import MAX_REASON, undo
from roles.models import Person
from teamhub.api.pagination import Pages, paged
from teamhub.api.serializers import Input
from teamhub.errors import InvalidInput
from teamhub.web.exports import csv_response

MAX_LINES = 100  # of one change in the list; all of them in its own address


class SideOut(serializers.Serializer[Any]):
    start_on = serializers.DateField()
    end_on = serializers.DateField()
    fte_share = serializers.FloatField()
    status = serializers.CharField()
    locked = serializers.BooleanField()
    reason = serializers.CharField()


class LineOut(serializers.Serializer[Any]):
    assignment = serializers.IntegerField()
    project = serializers.CharField()
    phase = serializers.CharField()
    role = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    slot = serializers.IntegerField()
    person = serializers.CharField()
    name = serializers.CharField()
    action = serializers.ChoiceField(choices=["made", "ended", "altered"])
    before = SideOut(allow_null=True)
    after = SideOut(allow_null=True)
    override = serializers.CharField(allow_null=True, help_text="locked or reviewed.")
    over_budget = serializers.BooleanField(
        required=False,
        help_text="A choice by hand exceeded the budget; for those who see money only.",
    )


class PlanChangeOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=PlanChange.Kind.choices)
    by = serializers.CharField()
    at = serializers.DateTimeField()
    reason = serializers.CharField()
    run = serializers.UUIDField(allow_null=True)
    undoes = serializers.IntegerField(allow_null=True)
    undone_by = serializers.IntegerField(allow_null=True)
    may_undo = serializers.BooleanField()
    n_lines = serializers.IntegerField(help_text="Lines of projects whose plan you see.")
    lines = LineOut(many=True, help_text="In the list the first 100.")


class UndoIn(Input):
    partial = serializers.BooleanField(  # type: ignore[assignment]
        required=False, default=False, help_text="Undo what has not changed since."
    )
    reason = serializers.CharField(max_length=MAX_REASON, required=False, allow_blank=True)


class KeptOut(serializers.Serializer[Any]):
    assignment = serializers.IntegerField()
    person = serializers.CharField()
    slot = serializers.IntegerField()
    why = serializers.CharField()


class UndoneOut(serializers.Serializer[Any]):
    change = serializers.IntegerField(help_text="Id of the undo: undo that to redo.")
    restored = serializers.ListField(child=serializers.IntegerField())
    kept = KeptOut(many=True)


def change_data(shown: ShownChange) -> dict[str, Any]:
    change = shown.change
    return {
        "id": change.pk,
        "kind": change.kind,
        "by": change.by.username,
        "at": change.at,
        "reason": change.reason,
        "run": change.run_id,
        "undoes": change.undoes_id,
        "undone_by": shown.undone_by.pk if shown.undone_by else None,
        "may_undo": shown.may_undo,
        "n_lines": shown.n_lines,
        "lines": [selectors.line_data(one.line, with_money=one.with_money) for one in shown.lines],
    }


class PlanChangeList(APIView):
    @extend_schema(
        operation_id="plan_changes_list",
        parameters=[
            OpenApiParameter("project", str, description="Key or id of a project."),
            OpenApiParameter("person", str, description="Key or id of a person."),
            OpenApiParameter("kind", str, enum=PlanChange.Kind.values),
            OpenApiParameter("by", str, description="User name of who did it."),
            OpenApiParameter("from", OpenApiTypes.DATE, description="Done on this day or later."),
            OpenApiParameter("to", OpenApiTypes.DATE, description="Done before this day."),
            OpenApiParameter("format", str, enum=["json", "csv"], description="csv: all lines."),
        ],
        responses={
            (200, "application/json"): paged(PlanChangeOut),
            (200, "text/csv"): OpenApiTypes.STR,
        },
    )
    def get(self, request: Request) -> Any:
        found = _narrowed(request).order_by("-at", "-pk")
        wanted = request.query_params.get("format", "json")
        if wanted == "csv":
            rows = selectors.csv_rows(found, request.user)
            return csv_response("plan-changes.csv", selectors.CSV_COLUMNS, rows)
        if wanted != "json":
            raise InvalidInput(_("format must be json or csv."))
        pages = Pages()
        page: Any = pages.paginate_queryset(found, request, view=self)
        found = selectors.shown(page, request.user, most=MAX_LINES)
        return pages.get_paginated_response([change_data(one) for one in found])


class PlanChangeDetail(APIView):
    @extend_schema(operation_id="plan_changes_read", responses=PlanChangeOut)
    def get(self, request: Request, pk: int) -> Response:
        (one,) = selectors.shown([_change(request, pk)], request.user, most=None)
        return Response(change_data(one))


class PlanChangeUndo(APIView):
    @extend_schema(operation_id="plan_changes_undo", request=UndoIn, responses=UndoneOut)
    def post(self, request: Request, pk: int) -> Response:
        change = _change(request, pk)
        serializer = UndoIn(data=request.data)
        serializer.is_valid(raise_exception=True)
        done = undo(change, by=request.user, **serializer.validated_data)
        return Response(
            {
                "change": done.change.pk,
                "restored": [line.assignment_id for line in done.restored],
                "kept": [
                    {
                        "assignment": line.assignment_id,
                        "person": line.person.key,
                        "slot": line.slot_id,
                        "why": why,
                    }
                    for line, why in done.kept
                ],
            }
        )


def _change(request: Request, pk: int) -> PlanChange:
    change = selectors.changes_for(request.user).filter(pk=pk).first()
    if change is None:
        raise Http404
    return change


def _narrowed(request: Request) -> Any:
    found = selectors.changes_for(request.user)
    lines = PlanChangeLine.objects.visible_to(request.user)
    if project := request.query_params.get("project", "")[:60]:
        named = lines.filter(by_key(Project, "slot__phase__project", project))
        found = selectors.with_lines(found, named)
    if person := request.query_params.get("person", "")[:60]:
        found = selectors.with_lines(found, lines.filter(by_key(Person, "person", person)))
    if kind := request.query_params.get("kind"):
        if kind not in PlanChange.Kind.values:
            known = ", ".join(PlanChange.Kind.values)
            raise InvalidInput(_("kind must be one of: %(known)s.") % {"known": known})
        found = found.filter(kind=kind)
    if by := request.query_params.get("by", "")[:150]:
        found = found.filter(by__username=by)
    if (first := day(request, "from")) is not None:
        found = found.filter(at__date__gte=first)
    if (last := day(request, "to")) is not None:
        found = found.filter(at__date__lt=last)
    return found
