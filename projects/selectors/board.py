"""The planner board: people or projects by week, their bars and loads, and what is open."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet

from projects.models import Assignment, Project, SlotSkill, StaffingRun
from projects.selectors.board_bars import (
    ASSIGNMENT,
    BUSY,
    CLOSED,
    Bar,
    Reader,
    Window,
    Work,
    filled_per_week,
    in_lanes,
    masked,
    open_bars,
    per_week,
)
from projects.selectors.load import week_load
from roles.models import Person, PersonSkill
from roles.selectors import availability
from teamhub.accounts import permissions
from teamhub.accounts.models import User
from teamhub.web.loads import load_state


@dataclass(frozen=True)
class Narrow:
    """Filters of the board; keys, empty where not chosen."""

    query: str = ""
    department: str = ""
    site: str = ""
    role: str = ""
    skill: str = ""
    project: str = ""
    over: bool = False  # people over-allocated in some week; projects with open work


@dataclass(frozen=True)
class Load:
    """A person's weeks in hundredths of an FTE; `project` is the part of the chosen project."""

    available: list[int]
    confirmed: list[int]
    tentative: list[int]
    proposed: list[int]
    project: list[int]
    state: list[str]


@dataclass(frozen=True)
class Need:
    """A project's weeks in hundredths of an FTE: what it asks for and what is filled."""

    needed: list[int]
    filled: list[int]
    open: list[int]
    state: list[str]  # covered, short, none


@dataclass(frozen=True)
class Row:
    """A person or a project. `load` is None where the reader may not see it."""

    pk: int
    key: str
    name: str
    sub: str
    bars: list[Bar]
    load: Load | None = None
    need: Need | None = None


def board_people(user: User, window: Window, narrow: Narrow) -> QuerySet[Person]:
    """People employed in the window: those whose load, or some work, the user sees."""
    people = Person.objects.visible_to(user).employed_between(window.start, window.end)
    if not permissions.may_see_load_of_all(user):
        loads = Person.objects.load_visible_to(user).order_by().values("pk")
        work = Assignment.objects.visible_to(user).in_weeks(window.start, window.end)
        people = people.filter(Q(pk__in=loads) | Q(pk__in=work.order_by().values("person")))
    for word in narrow.query.split()[:10]:
        people = people.filter(Q(name__icontains=word) | Q(key__icontains=word))
    if narrow.department:
        people = people.in_department(narrow.department)
    if narrow.site:
        people = people.filter(site__key=narrow.site)
    if narrow.role:
        people = people.filter(pk__in=Person.objects.filter(roles__key=narrow.role).values("pk"))
    if narrow.skill:
        held = PersonSkill.objects.filter(skill__key=narrow.skill)
        people = people.filter(pk__in=held.order_by().values("person"))
    if narrow.project:
        seen = Project.objects.detail_visible_to(user).filter(key=narrow.project)
        work = Assignment.objects.filter(slot__phase__project__in=seen)
        at_work = work.in_weeks(window.start, window.end).order_by().values("person")
        people = people.filter(pk__in=at_work)
    if narrow.over:
        people = people.filter(pk__in=_over(user, people, window))
    return people.order_by("sort_name", "name", "pk")


def _over(user: User, people: QuerySet[Person], window: Window) -> list[int]:
    seen = Person.objects.load_visible_to(user).filter(pk__in=people.order_by().values("pk"))
    load = week_load(seen.select_related("site"), window.start, window.n_weeks)
    return [pk for pk, mine in load.items() if any(mine.over)]


def people_rows(
    user: User,
    people: QuerySet[Person] | list[Person],
    window: Window,
    *,
    project: str = "",
    run: StaffingRun | None = None,
) -> list[Row]:
    """These people with loads and bars (twelve queries at most, whatever their number)."""
    if isinstance(people, QuerySet):
        people = people.select_related("department", "site")
    people = list(people)
    reader = Reader(user)
    ids = [person.pk for person in people]
    seen = Person.objects.load_visible_to(user).filter(pk__in=ids).order_by()
    loads_seen = set(seen.values_list("pk", flat=True))
    free = availability([one for one in people if one.pk in loads_seen], *_span(window))
    taken, proposed = defaultdict(list), defaultdict(list)
    for bar in reader.assignments(window, Q(person_id__in=ids)):
        taken[bar.person].append(bar)
    for bar in reader.proposed(window, run, Q(person_id__in=ids)):
        proposed[bar.person].append(bar)
    return [
        _person_row(
            person, window, free.get(person.pk), taken[person.pk], proposed[person.pk], project
        )
        for person in people
    ]


def _span(window: Window) -> tuple[Any, int]:
    return window.start, window.n_weeks


def _person_row(
    person: Person,
    window: Window,
    free: list[int] | None,
    taken: list[Bar],
    proposed: list[Bar],
    project: str,
) -> Row:
    """`free` is None for a person whose load is not theirs to see: then nothing hidden is told."""
    shown = [bar for bar in taken if bar.kind != BUSY]
    load = None
    bars = [*shown, *proposed]
    if free is not None:
        bars += masked(window, [bar for bar in taken if bar.kind == BUSY])
        load = _load(window, free, taken, proposed, project)
    return Row(person.pk, person.key, person.name, person.department.name, in_lanes(bars), load)


