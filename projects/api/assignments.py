"""Assignments for programs: read, make, change with If-Match, remove."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from projects.api.filters import PLAN_PARAMETERS, named, plan_filters
from projects.models import Assignment, Project, Slot
from projects.selectors.last_edit import change_of, last_edit
from projects.services import assignments as service
from roles.models import Person
from teamhub.api.pagination import Pages, paged
from teamhub.api.serializers import Input
from teamhub.errors import Conflict, NotAllowed, Stale
from teamhub.web.exports import csv_response

COLUMNS = [
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
    "fte_share",
    "status",
    "locked",
]


class PreconditionRequired(APIException):
    status_code = 428
    default_code = "precondition_required"


class AssignmentIn(Input):
    slot = serializers.IntegerField(min_value=1, max_value=2**53)
    person = serializers.CharField(max_length=60, help_text="The person's key, or the id.")
    start_on = serializers.DateField(required=False, help_text="A Monday.")
    end_on = serializers.DateField(required=False, help_text="The Monday after the last week.")
    fte_share = serializers.DecimalField(
        max_digits=3, decimal_places=2, min_value=0, max_value=1, required=False
    )
    status = serializers.ChoiceField(choices=Assignment.Status.choices, required=False)
    locked = serializers.BooleanField(required=False)
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True)


class AssignmentPatch(AssignmentIn):
    slot = serializers.IntegerField(
        min_value=1, max_value=2**53, required=False, help_text="Its own: an assignment stays."
    )
    person = serializers.CharField(max_length=60, required=False)


class AssignmentOut(serializers.Serializer[Assignment]):
    id = serializers.IntegerField()
    project = serializers.CharField(source="slot.phase.project.key")
    phase = serializers.CharField(source="slot.phase.key")
    role = serializers.CharField(source="slot.seat.role.key")
    label = serializers.CharField(source="slot.seat.label")  # type: ignore[assignment]
    slot = serializers.IntegerField(source="slot_id")
    person = serializers.CharField(source="person.key")
    name = serializers.CharField(source="person.name")
    start_on = serializers.DateField()
    end_on = serializers.DateField()
    fte_share = serializers.SerializerMethodField()
    status = serializers.ChoiceField(choices=Assignment.Status.choices)
    locked = serializers.BooleanField()
    reason = serializers.CharField()
    version = serializers.IntegerField()

    def get_fte_share(self, row: Assignment) -> float:
        return row.fte_hundredths / 100


class ChangedAssignmentOut(AssignmentOut):
    """An assignment after a change of it."""

    change = serializers.IntegerField(
        allow_null=True,
        default=None,
        help_text="The plan change that this was, to be undone by its id; null: nothing changed.",
    )


CHANGE_HEADER = "Plan-Change"


def visible(request: Request) -> Any:
    return Assignment.objects.visible_to(request.user).select_related(
        "person", "slot__seat__role", "slot__phase__project__site"
    )


class AssignmentList(APIView):
    @extend_schema(
        operation_id="assignments_list",
        parameters=PLAN_PARAMETERS,
        responses={
            (200, "application/json"): paged(AssignmentOut),
            (200, "text/csv"): OpenApiTypes.STR,
        },
    )
    def get(self, request: Request) -> Any:
        found = plan_filters(visible(request), request, slot_path="slot__").order_by(
            "slot__phase__project__key", "start_on", "pk"
        )
        if request.query_params.get("format") == "csv":
            rows = (_cells(row) for row in found.iterator(chunk_size=500))
            return csv_response("assignments.csv", COLUMNS, rows)
        pages = Pages()
        page: Any = pages.paginate_queryset(found, request, view=self)
        return pages.get_paginated_response(AssignmentOut(page, many=True).data)

    @extend_schema(
        operation_id="assignments_create",
        request=AssignmentIn,
        responses={201: ChangedAssignmentOut},
    )
    def post(self, request: Request) -> Response:
        given = _validated(AssignmentIn, request)
        slot = Slot.objects.visible_to(request.user).filter(pk=given.pop("slot")).first()
        if slot is None:
            raise Http404
        made = service.assign(slot=slot, by=request.user, **_fields(given, request))
        return _changed(request, made.pk, status.HTTP_201_CREATED)


class AssignmentDetail(APIView):
    @extend_schema(operation_id="assignments_read", responses=AssignmentOut)
    def get(self, request: Request, pk: int) -> Response:
        return _answer(request, pk)

    @extend_schema(
        operation_id="assignments_change",
        request=AssignmentPatch,
        responses=ChangedAssignmentOut,
        parameters=[OpenApiParameter("If-Match", str, "header", required=True)],
    )
    def patch(self, request: Request, pk: int) -> Response:
        assignment = _editable(request, pk)
        given = _validated(AssignmentPatch, request)
        if given.pop("slot", assignment.slot_id) != assignment.slot_id:
            words = _(
                "An assignment stays in its slot. Assign the person to the other one instead."
            )
            raise serializers.ValidationError({"slot": [words]})
        version, fields = if_match(request), _fields(given, request)
        with _told_who(pk):
            made = service.change(assignment, version=version, by=request.user, **fields)
        if (made.pk, made.version) == (pk, version):
            return _answer(request, pk, ChangedAssignmentOut)
        return _changed(request, made.pk)

    @extend_schema(
        operation_id="assignments_remove",
        responses={204: None},
        parameters=[
            OpenApiParameter("If-Match", str, "header", required=True),
            OpenApiParameter("reason", str, description="Kept with the plan change."),
        ],
    )
    def delete(self, request: Request, pk: int) -> Response:
        assignment = _editable(request, pk)
        reason = request.query_params.get("reason", "")[:300]
        version = if_match(request)
        with _told_who(pk), _told_where():
            change = service.remove(assignment, version=version, by=request.user, reason=reason)
        headers = {CHANGE_HEADER: str(change.pk)}
        return Response(status=status.HTTP_204_NO_CONTENT, headers=headers)


def _cells(row: Assignment) -> list[Any]:
    data = AssignmentOut(row).data
    return [data[name] for name in COLUMNS]


def _validated(kind: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    serializer = kind(data=request.data)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def _fields(given: dict[str, Any], request: Request) -> dict[str, Any]:
    """What the service takes: a person as a row, the effort in hundredths."""
    if (key := given.pop("person", None)) is not None:
        given["person"] = find_person(request, key)
    if (share := given.pop("fte_share", None)) is not None:
        given["fte_hundredths"] = int(share * 100)
    return given


def find_person(request: Request, key: str) -> Person:
    people = Person.objects.visible_to(request.user).select_related("site")
    found = people.filter(named(Person, key)).first()
    if found is None:
        raise serializers.ValidationError(
            {"person": [_("There is no person with the key “%(key)s”.") % {"key": key}]}
        )
    return found


def _editable(request: Request, pk: int) -> Assignment:
    assignment = visible(request).filter(pk=pk).first()
    if assignment is None:
        raise Http404
    if not Project.objects.editable_by(request.user).filter(pk=assignment.slot.phase.project_id):
        raise NotAllowed(_("Only the lead or a deputy of the project may change its plan."))
    return assignment


def if_match(request: Request) -> int:
    """The version that the client has read: If-Match: "3" (quotes optional).

    A weak tag never matches (RFC 9110, 13.1.1), and "*" would not tell what was read.
    """
    raw = request.headers.get("If-Match", "").strip()
    if not raw or raw == "*":
        raise PreconditionRequired(_("Send If-Match with the version of the row you have read."))
    if raw.startswith("W/"):
        raise Stale(_("If-Match compares strongly: send the version without W/."))
    raw = raw.strip('"')
    if not raw.isascii() or not raw.isdigit() or len(raw) > 9:
        raise serializers.ValidationError({"If-Match": [_("This is not a version number.")]})
    return int(raw)


@contextmanager
def _told_who(pk: int) -> Iterator[None]:
    """A refusal because somebody was faster says who, and when."""
    try:
        yield
    except Stale as error:
        error.details |= last_edit(pk)
        raise


@contextmanager
def _told_where() -> Iterator[None]:
    """A DELETE has no body: its reason stands in the query."""
    try:
        yield
    except Conflict as error:
        if error.code != "needs_reason":
            raise
        text = f"{error} " + _("Send it in the query, as “reason”.")
        raise Conflict(text, code=error.code, **error.details) from error


def _answer(request: Request, pk: int, kind: type[AssignmentOut] = AssignmentOut) -> Response:
    row = visible(request).filter(pk=pk).first()
    if row is None:
        raise Http404
    return Response(kind(row).data, headers={"ETag": f'"{row.version}"'})


def _changed(request: Request, pk: int, code: int = status.HTTP_200_OK) -> Response:
    row = visible(request).filter(pk=pk).first()
    if row is None:
        raise Http404
    row.change = change_of(pk, request.user)
    headers = {"ETag": f'"{row.version}"', CHANGE_HEADER: str(row.change or "")}
    return Response(ChangedAssignmentOut(row).data, status=code, headers=headers)
