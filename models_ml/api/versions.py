"""Model versions for programs: list, read, download, promote, retire."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from models_ml.api.serializers import ModelVersionOut, PromoteIn, ReasonIn
from models_ml.files import file_response
from models_ml.models import ModelVersion
from models_ml.services import versions as service
from projects.api.projects import PAGE_PARAMETERS
from teamhub.api.pagination import Pages, paged


class ModelVersionList(APIView):
    @extend_schema(
        operation_id="model_versions_list",
        parameters=PAGE_PARAMETERS,
        responses=paged(ModelVersionOut),
    )
    def get(self, request: Request) -> Response:
        pages = Pages()
        page: Any = pages.paginate_queryset(visible_versions(request), request, view=self)
        return pages.get_paginated_response(ModelVersionOut(page, many=True).data)


class ModelVersionDetail(APIView):
    @extend_schema(operation_id="model_versions_read", responses=ModelVersionOut)
    def get(self, request: Request, pk: int) -> Response:
        return Response(ModelVersionOut(find_version(request, pk)).data)


class ModelVersionFile(APIView):
    @extend_schema(
        operation_id="model_versions_file",
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, pk: int, name: str) -> FileResponse:
        """One of the version's files, as its sha256 says."""
        return file_response(find_version(request, pk), name, by=request.user)


class ModelVersionPromote(APIView):
    @extend_schema(
        operation_id="model_versions_promote",
        request=PromoteIn,
        responses={200: ModelVersionOut},
    )
    def post(self, request: Request, pk: int) -> Response:
        """Let it serve as champion or challenger; 409 without a passed ethics review."""
        version = find_version(request, pk)
        given = PromoteIn(data=request.data)
        given.is_valid(raise_exception=True)
        service.promote(version, by=request.user, **given.validated_data)
        return Response(ModelVersionOut(find_version(request, pk)).data)


class ModelVersionRetire(APIView):
    @extend_schema(
        operation_id="model_versions_retire", request=ReasonIn, responses={200: ModelVersionOut}
    )
    def post(self, request: Request, pk: int) -> Response:
        version = find_version(request, pk)
        given = ReasonIn(data=request.data)
        given.is_valid(raise_exception=True)
        service.retire(version, by=request.user, **given.validated_data)
        return Response(ModelVersionOut(find_version(request, pk)).data)


def visible_versions(request: Request) -> Any:
    return (
        ModelVersion.objects.visible_to(request.user)
        .select_related("project", "run")
        .prefetch_related("aliases__project", "aliases__set_by")
    )


def find_version(request: Request, pk: int) -> ModelVersion:
    version: ModelVersion | None = visible_versions(request).filter(pk=pk).first()
    if version is None:
        raise Http404
    return version
