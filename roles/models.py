"""Who can do what: departments, roles, skills, people and the time they have."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from teamhub.accounts import permissions
from teamhub.accounts.models import User
from teamhub.names import Named, Reference, in_active_language

LEVELS = range(1, 6)


class Side(models.TextChoices):
    """Who builds a project may not review it."""

    BUILD = "build", _("build")
    REVIEW = "review", _("review")
    OTHER = "other", _("other")


def validate_time_zone(value: str) -> None:
    if value not in available_timezones():
        raise ValidationError(
            _("“%(value)s” is not a time zone. Write one such as Europe/Berlin or Asia/Shanghai."),
            params={"value": value},
        )


class SiteCalendar(Reference):
    """Public holidays and make-up working days of a country or region."""

    source = models.CharField(_("source"), max_length=300, blank=True)


class CalendarDay(models.Model):
    class Kind(models.TextChoices):
        HOLIDAY = "holiday", _("public holiday")
        WORKDAY = "workday", _("make-up working day")

    calendar = models.ForeignKey(SiteCalendar, models.CASCADE, related_name="days")
    on = models.DateField(_("day"))
    kind = models.CharField(max_length=8, choices=Kind)
    name_en = models.CharField(max_length=120)
    name_zh = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["calendar", "on"]
        constraints = [
            models.UniqueConstraint(fields=["calendar", "on"], name="calendar_day_once"),
        ]

    def __str__(self) -> str:
        return f"{self.on} {in_active_language(self.name_en, self.name_zh)}"


class Site(Named):
    """A place where people work and devices stand."""

    country = models.CharField(_("country"), max_length=2, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=60, validators=[validate_time_zone])
    calendar = models.ForeignKey(
        SiteCalendar, models.PROTECT, null=True, blank=True, related_name="sites"
    )


class DepartmentQuerySet(models.QuerySet["Department"]):
    def led_by(self, user: User) -> DepartmentQuerySet:
        """Departments that the user leads, with all below them (two queries)."""
        led = set(user.led_departments.values_list("pk", flat=True))
        if not led:
            return self.none()
        parents = dict(Department.objects.order_by().values_list("pk", "parent"))
        return self.filter(
            pk__in=[pk for pk in parents if not led.isdisjoint(_with_those_above(pk, parents))]
        )


def _with_those_above(pk: int, parents: dict[int, int | None]) -> set[int]:
    line: set[int] = set()
    at: int | None = pk
    while at is not None and at not in line:
        line.add(at)
        at = parents.get(at)
    return line


class Department(Named):
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    leads = models.ManyToManyField(User, blank=True, related_name="led_departments")

    objects = DepartmentQuerySet.as_manager()

    def clean(self) -> None:
        """Refuse a circle (walks up the tree: a query a level)."""
        seen, above = {self.pk} if self.pk else set(), self.parent
        while above is not None:
            if above.pk in seen:
                raise ValidationError({"parent": _("A department cannot be above itself.")})
            seen.add(above.pk)
            above = above.parent


class Discipline(Reference):
    duty_en = models.CharField(max_length=300)
    duty_zh = models.CharField(max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta(Reference.Meta):
        ordering = ["position", "key"]

    @property
    def duty(self) -> str:
        return in_active_language(self.duty_en, self.duty_zh)


class Role(Reference):
    """What a person does in a project."""

    discipline = models.ForeignKey(Discipline, models.PROTECT, related_name="roles")
    side = models.CharField(_("side"), max_length=6, choices=Side)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta(Reference.Meta):
        ordering = ["position", "key"]


class Skill(Reference):
    discipline = models.ForeignKey(
        Discipline, models.PROTECT, null=True, blank=True, related_name="skills"
    )
    description_en = models.CharField(max_length=300, blank=True)
    description_zh = models.CharField(max_length=300, blank=True)
    # Added by this company, not by the catalog's file: the sync does not retire it.
    is_own = models.BooleanField(default=False)

    @property
    def description(self) -> str:
        return in_active_language(self.description_en, self.description_zh)


class LearningResource(Reference):
    """A book or course that raises a skill."""

    author = models.CharField(max_length=200, blank=True)
    publisher = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=20, blank=True)
    skills = models.ManyToManyField(Skill, related_name="learning_resources")


class MapNode(Reference):
    """A node of the responsibility map: a component or outcome somebody answers for."""

    kind = models.CharField(max_length=12)
    # One of the default roles: who answers for the node unless a project says otherwise.
    accountable_role = models.ForeignKey(
        Role, models.PROTECT, null=True, blank=True, related_name="accountable_for"
    )
    default_roles = models.ManyToManyField(Role, blank=True, related_name="map_nodes")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta(Reference.Meta):
        ordering = ["position", "key"]


class MapNodeSkill(models.Model):
    node = models.ForeignKey(MapNode, models.CASCADE, related_name="needs")
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["node", "skill"]
        constraints = [
            models.UniqueConstraint(fields=["node", "skill"], name="map_node_skill_once"),
            models.CheckConstraint(
                condition=Q(level__range=(1, 5)), name="map_node_skill_level_1_to_5"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.node} · {self.skill} {self.level}"


class MapEdge(models.Model):
    source = models.ForeignKey(MapNode, models.CASCADE, related_name="edges_out")
    target = models.ForeignKey(MapNode, models.CASCADE, related_name="edges_in")

    class Meta:
        ordering = ["source", "target"]
        constraints = [
            models.UniqueConstraint(fields=["source", "target"], name="map_edge_once"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="map_edge_not_to_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.source} → {self.target}"


class PersonQuerySet(models.QuerySet["Person"]):
    def visible_to(self, user: User) -> PersonQuerySet:
        """Name, role, site and skills are known to every member."""
        if not user.is_authenticated or not permissions.has_scope(user, "read"):
            return self.none()
        return self

    def load_visible_to(self, user: User) -> PersonQuerySet:
        """Load and absence dates: managers and planners see everybody's, others their own.

        Who leads a department manages its people.
        """
        people = self.visible_to(user)
        if permissions.may_see_load_of_all(user):
            return people
        return people.filter(Q(user=user) | Q(department__in=Department.objects.led_by(user)))

    def editable_by(self, user: User) -> PersonQuerySet:
        """Managers edit everybody, who leads a department its people (and those below it)."""
        if not user.is_authenticated or not permissions.has_scope(user, "write"):
            return self.none()
        if permissions.is_manager(user):
            return self
        return self.filter(department__in=Department.objects.led_by(user))

    def employed_between(self, start: Any, end: Any) -> PersonQuerySet:
        """Employed on at least one day of start <= day < end."""
        return self.filter(
            Q(employed_from__isnull=True) | Q(employed_from__lt=end),
            Q(employed_to__isnull=True) | Q(employed_to__gte=start),
        )


class Person(models.Model):
    """Somebody who can be staffed."""

    key = models.SlugField(_("key"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    sort_name = models.CharField(max_length=120, blank=True, db_index=True)  # pinyin for Chinese
    email = models.EmailField(_("e-mail"), blank=True)
    user = models.OneToOneField(User, models.SET_NULL, null=True, blank=True, related_name="person")
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="people", verbose_name=_("department")
    )
    site = models.ForeignKey(Site, models.PROTECT, related_name="people", verbose_name=_("site"))
    time_zone = models.CharField(_("time zone"), max_length=60, validators=[validate_time_zone])
    roles = models.ManyToManyField(Role, blank=True, related_name="people", verbose_name=_("roles"))
    weekly_hours = models.DecimalField(
        _("weekly hours"),
        max_digits=4,
        decimal_places=1,
        default=Decimal(40),
        validators=[MinValueValidator(0), MaxValueValidator(80)],
    )
    employed_from = models.DateField(_("employed from"), null=True, blank=True)
    employed_to = models.DateField(_("employed to"), null=True, blank=True)  # inclusive
    rate_per_fte_week = models.DecimalField(
        _("rate per FTE-week"),
        max_digits=12,
        decimal_places=2,
        default=Decimal(0),
        validators=[MinValueValidator(0)],
    )
    max_concurrent_projects = models.PositiveSmallIntegerField(
        _("most projects at once"), default=2, validators=[MinValueValidator(1)]
    )
    version = models.PositiveIntegerField(default=1)

    objects = PersonQuerySet.as_manager()
    history = HistoricalRecords(m2m_fields=[roles])

    class Meta:
        ordering = ["sort_name", "name", "pk"]
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.CheckConstraint(
                condition=Q(employed_to__isnull=True)
                | Q(employed_from__isnull=True)
                | Q(employed_to__gte=F("employed_from")),
                name="person_employed_in_order",
            ),
            models.CheckConstraint(
                condition=Q(weekly_hours__gte=0), name="person_weekly_hours_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(rate_per_fte_week__gte=0), name="person_rate_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(max_concurrent_projects__gte=1), name="person_max_projects_positive"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.sort_name = self.sort_name or self.name.casefold()
        super().save(*args, **kwargs)

    @property
    def fte_hundredths(self) -> int:
        """Contract share of a company week, in hundredths, rounded down."""
        return int(self.weekly_hours * 100 // settings.COMPANY_WEEKLY_HOURS)


class PersonSkillQuerySet(models.QuerySet["PersonSkill"]):
    def valid_on(self, day: Any) -> PersonSkillQuerySet:
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=day),
            Q(valid_to__isnull=True) | Q(valid_to__gte=day),
        )


class PersonSkill(models.Model):
    """A level of a skill, with the days on which it holds (both inclusive)."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="skills")
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="holders")
    level = models.PositiveSmallIntegerField(
        _("level"), validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    evidence = models.CharField(_("evidence"), max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = PersonSkillQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["person", "skill"]
        constraints = [
            models.UniqueConstraint(fields=["person", "skill"], name="person_skill_once"),
            models.CheckConstraint(
                condition=Q(level__range=(1, 5)), name="person_skill_level_1_to_5"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True)
                | Q(valid_from__isnull=True)
                | Q(valid_to__gte=F("valid_from")),
                name="person_skill_valid_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.skill} {self.level}"


class Absence(models.Model):
    """Days away, both inclusive. The reason is for the person and administrators only."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="absences")
    first_on = models.DateField(_("first day"))
    last_on = models.DateField(_("last day"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)

    history = HistoricalRecords()

    class Meta:
        ordering = ["person", "first_on"]
        constraints = [
            models.UniqueConstraint(fields=["person", "first_on"], name="absence_start_once"),
            models.CheckConstraint(
                condition=Q(last_on__gte=F("first_on")), name="absence_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.first_on} - {self.last_on}"
