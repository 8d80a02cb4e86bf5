"""Present assignments by CSV. Overload and the like are facts; two rules refuse a row."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from projects.importers.base import (
    PlanImporter,
    known_people,
    known_projects,
    known_roles,
    phase,
)
from projects.models import (
    Assignment,
    PlanChange,
    PlanChangeLine,
    Project,
    ProjectSide,
    Slot,
)
from projects.services import plan
from roles.models import Person, Side
from teamhub.web import csv_values
from teamhub.web.csv_import import Column, Planned, Row

BATCH = 500


@dataclass
class _Pending:
    """What `finish` writes."""

    created: list[Assignment] = field(default_factory=list)
    updated: list[Assignment] = field(default_factory=list)
    before: dict[int, dict[str, Any]] = field(default_factory=dict)  # snapshots by id
    sides: list[ProjectSide] = field(default_factory=list)


@dataclass
class _Wanted:
    """A row with the rows of the database that it names."""

    row: Row
    slot: Slot
    person: Person
    start_on: date
    end_on: date


class AssignmentImporter(PlanImporter):
    kind = "assignments"
    title = gettext_lazy("Assignments")
    columns = (
        Column(
            "project",
            required=True,
            example="shop-recommender",
            help=gettext_lazy("Key of a project"),
        ),
        Column("role", required=True, example="nlp", help=gettext_lazy("Key or name of a role")),
        Column(
            "label",
            csv_values.text(60),
            example="search",
            default="",
            help=gettext_lazy("Label of the seat, as in the seats file"),
        ),
        Column(
            "phase",
            phase,
            required=True,
            example="training",
            help=gettext_lazy("Key of the phase, or its number from 1 to 7"),
        ),
        Column(
            "person",
            required=True,
            example="li-wei",
            help=gettext_lazy("Key or e-mail of a person"),
        ),
        Column(
            "start_on",
            csv_values.monday,
            example="2027-03-01",
            help=gettext_lazy("First week: a Monday; blank: the slot's"),
        ),
        Column(
            "end_on",
            csv_values.monday,
            example="2027-04-26",
            help=gettext_lazy("The Monday after the last week; blank: the slot's"),
        ),
        Column(
            "fte_share",
            csv_values.hundredths(),
            example="0.5",
            help=gettext_lazy("Effort from 0.01 to 1, or in percent; blank: the slot's"),
        ),
        Column(
            "status",
            csv_values.choice(Assignment.Status.values),
            example="confirmed",
            default=Assignment.Status.CONFIRMED.value,
            help=gettext_lazy("tentative or confirmed; blank: confirmed"),
        ),
        Column(
            "locked",
            csv_values.flag,
            example="no",
            default=False,
            help=gettext_lazy("yes keeps proposals from moving it; blank: no"),
        ),
        Column("reason", csv_values.text(300), default="", help=gettext_lazy("Why, if told")),
    )

    def plan(self, rows: list[Row]) -> Iterator[Planned]:
        projects, roles, people = known_projects(rows), known_roles(), known_people()
        found = []
        for row in rows:
            project = self.find(row, "project", projects)
            role = self.find(row, "role", roles)
            person = self.find(row, "person", people)
            if project is not None and role is not None and person is not None:
                found.append((row, project, role.pk, person))
        self._read(projects.found, {person.pk for _row, _project, _role, person in found})
        wanted = []
        for row, project, role_id, person in found:
            slot = self._slots.get((project.pk, role_id, row["label"], row["phase"].value))
            if slot is None:
                text = _("There is no slot for this role, label and phase. Import the seats first.")
                self.error(row, "label", text)
            elif (weeks := self._weeks(row, slot)) is not None:
                wanted.append(_Wanted(row, slot, person, *weeks))
        yield from self._match(wanted)
        self._check_doubles()

    def _read(self, projects: list[Project], people: set[int]) -> None:
        plan.lock(people=people)
        slots = Slot.objects.filter(phase__project__in=projects).select_related(
            "seat__role", "phase__project"
        )
        self._slots = {
            (slot.phase.project_id, slot.seat.role_id, slot.seat.label, slot.phase.key): slot
            for slot in slots
        }
        self._assigned: dict[tuple[int, int], list[Assignment]] = defaultdict(list)
        for held in (
            Assignment.objects.select_for_update(of=("self",))
            .filter(slot__phase__project__in=projects)
            .select_related("slot__seat__role", "slot__phase__project", "person")
            .order_by("pk")
        ):
            self._assigned[held.slot_id, held.person_id].append(held)
        self._sides = {
            (one.project_id, one.person_id): one.side
            for one in ProjectSide.objects.filter(project__in=projects)
        }
        self._pending = _Pending()
        self._final: list[tuple[Assignment, Row | None]] = []

    def _weeks(self, row: Row, slot: Slot) -> tuple[date, date] | None:
        if row.unread & {"start_on", "end_on"}:
            return None  # told already; the default weeks would only clash with other lines
        start, end = row.get("start_on", slot.start_on), row.get("end_on", slot.end_on)
        if end <= start:
            self.error(row, "end_on", _("The assignment must end after it starts."))
            return None
        if start < slot.start_on or end > slot.end_on:
            text = _("The slot runs from %(start)s to %(end)s; choose weeks inside it.")
            self.error(row, "start_on", text % {"start": slot.start_on, "end": slot.end_on})
            return None
        return start, end

    def _match(self, wanted: list[_Wanted]) -> Iterator[Planned]:
        """A row means the assignment that starts in its week, or the only one of its pair."""
        rows_of = Counter((one.slot.pk, one.person.pk) for one in wanted)
        touched: dict[int, int] = {}
        for one in wanted:
            pair = (one.slot.pk, one.person.pk)
            present = self._assigned.get(pair, [])
            same_start = [held for held in present if held.start_on == one.start_on]
            only = present if len(present) == 1 and rows_of[pair] == 1 else []
            target = next(iter(same_start or only), None)
            if target is not None and target.pk in touched:
                text = _("The same as line %(line)d. Keep one of the two.")
                self.error(one.row, "start_on", text % {"line": touched[target.pk]})
                continue
            if target is not None:
                touched[target.pk] = one.row.line
            yield self._plan_assignment(one, target)
        for held in (held for rows in self._assigned.values() for held in rows):
            if held.pk not in touched:
                self._final.append((held, None))

    def _plan_assignment(self, one: _Wanted, target: Assignment | None) -> Planned:
        assignment = target or Assignment(slot=one.slot, person=one.person)
        before = None if target is None else plan.snapshot(target)
        planned = self.upsert(
            one.row,
            assignment,
            self._values(one, assignment),
            label=f"{one.person} → {one.slot}",
        )
        planned.save = None  # in bulk, by finish
        self._final.append((assignment, one.row))
        self._take_side(one)
        if planned.action == "create":
            self._pending.created.append(assignment)
        elif before is not None and planned.action == "update":
            assignment.version += 1
            self._pending.before[assignment.pk] = before
            self._pending.updated.append(assignment)
        return planned

    def _values(self, one: _Wanted, assignment: Assignment) -> dict[str, Any]:
        values = {
            "start_on": one.start_on,
            "end_on": one.end_on,
            "fte_hundredths": one.row.get("fte_share", one.slot.fte_hundredths),
            "status": one.row["status"],
            "locked": one.row["locked"],
            "reason": one.row["reason"],
        }
        if assignment._state.adding:
            return values
        column = {"fte_hundredths": "fte_share"}
        return {name: value for name, value in values.items() if self.has(column.get(name, name))}

    def _take_side(self, one: _Wanted) -> None:
        side, project = one.slot.seat.role.side, one.slot.phase.project
        if side == Side.OTHER:
            return
        key = (project.pk, one.person.pk)
        held = self._sides.get(key)
        if held is None:
            self._sides[key] = side
            self._pending.sides.append(ProjectSide(project=project, person=one.person, side=side))
        elif held != side:
            text = _(
                "%(person)s has taken the %(held)s side of %(project)s and may not take %(side)s."
            )
            words = {
                "person": one.person,
                "held": Side(held).label,
                "project": project,
                "side": Side(side).label,
            }
            self.error(one.row, "person", text % words)

    def _check_doubles(self) -> None:
        """One slot per person and phase; parts of the same slot may not overlap."""
        by_phase: dict[tuple[int, int], list[tuple[Assignment, Row | None]]] = defaultdict(list)
        for assignment, row in self._final:
            by_phase[assignment.person_id, assignment.slot.phase_id].append((assignment, row))
        for entries in by_phase.values():
            entries.sort(key=lambda entry: (entry[1] is not None, entry[1].line if entry[1] else 0))
            for place, (assignment, row) in enumerate(entries):
                if row is None:
                    continue
                for other, other_row in entries[:place]:
                    if self._clash(assignment, other):
                        self._report_double(row, assignment, other, other_row)
                        break

    @staticmethod
    def _clash(one: Assignment, other: Assignment) -> bool:
        overlap = one.start_on < other.end_on and other.start_on < one.end_on
        return one.slot_id != other.slot_id or overlap

    def _report_double(
        self, row: Row, assignment: Assignment, other: Assignment, other_row: Row | None
    ) -> None:
        where = _("in line %(line)d") % {"line": other_row.line} if other_row else _("in the plan")
        text = _("%(person)s already holds %(seat)s in this phase of %(project)s (%(where)s).")
        words = {
            "person": assignment.person,
            "seat": other.slot.seat,
            "project": assignment.slot.phase.project,
            "where": where,
        }
        self.error(row, "person", text % words)

    def finish(self, planned: list[Planned]) -> None:
        pending = self._pending
        if not pending.created and not pending.updated:
            return
        options = {"batch_size": BATCH, "default_user": self.by}
        ProjectSide.objects.bulk_create(pending.sides, batch_size=BATCH)
        bulk_create_with_history(pending.created, Assignment, **options)
        if pending.updated:
            bulk_update_with_history(
                pending.updated, Assignment, [*plan.FIELDS, "version"], **options
            )
        change = PlanChange.objects.create(kind=PlanChange.Kind.IMPORT, by=self.by)
        PlanChangeLine.objects.bulk_create(
            [
                PlanChangeLine(
                    change=change,
                    assignment_id=row.pk,
                    slot_id=row.slot_id,
                    person_id=row.person_id,
                    before=pending.before.get(row.pk),
                    after=plan.snapshot(row),
                )
                for row in [*pending.created, *pending.updated]
            ],
            batch_size=BATCH,
        )
