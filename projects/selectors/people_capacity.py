"""People against open work by role or skill and week: what a report tells of capacity."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from projects.models import Project, Slot
from projects.selectors.load import PersonLoad, span, week_load
from roles.models import Department, Person, PersonSkill, Role, Skill
from teamhub import weeks
from teamhub.accounts.models import User

CLOSED = (Project.Status.DONE, Project.Status.CANCELLED)
BY_ROLE, BY_SKILL = "role", "skill"
KINDS = (BY_ROLE, BY_SKILL)


@dataclass
class GroupWeeks:
    """One role or skill: hundredths of an FTE, one entry a week."""

    n_weeks: int
    people: list[int] = field(default_factory=list)  # who have time at all
    available: list[int] = field(default_factory=list)
    assigned: list[int] = field(default_factory=list)  # of these people, in whatever role
    tentative: list[int] = field(default_factory=list)
    free: list[int] = field(default_factory=list)
    over: list[int] = field(default_factory=list)
    demand: list[int] = field(default_factory=list)  # slots that ask for it
    open: list[int] = field(default_factory=list)  # of them, what nobody holds
    rates: list[Decimal] = field(default_factory=list)  # of an FTE-week, each times available

    def __post_init__(self) -> None:
        for name in ("people", "available", "assigned", "tentative", "free", "over"):
            setattr(self, name, [0] * self.n_weeks)
        self.demand, self.open = [0] * self.n_weeks, [0] * self.n_weeks
        self.rates = [Decimal(0)] * self.n_weeks

    def add(self, load: PersonLoad, rate: Decimal, span_of: Iterable[int]) -> None:
        """Count a person in these weeks."""
        for week in span_of:
            has, taken = load.available[week], load.assigned[week]
            if not has and not taken:
                continue
            self.people[week] += 1 if has else 0
            self.available[week] += has
            self.assigned[week] += load.confirmed[week]
            self.tentative[week] += load.tentative[week]
            self.free[week] += max(0, has - taken)
            self.over[week] += max(0, taken - has)
            self.rates[week] += rate * has

    def mean_rate(self, week: int) -> Decimal | None:
        """Weighted by what each has; None where nobody has time."""
        if not self.available[week]:
            return None
        return (self.rates[week] / self.available[week]).quantize(Decimal("0.01"))


@dataclass(frozen=True)
class CapacityLine:
    """A role or skill in a week."""

    week_on: date
    key: str
    name: str
    week: int
    group: GroupWeeks


def people_capacity(
    user: User, start: date, n_weeks: int, *, by: str = BY_ROLE, department: str = ""
) -> Iterator[CapacityLine]:
    """Lines by week, then by key (a fixed number of queries).

    People whose load the user sees; slots of projects whose detail they see, past and closed
    projects left out. Who has several roles or skills counts in each.
    """
    end = weeks.add_weeks(start, n_weeks)
    groups: dict[str, GroupWeeks] = defaultdict(lambda: GroupWeeks(n_weeks))
    people = Person.objects.load_visible_to(user).employed_between(start, end)
    if department:
        people = people.in_department(department)
    _count_people(groups, list(people.select_related("site").order_by("pk")), start, n_weeks, by)
    _count_slots(groups, user, start, n_weeks, by, department)
    model = Role if by == BY_ROLE else Skill
    names = {one.key: one.name for one in model.objects.all()}
    for week in range(n_weeks):
        for key in sorted(groups):
            yield CapacityLine(
                weeks.add_weeks(start, week), key, names.get(key, key), week, groups[key]
            )


def _count_people(
    groups: dict[str, GroupWeeks], people: list[Person], start: date, n_weeks: int, by: str
) -> None:
    load = week_load(people, start, n_weeks)
    by_pk = {person.pk: person for person in people}
    if by == BY_ROLE:
        held = Person.roles.through.objects.filter(person__in=by_pk)
        for pk, key in held.order_by().values_list("person", "role__key"):
            groups[key].add(load[pk], by_pk[pk].rate_per_fte_week, range(n_weeks))
        return
    skills = PersonSkill.objects.filter(person__in=by_pk).select_related("skill")
    for row in skills.order_by("pk"):
        person = by_pk[row.person_id]
        groups[row.skill.key].add(
            load[person.pk], person.rate_per_fte_week, valid_weeks(row, start, n_weeks)
        )


def valid_weeks(row: PersonSkill, start: date, n_weeks: int) -> list[int]:
    """Weeks whose Monday the skill is valid on."""
    days = [weeks.add_weeks(start, week) for week in range(n_weeks)]
    return [week for week, day in enumerate(days) if row.state_on(day) == "valid"]


def asking_slots(user: User, start: date, n_weeks: int, department: str = "") -> QuerySet[Slot]:
    """Slots of these weeks in running projects whose detail the user sees, with all they ask."""
    end = weeks.add_weeks(start, n_weeks)
    slots = Slot.objects.visible_to(user).filter(start_on__lt=end, end_on__gt=start)
    slots = slots.exclude(phase__project__status__in=CLOSED)
    if department:
        tops = set(Department.objects.filter(key=department).values_list("pk", flat=True))
        slots = slots.filter(phase__project__department__in=Department.objects.at_or_below(tops))
    return slots.prefetch_related("assignments", "skills__skill").order_by("pk")


def _count_slots(
    groups: dict[str, GroupWeeks], user: User, start: date, n_weeks: int, by: str, department: str
) -> None:
    slots = asking_slots(user, start, n_weeks, department)
    for slot in slots.select_related("seat__role"):
        left = open_weeks(slot, start, n_weeks)
        for key in _asked(slot, by):
            group = groups[key]
            for week, hundredths in left.items():
                group.demand[week] += slot.fte_hundredths
                group.open[week] += hundredths


def _asked(slot: Slot, by: str) -> set[str]:
    if by == BY_ROLE:
        return {slot.seat.role.key}
    return {need.skill.key for need in slot.skills.all()}


def open_weeks(slot: Slot, start: date, n_weeks: int) -> dict[int, int]:
    """What nobody holds of a slot, by week."""
    left = dict.fromkeys(span(start, n_weeks, slot.start_on, slot.end_on), slot.fte_hundredths)
    for row in slot.assignments.all():
        for week in span(start, n_weeks, row.start_on, row.end_on):
            if week in left:
                left[week] = max(0, left[week] - row.fte_hundredths)
    return left
