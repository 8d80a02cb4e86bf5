import uuid
from decimal import Decimal

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import projects.phases


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "__first__"),
        ("roles", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Assignment",
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
                    "fte_hundredths",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="effort",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("tentative", "tentative"), ("confirmed", "confirmed")],
                        default="confirmed",
                        max_length=9,
                        verbose_name="status",
                    ),
                ),
                ("locked", models.BooleanField(default=False, verbose_name="locked")),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assignments",
                        to="roles.person",
                    ),
                ),
            ],
            options={
                "ordering": ["slot", "start_on", "pk"],
                "indexes": [
                    models.Index(
                        fields=["person", "start_on", "end_on"],
                        name="projects_as_person__98e8b6_idx",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("fte_hundredths__range", (1, 100))),
                        name="assignment_fte_1_to_100",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("end_on__gt", models.F("start_on"))),
                        name="assignment_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("start_on__iso_week_day", 1), ("end_on__iso_week_day", 1)
                        ),
                        name="assignment_on_mondays",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HistoricalProject",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                ("key", models.SlugField(max_length=60, verbose_name="key")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("domain", models.CharField(blank=True, max_length=40, verbose_name="domain")),
                ("purpose", models.TextField(blank=True, verbose_name="purpose")),
                (
                    "priority",
                    models.PositiveSmallIntegerField(
                        default=2,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ],
                        verbose_name="priority",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("planned", "planned"),
                            ("active", "active"),
                            ("done", "done"),
                            ("cancelled", "cancelled"),
                        ],
                        default="planned",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("start_on", models.DateField(verbose_name="start (Monday)")),
                (
                    "budget",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=14,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(Decimal("0"))],
                        verbose_name="people budget",
                    ),
                ),
                (
                    "risk_class",
                    models.CharField(blank=True, max_length=20, verbose_name="risk class"),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(blank=True, editable=False)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="roles.department",
                        verbose_name="department",
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="lead",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="roles.site",
                        verbose_name="site",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical project",
                "verbose_name_plural": "historical projects",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="PlanChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("hand", "by hand"),
                            ("accept", "proposal accepted"),
                            ("request", "request answered"),
                            ("import", "import"),
                            ("undo", "undo"),
                        ],
                        max_length=8,
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="plan_changes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "undoes",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="undone_by",
                        to="projects.planchange",
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Project",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.SlugField(max_length=60, unique=True, verbose_name="key")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("domain", models.CharField(blank=True, max_length=40, verbose_name="domain")),
                ("purpose", models.TextField(blank=True, verbose_name="purpose")),
                (
                    "priority",
                    models.PositiveSmallIntegerField(
                        default=2,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ],
                        verbose_name="priority",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("planned", "planned"),
                            ("active", "active"),
                            ("done", "done"),
                            ("cancelled", "cancelled"),
                        ],
                        default="planned",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("start_on", models.DateField(verbose_name="start (Monday)")),
                (
                    "budget",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=14,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(Decimal("0"))],
                        verbose_name="people budget",
                    ),
                ),
                (
                    "risk_class",
                    models.CharField(blank=True, max_length=20, verbose_name="risk class"),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "department",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="projects",
                        to="roles.department",
                        verbose_name="department",
                    ),
                ),
                (
                    "deputies",
                    models.ManyToManyField(
                        blank=True,
                        related_name="deputised_projects",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="deputies",
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="led_projects",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="lead",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="projects",
                        to="roles.site",
                        verbose_name="site",
                    ),
                ),
            ],
            options={
                "verbose_name": "project",
                "verbose_name_plural": "projects",
                "ordering": ["name", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("start_on__iso_week_day", 1)),
                        name="project_starts_on_monday",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("priority__range", (1, 5))),
                        name="project_priority_1_to_5",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("budget__isnull", True), ("budget__gte", 0), _connector="OR"
                        ),
                        name="project_budget_not_negative",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Phase",
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
                    "key",
                    models.CharField(
                        choices=[
                            (
                                projects.phases.PhaseKey["REQUIREMENTS"],
                                "Requirement analysis and team formation",
                            ),
                            (
                                projects.phases.PhaseKey["RESEARCH"],
                                "Technology research and resource planning",
                            ),
                            (
                                projects.phases.PhaseKey["DESIGN"],
                                "System design and architecture optimisation",
                            ),
                            (
                                projects.phases.PhaseKey["TRAINING"],
                                "Algorithm design and large-model training",
                            ),
                            (
                                projects.phases.PhaseKey["DEPLOYMENT"],
                                "System deployment and performance optimisation",
                            ),
                            (
                                projects.phases.PhaseKey["ADAPTATION"],
                                "Model application and business adaptation",
                            ),
                            (
                                projects.phases.PhaseKey["ETHICS"],
                                "Ethics review and compliance check",
                            ),
                        ],
                        max_length=12,
                        verbose_name="phase",
                    ),
                ),
                ("baseline_start_on", models.DateField()),
                ("baseline_end_on", models.DateField()),
                (
                    "closed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="closed at"),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "closed_by",
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
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="phases",
                        to="projects.project",
                    ),
                ),
            ],
            options={
                "ordering": ["project", "start_on", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("project", "key"), name="phase_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "key__in",
                                [
                                    projects.phases.PhaseKey["REQUIREMENTS"],
                                    projects.phases.PhaseKey["RESEARCH"],
                                    projects.phases.PhaseKey["DESIGN"],
                                    projects.phases.PhaseKey["TRAINING"],
                                    projects.phases.PhaseKey["DEPLOYMENT"],
                                    projects.phases.PhaseKey["ADAPTATION"],
                                    projects.phases.PhaseKey["ETHICS"],
                                ],
                            )
                        ),
                        name="phase_key_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("end_on__gt", models.F("start_on"))),
                        name="phase_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("start_on__iso_week_day", 1), ("end_on__iso_week_day", 1)
                        ),
                        name="phase_on_mondays",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HistoricalSeat",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                ("label", models.CharField(blank=True, max_length=60, verbose_name="label")),
                ("version", models.PositiveIntegerField(default=1)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "role",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="roles.role",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="projects.project",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical seat",
                "verbose_name_plural": "historical seats",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalPhase",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                ("start_on", models.DateField(verbose_name="first week (Monday)")),
                ("end_on", models.DateField(verbose_name="end (Monday after the last week)")),
                (
                    "key",
                    models.CharField(
                        choices=[
                            (
                                projects.phases.PhaseKey["REQUIREMENTS"],
                                "Requirement analysis and team formation",
                            ),
                            (
                                projects.phases.PhaseKey["RESEARCH"],
                                "Technology research and resource planning",
                            ),
                            (
                                projects.phases.PhaseKey["DESIGN"],
                                "System design and architecture optimisation",
                            ),
                            (
                                projects.phases.PhaseKey["TRAINING"],
                                "Algorithm design and large-model training",
                            ),
                            (
                                projects.phases.PhaseKey["DEPLOYMENT"],
                                "System deployment and performance optimisation",
                            ),
                            (
                                projects.phases.PhaseKey["ADAPTATION"],
                                "Model application and business adaptation",
                            ),
                            (
                                projects.phases.PhaseKey["ETHICS"],
                                "Ethics review and compliance check",
                            ),
                        ],
                        max_length=12,
                        verbose_name="phase",
                    ),
                ),
                ("baseline_start_on", models.DateField()),
                ("baseline_end_on", models.DateField()),
                (
                    "closed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="closed at"),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="projects.project",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical phase",
                "verbose_name_plural": "historical phases",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalChecklistItem",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=20, verbose_name="key")),
                ("text_en", models.CharField(max_length=300, verbose_name="text")),
                ("text_zh", models.CharField(blank=True, max_length=300)),
                ("mandatory", models.BooleanField(default=True, verbose_name="mandatory")),
                (
                    "evidence",
                    models.CharField(
                        choices=[("none", "none"), ("note", "note"), ("link", "link")],
                        default="none",
                        max_length=4,
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="done at")),
                ("note", models.TextField(blank=True, verbose_name="note")),
                ("link", models.URLField(blank=True, max_length=500, verbose_name="link")),
                ("version", models.PositiveIntegerField(default=1)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "assignee",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="roles.person",
                    ),
                ),
                (
                    "done_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "role",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="roles.role",
                    ),
                ),
                (
                    "phase",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="projects.phase",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="projects.project",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical checklist item",
                "verbose_name_plural": "historical checklist items",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="ChecklistItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=20, verbose_name="key")),
                ("text_en", models.CharField(max_length=300, verbose_name="text")),
                ("text_zh", models.CharField(blank=True, max_length=300)),
                ("mandatory", models.BooleanField(default=True, verbose_name="mandatory")),
                (
                    "evidence",
                    models.CharField(
                        choices=[("none", "none"), ("note", "note"), ("link", "link")],
                        default="none",
                        max_length=4,
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="done at")),
                ("note", models.TextField(blank=True, verbose_name="note")),
                ("link", models.URLField(blank=True, max_length=500, verbose_name="link")),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "assignee",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="checklist_items",
                        to="roles.person",
                    ),
                ),
                (
                    "done_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "role",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roles.role",
                    ),
                ),
                (
                    "phase",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="checklist_items",
                        to="projects.phase",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="checklist_items",
                        to="projects.project",
                    ),
                ),
            ],
            options={
                "ordering": ["phase", "position", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("project", "key"), name="checklist_key_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("done_at__isnull", True), ("done_by__isnull", True)),
                            models.Q(("done_at__isnull", False), ("done_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="checklist_done_by_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProjectSide",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "side",
                    models.CharField(
                        choices=[("build", "build"), ("review", "review")], max_length=6
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sides",
                        to="roles.person",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sides",
                        to="projects.project",
                    ),
                ),
            ],
            options={
                "ordering": ["project", "person"],
                "constraints": [
                    models.UniqueConstraint(fields=("project", "person"), name="project_side_once"),
                    models.CheckConstraint(
                        condition=models.Q(("side__in", ["build", "review"])),
                        name="project_side_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Requirement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.SlugField(max_length=60)),
                ("goal_en", models.CharField(max_length=300, verbose_name="goal")),
                ("goal_zh", models.CharField(blank=True, max_length=300)),
                (
                    "owner",
                    models.CharField(
                        blank=True, max_length=120, verbose_name="owner in the business unit"
                    ),
                ),
                ("metric_en", models.CharField(max_length=120, verbose_name="metric")),
                ("metric_zh", models.CharField(blank=True, max_length=120)),
                (
                    "direction",
                    models.CharField(
                        choices=[("at_least", "at least"), ("at_most", "at most")],
                        default="at_least",
                        max_length=8,
                    ),
                ),
                (
                    "threshold",
                    models.DecimalField(decimal_places=4, max_digits=16, verbose_name="threshold"),
                ),
                ("unit", models.CharField(blank=True, max_length=40, verbose_name="unit")),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="requirements",
                        to="projects.project",
                    ),
                ),
            ],
            options={
                "ordering": ["project", "position", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("project", "key"), name="requirement_key_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="RequirementSkill",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("level", models.PositiveSmallIntegerField(default=3)),
                (
                    "requirement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="skills",
                        to="projects.requirement",
                    ),
                ),
                (
                    "skill",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roles.skill",
                    ),
                ),
            ],
            options={
                "ordering": ["requirement", "skill"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("requirement", "skill"), name="requirement_skill_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("level__range", (1, 5))),
                        name="requirement_skill_level_1_to_5",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Seat",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("label", models.CharField(blank=True, max_length=60, verbose_name="label")),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="seats",
                        to="projects.project",
                    ),
                ),
                (
                    "role",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="seats",
                        to="roles.role",
                    ),
                ),
            ],
            options={
                "ordering": ["project", "role__position", "label", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("project", "role", "label"), name="seat_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="HistoricalSlot",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                ("start_on", models.DateField(verbose_name="first week (Monday)")),
                ("end_on", models.DateField(verbose_name="end (Monday after the last week)")),
                (
                    "fte_hundredths",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="effort",
                    ),
                ),
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
                ("must_fill", models.BooleanField(default=False, verbose_name="must be filled")),
                ("version", models.PositiveIntegerField(default=1)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "phase",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="projects.phase",
                    ),
                ),
                (
                    "seat",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="projects.seat",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical slot",
                "verbose_name_plural": "historical slots",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Slot",
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
                    "fte_hundredths",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="effort",
                    ),
                ),
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
                ("must_fill", models.BooleanField(default=False, verbose_name="must be filled")),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "phase",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="slots",
                        to="projects.phase",
                    ),
                ),
                (
                    "seat",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="slots",
                        to="projects.seat",
                    ),
                ),
            ],
            options={
                "ordering": [
                    "phase__project",
                    "start_on",
                    "seat__role__position",
                    "seat__label",
                    "pk",
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("seat", "phase"), name="slot_once"),
                    models.CheckConstraint(
                        condition=models.Q(("fte_hundredths__range", (1, 100))),
                        name="slot_fte_1_to_100",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("priority__isnull", True), ("priority__range", (1, 5)), _connector="OR"
                        ),
                        name="slot_priority_1_to_5",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("end_on__gt", models.F("start_on"))),
                        name="slot_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("start_on__iso_week_day", 1), ("end_on__iso_week_day", 1)
                        ),
                        name="slot_on_mondays",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProposalRow",
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
                    "fte_hundredths",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(100),
                        ]
                    ),
                ),
                ("score", models.JSONField(default=dict)),
                (
                    "cost",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=16, null=True),
                ),
                ("blockers", models.JSONField(default=list)),
                (
                    "decision",
                    models.CharField(
                        choices=[
                            ("open", "open"),
                            ("accepted", "accepted"),
                            ("rejected", "rejected"),
                            ("requested", "requested"),
                        ],
                        default="open",
                        max_length=9,
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("reason", models.CharField(blank=True, max_length=300)),
                (
                    "assignment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="proposal_rows",
                        to="projects.assignment",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="proposal_rows",
                        to="roles.person",
                    ),
                ),
                (
                    "replaces",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="projects.assignment",
                    ),
                ),
                (
                    "slot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="proposal_rows",
                        to="projects.slot",
                    ),
                ),
            ],
            options={
                "ordering": [
                    "run",
                    "slot__phase__project",
                    "start_on",
                    "slot__seat__role__position",
                    "pk",
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("fte_hundredths__range", (1, 100))),
                        name="proposal_row_fte_1_to_100",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("end_on__gt", models.F("start_on"))),
                        name="proposal_row_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("start_on__iso_week_day", 1), ("end_on__iso_week_day", 1)
                        ),
                        name="proposal_row_on_mondays",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PlanChangeLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("assignment_id", models.BigIntegerField(db_index=True)),
                ("before", models.JSONField(null=True)),
                ("after", models.JSONField(null=True)),
                (
                    "change",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="projects.planchange",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="roles.person",
                    ),
                ),
                (
                    "slot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="projects.slot",
                    ),
                ),
            ],
            options={
                "ordering": ["change", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("change", "assignment_id"), name="plan_change_line_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HistoricalAssignment",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                ("start_on", models.DateField(verbose_name="first week (Monday)")),
                ("end_on", models.DateField(verbose_name="end (Monday after the last week)")),
                (
                    "fte_hundredths",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="effort",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("tentative", "tentative"), ("confirmed", "confirmed")],
                        default="confirmed",
                        max_length=9,
                        verbose_name="status",
                    ),
                ),
                ("locked", models.BooleanField(default=False, verbose_name="locked")),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                ("version", models.PositiveIntegerField(default=1)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="roles.person",
                    ),
                ),
                (
                    "slot",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="projects.slot",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical assignment",
                "verbose_name_plural": "historical assignments",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.AddField(
            model_name="assignment",
            name="slot",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="assignments",
                to="projects.slot",
            ),
        ),
        migrations.CreateModel(
            name="SlotSkill",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("level", models.PositiveSmallIntegerField(verbose_name="least level")),
                (
                    "skill",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="roles.skill",
                    ),
                ),
                (
                    "slot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="skills",
                        to="projects.slot",
                    ),
                ),
            ],
            options={
                "ordering": ["slot", "skill"],
                "constraints": [
                    models.UniqueConstraint(fields=("slot", "skill"), name="slot_skill_once"),
                    models.CheckConstraint(
                        condition=models.Q(("level__range", (1, 5))), name="slot_skill_level_1_to_5"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StaffingRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "open"),
                            ("approved", "approved"),
                            ("declined", "declined"),
                        ],
                        default="open",
                        max_length=8,
                    ),
                ),
                ("asked_at", models.DateTimeField(auto_now_add=True)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="asked_requests",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "assignment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="requests",
                        to="projects.assignment",
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="roles.department",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="projects.project",
                    ),
                ),
                (
                    "row",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="request",
                        to="projects.proposalrow",
                    ),
                ),
            ],
            options={
                "ordering": ["-asked_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("department__isnull", False),
                            ("project__isnull", False),
                            _connector="OR",
                        ),
                        name="staffing_request_has_an_inbox",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="StaffingRun",
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
                ("objective", models.BigIntegerField(blank=True, null=True)),
                ("bound", models.FloatField(blank=True, null=True)),
                (
                    "cost",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=16, null=True),
                ),
                ("coverage_share", models.FloatField(blank=True, null=True)),
                ("method", models.CharField(blank=True, max_length=60)),
                ("fit_source", models.CharField(blank=True, max_length=60)),
                ("inherited", models.JSONField(blank=True, default=list)),
                (
                    "projects",
                    models.ManyToManyField(related_name="staffing_runs", to="projects.project"),
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
                        to="projects.staffingrun",
                        verbose_name="again from",
                    ),
                ),
            ],
            options={
                "verbose_name": "staffing proposal",
                "ordering": ["-created_at", "id"],
                "abstract": False,
                "indexes": [
                    models.Index(
                        fields=["status", "heartbeat_at"], name="projects_staffingrun_beat"
                    ),
                    models.Index(fields=["-created_at"], name="projects_staffingrun_new"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                ["queued", "running", "succeeded", "failed", "cancelled"],
                            )
                        ),
                        name="projects_staffingrun_status_known",
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
                        name="projects_staffingrun_end_has_time",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="proposalrow",
            name="run",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="rows",
                to="projects.staffingrun",
            ),
        ),
        migrations.AddField(
            model_name="planchange",
            name="run",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="changes",
                to="projects.staffingrun",
            ),
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
                        to="projects.staffingrun",
                    ),
                ),
            ],
            options={
                "ordering": ["run", "attempt", "step"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("run", "attempt", "step"), name="incumbent_step_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ChecklistTick",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("done", models.BooleanField()),
                ("note", models.TextField(blank=True)),
                ("link", models.URLField(blank=True, max_length=500)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("idempotency_key", models.CharField(blank=True, max_length=80, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ticks",
                        to="projects.checklistitem",
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("item", "by", "idempotency_key"), name="checklist_tick_once"
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.UniqueConstraint(
                fields=("slot", "person", "start_on"), name="assignment_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="proposalrow",
            constraint=models.UniqueConstraint(
                fields=("run", "slot", "start_on"), name="proposal_row_once"
            ),
        ),
    ]
