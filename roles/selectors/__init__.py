"""Reads of people and their time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from django.conf import settings
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from roles.catalog import SkillLevel, load_roles_catalog
from roles.kernel import presence
from roles.models import (
    Absence,
    CalendarDay,
    Department,
    Discipline,
    MapEdge,
    MapNode,
    Person,
    PersonSkill,
    Role,
    Site,
    Skill,
)
from teamhub.accounts import permissions
from teamhub.accounts.models import User
from teamhub.names import in_active_language
from teamhub.weeks import add_weeks


def availability(people: Iterable[Person], start: date, n_weeks: int) -> dict[int, list[int]]:
    """Hundredths of an FTE of each person in each week from `start`, a Monday.

    Contract hours times working days present; three queries whatever the number of people (one
    more if `people` is an unread queryset).
    """
    people = list(people)
    end = add_weeks(start, n_weeks)
    sites = {person.site_id for person in people}
    calendar_of = dict(Site.objects.filter(pk__in=sites).values_list("pk", "calendar"))
    masks = _masks(set(calendar_of.values()), start, end, n_weeks)
    absences = _absences(people, start, end)
    found = {}
    for person in people:
        days = presence.days_present(
            masks[calendar_of[person.site_id]],
            start,
            employed_from=person.employed_from,
            employed_to=person.employed_to,
            absences=absences.get(person.pk, ()),
        )
        found[person.pk] = presence.fte_hundredths(
            int(person.weekly_hours * 10), settings.COMPANY_WEEKLY_HOURS, days
        )
    return found


def _masks(
    calendars: set[int | None], start: date, end: date, n_weeks: int
) -> dict[int | None, bytes]:
    """Working days by calendar; a site without a calendar works every Monday to Friday."""
    days: dict[int | None, dict[str, list[date]]] = {
        calendar: {kind: [] for kind in CalendarDay.Kind.values} for calendar in calendars
    }
    listed = CalendarDay.objects.filter(calendar__in=calendars - {None}, on__gte=start, on__lt=end)
    for calendar, on, kind in listed.values_list("calendar", "on", "kind"):
        days[calendar][kind].append(on)
    return {
        calendar: presence.workday_mask(
            start,
            n_weeks,
            kinds[CalendarDay.Kind.HOLIDAY],
            kinds[CalendarDay.Kind.WORKDAY],
        )
        for calendar, kinds in days.items()
    }


def _absences(people: list[Person], start: date, end: date) -> dict[int, list[tuple[date, date]]]:
    away: dict[int, list[tuple[date, date]]] = defaultdict(list)
    listed = Absence.objects.filter(first_on__lt=end, last_on__gte=start)
    # Beyond some thousand people the list of keys would pass SQLite's limit of variables.
    if len(people) <= 2000:
        listed = listed.filter(person__in=[person.pk for person in people])
    for person, first_on, last_on in listed.order_by().values_list("person", "first_on", "last_on"):
        away[person].append((first_on, last_on))
    return away


@dataclass(frozen=True)
class Rights:
    """What a user may do with a person; templates ask nothing else."""

    edit: bool
    load: bool  # sees load and absence dates
    money: bool
    absences: bool  # adds and removes absences
    reasons: bool


def rights_on(person: Person, user: User) -> Rights:
    """Up to five queries for somebody who is neither manager nor planner."""
    edit = Person.objects.editable_by(user).filter(pk=person.pk).exists()
    is_self = person.user_id is not None and person.user_id == user.pk
    return Rights(
        edit=edit,
        load=edit or Person.objects.load_visible_to(user).filter(pk=person.pk).exists(),
        money=permissions.may_see_money(user),
        absences=edit or (is_self and permissions.has_scope(user, "write")),
        reasons=is_self or permissions.is_administrator(user),
    )


@dataclass(frozen=True)
class HeldSkill:
    """A level as the person page shows it."""

    held: PersonSkill
    state: str
    level_name: str


def held_skills(person: Person, day: date) -> list[HeldSkill]:
    """Valid ones first, then by level; one query."""
    names = {one.level: one.name for one in skill_levels()}
    found = [
        HeldSkill(held, held.state_on(day), names[held.level])
        for held in person.skills.select_related("skill__discipline")
    ]
    return sorted(
        found, key=lambda one: (one.state != "valid", -one.held.level, one.held.skill.name)
    )


@dataclass(frozen=True)
class Level:
    level: int
    name: str
    description: str


def skill_levels() -> list[Level]:
    """What the levels 1 to 5 mean, in the active language."""
    return [
        Level(
            one.level,
            in_active_language(one.name_en, one.name_zh),
            in_active_language(one.description_en, one.description_zh),
        )
        for one in _catalog_levels()
    ]


@cache
def _catalog_levels() -> tuple[SkillLevel, ...]:
    return load_roles_catalog().skill_levels


@dataclass(frozen=True)
class TreeRow:
    """A department in the order of the tree; `depth` 0 is the top."""

    department: Department
    depth: int
    people: int
    with_below: int  # people here and in all departments below

    @property
    def steps(self) -> range:
        """To indent by in a template."""
        return range(self.depth - 1)


def department_tree() -> list[TreeRow]:
    """All departments, parents before their children; two queries."""
    below: dict[int | None, list[Department]] = defaultdict(list)
    listed = Department.objects.annotate(n_people=Count("people")).prefetch_related("leads")
    for one in sorted(listed, key=lambda one: one.name.casefold()):
        below[one.parent_id].append(one)
    return _walk(below, None, 0)


def _walk(
    below: dict[int | None, list[Department]], parent: int | None, depth: int
) -> list[TreeRow]:
    rows = []
    for one in below.get(parent, ()):
        under = _walk(below, one.pk, depth + 1)
        own: int = one.n_people  # type: ignore[attr-defined]
        total = own + sum(row.people for row in under)
        rows += [TreeRow(one, depth, own, total), *under]
    return rows


MAP_KINDS = {
    "expertise": _("expertise"),
    "component": _("component"),
    "outcome": pgettext_lazy("map", "outcome"),
}


@dataclass(frozen=True)
class MapRow:
    """A node of the responsibility map with what leads to it and where it leads."""

    node: MapNode
    sources: list[MapNode]
    targets: list[MapNode]

    @property
    def others(self) -> list[Role]:
        """Default roles beside the accountable one."""
        accountable = self.node.accountable_role_id
        return [role for role in self.node.default_roles.all() if role.pk != accountable]

    @property
    def kind(self) -> str:
        return str(MAP_KINDS.get(self.node.kind, self.node.kind))


def responsibility_map() -> list[MapRow]:
    """The map in its own order; five queries."""
    nodes = list(
        MapNode.objects.filter(retired_on=None)
        .select_related("accountable_role")
        .prefetch_related("default_roles", "needs__skill")
    )
    by_pk = {node.pk: node for node in nodes}
    sources: dict[int, list[MapNode]] = defaultdict(list)
    targets: dict[int, list[MapNode]] = defaultdict(list)
    for source, target in MapEdge.objects.order_by("pk").values_list("source", "target"):
        if source in by_pk and target in by_pk:
            targets[source].append(by_pk[target])
            sources[target].append(by_pk[source])
    return [MapRow(node, sources[node.pk], targets[node.pk]) for node in nodes]


def absences_from(person: Person, day: date) -> list[Absence]:
    """Absences of a year back and all to come, the latest first."""
    since = day - timedelta(days=365)
    return list(person.absences.filter(last_on__gte=since).order_by("-first_on"))


@dataclass(frozen=True)
class SkillGroup:
    """Skills of one discipline; without one: the company's own."""

    discipline: Discipline | None
    skills: list[Skill]


def skills_by_discipline() -> list[SkillGroup]:
    """Current skills in the order of the disciplines, with the number of people; one query."""
    groups: dict[int | None, SkillGroup] = {}
    today = timezone.localdate()
    holders = Count("holders", filter=_valid("holders__", today))
    listed = Skill.objects.filter(retired_on=None).select_related("discipline")
    for skill in listed.annotate(n_people=holders).order_by("discipline__position", "key"):
        group = groups.setdefault(skill.discipline_id, SkillGroup(skill.discipline, []))
        group.skills.append(skill)
    return sorted(groups.values(), key=lambda group: group.discipline is None)


def _valid(prefix: str, day: date) -> Q:
    return (Q(**{f"{prefix}valid_from": None}) | Q(**{f"{prefix}valid_from__lte": day})) & (
        Q(**{f"{prefix}valid_to": None}) | Q(**{f"{prefix}valid_to__gte": day})
    )
