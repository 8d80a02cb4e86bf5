"""Rows of the planner's board."""

from __future__ import annotations

from typing import Any

from projects.models import Project
from roles.models import Person
from tests.integration.permissions.rows import View, Who, ids, pks
from tests.integration.permissions.rows_people import loads
from tests.integration.permissions.rows_projects import assignments, plans


def board_views() -> list[View]:
    board = "/api/v1/projects/board/?weeks=104&limit=200"
    return [
        View(f"{board}&view=projects", ids, lambda who: pks(_planned(who))),
        View(f"{board}&view=people", ids, lambda who: pks(_people(who))),
    ]


def _planned(who: Who) -> Any:
    return Project.objects.filter(key__in=plans(who))


def _people(who: Who) -> set[Person]:
    """Whose load they see, and who works where they see the team."""
    return loads(who) | {assignment.person for assignment in assignments(who)}
