"""The life of one background computation, as a row that people can watch.

Only `teamhub.runs.services` writes `status`.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from teamhub.accounts import permissions

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from teamhub.accounts.models import User


class Status(models.TextChoices):
    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    SUCCEEDED = "succeeded", _("Succeeded")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


ACTIVE = (Status.QUEUED, Status.RUNNING)


class Outcome(models.TextChoices):
    PROVEN = "proven", _("Proven best")
    FEASIBLE = "feasible", _("Feasible")
    STOPPED = "stopped", _("Stopped early")
    INFEASIBLE = "infeasible", _("Not every demand can be met")


R = TypeVar("R", bound="Run")


class RunQuerySet(models.QuerySet[R]):
    def visible_to(self, user: User) -> Self:
        """The runs that this user may see: own ones, and what the kind opens to others."""
        if permissions.is_manager(user):
            return self
        if self.model.open_to_planners and permissions.is_planner(user):
            return self
        return self.filter(models.Q(requested_by=user) | self.model.also_visible_to(user))

    def active(self) -> Self:
        return self.filter(status__in=ACTIVE)


class Run(models.Model):
    """Abstract base of everything that a worker computes.

    QUEUED -> RUNNING -> SUCCEEDED | FAILED, RUNNING -> QUEUED when its worker fell silent,
    and QUEUED | RUNNING -> CANCELLED. A subclass sets the class attributes below; that alone puts
    it on the Runs page, into the API and under the care of the clock.
    """

    kind: ClassVar[str]  # key in addresses and filters, such as "staffing"
    task: ClassVar[str]  # name of the Celery task that executes it
    queue: ClassVar[str] = "solve"
    title: ClassVar[str | _StrPromise]  # "Staffing proposal"
    open_to_planners: ClassVar[bool] = False
    # Columns of the subclass that "run again" carries over besides params and seed.
    copied_fields: ClassVar[tuple[str, ...]] = ()
    # Relations that `subject` reads; lists fetch them ahead.
    subject_needs: ClassVar[tuple[str, ...]] = ()
    # Whether the values of its curve are for those only who may see money and objectives.
    curve_is_money: ClassVar[bool] = True
    # Keys of a kernel's result that differ between equal computations, at any depth.
    volatile_keys: ClassVar[frozenset[str]] = frozenset({"runtime_s", "seconds", "created_at"})

    Status = Status
    Outcome = Outcome

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.QUEUED)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, blank=True)
    stage = models.CharField(_("stage"), max_length=80, blank=True)
    progress = models.FloatField(
        _("progress"),
        default=0.0,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
    )
    params = models.JSONField(_("parameters"), default=dict, blank=True)
    seed = models.PositiveIntegerField(_("seed"), default=0)
    input_file = models.CharField(
        _("input"),
        max_length=64,
        blank=True,
        editable=False,
        help_text=_("sha256 of the problem"),
    )
    code_version = models.CharField(_("code version"), max_length=60, blank=True, editable=False)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("requested by"),
    )
    rerun_of = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="reruns",
        verbose_name=_("again from"),
    )
    attempt = models.PositiveSmallIntegerField(_("attempt"), default=0, editable=False)
    worker = models.CharField(_("worker"), max_length=120, blank=True, editable=False)
    rings = models.PositiveSmallIntegerField(default=0, editable=False)
    rung_at = models.DateTimeField(default=timezone.now, editable=False)
    finish_requested_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    started_at = models.DateTimeField(_("started"), null=True, blank=True, editable=False)
    heartbeat_at = models.DateTimeField(null=True, blank=True, editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True, editable=False)
    error_code = models.CharField(_("error"), max_length=40, blank=True, editable=False)
    error_message = models.TextField(_("message"), blank=True, editable=False)

    objects = RunQuerySet.as_manager()

    # Where the kernel of the present attempt works; set by the worker only.
    job_folder: Path

    class Meta:
        abstract = True
        ordering = ["-created_at", "id"]
        indexes = [
            models.Index(fields=["status", "heartbeat_at"], name="%(app_label)s_%(class)s_beat"),
            models.Index(fields=["-created_at"], name="%(app_label)s_%(class)s_new"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=Status.values),
                name="%(app_label)s_%(class)s_status_known",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=ACTIVE, finished_at__isnull=True)
                | (~models.Q(status__in=ACTIVE) & models.Q(finished_at__isnull=False)),
                name="%(app_label)s_%(class)s_end_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {str(self.pk)[:8]}"

    def get_absolute_url(self) -> str:
        """The run's page; a subclass with a page of its own answers that address."""
        return reverse("runs:run-detail", args=[self.pk])

    # --- what a subclass may override -------------------------------------------------------------

    @classmethod
    def also_visible_to(cls, user: User) -> models.Q:
        """Runs of others that this user may see besides managers and administrators: none."""
        return models.Q(pk__in=[])

    @property
    def subject(self) -> str:
        """What the run is about, in names that every member may read; may query."""
        return ""

    @classmethod
    def about(cls, words: str) -> models.Q:
        """Runs whose subject holds these words."""
        return models.Q(pk__in=[])

    def may_be_controlled_by(self, user: User) -> bool:
        """May this user cancel or finish the run, and ask to repeat it? May query."""
        return self.requested_by_id == user.pk or permissions.is_administrator(user)

    def may_be_repeated_by(self, user: User) -> bool:
        """May this user, who controls the run, have it computed again? May query.

        It is computed on today's rows, so it asks what a new request would ask.
        """
        return True

    def may_show_curve_to(self, user: User) -> bool:
        """May this user, who may see the run, see its objectives too?"""
        return not self.curve_is_money or permissions.may_see_money(user)

    def copy_relations(self, original: Self) -> None:
        """Copy many-to-many rows of the inputs when a run is repeated; runs after the insert."""

    def incumbents(self) -> Iterable[Any]:
        """Rows with seconds, objective, bound of the present attempt, for the live curve."""
        return ()

    # --- facts ------------------------------------------------------------------------------------

    @property
    def is_active(self) -> bool:
        return self.status in ACTIVE

    @property
    def can_finish(self) -> bool:
        """Finish now has a meaning only while the kernel works and nobody has asked yet."""
        return self.status == Status.RUNNING and self.finish_requested_at is None

    @property
    def elapsed_s(self) -> float:
        """Seconds of the last attempt, so far or in all; 0 before the start."""
        if self.started_at is None:
            return 0.0
        end: datetime = self.finished_at or timezone.now()
        return max(0.0, (end - self.started_at).total_seconds())

    @property
    def percent(self) -> int:
        return round(100 * min(1.0, max(0.0, self.progress)))

    @property
    def badge(self) -> str:
        """The tone of the status, as components/_badge.html knows it."""
        return {
            Status.QUEUED: "neutral",
            Status.RUNNING: "accent",
            Status.SUCCEEDED: "good",
            Status.FAILED: "bad",
            Status.CANCELLED: "neutral",
        }[Status(self.status)]


class Beat(models.Model):
    """The last sign of life of a process that must be there: a clock or a worker."""

    class Kind(models.TextChoices):
        CLOCK = "clock", _("Clock")
        WORKER = "worker", _("Worker")

    name = models.CharField(_("name"), max_length=160)
    kind = models.CharField(_("kind"), max_length=6, choices=Kind)
    queues = models.JSONField(_("queues"), default=list, blank=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        ordering = ["kind", "name"]
        constraints = [models.UniqueConstraint(fields=["kind", "name"], name="runs_beat_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.name}"
