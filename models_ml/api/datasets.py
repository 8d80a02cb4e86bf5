"""Data sets for programs: upload, list, read."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from models_ml import catalog
from models_ml.api.serializers import (
    DatasetDetailOut,
    DatasetIn,
    DatasetOut,
    DatasetRefusalOut,
    RecipeOut,
)
from models_ml.inspection import DatasetRefused
from models_ml.models import Dataset
from models_ml.services import datasets as service
from models_ml.uploads import DatasetUpload
from projects.api.projects import PAGE_PARAMETERS
from teamhub.api.errors import body
from teamhub.api.pagination import Pages, paged


class DatasetList(APIView):
    parser_classes = [MultiPartParser]

    def initialize_request(self, request: Any, *args: Any, **kwargs: Any) -> Request:
        """Choose where the file goes before anybody reads the body."""
        if request.method == "POST":
            request.upload_handlers = [DatasetUpload(request)]
        made: Request = super().initialize_request(request, *args, **kwargs)
        return made

    @extend_schema(
        operation_id="datasets_list", parameters=PAGE_PARAMETERS, responses=paged(DatasetOut)
    )
    def get(self, request: Request) -> Response:
        found = Dataset.objects.visible_to(request.user).select_related("uploaded_by")
        pages = Pages()
        page: Any = pages.paginate_queryset(found, request, view=self)
        return pages.get_paginated_response(DatasetOut(page, many=True).data)

    @extend_schema(
        operation_id="datasets_upload",
        request={"multipart/form-data": DatasetIn},
        responses={200: DatasetDetailOut, 201: DatasetDetailOut, 422: DatasetRefusalOut},
    )
    def post(self, request: Request) -> Response:
        """Check and keep a CSV file. 200: it was there already; 422: where it is wrong."""
        service.require_uploader(request.user)
        given = DatasetIn(data=request.data)
        given.is_valid(raise_exception=True)
        file = given.validated_data["file"]
        try:
            dataset, made = service.take_dataset(
                file,
                name=given.validated_data.get("name") or service.name_of(file),
                label=given.validated_data["label"],
                by=request.user,
            )
        except DatasetRefused as refusal:
            error = body(refusal.code, str(refusal), refusal.details)
            return Response(error | refusal.details, status=refusal.http_status)
        finally:
            file.close()
        code = status.HTTP_201_CREATED if made else status.HTTP_200_OK
        return Response(DatasetDetailOut(dataset).data, status=code)


class DatasetDetail(APIView):
    @extend_schema(operation_id="datasets_read", responses=DatasetDetailOut)
    def get(self, request: Request, pk: str) -> Response:
        return Response(DatasetDetailOut(find_dataset(request, pk)).data)


class RecipeList(APIView):
    @extend_schema(operation_id="recipes_list", responses=RecipeOut(many=True))
    def get(self, request: Request) -> Response:
        """The recipes that a training may follow, with their settings (a plain list)."""
        return Response(RecipeOut(catalog.cards(), many=True).data)


def find_dataset(request: Request, word: str) -> Dataset:
    """A visible data set by its id or its fingerprint."""
    found = Dataset.objects.visible_to(request.user).select_related("uploaded_by")
    if word.isascii() and word.isdigit() and len(word) < 16:
        dataset = found.filter(pk=int(word)).first()
    else:
        dataset = found.filter(sha256=word.lower()).order_by("pk").first()
    if dataset is None:
        raise Http404
    return dataset
