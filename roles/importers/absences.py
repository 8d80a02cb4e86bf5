"""Days away. Only administrators import reasons."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from roles.importers import cells
from roles.models import Absence, Person
from roles.services import bulk
from teamhub.accounts import permissions
from teamhub.web import csv_values
from teamhub.web.csv_import import Column, Planned, Row


class AbsenceImporter(cells.RolesImporter):
    kind, title = "absences", gettext_lazy("Absences")
    unique = (("person", "first_on"),)
    columns = (
        Column(
            "person",
            cells.key,
            required=True,
            example="wei-zhang",
            help=gettext_lazy("Key of the person."),
        ),
        Column("first_on", csv_values.date, required=True, example="2026-08-03"),
        Column(
            "last_on",
            csv_values.date,
            required=True,
            example="2026-08-14",
            help=gettext_lazy("Last day away, included."),
        ),
        Column(
            "reason",
            csv_values.text(200),
            default="",
            help=gettext_lazy("Only administrators may fill it."),
        ),
    )

    def plan(self, rows: list[Row]) -> Iterator[Planned]:
        people = {one.key: one for one in Person.objects.only("key", "name")}
        known = {
            (one.person_id, one.first_on): one
            for one in Absence.objects.select_for_update().order_by("pk")
        }
        may_write_reasons = permissions.is_administrator(self.by)
        self._new: list[Absence] = []
        self._changed: list[Absence] = []
        for row in rows:
            person = self.find(row, "person", row["person"], people, _("person"))
            self.in_order(row, "first_on", "last_on")
            if row["reason"] and not may_write_reasons:
                self.error(
                    row,
                    "reason",
                    _("Only administrators may import reasons. Leave this column out."),
                )
            if person is not None:
                yield self._row(row, person, known, may_write_reasons)

    def _row(
        self,
        row: Row,
        person: Person,
        known: dict[tuple[int, date], Absence],
        may_write_reasons: bool,
    ) -> Planned:
        absence = known.get((person.pk, row["first_on"])) or Absence(
            person=person, first_on=row["first_on"]
        )
        values = {"last_on": row["last_on"]}
        if self.has("reason") and may_write_reasons:
            values["reason"] = row["reason"]
        planned = self.later(row, absence, values, f"{person.name} · {row['first_on']}")
        if planned.action == "create":
            self._new.append(absence)
        elif planned.action == "update":
            self._changed.append(absence)
        return planned

    def write(self, planned: list[Planned]) -> None:
        bulk.create_all(self._new, by=self.by)
        bulk.update_all(self._changed, ("last_on", "reason"), by=self.by)
