"""People, what they can do and when they are away."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from roles.models.catalog import Role, Skill
from roles.models.company import Department, Site
from roles.time_zones import validate_time_zone
from teamhub.accounts import permissions
from teamhub.accounts.models import User
from teamhub.names import KeyField


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

    def with_skill(self, key: str, level: int, day: Any) -> PersonQuerySet:
        """Who holds the skill (any, if the key is blank) at this level or above on a day."""
        held = PersonSkill.objects.valid_on(day).filter(level__gte=level)
        if key:
            held = held.filter(skill__key=key)
        return self.filter(pk__in=held.order_by().values("person"))

    def in_department(self, key: str) -> PersonQuerySet:
        """In the department or one below it (two queries)."""
        tops = set(Department.objects.filter(key=key).values_list("pk", flat=True))
        return self.filter(department__in=Department.objects.at_or_below(tops))

    def employed_between(self, start: Any, end: Any) -> PersonQuerySet:
        """Employed on at least one day of start <= day < end."""
        return self.filter(
            Q(employed_from__isnull=True) | Q(employed_from__lt=end),
            Q(employed_to__isnull=True) | Q(employed_to__gte=start),
        )


class Person(models.Model):
    """Somebody who can be staffed."""

    key = KeyField(_("key"), max_length=60, unique=True)
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

    def get_absolute_url(self) -> str:
        return reverse("roles:person-detail", args=[self.pk])

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

    def state_on(self, day: date) -> str:
        """valid, expired or future."""
        if self.valid_to is not None and self.valid_to < day:
            return "expired"
        return "future" if self.valid_from is not None and self.valid_from > day else "valid"


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
