"""Skills x people, and who could answer for each node of the responsibility map."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from roles.kernel.drawing import Drawing, Place, draw
from roles.models import MapNode, Person, PersonSkill, Skill
from roles.selectors import MapRow


def levels_held(people: Iterable[Person], day: date) -> dict[int, dict[int, int]]:
    """Level by skill of each person on a day (one query)."""
    ids = [person.pk for person in people]
    held: dict[int, dict[int, int]] = {pk: {} for pk in ids}
    rows = PersonSkill.objects.valid_on(day).filter(person__in=ids).order_by()
    for person, skill, level in rows.values_list("person", "skill", "level"):
        held[person][skill] = level
    return held


@dataclass(frozen=True)
class MatrixRow:
    person: Person
    levels: list[int]  # in the order of the columns, 0 where there is none


@dataclass(frozen=True)
class Matrix:
    skills: list[Skill]
    rows: list[MatrixRow]
    holders: list[int]  # of each skill, over all people that the filters leave


def skill_matrix(
    shown: list[Person], everybody: QuerySet[Person], day: date, *, discipline: str = ""
) -> Matrix:
    """Levels of the people shown, and how many of `everybody` hold each skill."""
    current = Skill.objects.filter(retired_on=None).select_related("discipline")
    if discipline:
        current = current.filter(discipline__key=discipline)
    skills = list(current.order_by("discipline__position", "key"))
    held = levels_held(shown, day)
    counts: dict[int, int] = defaultdict(int)
    valid = PersonSkill.objects.valid_on(day).filter(person__in=everybody.order_by().values("pk"))
    for skill in valid.order_by().values_list("skill", flat=True):
        counts[skill] += 1
    rows = [
        MatrixRow(person, [held[person.pk].get(skill.pk, 0) for skill in skills])
        for person in shown
    ]
    return Matrix(skills, rows, [counts[skill.pk] for skill in skills])


def can_hold(people: QuerySet[Person], node: MapNode, day: date) -> QuerySet[Person]:
    """Who has all skills that a node needs; where it names none, who has one of its roles."""
    needs = list(node.needs.select_related("skill"))
    if not needs:
        return people.filter(roles__in=node.default_roles.all()).distinct()
    found: Any = people
    for need in needs:
        found = found.with_skill(need.skill.key, need.level, day)
    result: QuerySet[Person] = found
    return result


@dataclass(frozen=True)
class DrawnNode:
    row: MapRow
    place: Place
    n_people: int

    @property
    def css(self) -> str:
        """Nobody, or one only, is what the eye must find."""
        return {0: "th-map-none", 1: "th-map-one"}.get(self.n_people, "")


@dataclass(frozen=True)
class DrawnMap:
    drawing: Drawing
    nodes: list[DrawnNode]


def drawn_map(rows: list[MapRow], people: QuerySet[Person], day: date) -> DrawnMap:
    """The map as a picture, with the number of people who could hold each node."""
    keys = [row.node.key for row in rows]
    edges = [(row.node.key, target.key) for row in rows for target in row.targets]
    drawing = draw(keys, edges)
    everybody = list(people.prefetch_related("roles"))
    held = levels_held(everybody, day)
    roles_of = {person.pk: {role.pk for role in person.roles.all()} for person in everybody}
    nodes = [
        DrawnNode(row, drawing.places[row.node.key], _n_able(row, held, roles_of)) for row in rows
    ]
    return DrawnMap(drawing, nodes)


def _n_able(row: MapRow, held: dict[int, dict[int, int]], roles_of: dict[int, set[int]]) -> int:
    needs = [(need.skill_id, need.level) for need in row.node.needs.all()]
    if not needs:
        roles = {role.pk for role in row.node.default_roles.all()}
        return sum(1 for mine in roles_of.values() if mine & roles)
    return sum(
        1 for mine in held.values() if all(mine.get(skill, 0) >= level for skill, level in needs)
    )
