"""What the addresses of this app share: lists with CSV, one row with If-Match."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from capacity.rights import may_see_device_cost
from projects.api.assignments import if_match
from teamhub.api.pagination import Pages
from teamhub.errors import InvalidInput
from teamhub.web.exports import csv_response

__all__ = [
    "FORMAT",
    "IF_MATCH",
    "PAGES",
    "RowDetail",
    "RowList",
    "Rows",
    "by_word",
    "if_match",
    "validated",
    "word_filter",
]

FORMAT = OpenApiParameter(
    "format", str, enum=["json", "csv"], description="csv is streamed whole, as the export."
)
PAGES = [
    OpenApiParameter("page", int, description="Number of the page, from 1."),
    OpenApiParameter("limit", int, description="Rows a page, at most 1000."),
    OpenApiParameter("offset", int, description="First row, from 0."),
]
IF_MATCH = [OpenApiParameter("If-Match", str, "header", required=True)]


def validated(kind: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    serializer = kind(data=request.data, context={"request": request})
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def by_word(word: str, path: str = "") -> Q:
    """Rows with this key or, where it is a number, this id."""
    found = Q(**{f"{path}key": word})
    if word.isascii() and word.isdigit() and len(word) < 16:
        found |= Q(**{f"{path}pk": int(word)})
    return found


def word_filter(found: QuerySet[Any], request: Request, **paths: str) -> QuerySet[Any]:
    """Narrow by query parameters that hold the key or id of a related row."""
    for name, path in paths.items():
        if word := request.query_params.get(name, "").replace("\0", "")[:80]:
            found = found.filter(by_word(word, path))
    return found


class Rows(APIView):
    output: ClassVar[type[serializers.Serializer[Any]]]

    def rows(self, request: Request) -> QuerySet[Any]:
        """All rows that the user may see, with what a row of the answer names."""
        raise NotImplementedError

    def context(self, request: Request, rows: Iterable[Any]) -> dict[str, Any]:
        return {"request": request, "money": may_see_device_cost(request.user)}

    def out(self, request: Request, row: Any, code: int = status.HTTP_200_OK) -> Response:
        """The row as it stands now, with its version as ETag."""
        fresh = self.rows(request).filter(pk=row.pk).first()
        if fresh is None:
            raise Http404
        data = self.output(fresh, context=self.context(request, [fresh])).data
        version = getattr(fresh, "version", None)
        return Response(
            data, status=code, headers={} if version is None else {"ETag": f'"{version}"'}
        )


class RowList(Rows):
    filename: ClassVar[str] = ""

    def narrowed(self, request: Request) -> QuerySet[Any]:
        return self.rows(request)

    def csv(self, request: Request, found: QuerySet[Any]) -> tuple[list[str], Iterable[Any]]:
        raise NotImplementedError

    def answer(self, request: Request) -> Any:
        wanted = request.query_params.get("format", "json")
        if wanted not in {"json", "csv"}:
            raise InvalidInput(_("format must be json or csv."), field="format")
        found = self.narrowed(request)
        if wanted == "csv" and self.filename:
            return csv_response(self.filename, *self.csv(request, found))
        pages = Pages()
        page: Any = pages.paginate_queryset(found, request, view=self) or []
        context = self.context(request, page)
        return pages.get_paginated_response(self.output(page, many=True, context=context).data)


class RowDetail(Rows):
    def find(self, request: Request, pk: int) -> Any:
        row = self.rows(request).filter(pk=pk).first()
        if row is None:
            raise Http404
        return row
