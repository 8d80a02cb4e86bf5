"""What every import address takes and answers."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.response import Response

from teamhub.api.errors import body
from teamhub.web.csv_import import CsvImporter, ImportResult


class ImportIn(serializers.Serializer[Any]):
    file = serializers.FileField(allow_empty_file=True)
    kind = serializers.CharField(max_length=40)
    dry_run = serializers.BooleanField(default=False, help_text="Say what would happen.")


class RowErrorOut(serializers.Serializer[Any]):
    row = serializers.IntegerField(help_text="Line of the file; 1 is the header.")
    column = serializers.CharField(allow_blank=True)
    message = serializers.CharField()


class ImportOut(serializers.Serializer[Any]):
    rows = serializers.IntegerField()
    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    beside = serializers.ListField(
        child=serializers.CharField(), help_text="What is made beside the rows."
    )
    errors = RowErrorOut(many=True)  # type: ignore[assignment]


def run_import(importer: CsvImporter, file: Any, *, dry_run: bool) -> Response:
    """Write all rows or none; 422 lists what does not fit, and nothing is written."""
    # One byte more than is allowed is enough for the importer to refuse the file.
    data = file.read(settings.IMPORT_MAX_BYTES + 1)
    return _answer(importer.run(data, file.name or "", dry_run=dry_run))


def _answer(result: ImportResult) -> Response:
    if result.ok:
        return Response(result.as_json())
    text = _("The file was not imported: %(count)d errors.") % {"count": len(result.errors)}
    nothing = {"created": 0, "updated": 0}
    return Response(body("invalid", text) | result.as_json() | nothing, status=422)
