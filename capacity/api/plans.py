"""Capacity plans for programs: ask, poll, adopt, and the report with ETag."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from capacity.api.base import PAGES, validated
from capacity.api.plan_serializers import (
    AdoptIn,
    AdoptOut,
    ColumnsOut,
    PlanIn,
    PlanLineOut,
    PlanOut,
)
from capacity.models import CapacityPlan
from capacity.rights import may_see_device_cost
from capacity.selectors import plan_report
from capacity.selectors.plans import latest, read_plans
from capacity.services import plans as service
from teamhub.api import reports
from teamhub.api.pagination import Pages, paged
from teamhub.errors import Conflict, InvalidInput, NotFound

STATES = ("adopted", "computed")
TABLE = OpenApiParameter(
    "table",
    str,
    enum=list(plan_report.TABLES),
    description="weeks (pools by week, the default), allocations or left_out.",
)
REPORT = [reports.FORMAT, TABLE, reports.IF_NONE_MATCH]


def find_plan(request: Request, pk: UUID) -> Any:
    plan = read_plans(request.user).filter(pk=pk).first()
    if plan is None:
        raise Http404
    return plan


class PlanList(APIView):
    @extend_schema(operation_id="plans_list", parameters=PAGES, responses=paged(PlanLineOut))
    def get(self, request: Request) -> Response:
        found = read_plans(request.user)
        if wanted := request.query_params.get("status", ""):
            if wanted not in CapacityPlan.Status.values:
                known = ", ".join(CapacityPlan.Status.values)
                raise InvalidInput(_("status is one of: %s.") % known, field="status")
            found = found.filter(status=wanted)
        pages = Pages()
        page: Any = pages.paginate_queryset(found, request, view=self)
        out = PlanLineOut(page, many=True, context={"request": request})
        return pages.get_paginated_response(out.data)

    @extend_schema(operation_id="plans_create", request=PlanIn, responses={202: PlanOut})
    def post(self, request: Request) -> Response:
        given = validated(PlanIn, request)
        if "weeks" in given:
            given["n_weeks"] = given.pop("weeks")
        plan = service.submit_plan(by=request.user, **given)
        place = request.build_absolute_uri(_address(plan))
        return Response(
            _shown(request, plan), status=status.HTTP_202_ACCEPTED, headers={"Location": place}
        )


class PlanDetail(APIView):
    @extend_schema(operation_id="plans_read", responses=PlanOut)
    def get(self, request: Request, pk: UUID) -> Response:
        return Response(PlanOut(find_plan(request, pk), context={"request": request}).data)


class PlanAdopt(APIView):
    @extend_schema(operation_id="plans_adopt", request=AdoptIn, responses=AdoptOut)
    def post(self, request: Request, pk: UUID) -> Response:
        """Let all rows count, or those that are named; 409 when none of them fits today."""
        plan = find_plan(request, pk)
        given = validated(AdoptIn, request)
        done = service.adopt(
            plan, by=request.user, rows=_row_ids(given["rows"]), reason=given.get("reason", "")
        )
        return Response(
            {
                "adopted": [row.pk for row in done.adopted],
                "refused": done.refusals(),
                "replaced": done.n_replaced,
                "removed": done.n_removed,
            }
        )


class PlanOthers(APIView):
    @extend_schema(operation_id="plans_others", request=None, responses={202: PlanOut(many=True)})
    def post(self, request: Request, pk: UUID) -> Response:
        """Compute the other objectives on the rows that this plan has read."""
        made = service.compute_others(find_plan(request, pk), by=request.user)
        shown = [_shown(request, plan) for plan in made]
        return Response(shown, status=status.HTTP_202_ACCEPTED)


class PlanReport(APIView):
    @extend_schema(operation_id="plans_report", parameters=REPORT, responses=reports.RESPONSES)
    def get(self, request: Request, pk: UUID) -> HttpResponseBase:
        plan = find_plan(request, pk)
        if plan.status != CapacityPlan.Status.SUCCEEDED:
            raise Conflict(
                _("This plan has no report yet: it is %(status)s.")
                % {"status": plan.get_status_display()},
                code="not_ready",
                status=plan.status,
            )
        return _report(request, plan)


class LatestReport(APIView):
    @extend_schema(
        operation_id="plans_latest_report",
        parameters=[
            OpenApiParameter("state", str, enum=list(STATES), description="adopted by default."),
            *REPORT,
        ],
        responses=reports.RESPONSES,
    )
    def get(self, request: Request) -> HttpResponseBase:
        """The latest adopted plan; state=computed takes the latest that was computed."""
        state = request.query_params.get("state", STATES[0])
        if state not in STATES:
            raise InvalidInput(_("state must be adopted or computed."), field="state")
        plan = latest(request.user, state)
        if plan is None:
            raise NotFound(_none(state), code="no_plan")
        response = _report(request, plan)
        address = reverse("api:capacity:plan-report", args=[plan.pk])
        response["Content-Location"] = request.build_absolute_uri(address)
        return response


class PlanColumns(APIView):
    @extend_schema(operation_id="plans_columns", responses=ColumnsOut)
    def get(self, request: Request) -> Response:
        """What the columns of each table of a report hold."""
        return Response(
            {
                "schema_version": plan_report.SCHEMA_VERSION,
                "tables": {
                    name: reports.dictionary((*plan_report.ABOUT, *table.columns))
                    for name, table in plan_report.TABLES.items()
                },
            }
        )


def _none(state: str) -> str:
    if state == "computed":
        return _("No capacity plan that you may read has been computed yet.")
    return _(
        "No capacity plan that you may read has been adopted yet. "
        "With state=computed you get the latest one that was computed."
    )


def _report(request: Request, plan: Any) -> HttpResponseBase:
    name = request.query_params.get("table", "weeks")
    table = plan_report.TABLES.get(name)
    if table is None:
        known = ", ".join(plan_report.TABLES)
        raise InvalidInput(_("table must be one of: %s.") % known, field="table")
    return reports.answer(
        request,
        reports.Report(
            name=f"capacity-{name.replace('_', '-')}-{str(plan.pk)[:8]}",
            schema_version=plan_report.SCHEMA_VERSION,
            about={"plan_id": str(plan.pk), "as_of": plan.as_of},
            more={"table": name, **_figures(plan, money=may_see_device_cost(request.user))},
            columns=table.shown(request.user),
            rows=lambda: table.cells(plan, request.user),
        ),
    )


def _figures(plan: Any, *, money: bool) -> dict[str, Any]:
    """What is said of the plan in front of its table."""
    figures = {
        "name": plan.name,
        "objective": plan.objective,
        "outcome": plan.outcome,
        "state": "adopted" if plan.is_adopted else "computed",
        "from": plan.start_on,
        "weeks": plan.n_weeks,
        "adopted_at": plan.adopted_at,
        "rows": plan.n_rows,
        "rows_adopted": plan.n_in_force,
        "workloads": plan.n_workloads,
        "served": plan.n_served,
        "served_device_weeks": plan.served_device_weeks,
        "missing_device_weeks": plan.shortage_device_weeks,
    }
    if money:
        names = ("objective_value", "bound", "gap", "weighted_cost", "efficiency")
        figures |= {name: getattr(plan, name) for name in names}
        figures |= {
            name: None if getattr(plan, name) is None else str(getattr(plan, name))
            for name in ("value", "cost", "net_value")
        }
    return figures


def _shown(request: Request, plan: CapacityPlan) -> Any:
    fresh = find_plan(request, plan.pk)
    return PlanOut(fresh, context={"request": request}).data


def _address(plan: CapacityPlan) -> str:
    return reverse("api:capacity:plan-detail", args=[plan.pk])


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
