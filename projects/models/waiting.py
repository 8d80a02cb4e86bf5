"""The waiting list: work that somebody shall take as soon as their weeks allow it."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from projects.models.plan import Assignment, Slot
from projects.models.project import Project, WholeWeeks, whole_weeks
from roles.models import Person
from teamhub.accounts.models import User


class WaitingPlaceQuerySet(models.QuerySet["WaitingPlace"]):
    def visible_to(self, user: User) -> WaitingPlaceQuerySet:
        """Those of projects whose plan the user sees."""
        return self.filter(slot__phase__project__in=Project.objects.detail_visible_to(user))

    def waiting(self) -> WaitingPlaceQuerySet:
        return self.filter(status=WaitingPlace.Status.WAITING)


class WaitingPlace(WholeWeeks):
    """A person in the queue of a slot. It uses no capacity until it becomes an assignment."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        TAKEN = "taken", _("taken")
        DROPPED = "dropped", _("dropped")

    slot = models.ForeignKey(Slot, models.CASCADE, related_name="waiting")
    person = models.ForeignKey(Person, models.CASCADE, related_name="waiting")
    fte_hundredths = models.PositiveSmallIntegerField(
        _("effort"), validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    status = models.CharField(_("status"), max_length=7, choices=Status, default=Status.WAITING)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    # What it became.
    assignment = models.ForeignKey(
        Assignment, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = WaitingPlaceQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["slot", "person"],
                condition=Q(status="waiting"),
                name="waiting_place_once",
            ),
            models.CheckConstraint(
                condition=Q(fte_hundredths__range=(1, 100)), name="waiting_place_fte_1_to_100"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["waiting", "taken", "dropped"]),
                name="waiting_place_status_known",
            ),
            *whole_weeks("waiting_place"),
        ]

    def __str__(self) -> str:
        return f"{self.person} … {self.slot}"
