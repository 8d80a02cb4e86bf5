"""Levels of skills that people hold."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from roles.importers import cells
from roles.models import Person, PersonSkill, Skill
from roles.services import bulk
from roles.services.skills import create_skill
from teamhub.web import csv_values
from teamhub.web.csv_import import Column, Planned, Row

OPTIONAL = ("valid_from", "valid_to", "evidence")


class SkillImporter(cells.RolesImporter):
    kind, title = "skills", gettext_lazy("Skills of people")
    unique = (("person", "skill"),)
    columns = (
        Column(
            "person",
            cells.key,
            required=True,
            example="wei-zhang",
            help=gettext_lazy("Key of the person."),
        ),
        Column(
            "skill",
            cells.key,
            required=True,
            example="computer-vision",
            help=gettext_lazy("Key of the skill; the role catalog lists them."),
        ),
        Column(
            "level",
            csv_values.integer(1, 5),
            required=True,
            example="4",
            help=gettext_lazy("1 (beginner) to 5 (sets the standard)."),
        ),
        Column("valid_from", csv_values.date, example="2025-01-01"),
        Column(
            "valid_to", csv_values.date, help=gettext_lazy("Last day; blank if it never expires.")
        ),
        Column(
            "evidence",
            csv_values.text(300),
            default="",
            example="Led the defect detection project",
        ),
    )

    def plan(self, rows: list[Row]) -> Iterator[Planned]:
        people = {one.key: one for one in Person.objects.only("key", "name")}
        self._skills = {one.key: one for one in Skill.objects.filter(retired_on=None)}
        held = {
            (one.person_id, one.skill_id): one
            for one in PersonSkill.objects.select_for_update().order_by("pk")
        }
        self._new: list[PersonSkill] = []
        self._changed: list[PersonSkill] = []
        for row in rows:
            person = self.find(row, "person", row["person"], people, _("person"))
            skill = self._skill(row)
            self.in_order(row, "valid_from", "valid_to")
            if person is not None and skill is not None:
                yield self._row(row, person, skill, held)

    def _row(
        self,
        row: Row,
        person: Person,
        skill: Skill,
        held: dict[tuple[int, int], PersonSkill],
    ) -> Planned:
        level = held.get((person.pk, skill.pk)) or PersonSkill(person=person, skill=skill)
        values = {"level": row["level"], **self.present({name: row[name] for name in OPTIONAL})}
        planned = self.later(row, level, values, label=f"{person.name} · {skill.name}")
        start, end = level.valid_from, level.valid_to
        if start and end and end < start and not (self.has("valid_from") and self.has("valid_to")):
            self.error(
                row,
                "valid_to" if self.has("valid_to") else "valid_from",
                _("The level would end (%(end)s) before it begins (%(start)s).")
                % {"start": start, "end": end},
            )
        if planned.action == "create":
            self._new.append(level)
        elif planned.action == "update":
            self._changed.append(level)
        return planned

    def _skill(self, row: Row) -> Skill | None:
        key = row["skill"]
        if key not in self._skills and self.create_missing:
            self._skills[key] = create_skill(key=key, name_en=key, by=self.by)
            self.makes(_("skill %(key)s") % {"key": key})
        return self.find(row, "skill", key, self._skills, _("skill"))

    def write(self, planned: list[Planned]) -> None:
        bulk.create_all(self._new, by=self.by)
        bulk.update_all(self._changed, ("level", *OPTIONAL), by=self.by)
