"""The files that a company brings: departments, people, their skills, their absences."""

from __future__ import annotations

from roles.importers.absences import AbsenceImporter
from roles.importers.cells import RolesImporter, creating
from roles.importers.departments import DepartmentImporter
from roles.importers.people import PersonImporter
from roles.importers.skills import SkillImporter

# In the order in which a company imports them.
IMPORTERS: tuple[type[RolesImporter], ...] = (
    DepartmentImporter,
    PersonImporter,
    SkillImporter,
    AbsenceImporter,
)

__all__ = ["IMPORTERS", "RolesImporter", "creating"]
