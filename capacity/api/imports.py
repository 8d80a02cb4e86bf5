"""Import and export of the estate and its demand for programs."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from capacity import exporting
from capacity.importers import BY_KIND
from teamhub.api.imports import ImportIn, ImportOut, run_import
from teamhub.errors import InvalidInput


class CapacityImport(APIView):
    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="capacity_import",
        request={"multipart/form-data": ImportIn},
        responses={200: ImportOut, 422: ImportOut},
    )
    def post(self, request: Request) -> Response:
        """Write all rows or none; 422 lists what does not fit, and nothing is written."""
        given = ImportIn(data=request.data)
        given.is_valid(raise_exception=True)
        kind, file = given.validated_data["kind"], given.validated_data["file"]
        if kind not in BY_KIND:
            raise InvalidInput(
                _("There is no import of “%(kind)s”. Kinds: %(kinds)s.")
                % {"kind": kind, "kinds": ", ".join(BY_KIND)},
                field="kind",
            )
        importer = BY_KIND[kind](by=request.user)
        return run_import(importer, file, dry_run=given.validated_data["dry_run"])


class CapacityExport(APIView):
    @extend_schema(
        operation_id="capacity_export",
        parameters=[OpenApiParameter("kind", str, "path", enum=list(exporting.KINDS))],
        responses={(200, "text/csv"): OpenApiTypes.STR},
    )
    def get(self, request: Request, kind: str) -> Any:
        return exporting.export(kind, request.user)
