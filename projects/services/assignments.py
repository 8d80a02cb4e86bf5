"""Assign, change and remove by hand. Most rules warn and keep the reason; two block."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from projects.models import Assignment, PlanChange, Project, Slot, StaffingRequest
from projects.selectors.plan_state import Finding, Piece, Sight, budget_mark, state_for
from projects.services import plan
from projects.services.overrides import overrides, words
from roles.models import Person
from teamhub.accounts.models import User
from teamhub.audit import services as audit
from teamhub.errors import Conflict, InvalidInput, NotAllowed, Stale

Status = Assignment.Status


def read_slot(slot_id: int) -> Slot:
    """A slot with all that the rules ask of it."""
    return (
        Slot.objects.select_related("seat__role", "phase__project__site")
        .prefetch_related("skills__skill")
        .get(pk=slot_id)
    )


def require_editor(project: Project, by: User) -> None:
    if not Project.objects.editable_by(by).filter(pk=project.pk).exists():
        raise NotAllowed(
            _("Only the lead or a deputy of %(project)s may change its plan.")
            % {"project": project}
        )


def check(piece: Piece, *, without: Assignment | None = None) -> list[Finding]:
    """What this piece of work would break today (`without`: the assignment that it replaces)."""
    state = state_for([piece] if without is None else [piece, Piece.of(without)])
    if without is not None:
        state.remove(Piece.of(without))
    return state.findings(piece)


@transaction.atomic
def assign(
    *,
    slot: Slot,
    person: Person,
    by: User,
    start_on: date | None = None,
    end_on: date | None = None,
    fte_hundredths: int | None = None,
    status: str = Status.CONFIRMED,
    locked: bool = True,
    reason: str = "",
    records_past: bool = False,
) -> Assignment:
    """Put a person into a slot. What a lead chose by hand is locked until they say otherwise.

    Weeks that are over are refused unless the caller records what was (`records_past`).
    """
    slot = read_slot(slot.pk)
    require_editor(slot.phase.project, by)
    start_on, end_on = start_on or slot.start_on, end_on or slot.end_on
    fte_hundredths = slot.fte_hundredths if fte_hundredths is None else fte_hundredths
    plan.check_range(slot, start_on, end_on, fte_hundredths)
    if not records_past:
        plan.require_ahead(slot, end_on)
    plan.lock(projects=[slot.phase.project_id], people=[person.pk])
    person.refresh_from_db()
    piece = Piece(slot, person, start_on, end_on, fte_hundredths)
    findings = check(piece)
    _weigh(findings, reason=reason, by=by)
    mark = budget_mark(findings)
    edit = plan.PlanEdit(kind=PlanChange.Kind.HAND, by=by, reason=reason)
    assignment = edit.add(piece, status=status, locked=locked, reason=reason)
    edit.note(assignment.pk, **mark)
    edit.write()
    after = plan.snapshot(assignment) | mark
    audit.record(by, "assignment.create", assignment, after=after, reason=reason)
    return assignment


def assign_piece(piece: Piece, *, by: User, reason: str = "") -> Assignment:
    """Put the person of a piece into its slot for its weeks and effort."""
    return assign(
        slot=piece.slot,
        person=piece.person,
        by=by,
        start_on=piece.start_on,
        end_on=piece.end_on,
        fte_hundredths=piece.fte_hundredths,
        reason=reason,
    )


@transaction.atomic
def change(
    assignment: Assignment, *, version: int, by: User, reason: str = "", **fields: Any
) -> Assignment:
    """Change weeks, effort, person, status or lock of the version that the user has seen.

    Who chooses person, weeks or effort by hand locks them, unless they say otherwise here. What
    changes nothing leaves the assignment, its version and its history as they are.
    """
    assignment = _held(assignment, version=version, by=by, people=[fields.get("person")])
    _keep_what_was_asked(assignment, fields)
    before = plan.snapshot(assignment)
    wanted = {name: value for name, value in fields.items() if value is not None}
    unknown = set(wanted) - {"start_on", "end_on", "fte_hundredths", "status", "locked", "person"}
    if unknown:
        raise InvalidInput(_("These fields cannot be changed: %s.") % ", ".join(sorted(unknown)))
    after = Piece(
        assignment.slot,
        wanted.get("person", assignment.person),
        wanted.get("start_on", assignment.start_on),
        wanted.get("end_on", assignment.end_on),
        wanted.get("fte_hundredths", assignment.fte_hundredths),
    )
    plan.check_range(after.slot, after.start_on, after.end_on, after.fte_hundredths)
    said = wanted | ({"reason": reason} if reason.strip() else {})
    if all(getattr(assignment, name) == value for name, value in said.items()):
        return assignment
    passed, mark = None, {}
    if after != Piece.of(assignment):
        wanted.setdefault("locked", True)
        passed = overrides(assignment)
        findings = check(after, without=assignment)
        _weigh(findings, reason=reason, by=by, passed=passed)
        mark = budget_mark(findings)
    edit = plan.PlanEdit(kind=PlanChange.Kind.HAND, by=by, reason=reason)
    if after.person.pk == assignment.person_id:
        result = edit.alter(assignment, **wanted, **({"reason": reason} if reason else {}))
    else:
        status = wanted.get("status", assignment.status)
        locked = wanted.get("locked", assignment.locked)
        edit.end(assignment)
        result = edit.add(after, status=status, locked=locked, reason=reason)
    edit.note(assignment.pk, override=passed)
    edit.note(result.pk, **mark)
    edit.write()
    audit.record(
        by,
        "assignment.change",
        result,
        before=before,
        after=plan.snapshot(result) | ({"override": passed} if passed else {}) | mark,
        reason=reason,
    )
    return result


@transaction.atomic
def remove(assignment: Assignment, *, version: int, by: User, reason: str = "") -> PlanChange:
    assignment = _held(assignment, version=version, by=by)
    passed = overrides(assignment)
    _weigh([], reason=reason, by=by, passed=passed)
    audit.record(
        by,
        "assignment.remove",
        assignment,
        before=plan.snapshot(assignment),
        after={"override": passed} if passed else None,
        reason=reason,
    )
    edit = plan.PlanEdit(kind=PlanChange.Kind.HAND, by=by, reason=reason)
    edit.end(assignment)
    edit.note(assignment.pk, override=passed)
    return edit.write()


def _held(
    assignment: Assignment, *, version: int, by: User, people: list[Person | None] | None = None
) -> Assignment:
    """The assignment under lock, if the user may edit it and has seen its last version."""
    project_id = assignment.slot.phase.project_id
    require_editor(assignment.slot.phase.project, by)
    others = [person.pk for person in people or () if person is not None]
    plan.lock(projects=[project_id], people=[assignment.person_id, *others])
    fresh = (
        Assignment.objects.select_for_update(of=("self",))
        .select_related("person", "slot__seat__role", "slot__phase__project__site")
        .prefetch_related("slot__skills__skill")
        .filter(pk=assignment.pk)
        .first()
    )
    if fresh is None:
        raise Conflict(_("This assignment has been removed meanwhile."), code="gone")
    if fresh.version != version:
        raise Stale(
            _("Somebody changed this assignment since you read it. Look at it again."),
            current=plan.for_programs(fresh),
        )
    return fresh


def _keep_what_was_asked(assignment: Assignment, fields: dict[str, Any]) -> None:
    """While another lead is asked, their answer confirms, and what they were asked stays."""
    if not StaffingRequest.objects.open().filter(assignment=assignment).exists():
        return
    fixed = ("person", "start_on", "end_on", "fte_hundredths", "status")
    touched = [
        name
        for name in fixed
        if fields.get(name) is not None and fields[name] != getattr(assignment, name)
    ]
    if touched:
        raise Conflict(
            _(
                "Another lead has been asked for this assignment; until the answer it stays as it "
                "was asked. Remove it if you no longer need it."
            ),
            code="asked",
            fields=touched,
        )


def _weigh(findings: list[Finding], *, reason: str, by: User, passed: str | None = None) -> None:
    """Refuse what blocks; ask for a reason where rules only warn or `passed` is overridden."""
    sight = Sight.of(by)
    findings = sight.told(findings)
    shown = [finding.as_dict(with_money=sight.money) for finding in findings]
    blocking = [finding for finding in findings if finding.blocks]
    if blocking:
        raise Conflict(
            " ".join(finding.text for finding in blocking), code="blocked", clashes=shown
        )
    if reason.strip():
        return
    if passed is not None:
        raise Conflict(words(passed), code="needs_reason", override=passed, clashes=shown)
    if findings:
        raise Conflict(
            _("This breaks rules that only warn. Give a reason to do it all the same."),
            code="needs_reason",
            clashes=shown,
        )
