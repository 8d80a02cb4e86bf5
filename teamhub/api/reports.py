"""Reports for programs: a table with a version, a dictionary of its columns, an ETag.

JSON holds the table in one answer, CSV is streamed. Who asks again with If-None-Match gets 304
while nothing has changed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from teamhub.errors import InvalidInput
from teamhub.runs import frozen
from teamhub.web.exports import cell, csv_response

Text = str | Promise
FORMATS = ("json", "csv")
FORMAT = OpenApiParameter("format", str, enum=list(FORMATS), description="csv is streamed whole.")
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match", str, "header", description="The ETag of an earlier answer: 304 if it holds."
)


@dataclass(frozen=True)
class Column:
    """What a column holds; `money` ones are there only for those who may see costs."""

    name: str
    type: str  # text, date, time, integer, number, boolean
    description: Text
    unit: Text = ""
    money: bool = False

    def as_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "type": self.type,
            "unit": str(self.unit),
            "description": str(self.description),
            "priced": self.money,
        }


@dataclass(frozen=True)
class Report:
    """A table and what is said of it.

    `about` stands in front of the table in JSON and in each line of CSV. `rows` is called anew for
    each pass over the table. `volatile` names what changes although nothing else does: it is left
    out of the ETag, which is then a weak one.
    """

    name: str
    schema_version: int
    about: Mapping[str, Any]
    columns: Sequence[Column]
    rows: Callable[[], Iterable[Sequence[Any]]]
    more: Mapping[str, Any] = field(default_factory=dict)  # in JSON only
    volatile: frozenset[str] = frozenset()


ABOUT_ALL = (
    Column("schema_version", "integer", gettext_lazy("Changes when columns change their meaning.")),
)


class ColumnOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    type = serializers.CharField()
    unit = serializers.CharField(allow_blank=True)
    description = serializers.CharField()
    priced = serializers.BooleanField(help_text="Only for those who may see costs.")


class ReportOut(serializers.Serializer[Any]):
    """What all reports have; each says more of itself."""

    schema_version = serializers.IntegerField()
    as_of = serializers.DateTimeField()
    columns = ColumnOut(many=True)
    rows = serializers.ListField(child=serializers.DictField())


RESPONSES: dict[Any, Any] = {
    (200, "application/json"): ReportOut,
    (200, "text/csv"): OpenApiTypes.STR,
    304: None,
}


def answer(request: Request, report: Report) -> HttpResponseBase:
    """The report in the format that the address asks for, or 304."""
    wanted = request.query_params.get("format", "json")
    if wanted not in FORMATS:
        raise InvalidInput(_("format must be json or csv."), field="format")
    etag = _etag(report, wanted)
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if response is None:
        response = _csv(report) if wanted == "csv" else _json(report)
    response["ETag"] = etag
    # What is kept must be asked for again: rights and rows change.
    response["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ["Accept-Language", "Authorization", "Cookie"])
    return response


def dictionary(columns: Iterable[Column]) -> list[dict[str, Any]]:
    return [column.as_dict() for column in (*ABOUT_ALL, *columns)]


def _etag(report: Report, wanted: str) -> str:
    said = {name: value for name, value in report.about.items() if name not in report.volatile}
    digest = hashlib.sha256()
    head = [wanted, get_language(), report.schema_version, said, report.more]
    digest.update(frozen.canonical(_plain([*head, [one.name for one in report.columns]])))
    for row in report.rows():
        digest.update("\x1f".join(cell(value) for value in row).encode())
        digest.update(b"\x1e")
    mark = f'"{digest.hexdigest()[:32]}"'
    return f"W/{mark}" if report.volatile else mark


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    if isinstance(value, (dt.date, dt.datetime, Decimal, Promise)):
        return str(value)
    return value


def _json(report: Report) -> Response:
    names = [column.name for column in report.columns]
    return Response(
        {
            "schema_version": report.schema_version,
            **report.about,
            **report.more,
            "columns": [column.as_dict() for column in report.columns],
            "rows": [dict(zip(names, row, strict=True)) for row in report.rows()],
        }
    )


def _csv(report: Report) -> HttpResponseBase:
    said = [report.schema_version, *report.about.values()]
    head = ["schema_version", *report.about, *(column.name for column in report.columns)]
    return csv_response(f"{report.name}.csv", head, ([*said, *row] for row in report.rows()))
