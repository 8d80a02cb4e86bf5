"""The role catalog as it stands in `roles/data/*.toml`: read, checked, frozen.

Pure: no Django. `roles.reference` maps what comes out to rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from roles.kernel import graph
from roles.tables import (
    HIGHEST_LEVEL,
    LOWEST_LEVEL,
    Row,
    SkillNeed,
    build_all,
    read_file,
    read_list,
)

__all__ = [
    "Calendar",
    "CalendarDay",
    "Discipline",
    "LearningResource",
    "MapNode",
    "Role",
    "RolesCatalog",
    "Skill",
    "SkillLevel",
    "SkillNeed",
    "load_roles_catalog",
]

DATA = Path(__file__).parent / "data"
SIDES = ("build", "review", "other")
NODE_KINDS = ("expertise", "component", "outcome")
DAY_KINDS = ("holiday", "workday")
RESOURCE_KINDS = ("book", "course", "paper", "standard", "documentation")


@dataclass(frozen=True, slots=True)
class Discipline:
    """A field of expertise and what it answers for in every project."""

    key: str
    name_en: str
    name_zh: str
    duty_en: str
    duty_zh: str


@dataclass(frozen=True, slots=True)
class Role:
    """What a person does in a project; `side` keeps builders and reviewers apart."""

    key: str
    name_en: str
    name_zh: str
    discipline: str
    side: str


@dataclass(frozen=True, slots=True)
class Skill:
    """Something a person can do at a level from 1 to 5."""

    key: str
    name_en: str
    name_zh: str
    discipline: str
    description_en: str
    description_zh: str


@dataclass(frozen=True, slots=True)
class SkillLevel:
    """What a level means, the same for every skill."""

    level: int
    name_en: str
    name_zh: str
    description_en: str
    description_zh: str


@dataclass(frozen=True, slots=True)
class MapNode:
    """A node of the responsibility map; the first default role is the accountable one."""

    key: str
    name_en: str
    name_zh: str
    kind: str
    default_roles: tuple[str, ...]
    needs: tuple[SkillNeed, ...]


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day that differs from the plain week: a holiday or a make-up working day."""

    on: date
    kind: str
    name_en: str
    name_zh: str


@dataclass(frozen=True, slots=True)
class Calendar:
    """The public holidays of a country for the years that are announced."""

    key: str
    name_en: str
    name_zh: str
    source: str
    years: tuple[int, ...]
    days: tuple[CalendarDay, ...]


@dataclass(frozen=True, slots=True)
class LearningResource:
    """A public book or course that raises the skills it names."""

    key: str
    name_en: str
    name_zh: str
    author: str
    publisher: str
    kind: str
    skills: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RolesCatalog:
    """Everything under `roles/data`, with every key between the files resolved."""

    disciplines: tuple[Discipline, ...]
    roles: tuple[Role, ...]
    skills: tuple[Skill, ...]
    skill_levels: tuple[SkillLevel, ...]
    nodes: tuple[MapNode, ...]
    edges: tuple[tuple[str, str], ...]
    calendars: tuple[Calendar, ...]
    learning: tuple[LearningResource, ...]


def load_roles_catalog(folder: Path = DATA) -> RolesCatalog:
    """Return the catalog; ValueError names the file and the key of the first mistake."""
    disciplines = read_list(folder / "disciplines.toml", "disciplines", _discipline)
    fields = {one.key for one in disciplines}
    roles = read_list(folder / "roles.toml", "roles", lambda row: _role(row, fields))
    skills, levels = _read_skills(folder / "skills.toml", fields)
    skill_keys = {one.key for one in skills}
    nodes, edges = _read_map(
        folder / "responsibility_map.toml", {one.key for one in roles}, skill_keys
    )
    return RolesCatalog(
        disciplines=disciplines,
        roles=roles,
        skills=skills,
        skill_levels=levels,
        nodes=nodes,
        edges=edges,
        calendars=read_list(folder / "site_calendars.toml", "calendars", _calendar),
        learning=read_list(
            folder / "learning.toml", "resources", lambda row: _resource(row, skill_keys)
        ),
    )


