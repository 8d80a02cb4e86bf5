import uuid

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "__first__"),
        ("projects", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Dataset",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("label", models.CharField(max_length=120, verbose_name="label column")),
                (
                    "sha256",
                    models.CharField(editable=False, max_length=64, verbose_name="fingerprint"),
                ),
                ("size_bytes", models.PositiveBigIntegerField(verbose_name="size")),
                ("rows", models.PositiveIntegerField(verbose_name="rows")),
                ("positive_share", models.FloatField(verbose_name="share of the label 1")),
                ("schema", models.JSONField(default=list, verbose_name="columns")),
                ("warnings", models.JSONField(blank=True, default=list)),
                ("file_name", models.CharField(editable=False, max_length=80)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="uploaded")),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="uploaded by",
                    ),
                ),
            ],
            options={
                "verbose_name": "data set",
                "verbose_name_plural": "data sets",
                "ordering": ["-created_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("sha256", "label"), name="dataset_once"),
                    models.CheckConstraint(
                        condition=models.Q(("positive_share__gt", 0), ("positive_share__lt", 1)),
                        name="dataset_has_both_classes",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ModelVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("recipe", models.CharField(max_length=40, verbose_name="recipe")),
                ("number", models.PositiveIntegerField(verbose_name="version")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("candidate", "Candidate"),
                            ("approved", "Approved"),
                            ("retired", "Retired"),
                        ],
                        default="candidate",
                        max_length=9,
                        verbose_name="status",
                    ),
                ),
                (
                    "weights_sha256",
                    models.CharField(db_index=True, max_length=64, verbose_name="weights"),
                ),
                ("seed", models.PositiveIntegerField(verbose_name="seed")),
                ("code_version", models.CharField(max_length=60, verbose_name="code version")),
                ("library_versions", models.JSONField(default=dict, verbose_name="libraries")),
                ("files", models.JSONField(default=list, verbose_name="files")),
                ("card", models.TextField(blank=True, verbose_name="model card")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="made")),
                (
                    "project",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="model_versions",
                        to="projects.project",
                    ),
                ),
            ],
            options={
                "verbose_name": "model version",
                "verbose_name_plural": "model versions",
                "ordering": ["-created_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "recipe", "number"), name="model_version_once_in_project"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("project__isnull", True)),
                        fields=("recipe", "number"),
                        name="model_version_once_without_project",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["candidate", "approved", "retired"])),
                        name="model_version_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("number__gte", 1)), name="model_version_from_1"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Alias",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        choices=[("champion", "Champion"), ("challenger", "Challenger")],
                        max_length=10,
                        verbose_name="name",
                    ),
                ),
                ("set_at", models.DateTimeField(auto_now_add=True, verbose_name="since")),
                ("reason", models.CharField(max_length=300, verbose_name="reason")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="until")),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="model_aliases",
                        to="projects.project",
                    ),
                ),
                (
                    "set_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="set by",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="aliases",
                        to="models_ml.modelversion",
                    ),
                ),
            ],
            options={
                "ordering": ["-set_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("project", "name"),
                        name="alias_once_in_project",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True), ("project__isnull", True)),
                        fields=("name",),
                        name="alias_once_everywhere",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name__in", ["champion", "challenger"])),
                        name="alias_name_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("ended_by__isnull", True)),
                            models.Q(("ended_at__isnull", False), ("ended_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="alias_end_has_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TrainingRun",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("queued", "Queued"),
                            ("running", "Running"),
                            ("succeeded", "Succeeded"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="queued",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("proven", "Proven best"),
                            ("feasible", "Feasible"),
                            ("stopped", "Stopped early"),
                            ("infeasible", "Not every demand can be met"),
                        ],
                        max_length=10,
                        verbose_name="outcome",
                    ),
                ),
                ("stage", models.CharField(blank=True, max_length=80, verbose_name="stage")),
                (
                    "progress",
                    models.FloatField(
                        default=0.0,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(1),
                        ],
                        verbose_name="progress",
                    ),
                ),
                ("params", models.JSONField(blank=True, default=dict, verbose_name="parameters")),
                ("seed", models.PositiveIntegerField(default=0, verbose_name="seed")),
                (
                    "input_file",
                    models.CharField(
                        blank=True,
                        editable=False,
                        help_text="sha256 of the problem",
                        max_length=64,
                        verbose_name="input",
                    ),
                ),
                (
                    "code_version",
                    models.CharField(
                        blank=True, editable=False, max_length=60, verbose_name="code version"
                    ),
                ),
                (
                    "attempt",
                    models.PositiveSmallIntegerField(
                        default=0, editable=False, verbose_name="attempt"
                    ),
                ),
                (
                    "worker",
                    models.CharField(
                        blank=True, editable=False, max_length=120, verbose_name="worker"
                    ),
                ),
                ("rings", models.PositiveSmallIntegerField(default=0, editable=False)),
                (
                    "rung_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "finish_requested_at",
                    models.DateTimeField(blank=True, editable=False, null=True),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="created"
                    ),
                ),
                (
                    "started_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="started"
                    ),
                ),
                ("heartbeat_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "finished_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="finished"
                    ),
                ),
                (
                    "error_code",
                    models.CharField(
                        blank=True, editable=False, max_length=40, verbose_name="error"
                    ),
                ),
                (
                    "error_message",
                    models.TextField(blank=True, editable=False, verbose_name="message"),
                ),
                ("recipe", models.CharField(max_length=40, verbose_name="recipe")),
                ("workload_key", models.CharField(blank=True, max_length=120)),
                ("metrics", models.JSONField(blank=True, default=dict)),
                ("baselines", models.JSONField(blank=True, default=dict)),
                (
                    "quality",
                    models.CharField(
                        blank=True,
                        choices=[("ok", "Sound"), ("degenerate", "Degenerate")],
                        max_length=10,
                    ),
                ),
                ("quality_code", models.CharField(blank=True, max_length=40)),
                ("quality_details", models.JSONField(blank=True, default=dict)),
                ("weights_sha256", models.CharField(blank=True, db_index=True, max_length=64)),
                ("device", models.CharField(blank=True, max_length=120)),
                ("device_seconds", models.FloatField(blank=True, null=True)),
                ("report", models.JSONField(blank=True, default=dict)),
                (
                    "dataset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="training_runs",
                        to="models_ml.dataset",
                    ),
                ),
                (
                    "phase",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="training_runs",
                        to="projects.phase",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="training_runs",
                        to="projects.project",
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="requested by",
                    ),
                ),
                (
                    "rerun_of",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="reruns",
                        to="models_ml.trainingrun",
                        verbose_name="again from",
                    ),
                ),
            ],
            options={
                "verbose_name": "training run",
                "ordering": ["-created_at", "id"],
                "abstract": False,
                "indexes": [
                    models.Index(
                        fields=["status", "heartbeat_at"], name="models_ml_trainingrun_beat"
                    ),
                    models.Index(fields=["-created_at"], name="models_ml_trainingrun_new"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                ["queued", "running", "succeeded", "failed", "cancelled"],
                            )
                        ),
                        name="models_ml_trainingrun_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("finished_at__isnull", True), ("status__in", ("queued", "running"))
                            ),
                            models.Q(
                                models.Q(("status__in", ("queued", "running")), _negated=True),
                                ("finished_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="models_ml_trainingrun_end_has_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("quality__in", ["", "ok", "degenerate"])),
                        name="training_quality_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("project__isnull", False),
                            models.Q(("phase__isnull", True), ("workload_key", "")),
                            _connector="OR",
                        ),
                        name="training_phase_has_project",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("device_seconds__isnull", True),
                            ("device_seconds__gte", 0),
                            _connector="OR",
                        ),
                        name="training_device_seconds_not_negative",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="modelversion",
            name="run",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="version",
                to="models_ml.trainingrun",
            ),
        ),
        migrations.CreateModel(
            name="EpochMetric",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("attempt", models.PositiveSmallIntegerField()),
                ("step", models.PositiveIntegerField(verbose_name="epoch")),
                ("loss", models.FloatField(null=True)),
                ("accuracy", models.FloatField(null=True)),
                ("val_loss", models.FloatField(null=True)),
                ("val_accuracy", models.FloatField(null=True)),
                ("val_auc", models.FloatField(null=True)),
                ("seconds", models.FloatField()),
                ("restored", models.BooleanField(default=False)),
                ("stored_at", models.DateTimeField(auto_now_add=True)),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="curve",
                        to="models_ml.trainingrun",
                    ),
                ),
            ],
            options={
                "ordering": ["run", "attempt", "step"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("run", "attempt", "step"), name="epoch_metric_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("step__gte", 1)), name="epoch_metric_from_1"
                    ),
                ],
            },
        ),
    ]
