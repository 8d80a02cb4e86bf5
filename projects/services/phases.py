"""Move, close and reopen the phases of a project."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from projects import registry
from projects.models import Assignment, Phase, PlanChange, Slot
from projects.phases import PhaseKey
from projects.registry import Missing
from projects.services import plan
from projects.services.history import sign
from projects.services.overrides import LOCKED, REVIEWED, overrides_of
from projects.services.projects import require_editor
from teamhub import weeks
from teamhub.accounts.models import User
from teamhub.audit import services as audit
from teamhub.errors import Conflict, InvalidInput, Stale

# What to do with assignments that lie outside after a move.
REFUSE, MOVE, CUT = "refuse", "move", "cut"
MODES = (REFUSE, MOVE, CUT)
MOST_WEEKS = 520  # ten years: a longer phase is a mistyped year


def snapshot(phase: Phase) -> dict[str, Any]:
    return {
        "key": phase.key,
        "start_on": phase.start_on.isoformat(),
        "end_on": phase.end_on.isoformat(),
        "closed": phase.is_closed,
        "version": phase.version,
    }


@dataclass
class Moved:
    """What a move did."""

    phase: Phase
    slots: int
    moved: list[Assignment]
    removed: list[Assignment]


@transaction.atomic
def move_phase(
    phase: Phase,
    *,
    start_on: date,
    end_on: date,
    by: User,
    version: int | None = None,
    assignments: str = REFUSE,
    reason: str = "",
) -> Moved:
    """Give a phase new weeks. Its slots go with it.

    Assignments stay where they are, and the move is refused when one would lie outside its slot;
    or they move along ("move"); or they are cut to the slot's new weeks ("cut"). Where one of them
    is locked, or another lead approved it, that needs a reason.
    """
    if assignments not in MODES:
        raise InvalidInput(
            _("“%(mode)s” is not one of: %(modes)s.")
            % {"mode": assignments[:40], "modes": ", ".join(MODES)},
            field="assignments",
        )
    check_weeks(start_on, end_on)
    phase = locked(phase, by=by, version=version)
    if phase.is_closed:
        raise Conflict(_("“%(phase)s” is closed. Reopen it before you move it.") % {"phase": phase})
    before = snapshot(phase)
    mover = Mover(phase, start_on, end_on)
    if assignments == REFUSE and (outside := mover.outside()):
        raise Conflict(outside_text(outside), code="assignments_outside", outside=_facts(outside))
    passed = mover.passed_over(assignments)
    if passed and not reason.strip():
        raise _needs_reason(passed)
    moved, removed = mover.apply(assignments, by=by, reason=reason, passed=passed)
    audit.record(
        by,
        "phase.move",
        phase,
        before=before,
        after=snapshot(phase)
        | {"assignments": assignments, "moved": len(moved)}
        | ({"override": {str(row.pk): word for row, word in passed.items()}} if passed else {}),
        reason=reason,
    )
    return Moved(phase, len(mover.slots), moved, removed)


def _needs_reason(passed: Mapping[Assignment, str]) -> Conflict:
    word = LOCKED if LOCKED in passed.values() else REVIEWED
    shown = sorted({str(row.person) for row in passed})
    more = len(shown) - 5
    names = ", ".join(shown[:5])
    if more > 0:
        names = _("%(shown)s and %(more)d more") % {"shown": names, "more": more}
    text = _("This would change work that is locked, or that another lead approved: %(people)s.")
    return Conflict(
        text % {"people": names} + " " + _("Give a reason to move the phase all the same."),
        code="needs_reason",
        field="reason",
        override=word,
        assignments=[{"id": row.pk, "override": one} for row, one in passed.items()],
    )


def check_weeks(start_on: date, end_on: date) -> None:
    for day in (start_on, end_on):
        if not weeks.is_monday(day):
            monday = weeks.monday(day)
            raise InvalidInput(
                _("%(day)s is not a Monday. The Mondays next to it are %(before)s and %(after)s.")
                % {"day": day, "before": monday, "after": weeks.add_weeks(monday, 1)}
            )
        if not weeks.is_plannable(day):
            words = {"first": weeks.FIRST.year, "last": weeks.LAST.year}
            raise InvalidInput(_("A phase lies in the years %(first)d to %(last)d.") % words)
    if end_on <= start_on:
        raise InvalidInput(_("The phase must end after it starts."), field="end_on")
    if weeks.weeks_between(start_on, end_on) > MOST_WEEKS:
        text = _("A phase lasts at most %(most)d weeks; is a year mistyped?")
        raise InvalidInput(text % {"most": MOST_WEEKS}, field="end_on")


class Mover:
    """A phase, its slots and assignments, and their weeks after a move.

    A slot over the whole phase covers the whole phase again; another one keeps its distance from
    the phase's start, cut to the phase's weeks.
    """

    def __init__(self, phase: Phase, start_on: date, end_on: date) -> None:
        self.phase, self.start_on, self.end_on = phase, start_on, end_on
        self.shift = weeks.weeks_between(phase.start_on, start_on)
        self.slots = list(
            Slot.objects.select_for_update(of=("self",))
            .filter(phase=phase)
            .select_related("seat__role", "phase__project")
            .order_by("pk")
        )
        self.goals = {slot.pk: self._goal(slot) for slot in self.slots}
        self.assignments = list(
            Assignment.objects.filter(slot__phase=phase)
            .select_related("person", "slot__seat__role", "slot__phase__project")
            .order_by("pk")
        )

    def _goal(self, slot: Slot) -> tuple[date, date]:
        whole = (slot.start_on, slot.end_on) == (self.phase.start_on, self.phase.end_on)
        if whole:
            return self.start_on, self.end_on
        return self._within(slot, self.start_on, self.end_on) or (self.start_on, self.end_on)

    def _within(self, row: Slot | Assignment, first: date, end: date) -> tuple[date, date] | None:
        """The row's weeks shifted with the phase, cut to first..end; None when nothing is left."""
        start = max(weeks.add_weeks(row.start_on, self.shift), first)
        stop = min(weeks.add_weeks(row.end_on, self.shift), end)
        return (start, stop) if start < stop else None

    def outside(self) -> list[Assignment]:
        """Assignments whose present weeks would not lie in their slot's new weeks."""
        found = []
        for assignment in self.assignments:
            start, end = self.goals[assignment.slot_id]
            if assignment.start_on < start or assignment.end_on > end:
                found.append(assignment)
        return found

    def passed_over(self, mode: str) -> dict[Assignment, str]:
        """Locked and reviewed assignments that would get other weeks or end, with the word."""
        touched = {row.pk: row for row, _goal in self._touched(mode)}
        return {touched[pk]: word for pk, word in overrides_of(touched.values()).items()}

    def apply(
        self,
        mode: str,
        *,
        by: User,
        reason: str = "",
        passed: Mapping[Assignment, str] | None = None,
    ) -> tuple[list[Assignment], list[Assignment]]:
        """Write phase, slots and, with "move" or "cut", assignments."""
        words = {row.pk: word for row, word in (passed or {}).items()}
        reason = reason or _("The phase moved.")
        edit = plan.PlanEdit(kind=PlanChange.Kind.HAND, by=by, reason=reason)
        moved: list[Assignment] = []
        removed: list[Assignment] = []
        for assignment, goal in self._touched(mode):
            if goal is None:
                removed.append(assignment)
                edit.end(assignment)
            else:
                moved.append(edit.alter(assignment, start_on=goal[0], end_on=goal[1]))
            edit.note(assignment.pk, override=words.get(assignment.pk))
        if moved or removed:
            edit.write()
        self._save_rows(by)
        return moved, removed

    def _touched(self, mode: str) -> list[tuple[Assignment, tuple[date, date] | None]]:
        """Assignments that get other weeks, and which; None: they end."""
        if mode == REFUSE:
            return []
        goals = [(row, self._assignment_goal(row, mode)) for row in self.assignments]
        return [(row, goal) for row, goal in goals if goal != (row.start_on, row.end_on)]

    def _assignment_goal(self, assignment: Assignment, mode: str) -> tuple[date, date] | None:
        start, end = self.goals[assignment.slot_id]
        slot = assignment.slot
        if mode == MOVE:
            whole = (assignment.start_on, assignment.end_on) == (slot.start_on, slot.end_on)
            return (start, end) if whole else self._within(assignment, start, end)
        first, stop = max(assignment.start_on, start), min(assignment.end_on, end)
        return (first, stop) if first < stop else None

    def _save_rows(self, by: User) -> None:
        for slot in self.slots:
            start, end = self.goals[slot.pk]
            if (slot.start_on, slot.end_on) != (start, end):
                slot.start_on, slot.end_on = start, end
                save_row(slot, by)
        if (self.phase.start_on, self.phase.end_on) != (self.start_on, self.end_on):
            before = self.phase.start_on, self.phase.end_on
            self.phase.start_on, self.phase.end_on = self.start_on, self.end_on
            save_row(self.phase, by)
            registry.phase_moved(self.phase, *before, by)


