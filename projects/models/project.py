"""Projects, what the business unit asks of them, and their seven phases."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from projects import catalog
from projects.phases import ORDER, PhaseKey
from roles.models import Department, Side, Site, Skill
from teamhub import weeks
from teamhub.accounts import permissions
from teamhub.accounts.groups import Group
from teamhub.accounts.models import User
from teamhub.names import KeyField, in_active_language

PRIORITIES = range(1, 6)
PHASE_LABELS = {
    PhaseKey.REQUIREMENTS: _("Requirement analysis and team formation"),
    PhaseKey.RESEARCH: _("Technology research and resource planning"),
    PhaseKey.DESIGN: _("System design and architecture optimisation"),
    PhaseKey.TRAINING: _("Algorithm design and large-model training"),
    PhaseKey.DEPLOYMENT: _("System deployment and performance optimisation"),
    PhaseKey.ADAPTATION: _("Model application and business adaptation"),
    PhaseKey.ETHICS: _("Ethics review and compliance check"),
}


def whole_weeks(name: str) -> list[models.CheckConstraint]:
    """start_on and end_on are Mondays, and at least a week lies between them."""
    return [
        models.CheckConstraint(condition=Q(end_on__gt=F("start_on")), name=f"{name}_in_order"),
        models.CheckConstraint(
            condition=Q(start_on__iso_week_day=1) & Q(end_on__iso_week_day=1),
            name=f"{name}_on_mondays",
        ),
    ]


class WholeWeeks(models.Model):
    """A half-open range of ISO weeks: from a Monday to the Monday after the last week."""

    start_on = models.DateField(_("first week (Monday)"))
    end_on = models.DateField(_("end (Monday after the last week)"))

    class Meta:
        abstract = True

    @property
    def n_weeks(self) -> int:
        return weeks.weeks_between(self.start_on, self.end_on)

    @property
    def last_week(self) -> Any:
        """The Monday of the last week."""
        return weeks.add_weeks(self.end_on, -1)


class ProjectQuerySet(models.QuerySet["Project"]):
    def visible_to(self, user: User) -> ProjectQuerySet:
        """Names and phases are known to every member."""
        if not user.is_authenticated or not permissions.has_scope(user, "read"):
            return self.none()
        return self

    def detail_visible_to(self, user: User) -> ProjectQuerySet:
        """Team, slots, checklist: all for those who steer, own ones for the others."""
        projects = self.visible_to(user)
        if permissions.in_group(
            user, Group.ADMINISTRATOR, Group.MANAGER, Group.PLANNER, Group.VIEWER, Group.EXECUTIVE
        ):
            return projects
        mine = Q(pk__in=self.led_by(user).values("pk"))
        work = Q(phases__slots__assignments__person__user=user)
        if permissions.in_group(user, Group.ENGINEER, Group.ML_ENGINEER):
            mine |= Q(pk__in=Project.objects.filter(work).values("pk"))
        if permissions.in_group(user, Group.REVIEWER, Group.LEGAL):
            review = work & Q(phases__slots__seat__role__side=Side.REVIEW)
            mine |= Q(pk__in=Project.objects.filter(review).values("pk"))
        return projects.filter(mine)

    def led_by(self, user: User | AnonymousUser) -> ProjectQuerySet:
        """Projects that the user leads or is a deputy of."""
        if not user.is_authenticated:
            return self.none()
        deputised = Project.deputies.through.objects.filter(user_id=user.pk).values("project_id")
        return self.filter(Q(lead=user) | Q(pk__in=deputised))

    def editable_by(self, user: User) -> ProjectQuerySet:
        if not user.is_authenticated or not permissions.has_scope(user, "write"):
            return self.none()
        return self if permissions.is_administrator(user) else self.led_by(user)


class Project(models.Model):
    class Status(models.TextChoices):
        PLANNED = "planned", _("planned")
        ACTIVE = "active", _("active")
        DONE = "done", _("done")
        CANCELLED = "cancelled", _("cancelled")

    key = KeyField(_("key"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    domain = models.CharField(_("domain"), max_length=40, blank=True)  # key of a domain template
    purpose = models.TextField(_("purpose"), blank=True)
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="projects", verbose_name=_("department")
    )
    site = models.ForeignKey(Site, models.PROTECT, related_name="projects", verbose_name=_("site"))
    lead = models.ForeignKey(
        User, models.PROTECT, related_name="led_projects", verbose_name=_("lead")
    )
    deputies = models.ManyToManyField(
        User, blank=True, related_name="deputised_projects", verbose_name=_("deputies")
    )
    priority = models.PositiveSmallIntegerField(
        _("priority"), default=2, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PLANNED)
    start_on = models.DateField(_("start (Monday)"))
    budget = models.DecimalField(
        _("people budget"),
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
    )
    risk_class = models.CharField(_("risk class"), max_length=20, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ProjectQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        constraints = [
            models.CheckConstraint(
                condition=Q(start_on__iso_week_day=1), name="project_starts_on_monday"
            ),
            models.CheckConstraint(
                condition=Q(priority__range=(1, 5)), name="project_priority_1_to_5"
            ),
            models.CheckConstraint(
                condition=Q(budget__isnull=True) | Q(budget__gte=0),
                name="project_budget_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("projects:project-detail", args=[self.pk])

    @property
    def shown_purpose(self) -> str:
        """The purpose; one that came from a template in the reader's language."""
        return in_active_language(*catalog.both_languages(self.purpose))

    def is_led_by(self, user: User) -> bool:
        """Lead or deputy (a query for the deputies)."""
        return self.lead_id == user.pk or self.deputies.filter(pk=user.pk).exists()


