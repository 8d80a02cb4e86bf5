"""The rows of the import files as this user may see them: they come in again unchanged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import QuerySet

from roles.models import Absence, Department, Person, PersonSkill
from teamhub.accounts import permissions
from teamhub.accounts.models import User

Rows = Iterator[Sequence[Any]]
CHUNK = 500

SEEN_BY_ALL = ("key", "name", "sort_name", "department", "site", "time_zone", "roles")
SEEN_WITH_LOAD = (
    "email",
    "weekly_hours",
    "employed_from",
    "employed_to",
    "max_concurrent_projects",
)


def people(queryset: QuerySet[Person], user: User) -> tuple[list[str], Rows]:
    """All columns to those who see everybody's load, with the rate to those who see money.

    Others get the columns that every member sees, so that no cell is blank for lack of rights.
    """
    columns = list(SEEN_BY_ALL)
    if permissions.may_see_load_of_all(user):
        columns += SEEN_WITH_LOAD
    if permissions.may_see_money(user):
        columns.append("rate_per_fte_week")
    return columns, _people(queryset, columns)


def _people(queryset: QuerySet[Person], columns: list[str]) -> Rows:
    listed = queryset.select_related("department", "site").prefetch_related("roles")
    for person in listed.iterator(chunk_size=CHUNK):
        yield [_cell(person, column) for column in columns]


def _cell(person: Person, column: str) -> Any:
    match column:
        case "roles":
            return sorted(role.key for role in person.roles.all())
        case "department":
            return person.department.key
        case "site":
            return person.site.key
        case "sort_name" if person.sort_name == person.name.casefold():
            return ""  # follows the name
    return getattr(person, column)


def departments(queryset: QuerySet[Department], user: User) -> tuple[list[str], Rows]:
    """The leads' user names go to managers only."""
    columns = ["key", "name", "name_zh", "parent"]
    with_leads = permissions.is_manager(user)
    if with_leads:
        columns.append("leads")

    def rows() -> Rows:
        listed = queryset.select_related("parent").prefetch_related("leads")
        for one in listed.iterator(chunk_size=CHUNK):
            parent = one.parent.key if one.parent else None
            row: list[Any] = [one.key, one.name_en, one.name_zh, parent]
            if with_leads:
                row.append(sorted(lead.username for lead in one.leads.all()))
            yield row

    return columns, rows()


def skills(queryset: QuerySet[Person], user: User) -> tuple[list[str], Rows]:
    """Levels that these people hold."""
    columns = ["person", "skill", "level", "valid_from", "valid_to", "evidence"]
    held = PersonSkill.objects.filter(person__in=queryset.order_by().values("pk"))
    rows = held.order_by("person__key", "skill__key").values_list(
        "person__key", "skill__key", *columns[2:]
    )
    return columns, rows.iterator(chunk_size=CHUNK)


def absences(queryset: QuerySet[Person], user: User) -> tuple[list[str], Rows]:
    """Days away of those of these people whose load the user sees; reasons to administrators."""
    columns = ["person", "first_on", "last_on"]
    if permissions.is_administrator(user):
        columns.append("reason")
    seen = Person.objects.load_visible_to(user).filter(pk__in=queryset.order_by().values("pk"))
    away = Absence.objects.filter(person__in=seen.order_by().values("pk"))
    rows = away.order_by("person__key", "first_on").values_list("person__key", *columns[1:])
    return columns, rows.iterator(chunk_size=CHUNK)


def everything(kind: str, user: User) -> tuple[list[str], Rows] | None:
    """All rows of a kind of file that the user may see; None if there is no such kind."""
    seen = Person.objects.visible_to(user)
    match kind:
        case "departments":
            return departments(Department.objects.order_by("key"), user)
        case "people":
            return people(seen.order_by("key"), user)
        case "skills":
            return skills(seen, user)
        case "absences":
            return absences(seen, user)
    return None
