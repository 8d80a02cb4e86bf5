"""The present plan: seats, slots and who holds them, and every change of it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from projects import catalog
from projects.models.project import Phase, Project, WholeWeeks, whole_weeks
from roles.models import Person, Role, Side, Skill
from teamhub.accounts.models import User
from teamhub.names import in_active_language


class Seat(models.Model):
    """One role line of a project, kept through one or more phases."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="seats")
    role = models.ForeignKey(Role, models.PROTECT, related_name="seats")
    label = models.CharField(_("label"), max_length=60, blank=True)
    version = models.PositiveIntegerField(default=1)

    history = HistoricalRecords()

    class Meta:
        ordering = ["project", "role__position", "label", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["project", "role", "label"], name="seat_once")
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.shown_label}".strip()

    @property
    def shown_label(self) -> str:
        """The label; one that came from a template in the reader's language."""
        return in_active_language(*catalog.both_languages(self.label))


class SlotQuerySet(models.QuerySet["Slot"]):
    def visible_to(self, user: User) -> SlotQuerySet:
        return self.filter(phase__project__in=Project.objects.detail_visible_to(user))


class Slot(WholeWeeks):
    """A seat's part in one phase: weeks, effort, skills."""

    seat = models.ForeignKey(Seat, models.CASCADE, related_name="slots")
    phase = models.ForeignKey(Phase, models.CASCADE, related_name="slots")
    fte_hundredths = models.PositiveSmallIntegerField(
        _("effort"), validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    priority = models.PositiveSmallIntegerField(
        _("priority"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(5)],
    )  # None: the project's; a proposal weighs its own with the project's
    must_fill = models.BooleanField(_("must be filled"), default=False)
    version = models.PositiveIntegerField(default=1)

    objects = SlotQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["phase__project", "start_on", "seat__role__position", "seat__label", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["seat", "phase"], name="slot_once"),
            models.CheckConstraint(
                condition=Q(fte_hundredths__range=(1, 100)), name="slot_fte_1_to_100"
            ),
            models.CheckConstraint(
                condition=Q(priority__isnull=True) | Q(priority__range=(1, 5)),
                name="slot_priority_1_to_5",
            ),
            *whole_weeks("slot"),
        ]

    def __str__(self) -> str:
        return f"{self.phase} · {self.seat}"

    def clean(self) -> None:
        if self.seat_id and self.phase_id and self.seat.project_id != self.phase.project_id:
            raise ValidationError(_("Seat and phase belong to different projects."))
        if self.phase_id and not (
            self.phase.start_on <= self.start_on and self.end_on <= self.phase.end_on
        ):
            raise ValidationError(_("The slot's weeks lie outside its phase."))

    @property
    def project(self) -> Project:
        return self.phase.project

    @property
    def effort_hundredths(self) -> int:
        """FTE-weeks in hundredths."""
        return self.fte_hundredths * self.n_weeks


