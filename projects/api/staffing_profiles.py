"""Weights that managers keep under a name."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from projects.models import WeightProfile
from projects.services import profiles
from teamhub.api.pagination import Pages, paged
from teamhub.api.serializers import Input


class ProfileIn(Input):
    name = serializers.CharField(max_length=60)
    weights = serializers.DictField(child=serializers.IntegerField())
    shared = serializers.BooleanField(default=False)


class ProfileChangeIn(Input):
    name = serializers.CharField(max_length=60, required=False)
    weights = serializers.DictField(child=serializers.IntegerField(), required=False)
    shared = serializers.BooleanField(required=False)


class ProfileOut(serializers.Serializer[WeightProfile]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    owner = serializers.CharField(source="owner.username")
    own = serializers.SerializerMethodField()
    shared = serializers.BooleanField()
    weights = serializers.DictField(child=serializers.IntegerField())

    def get_own(self, profile: WeightProfile) -> bool:
        return bool(profile.owner_id == self.context["request"].user.pk)


class ProfileList(APIView):
    @extend_schema(operation_id="staffing_profiles_list", responses=paged(ProfileOut))
    def get(self, request: Request) -> Response:
        found = WeightProfile.objects.visible_to(request.user).select_related("owner")
        pages = Pages()
        page: Any = pages.paginate_queryset(found, request, view=self)
        out = ProfileOut(page, many=True, context={"request": request})
        return pages.get_paginated_response(out.data)

    @extend_schema(
        operation_id="staffing_profiles_create",
        request=ProfileIn,
        responses={201: ProfileOut, 200: ProfileOut},
    )
    def post(self, request: Request) -> Response:
        """One's own profile of that name takes the new weights (200)."""
        serializer = ProfileIn(data=request.data)
        serializer.is_valid(raise_exception=True)
        profile, made = profiles.save_profile(by=request.user, **serializer.validated_data)
        out = ProfileOut(profile, context={"request": request})
        return Response(out.data, status=status.HTTP_201_CREATED if made else status.HTTP_200_OK)


class ProfileDetail(APIView):
    @extend_schema(
        operation_id="staffing_profiles_change", request=ProfileChangeIn, responses=ProfileOut
    )
    def patch(self, request: Request, pk: int) -> Response:
        profile = _find(request, pk)
        serializer = ProfileChangeIn(data=request.data)
        serializer.is_valid(raise_exception=True)
        profile = profiles.change_profile(profile, by=request.user, **serializer.validated_data)
        return Response(ProfileOut(profile, context={"request": request}).data)

    @extend_schema(operation_id="staffing_profiles_delete", responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        profiles.delete_profile(_find(request, pk), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _find(request: Request, pk: int) -> WeightProfile:
    found = WeightProfile.objects.visible_to(request.user).filter(pk=pk)
    profile = found.select_related("owner").first()
    if profile is None:
        raise Http404
    return profile
