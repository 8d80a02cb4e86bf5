"""Checklist items of a phase, and every tick and untick of them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from projects.models.project import Phase, Project
from roles.models import Person, Role
from teamhub.accounts.models import User
from teamhub.names import in_active_language


class ChecklistItemQuerySet(models.QuerySet["ChecklistItem"]):
    def visible_to(self, user: User) -> ChecklistItemQuerySet:
        return self.filter(phase__project__in=Project.objects.detail_visible_to(user))

    def open(self) -> ChecklistItemQuerySet:
        return self.filter(done_at__isnull=True)


class ChecklistItem(models.Model):
    class Evidence(models.TextChoices):
        NONE = "none", _("none")
        NOTE = "note", _("note")
        LINK = "link", _("link")

    project = models.ForeignKey(Project, models.CASCADE, related_name="checklist_items")
    phase = models.ForeignKey(Phase, models.CASCADE, related_name="checklist_items")
    key = models.CharField(_("key"), max_length=20)  # such as REC-42, unique in its project
    text_en = models.CharField(_("text"), max_length=300)
    text_zh = models.CharField(max_length=300, blank=True)
    mandatory = models.BooleanField(_("mandatory"), default=True)
    role = models.ForeignKey(Role, models.PROTECT, null=True, blank=True, related_name="+")
    assignee = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="checklist_items"
    )
    evidence = models.CharField(max_length=4, choices=Evidence, default=Evidence.NONE)
    position = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    done_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    note = models.TextField(_("note"), blank=True)
    link = models.URLField(_("link"), max_length=500, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = ChecklistItemQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["phase", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["project", "key"], name="checklist_key_once"),
            models.CheckConstraint(
                condition=models.Q(done_at__isnull=True, done_by__isnull=True)
                | models.Q(done_at__isnull=False, done_by__isnull=False),
                name="checklist_done_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.text}"

    @property
    def text(self) -> str:
        return in_active_language(self.text_en, self.text_zh)

    @property
    def is_done(self) -> bool:
        return self.done_at is not None


class ChecklistTick(models.Model):
    """One tick or untick. The idempotency key makes a repeated request harmless."""

    item = models.ForeignKey(ChecklistItem, models.CASCADE, related_name="ticks")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    done = models.BooleanField()
    note = models.TextField(blank=True)
    link = models.URLField(max_length=500, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    idempotency_key = models.CharField(max_length=80, null=True, blank=True)  # noqa: DJ001 (unique)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "by", "idempotency_key"], name="checklist_tick_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.item.key} {'✓' if self.done else '○'} {self.by}"