@transaction.atomic
def close_phase(phase: Phase, *, by: User, version: int | None = None) -> Phase:
    """Close a phase whose gate holds; the refusal lists everything that is missing."""
    phase = locked(phase, by=by, version=version)
    if phase.is_closed:
        raise Conflict(_("“%(phase)s” is closed already.") % {"phase": phase.name})
    if missing := missing_for(phase):
        raise Conflict(
            _("“%(phase)s” cannot be closed yet: %(count)d things are missing.")
            % {"phase": phase.name, "count": len(missing)},
            code="gate_not_met",
            missing=[one.as_json() for one in missing],
        )
    before = snapshot(phase)
    phase.closed_at, phase.closed_by = timezone.now(), by
    save_row(phase, by)
    audit.record(by, "phase.close", phase, before=before, after=snapshot(phase))
    return phase


@transaction.atomic
def reopen_phase(phase: Phase, *, by: User, reason: str, version: int | None = None) -> Phase:
    """Open a closed phase again; the phases after it must be open."""
    if not reason.strip():
        raise InvalidInput(_("Say why the phase is opened again."), field="reason")
    phase = locked(phase, by=by, version=version)
    if not phase.is_closed:
        raise Conflict(_("“%(phase)s” is not closed.") % {"phase": phase.name})
    closed = [
        one
        for one in Phase.objects.filter(project=phase.project, closed_at__isnull=False)
        if one.number > phase.number
    ]
    if closed:
        raise Conflict(
            _("Reopen “%(later)s” first: phases are closed in order.")
            % {"later": max(closed, key=lambda one: one.number).name},
            code="later_phase_closed",
        )
    before = snapshot(phase)
    phase.closed_at = phase.closed_by = None
    save_row(phase, by)
    audit.record(by, "phase.reopen", phase, before=before, after=snapshot(phase), reason=reason)
    return phase


