"""Seats and slots by CSV, one row a slot; written in bulk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from projects.importers.base import PlanImporter, known_projects, known_roles, needs, phase
from projects.models import Assignment, Phase, Project, Seat, Slot, SlotSkill
from projects.models.project import PRIORITIES
from projects.services.phases import outside_text
from roles.models import Role, Skill
from teamhub.web import csv_values
from teamhub.web.csv_import import Column, Planned, Row

BATCH = 500
_VALUES = ("start_on", "end_on", "fte_hundredths", "priority", "must_fill")


@dataclass
class _Pending:
    """What `finish` writes."""

    seats: list[Seat] = field(default_factory=list)
    created: list[Slot] = field(default_factory=list)
    updated: list[Slot] = field(default_factory=list)
    needs: list[tuple[Slot, dict[int, int]]] = field(default_factory=list)


class SeatImporter(PlanImporter):
    kind = "seats"
    title = gettext_lazy("Seats and slots")
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
            help=gettext_lazy("Tells two seats of the same role apart"),
        ),
        Column(
            "phase",
            phase,
            required=True,
            example="training",
            help=gettext_lazy("Key of the phase, or its number from 1 to 7"),
        ),
        Column(
            "start_on",
            csv_values.monday,
            example="2027-03-01",
            help=gettext_lazy("First week: a Monday; blank: the phase's"),
        ),
        Column(
            "end_on",
            csv_values.monday,
            example="2027-04-26",
            help=gettext_lazy("The Monday after the last week; blank: the phase's"),
        ),
        Column(
            "fte_share",
            csv_values.hundredths(),
            required=True,
            example="0.5",
            help=gettext_lazy("Effort from 0.01 to 1, or in percent"),
        ),
        Column(
            "skills",
            needs,
            example="nlp:3;python:2",
            default={},
            help=gettext_lazy("Keys of skills with their least level, separated by semicolons"),
        ),
        Column(
            "priority",
            csv_values.integer(PRIORITIES[0], PRIORITIES[-1]),
            example="2",
            help=gettext_lazy("1 to 5 (highest); blank: the project's"),
        ),
        Column(
            "must_fill",
            csv_values.flag,
            example="no",
            default=False,
            help=gettext_lazy("yes or no; blank: no"),
        ),
    )
    unique = (("project", "role", "label", "phase"),)

    def plan(self, rows: list[Row]) -> Iterator[Planned]:
        projects = known_projects(rows)
        roles = known_roles()
        self._pending = _Pending()
        self._read(projects.found)
        for row in rows:
            project = self.find(row, "project", projects)
            role = self.find(row, "role", roles)
            wanted = self._skills(row)
            if project is None or role is None or wanted is None:
                continue
            of_phase = self._phases.get((project.pk, row["phase"].value))
            if of_phase is None:
                self.error(row, "phase", _("The project lacks this phase. Import it first."))
                continue
            planned = self._plan_slot(row, self._seat(project, role, row), of_phase, wanted)
            if planned is not None:
                yield planned

    def _read(self, projects: list[Project]) -> None:
        """Everything of the named projects, in a handful of queries."""
        self._phases = {
            (one.project_id, one.key): one
            for one in Phase.objects.filter(project__in=projects).select_related("project")
        }
        self._seats = {
            (seat.project_id, seat.role_id, seat.label): seat
            for seat in Seat.objects.filter(project__in=projects).select_related("role")
        }
        slots = Slot.objects.select_for_update(of=("self",)).filter(phase__project__in=projects)
        self._slots = {(slot.seat_id, slot.phase_id): slot for slot in slots.order_by("pk")}
        self._needs: dict[int, dict[int, int]] = defaultdict(dict)
        for slot_id, skill_id, level in SlotSkill.objects.filter(
            slot__phase__project__in=projects
        ).values_list("slot", "skill", "level"):
            self._needs[slot_id][skill_id] = level
        self._held: dict[int, list[Assignment]] = defaultdict(list)
        for held in Assignment.objects.filter(slot__phase__project__in=projects).select_related(
            "person"
        ):
            self._held[held.slot_id].append(held)
        self._skill_ids = dict(Skill.objects.values_list("key", "pk"))
        self._seen: dict[tuple[int, int], int] = {}

    def _skills(self, row: Row) -> dict[int, int] | None:
        unknown = [key for key in row["skills"] if key not in self._skill_ids]
        if unknown:
            text = _("There is no skill “%(key)s”. Import it first, or use a key of the catalog.")
            self.error(row, "skills", text % {"key": unknown[0]})
            return None
        return {self._skill_ids[key]: level for key, level in row["skills"].items()}

    def _seat(self, project: Project, role: Role, row: Row) -> Seat:
        key = (project.pk, role.pk, row["label"])
        if key not in self._seats:
            self._seats[key] = Seat(project=project, role=role, label=row["label"])
            self._pending.seats.append(self._seats[key])
        return self._seats[key]

    def _plan_slot(
        self, row: Row, seat: Seat, of_phase: Phase, wanted: dict[int, int]
    ) -> Planned | None:
        weeks = self._weeks(row, of_phase)
        place = (id(seat), of_phase.pk)
        if place in self._seen:
            text = _("The same as line %(line)d. Keep one of the two.")
            self.error(row, "phase", text % {"line": self._seen[place]})
            return None
        self._seen[place] = row.line
        if weeks is None:
            return None
        slot = self._slots.get((seat.pk, of_phase.pk)) if seat.pk else None
        slot = slot or Slot(seat=seat, phase=of_phase)
        label = f"{of_phase.project} · {seat} · {of_phase.number}"
        planned = self.upsert(row, slot, self._values(row, slot, weeks), label=label)
        planned.save = None  # in bulk, by finish
        self._note(row, slot, planned, wanted)
        return planned

    def _values(self, row: Row, slot: Slot, weeks: tuple[date, date]) -> dict[str, Any]:
        values = {
            "start_on": weeks[0],
            "end_on": weeks[1],
            "fte_hundredths": row["fte_share"],
            "priority": row["priority"],
            "must_fill": row["must_fill"],
        }
        if slot._state.adding:
            return values
        return {
            name: value
            for name, value in values.items()
            if name == "fte_hundredths" or self.has(name)
        }

    def _note(self, row: Row, slot: Slot, planned: Planned, wanted: dict[int, int]) -> None:
        """Remember what is to be written; refuse what cannot be."""
        before = self._needs.get(slot.pk, {}) if slot.pk else {}
        other_needs = wanted != before and (slot._state.adding or self.has("skills"))
        if other_needs:
            self._pending.needs.append((slot, wanted))
            if planned.action == "unchanged":
                planned.action = "update"
            planned.changes = {**planned.changes, "skills": ("", row["skills"])}
        if planned.action == "unchanged":
            return
        if slot.phase.is_closed:
            self.error(row, "phase", _("The phase is closed; its slots stay as they are."))
        outside = [
            held
            for held in self._held.get(slot.pk or 0, [])
            if held.start_on < slot.start_on or held.end_on > slot.end_on
        ]
        if outside:
            self.error(row, "start_on", outside_text(outside))
        if planned.action == "create":
            self._pending.created.append(slot)
        else:
            slot.version += 1
            self._pending.updated.append(slot)

    def _weeks(self, row: Row, of_phase: Phase) -> tuple[date, date] | None:
        if row.unread & {"start_on", "end_on"}:
            return None  # told already; the default weeks would only clash with other lines
        start, end = row.get("start_on", of_phase.start_on), row.get("end_on", of_phase.end_on)
        if end <= start:
            self.error(row, "end_on", _("The slot must end after it starts."))
            return None
        if start < of_phase.start_on or end > of_phase.end_on:
            text = _("The phase runs from %(start)s to %(end)s; the slot must lie inside it.")
            words = {"start": of_phase.start_on, "end": of_phase.end_on}
            self.error(row, "start_on", text % words)
            return None
        return start, end

    def finish(self, planned: list[Planned]) -> None:
        pending = self._pending
        options = {"batch_size": BATCH, "default_user": self.by}
        bulk_create_with_history(pending.seats, Seat, **options)
        for slot in pending.created:
            slot.seat_id = slot.seat.pk  # known only now
        bulk_create_with_history(pending.created, Slot, **options)
        if pending.updated:
            bulk_update_with_history(pending.updated, Slot, [*_VALUES, "version"], **options)
        changed = [slot.pk for slot, _wanted in pending.needs]
        SlotSkill.objects.filter(slot__in=changed).delete()
        SlotSkill.objects.bulk_create(
            [
                SlotSkill(slot=slot, skill_id=skill, level=level)
                for slot, wanted in pending.needs
                for skill, level in wanted.items()
            ],
            batch_size=BATCH,
        )
