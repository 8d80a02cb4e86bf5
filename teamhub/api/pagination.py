"""Pages of a list: ?limit=&offset= or ?page=; the answer holds count, next, previous, results."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import inline_serializer
from rest_framework import serializers
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.request import Request

from teamhub.errors import InvalidInput


def paged(kind: type[serializers.Serializer[Any]]) -> Any:
    """A page of rows of this kind, as the answer of a list says it."""
    return inline_serializer(
        name=f"Paged{kind.__name__.removesuffix('Out')}",
        fields={
            "count": serializers.IntegerField(),
            "next": serializers.URLField(allow_null=True),
            "previous": serializers.URLField(allow_null=True),
            "results": kind(many=True),
        },
    )


class Pages(LimitOffsetPagination):
    default_limit = 100
    max_limit = 1000

    def get_offset(self, request: Request) -> int:
        """`page` (from 1) is another way to write the offset."""
        page = request.query_params.get("page")
        if page is None:
            return super().get_offset(request)
        if not page.isascii() or not page.isdigit() or not 1 <= int(page[:9]) <= 10_000_000:
            raise InvalidInput(_("page must be a whole number from 1."), page=page)
        return (int(page) - 1) * (self.get_limit(request) or self.default_limit)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        page = {
            "name": "page",
            "required": False,
            "in": "query",
            "description": "Number of the page, from 1; instead of offset.",
            "schema": {"type": "integer", "minimum": 1},
        }
        return [*super().get_schema_operation_parameters(view), page]