def _discipline(row: Row) -> Discipline:
    return Discipline(row.text("key"), *row.both("name"), *row.both("duty"))


def _role(row: Row, disciplines: set[str]) -> Role:
    return Role(
        row.text("key"),
        *row.both("name"),
        discipline=row.one_of("discipline", disciplines),
        side=row.one_of("side", SIDES),
    )


def _read_skills(
    path: Path, disciplines: set[str]
) -> tuple[tuple[Skill, ...], tuple[SkillLevel, ...]]:
    top = read_file(path)
    levels = build_all(top.rows("levels"), _level)
    if [one.level for one in levels] != list(range(LOWEST_LEVEL, HIGHEST_LEVEL + 1)):
        raise top.refuse("levels must be described from 1 to 5, in order.")
    skills = build_all(top.rows("skills"), lambda row: _skill(row, disciplines))
    top.done()
    return skills, levels


def _level(row: Row) -> SkillLevel:
    level = row.integer("level", LOWEST_LEVEL, HIGHEST_LEVEL)
    return SkillLevel(level, *row.both("name"), *row.both("description"))


def _skill(row: Row, disciplines: set[str]) -> Skill:
    return Skill(
        row.text("key"),
        *row.both("name"),
        row.one_of("discipline", disciplines),
        *row.both("description"),
    )


def _read_map(
    path: Path, roles: set[str], skills: set[str]
) -> tuple[tuple[MapNode, ...], tuple[tuple[str, str], ...]]:
    top = read_file(path)
    nodes = build_all(top.rows("nodes"), lambda row: _node(row, roles, skills))
    keys = {one.key for one in nodes}
    edges = []
    for row in top.rows("edges"):
        source = row.one_of("from", keys)
        row.place = f"edges from {source}"
        edges += [(source, target) for target in row.many_of("to", keys)]
        row.done()
    top.done()
    try:
        graph.check(tuple(one.key for one in nodes), tuple(edges))
    except ValueError as error:
        raise top.refuse(str(error)) from error
    return nodes, tuple(edges)


def _node(row: Row, roles: set[str], skills: set[str]) -> MapNode:
    node = MapNode(
        row.text("key"),
        *row.both("name"),
        kind=row.one_of("kind", NODE_KINDS),
        default_roles=row.many_of("default_roles", roles),
        needs=row.needs("needs", skills),
    )
    if not node.default_roles:
        raise row.refuse("default_roles must name at least one role.")
    if not node.needs:
        raise row.refuse("needs must name at least one skill.")
    return node


def _calendar(row: Row) -> Calendar:
    years = row.raw("years")
    if not isinstance(years, list) or not all(type(year) is int for year in years) or not years:
        raise row.refuse("years must be a list of years.")
    calendar = Calendar(
        row.text("key"),
        *row.both("name"),
        source=row.text("source"),
        years=tuple(years),
        days=tuple(_day(one, set(years)) for one in row.rows("days")),
    )
    on = [day.on for day in calendar.days]
    if on != sorted(set(on)):
        raise row.refuse("days must be in order and each day may come only once.")
    return calendar


def _day(row: Row, years: set[int]) -> CalendarDay:
    on = row.day("on")
    row.place = f"{row.place} {on}"
    day = CalendarDay(on, row.one_of("kind", DAY_KINDS, "holiday"), *row.both("name"))
    row.done()
    weekend = on.weekday() >= 5
    if on.year not in years:
        raise row.refuse("the day is outside the calendar's years.")
    if day.kind == "workday" and not weekend:
        raise row.refuse("a make-up working day must fall on a weekend.")
    return day


def _resource(row: Row, skills: set[str]) -> LearningResource:
    resource = LearningResource(
        row.text("key"),
        *row.both("name"),
        author=row.text("author"),
        publisher=row.text("publisher"),
        kind=row.one_of("kind", RESOURCE_KINDS),
        skills=row.many_of("skills", skills),
    )
    if not resource.skills:
        raise row.refuse("skills must name at least one skill.")
    return resource
