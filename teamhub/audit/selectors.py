"""What the audit page offers and shows."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import QuerySet
from django.utils import timezone

from teamhub.audit.models import AuditEvent, AuditHead


def verbs() -> list[tuple[str, str]]:
    """The verbs that occur."""
    found = AuditEvent.objects.order_by("verb").values_list("verb", flat=True).distinct()
    return [(verb, verb) for verb in found]


def object_types() -> list[tuple[str, str]]:
    """The kinds of object that occur."""
    kinds = AuditEvent.objects.exclude(object_type="").order_by("object_type")
    return [(kind, kind) for kind in kinds.values_list("object_type", flat=True).distinct()]


def from_day(events: QuerySet[AuditEvent], day: Any) -> QuerySet[AuditEvent]:
    return events.filter(at__gte=_start_of(day))


def to_day(events: QuerySet[AuditEvent], day: Any) -> QuerySet[AuditEvent]:
    return events.filter(at__lt=_start_of(day + timedelta(days=1)))


def _start_of(day: Any) -> datetime:
    """Midnight in the time zone of who asks."""
    return datetime.combine(day, time(), tzinfo=timezone.get_current_timezone()).astimezone(UTC)


@dataclass(frozen=True)
class ChainState:
    sealed: int
    waiting: int
    hash: str


def chain_state() -> ChainState:
    """The end of the chain, for the page; `manage.py audit_verify` is what checks it."""
    head = AuditHead.objects.first()
    waiting = AuditEvent.objects.filter(sequence__isnull=True).count()
    return ChainState(head.sequence if head else 0, waiting, head.hash if head else "")


@dataclass(frozen=True)
class Change:
    """One field before and after."""

    field: str
    before: str
    after: str
    differs: bool


def changes(event: AuditEvent) -> list[Change]:
    """The fields that the event names, those that changed first."""
    before, after = event.before or {}, event.after or {}
    names = list(dict.fromkeys([*before, *after]))
    rows = [
        Change(
            name,
            _text(before.get(name)),
            _text(after.get(name)),
            before.get(name) != after.get(name),
        )
        for name in names
    ]
    return sorted(rows, key=lambda row: not row.differs)


def as_json(value: Any) -> str:
    """A cell of the export: nothing stays nothing."""
    return "" if value is None else json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return as_json(value)
