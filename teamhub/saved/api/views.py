"""Saved views for programs."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from teamhub.api.serializers import Input
from teamhub.saved import services
from teamhub.saved.lists import LISTS, address_of
from teamhub.saved.models import SavedView
from teamhub.saved.selectors import ShownView, views_of


class SavedViewIn(Input):
    page = serializers.CharField(max_length=40, help_text=", ".join(LISTS))
    name = serializers.CharField(max_length=60)
    query = serializers.CharField(
        max_length=4000, required=False, allow_blank=True, help_text="As in the list's address."
    )
    shared = serializers.BooleanField(required=False)
    favourite = serializers.BooleanField(required=False)


class SavedViewOut(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="view.pk")
    page = serializers.CharField(source="view.page")
    name = serializers.CharField(source="view.name")
    owner = serializers.CharField(source="view.owner.username")
    query = serializers.CharField(source="view.query")
    shared = serializers.BooleanField(source="view.shared")
    favourite = serializers.BooleanField()


class SavedViewList(APIView):
    @extend_schema(
        operation_id="saved_views_list",
        parameters=[OpenApiParameter("page", str, enum=list(LISTS), required=True)],
        responses=SavedViewOut(many=True),
    )
    def get(self, request: Request) -> Response:
        page = request.query_params.get("page", "")
        address_of(page)
        return Response(SavedViewOut(views_of(page, request.user), many=True).data)

    @extend_schema(
        operation_id="saved_views_create", request=SavedViewIn, responses={201: SavedViewOut}
    )
    def post(self, request: Request) -> Response:
        given = SavedViewIn(data=request.data)
        given.is_valid(raise_exception=True)
        values = {"query": "", **given.validated_data}
        view = services.save_view(by=request.user, **values)
        favourite = view.favourites.filter(pk=request.user.pk).exists()
        shown = ShownView(view, mine=True, favourite=favourite)
        return Response(SavedViewOut(shown).data, status=status.HTTP_201_CREATED)


class StarIn(Input):
    favourite = serializers.BooleanField()


def _view(request: Request, pk: int) -> SavedView:
    view = SavedView.objects.visible_to(request.user).filter(pk=pk).first()
    if view is None:
        raise Http404
    return view


class SavedViewDetail(APIView):
    @extend_schema(operation_id="saved_views_star", request=StarIn, responses=SavedViewOut)
    def patch(self, request: Request, pk: int) -> Response:
        """Star it or take the star away; also of views that others share."""
        view = _view(request, pk)
        given = StarIn(data=request.data)
        given.is_valid(raise_exception=True)
        favourite = given.validated_data["favourite"]
        services.set_favourite(view, by=request.user, favourite=favourite)
        mine = view.owner_id == request.user.pk
        return Response(SavedViewOut(ShownView(view, mine, favourite)).data)

    @extend_schema(operation_id="saved_views_remove", responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        view = _view(request, pk)
        services.remove_view(view, by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)
