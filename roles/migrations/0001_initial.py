from decimal import Decimal

import django.core.validators
import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import roles.time_zones


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="Discipline",
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
                ("duty_en", models.CharField(max_length=300)),
                ("duty_zh", models.CharField(blank=True, max_length=300)),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "ordering": ["position", "key"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Site",
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
                ("country", models.CharField(blank=True, max_length=2, verbose_name="country")),
                (
                    "time_zone",
                    models.CharField(
                        max_length=60,
                        validators=[roles.time_zones.validate_time_zone],
                        verbose_name="time zone",
                    ),
                ),
            ],
            options={
                "ordering": ["key"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SiteCalendar",
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
                ("source", models.CharField(blank=True, max_length=300, verbose_name="source")),
            ],
            options={
                "ordering": ["key"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Department",
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
                (
                    "leads",
                    models.ManyToManyField(
                        blank=True, related_name="led_departments", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="roles.department",
                    ),
                ),
            ],
            options={
                "ordering": ["key"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="HistoricalPerson",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                ("key", models.SlugField(max_length=60, verbose_name="key")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("sort_name", models.CharField(blank=True, db_index=True, max_length=120)),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                (
                    "time_zone",
                    models.CharField(
                        max_length=60,
                        validators=[roles.time_zones.validate_time_zone],
                        verbose_name="time zone",
                    ),
                ),
                (
                    "weekly_hours",
                    models.DecimalField(
                        decimal_places=1,
                        default=Decimal("40"),
                        max_digits=4,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(80),
                        ],
                        verbose_name="weekly hours",
                    ),
                ),
                (
                    "employed_from",
                    models.DateField(blank=True, null=True, verbose_name="employed from"),
                ),
                (
                    "employed_to",
                    models.DateField(blank=True, null=True, verbose_name="employed to"),
                ),
                (
                    "rate_per_fte_week",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0"),
                        max_digits=12,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="rate per FTE-week",
                    ),
                ),
                (
                    "max_concurrent_projects",
                    models.PositiveSmallIntegerField(
                        default=2,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="most projects at once",
                    ),
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
                    "user",
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
                "verbose_name": "historical person",
                "verbose_name_plural": "historical people",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.SlugField(max_length=60, unique=True, verbose_name="key")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("sort_name", models.CharField(blank=True, db_index=True, max_length=120)),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                (
                    "time_zone",
                    models.CharField(
                        max_length=60,
                        validators=[roles.time_zones.validate_time_zone],
                        verbose_name="time zone",
                    ),
                ),
                (
                    "weekly_hours",
                    models.DecimalField(
                        decimal_places=1,
                        default=Decimal("40"),
                        max_digits=4,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(80),
                        ],
                        verbose_name="weekly hours",
                    ),
                ),
                (
                    "employed_from",
                    models.DateField(blank=True, null=True, verbose_name="employed from"),
                ),
                (
                    "employed_to",
                    models.DateField(blank=True, null=True, verbose_name="employed to"),
                ),
                (
                    "rate_per_fte_week",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0"),
                        max_digits=12,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="rate per FTE-week",
                    ),
                ),
                (
                    "max_concurrent_projects",
                    models.PositiveSmallIntegerField(
                        default=2,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="most projects at once",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "department",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="people",
                        to="roles.department",
                        verbose_name="department",
                    ),
                ),
                (
                    "user",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="person",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "person",
                "verbose_name_plural": "people",
                "ordering": ["sort_name", "name", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("employed_to__isnull", True),
                            ("employed_from__isnull", True),
                            ("employed_to__gte", models.F("employed_from")),
                            _connector="OR",
                        ),
                        name="person_employed_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("weekly_hours__gte", 0)),
                        name="person_weekly_hours_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rate_per_fte_week__gte", 0)),
                        name="person_rate_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("max_concurrent_projects__gte", 1)),
                        name="person_max_projects_positive",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HistoricalAbsence",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                ("first_on", models.DateField(verbose_name="first day")),
                ("last_on", models.DateField(verbose_name="last day")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
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
            ],
            options={
                "verbose_name": "historical absence",
                "verbose_name_plural": "historical absences",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Role",
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
                    "side",
                    models.CharField(
                        choices=[("build", "build"), ("review", "review"), ("other", "other")],
                        max_length=6,
                        verbose_name="side",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "discipline",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="roles",
                        to="roles.discipline",
                    ),
                ),
            ],
            options={
                "ordering": ["position", "key"],
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="person",
            name="roles",
            field=models.ManyToManyField(
                blank=True, related_name="people", to="roles.role", verbose_name="roles"
            ),
        ),
        migrations.CreateModel(
            name="MapNode",
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
                ("kind", models.CharField(max_length=12)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "accountable_role",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accountable_for",
                        to="roles.role",
                    ),
                ),
                (
                    "default_roles",
                    models.ManyToManyField(blank=True, related_name="map_nodes", to="roles.role"),
                ),
            ],
            options={
                "ordering": ["position", "key"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="HistoricalPerson_roles",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                ("m2m_history_id", models.AutoField(primary_key=True, serialize=False)),
                (
                    "history",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        to="roles.historicalperson",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_tablespace="",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="roles.person",
                    ),
                ),
                (
                    "role",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_tablespace="",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="roles.role",
                    ),
                ),
            ],
            options={
                "verbose_name": "HistoricalPerson_roles",
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.AddField(
            model_name="person",
            name="site",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="people",
                to="roles.site",
                verbose_name="site",
            ),
        ),
        migrations.AddField(
            model_name="site",
            name="calendar",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="sites",
                to="roles.sitecalendar",
            ),
        ),
        migrations.CreateModel(
            name="CalendarDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("on", models.DateField(verbose_name="day")),
                (
                    "kind",
                    models.CharField(
                        choices=[("holiday", "public holiday"), ("workday", "make-up working day")],
                        max_length=8,
                    ),
                ),
                ("name_en", models.CharField(max_length=120)),
                ("name_zh", models.CharField(blank=True, max_length=120)),
                (
                    "calendar",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="days",
                        to="roles.sitecalendar",
                    ),
                ),
            ],
            options={
                "ordering": ["calendar", "on"],
                "constraints": [
                    models.UniqueConstraint(fields=("calendar", "on"), name="calendar_day_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Skill",
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
                ("description_en", models.CharField(blank=True, max_length=300)),
                ("description_zh", models.CharField(blank=True, max_length=300)),
                ("is_own", models.BooleanField(default=False)),
                (
                    "discipline",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="skills",
                        to="roles.discipline",
                    ),
                ),
            ],
            options={
                "ordering": ["key"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PersonSkill",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ],
                        verbose_name="level",
                    ),
                ),
                ("valid_from", models.DateField(blank=True, null=True, verbose_name="valid from")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="valid to")),
                ("evidence", models.CharField(blank=True, max_length=300, verbose_name="evidence")),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="skills",
                        to="roles.person",
                    ),
                ),
                (
                    "skill",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holders",
                        to="roles.skill",
                    ),
                ),
            ],
            options={
                "ordering": ["person", "skill"],
                "constraints": [
                    models.UniqueConstraint(fields=("person", "skill"), name="person_skill_once"),
                    models.CheckConstraint(
                        condition=models.Q(("level__range", (1, 5))),
                        name="person_skill_level_1_to_5",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_from__isnull", True),
                            ("valid_to__gte", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="person_skill_valid_in_order",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MapNodeSkill",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("level", models.PositiveSmallIntegerField()),
                (
                    "node",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="needs",
                        to="roles.mapnode",
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
                "ordering": ["node", "skill"],
                "constraints": [
                    models.UniqueConstraint(fields=("node", "skill"), name="map_node_skill_once"),
                    models.CheckConstraint(
                        condition=models.Q(("level__range", (1, 5))),
                        name="map_node_skill_level_1_to_5",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LearningResource",
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
                ("author", models.CharField(blank=True, max_length=200)),
                ("publisher", models.CharField(blank=True, max_length=200)),
                (
                    "kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("book", "book"),
                            ("course", "course"),
                            ("paper", "paper"),
                            ("standard", "standard"),
                            ("documentation", "documentation"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "skills",
                    models.ManyToManyField(related_name="learning_resources", to="roles.skill"),
                ),
            ],
            options={
                "ordering": ["key"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="HistoricalPersonSkill",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ],
                        verbose_name="level",
                    ),
                ),
                ("valid_from", models.DateField(blank=True, null=True, verbose_name="valid from")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="valid to")),
                ("evidence", models.CharField(blank=True, max_length=300, verbose_name="evidence")),
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
                    "skill",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="roles.skill",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical person skill",
                "verbose_name_plural": "historical person skills",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="MapEdge",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="edges_out",
                        to="roles.mapnode",
                    ),
                ),
                (
                    "target",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="edges_in",
                        to="roles.mapnode",
                    ),
                ),
            ],
            options={
                "ordering": ["source", "target"],
                "constraints": [
                    models.UniqueConstraint(fields=("source", "target"), name="map_edge_once"),
                    models.CheckConstraint(
                        condition=models.Q(("source", models.F("target")), _negated=True),
                        name="map_edge_not_to_itself",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Absence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("first_on", models.DateField(verbose_name="first day")),
                ("last_on", models.DateField(verbose_name="last day")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="absences",
                        to="roles.person",
                    ),
                ),
            ],
            options={
                "ordering": ["person", "first_on"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person", "first_on"), name="absence_start_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("last_on__gte", models.F("first_on"))),
                        name="absence_in_order",
                    ),
                ],
            },
        ),
    ]
