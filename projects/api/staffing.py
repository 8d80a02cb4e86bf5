"""Staffing runs for programs: ask, poll, read the rows, accept; requests to other leads."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from projects.api.staffing_wishes import StaffingRunIn, WhatIfIn, arguments, find_projects
from projects.models import StaffingRequest, StaffingRun
from projects.selectors.proposal import ShownRow, proposal_view, shown_params
from projects.services import answers, staffing
from teamhub import weeks
from teamhub.accounts import permissions
from teamhub.api.pagination import Pages, paged
from teamhub.api.serializers import Input
from teamhub.errors import InvalidInput
from teamhub.saved.api.named import VIEW_PARAMETER, TakesSavedView
from teamhub.web.exports import csv_response

ROW_COLUMNS = [
    "id",
    "project",
    "phase",
    "role",
    "label",
    "slot",
    "person",
    "name",
    "start_on",
    "end_on",
    "weeks",
    "fte_share",
    "score",
    "decision",
    "blockers",
    "replaces",
    "hire",
]


class IncumbentOut(serializers.Serializer[Any]):
    seconds = serializers.FloatField()
    objective = serializers.FloatField()
    bound = serializers.FloatField(allow_null=True)


class StaffingRunOut(serializers.Serializer[StaffingRun]):
    id = serializers.UUIDField()
    status = serializers.CharField()
    outcome = serializers.CharField()
    stage = serializers.CharField()
    progress = serializers.FloatField()
    projects = serializers.SerializerMethodField()
    is_what_if = serializers.BooleanField(help_text="Supposes something; cannot be accepted.")
    params = serializers.SerializerMethodField()
    seed = serializers.IntegerField()
    coverage = serializers.FloatField(source="coverage_share", allow_null=True)
    method = serializers.CharField()
    fit_source = serializers.CharField()
    error_code = serializers.CharField()
    error_message = serializers.CharField()
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    # Absent for those who may not see cost and value.
    objective = serializers.IntegerField(allow_null=True, required=False)
    bound = serializers.FloatField(allow_null=True, required=False)
    gap = serializers.FloatField(allow_null=True, required=False)
    cost = serializers.DecimalField(16, 2, allow_null=True, required=False)
    incumbents = serializers.SerializerMethodField(required=False)

    def get_projects(self, run: StaffingRun) -> list[str]:
        return [project.key for project in run.projects.all()]

    def get_params(self, run: StaffingRun) -> dict[str, Any]:
        """As asked; supposed rates and budgets only for those who see money."""
        return shown_params(run, self.context["request"].user)

    @extend_schema(responses=IncumbentOut(many=True))
    def get_incumbents(self, run: StaffingRun) -> list[dict[str, Any]]:
        return list(IncumbentOut(run.incumbents(), many=True).data)

    def to_representation(self, instance: StaffingRun) -> dict[str, Any]:
        data = super().to_representation(instance)
        if not permissions.may_see_money(self.context["request"].user):
            for name in ("objective", "bound", "gap", "cost", "incumbents"):
                data.pop(name)
        return data


class ProposalRowOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    project = serializers.CharField()
    phase = serializers.CharField()
    role = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    slot = serializers.IntegerField()
    person = serializers.CharField(allow_null=True)
    name = serializers.CharField(allow_null=True)
    start_on = serializers.DateField()
    end_on = serializers.DateField()
    weeks = serializers.ListField(child=serializers.CharField())
    fte_share = serializers.FloatField()
    score = serializers.DictField(child=serializers.IntegerField())
    decision = serializers.CharField()
    blockers = serializers.ListField(child=serializers.CharField())
    replaces = serializers.CharField(allow_null=True)
    hire = serializers.CharField(allow_null=True, help_text="Somebody supposed, of a what-if.")
    cost = serializers.CharField(required=False)


class AcceptIn(Input):
    rows = serializers.JSONField(required=False, help_text='A list of row ids, or "all".')
    projects = serializers.ListField(
        child=serializers.CharField(max_length=60),
        min_length=1,
        max_length=1000,
        required=False,
        help_text="In place of rows: ids or keys of projects, for all their open rows.",
    )
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True)


class RefusalOut(serializers.Serializer[Any]):
    row = serializers.IntegerField()
    reason = serializers.CharField()
    clashes = serializers.ListField(child=serializers.DictField())


class AcceptOut(serializers.Serializer[Any]):
    change = serializers.IntegerField()
    accepted = serializers.ListField(child=serializers.IntegerField())
    requested = serializers.ListField(child=serializers.IntegerField())
    refused = RefusalOut(many=True)


class StaffingRunList(APIView):
    @extend_schema(operation_id="staffing_runs_list", responses=paged(StaffingRunOut))
    def get(self, request: Request) -> Response:
        runs = StaffingRun.objects.visible_to(request.user).prefetch_related("projects")
        pages = Pages()
        page: Any = pages.paginate_queryset(runs, request, view=self)
        out = StaffingRunOut(page, many=True, context={"request": request})
        return pages.get_paginated_response(out.data)

    @extend_schema(
        operation_id="staffing_runs_create", request=StaffingRunIn, responses={202: StaffingRunOut}
    )
    def post(self, request: Request) -> Response:
        return _ask(request, StaffingRunIn(data=request.data))


class WhatIfRun(APIView):
    @extend_schema(
        operation_id="staffing_runs_what_if", request=WhatIfIn, responses={202: StaffingRunOut}
    )
    def post(self, request: Request) -> Response:
        """A proposal under suppositions: solved beside the plan, never accepted."""
        return _ask(request, WhatIfIn(data=request.data))


def _ask(request: Request, serializer: StaffingRunIn) -> Response:
    serializer.is_valid(raise_exception=True)
    given = arguments(request, serializer.validated_data)
    run = staffing.propose_team(by=request.user, **given)
    out = StaffingRunOut(run, context={"request": request})
    place = request.build_absolute_uri(reverse("api:projects:staffing-run-detail", args=[run.pk]))
    return Response(out.data, status=status.HTTP_202_ACCEPTED, headers={"Location": place})


class StaffingRunDetail(APIView):
    @extend_schema(operation_id="staffing_runs_read", responses=StaffingRunOut)
    def get(self, request: Request, pk: UUID) -> Response:
        out = StaffingRunOut(find_run(request, pk), context={"request": request})
        return Response(out.data)


class ProposalRowList(APIView):
    @extend_schema(
        operation_id="staffing_runs_rows",
        parameters=[OpenApiParameter("format", str, enum=["json", "csv"])],
        responses={
            (200, "application/json"): ProposalRowOut(many=True),
            (200, "text/csv"): OpenApiTypes.STR,
        },
    )
    def get(self, request: Request, pk: UUID) -> Any:
        run = find_run(request, pk)
        view = proposal_view(run, request.user)
        rows = [row_data(shown, with_money=view.with_money) for shown in view.rows]
        wanted = request.query_params.get("format", "json")
        if wanted == "csv":
            return rows_csv(run, rows, with_money=view.with_money)
        if wanted != "json":
            raise InvalidInput(_("format must be json or csv."))
        return Response(rows)


class ProposalAccept(APIView):
    @extend_schema(
        operation_id="staffing_runs_accept", request=AcceptIn, responses={200: AcceptOut}
    )
    def post(self, request: Request, pk: UUID) -> Response:
        run = find_run(request, pk)
        serializer = AcceptIn(data=request.data)
        serializer.is_valid(raise_exception=True)
        given = serializer.validated_data
        if ("rows" in given) == ("projects" in given):
            raise serializers.ValidationError({"rows": [_("Name either rows or projects.")]})
        projects = find_projects(request, given["projects"]) if "projects" in given else None
        done = staffing.accept(
            run,
            by=request.user,
            rows=None if "projects" in given else _row_ids(given["rows"]),
            projects=projects,
            reason=given.get("reason", ""),
        )
        return Response(
            {
                "change": done.change.pk if done.change else None,
                "accepted": [row.pk for row in done.accepted],
                "requested": [row.pk for row in done.requested],
                "refused": done.refusals(by=request.user),
            }
        )


class RejectIn(AcceptIn):
    projects = None  # type: ignore[assignment]
    rows = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**53), min_length=1
    )  # type: ignore[assignment]


class ProposalReject(APIView):
    @extend_schema(
        operation_id="staffing_runs_reject", request=RejectIn, responses={200: OpenApiTypes.OBJECT}
    )
    def post(self, request: Request, pk: UUID) -> Response:
        run = find_run(request, pk)
        serializer = RejectIn(data=request.data)
        serializer.is_valid(raise_exception=True)
        given = serializer.validated_data
        count = staffing.reject(
            run, rows=given["rows"], by=request.user, reason=given.get("reason", "")
        )
        return Response({"rejected": count})


class RequestOut(serializers.Serializer[StaffingRequest]):
    id = serializers.IntegerField()
    status = serializers.CharField()
    run = serializers.UUIDField(source="row.run_id")
    row = serializers.IntegerField(source="row_id")
    person = serializers.CharField(source="row.person.key")
    project = serializers.CharField(source="row.slot.phase.project.key")
    slot = serializers.IntegerField(source="row.slot_id")
    start_on = serializers.DateField(source="row.start_on")
    end_on = serializers.DateField(source="row.end_on")
    asked_by = serializers.CharField(source="asked_by.username")
    asked_at = serializers.DateTimeField()
    reason = serializers.CharField()


class AnswerIn(Input):
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True)


class RequestList(TakesSavedView, APIView):
    saved_list = "requests"
    view_filters: ClassVar = {"status": "status"}

    @extend_schema(
        operation_id="staffing_requests_list",
        parameters=[
            OpenApiParameter("status", str, enum=StaffingRequest.Status.values),
            VIEW_PARAMETER,
        ],
        responses=paged(RequestOut),
    )
    def get(self, request: Request) -> Response:
        found = StaffingRequest.objects.visible_to(request.user).select_related(
            "row__person", "row__slot__phase__project", "asked_by"
        )
        wanted = request.query_params.get("status")
        if wanted is not None:
            if wanted not in StaffingRequest.Status.values:
                raise InvalidInput(_("status must be open, approved or declined."))
            found = found.filter(status=wanted)
        pages = Pages()
        page: Any = pages.paginate_queryset(found, request, view=self)
        return pages.get_paginated_response(RequestOut(page, many=True).data)


class RequestAnswer(APIView):
    """POST staffing-requests/{id}/approve/ or decline/."""

    approve = True

    @extend_schema(request=AnswerIn, responses=RequestOut)
    def post(self, request: Request, pk: int) -> Response:
        asked = (
            StaffingRequest.objects.visible_to(request.user)
            .select_related("row__slot__phase__project", "row__run")
            .filter(pk=pk)
            .first()
        )
        if asked is None:
            raise Http404
        serializer = AnswerIn(data=request.data)
        serializer.is_valid(raise_exception=True)
        reason = serializer.validated_data.get("reason", "")
        answered = answers.answer_request(
            asked, approve=self.approve, by=request.user, reason=reason
        )
        return Response(RequestOut(answered).data)


def find_run(request: Any, pk: UUID) -> StaffingRun:
    run = StaffingRun.objects.visible_to(request.user).filter(pk=pk).first()
    if run is None:
        raise Http404
    return run


def row_data(shown: ShownRow, *, with_money: bool) -> dict[str, Any]:
    row = shown.row
    data = {
        "id": row.pk,
        "project": row.slot.phase.project.key,
        "phase": row.slot.phase.key,
        "role": row.slot.seat.role.key,
        "label": row.slot.seat.label,
        "slot": row.slot_id,
        "person": row.person.key if row.person else None,
        "name": row.person.name if row.person else None,
        "start_on": row.start_on,
        "end_on": row.end_on,
        "weeks": [weeks.iso_label(day) for day in weeks.each_week(row.start_on, row.end_on)],
        "fte_share": row.fte_hundredths / 100,
        "score": shown.score,
        "decision": row.decision,
        "blockers": shown.reasons,
        "replaces": row.replaces.person.key if row.replaces else None,
        "hire": row.score.get("hire"),
    }
    return data | ({"cost": str(row.cost)} if with_money and row.cost is not None else {})


def rows_csv(run: StaffingRun, rows: list[dict[str, Any]], *, with_money: bool) -> Any:
    columns = ROW_COLUMNS + (["cost"] if with_money else [])
    lines = ([_cell(row.get(name)) for name in columns] for row in rows)
    return csv_response(f"proposal-{str(run.pk)[:8]}.csv", columns, lines)


def _cell(value: Any) -> Any:
    if isinstance(value, dict):
        return [f"{key}: {points}" for key, points in value.items()]
    return value


def _row_ids(given: Any) -> list[int] | None:
    if given == "all":
        return None
    whole = isinstance(given, list) and all(
        isinstance(pk, int) and not isinstance(pk, bool) and 0 < pk < 2**53 for pk in given
    )
    if not whole or not given:
        raise serializers.ValidationError(
            {"rows": [_('Give a list of row ids, or the word "all".')]}
        )
    return list(given)
