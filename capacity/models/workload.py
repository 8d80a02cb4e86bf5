"""What asks for devices, and what measured runs have used."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from capacity.kernel.demand import WorkloadKind, shape_of
from capacity.kernel.problem import Shape
from capacity.models.estate import AT_LEAST_ONE, NOT_NEGATIVE, Accelerator, Pool
from capacity.rights import may_plan
from capacity.words import explained
from projects.models import Phase, Project
from projects.models.project import WholeWeeks, whole_weeks
from teamhub.accounts.models import User
from teamhub.names import Named

HOURS_PER_WEEK = 168


SHAPE_LABELS = {
    Shape.GANG: _("all at once, weeks in a row"),
    Shape.SERVICE: _("all the time"),
    Shape.BATCH: _("spread as it fits"),
}


class WorkloadQuerySet(models.QuerySet["Workload"]):
    def visible_to(self, user: User) -> WorkloadQuerySet:
        return self.filter(project__in=Project.objects.detail_visible_to(user))

    def editable_by(self, user: User) -> WorkloadQuerySet:
        """All for who plans the estate, those of their projects for leads and deputies."""
        if may_plan(user):
            return self.visible_to(user)
        return self.filter(project__in=Project.objects.editable_by(user))

    def open(self) -> WorkloadQuerySet:
        """What a plan has to look at."""
        return self.filter(status=Workload.Status.OPEN)


class Workload(WholeWeeks, Named):
    """A demand for devices in a window of whole weeks, attached to a project and a phase."""

    class Kind(models.TextChoices):  # the kernel's WorkloadKind, with labels
        PRETRAINING = WorkloadKind.PRETRAINING.value, _("pre-training")
        FINETUNING = WorkloadKind.FINETUNING.value, _("fine-tuning")
        BATCH_INFERENCE = WorkloadKind.BATCH_INFERENCE.value, _("batch inference")
        ONLINE_INFERENCE = WorkloadKind.ONLINE_INFERENCE.value, _("online inference")

    class Sizing(models.TextChoices):
        DEVICES = "devices", _("devices and weeks")
        MODEL = "model", _("parameters and tokens")

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        DONE = "done", _("done")
        CANCELLED = "cancelled", _("cancelled")

    project = models.ForeignKey(
        Project, models.CASCADE, related_name="workloads", verbose_name=_("project")
    )
    phase = models.ForeignKey(
        Phase,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="workloads",
        verbose_name=_("phase"),
    )
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.OPEN)

    # --- how much ---------------------------------------------------------------------------------
    sizing = models.CharField(_("sized by"), max_length=7, choices=Sizing, default=Sizing.DEVICES)
    # Training and serving hold so many at once; batch work takes at most so many in a week.
    devices = models.PositiveIntegerField(_("devices"), validators=AT_LEAST_ONE)
    # At that many devices; none for serving, which holds them through its window.
    weeks = models.PositiveSmallIntegerField(
        _("weeks"), null=True, blank=True, validators=AT_LEAST_ONE
    )
    gang_size = models.PositiveIntegerField(
        _("gang size"), default=1, validators=AT_LEAST_ONE
    )  # devices of one copy of the model: they start together, on like nodes
    params_b = models.FloatField(
        _("parameters (billions)"), null=True, blank=True, validators=NOT_NEGATIVE
    )
    active_params_b = models.FloatField(
        _("active parameters (billions)"), null=True, blank=True, validators=NOT_NEGATIVE
    )
    tokens_b = models.FloatField(
        _("tokens (billions)"), null=True, blank=True, validators=NOT_NEGATIVE
    )
    peak_tokens_per_s = models.FloatField(
        _("output tokens per second at the peak"), null=True, blank=True, validators=NOT_NEGATIVE
    )
    replica_tokens_per_s = models.FloatField(
        _("output tokens per second of one copy"), null=True, blank=True, validators=NOT_NEGATIVE
    )  # measured
    mfu_share = models.FloatField(
        _("model FLOP utilisation"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0.01), MaxValueValidator(1)],
    )  # 0-1; None: the estimator's default
    # The accelerator that devices, weeks and hours are counted on.
    sized_on = models.ForeignKey(
        Accelerator,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("sized on"),
    )
    # The estimator's band with what it assumed; empty where people named devices and weeks.
    device_hours_p10 = models.FloatField(null=True, blank=True)
    device_hours_p50 = models.FloatField(null=True, blank=True)
    device_hours_p90 = models.FloatField(null=True, blank=True)
    assumptions = models.JSONField(default=dict, blank=True)

    # --- when, where, how much it matters ---------------------------------------------------------
    must_serve = models.BooleanField(_("must be served"), default=False)
    priority = models.PositiveSmallIntegerField(
        _("priority"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(5)],
    )  # None: the project's
    # Money: managers, planners, administrators, and who leads the project.
    value = models.DecimalField(
        _("value"),
        max_digits=15,  # SQLite gives back no more
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
    )
    # Where it can run: these pools, and pools of these types. None named: any GPU or TPU.
    accelerators = models.ManyToManyField(
        Accelerator, blank=True, related_name="+", verbose_name=_("accelerators")
    )
    pools = models.ManyToManyField(
        Pool, blank=True, related_name="workloads", verbose_name=_("pools")
    )
    note = models.CharField(_("note"), max_length=300, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)  # of its figures
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WorkloadQuerySet.as_manager()

    class Meta(Named.Meta):
        ordering = ["project", "start_on", "key"]
        verbose_name = _("workload")
        verbose_name_plural = _("workloads")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind__in=["pretraining", "finetuning", "batch_inference", "online_inference"]
                ),
                name="workload_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["open", "done", "cancelled"]),
                name="workload_status_known",
            ),
            models.CheckConstraint(
                condition=Q(devices__gte=F("gang_size"), gang_size__gte=1),
                name="workload_holds_a_gang",
            ),
            models.CheckConstraint(
                condition=Q(kind="online_inference", weeks__isnull=True)
                | (~Q(kind="online_inference") & Q(weeks__isnull=False, weeks__gte=1)),
                name="workload_weeks_by_kind",
            ),
            models.CheckConstraint(
                condition=Q(sizing="devices", device_hours_p50__isnull=True)
                | Q(
                    sizing="model",
                    params_b__isnull=False,
                    params_b__gt=0,
                    sized_on__isnull=False,
                    device_hours_p10__isnull=False,
                    device_hours_p50__isnull=False,
                    device_hours_p90__isnull=False,
                    device_hours_p10__gt=0,
                    device_hours_p50__gte=F("device_hours_p10"),
                    device_hours_p90__gte=F("device_hours_p50"),
                ),
                name="workload_estimate_by_sizing",
            ),
            models.CheckConstraint(
                condition=Q(priority__isnull=True) | Q(priority__range=(1, 5)),
                name="workload_priority_1_to_5",
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=True) | Q(value__gte=0),
                name="workload_value_not_negative",
            ),
            *whole_weeks("workload"),
        ]

    def get_absolute_url(self) -> str:
        return reverse("capacity:workload-detail", args=[self.pk])

    def clean(self) -> None:
        if self.gang_size and self.devices and self.devices % self.gang_size:
            text = _("%(devices)d devices are no whole number of gangs of %(gang)d.")
            numbers = {"devices": self.devices, "gang": self.gang_size}
            raise ValidationError({"gang_size": text % numbers})
        estimated = self.sizing == Workload.Sizing.DEVICES or self.device_hours_p50 is not None
        serves = self.kind == Workload.Kind.ONLINE_INFERENCE
        if estimated and (self.weeks is None) != serves:
            raise ValidationError(
                {"weeks": _("Serving holds its devices all the time; all else needs its weeks.")}
            )
        if self.phase is not None and self.phase.project_id != self.project_id:
            raise ValidationError({"phase": _("The phase belongs to another project.")})
        if self.start_on and self.end_on and self.weeks and self.weeks > self.n_weeks:
            raise ValidationError(
                {"weeks": _("It takes more weeks than its window has.")}, code="window"
            )

    @property
    def shape(self) -> Shape:
        return shape_of(WorkloadKind(self.kind))

    @property
    def shape_label(self) -> Any:
        return SHAPE_LABELS[self.shape]

    @property
    def sources(self) -> list[dict[str, Any]]:
        """What its estimate rests on, in words."""
        return explained(self.assumptions.get("sources", []))

    @property
    def device_hours(self) -> float:
        """What it takes in all on `sized_on`: the estimate's middle, else devices x weeks."""
        if self.device_hours_p50 is not None:
            return self.device_hours_p50
        return float(self.devices * (self.weeks or self.n_weeks) * HOURS_PER_WEEK)

    @property
    def device_weeks(self) -> float:
        return self.device_hours / HOURS_PER_WEEK


