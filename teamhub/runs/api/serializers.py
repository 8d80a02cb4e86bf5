"""What the API tells of a run, whatever its kind."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from teamhub.runs.models import Outcome, Run, Status


class RunOut(serializers.Serializer[Run]):
    """Kinds add their own fields at their own addresses."""

    id = serializers.UUIDField(read_only=True)
    kind = serializers.CharField(read_only=True)
    title = serializers.SerializerMethodField()
    subject = serializers.CharField(read_only=True)
    url = serializers.CharField(source="get_absolute_url", read_only=True)
    status = serializers.ChoiceField(choices=Status.choices, read_only=True)
    outcome = serializers.ChoiceField(choices=[("", "none"), *Outcome.choices], read_only=True)
    stage = serializers.CharField(read_only=True)
    progress = serializers.FloatField(read_only=True, min_value=0, max_value=1)
    seed = serializers.IntegerField(read_only=True, min_value=0)
    attempt = serializers.IntegerField(read_only=True, min_value=0)
    input_sha256 = serializers.CharField(source="input_file", read_only=True)
    code_version = serializers.CharField(read_only=True)
    requested_by = serializers.CharField(source="requested_by.username", read_only=True)
    rerun_of = serializers.UUIDField(source="rerun_of_id", read_only=True, allow_null=True)
    created_at = serializers.DateTimeField(read_only=True)
    started_at = serializers.DateTimeField(read_only=True, allow_null=True)
    finished_at = serializers.DateTimeField(read_only=True, allow_null=True)
    finish_requested_at = serializers.DateTimeField(read_only=True, allow_null=True)
    elapsed_s = serializers.FloatField(read_only=True, min_value=0)
    error_code = serializers.CharField(read_only=True)
    error_message = serializers.CharField(read_only=True)

    @extend_schema_field(serializers.CharField())
    def get_title(self, run: Run) -> str:
        return str(run)
