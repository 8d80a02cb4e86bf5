"""Put somebody into a slot: plainly, overbooked, waiting, by moving their work, or split in two."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import chain
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from projects.models import Assignment, PlanChange, WaitingPlace
from projects.selectors.giving_way import Cut, Room, clashes, make_room
from projects.selectors.plan_state import Finding, Piece, Sight, budget_mark, state_for
from projects.selectors.slot_choices import Choice, options, way_out
from projects.services import assignments, plan, waiting
from roles.models import Person
from teamhub import weeks
from teamhub.accounts.models import User
from teamhub.audit import services as audit
from teamhub.errors import Conflict, InvalidInput, Stale


@dataclass
class Placed:
    """What became of a choice: one plan change, or a place on the waiting list."""

    change: PlanChange | None = None
    made: list[Assignment] = field(default_factory=list)
    cuts: list[Cut] = field(default_factory=list)
    waiting: WaitingPlace | None = None


def choose(
    piece: Piece,
    *,
    choice: Choice,
    by: User,
    reason: str = "",
    second: Person | None = None,
    split_on: date | None = None,
    second_hundredths: int | None = None,
    seen: Mapping[int, int] | None = None,
) -> Placed:
    """Do what was chosen, as the functions below say."""
    if choice is Choice.OVERBOOK:
        return overbook(piece, by=by, reason=reason)
    if choice is Choice.QUEUE:
        return queue(piece, by=by, reason=reason)
    if choice is Choice.MOVE:
        return make_way(piece, by=by, reason=reason, seen=seen)
    if choice is Choice.SPLIT:
        if second is None:
            raise InvalidInput(_("Choose the second person."))
        return split(
            piece,
            second=second,
            by=by,
            split_on=split_on,
            second_hundredths=second_hundredths,
            reason=reason,
        )
    return assign_plain(piece, by=by)


def assign_plain(piece: Piece, *, by: User) -> Placed:
    """Assign where nothing stands in the way; otherwise say what does, and what can be chosen."""
    try:
        made = assignments.assign_piece(piece, by=by, reason="")
    except Conflict as refusal:
        if refusal.code == "needs_reason":
            offered = [choice.value for choice in options(piece, user=by).possible]
            raise Conflict(
                _("Something stands in the way; choose what to do about it."),
                code="needs_choice",
                choices=offered,
                **refusal.details,
            ) from refusal
        raise
    return Placed(change_of(made), [made])


def overbook(piece: Piece, *, by: User, reason: str) -> Placed:
    """Assign against rules that only warn; the reason stays with the assignment."""
    made = assignments.assign_piece(piece, by=by, reason=reason)
    return Placed(change_of(made), [made])


def queue(piece: Piece, *, by: User, reason: str = "") -> Placed:
    return Placed(waiting=waiting.queue(piece, by=by, reason=reason))


@transaction.atomic
def make_way(
    piece: Piece, *, by: User, reason: str = "", seen: Mapping[int, int] | None = None
) -> Placed:
    """Shorten or end the person's clashing work and assign, as one change.

    `seen` are the assignments that give way, with their versions, as the user was told; another
    set by now is refused.
    """
    project = piece.slot.phase.project
    assignments.require_editor(project, by)
    plan.check_range(piece.slot, piece.start_on, piece.end_on, piece.fte_hundredths)
    plan.require_ahead(piece.slot, piece.end_on)
    work = clashes([piece.person], piece.start_on, piece.end_on, user=by)
    near = {one.assignment.slot.phase.project_id for one in work.get(piece.person.pk, ())}
    plan.lock(projects={project.pk, *near}, people=[piece.person.pk])
    piece.person.refresh_from_db()
    state = state_for([piece])
    work = clashes([piece.person], piece.start_on, piece.end_on, user=by)
    room = make_room(piece, state, work.get(piece.person.pk, []))
    _require_room(piece, room, by)
    _require_seen(room, seen)
    if not {cut.assignment.slot.phase.project_id for cut in room.cuts} <= {project.pk, *near}:
        raise Conflict(_("Their work changed just now; look again."), code="changed_since")
    findings = state.findings(piece)
    _weigh(findings, reason=reason, by=by, room=room)
    edit = plan.PlanEdit(kind=PlanChange.Kind.HAND, by=by, reason=reason)
    for cut in room.cuts:
        _give_way(cut, edit, by=by, reason=reason)
    made = _add(edit, piece, findings, by=by, reason=reason)
    return Placed(edit.write(), [made], room.cuts)


def _require_room(piece: Piece, room: Room, by: User) -> None:
    if not room.cuts and room.is_enough:
        raise Conflict(
            _("%(person)s has room in these weeks; nothing needs to give way.")
            % {"person": piece.person},
            code="fits_now",
        )
    if room.is_enough:
        return
    if piece.person.pk not in Sight.of(by).loads:  # neither which weeks, nor whose work
        text = _("%(person)s has no room in some of these weeks.") % {"person": piece.person}
        text += " " + _("Choose other weeks or less effort.")
        code = "ask_others" if room.stuck else "no_room"
        raise Conflict(text, code=code, leads=room.leads, weeks=[])
    words = {"person": piece.person, "weeks": ", ".join(room.short)}
    if room.stuck:
        asked = ", ".join(room.leads)
        text = _("What %(person)s does in %(weeks)s is not yours to move.") % words
        text += " " + (
            _("Ask %(leads)s, or choose other weeks.") % {"leads": asked}
            if asked
            else _("Choose other weeks or less effort.")
            if room.is_hidden
            else _("Another lead has been asked for it; wait for the answer.")
        )
        raise Conflict(text, code="ask_others", leads=room.leads, weeks=room.short)
    text = _("Even without other work %(person)s has too little time in %(weeks)s.") % words
    text += " " + _("Choose other weeks or less effort.")
    raise Conflict(text, code="no_room", weeks=room.short)


def _require_seen(room: Room, seen: Mapping[int, int] | None) -> None:
    now = {cut.assignment.pk: cut.assignment.version for cut in room.cuts}
    if seen is not None and dict(seen) != now:
        raise Stale(
            _("The work that would give way changed since you read it. Look at it again."),
            gives_way=[{"id": pk, "version": version} for pk, version in now.items()],
        )


def _give_way(cut: Cut, edit: plan.PlanEdit, *, by: User, reason: str) -> None:
    """Take the weeks out of the assignment; what lies behind them becomes one of its own."""
    one = cut.assignment
    before = plan.snapshot(one)
    override = cut.clash.mark or None
    passed = {"override": override} if override else {}
    if not cut.keeps:
        audit.record(by, "assignment.remove", one, before=before, after=passed, reason=reason)
        edit.end(one)
        edit.note(one.pk, override=override)
        return
    (start_on, end_on), *behind = cut.keeps
    kept = Piece.of(one)
    edit.alter(one, start_on=start_on, end_on=end_on)
    edit.note(one.pk, override=override)
    after = plan.snapshot(one) | passed
    audit.record(by, "assignment.change", one, before=before, after=after, reason=reason)
    for start_on, end_on in behind:
        rest = edit.add(
            replace(kept, start_on=start_on, end_on=end_on),
            status=one.status,
            locked=one.locked,
            reason=one.reason,
        )
        audit.record(by, "assignment.create", rest, after=plan.snapshot(rest), reason=reason)


@transaction.atomic
def split(
    piece: Piece,
    *,
    second: Person,
    by: User,
    split_on: date | None = None,
    second_hundredths: int | None = None,
    reason: str = "",
) -> Placed:
    """Give the work to two people, as one change.

    Either the second takes over from the Monday `split_on`, or both work in all weeks and the
    second takes `second_hundredths` of the effort.
    """
    pieces = _halves(piece, second, split_on, second_hundredths)
    project = piece.slot.phase.project
    assignments.require_editor(project, by)
    for one in pieces:
        plan.check_range(one.slot, one.start_on, one.end_on, one.fte_hundredths)
        plan.require_ahead(one.slot, one.end_on)
    plan.lock(projects=[project.pk], people=[piece.person.pk, second.pk])
    for one in pieces:
        one.person.refresh_from_db()
    state = state_for(pieces)
    found: list[list[Finding]] = []
    for one in pieces:
        found.append(state.findings(one))
        state.add(one)
    _weigh(chain.from_iterable(found), reason=reason, by=by)
    edit = plan.PlanEdit(kind=PlanChange.Kind.HAND, by=by, reason=reason)
    made = [
        _add(edit, one, findings, by=by, reason=reason)
        for one, findings in zip(pieces, found, strict=True)
    ]
    return Placed(edit.write(), made)


def _halves(
    piece: Piece, second: Person, split_on: date | None, second_hundredths: int | None
) -> list[Piece]:
    if second.pk == piece.person.pk:
        raise InvalidInput(_("Choose two different people to split the work."))
    if (split_on is None) == (second_hundredths is None):
        raise InvalidInput(
            _("Say either from which week the second person takes over, or which share they take.")
        )
    if split_on is not None:
        if not (weeks.is_monday(split_on) and piece.start_on < split_on < piece.end_on):
            raise InvalidInput(
                _("The second person takes over on a Monday between %(start)s and %(end)s.")
                % {"start": piece.start_on, "end": piece.end_on}
            )
        first = replace(piece, end_on=split_on)
        return [first, replace(piece, person=second, start_on=split_on)]
    if second_hundredths is None or not 1 <= second_hundredths < piece.fte_hundredths:
        raise InvalidInput(
            _("The second person's share must lie between 0.01 and less than %(whole).2f FTE.")
            % {"whole": piece.fte_hundredths / 100}
        )
    first = replace(piece, fte_hundredths=piece.fte_hundredths - second_hundredths)
    return [first, replace(piece, person=second, fte_hundredths=second_hundredths)]


def _add(
    edit: plan.PlanEdit, piece: Piece, findings: list[Finding], *, by: User, reason: str
) -> Assignment:
    made = edit.add(piece, status=Assignment.Status.CONFIRMED, locked=True, reason=reason)
    mark = budget_mark(findings)
    edit.note(made.pk, **mark)
    audit.record(by, "assignment.create", made, after=plan.snapshot(made) | mark, reason=reason)
    return made


def _weigh(findings: Iterable[Finding], *, reason: str, by: User, room: Room | None = None) -> None:
    """Refuse what blocks, with the way out; a reason is needed for what warns, and for locks."""
    sight = Sight.of(by)
    found = sight.told(findings)
    details: dict[str, Any] = {"clashes": [one.as_dict(with_money=sight.money) for one in found]}
    blocking = [one for one in found if one.blocks]
    if blocking:
        words = [f"{one.text} {way_out(one)}".strip() for one in blocking]
        raise Conflict(" ".join(words), code="blocked", **details)
    if reason.strip():
        return
    if found:
        raise Conflict(
            _("This breaks rules that only warn. Give a reason to do it all the same."),
            code="needs_reason",
            **details,
        )
    if room is not None and room.needs_reason:
        names = ", ".join(cut.clash.name for cut in room.cuts if cut.clash.mark)
        raise Conflict(
            _("Somebody chose this work on purpose: %(names)s. Say why it gives way.")
            % {"names": names},
            code="needs_reason",
            **details,
        )


def change_of(made: Assignment) -> PlanChange:
    """The plan change that a new assignment came with."""
    return PlanChange.objects.filter(lines__assignment_id=made.pk).latest("pk")
