import uuid
from decimal import Decimal

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import capacity.kernel.objectives


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "__first__"),
        ("projects", "0001_initial"),
        ("roles", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Accelerator",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.SlugField(max_length=60, unique=True, verbose_name="key")),
                ("name_en", models.CharField(max_length=120, verbose_name="name (English)")),
                (
                    "name_zh",
                    models.CharField(blank=True, max_length=120, verbose_name="name (Chinese)"),
                ),
                ("retired_on", models.DateField(blank=True, null=True, verbose_name="retired on")),
                (
                    "kind",
                    models.CharField(
                        choices=[("gpu", "GPU"), ("tpu", "TPU"), ("cpu", "CPU")],
                        max_length=3,
                        verbose_name="kind",
                    ),
                ),
                ("vendor", models.CharField(blank=True, max_length=60, verbose_name="maker")),
                (
                    "memory_gb",
                    models.FloatField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="memory (GB)",
                    ),
                ),
                (
                    "bandwidth_gb_s",
                    models.FloatField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="memory bandwidth (GB/s)",
                    ),
                ),
                (
                    "bf16_tflops",
                    models.FloatField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="dense bf16 (TFLOP/s)",
                    ),
                ),
                (
                    "fp8_tflops",
                    models.FloatField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="dense fp8 (TFLOP/s)",
                    ),
                ),
                (
                    "power_w",
                    models.FloatField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="power (W)",
                    ),
                ),
                (
                    "link_gb_s",
                    models.FloatField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="link, both directions (GB/s)",
                    ),
                ),
                (
                    "confidence",
                    models.CharField(
                        choices=[("high", "high"), ("medium", "medium"), ("low", "low")],
                        default="medium",
                        max_length=6,
                        verbose_name="confidence",
                    ),
                ),
                ("source", models.CharField(blank=True, max_length=600, verbose_name="source")),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("is_own", models.BooleanField(default=False)),
            ],
            options={
                "verbose_name": "accelerator",
                "verbose_name_plural": "accelerators",
                "ordering": ["position", "key"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["gpu", "tpu", "cpu"])),
                        name="accelerator_kind_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CapacityPlan",
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
                ("name", models.CharField(blank=True, max_length=120, verbose_name="name")),
                (
                    "objective",
                    models.CharField(
                        choices=[
                            (capacity.kernel.objectives.Objective["NET_VALUE"], "net value"),
                            (
                                capacity.kernel.objectives.Objective["WEIGHTED_COST"],
                                "weighted cost",
                            ),
                            (capacity.kernel.objectives.Objective["EFFICIENCY"], "efficiency"),
                        ],
                        default=capacity.kernel.objectives.Objective["NET_VALUE"],
                        max_length=14,
                        verbose_name="objective",
                    ),
                ),
                ("start_on", models.DateField(verbose_name="first week (Monday)")),
                (
                    "n_weeks",
                    models.PositiveSmallIntegerField(
                        default=26,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(260),
                        ],
                        verbose_name="weeks",
                    ),
                ),
                ("as_of", models.DateTimeField(blank=True, null=True, verbose_name="as of")),
                ("rows_sha256", models.CharField(blank=True, max_length=64)),
                ("method", models.CharField(blank=True, max_length=60)),
                ("n_workloads", models.PositiveIntegerField(blank=True, null=True)),
                ("n_served", models.PositiveIntegerField(blank=True, null=True)),
                ("n_values_assumed", models.PositiveIntegerField(blank=True, null=True)),
                ("core_proven", models.BooleanField(blank=True, null=True)),
                ("served_device_weeks", models.FloatField(blank=True, null=True)),
                ("shortage_device_weeks", models.FloatField(blank=True, null=True)),
                ("inherited", models.JSONField(blank=True, default=list)),
                ("objective_value", models.FloatField(blank=True, null=True)),
                ("bound", models.FloatField(blank=True, null=True)),
                (
                    "value",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=18, null=True),
                ),
                (
                    "cost",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=18, null=True),
                ),
                (
                    "net_value",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=18, null=True),
                ),
                ("weighted_cost", models.FloatField(blank=True, null=True)),
                ("efficiency", models.FloatField(blank=True, null=True)),
                (
                    "adopted_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="adopted at"),
                ),
                (
                    "adopted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                        to="capacity.capacityplan",
                        verbose_name="again from",
                    ),
                ),
            ],
            options={
                "verbose_name": "capacity plan",
                "ordering": ["-created_at", "id"],
                "abstract": False,
                "indexes": [
                    models.Index(
                        fields=["status", "heartbeat_at"], name="capacity_capacityplan_beat"
                    ),
                    models.Index(fields=["-created_at"], name="capacity_capacityplan_new"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                ["queued", "running", "succeeded", "failed", "cancelled"],
                            )
                        ),
                        name="capacity_capacityplan_status_known",
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
                        name="capacity_capacityplan_end_has_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("adopted_at__isnull", True), ("adopted_by__isnull", True)),
                            models.Q(
                                ("adopted_at__isnull", False),
                                ("adopted_by__isnull", False),
                                ("status", "succeeded"),
                            ),
                            _connector="OR",
                        ),
                        name="capacity_plan_adopted_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "objective__in",
                                [
                                    capacity.kernel.objectives.Objective["NET_VALUE"],
                                    capacity.kernel.objectives.Objective["WEIGHTED_COST"],
                                    capacity.kernel.objectives.Objective["EFFICIENCY"],
                                ],
                            )
                        ),
                        name="capacity_plan_objective_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("start_on__iso_week_day", 1)),
                        name="capacity_plan_starts_on_monday",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("n_weeks__range", (1, 260))),
                        name="capacity_plan_weeks_in_range",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Incumbent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("attempt", models.PositiveSmallIntegerField()),
                ("step", models.PositiveIntegerField()),
                ("seconds", models.FloatField()),
                ("objective", models.FloatField()),
                ("bound", models.FloatField(null=True)),
                ("stored_at", models.DateTimeField(auto_now_add=True)),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="curve",
                        to="capacity.capacityplan",
                    ),
                ),
            ],
            options={
                "ordering": ["run", "attempt", "step"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("run", "attempt", "step"), name="capacity_incumbent_step_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Pool",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.SlugField(max_length=60, unique=True, verbose_name="key")),
                ("name_en", models.CharField(max_length=120, verbose_name="name (English)")),
                (
                    "name_zh",
                    models.CharField(blank=True, max_length=120, verbose_name="name (Chinese)"),
                ),
                ("node_count", models.PositiveIntegerField(default=0, verbose_name="nodes")),
                (
                    "devices_per_node",
                    models.PositiveSmallIntegerField(
                        default=8,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="devices per node",
                    ),
                ),
                (
                    "cpu_cores",
                    models.DecimalField(
                        decimal_places=3,
                        default=0,
                        max_digits=9,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="CPU cores per node",
                    ),
                ),
                (
                    "memory_gib",
                    models.DecimalField(
                        decimal_places=3,
                        default=0,
                        max_digits=12,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="memory per node (GiB)",
                    ),
                ),
                (
                    "storage_tb",
                    models.DecimalField(
                        decimal_places=3,
                        default=0,
                        max_digits=12,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="storage per node (TB)",
                    ),
                ),
                (
                    "network_gbit_s",
                    models.DecimalField(
                        decimal_places=1,
                        default=0,
                        max_digits=9,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="network per node (Gbit/s)",
                    ),
                ),
                (
                    "power_kw",
                    models.DecimalField(
                        decimal_places=3,
                        default=0,
                        max_digits=8,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="power per node (kW)",
                    ),
                ),
                (
                    "rate_per_device_hour",
                    models.DecimalField(
                        decimal_places=4,
                        default=Decimal("0"),
                        max_digits=12,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="cost per device-hour",
                    ),
                ),
                (
                    "start_on",
                    models.DateField(blank=True, null=True, verbose_name="available from (Monday)"),
                ),
                (
                    "end_on",
                    models.DateField(
                        blank=True,
                        null=True,
                        verbose_name="available to (Monday after the last week)",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "accelerator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pools",
                        to="capacity.accelerator",
                        verbose_name="accelerator",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pools",
                        to="roles.site",
                        verbose_name="site",
                    ),
                ),
            ],
            options={
                "verbose_name": "pool",
                "verbose_name_plural": "pools",
                "ordering": ["site__key", "key"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("devices_per_node__gte", 1)),
                        name="pool_devices_per_node_at_least_1",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rate_per_device_hour__gte", 0)),
                        name="pool_rate_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("start_on__isnull", True),
                            ("end_on__isnull", True),
                            ("end_on__gt", models.F("start_on")),
                            _connector="OR",
                        ),
                        name="pool_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("start_on__isnull", True),
                                ("start_on__iso_week_day", 1),
                                _connector="OR",
                            ),
                            models.Q(
                                ("end_on__isnull", True),
                                ("end_on__iso_week_day", 1),
                                _connector="OR",
                            ),
                        ),
                        name="pool_on_mondays",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PlanWeek",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("week_on", models.DateField(verbose_name="week (Monday)")),
                ("supply", models.PositiveIntegerField()),
                ("held", models.FloatField(default=0)),
                ("served", models.FloatField(default=0)),
                ("shortage", models.FloatField(default=0)),
                ("shadow_price", models.FloatField(blank=True, null=True)),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pool_weeks",
                        to="capacity.capacityplan",
                    ),
                ),
                (
                    "pool",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="capacity.pool",
                    ),
                ),
            ],
            options={
                "ordering": ["plan", "pool__site__key", "pool__key", "week_on"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("plan", "pool", "week_on"), name="plan_week_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("held__gte", 0), ("served__gte", 0), ("shortage__gte", 0)
                        ),
                        name="plan_week_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("week_on__iso_week_day", 1)), name="plan_week_on_monday"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Node",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=80, unique=True, verbose_name="key")),
                ("devices", models.PositiveSmallIntegerField(verbose_name="devices")),
                (
                    "cpu_cores",
                    models.DecimalField(
                        decimal_places=3,
                        default=0,
                        max_digits=9,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="CPU cores",
                    ),
                ),
                (
                    "memory_gib",
                    models.DecimalField(
                        decimal_places=3,
                        default=0,
                        max_digits=12,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="memory (GiB)",
                    ),
                ),
                (
                    "start_on",
                    models.DateField(blank=True, null=True, verbose_name="available from (Monday)"),
                ),
                (
                    "end_on",
                    models.DateField(
                        blank=True,
                        null=True,
                        verbose_name="available to (Monday after the last week)",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "pool",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="nodes",
                        to="capacity.pool",
                        verbose_name="pool",
                    ),
                ),
            ],
            options={
                "verbose_name": "node",
                "verbose_name_plural": "nodes",
                "ordering": ["pool", "key"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("start_on__isnull", True),
                            ("end_on__isnull", True),
                            ("end_on__gt", models.F("start_on")),
                            _connector="OR",
                        ),
                        name="node_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("start_on__isnull", True),
                                ("start_on__iso_week_day", 1),
                                _connector="OR",
                            ),
                            models.Q(
                                ("end_on__isnull", True),
                                ("end_on__iso_week_day", 1),
                                _connector="OR",
                            ),
                        ),
                        name="node_on_mondays",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MaintenanceWindow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("start_on", models.DateField(verbose_name="first week (Monday)")),
                ("end_on", models.DateField(verbose_name="end (Monday after the last week)")),
                (
                    "nodes_out",
                    models.PositiveIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="nodes out",
                    ),
                ),
                (
                    "out_share",
                    models.DecimalField(
                        blank=True,
                        decimal_places=3,
                        max_digits=4,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal("0.001")),
                            django.core.validators.MaxValueValidator(1),
                        ],
                        verbose_name="share out",
                    ),
                ),
                ("reason_en", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                (
                    "reason_zh",
                    models.CharField(blank=True, max_length=200, verbose_name="reason (Chinese)"),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "pool",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="maintenance",
                        to="capacity.pool",
                        verbose_name="pool",
                    ),
                ),
            ],
            options={
                "verbose_name": "maintenance window",
                "verbose_name_plural": "maintenance windows",
                "ordering": ["pool", "start_on", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("nodes_out__isnull", True),
                                ("out_share__gt", 0),
                                ("out_share__isnull", False),
                                ("out_share__lte", 1),
                            ),
                            models.Q(
                                ("nodes_out__gte", 1),
                                ("nodes_out__isnull", False),
                                ("out_share__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="maintenance_nodes_or_share",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("end_on__gt", models.F("start_on"))),
                        name="maintenance_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("start_on__iso_week_day", 1), ("end_on__iso_week_day", 1)
                        ),
                        name="maintenance_on_mondays",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Workload",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.SlugField(max_length=60, unique=True, verbose_name="key")),
                ("name_en", models.CharField(max_length=120, verbose_name="name (English)")),
                (
                    "name_zh",
                    models.CharField(blank=True, max_length=120, verbose_name="name (Chinese)"),
                ),
                ("start_on", models.DateField(verbose_name="first week (Monday)")),
                ("end_on", models.DateField(verbose_name="end (Monday after the last week)")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("pretraining", "pre-training"),
                            ("finetuning", "fine-tuning"),
                            ("batch_inference", "batch inference"),
                            ("online_inference", "online inference"),
                        ],
                        max_length=16,
                        verbose_name="kind",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "open"), ("done", "done"), ("cancelled", "cancelled")],
                        default="open",
                        max_length=9,
                        verbose_name="status",
                    ),
                ),
                (
                    "sizing",
                    models.CharField(
                        choices=[
                            ("devices", "devices and weeks"),
                            ("model", "parameters and tokens"),
                        ],
                        default="devices",
                        max_length=7,
                        verbose_name="sized by",
                    ),
                ),
                (
                    "devices",
                    models.PositiveIntegerField(
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="devices",
                    ),
                ),
                (
                    "weeks",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="weeks",
                    ),
                ),
                (
                    "gang_size",
                    models.PositiveIntegerField(
                        default=1,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="gang size",
                    ),
                ),
                (
                    "params_b",
                    models.FloatField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="parameters (billions)",
                    ),
                ),
                (
                    "active_params_b",
                    models.FloatField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="active parameters (billions)",
                    ),
                ),
                (
                    "tokens_b",
                    models.FloatField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="tokens (billions)",
                    ),
                ),
                (
                    "peak_tokens_per_s",
                    models.FloatField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="output tokens per second at the peak",
                    ),
                ),
                (
                    "replica_tokens_per_s",
                    models.FloatField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="output tokens per second of one copy",
                    ),
                ),
                (
                    "mfu_share",
                    models.FloatField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(0.01),
                            django.core.validators.MaxValueValidator(1),
                        ],
                        verbose_name="model FLOP utilisation",
                    ),
                ),
                ("device_hours_p10", models.FloatField(blank=True, null=True)),
                ("device_hours_p50", models.FloatField(blank=True, null=True)),
                ("device_hours_p90", models.FloatField(blank=True, null=True)),
                ("assumptions", models.JSONField(blank=True, default=dict)),
                ("must_serve", models.BooleanField(default=False, verbose_name="must be served")),
                (
                    "priority",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ],
                        verbose_name="priority",
                    ),
                ),
                (
                    "value",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=15,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(Decimal("0"))],
                        verbose_name="value",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                ("source", models.CharField(blank=True, max_length=300, verbose_name="source")),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "accelerators",
                    models.ManyToManyField(
                        blank=True,
                        related_name="+",
                        to="capacity.accelerator",
                        verbose_name="accelerators",
                    ),
                ),
                (
                    "phase",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="workloads",
                        to="projects.phase",
                        verbose_name="phase",
                    ),
                ),
                (
                    "pools",
                    models.ManyToManyField(
                        blank=True,
                        related_name="workloads",
                        to="capacity.pool",
                        verbose_name="pools",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="workloads",
                        to="projects.project",
                        verbose_name="project",
                    ),
                ),
                (
                    "sized_on",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="capacity.accelerator",
                        verbose_name="sized on",
                    ),
                ),
            ],
            options={
                "verbose_name": "workload",
                "verbose_name_plural": "workloads",
                "ordering": ["project", "start_on", "key"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "pretraining",
                                    "finetuning",
                                    "batch_inference",
                                    "online_inference",
                                ],
                            )
                        ),
                        name="workload_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["open", "done", "cancelled"])),
                        name="workload_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("devices__gte", models.F("gang_size")), ("gang_size__gte", 1)
                        ),
                        name="workload_holds_a_gang",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "online_inference"), ("weeks__isnull", True)),
                            models.Q(
                                models.Q(("kind", "online_inference"), _negated=True),
                                ("weeks__gte", 1),
                                ("weeks__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="workload_weeks_by_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("device_hours_p50__isnull", True), ("sizing", "devices")),
                            models.Q(
                                ("device_hours_p10__gt", 0),
                                ("device_hours_p10__isnull", False),
                                ("device_hours_p50__gte", models.F("device_hours_p10")),
                                ("device_hours_p50__isnull", False),
                                ("device_hours_p90__gte", models.F("device_hours_p50")),
                                ("device_hours_p90__isnull", False),
                                ("params_b__gt", 0),
                                ("params_b__isnull", False),
                                ("sized_on__isnull", False),
                                ("sizing", "model"),
                            ),
                            _connector="OR",
                        ),
                        name="workload_estimate_by_sizing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("priority__isnull", True), ("priority__range", (1, 5)), _connector="OR"
                        ),
                        name="workload_priority_1_to_5",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("value__isnull", True), ("value__gte", 0), _connector="OR"
                        ),
                        name="workload_value_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("end_on__gt", models.F("start_on"))),
                        name="workload_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("start_on__iso_week_day", 1), ("end_on__iso_week_day", 1)
                        ),
                        name="workload_on_mondays",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LeftOut",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("must_serve", models.BooleanField(default=False)),
                ("in_core", models.BooleanField(default=False)),
                ("reasons", models.JSONField(default=list)),
                (
                    "value",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=15, null=True),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="left_out",
                        to="capacity.capacityplan",
                    ),
                ),
                (
                    "workload",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="left_out_of",
                        to="capacity.workload",
                    ),
                ),
            ],
            options={
                "ordering": ["plan", "-must_serve", "workload__key"],
                "constraints": [
                    models.UniqueConstraint(fields=("plan", "workload"), name="left_out_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Allocation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("start_on", models.DateField(verbose_name="first week (Monday)")),
                ("end_on", models.DateField(verbose_name="end (Monday after the last week)")),
                (
                    "devices",
                    models.DecimalField(
                        decimal_places=3,
                        max_digits=11,
                        validators=[django.core.validators.MinValueValidator(Decimal("0.001"))],
                        verbose_name="devices",
                    ),
                ),
                ("adopted", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "planned"),
                            ("running", "running"),
                            ("locked", "locked"),
                        ],
                        default="planned",
                        max_length=7,
                        verbose_name="state",
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[("hand", "by hand"), ("import", "import"), ("plan", "plan")],
                        default="hand",
                        max_length=6,
                        verbose_name="source",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "plan",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="allocations",
                        to="capacity.capacityplan",
                    ),
                ),
                (
                    "pool",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="allocations",
                        to="capacity.pool",
                        verbose_name="pool",
                    ),
                ),
                (
                    "workload",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="allocations",
                        to="capacity.workload",
                        verbose_name="workload",
                    ),
                ),
            ],
            options={
                "verbose_name": "allocation",
                "verbose_name_plural": "allocations",
                "ordering": ["workload", "start_on", "pool", "pk"],
                "indexes": [
                    models.Index(
                        fields=["pool", "start_on", "end_on"], name="capacity_al_pool_id_f7a02d_idx"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("plan__isnull", True)),
                        fields=("workload", "pool", "start_on"),
                        name="allocation_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("plan__isnull", False)),
                        fields=("plan", "workload", "pool", "start_on"),
                        name="allocation_once_a_plan",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("devices__gt", 0)), name="allocation_some_devices"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["planned", "running", "locked"])),
                        name="allocation_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("adopted", False),
                                ("plan__isnull", True),
                                ("source__in", ["hand", "import"]),
                            ),
                            models.Q(("plan__isnull", False), ("source", "plan")),
                            _connector="OR",
                        ),
                        name="allocation_source_by_plan",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("end_on__gt", models.F("start_on"))),
                        name="allocation_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("start_on__iso_week_day", 1), ("end_on__iso_week_day", 1)
                        ),
                        name="allocation_on_mondays",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WorkloadActual",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source", models.CharField(max_length=200, unique=True)),
                ("device", models.CharField(blank=True, max_length=120, verbose_name="device")),
                ("device_seconds", models.FloatField(verbose_name="device-seconds")),
                (
                    "cost",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=15, null=True),
                ),
                ("started_at", models.DateTimeField(verbose_name="started")),
                ("ended_at", models.DateTimeField(verbose_name="ended")),
                ("stored_at", models.DateTimeField(auto_now_add=True)),
                (
                    "pool",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="actuals",
                        to="capacity.pool",
                    ),
                ),
                (
                    "workload",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="actuals",
                        to="capacity.workload",
                    ),
                ),
            ],
            options={
                "ordering": ["workload", "started_at", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("device_seconds__gte", 0)),
                        name="workload_actual_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ended_at__gte", models.F("started_at"))),
                        name="workload_actual_in_order",
                    ),
                ],
            },
        ),
    ]
