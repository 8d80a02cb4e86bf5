"""Undo a change of the plan: exactly what it did, or an answer that says what changed since.

An undo is a plan change of its own and can be undone like any other; that is how to redo. What a
change made is ended, what it ended comes back under its old id (`PlanEdit.bring_back`), what it
altered gets its old values. Rows of a proposal are open again, requests that waited are withdrawn.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects.models import Assignment, PlanChange, PlanChangeLine, Project
from projects.services import plan, proposal_rows
from projects.services.obstacles import Obstacle, Obstacles, lines_of, piece_before
from teamhub.accounts.models import User
from teamhub.audit import services as audit
from teamhub.errors import Conflict, NotAllowed

MAX_REASON = 300


@dataclass
class Undone:
    """The undo, the lines that are as they were before, and those that stayed, with why."""

    change: PlanChange
    restored: list[PlanChangeLine] = field(default_factory=list)
    kept: list[tuple[PlanChangeLine, str]] = field(default_factory=list)


@transaction.atomic
def undo(change: PlanChange, *, by: User, partial: bool = False, reason: str = "") -> Undone:
    """Take a change back. Nothing is undone where a line has changed since; `partial` undoes the
    rest and names what was kept."""
    lines = lines_of(change)
    _require_rights(lines, by)
    plan.lock(
        projects={line.slot.phase.project_id for line in lines},
        people={line.person_id for line in lines},
    )
    _refuse_twice(change)
    case = Obstacles(change, lines, by=by)
    found = list(case.look().values())
    if found and not (partial and case.free):
        raise _changed_since(found, left=len(case.free))
    edit = plan.PlanEdit(
        kind=PlanChange.Kind.UNDO,
        by=by,
        reason=reason.strip()[:MAX_REASON],
        run=change.run,
        undoes=change,
    )
    _restore(case.free, case.now, edit)
    _put_rows_back(case, edit, by=by, reason=reason)
    undone = Undone(edit.write(), case.free, [(one.line, one.text) for one in found])
    audit.record(
        by,
        "plan.undo",
        change,
        after={
            "change": undone.change.pk,
            "restored": [line.assignment_id for line in undone.restored],
            "kept": [one.as_dict() for one in found],
        },
        reason=reason,
        run=change.run,
    )
    return undone


def _require_rights(lines: list[PlanChangeLine], by: User) -> None:
    if not lines:
        raise Conflict(
            _("Nothing of this change is left: its slots are gone."), code="nothing_to_undo"
        )
    touched = {line.slot.phase.project_id: line.slot.phase.project for line in lines}
    editable = set(
        Project.objects.editable_by(by).filter(pk__in=touched).values_list("pk", flat=True)
    )
    if editable != set(touched):
        raise NotAllowed(
            _("Only who may edit all projects of this change may undo it: their leads or deputies.")
        )


def _refuse_twice(change: PlanChange) -> None:
    earlier = PlanChange.objects.filter(undoes=change).select_related("by").first()
    if earlier is not None:
        raise Conflict(
            _("%(user)s has undone this already. Undo that to have it again.")
            % {"user": earlier.by},
            code="undone_already",
            change=earlier.pk,
            by=str(earlier.by),
            at=earlier.at.isoformat(),
        )


def _changed_since(found: list[Obstacle], *, left: int) -> Conflict:
    text = ngettext(
        "Not undone: %(n)d assignment has changed since or no longer fits.",
        "Not undone: %(n)d assignments have changed since or no longer fit.",
        len(found),
    )
    changed = [one.as_dict() for one in found]
    told = text % {"n": len(found)}
    if left:
        told += " " + _("Undo the rest alone (“partial”), or change by hand what is listed.")
    else:
        told += " " + _("Look at what is listed, and change it by hand.")
    return Conflict(told, code="changed_since", changed=changed, left=left)


def _restore(lines: list[PlanChangeLine], now: dict[int, Assignment], edit: plan.PlanEdit) -> None:
    """End, alter, bring back: in this order, so that freed sides and weeks are free."""
    for line in lines:
        if line.before is None:
            edit.end(now[line.assignment_id])
    for line in _in_order([one for one in lines if one.before and one.after]):
        piece, kept = piece_before(line), line.before or {}
        edit.alter(
            now[line.assignment_id],
            start_on=piece.start_on,
            end_on=piece.end_on,
            fte_hundredths=piece.fte_hundredths,
            **{name: kept[name] for name in ("status", "locked", "reason")},
        )
    for line in lines:
        if line.after is None:
            edit.bring_back(line.assignment_id, piece_before(line), kept=line.before or {})


def _in_order(lines: list[PlanChangeLine]) -> list[PlanChangeLine]:
    """Parts of one slot that shift together never stand on each other's first week meanwhile."""
    earlier = [line for line in lines if _start(line.before) <= _start(line.after)]
    later = [line for line in lines if _start(line.before) > _start(line.after)]
    earlier.sort(key=lambda line: _start(line.before))
    later.sort(key=lambda line: _start(line.before), reverse=True)
    return [*earlier, *later]


def _start(side: dict[str, str] | None) -> str:
    return (side or {})["start_on"]


def _put_rows_back(case: Obstacles, edit: plan.PlanEdit, *, by: User, reason: str) -> None:
    for line in case.free:
        moved: dict[str, Any] = line.kept.get("row") or {}
        row = case.rows.get(moved.get("id", 0))
        if row is None:
            continue
        proposal_rows.put_back(row, moved["from"], by=by, reason=reason)
        taken_back = proposal_rows.transition(row, moved["to"], moved["from"])
        edit.note(line.assignment_id, row=taken_back)