class SlotSkill(models.Model):
    slot = models.ForeignKey(Slot, models.CASCADE, related_name="skills")
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField(_("least level"))

    class Meta:
        ordering = ["slot", "skill"]
        constraints = [
            models.UniqueConstraint(fields=["slot", "skill"], name="slot_skill_once"),
            models.CheckConstraint(
                condition=Q(level__range=(1, 5)), name="slot_skill_level_1_to_5"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.skill} {self.level}"


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def visible_to(self, user: User) -> AssignmentQuerySet:
        """Those of visible projects, and one's own."""
        return self.filter(
            Q(slot__phase__project__in=Project.objects.detail_visible_to(user))
            | Q(person__user=user)
        )

    def in_weeks(self, start: Any, end: Any) -> AssignmentQuerySet:
        return self.filter(start_on__lt=end, end_on__gt=start)


class Assignment(WholeWeeks):
    """A person in a slot for a range of its weeks. Tentative ones use capacity too."""

    class Status(models.TextChoices):
        TENTATIVE = "tentative", _("tentative")
        CONFIRMED = "confirmed", _("confirmed")

    slot = models.ForeignKey(Slot, models.PROTECT, related_name="assignments")
    person = models.ForeignKey(Person, models.PROTECT, related_name="assignments")
    fte_hundredths = models.PositiveSmallIntegerField(
        _("effort"), validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.CONFIRMED)
    locked = models.BooleanField(_("locked"), default=False)
    reason = models.CharField(_("reason"), max_length=300, blank=True)  # kept with a warning
    version = models.PositiveIntegerField(default=1)

    objects = AssignmentQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["slot", "start_on", "pk"]
        indexes = [models.Index(fields=["person", "start_on", "end_on"])]
        constraints = [
            models.UniqueConstraint(fields=["slot", "person", "start_on"], name="assignment_once"),
            models.CheckConstraint(
                condition=Q(fte_hundredths__range=(1, 100)), name="assignment_fte_1_to_100"
            ),
            *whole_weeks("assignment"),
        ]

    def __str__(self) -> str:
        return f"{self.person} → {self.slot}"

    @property
    def effort_hundredths(self) -> int:
        return self.fte_hundredths * self.n_weeks


class ProjectSide(models.Model):
    """The side that a person took in a project, past assignments included.

    The unique key is the database's proof that nobody reviews what they built.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="sides")
    person = models.ForeignKey(Person, models.PROTECT, related_name="sides")
    side = models.CharField(
        max_length=6,
        choices=[(Side.BUILD.value, Side.BUILD.label), (Side.REVIEW.value, Side.REVIEW.label)],
    )

    class Meta:
        ordering = ["project", "person"]
        constraints = [
            models.UniqueConstraint(fields=["project", "person"], name="project_side_once"),
            models.CheckConstraint(
                condition=Q(side__in=["build", "review"]), name="project_side_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.side} in {self.project}"


class PlanChangeQuerySet(models.QuerySet["PlanChange"]):
    def visible_to(self, user: User) -> PlanChangeQuerySet:
        """Those with a line that the user sees."""
        lines = PlanChangeLine.objects.visible_to(user).filter(change=OuterRef("pk"))
        return self.filter(Exists(lines))


class PlanChange(models.Model):
    """One decision that changed assignments: an acceptance, a hand edit, an import, an undo."""

    class Kind(models.TextChoices):
        HAND = "hand", _("by hand")
        ACCEPT = "accept", _("proposal accepted")
        REQUEST = "request", _("request answered")
        IMPORT = "import", _("import")
        UNDO = "undo", _("undo")

    kind = models.CharField(max_length=8, choices=Kind)
    by = models.ForeignKey(User, models.PROTECT, related_name="plan_changes")
    at = models.DateTimeField(auto_now_add=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    run = models.ForeignKey(
        "projects.StaffingRun", models.SET_NULL, null=True, blank=True, related_name="changes"
    )
    undoes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="undone_by"
    )

    objects = PlanChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d %H:%M}"


class PlanChangeLineQuerySet(models.QuerySet["PlanChangeLine"]):
    def visible_to(self, user: User) -> PlanChangeLineQuerySet:
        """Those of projects whose plan the user sees."""
        return self.filter(slot__phase__project__in=Project.objects.detail_visible_to(user))


class PlanChangeLine(models.Model):
    """One assignment before and after; before is null where it was made, after where it ended.

    Beside the assignment's fields a side may hold `row` (what the same decision did to a row of a
    proposal, see services/proposal_rows.py) and `override` (which lock the decision passed over).
    """

    change = models.ForeignKey(PlanChange, models.CASCADE, related_name="lines")
    assignment_id = models.BigIntegerField(db_index=True)  # the row may be gone
    slot = models.ForeignKey(Slot, models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    objects = PlanChangeLineQuerySet.as_manager()

    class Meta:
        ordering = ["change", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["change", "assignment_id"], name="plan_change_line_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.change}: {self.person}"

    @property
    def kept(self) -> dict[str, Any]:
        """The later of its two sides; one of them is always there."""
        return dict(self.after if self.after is not None else self.before or {})