class WorkloadActualQuerySet(models.QuerySet["WorkloadActual"]):
    def visible_to(self, user: User) -> WorkloadActualQuerySet:
        return self.filter(workload__in=Workload.objects.visible_to(user))


class WorkloadActual(models.Model):
    """Devices that were busy for a workload, as a program measured it: once per source."""

    workload = models.ForeignKey(Workload, models.PROTECT, related_name="actuals")
    source = models.CharField(max_length=200, unique=True)  # such as "training:<run id>"
    device = models.CharField(_("device"), max_length=120, blank=True)
    device_seconds = models.FloatField(_("device-seconds"))
    # Whose rate the cost comes from; none where no pool could be told.
    pool = models.ForeignKey(Pool, models.SET_NULL, null=True, blank=True, related_name="actuals")
    cost = models.DecimalField(max_digits=15, decimal_places=2, null=True, blank=True)
    started_at = models.DateTimeField(_("started"))
    ended_at = models.DateTimeField(_("ended"))
    stored_at = models.DateTimeField(auto_now_add=True)

    objects = WorkloadActualQuerySet.as_manager()

    class Meta:
        ordering = ["workload", "started_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(device_seconds__gte=0), name="workload_actual_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__gte=F("started_at")), name="workload_actual_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.workload}: {self.source}"

    @property
    def device_hours(self) -> float:
        return self.device_seconds / 3600
