"""Checklist items for programs: read, tick, untick."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from projects.api.filters import by_key
from projects.api.projects import PAGE_PARAMETERS
from projects.api.serializers import ItemOut, TickIn, UntickIn
from projects.models import ChecklistItem, Project
from projects.phases import PhaseKey
from projects.selectors.my_work import my_items
from projects.selectors.projects import read_items
from projects.services import checklists as service
from teamhub.api.pagination import Pages, paged
from teamhub.errors import InvalidInput
from teamhub.web import csv_values


class ItemList(APIView):
    @extend_schema(
        operation_id="checklist_items_list",
        parameters=[
            OpenApiParameter("project", str, description="Key or id of a project."),
            OpenApiParameter("phase", str, enum=[key.value for key in PhaseKey]),
            OpenApiParameter("open", bool, description="Only open items, or only done ones."),
            OpenApiParameter("mine", bool, description="Only one's own items."),
            *PAGE_PARAMETERS,
        ],
        responses=paged(ItemOut),
    )
    def get(self, request: Request) -> Response:
        query = request.query_params
        mine = _flag(request, "mine")
        items = my_items(request.user) if mine else ChecklistItem.objects.visible_to(request.user)
        if project := query.get("project", "").replace("\0", "")[:60]:
            items = items.filter(by_key(Project, "project", project))
        if phase := query.get("phase", ""):
            if phase not in list(PhaseKey):
                raise InvalidInput(
                    _("%(name)s is one of: %(values)s.")
                    % {"name": "phase", "values": ", ".join(PhaseKey)}
                )
            items = items.filter(phase__key=phase)
        if (is_open := _flag(request, "open")) is not None:
            items = items.filter(done_at__isnull=is_open)
        found = read_items(items).order_by("project__key", "position", "pk")
        pages = Pages()
        page: Any = pages.paginate_queryset(found, request, view=self)
        return pages.get_paginated_response(ItemOut(page, many=True).data)


class ItemDetail(APIView):
    @extend_schema(operation_id="checklist_items_read", responses=ItemOut)
    def get(self, request: Request, pk: int) -> Response:
        return Response(ItemOut(_item(request, pk)).data)


class ItemTick(APIView):
    @extend_schema(operation_id="checklist_items_tick", request=TickIn, responses=ItemOut)
    def post(self, request: Request, pk: int) -> Response:
        item = _item(request, pk)
        service.tick(item, by=request.user, **_validated(TickIn, request))
        return Response(ItemOut(_item(request, pk)).data)


class ItemUntick(APIView):
    @extend_schema(operation_id="checklist_items_untick", request=UntickIn, responses=ItemOut)
    def post(self, request: Request, pk: int) -> Response:
        item = _item(request, pk)
        service.untick(item, by=request.user, **_validated(UntickIn, request))
        return Response(ItemOut(_item(request, pk)).data)


def _item(request: Request, pk: int) -> ChecklistItem:
    items = read_items(ChecklistItem.objects.visible_to(request.user))
    item = items.filter(pk=pk).first()
    if item is None:
        raise Http404
    return item


def _validated(kind: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    serializer = kind(data=request.data)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def _flag(request: Request, name: str) -> bool | None:
    raw = request.query_params.get(name, "")
    if not raw:
        return None
    try:
        return csv_values.flag(raw)
    except ValueError as error:
        raise InvalidInput(f"{name}: {error}") from None
