"""The one writer of assignments: every edit keeps its PlanChange, its lines and the sides."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from projects.models import (
    Assignment,
    PlanChange,
    PlanChangeLine,
    Project,
    ProjectSide,
    ProposalRow,
    Slot,
    StaffingRequest,
    StaffingRun,
    WaitingPlace,
)
from projects.selectors.plan_state import Piece
from projects.services.history import sign
from roles.models import Person, Side
from teamhub import weeks
from teamhub.accounts.models import User
from teamhub.errors import Conflict, InvalidInput

FIELDS = ("start_on", "end_on", "fte_hundredths", "status", "locked", "reason")


# Rows that name an assignment and lose it when it ends; `bring_back` gives it back to them.
NAMED_BY: dict[str, tuple[type[models.Model], str]] = {
    "row": (ProposalRow, "assignment"),
    "move": (ProposalRow, "replaces"),
    "request": (StaffingRequest, "assignment"),
    "waiting": (WaitingPlace, "assignment"),
}


def _names(assignment: Assignment) -> dict[str, Any]:
    found = {
        name: list(
            model._default_manager.filter(**{field: assignment.pk}).values_list("pk", flat=True)
        )
        for name, (model, field) in NAMED_BY.items()
    }
    kept = {name: ids for name, ids in found.items() if ids}
    return {"named_by": kept} if kept else {}


def snapshot(assignment: Assignment) -> dict[str, Any]:
    """An assignment as a plan change keeps it."""
    kept = {name: getattr(assignment, name) for name in FIELDS}
    return kept | {
        "start_on": assignment.start_on.isoformat(),
        "end_on": assignment.end_on.isoformat(),
        "slot": assignment.slot_id,
        "person": assignment.person_id,
        "version": assignment.version,
    }


def for_programs(assignment: Assignment) -> dict[str, Any]:
    """An assignment in the words of the API, for the details of an error."""
    kept = snapshot(assignment)
    return kept | {
        "fte_share": kept.pop("fte_hundredths") / 100,
        "person": assignment.person.key,
    }


def lock(*, projects: Iterable[int] = (), people: Iterable[int] = ()) -> None:
    """Hold projects, then people, in the order of their ids, so that no two edits can deadlock.

    Budget belongs to the project; capacity, most projects and independence to the person. Whoever
    holds both sees the state that will stand.
    """
    for model, ids in ((Project, projects), (Person, people)):
        wanted = sorted(set(ids))
        list(
            model.objects.select_for_update()
            .filter(pk__in=wanted)
            .order_by("pk")
            .values_list("pk", flat=True)
        )


def check_range(slot: Slot, start_on: date, end_on: date, fte_hundredths: int) -> None:
    if not (weeks.is_monday(start_on) and weeks.is_monday(end_on) and start_on < end_on):
        raise InvalidInput(
            _("An assignment runs from a Monday to a later Monday; got %(start)s to %(end)s.")
            % {"start": start_on, "end": end_on}
        )
    if start_on < slot.start_on or end_on > slot.end_on:
        raise InvalidInput(
            _("The slot runs from %(start)s to %(end)s; choose weeks inside it.")
            % {"start": slot.start_on, "end": slot.end_on}
        )
    if not 1 <= fte_hundredths <= 100:
        raise InvalidInput(_("The effort must lie between 0.01 and 1.00 FTE."))


def require_ahead(slot: Slot, end_on: date) -> None:
    """Refuse new work in weeks that are over; an import may still say what was."""
    if end_on > weeks.monday(timezone.localdate()):
        return
    raise InvalidInput(
        _(
            "These weeks of %(slot)s are over: choose weeks from this one on. To record past work, "
            "import it as a spreadsheet."
        )
        % {"slot": slot}
    )


class PlanEdit:
    """One decision: makes, alters and ends assignments and writes the PlanChange at the end.

    Lives inside the caller's transaction, which has locked the people and projects it touches.
    """

    def __init__(
        self,
        *,
        kind: str,
        by: User,
        reason: str = "",
        run: StaffingRun | None = None,
        undoes: PlanChange | None = None,
    ) -> None:
        self.change = PlanChange(kind=kind, by=by, reason=reason, run=run, undoes=undoes)
        self.lines: dict[int, PlanChangeLine] = {}  # by assignment

    def add(self, piece: Piece, *, status: str, locked: bool, reason: str = "") -> Assignment:
        assignment = Assignment(
            slot=piece.slot,
            person=piece.person,
            start_on=piece.start_on,
            end_on=piece.end_on,
            fte_hundredths=piece.fte_hundredths,
            status=status,
            locked=locked,
            reason=reason,
        )
        self._save(assignment)
        self._take_side(assignment)
        self._line(assignment, before=None, after=snapshot(assignment))
        return assignment

    def alter(self, assignment: Assignment, **fields: Any) -> Assignment:
        before = snapshot(assignment)
        for name, value in fields.items():
            setattr(assignment, name, value)
        assignment.version += 1
        self._save(assignment)
        self._take_side(assignment)
        self._line(assignment, before=before, after=snapshot(assignment))
        return assignment

    def end(self, assignment: Assignment) -> None:
        before, kept_id = snapshot(assignment), assignment.pk
        before |= _names(assignment)
        sign(assignment, self.change.by)
        assignment.delete()
        assignment.pk = kept_id
        self._line(assignment, before=before, after=None)
        self._leave_side(assignment)

    def bring_back(self, assignment_id: int, piece: Piece, *, kept: dict[str, Any]) -> Assignment:
        """An assignment that ended, as `kept` (a snapshot) has it, under the id that it had.

        With its id the history goes on in one thread, and what names it by id (older lines, rows
        of proposals) means it again. Its version goes on too: who read it before it ended is late.
        """
        assignment = Assignment(
            pk=assignment_id,
            slot=piece.slot,
            person=piece.person,
            start_on=piece.start_on,
            end_on=piece.end_on,
            fte_hundredths=piece.fte_hundredths,
            status=kept["status"],
            locked=kept["locked"],
            reason=kept["reason"],
            version=kept["version"] + 1,
        )
        self._save(assignment, force_insert=True)
        for name, ids in kept.get("named_by", {}).items():
            model, field = NAMED_BY[name]
            left = model._default_manager.filter(pk__in=ids, **{f"{field}__isnull": True})
            left.update(**{field: assignment_id})
        self._take_side(assignment)
        self._line(assignment, before=None, after=snapshot(assignment))
        return assignment

    def note(self, assignment_id: int, **facts: Any) -> None:
        """Keep more about this decision beside the assignment's fields (call it last)."""
        line = self.lines[assignment_id]
        side = line.after if line.after is not None else line.before
        if side is not None:
            side.update({name: value for name, value in facts.items() if value is not None})

    def write(self) -> PlanChange:
        if not self.lines:
            raise Conflict(_("Nothing changed."), code="nothing_changed")
        self.change.save()
        for line in self.lines.values():
            line.change = self.change
        PlanChangeLine.objects.bulk_create(self.lines.values())
        return self.change

    def _save(self, assignment: Assignment, *, force_insert: bool = False) -> None:
        sign(assignment, self.change.by)
        assignment.full_clean(exclude=["slot", "person"], validate_constraints=False)
        assignment.save(force_insert=force_insert)

    def _line(
        self,
        assignment: Assignment,
        *,
        before: dict[str, Any] | None,
        after: dict[str, Any] | None,
    ) -> None:
        if assignment.pk in self.lines:
            self.lines[assignment.pk].after = after
            return
        self.lines[assignment.pk] = PlanChangeLine(
            assignment_id=assignment.pk,
            slot_id=assignment.slot_id,
            person_id=assignment.person_id,
            before=before,
            after=after,
        )

    def _take_side(self, assignment: Assignment) -> None:
        side = assignment.slot.seat.role.side
        if side == Side.OTHER:
            return
        taken, _made = ProjectSide.objects.get_or_create(
            project_id=assignment.slot.phase.project_id,
            person_id=assignment.person_id,
            defaults={"side": side},
        )
        if taken.side != side:
            raise Conflict(
                _("%(person)s may not both build and review %(project)s.")
                % {"person": assignment.person, "project": assignment.slot.phase.project},
                code="independence",
            )

    def _leave_side(self, assignment: Assignment) -> None:
        """Work that never began leaves no side behind; begun work does, for ever."""
        project_id = assignment.slot.phase.project_id
        side = assignment.slot.seat.role.side
        if side == Side.OTHER or assignment.start_on <= timezone.localdate():
            return
        others = Assignment.objects.filter(
            person_id=assignment.person_id, slot__phase__project_id=project_id
        ).exclude(slot__seat__role__side=Side.OTHER)
        begun = Assignment.history.filter(
            person_id=assignment.person_id,
            slot__phase__project_id=project_id,
            slot__seat__role__side=side,
            start_on__lte=timezone.localdate(),
        )
        if not others.exists() and not begun.exists():
            ProjectSide.objects.filter(
                project_id=project_id, person_id=assignment.person_id
            ).delete()
