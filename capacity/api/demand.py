"""Workloads and allocations for programs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from capacity import exporting
from capacity.api.base import (
    FORMAT,
    IF_MATCH,
    PAGES,
    RowDetail,
    RowList,
    Rows,
    if_match,
    validated,
    word_filter,
)
from capacity.api.demand_serializers import (
    AllocationIn,
    AllocationOut,
    AllocationPatch,
    WorkloadIn,
    WorkloadOut,
    WorkloadPatch,
    with_phase,
)
from capacity.models import Allocation, Workload
from capacity.selectors import workloads as selectors
from capacity.services import allocations, workloads
from capacity.services.rows import require_planner
from projects.api.filters import day
from projects.models import Project
from teamhub.accounts import permissions
from teamhub.api.pagination import paged
from teamhub.errors import InvalidInput

WEEKS = [
    OpenApiParameter("from", OpenApiTypes.DATE, description="Rows that end after this day."),
    OpenApiParameter("to", OpenApiTypes.DATE, description="Rows that start before this day."),
]


def in_weeks(found: QuerySet[Any], request: Request) -> QuerySet[Any]:
    if (first := day(request, "from")) is not None:
        found = found.filter(end_on__gt=first)
    if (last := day(request, "to")) is not None:
        found = found.filter(start_on__lt=last)
    return found


def chosen(found: QuerySet[Any], request: Request, name: str, values: list[str]) -> QuerySet[Any]:
    raw = request.query_params.get(name, "")
    if not raw:
        return found
    if raw not in values:
        raise InvalidInput(
            _("%(name)s is one of: %(values)s.") % {"name": name, "values": ", ".join(values)},
            field=name,
        )
    return found.filter(**{name: raw})


class WorkloadRows(Rows):
    output = WorkloadOut

    def rows(self, request: Request) -> QuerySet[Any]:
        found = selectors.read_workloads(request.user).prefetch_related("accelerators", "pools")
        return found.order_by("project__key", "start_on", "key")

    def context(self, request: Request, rows: Iterable[Any]) -> dict[str, Any]:
        led: set[int] = set()
        if permissions.has_scope(request.user, "money"):
            projects = Project.objects.led_by(request.user).order_by()
            led = set(projects.values_list("pk", flat=True))
        return super().context(request, rows) | {"led": led}


class WorkloadList(RowList, WorkloadRows):
    filename = "workloads.csv"

    def narrowed(self, request: Request) -> QuerySet[Any]:
        found = word_filter(self.rows(request), request, project="project__")
        found = chosen(found, request, "kind", Workload.Kind.values)
        return in_weeks(chosen(found, request, "status", Workload.Status.values), request)

    def csv(self, request: Request, found: QuerySet[Any]) -> tuple[list[str], Iterable[Any]]:
        return exporting.workloads(request.user, found)

    @extend_schema(
        operation_id="workloads_list",
        parameters=[
            OpenApiParameter("project", str, description="Key or id of a project."),
            OpenApiParameter("kind", str, enum=Workload.Kind.values),
            OpenApiParameter("status", str, enum=Workload.Status.values),
            *WEEKS,
            FORMAT,
            *PAGES,
        ],
        responses={
            (200, "application/json"): paged(WorkloadOut),
            (200, "text/csv"): OpenApiTypes.STR,
        },
    )
    def get(self, request: Request) -> Any:
        return self.answer(request)

    @extend_schema(
        operation_id="workloads_create", request=WorkloadIn, responses={201: WorkloadOut}
    )
    def post(self, request: Request) -> Response:
        """Devices and weeks, or parameters and tokens that the estimator turns into hours."""
        made = workloads.create_workload(by=request.user, **validated(WorkloadIn, request))
        return self.out(request, made, status.HTTP_201_CREATED)


class WorkloadDetail(RowDetail, WorkloadRows):
    @extend_schema(operation_id="workloads_read", responses=WorkloadOut)
    def get(self, request: Request, pk: int) -> Response:
        return self.out(request, self.find(request, pk))

    @extend_schema(
        operation_id="workloads_change",
        request=WorkloadPatch,
        responses=WorkloadOut,
        parameters=IF_MATCH,
    )
    def patch(self, request: Request, pk: int) -> Response:
        workload = self.find(request, pk)
        workloads.require_editor(request.user, workload.project)
        given = with_phase(validated(WorkloadPatch, request), workload.project_id)
        changed = workloads.update_workload(
            workload, version=if_match(request), by=request.user, **given
        )
        return self.out(request, changed)

    @extend_schema(operation_id="workloads_remove", responses={204: None}, parameters=IF_MATCH)
    def delete(self, request: Request, pk: int) -> Response:
        workload = self.find(request, pk)
        workloads.require_editor(request.user, workload.project)
        workloads.delete_workload(workload, version=if_match(request), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class AllocationRows(Rows):
    output = AllocationOut

    def rows(self, request: Request) -> QuerySet[Allocation]:
        """Those in force: rows of plans that nobody adopted are read with their plan."""
        found = Allocation.objects.visible_to(request.user).in_force()
        related = found.select_related("workload__project", "pool")
        return related.order_by("workload__key", "start_on", "pool__key", "pk")


class AllocationList(RowList, AllocationRows):
    filename = "allocations.csv"

    def narrowed(self, request: Request) -> QuerySet[Any]:
        found = word_filter(
            self.rows(request),
            request,
            workload="workload__",
            project="workload__project__",
            pool="pool__",
        )
        return in_weeks(chosen(found, request, "state", Allocation.State.values), request)

    def csv(self, request: Request, found: QuerySet[Any]) -> tuple[list[str], Iterable[Any]]:
        return exporting.allocations(request.user, found)

    @extend_schema(
        operation_id="allocations_list",
        parameters=[
            OpenApiParameter("workload", str, description="Key or id of a workload."),
            OpenApiParameter("project", str, description="Key or id of a project."),
            OpenApiParameter("pool", str, description="Key or id of a pool."),
            OpenApiParameter("state", str, enum=Allocation.State.values),
            *WEEKS,
            FORMAT,
            *PAGES,
        ],
        responses={
            (200, "application/json"): paged(AllocationOut),
            (200, "text/csv"): OpenApiTypes.STR,
        },
    )
    def get(self, request: Request) -> Any:
        return self.answer(request)

    @extend_schema(
        operation_id="allocations_create", request=AllocationIn, responses={201: AllocationOut}
    )
    def post(self, request: Request) -> Response:
        """Give devices by hand; what runs or is locked is a fact for the next plan."""
        require_planner(request.user)
        made = allocations.create_allocation(by=request.user, **validated(AllocationIn, request))
        return self.out(request, made, status.HTTP_201_CREATED)


class AllocationDetail(RowDetail, AllocationRows):
    @extend_schema(operation_id="allocations_read", responses=AllocationOut)
    def get(self, request: Request, pk: int) -> Response:
        return self.out(request, self.find(request, pk))

    @extend_schema(
        operation_id="allocations_change",
        request=AllocationPatch,
        responses=AllocationOut,
        parameters=IF_MATCH,
    )
    def patch(self, request: Request, pk: int) -> Response:
        allocation = self.find(request, pk)
        require_planner(request.user)
        given = validated(AllocationPatch, request)
        changed = allocations.update_allocation(
            allocation, version=if_match(request), by=request.user, **given
        )
        return self.out(request, changed)

    @extend_schema(
        operation_id="allocations_remove",
        responses={204: None},
        parameters=[*IF_MATCH, OpenApiParameter("reason", str, description="Kept in the audit.")],
    )
    def delete(self, request: Request, pk: int) -> Response:
        allocation = self.find(request, pk)
        require_planner(request.user)
        reason = request.query_params.get("reason", "")[:300]
        allocations.delete_allocation(
            allocation, version=if_match(request), by=request.user, reason=reason
        )
        return Response(status=status.HTTP_204_NO_CONTENT)