class Requirement(models.Model):
    """What the business unit needs, as a target that facts can be held against."""

    class Direction(models.TextChoices):
        AT_LEAST = "at_least", _("at least")
        AT_MOST = "at_most", _("at most")

    project = models.ForeignKey(Project, models.CASCADE, related_name="requirements")
    key = KeyField(max_length=60)
    goal_en = models.CharField(_("goal"), max_length=300)
    goal_zh = models.CharField(max_length=300, blank=True)
    owner = models.CharField(_("owner in the business unit"), max_length=120, blank=True)
    metric_en = models.CharField(_("metric"), max_length=120)
    metric_zh = models.CharField(max_length=120, blank=True)
    direction = models.CharField(max_length=8, choices=Direction, default=Direction.AT_LEAST)
    threshold = models.DecimalField(_("threshold"), max_digits=16, decimal_places=4)
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["project", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["project", "key"], name="requirement_key_once")
        ]

    def __str__(self) -> str:
        return self.goal

    @property
    def goal(self) -> str:
        return in_active_language(self.goal_en, self.goal_zh)

    @property
    def metric(self) -> str:
        return in_active_language(self.metric_en, self.metric_zh)


class RequirementSkill(models.Model):
    requirement = models.ForeignKey(Requirement, models.CASCADE, related_name="skills")
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField(default=3)

    class Meta:
        ordering = ["requirement", "skill"]
        constraints = [
            models.UniqueConstraint(fields=["requirement", "skill"], name="requirement_skill_once"),
            models.CheckConstraint(
                condition=Q(level__range=(1, 5)), name="requirement_skill_level_1_to_5"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.skill} {self.level}"


class Phase(WholeWeeks):
    project = models.ForeignKey(Project, models.CASCADE, related_name="phases")
    key = models.CharField(_("phase"), max_length=12, choices=PHASE_LABELS.items())
    # The plan as first made: end_on later than baseline_end_on is a slip.
    baseline_start_on = models.DateField()
    baseline_end_on = models.DateField()
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    history = HistoricalRecords()

    class Meta:
        ordering = ["project", "start_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["project", "key"], name="phase_once"),
            models.CheckConstraint(condition=Q(key__in=list(ORDER)), name="phase_key_known"),
            *whole_weeks("phase"),
        ]

    def __str__(self) -> str:
        return f"{self.project} · {self.name}"

    @property
    def name(self) -> str:
        return str(self.get_key_display())

    @property
    def number(self) -> int:
        return PhaseKey(self.key).number

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None

    @property
    def baseline_last_week(self) -> Any:
        """The Monday of the last week as first planned."""
        return weeks.add_weeks(self.baseline_end_on, -1)

    @property
    def slip_weeks(self) -> int:
        return weeks.weeks_between(self.baseline_end_on, self.end_on)
