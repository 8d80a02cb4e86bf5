"""The waiting list of a slot: who takes the work as soon as their weeks allow it."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from projects.models import Assignment, Project, WaitingPlace
from projects.selectors.plan_state import Piece, Sight
from projects.selectors.waiting import AWAITED, piece_of
from projects.services import assignments, plan
from teamhub.accounts.models import User
from teamhub.audit import services as audit
from teamhub.errors import Conflict, InvalidInput, NotAllowed

Status = WaitingPlace.Status


@transaction.atomic
def queue(piece: Piece, *, by: User, reason: str = "") -> WaitingPlace:
    """Let somebody wait for work that they have no room for; it uses none of their time."""
    project = piece.slot.phase.project
    assignments.require_editor(project, by)
    plan.check_range(piece.slot, piece.start_on, piece.end_on, piece.fte_hundredths)
    plan.lock(projects=[project.pk], people=[piece.person.pk])
    piece.person.refresh_from_db()
    findings = assignments.check(piece)
    blocking = [one for one in findings if one.blocks]
    if blocking:
        shown = [one.as_dict() for one in blocking]
        text = " ".join(one.text for one in blocking)
        raise Conflict(text, code="blocked", clashes=shown)
    if not any(one.rule in AWAITED for one in findings):
        raise Conflict(
            _("%(person)s has room in these weeks: assign them now.") % {"person": piece.person},
            code="fits_now",
        )
    if WaitingPlace.objects.waiting().filter(slot=piece.slot, person=piece.person).exists():
        raise Conflict(
            _("%(person)s is on the waiting list of this slot already.") % {"person": piece.person},
            code="waits_already",
        )
    place = WaitingPlace(
        slot=piece.slot,
        person=piece.person,
        start_on=piece.start_on,
        end_on=piece.end_on,
        fte_hundredths=piece.fte_hundredths,
        reason=reason,
        asked_by=by,
    )
    if piece_of(place, timezone.localdate()) is None:
        raise InvalidInput(_("These weeks are past; nobody can wait for them."))
    place.save()
    audit.record(by, "waiting.queue", place, after=_snapshot(place), reason=reason)
    return place


@transaction.atomic
def take(place: WaitingPlace, *, by: User, reason: str = "") -> Assignment:
    """Make an assignment of a place, by the rules of any assignment by hand."""
    place = _held(place, by)
    piece = piece_of(place, timezone.localdate())
    if piece is None:
        raise Conflict(
            _("The weeks of this place are past; take it off the list."), code="weeks_past"
        )
    reason = reason.strip() or place.reason
    # The reason of a place explains a missing skill, not that the week is too full once more.
    left = [one for one in assignments.check(piece) if one.rule in AWAITED]
    if left:
        shown = Sight.of(by).told(left)
        raise Conflict(
            " ".join(one.text for one in shown)
            + " "
            + _("The place stays on the waiting list; to overbook, assign from the slot."),
            code="not_free",
            clashes=[one.as_dict() for one in shown],
        )
    made = assignments.assign_piece(piece, by=by, reason=reason)
    _end(place, Status.TAKEN, by=by, assignment=made)
    audit.record(by, "waiting.take", place, after={"assignment": made.pk}, reason=reason)
    return made


@transaction.atomic
def drop(place: WaitingPlace, *, by: User, reason: str = "") -> WaitingPlace:
    """Take a place off the list; the plan stays as it is."""
    place = _held(place, by)
    audit.record(by, "waiting.drop", place, before=_snapshot(place), reason=reason)
    _end(place, Status.DROPPED, by=by)
    return place


def _held(place: WaitingPlace, by: User) -> WaitingPlace:
    """The place under lock, if it still waits and the user may change the project's plan."""
    project = place.slot.phase.project
    if not Project.objects.editable_by(by).filter(pk=project.pk).exists():
        raise NotAllowed(
            _("Only the lead or a deputy of %(project)s may change its waiting list.")
            % {"project": project}
        )
    plan.lock(projects=[project.pk], people=[place.person_id])
    fresh = (
        WaitingPlace.objects.select_for_update(of=("self",))
        .select_related("person__site", "slot__seat__role", "slot__phase__project__site")
        .prefetch_related("slot__skills__skill")
        .get(pk=place.pk)
    )
    if fresh.status != Status.WAITING:
        raise Conflict(
            _("This place is no longer on the list: it has been %(status)s.")
            % {"status": fresh.get_status_display()},
            code="gone",
        )
    return fresh


def _end(
    place: WaitingPlace, status: str, *, by: User, assignment: Assignment | None = None
) -> None:
    place.status, place.assignment = status, assignment
    place.ended_by, place.ended_at = by, timezone.now()
    place.save(update_fields=["status", "assignment", "ended_by", "ended_at"])


def _snapshot(place: WaitingPlace) -> dict[str, Any]:
    return {
        "slot": place.slot_id,
        "person": place.person_id,
        "start_on": place.start_on.isoformat(),
        "end_on": place.end_on.isoformat(),
        "fte_hundredths": place.fte_hundredths,
    }
