"""Who did what. Events are written by services and never changed."""

from __future__ import annotations

from typing import Any, NoReturn

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from teamhub.accounts import permissions


class EventsStay(RuntimeError):
    """A bug: code tried to change or remove an event."""


def _refuse(*args: Any, **kwargs: Any) -> NoReturn:
    raise EventsStay("Events of the audit are only added. Write another event instead.")


class EventQuerySet(models.QuerySet["AuditEvent"]):
    """Reads, and adds: the other ways to write are shut."""

    def visible_to(self, user: Any) -> EventQuerySet:
        """The audit is read by administrators alone: it also holds reasons of absences."""
        return self.all() if permissions.is_administrator(user) else self.none()

    update = _refuse
    bulk_update = _refuse
    delete = _refuse
    _raw_delete = _refuse

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> Any:
        if kwargs.get("update_conflicts"):
            _refuse()
        return super().bulk_create(objs, *args, **kwargs)


class AuditEvent(models.Model):
    at = models.DateTimeField(_("at"), auto_now_add=True, db_index=True)
    # Who did something can be deactivated, not deleted: the key is part of the chain.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    by_name = models.CharField(_("by"), max_length=150, blank=True)
    address = models.GenericIPAddressField(_("address"), null=True, blank=True)
    verb = models.CharField(_("what"), max_length=60, db_index=True)
    object_type = models.CharField(max_length=80, blank=True)
    object_id = models.CharField(max_length=64, blank=True)
    object_text = models.CharField(_("object"), max_length=200, blank=True)
    before = models.JSONField(null=True, blank=True, encoder=DjangoJSONEncoder)
    after = models.JSONField(null=True, blank=True, encoder=DjangoJSONEncoder)
    reason = models.TextField(_("reason"), blank=True)
    run_id = models.CharField(max_length=36, blank=True)
    # Given by the sealer alone (audit/chain.py).
    sequence = models.PositiveBigIntegerField(null=True, blank=True, unique=True)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64, blank=True)

    objects = models.Manager.from_queryset(EventQuerySet)()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["object_type", "object_id"], name="audit_object")]
        constraints = [
            models.CheckConstraint(
                condition=Q(sequence__isnull=True, hash="", previous_hash="")
                | (Q(sequence__isnull=False) & ~Q(hash="")),
                name="audit_sealed_whole_or_not",
            )
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.object_text}".strip()

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            _refuse()
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("audit:event-detail", args=[self.pk])

    delete = _refuse

    @property
    def is_sealed(self) -> bool:
        return self.sequence is not None


class AuditHead(models.Model):
    """The end of the chain: one row, and the lock under which it grows."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    sequence = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True)
    sealed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=Q(id=1), name="audit_one_head")]

    def __str__(self) -> str:
        return f"{self.sequence} {self.hash}"
