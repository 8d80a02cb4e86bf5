"""Skills against open work by level and week, and who is free with what from when."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from projects.models import Slot
from projects.selectors.load import PersonLoad, week_load
from projects.selectors.people_capacity import asking_slots, open_weeks, valid_weeks
from roles.models import Person, PersonSkill, Skill
from teamhub import weeks
from teamhub.accounts import permissions
from teamhub.accounts.models import User


@dataclass
class LevelWeeks:
    """A skill at a level or above: hundredths of an FTE, one entry a week."""

    skill: Skill
    level: int
    n_weeks: int
    demand: list[int] = field(default_factory=list)  # slots that ask for this level or above
    open: list[int] = field(default_factory=list)  # of them, what nobody holds
    free: list[int] = field(default_factory=list)  # of people who hold it
    holders: int = 0  # people who hold it in one of the weeks
    loads_known: bool = True  # else `free` and `gap` say nothing

    def __post_init__(self) -> None:
        self.demand, self.open, self.free = ([0] * self.n_weeks for _ in range(3))

    @cached_property
    def gap(self) -> list[int]:
        """What is open beyond what is free; nothing where loads are hidden from the reader."""
        if not self.loads_known:
            return [0] * self.n_weeks
        return [max(0, wanted - has) for wanted, has in zip(self.open, self.free, strict=True)]

    @property
    def worst(self) -> int:
        return max(self.gap, default=0)

    @property
    def gap_weeks(self) -> int:
        return sum(1 for one in self.gap if one)


def supply_and_demand(
    user: User,
    start: date,
    n_weeks: int,
    *,
    department: str = "",
    skill: str = "",
) -> list[LevelWeeks]:
    """Each (skill, level) that slots ask for in these weeks, the worst gap first.

    A person counts in every skill that they hold, so gaps of different skills do not add up. Who
    holds what everybody sees; what is free only who sees everybody's load: part of it would be a
    wrong sum. Slots of projects whose detail the user sees, closed projects left out. A fixed
    number of queries.
    """
    known = permissions.may_see_load_of_all(user)
    rows: dict[tuple[str, int], LevelWeeks] = {}
    slots = asking_slots(user, start, n_weeks, department)
    asked = list(slots.filter(skills__skill__key=skill) if skill else slots)
    for slot in asked:
        for need in slot.skills.all():
            if not skill or need.skill.key == skill:
                wanted = (need.skill.key, need.level)
                row = LevelWeeks(need.skill, need.level, n_weeks, loads_known=known)
                rows.setdefault(wanted, row)
    by_skill: dict[str, list[LevelWeeks]] = defaultdict(list)
    for (key, _level), row in rows.items():
        by_skill[key].append(row)
    for slot in asked:
        _add_demand(slot, by_skill, start, n_weeks)
    _add_people(by_skill, user, start, n_weeks, department)
    return sorted(
        rows.values(),
        key=lambda row: (
            -row.worst,
            -row.gap_weeks,
            0 if known else -max(row.open, default=0),
            row.skill.key,
            -row.level,
        ),
    )


def _add_demand(
    slot: Slot, by_skill: dict[str, list[LevelWeeks]], start: date, n_weeks: int
) -> None:
    left = open_weeks(slot, start, n_weeks)
    for need in slot.skills.all():
        for row in by_skill.get(need.skill.key, ()):
            if need.level < row.level:
                continue
            for week, hundredths in left.items():
                row.demand[week] += slot.fte_hundredths
                row.open[week] += hundredths


def _add_people(
    by_skill: dict[str, list[LevelWeeks]], user: User, start: date, n_weeks: int, department: str
) -> None:
    people = Person.objects.visible_to(user).employed_between(
        start, weeks.add_weeks(start, n_weeks)
    )
    if department:
        people = people.in_department(department)
    held = PersonSkill.objects.filter(person__in=people, skill__key__in=by_skill)
    skills = list(held.select_related("skill").order_by("pk"))
    holders = {row.person_id for row in skills}
    seen = people.filter(pk__in=holders).select_related("site")
    load = week_load(seen, start, n_weeks) if permissions.may_see_load_of_all(user) else {}
    for held_skill in skills:
        mine, valid = load.get(held_skill.person_id), valid_weeks(held_skill, start, n_weeks)
        for row in by_skill[held_skill.skill.key]:
            if held_skill.level < row.level or not valid:
                continue
            row.holders += 1
            if mine is None:
                continue
            for week in valid:
                row.free[week] += max(0, mine.available[week] - mine.assigned[week])


@dataclass(frozen=True)
class FreePerson:
    """Somebody with a skill and what they have left, hundredths of an FTE by week."""

    person: Person
    level: int
    free: list[int]
    from_on: date | None  # first Monday from which they have as much as was asked, all through

    @property
    def least(self) -> int:
        return min(self.free, default=0)

    @property
    def total(self) -> int:
        return sum(max(0, one) for one in self.free)


def free_people(
    user: User,
    skill: Skill,
    level: int,
    start: date,
    n_weeks: int,
    *,
    fte_hundredths: int = 1,
    department: str = "",
) -> list[FreePerson]:
    """Who holds a skill at a level and has time, those free soonest first.

    Everybody whose load the user sees and who has as much as asked in at least one of the weeks.
    """
    end = weeks.add_weeks(start, n_weeks)
    people = Person.objects.load_visible_to(user).employed_between(start, end)
    if department:
        people = people.in_department(department)
    held = PersonSkill.objects.filter(person__in=people, skill=skill, level__gte=level)
    skills = {row.person_id: row for row in held}
    found = list(people.filter(pk__in=skills).select_related("site", "department"))
    load = week_load(found, start, n_weeks)
    rows = [_free(one, skills[one.pk], load[one.pk], start, fte_hundredths) for one in found]
    able = [row for row in rows if max(row.free, default=0) >= fte_hundredths]
    return sorted(
        able,
        key=lambda row: (row.from_on or date.max, -row.total, -row.level, row.person.sort_name),
    )


def _free(
    person: Person, held: PersonSkill, load: PersonLoad, start: date, fte_hundredths: int
) -> FreePerson:
    n_weeks = len(load.available)
    valid = set(valid_weeks(held, start, n_weeks))
    left = zip(load.available, load.assigned, strict=True)
    free = [has - taken if week in valid else 0 for week, (has, taken) in enumerate(left)]
    short = [week for week, has in enumerate(free) if has < fte_hundredths]
    first = short[-1] + 1 if short else 0
    from_on = weeks.add_weeks(start, first) if first < n_weeks else None
    return FreePerson(person, held.level, free, from_on)
