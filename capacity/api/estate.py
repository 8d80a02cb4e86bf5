"""Accelerators, pools, nodes and maintenance for programs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
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
from capacity.api.serializers import (
    AcceleratorIn,
    AcceleratorOut,
    MaintenanceIn,
    MaintenanceOut,
    MaintenancePatch,
    NodeIn,
    NodeOut,
    NodePatch,
    PoolIn,
    PoolOut,
    PoolPatch,
)
from capacity.models import Accelerator, MaintenanceWindow, Node, Pool
from capacity.services import estate as service
from capacity.services.rows import require_planner
from teamhub.api.pagination import paged


class AcceleratorList(RowList):
    output = AcceleratorOut

    def rows(self, request: Request) -> QuerySet[Accelerator]:
        found: QuerySet[Accelerator] = Accelerator.objects.visible_to(request.user)
        return found.filter(retired_on=None)

    @extend_schema(
        operation_id="accelerators_list", parameters=PAGES, responses=paged(AcceleratorOut)
    )
    def get(self, request: Request) -> Any:
        """Types of devices with their figures, from the catalog and own ones."""
        return self.answer(request)

    @extend_schema(
        operation_id="accelerators_create",
        request=AcceleratorIn,
        responses={201: AcceleratorOut},
    )
    def post(self, request: Request) -> Response:
        """Add a type that the catalog does not have."""
        require_planner(request.user)
        made = service.create_accelerator(by=request.user, **validated(AcceleratorIn, request))
        return self.out(request, made, status.HTTP_201_CREATED)


class PoolRows(Rows):
    output = PoolOut

    def rows(self, request: Request) -> QuerySet[Pool]:
        found: Any = Pool.objects.visible_to(request.user)
        pools: QuerySet[Pool] = found.with_totals()
        return pools.select_related("site", "accelerator").order_by("site__key", "key")


class PoolList(RowList, PoolRows):
    filename = "pools.csv"

    def narrowed(self, request: Request) -> QuerySet[Pool]:
        return word_filter(self.rows(request), request, site="site__", accelerator="accelerator__")

    def csv(self, request: Request, found: QuerySet[Pool]) -> tuple[list[str], Iterable[Any]]:
        return exporting.pools(request.user, found)

    @extend_schema(
        operation_id="pools_list",
        parameters=[
            OpenApiParameter("site", str, description="Key or id of a site."),
            OpenApiParameter("accelerator", str, description="Key or id of an accelerator."),
            FORMAT,
            *PAGES,
        ],
        responses={(200, "application/json"): paged(PoolOut), (200, "text/csv"): OpenApiTypes.STR},
    )
    def get(self, request: Request) -> Any:
        return self.answer(request)

    @extend_schema(operation_id="pools_create", request=PoolIn, responses={201: PoolOut})
    def post(self, request: Request) -> Response:
        require_planner(request.user)
        made = service.create_pool(by=request.user, **validated(PoolIn, request))
        return self.out(request, made, status.HTTP_201_CREATED)


class PoolDetail(RowDetail, PoolRows):
    @extend_schema(operation_id="pools_read", responses=PoolOut)
    def get(self, request: Request, pk: int) -> Response:
        return self.out(request, self.find(request, pk))

    @extend_schema(
        operation_id="pools_change", request=PoolPatch, responses=PoolOut, parameters=IF_MATCH
    )
    def patch(self, request: Request, pk: int) -> Response:
        pool = self.find(request, pk)
        require_planner(request.user)
        given = validated(PoolPatch, request)
        changed = service.update_pool(pool, version=if_match(request), by=request.user, **given)
        return self.out(request, changed)

    @extend_schema(operation_id="pools_remove", responses={204: None}, parameters=IF_MATCH)
    def delete(self, request: Request, pk: int) -> Response:
        pool = self.find(request, pk)
        require_planner(request.user)
        service.delete_pool(pool, version=if_match(request), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class NodeRows(Rows):
    output = NodeOut

    def rows(self, request: Request) -> QuerySet[Node]:
        found: QuerySet[Node] = Node.objects.visible_to(request.user)
        return found.select_related("pool").order_by("pool__key", "key")


class NodeList(RowList, NodeRows):
    filename = "nodes.csv"

    def narrowed(self, request: Request) -> QuerySet[Node]:
        return word_filter(self.rows(request), request, pool="pool__")

    def csv(self, request: Request, found: QuerySet[Node]) -> tuple[list[str], Iterable[Any]]:
        return exporting.nodes(request.user, found)

    @extend_schema(
        operation_id="nodes_list",
        parameters=[
            OpenApiParameter("pool", str, description="Key or id of a pool."),
            FORMAT,
            *PAGES,
        ],
        responses={(200, "application/json"): paged(NodeOut), (200, "text/csv"): OpenApiTypes.STR},
    )
    def get(self, request: Request) -> Any:
        return self.answer(request)

    @extend_schema(operation_id="nodes_create", request=NodeIn, responses={201: NodeOut})
    def post(self, request: Request) -> Response:
        require_planner(request.user)
        made = service.create_node(by=request.user, **validated(NodeIn, request))
        return self.out(request, made, status.HTTP_201_CREATED)


class NodeDetail(RowDetail, NodeRows):
    @extend_schema(operation_id="nodes_read", responses=NodeOut)
    def get(self, request: Request, pk: int) -> Response:
        return self.out(request, self.find(request, pk))

    @extend_schema(
        operation_id="nodes_change", request=NodePatch, responses=NodeOut, parameters=IF_MATCH
    )
    def patch(self, request: Request, pk: int) -> Response:
        node = self.find(request, pk)
        require_planner(request.user)
        given = validated(NodePatch, request)
        changed = service.update_node(node, version=if_match(request), by=request.user, **given)
        return self.out(request, changed)

    @extend_schema(operation_id="nodes_remove", responses={204: None}, parameters=IF_MATCH)
    def delete(self, request: Request, pk: int) -> Response:
        node = self.find(request, pk)
        require_planner(request.user)
        service.delete_node(node, version=if_match(request), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class MaintenanceRows(Rows):
    output = MaintenanceOut

    def rows(self, request: Request) -> QuerySet[MaintenanceWindow]:
        found: QuerySet[MaintenanceWindow] = MaintenanceWindow.objects.visible_to(request.user)
        return found.select_related("pool").order_by("pool__key", "start_on", "pk")


class MaintenanceList(RowList, MaintenanceRows):
    def narrowed(self, request: Request) -> QuerySet[MaintenanceWindow]:
        return word_filter(self.rows(request), request, pool="pool__")

    @extend_schema(
        operation_id="maintenance_list",
        parameters=[OpenApiParameter("pool", str, description="Key or id of a pool."), *PAGES],
        responses=paged(MaintenanceOut),
    )
    def get(self, request: Request) -> Any:
        return self.answer(request)

    @extend_schema(
        operation_id="maintenance_create", request=MaintenanceIn, responses={201: MaintenanceOut}
    )
    def post(self, request: Request) -> Response:
        require_planner(request.user)
        made = service.create_maintenance(by=request.user, **validated(MaintenanceIn, request))
        return self.out(request, made, status.HTTP_201_CREATED)


class MaintenanceDetail(RowDetail, MaintenanceRows):
    @extend_schema(
        operation_id="maintenance_change",
        request=MaintenancePatch,
        responses=MaintenanceOut,
        parameters=IF_MATCH,
    )
    def patch(self, request: Request, pk: int) -> Response:
        window = self.find(request, pk)
        require_planner(request.user)
        given = validated(MaintenancePatch, request)
        version = if_match(request)
        return self.out(
            request, service.update_maintenance(window, version=version, by=request.user, **given)
        )

    @extend_schema(operation_id="maintenance_remove", responses={204: None}, parameters=IF_MATCH)
    def delete(self, request: Request, pk: int) -> Response:
        window = self.find(request, pk)
        require_planner(request.user)
        service.delete_maintenance(window, version=if_match(request), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)
