"""Import and export of the estate and its demand for programs."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from capacity import exporting
from capacity.importers import BY_KIND
from projects.api.serializers import ImportIn, ImportOut
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
        # One byte more than is allowed is enough for the importer to refuse the file.
        data = file.read(settings.IMPORT_MAX_BYTES + 1)
        result = BY_KIND[kind](by=request.user).run(
            data, file.name or "", dry_run=given.validated_data["dry_run"]
        )
        code = status.HTTP_200_OK if result.ok else status.HTTP_422_UNPROCESSABLE_ENTITY
        return Response(result.as_json(), status=code)


class CapacityExport(APIView):
    @extend_schema(
        operation_id="capacity_export",
        parameters=[OpenApiParameter("kind", str, "path", enum=list(exporting.KINDS))],
        responses={(200, "text/csv"): OpenApiTypes.STR},
    )
    def get(self, request: Request, kind: str) -> Any:
        return exporting.export(kind, request.user)
