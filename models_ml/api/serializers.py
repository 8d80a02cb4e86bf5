"""What the API takes and answers for data sets, training runs and model versions."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from models_ml.models import Alias, Dataset, EpochMetric, ModelVersion, TrainingRun
from models_ml.services.training import MOST_SEED
from models_ml.words import quality_reason, warnings_in_words


class DatasetIn(serializers.Serializer[Any]):
    file = serializers.FileField(
        allow_empty_file=True,  # refused in words as every other wrong file
        help_text="A CSV file in UTF-8, possibly packed by gzip.",
    )
    name = serializers.CharField(max_length=120, required=False, help_text="The file's, if none.")
    label = serializers.CharField(  # type: ignore[assignment]
        max_length=120, default="label", help_text="The column that holds 0 or 1."
    )


class DatasetColumnOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    kind = serializers.CharField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    mean = serializers.FloatField()
    std = serializers.FloatField()
    distinct = serializers.IntegerField()
    distinct_is_exact = serializers.BooleanField()


class DatasetOut(serializers.Serializer[Dataset]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    sha256 = serializers.CharField()
    size_bytes = serializers.IntegerField()
    rows = serializers.IntegerField()
    columns = serializers.IntegerField(source="n_columns", help_text="With the label.")
    positive_share = serializers.FloatField()
    warnings = serializers.SerializerMethodField()
    uploaded_by = serializers.CharField(source="uploaded_by.username")
    created_at = serializers.DateTimeField()
    url = serializers.CharField(source="get_absolute_url")

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_warnings(self, dataset: Dataset) -> list[str]:
        return warnings_in_words(dataset.warnings)


class DatasetDetailOut(DatasetOut):
    schema = DatasetColumnOut(many=True, help_text="The features, in the file's order.")


class DatasetRefusalOut(serializers.Serializer[Any]):
    """422: the error as everywhere, and where in the file it is."""

    error = serializers.DictField()
    row = serializers.IntegerField(allow_null=True)
    column = serializers.CharField(allow_null=True)
    reason = serializers.CharField()


class SettingOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    kind = serializers.CharField()
    default = serializers.JSONField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    source = serializers.CharField()  # type: ignore[assignment]


class RecipeOut(serializers.Serializer[Any]):
    key = serializers.CharField()
    title = serializers.CharField()
    summary = serializers.CharField()
    settings = SettingOut(many=True)


class ScoresOut(serializers.Serializer[Any]):
    accuracy = serializers.FloatField(allow_null=True)
    auc = serializers.FloatField(allow_null=True)
    log_loss = serializers.FloatField(allow_null=True)


class TrainingRunIn(serializers.Serializer[Any]):
    dataset = serializers.CharField(max_length=64, help_text="Id or sha256 of a data set.")
    recipe = serializers.CharField(max_length=40, required=False)
    seed = serializers.IntegerField(min_value=0, max_value=MOST_SEED, required=False)
    config = serializers.DictField(
        required=False, help_text="What differs from the recipe's own settings."
    )
    project = serializers.CharField(max_length=60, required=False, allow_blank=True)
    phase = serializers.CharField(
        max_length=20, required=False, allow_blank=True, help_text="Key or id of a phase."
    )
    workload = serializers.CharField(max_length=120, required=False, allow_blank=True)


class DatasetNameOut(serializers.Serializer[Dataset]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    sha256 = serializers.CharField()


class TrainingRunOut(serializers.Serializer[TrainingRun]):
    id = serializers.UUIDField()
    status = serializers.CharField()
    outcome = serializers.CharField()
    stage = serializers.CharField()
    progress = serializers.FloatField()
    dataset = DatasetNameOut()
    recipe = serializers.CharField()
    config = serializers.SerializerMethodField()
    seed = serializers.IntegerField()
    project = serializers.CharField(source="project.key", allow_null=True, default=None)
    phase = serializers.CharField(source="phase.key", allow_null=True, default=None)
    workload = serializers.CharField(source="workload_key")
    epochs_done = serializers.IntegerField(allow_null=True)
    metrics = serializers.SerializerMethodField()
    best_epoch = serializers.SerializerMethodField()
    baselines = serializers.SerializerMethodField()
    quality = serializers.CharField()
    quality_reason = serializers.SerializerMethodField()
    weights_sha256 = serializers.CharField()
    device = serializers.CharField()
    device_seconds = serializers.FloatField(allow_null=True)
    version = serializers.SerializerMethodField()
    attempt = serializers.IntegerField()
    code_version = serializers.CharField()
    library_versions = serializers.SerializerMethodField()
    rerun_of = serializers.UUIDField(source="rerun_of_id", allow_null=True)
    requested_by = serializers.CharField(source="requested_by.username")
    error_code = serializers.CharField()
    error_message = serializers.CharField()
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    elapsed_s = serializers.FloatField()
    url = serializers.CharField(source="get_absolute_url")

    @extend_schema_field(serializers.DictField())
    def get_config(self, run: TrainingRun) -> dict[str, Any]:
        """The whole configuration once it has been trained, before that what was asked."""
        return dict(run.report.get("config") or run.params)

    @extend_schema_field(ScoresOut(allow_null=True))
    def get_metrics(self, run: TrainingRun) -> dict[str, Any] | None:
        return run.metrics or None

    @extend_schema_field(ScoresOut(allow_null=True))
    def get_best_epoch(self, run: TrainingRun) -> dict[str, Any] | None:
        return run.report.get("best_epoch")

    @extend_schema_field(serializers.DictField(child=ScoresOut()))
    def get_baselines(self, run: TrainingRun) -> dict[str, Any]:
        return dict(run.baselines)

    @extend_schema_field(serializers.CharField())
    def get_quality_reason(self, run: TrainingRun) -> str:
        return quality_reason(run.quality_code, run.quality_details)

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_version(self, run: TrainingRun) -> int | None:
        version = getattr(run, "version", None)
        return version.pk if version is not None else None

    @extend_schema_field(serializers.DictField(child=serializers.CharField()))
    def get_library_versions(self, run: TrainingRun) -> dict[str, str]:
        return dict(run.report.get("versions") or {})


class EpochOut(serializers.Serializer[EpochMetric]):
    epoch = serializers.IntegerField(source="step")
    attempt = serializers.IntegerField()
    loss = serializers.FloatField(allow_null=True)
    accuracy = serializers.FloatField(allow_null=True)
    val_loss = serializers.FloatField(allow_null=True)
    val_accuracy = serializers.FloatField(allow_null=True)
    val_auc = serializers.FloatField(allow_null=True)
    seconds = serializers.FloatField()
    restored = serializers.BooleanField()
    stored_at = serializers.DateTimeField()


class FileOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    sha256 = serializers.CharField()
    bytes = serializers.IntegerField()


class AliasOut(serializers.Serializer[Alias]):
    name = serializers.CharField()
    project = serializers.CharField(source="project.key", allow_null=True, default=None)
    set_by = serializers.CharField(source="set_by.username")
    set_at = serializers.DateTimeField()
    reason = serializers.CharField()
    ended_at = serializers.DateTimeField(allow_null=True)


class ModelVersionOut(serializers.Serializer[ModelVersion]):
    id = serializers.IntegerField()
    recipe = serializers.CharField()
    number = serializers.IntegerField()
    project = serializers.CharField(source="project.key", allow_null=True, default=None)
    run = serializers.UUIDField(source="run_id")
    status = serializers.CharField()
    quality = serializers.CharField(source="run.quality")
    metrics = ScoresOut(source="run.metrics")
    weights_sha256 = serializers.CharField()
    seed = serializers.IntegerField()
    code_version = serializers.CharField()
    library_versions = serializers.DictField(child=serializers.CharField())
    files = FileOut(many=True)
    aliases = AliasOut(many=True)
    created_at = serializers.DateTimeField()
    url = serializers.CharField(source="get_absolute_url")


class PromoteIn(serializers.Serializer[Any]):
    alias = serializers.ChoiceField(choices=Alias.Name.choices)
    reason = serializers.CharField(max_length=300)
    everywhere = serializers.BooleanField(
        default=False, help_text="In place of the project's own; administrators only."
    )


class ReasonIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300)
