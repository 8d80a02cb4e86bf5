"""The chain over the events: the sealer adds to it, `verify` reads it back.

Events are written unsealed, each in its own transaction, and those end in any order. So numbers are
given afterwards, to committed events only, under the lock of the head row. Every event carries a
hash over all its fields, its number and the hash before it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from teamhub.audit.models import AuditEvent, AuditHead

GENESIS = "0" * 64  # what stands before the first event
BATCH = 500

# Django's plain manager: the sealer alone goes past the guards of `AuditEvent.objects`.
_events = AuditEvent._base_manager


class ChainBroken(RuntimeError):
    """The sealer does not add to a chain whose end is gone."""


def digest(event: AuditEvent, sequence: int, previous: str) -> str:
    """Return the sha256 of the event at this place of the chain."""
    content = {
        "sequence": sequence,
        "previous": previous,
        "id": event.pk,
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "by": event.by_id,
        "by_name": event.by_name,
        "address": event.address,
        "verb": event.verb,
        "object_type": event.object_type,
        "object_id": event.object_id,
        "object_text": event.object_text,
        "before": event.before,
        "after": event.after,
        "reason": event.reason,
        "run_id": event.run_id,
    }
    text = json.dumps(content, cls=DjangoJSONEncoder, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


# --- the sealer -----------------------------------------------------------------------------------


def seal() -> int:
    """Seal every committed event and return how many; safe to call from two processes at once."""
    sealed = 0
    # Asked outside of a transaction: most passes find nothing and must not take SQLite's lock.
    while _events.filter(sequence__isnull=True).exists():
        n = _seal_batch()
        sealed += n
        if n < BATCH:
            break
    return sealed


@transaction.atomic
def _seal_batch() -> int:
    head = _locked_head()
    waiting = list(_events.filter(sequence__isnull=True).order_by("pk")[:BATCH])
    sequence, previous = head.sequence, head.hash or GENESIS
    for event in waiting:
        sequence += 1
        its_hash = digest(event, sequence, previous)
        changed = _events.filter(pk=event.pk, sequence__isnull=True).update(
            sequence=sequence, previous_hash=previous, hash=its_hash
        )
        if changed != 1:
            raise ChainBroken(f"event {event.pk} was sealed or removed while the head was locked")
        previous = its_hash
    if waiting:
        head.sequence, head.hash = sequence, previous
        head.save(update_fields=["sequence", "hash", "sealed_at"])
    return len(waiting)


def _locked_head() -> AuditHead:
    """Lock the head row; make it when there is no chain yet."""
    heads = AuditHead.objects.select_for_update()
    head = heads.first()
    if head is None and not _events.filter(sequence__isnull=False).exists():
        AuditHead.objects.bulk_create([AuditHead()], ignore_conflicts=True)
    # Asked again: the sealed events may be those of another sealer that has just made the head.
    head = head or heads.first()
    if head is None:
        raise ChainBroken("the head of the audit chain is gone: run manage.py audit_verify")
    return head


# --- the check ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Anchor:
    """A hash that somebody kept elsewhere, with its number where that is known."""

    hash: str
    sequence: int | None = None


@dataclass
class Report:
    sealed: int = 0
    unsealed: int = 0
    head_sequence: int = 0
    head_hash: str = ""
    findings: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        return not self.findings


def verify(anchor: Anchor | None = None) -> Report:
    """Recompute the whole chain and name what is not as the sealer left it.

    The head is read first: what is sealed meanwhile lies behind it and is left to the next check.
    """
    head = AuditHead.objects.first()
    report = Report(unsealed=_events.filter(sequence__isnull=True).count())
    if head is not None:
        report.head_sequence, report.head_hash = head.sequence, head.hash
    _walk(report)
    _check_beyond(report)
    if anchor is not None:
        _check_anchor(report, anchor)
    return report


def _walk(report: Report) -> None:
    """Follow the chain up to the head, comparing each event with the hash stored before it."""
    expected, previous = 1, GENESIS
    chain = _events.filter(sequence__lte=report.head_sequence).order_by("sequence")
    for event in chain.iterator(chunk_size=2000):
        report.sealed += 1
        sequence = event.sequence or 0
        if sequence > expected:
            report.findings.append(_missing(expected, sequence - 1))
        elif event.previous_hash != previous:
            report.findings.append(
                _("Event %(sequence)d (%(what)s) does not follow the event before it.")
                % {"sequence": sequence, "what": _name(event)}
            )
        if digest(event, sequence, event.previous_hash) != event.hash:
            report.findings.append(
                _("Event %(sequence)d (%(what)s) was changed or moved from its place.")
                % {"sequence": sequence, "what": _name(event)}
            )
        expected, previous = sequence + 1, event.hash
    if expected <= report.head_sequence:
        report.findings.append(_missing(expected, report.head_sequence))
    elif report.head_sequence and previous != report.head_hash:
        report.findings.append(
            _("The last event does not have the hash of the head: the end was written anew.")
        )


def _check_beyond(report: Report) -> None:
    """Find numbers that the sealer never gave; read the numbers first, for it may be at work."""
    last = _events.aggregate(last=Max("sequence"))["last"] or 0
    head = AuditHead.objects.first()
    if last > (head.sequence if head else 0):
        report.findings.append(
            _("Events up to %(last)d are numbered, but the head ends at %(head)d.")
            % {"last": last, "head": head.sequence if head else 0}
        )


def _check_anchor(report: Report, anchor: Anchor) -> None:
    kept = _events.filter(hash=anchor.hash, sequence__isnull=False).first()
    if kept is None:
        report.findings.append(
            _("The anchor %(hash)s is no event of this chain: it was written anew or cut.")
            % {"hash": anchor.hash}
        )
    elif anchor.sequence not in {None, kept.sequence}:
        report.findings.append(
            _("The anchor was event %(was)d, but is event %(now)d of this chain.")
            % {"was": anchor.sequence, "now": kept.sequence}
        )


def _missing(first: int, last: int) -> str:
    if first == last:
        return _("Event %(sequence)d was removed.") % {"sequence": first}
    return _("Events %(first)d to %(last)d were removed.") % {"first": first, "last": last}


def _name(event: Any) -> str:
    return f"id {event.pk}, {event.at:%Y-%m-%d %H:%M:%S}, {event.by_name or '–'}, {event.verb}"
