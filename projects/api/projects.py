"""Projects, slots and phases for programs."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Prefetch, Q
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from projects.api.assignments import if_match
from projects.api.filters import PLAN_PARAMETERS, named, plan_filters
from projects.api.serializers import (
    SLOT_COLUMNS,
    MoveIn,
    PhaseOut,
    ProjectDetailOut,
    ProjectIn,
    ProjectOut,
    ReopenIn,
    SlotOut,
    slot_cells,
)
from projects.models import Phase, Project, Seat, Slot, SlotSkill
from projects.phases import PhaseKey
from projects.selectors import projects as selectors
from projects.services import phases as phase_service
from projects.services import projects as service
from teamhub.accounts import permissions
from teamhub.api.pagination import Pages, paged
from teamhub.errors import InvalidInput
from teamhub.saved.api.named import VIEW_PARAMETER, TakesSavedView
from teamhub.web.exports import csv_response

PAGE_PARAMETERS = [
    OpenApiParameter("page", int, description="Number of the page, from 1."),
    OpenApiParameter("limit", int, description="Rows a page, at most 1000."),
    OpenApiParameter("offset", int, description="First row, from 0."),
]
# Filters beyond names and phases find only projects whose detail the user sees.
_DETAIL_FILTERS = {
    "domain": "domain",
    "department": "department__key",
    "site": "site__key",
    "lead": "lead__username",
}


class ProjectList(TakesSavedView, APIView):
    saved_list = "projects"
    view_filters: ClassVar = {
        "q": "search",
        **{name: name for name in ("status", "phase", *_DETAIL_FILTERS)},
    }

    @extend_schema(
        operation_id="projects_list",
        parameters=[
            OpenApiParameter("search", str, description="Part of name or key."),
            OpenApiParameter("status", str, enum=Project.Status.values),
            OpenApiParameter("phase", str, enum=[key.value for key in PhaseKey]),
            *(OpenApiParameter(name, str) for name in _DETAIL_FILTERS),
            VIEW_PARAMETER,
            *PAGE_PARAMETERS,
        ],
        responses=paged(ProjectOut),
    )
    def get(self, request: Request) -> Response:
        found = _narrowed(selectors.listed_projects(request.user), request).order_by("name", "pk")
        pages = Pages()
        page: Any = pages.paginate_queryset(found, request, view=self)
        seen = [project.pk for project in page if project.seen]
        context = {"coverage": selectors.Coverage(seen)}
        return pages.get_paginated_response(ProjectOut(page, many=True, context=context).data)

    @extend_schema(
        operation_id="projects_create", request=ProjectIn, responses={201: ProjectDetailOut}
    )
    def post(self, request: Request) -> Response:
        service.require_creator(request.user)
        given = ProjectIn(data=request.data)
        given.is_valid(raise_exception=True)
        made = service.create_project(by=request.user, **given.validated_data)
        return _answer(request, made.pk, status.HTTP_201_CREATED)


class ProjectDetail(APIView):
    @extend_schema(operation_id="projects_read", responses=ProjectDetailOut)
    def get(self, request: Request, pk: str) -> Response:
        return _answer(request, pk)


class SlotList(APIView):
    @extend_schema(
        operation_id="slots_list",
        parameters=PLAN_PARAMETERS,
        responses={
            (200, "application/json"): paged(SlotOut),
            (200, "text/csv"): OpenApiTypes.STR,
        },
    )
    def get(self, request: Request) -> Any:
        found = plan_filters(
            _slots(Slot.objects.visible_to(request.user)),
            request,
            person_path="assignments__person",
        ).order_by("phase__project__key", "start_on", "pk")
        if request.query_params.get("format") == "csv":
            rows = (slot_cells(slot) for slot in found.iterator(chunk_size=500))
            return csv_response("slots.csv", SLOT_COLUMNS, rows)
        pages = Pages()
        page: Any = pages.paginate_queryset(found, request, view=self)
        return pages.get_paginated_response(SlotOut(page, many=True).data)


class PhaseClose(APIView):
    @extend_schema(operation_id="phases_close", request=None, responses=PhaseOut)
    def post(self, request: Request, pk: int) -> Response:
        phase = phase_service.close_phase(_phase(request, pk), by=request.user)
        return Response(PhaseOut(phase).data)


class PhaseReopen(APIView):
    @extend_schema(operation_id="phases_reopen", request=ReopenIn, responses=PhaseOut)
    def post(self, request: Request, pk: int) -> Response:
        phase = _phase(request, pk)
        given = ReopenIn(data=request.data)
        given.is_valid(raise_exception=True)
        phase = phase_service.reopen_phase(phase, by=request.user, **given.validated_data)
        return Response(PhaseOut(phase).data)


class PhaseMove(APIView):
    @extend_schema(
        operation_id="phases_move",
        request=MoveIn,
        responses=PhaseOut,
        parameters=[OpenApiParameter("If-Match", str, "header", required=True)],
    )
    def post(self, request: Request, pk: int) -> Response:
        phase = _phase(request, pk)
        given = MoveIn(data=request.data)
        given.is_valid(raise_exception=True)
        moved = phase_service.move_phase(
            phase, by=request.user, version=if_match(request), **given.validated_data
        )
        return Response(PhaseOut(moved.phase).data)


def _narrowed(found: Any, request: Request) -> Any:
    query = request.query_params
    if word := query.get("search", "").replace("\0", "")[:200]:
        found = found.filter(Q(name__icontains=word) | Q(key__icontains=word))
    choices = {"status": Project.Status.values, "phase": [key.value for key in PhaseKey]}
    for name, values in choices.items():
        if raw := query.get(name):
            if raw not in values:
                raise InvalidInput(
                    _("%(name)s is one of: %(values)s.")
                    % {"name": name, "values": ", ".join(values)}
                )
            found = found.filter(**{"phase_key" if name == "phase" else name: raw})
    for name, lookup in _DETAIL_FILTERS.items():
        if raw := query.get(name, "").replace("\0", "")[:150]:
            found = found.filter(seen=True, **{lookup: raw})
    return found


def _slots(slots: Any) -> Any:
    return slots.select_related("seat__role", "phase__project").prefetch_related(
        Prefetch("skills", SlotSkill.objects.select_related("skill"))
    )


def _answer(request: Request, pk: Any, code: int = status.HTTP_200_OK) -> Response:
    """The project by id or key; for those who do not see its detail, names and phases."""
    found = selectors.listed_projects(request.user)
    word = str(pk)[:60]
    project: Any = found.filter(named(Project, word)).first()
    if project is None:
        raise Http404
    if project.seen:
        project.shown_requirements = selectors.requirements(project)
        project.shown_seats = Seat.objects.filter(project=project).select_related("role")
        project.shown_slots = _slots(Slot.objects.filter(phase__project=project))
    else:
        project.shown_requirements = project.shown_seats = project.shown_slots = []
    context = {
        "coverage": selectors.Coverage([project.pk]),
        "money": project.seen and permissions.may_see_money(request.user),
    }
    headers = {"ETag": f'"{project.version}"'} if project.seen else {}
    return Response(ProjectDetailOut(project, context=context).data, status=code, headers=headers)


def _phase(request: Request, pk: int) -> Phase:
    projects = Project.objects.detail_visible_to(request.user)
    phase = Phase.objects.filter(project__in=projects, pk=pk).select_related("project").first()
    if phase is None:
        raise Http404
    return phase
