"""Where a plan stands over some weeks: open slots, coverage, cost, and who has too much."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import ngettext

from projects.models import Assignment, Project, Slot
from projects.selectors.load import span
from roles.models import Person
from roles.selectors import availability
from teamhub import weeks
from teamhub.accounts import permissions
from teamhub.accounts.models import User
from teamhub.web.templatetags.teamhub_tags import fte

MOST_WEEKS = 104  # what lies further ahead is no question of a Monday morning


@dataclass(frozen=True)
class Held:
    """Somebody's work in a slot for some weeks; without an assignment it is only proposed."""

    assignment: int | None
    slot: int
    person: int
    start_on: date
    end_on: date
    fte_hundredths: int

    @classmethod
    def of(cls, row: Assignment) -> Held:
        return cls(row.pk, row.slot_id, row.person_id, row.start_on, row.end_on, row.fte_hundredths)


@dataclass(frozen=True)
class Over:
    """Somebody who has more work than time."""

    person: Person
    weeks: list[date]
    worst: int  # hundredths over in the worst week

    @property
    def words(self) -> str:
        text = ngettext(
            "%(n)d week, up to %(most)s FTE", "%(n)d weeks, up to %(most)s FTE", len(self.weeks)
        )
        return text % {"n": len(self.weeks), "most": fte(self.worst)}


@dataclass(frozen=True)
class Standing:
    """Figures of a plan. Efforts are hundredths of FTE-weeks."""

    wanted: int
    filled: int
    open_slots: int
    open_musts: int
    over: list[Over]
    overload_effort: int
    cost: Decimal | None  # for those who may see money

    @property
    def coverage_share(self) -> float | None:
        return self.filled / self.wanted if self.wanted else None

    @property
    def must_words(self) -> str:
        text = ngettext("%(n)d must be filled", "%(n)d must be filled", self.open_musts)
        return text % {"n": self.open_musts}

    @property
    def overload_weeks(self) -> int:
        return sum(len(one.weeks) for one in self.over)


class Ground:
    """Slots of a scope and the people about them; plans over it are weighed in memory.

    Load is told of people whose load the user sees, plans of projects whose plan the user sees.
    """

    def __init__(
        self,
        projects: Iterable[Project],
        user: User,
        *,
        start: date | None = None,
        end: date | None = None,
        people: Iterable[int] = (),
    ) -> None:
        self.start = start or weeks.monday(timezone.localdate())
        found = Slot.objects.visible_to(user).filter(
            phase__project__in=projects, end_on__gt=self.start
        )
        if end is not None:
            found = found.filter(start_on__lt=end)
        self.slots = list(found.order_by())
        last = max((slot.end_on for slot in self.slots), default=weeks.add_weeks(self.start, 1))
        last = min(last, weeks.add_weeks(self.start, MOST_WEEKS))
        self.end = max(min(last, end) if end else last, weeks.add_weeks(self.start, 1))
        self.n_weeks = weeks.weeks_between(self.start, self.end)
        ids = [slot.pk for slot in self.slots]
        self.held = [Held.of(row) for row in Assignment.objects.filter(slot__in=ids).order_by("pk")]
        about = {one.person for one in self.held} | set(people)
        self.rates = dict(
            Person.objects.filter(pk__in=about).values_list("pk", "rate_per_fte_week")
        )
        seen = Person.objects.load_visible_to(user).filter(pk__in=about)
        self.people = {person.pk: person for person in seen.select_related("site", "department")}
        self.free = availability(self.people.values(), self.start, self.n_weeks)
        self.beside = self._beside(ids)
        self.with_money = permissions.may_see_money(user)

    def _beside(self, slots: list[int]) -> dict[int, list[int]]:
        """What other work takes of each person, by week."""
        taken = {pk: [0] * self.n_weeks for pk in self.people}
        rows = Assignment.objects.filter(person__in=self.people).in_weeks(self.start, self.end)
        for row in rows.exclude(slot__in=slots).order_by():
            self._count(taken, Held.of(row))
        return taken

    def _count(self, taken: dict[int, list[int]], one: Held) -> None:
        mine = taken.get(one.person)
        if mine is None:
            return
        for week in span(self.start, self.n_weeks, one.start_on, one.end_on):
            mine[week] += one.fte_hundredths

    @property
    def last_week(self) -> date:
        return weeks.add_weeks(self.end, -1)

    def standing(self, held: Iterable[Held] | None = None) -> Standing:
        """The figures of today's plan, or of another one over the same slots."""
        held = self.held if held is None else list(held)
        by_slot: dict[int, list[Held]] = defaultdict(list)
        for one in held:
            by_slot[one.slot].append(one)
        wanted = filled = n_open = n_must = 0
        for slot in self.slots:
            asked, got = self._effort(slot, by_slot[slot.pk])
            wanted, filled = wanted + asked, filled + got
            n_open += got < asked
            n_must += got < asked and slot.must_fill
        over, effort = self._over(held)
        cost = self._cost(held) if self.with_money else None
        return Standing(wanted, filled, n_open, n_must, over, effort, cost)

    def _effort(self, slot: Slot, held: list[Held]) -> tuple[int, int]:
        asked = got = 0
        taken = [0] * self.n_weeks
        for one in held:
            for week in span(self.start, self.n_weeks, one.start_on, one.end_on):
                taken[week] += one.fte_hundredths
        for week in span(self.start, self.n_weeks, slot.start_on, slot.end_on):
            asked += slot.fte_hundredths
            got += min(taken[week], slot.fte_hundredths)
        return asked, got

    def _over(self, held: list[Held]) -> tuple[list[Over], int]:
        taken = {pk: list(each) for pk, each in self.beside.items()}
        for one in held:
            self._count(taken, one)
        found, effort = [], 0
        for pk, person in self.people.items():
            pairs = zip(taken[pk], self.free[pk], strict=True)
            over = [max(0, load - free) for load, free in pairs]
            if not any(over):
                continue
            busy = [weeks.add_weeks(self.start, week) for week, much in enumerate(over) if much]
            found.append(Over(person, busy, max(over)))
            effort += sum(over)
        return sorted(found, key=lambda one: (-one.worst, one.person.sort_name)), effort

    def _cost(self, held: list[Held]) -> Decimal:
        total = Decimal(0)
        for one in held:
            n_weeks = len(span(self.start, self.n_weeks, one.start_on, one.end_on))
            rate = self.rates.get(one.person, Decimal(0))
            total += rate * one.fte_hundredths * n_weeks / 100
        return total
