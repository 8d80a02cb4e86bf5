"""Where people belong: sites and departments."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from roles.models.catalog import SiteCalendar
from roles.time_zones import validate_time_zone
from teamhub.accounts.models import User
from teamhub.names import Named


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
        return self.at_or_below(led) if led else self.none()

    def at_or_below(self, tops: set[int]) -> DepartmentQuerySet:
        """These departments and all below them (one query)."""
        parents = dict(Department.objects.order_by().values_list("pk", "parent"))
        return self.filter(
            pk__in=[pk for pk in parents if not tops.isdisjoint(_with_those_above(pk, parents))]
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