def _load(
    window: Window, free: list[int], taken: list[Bar], proposed: list[Bar], project: str
) -> Load:
    tentative = per_week(window, (b for b in taken if b.status == Assignment.Status.TENTATIVE))
    confirmed = per_week(window, (b for b in taken if b.status == Assignment.Status.CONFIRMED))
    own = (b for b in taken if b.work is not None and b.work.project_key == project)
    return Load(
        available=list(free),
        confirmed=confirmed,
        tentative=tentative,
        proposed=per_week(window, proposed),
        project=per_week(window, own),
        state=[
            load_state(sure + maybe, has)
            for sure, maybe, has in zip(confirmed, tentative, free, strict=True)
        ],
    )


def board_projects(user: User, window: Window, narrow: Narrow) -> QuerySet[Project]:
    """Projects that the user sees in detail and that have slots in the window."""
    slots = Q(phases__slots__start_on__lt=window.end, phases__slots__end_on__gt=window.start)
    if narrow.role:
        slots &= Q(phases__slots__seat__role__key=narrow.role)
    if narrow.skill:
        slots &= Q(phases__slots__skills__skill__key=narrow.skill)
    active = Project.objects.exclude(status__in=CLOSED).filter(slots)
    projects = Project.objects.detail_visible_to(user).filter(pk__in=active.order_by().values("pk"))
    for word in narrow.query.split()[:10]:
        projects = projects.filter(Q(name__icontains=word) | Q(key__icontains=word))
    if narrow.department:
        projects = projects.filter(department__key=narrow.department)
    if narrow.site:
        projects = projects.filter(site__key=narrow.site)
    if narrow.project:
        projects = projects.filter(key=narrow.project)
    if narrow.over:
        short = {bar.work.project for bar in open_slots(user, window, narrow) if bar.work}
        projects = projects.filter(pk__in=short)
    return projects.order_by("name", "pk")


def project_rows(
    user: User,
    projects: QuerySet[Project] | list[Project],
    window: Window,
    *,
    run: StaffingRun | None = None,
) -> list[Row]:
    """These projects with what they need and who is on it (a fixed number of queries)."""
    if isinstance(projects, QuerySet):
        projects = projects.select_related("department")
    projects = list(projects)
    reader = Reader(user)
    ids = [project.pk for project in projects if project.pk in reader.detail]
    slots, bars = defaultdict(list), defaultdict(list)
    for work in reader.slots(window, Q(phase__project_id__in=ids)):
        slots[work.project].append(work)
    of_slots = Q(slot__phase__project_id__in=ids)
    for bar in (
        *reader.assignments(window, of_slots),
        *reader.proposed(window, run, of_slots),
    ):
        if bar.work is not None:
            bars[bar.work.project].append(bar)
    return [
        _project_row(project, window, slots[project.pk], bars[project.pk]) for project in projects
    ]


def _project_row(project: Project, window: Window, slots: list[Any], bars: list[Bar]) -> Row:
    taken = [bar for bar in bars if bar.kind == ASSIGNMENT]
    still_open = open_bars(window, slots, taken)
    demand = [Bar("slot", one.start_on, one.end_on, one.fte_hundredths) for one in slots]
    needed, left = per_week(window, demand), per_week(window, still_open)
    need = Need(
        needed=needed,
        filled=filled_per_week(window, slots, taken),
        open=left,
        state=[
            "short" if missing else "covered" if asked else "none"
            for asked, missing in zip(needed, left, strict=True)
        ],
    )
    rows = in_lanes([*bars, *still_open])
    return Row(project.pk, project.key, project.name, project.department.name, rows, need=need)


def open_slots(user: User, window: Window, narrow: Narrow) -> list[Bar]:
    """Open work of the window in projects that the user sees in detail (six queries)."""
    chosen = Q()
    for path, key in (
        ("phase__project__department__key", narrow.department),
        ("phase__project__site__key", narrow.site),
        ("seat__role__key", narrow.role),
        ("skills__skill__key", narrow.skill),
        ("phase__project__key", narrow.project),
    ):
        if key:
            chosen &= Q(**{path: key})
    reader = Reader(user)
    slots = reader.slots(window, chosen)
    held = reader.assignments(window, Q(slot_id__in=[work.slot for work in slots]))
    found = open_bars(window, slots, held)
    return sorted(
        found,
        key=lambda bar: (bar.start_on, not (bar.work and bar.work.must_fill), bar.end_on),
    )


def suited(bars: list[Bar]) -> dict[int, list[int]]:
    """By open slot that asks for skills: who holds them in all its weeks (two queries)."""
    asked = {bar.work.slot: bar.work for bar in bars if bar.work and bar.work.editable}
    needs: dict[int, list[tuple[int, int]]] = defaultdict(list)
    of_slots = SlotSkill.objects.filter(slot__in=asked)
    for slot, skill, level in of_slots.values_list("slot_id", "skill_id", "level"):
        needs[slot].append((skill, level))
    skills = {skill for found in needs.values() for skill, _level in found}
    held: dict[int, list[PersonSkill]] = defaultdict(list)
    for one in PersonSkill.objects.filter(skill__in=skills):
        held[one.skill_id].append(one)

    def holders(work: Work, skill: int, level: int) -> set[int]:
        last_friday = work.end_on - timedelta(days=3)
        return {
            one.person_id
            for one in held[skill]
            if one.level >= level
            and not (one.valid_from and one.valid_from > work.start_on)
            and not (one.valid_to and one.valid_to < last_friday)
        }

    return {
        slot: sorted(set.intersection(*(holders(asked[slot], *need) for need in found)))
        for slot, found in needs.items()
    }
