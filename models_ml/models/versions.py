"""What a training leaves: a model version with its files, and the names under which one serves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from models_ml import rights
from models_ml.models.training import TrainingRun
from projects.models import Project
from teamhub.accounts import permissions
from teamhub.accounts.models import User


class ModelVersionQuerySet(models.QuerySet["ModelVersion"]):
    def visible_to(self, user: User) -> ModelVersionQuerySet:
        """Those of the training runs that the user sees."""
        if not user.is_authenticated or not permissions.has_scope(user, "read"):
            return self.none()
        return self.filter(run__in=TrainingRun.objects.visible_to(user).values("pk"))


class ModelVersion(models.Model):
    """The model of one training run, numbered within its recipe and project."""

    class Status(models.TextChoices):
        CANDIDATE = "candidate", _("Candidate")
        APPROVED = "approved", _("Approved")
        RETIRED = "retired", _("Retired")

    run = models.OneToOneField(TrainingRun, models.PROTECT, related_name="version")
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="model_versions"
    )
    recipe = models.CharField(_("recipe"), max_length=40)
    number = models.PositiveIntegerField(_("version"))
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.CANDIDATE)
    weights_sha256 = models.CharField(_("weights"), max_length=64, db_index=True)
    seed = models.PositiveIntegerField(_("seed"))
    code_version = models.CharField(_("code version"), max_length=60)
    library_versions = models.JSONField(_("libraries"), default=dict)
    files = models.JSONField(_("files"), default=list)  # name, sha256, bytes; in MODEL_DIR
    card = models.TextField(_("model card"), blank=True)
    created_at = models.DateTimeField(_("made"), auto_now_add=True)

    objects = ModelVersionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("model version")
        verbose_name_plural = _("model versions")
        constraints = [
            models.UniqueConstraint(
                fields=["project", "recipe", "number"], name="model_version_once_in_project"
            ),
            models.UniqueConstraint(
                fields=["recipe", "number"],
                condition=Q(project__isnull=True),
                name="model_version_once_without_project",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["candidate", "approved", "retired"]),
                name="model_version_status_known",
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="model_version_from_1"),
        ]

    def __str__(self) -> str:
        return f"{self.recipe} {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("models:version-detail", args=[self.pk])

    @property
    def badge(self) -> str:
        """The tone of the status, as components/_badge.html knows it."""
        return {"candidate": "proposed", "approved": "good", "retired": "neutral"}[self.status]

    @property
    def folder(self) -> Path:
        return Path(settings.MODEL_DIR) / str(self.run_id)

    def file(self, name: str) -> dict[str, Any] | None:
        """What is recorded of one of its files."""
        return next((one for one in self.files if one["name"] == name), None)

    def may_be_decided_by(self, user: User) -> bool:
        """Promote and retire: the lead of its project or a deputy, and administrators."""
        if not permissions.has_scope(user, "write"):
            return False
        if permissions.is_administrator(user):
            return True
        return self.project is not None and self.project.is_led_by(user)

    def may_be_taken_by(self, user: User) -> bool:
        """Download its files: who may train, or may decide on it."""
        return rights.may_train(user) or (self.project is not None and self.project.is_led_by(user))


class Alias(models.Model):
    """Which version serves under a name, of one project or everywhere, from when to when."""

    class Name(models.TextChoices):
        CHAMPION = "champion", _("Champion")
        CHALLENGER = "challenger", _("Challenger")

    name = models.CharField(_("name"), max_length=10, choices=Name)
    # Null: everywhere, in place of a project's own.
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="model_aliases"
    )
    version = models.ForeignKey(ModelVersion, models.PROTECT, related_name="aliases")
    set_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("set by"))
    set_at = models.DateTimeField(_("since"), auto_now_add=True)
    reason = models.CharField(_("reason"), max_length=300)
    ended_at = models.DateTimeField(_("until"), null=True, blank=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-set_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "name"],
                condition=Q(ended_at__isnull=True),
                name="alias_once_in_project",
            ),
            models.UniqueConstraint(
                fields=["name"],
                condition=Q(ended_at__isnull=True, project__isnull=True),
                name="alias_once_everywhere",
            ),
            models.CheckConstraint(
                condition=Q(name__in=["champion", "challenger"]), name="alias_name_known"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="alias_end_has_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_name_display()}: {self.version}"