def missing_for(phase: Phase) -> list[Missing]:
    """Everything that keeps the gate of this phase shut (a query a criterion)."""
    missing = []
    if phase.number > 1:
        earlier = Phase.objects.filter(project=phase.project, closed_at__isnull=True)
        missing += [
            Missing(
                "phase",
                one.key,
                _("Phase %(number)d “%(name)s” is still open")
                % {"number": one.number, "name": one.name},
            )
            for one in sorted(earlier, key=lambda one: one.number)
            if one.number == phase.number - 1
        ]
    for criterion in registry.criteria_for(PhaseKey(phase.key)):
        missing += criterion.missing(phase)
    return missing


def open_mandatory_items(phase: Phase) -> list[Missing]:
    """The gate criterion that this app answers for itself."""
    items = phase.checklist_items.filter(mandatory=True, done_at__isnull=True)
    return [Missing("item", item.key, item.text) for item in items]


def locked(phase: Phase, *, by: User, version: int | None = None) -> Phase:
    """The phase under lock with its project and people, if the user may edit its last version."""
    require_editor(phase.project, by)
    people = Assignment.objects.filter(slot__phase=phase).values_list("person_id", flat=True)
    plan.lock(projects=[phase.project_id], people=people)
    fresh = Phase.objects.select_for_update(of=("self",)).select_related("project").get(pk=phase.pk)
    if version is not None and fresh.version != version:
        raise Stale(
            _("Somebody changed this phase since you read it. Look at it again."),
            version=fresh.version,
        )
    return fresh


def save_row(row: Phase | Slot, by: User) -> None:
    row.version += 1
    sign(row, by)
    row.save()


def _facts(outside: Iterable[Assignment]) -> list[dict[str, str]]:
    return [
        {
            "person": row.person.name,
            "seat": str(row.slot.seat),
            "start_on": row.start_on.isoformat(),
            "end_on": row.end_on.isoformat(),
        }
        for row in outside
    ]


def outside_text(outside: list[Assignment]) -> str:
    shown = ", ".join(
        f"{row.person} ({weeks.iso_label(row.start_on)}–{weeks.iso_label(row.last_week)})"
        for row in outside[:5]
    )
    more = len(outside) - 5
    if more > 0:
        shown = _("%(shown)s and %(more)d more") % {"shown": shown, "more": more}
    return _(
        "The new weeks leave out assignments of %(people)s. "
        "Move these assignments along, or cut them to the new weeks."
    ) % {"people": shown}
