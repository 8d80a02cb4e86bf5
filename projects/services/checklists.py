"""Tick and untick checklist items, and add items."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from projects.models import Assignment, ChecklistItem, ChecklistTick, Phase, Project
from projects.services import templates
from projects.services.history import sign
from projects.services.phases import locked as locked_phase
from roles.models import Person, Role, Side
from teamhub.accounts import permissions
from teamhub.accounts.groups import Group
from teamhub.accounts.models import User
from teamhub.audit import services as audit
from teamhub.errors import Conflict, InvalidInput, NotAllowed

MAX_NOTE = 4000  # characters
MAX_REASON = 300
MAX_KEY = 80
_is_link = URLValidator(schemes=["http", "https"])


def tickable_phases(user: User) -> Any:
    """Ids of the phases whose items this user may tick, as a subquery."""
    if not user.is_authenticated or not permissions.has_scope(user, "write"):
        return Phase.objects.none().values("pk")
    steered = Phase.objects.filter(project__in=Project.objects.editable_by(user))
    held = Assignment.objects.filter(person__user=user)
    works = permissions.in_group(
        user, Group.ENGINEER, Group.ML_ENGINEER, Group.MANAGER, Group.PLANNER
    )
    reviews = permissions.in_group(user, Group.REVIEWER, Group.LEGAL)
    if not works and not reviews:
        return steered.values("pk")
    if not works:
        held = held.filter(slot__seat__role__side=Side.REVIEW)
    return (steered | Phase.objects.filter(pk__in=held.values("slot__phase"))).values("pk")


def may_tick(user: User, phase: Phase) -> bool:
    return Phase.objects.filter(pk=phase.pk, pk__in=tickable_phases(user)).exists()


@transaction.atomic
def tick(
    item: ChecklistItem,
    *,
    by: User,
    note: str = "",
    link: str = "",
    idempotency_key: str | None = None,
) -> ChecklistItem:
    """Mark an item as done, with the evidence that it asks for."""
    note, link = _clean_note(note), _clean_link(link)
    sent = {"done": True, "note": note, "link": link}
    item, repeated = _held(item, by=by, idempotency_key=idempotency_key, sent=sent)
    if repeated:
        return item
    if item.done_at is not None:
        if (note or item.note, link or item.link) == (item.note, item.link):
            return item
        raise Conflict(
            _("%(item)s is done already, by %(user)s. Untick it before you write another note.")
            % {"item": item.key, "user": item.done_by},
            code="already_done",
        )
    _check_evidence(item, note, link)
    before = _snapshot(item)
    item.done_at, item.done_by = timezone.now(), by
    item.note, item.link = note, link
    _save(item, by)
    ChecklistTick.objects.create(
        item=item, by=by, done=True, note=note, link=link, idempotency_key=idempotency_key
    )
    audit.record(by, "item.tick", item, before=before, after=_snapshot(item))
    return item


@transaction.atomic
def untick(
    item: ChecklistItem, *, by: User, reason: str, idempotency_key: str | None = None
) -> ChecklistItem:
    """Open a done item again and keep the reason."""
    reason = _without_nul(reason)
    if not reason:
        raise InvalidInput(_("Say why the item is open again."), field="reason")
    if len(reason) > MAX_REASON:
        raise InvalidInput(
            _("The reason is too long: at most %(most)d characters.") % {"most": MAX_REASON},
            field="reason",
        )
    sent = {"done": False, "reason": reason}
    item, repeated = _held(item, by=by, idempotency_key=idempotency_key, sent=sent)
    if repeated:
        return item
    if item.done_at is None:
        raise Conflict(_("%(item)s is not ticked.") % {"item": item.key}, code="not_done")
    before = _snapshot(item)
    item.done_at = item.done_by = None
    item.note = item.link = ""
    _save(item, by)
    ChecklistTick.objects.create(
        item=item, by=by, done=False, reason=reason, idempotency_key=idempotency_key
    )
    audit.record(by, "item.untick", item, before=before, after=_snapshot(item), reason=reason)
    return item


@transaction.atomic
def add_item(
    phase: Phase,
    *,
    text: str,
    by: User,
    mandatory: bool = False,
    evidence: str = ChecklistItem.Evidence.NONE,
    role: Role | None = None,
    assignee: Person | None = None,
) -> ChecklistItem:
    """Add an item to a phase under the next free short key."""
    phase = locked_phase(phase, by=by)
    if phase.is_closed:
        raise Conflict(_closed(phase), code="phase_closed")
    text = _without_nul(text)
    if not text or len(text) > 300:
        raise InvalidInput(_("Write what is to be done, in at most 300 characters."), field="text")
    if evidence not in ChecklistItem.Evidence.values:
        raise InvalidInput(
            _("The evidence is one of: %(kinds)s.")
            % {"kinds": ", ".join(ChecklistItem.Evidence.values)},
            field="evidence",
        )
    keys = list(ChecklistItem.objects.filter(project=phase.project).values_list("key", flat=True))
    item = ChecklistItem(
        project=phase.project,
        phase=phase,
        key=next_key(keys, phase.number, item_prefix(phase.project)),
        text_en=text,
        mandatory=mandatory,
        evidence=evidence,
        role=role,
        assignee=assignee,
        position=len(keys),
    )
    sign(item, by)
    item.save()
    audit.record(by, "item.add", item, after=_snapshot(item) | {"text": text})
    return item


def item_prefix(project: Project) -> str:
    """The letters before the number: the domain's, else from the project's key."""
    for domain in templates.domains():
        if domain.key == project.domain:
            return domain.item_prefix
    letters = re.sub(r"[^A-Z]", "", project.key.upper())
    return letters[:3] or "ITM"


def next_key(taken: list[str], phase_number: int, prefix: str) -> str:
    """The key after the highest of the phase: REC-42 after REC-41 (its first digit: the phase)."""
    pattern = re.compile(rf"{re.escape(prefix)}-{phase_number}(\d+)")
    numbers = [int(match[1]) for key in taken if (match := pattern.fullmatch(key))]
    return f"{prefix}-{phase_number}{max(numbers, default=0) + 1}"


def _held(
    item: ChecklistItem, *, by: User, idempotency_key: str | None, sent: dict[str, Any]
) -> tuple[ChecklistItem, bool]:
    """The item under lock, and whether this very request was answered before.

    A key that came with something else before is a mistake of the program that sends it.
    """
    if idempotency_key is not None and not 1 <= len(idempotency_key) <= MAX_KEY:
        raise InvalidInput(
            _("idempotency_key has 1 to %(most)d characters.") % {"most": MAX_KEY},
            field="idempotency_key",
        )
    fresh = (
        ChecklistItem.objects.select_for_update(of=("self",))
        .select_related("phase", "project")
        .get(pk=item.pk)
    )
    # A share of the phase's row: closing it must wait for this tick, or this tick for the closing.
    phase = Phase.objects.select_for_update(of=("self",)).get(pk=fresh.phase_id)
    if not may_tick(by, phase):
        raise NotAllowed(
            _(
                "Only the lead, the deputies and the people of this phase tick its items; "
                "you hold no assignment in “%(phase)s”."
            )
            % {"phase": phase.name}
        )
    if idempotency_key is None:
        known = None
    else:
        known = ChecklistTick.objects.filter(
            item=fresh, by=by, idempotency_key=idempotency_key
        ).first()
    if known is not None and any(getattr(known, name) != value for name, value in sent.items()):
        raise Conflict(
            _("This idempotency_key came with another request before. Send a new one."),
            code="idempotency_key_reused",
            field="idempotency_key",
        )
    if known is not None:
        return fresh, True
    if phase.is_closed:
        raise Conflict(_closed(phase), code="phase_closed")
    return fresh, False


def _closed(phase: Phase) -> str:
    return _(
        "“%(phase)s” is closed; its checklist stays as it is. The lead can reopen the phase."
    ) % {"phase": phase.name}


def _check_evidence(item: ChecklistItem, note: str, link: str) -> None:
    if item.evidence == ChecklistItem.Evidence.NOTE and not note:
        raise InvalidInput(
            _("%(item)s needs a note: write what was done or decided.") % {"item": item.key},
            code="note_needed",
            field="note",
        )
    if item.evidence == ChecklistItem.Evidence.LINK and not link:
        raise InvalidInput(
            _("%(item)s needs a link to its evidence.") % {"item": item.key},
            code="link_needed",
            field="link",
        )


def _clean_note(note: str) -> str:
    note = _without_nul(note)
    if len(note) > MAX_NOTE:
        raise InvalidInput(
            _("The note is too long: at most %(most)d characters.") % {"most": MAX_NOTE},
            field="note",
        )
    return note


def _clean_link(link: str) -> str:
    link = _without_nul(link)
    if not link:
        return ""
    try:
        _is_link(link)
    except ValidationError:
        raise InvalidInput(
            _("This is not a link. Write it with https:// or http:// at its start."), field="link"
        ) from None
    if len(link) > 500:
        raise InvalidInput(_("The link is too long: at most 500 characters."), field="link")
    return link


def _without_nul(text: str) -> str:
    return text.replace("\0", "").strip()


def _save(item: ChecklistItem, by: User) -> None:
    item.version += 1
    sign(item, by)
    item.save()


def _snapshot(item: ChecklistItem) -> dict[str, Any]:
    return {
        "key": item.key,
        "done": item.is_done,
        "by": item.done_by.username if item.done_by else None,
        "note": item.note,
        "link": item.link,
    }
