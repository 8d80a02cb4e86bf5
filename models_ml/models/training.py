"""Data sets, the trainings on them, and the curves of these."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Max, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from models_ml import rights
from projects.models import Phase, Project
from teamhub.accounts import permissions
from teamhub.accounts.models import User
from teamhub.runs.models import Run

# The words of the kernel for its stages; here so that they are translated.
STAGES = (
    gettext_noop("Reading data"),
    gettext_noop("Baselines"),
    gettext_noop("Starting TensorFlow"),
    gettext_noop("Training"),
)


class DatasetQuerySet(models.QuerySet["Dataset"]):
    def visible_to(self, user: User) -> DatasetQuerySet:
        """All for those who read all; else what they uploaded, and what runs that they see use."""
        if not user.is_authenticated or not permissions.has_scope(user, "read"):
            return self.none()
        if rights.reads_all(user):
            return self
        used = TrainingRun.objects.visible_to(user).values("dataset_id")
        return self.filter(Q(uploaded_by=user) | Q(pk__in=used))


class Dataset(models.Model):
    """A CSV file that was checked when it came in; its rows stay in the file."""

    name = models.CharField(_("name"), max_length=120)
    label = models.CharField(_("label column"), max_length=120)
    sha256 = models.CharField(_("fingerprint"), max_length=64, editable=False)
    size_bytes = models.PositiveBigIntegerField(_("size"))  # of the CSV text, unpacked
    rows = models.PositiveIntegerField(_("rows"))
    positive_share = models.FloatField(_("share of the label 1"))  # 0-1
    # Features in the file's order: name, kind, low, high, mean, std, distinct.
    schema = models.JSONField(_("columns"), default=list)
    warnings = models.JSONField(default=list, blank=True)  # code, column, details
    file_name = models.CharField(max_length=80, editable=False)  # in DATASET_DIR
    uploaded_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("uploaded by")
    )
    created_at = models.DateTimeField(_("uploaded"), auto_now_add=True)

    objects = DatasetQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("data set")
        verbose_name_plural = _("data sets")
        constraints = [
            # The same bytes with another label column are another data set.
            models.UniqueConstraint(fields=["sha256", "label"], name="dataset_once"),
            models.CheckConstraint(
                condition=Q(positive_share__gt=0, positive_share__lt=1),
                name="dataset_has_both_classes",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("models:dataset-detail", args=[self.pk])

    @property
    def path(self) -> Path:
        return Path(settings.DATASET_DIR) / self.file_name

    @property
    def n_columns(self) -> int:
        """Columns of the file: the features and the label."""
        return len(self.schema) + 1

    @property
    def n_positive(self) -> int:
        return round(self.positive_share * self.rows)

    @property
    def n_negative(self) -> int:
        return self.rows - self.n_positive


class TrainingRun(Run):
    """One training of a recipe on a data set; what it measured is kept in its columns."""

    kind: ClassVar[str] = "training"
    task: ClassVar[str] = "models_ml.tasks.train_model"
    queue: ClassVar[str] = "train"
    title = _("Training run")
    open_to_planners: ClassVar[bool] = True
    copied_fields: ClassVar[tuple[str, ...]] = (
        "dataset_id",
        "recipe",
        "project_id",
        "phase_id",
        "workload_key",
    )
    subject_needs: ClassVar[tuple[str, ...]] = ("dataset", "project")
    curve_is_money: ClassVar[bool] = False
    volatile_keys: ClassVar[frozenset[str]] = Run.volatile_keys | {
        "usage",
        "files",
        "folder",
        "elapsed_s",
        "restored",
    }

    class Quality(models.TextChoices):
        OK = "ok", _("Sound")
        DEGENERATE = "degenerate", _("Degenerate")

    # `params` holds what its starter changed of the recipe's configuration.
    dataset = models.ForeignKey(Dataset, models.PROTECT, related_name="training_runs")
    recipe = models.CharField(_("recipe"), max_length=40)
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="training_runs"
    )
    phase = models.ForeignKey(
        Phase, models.PROTECT, null=True, blank=True, related_name="training_runs"
    )
    workload_key = models.CharField(max_length=120, blank=True)  # of a registry.WorkloadChoice
    # On the held-out part, after the last epoch: accuracy, auc, log_loss.
    metrics = models.JSONField(default=dict, blank=True)
    baselines = models.JSONField(default=dict, blank=True)  # the same by name
    quality = models.CharField(max_length=10, choices=Quality, blank=True)
    quality_code = models.CharField(max_length=40, blank=True)
    quality_details = models.JSONField(default=dict, blank=True)
    weights_sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    device = models.CharField(max_length=120, blank=True)
    device_seconds = models.FloatField(null=True, blank=True)
    report = models.JSONField(default=dict, blank=True)  # all else that the kernel tells

    class Meta(Run.Meta):
        verbose_name = _("training run")
        constraints = [
            *Run.Meta.constraints,
            models.CheckConstraint(
                condition=Q(quality__in=["", "ok", "degenerate"]), name="training_quality_known"
            ),
            models.CheckConstraint(
                condition=Q(project__isnull=False) | Q(phase__isnull=True, workload_key=""),
                name="training_phase_has_project",
            ),
            models.CheckConstraint(
                condition=Q(device_seconds__isnull=True) | Q(device_seconds__gte=0),
                name="training_device_seconds_not_negative",
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("models:training-detail", args=[self.pk])

    @classmethod
    def also_visible_to(cls, user: User) -> Q:
        """All for those who read all, else those of projects whose detail the user sees."""
        if rights.reads_all(user):
            return Q(pk__isnull=False)
        return Q(project__in=Project.objects.detail_visible_to(user).values("pk"))

    @property
    def subject(self) -> str:
        """The data set, and the project where there is one."""
        return f"{self.dataset}, {self.project}" if self.project else str(self.dataset)

    @classmethod
    def about(cls, words: str) -> Q:
        return Q(dataset__name__icontains=words) | Q(project__name__icontains=words)

    def may_be_controlled_by(self, user: User) -> bool:
        if permissions.is_administrator(user) or self.requested_by_id == user.pk:
            return True
        return self.project is not None and self.project.is_led_by(user)

    def get_outcome_display(self) -> str:  # type: ignore[no-redef]
        """The kernel's "feasible" means here that every planned epoch was trained."""
        if self.outcome == self.Outcome.FEASIBLE:
            return str(_("All epochs"))
        return str(self.Outcome(self.outcome).label) if self.outcome else ""

    def epochs(self) -> models.QuerySet[EpochMetric]:
        """The curve of the last attempt that has one (a query more); each attempt's is whole."""
        last = self.curve.aggregate(last=Max("attempt"))["last"]
        return self.curve.filter(attempt=last)

    def incumbents(self) -> Iterable[Any]:
        """None: the run's own page draws its curves."""
        return ()

    @property
    def is_degenerate(self) -> bool:
        return self.quality == self.Quality.DEGENERATE

    @property
    def epochs_done(self) -> int | None:
        done: int | None = self.report.get("epochs_done")
        return done


class EpochMetric(models.Model):
    """What one epoch brought; written while the training runs."""

    run = models.ForeignKey(TrainingRun, models.CASCADE, related_name="curve")
    attempt = models.PositiveSmallIntegerField()
    step = models.PositiveIntegerField(_("epoch"))  # from 1
    # Of the training part, means over the epoch; null where one was no finite number.
    loss = models.FloatField(null=True)
    accuracy = models.FloatField(null=True)
    # Of the held-out part, after the epoch.
    val_loss = models.FloatField(null=True)
    val_accuracy = models.FloatField(null=True)
    val_auc = models.FloatField(null=True)
    seconds = models.FloatField()
    restored = models.BooleanField(default=False)  # computed by an earlier attempt
    stored_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["run", "attempt", "step"]
        constraints = [
            models.UniqueConstraint(fields=["run", "attempt", "step"], name="epoch_metric_once"),
            models.CheckConstraint(condition=Q(step__gte=1), name="epoch_metric_from_1"),
        ]

    def __str__(self) -> str:
        return f"{self.run} {self.step}"
