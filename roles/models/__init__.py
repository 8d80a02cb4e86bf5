"""Who can do what: departments, roles, skills, people and the time they have."""

from __future__ import annotations

from roles.models.catalog import (
    CalendarDay,
    Discipline,
    LearningResource,
    MapEdge,
    MapNode,
    MapNodeSkill,
    Role,
    Side,
    SiteCalendar,
    Skill,
)
from roles.models.company import Department, Site
from roles.models.people import Absence, Person, PersonSkill

__all__ = [
    "Absence",
    "CalendarDay",
    "Department",
    "Discipline",
    "LearningResource",
    "MapEdge",
    "MapNode",
    "MapNodeSkill",
    "Person",
    "PersonSkill",
    "Role",
    "Side",
    "Site",
    "SiteCalendar",
    "Skill",
]
