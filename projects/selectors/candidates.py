"""Who could take a slot: everybody, with what it would break and cost, best first."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from projects.kernel.staffing import problem as kernel
from projects.kernel.staffing.tables import Tables
from projects.models import Slot, SlotSkill
from projects.selectors.giving_way import Clash, clashes, hours, in_the_way
from projects.selectors.plan_state import Finding, Piece, PlanState, Rule, Sight
from projects.selectors.requests import Leads
from roles.models import Person, PersonSkill
from teamhub import weeks
from teamhub.accounts import permissions
from teamhub.accounts.models import User

PAGE = 25
BAR = 6  # width of a week in the drawing of the weeks


class Order(StrEnum):
    FIT = "fit"
    FREE = "free"
    COST = "cost"


ORDERS = {
    Order.FIT: gettext_lazy("best fit first"),
    Order.FREE: gettext_lazy("most time first"),
    Order.COST: gettext_lazy("least cost first"),
}


@dataclass(frozen=True)
class Ask:
    """What is to be taken of a slot, and which candidates are wanted."""

    slot: Slot
    start_on: date
    end_on: date
    fte_hundredths: int
    query: str = ""  # words of the name, the key, the department or a skill
    only_fits: bool = False
    only_free: bool = False
    order: Order = Order.FIT

    def piece(self, person: Person) -> Piece:
        return Piece(self.slot, person, self.start_on, self.end_on, self.fte_hundredths)

    @property
    def n_weeks(self) -> int:
        return weeks.weeks_between(self.start_on, self.end_on)

    @property
    def share(self) -> str:
        """The effort as forms and addresses write it: 0.50."""
        return f"{self.fte_hundredths / 100:.2f}"


@dataclass(frozen=True)
class Match:
    """A required skill and the level that the person holds, 0 without."""

    skill: str
    needed: int
    level: int
    valid: bool = True  # from the first Monday to the last Friday
    until: date | None = None

    @property
    def state(self) -> str:
        if self.level >= self.needed:
            return "all" if self.valid else "some"
        return "some" if self.level else "none"

    @property
    def missing(self) -> str:
        """What is missing, in words; "" where nothing is."""
        if not self.level:
            return _("not held; level %(needed)d is asked") % {"needed": self.needed}
        if self.level < self.needed:
            short = self.needed - self.level
            return ngettext("%(n)d level short", "%(n)d levels short", short) % {"n": short}
        if not self.valid and self.until is not None:
            return _("valid until %(day)s only") % {"day": self.until}
        return "" if self.valid else _("not valid in all weeks")


@dataclass(frozen=True)
class Week:
    """A week of a candidate: what they have and what is taken, in hundredths of an FTE."""

    index: int
    monday: date
    available: int
    taken: int
    wanted: int

    @property
    def free(self) -> int:
        return self.available - self.taken

    @property
    def is_enough(self) -> bool:
        return self.free >= self.wanted

    @property
    def height(self) -> int:
        """Of a bar, 0 to 20: a full-time week is 20."""
        return max(0, min(20, round(self.free / 5)))

    @property
    def top(self) -> int:
        return 20 - self.height

    @property
    def left(self) -> int:
        return BAR * self.index

    @property
    def hours_free(self) -> float:
        return hours(max(0, self.free))

    @property
    def hours_available(self) -> float:
        return hours(self.available)


@dataclass(frozen=True)
class Fit:
    """Points of the staffing kernel: those of each effort unit (0.01 FTE-week) by part."""

    skills: int
    site: int
    effort: int

    @property
    def total(self) -> int:
        return self.skills + self.site

    @property
    def placement(self) -> int:
        """Points of the whole placement, as a proposal counts them."""
        return self.total * self.effort


@dataclass(frozen=True)
class Candidate:
    person: Person
    matches: list[Match]
    findings: list[Finding]
    by_week: list[Week]
    fit: Fit | None  # None without the skills: the kernel gives it to nobody else
    load_seen: bool
    cost: Decimal | None = None  # None: not for this reader
    clashes: list[Clash] = field(default_factory=list)
    asks: str = ""  # leads who would have to agree

    @property
    def fits(self) -> bool:
        return not self.findings

    @property
    def blocked(self) -> bool:
        return any(finding.blocks for finding in self.findings)

    @property
    def has_time(self) -> bool:
        return not any(finding.rule is Rule.CAPACITY for finding in self.findings)

    @cached_property
    def free_hundredths(self) -> int:
        """The least that is free in one of the weeks; below 0: over already."""
        return min((week.free for week in self.by_week), default=0)

    @property
    def least_hours(self) -> float:
        return hours(max(0, self.free_hundredths))

    @property
    def sum_hours(self) -> float:
        return hours(sum(max(0, week.free) for week in self.by_week))

    @property
    def drawn_width(self) -> int:
        return BAR * len(self.by_week)

    @property
    def n_short(self) -> int:
        """Weeks in which too little is free."""
        return sum(not week.is_enough for week in self.by_week)

    @property
    def missing_levels(self) -> int:
        """Levels that are missing; a skill that is not valid in all weeks counts as one."""
        return sum(max(0, m.needed - m.level) or int(not m.valid) for m in self.matches)


def candidates(ask: Ask, *, user: User) -> list[Candidate]:
    """People employed in these weeks, best first (a fixed number of queries)."""
    people = _people(ask)
    found = _weighed(ask, people, user)
    if ask.only_fits:
        found = [one for one in found if one.fits]
    if ask.only_free:
        found = [one for one in found if one.has_time and not one.blocked]
    order = ask.order
    if order is Order.COST and not permissions.may_see_money(user):
        order = Order.FIT
    return sorted(found, key=lambda one: _rank(one, order))


def candidate(ask: Ask, person: Person, *, user: User) -> Candidate:
    """One person for the slot, employed in these weeks or not."""
    return _weighed(ask, [person], user)[0]


def _people(ask: Ask) -> list[Person]:
    employed = Person.objects.employed_between(ask.start_on, ask.end_on)
    people = list(employed.select_related("site", "department"))
    words = ask.query.casefold().split()
    if not words:
        return people
    said: dict[int, list[str]] = defaultdict(list)
    for held in PersonSkill.objects.filter(person__in=people).select_related("skill"):
        said[held.person_id].append(held.skill.name)
    for person in people:
        said[person.pk] += [person.name, person.key, person.department.name]
    text = {pk: " ".join(parts).casefold() for pk, parts in said.items()}
    return [one for one in people if all(word in text[one.pk] for word in words)]


def _weighed(ask: Ask, people: list[Person], user: User) -> list[Candidate]:
    """Everybody with what the placement would break, cost and move."""
    sight = Sight.of(user)
    state = PlanState(people, [ask.slot.phase.project], ask.start_on, ask.end_on)
    needs = list(ask.slot.skills.all())
    matches = {person.pk: [_match(ask, need, person, state) for need in needs] for person in people}
    fits = _fits(ask, people, matches)
    pieces = {person.pk: ask.piece(person) for person in people}
    work = clashes(people, ask.start_on, ask.end_on, user=user)
    leads = Leads(pieces.values(), by=user)
    found = []
    for person in people:
        piece = pieces[person.pk]
        findings = state.findings(piece)
        found.append(
            Candidate(
                person,
                matches[person.pk],
                sight.told(findings),
                by_week=_by_week(ask, person, state),
                fit=fits.get(person.pk),
                load_seen=person.pk in sight.loads,
                cost=piece.cost if sight.money else None,
                clashes=in_the_way(piece, findings, work.get(person.pk, [])),
                asks=_agree(leads, piece, sight),
            )
        )
    return found


def _agree(leads: Leads, piece: Piece, sight: Sight) -> str:
    """Leads to ask; those of other work only where the person's load may be seen."""
    asked = leads.asked(piece)
    if asked is not None and "project_id" in asked and piece.person.pk not in sight.loads:
        return ""
    return leads.answering(asked)


def _match(ask: Ask, need: SlotSkill, person: Person, state: PlanState) -> Match:
    held = state.skills.get((person.pk, need.skill_id))
    if held is None:
        return Match(need.skill.name, need.level, 0)
    late = held.valid_from is not None and held.valid_from > ask.start_on
    ends = held.valid_to is not None and held.valid_to < ask.end_on - timedelta(days=3)
    return Match(
        need.skill.name,
        need.level,
        held.level,
        valid=not late and not ends,
        until=held.valid_to if ends else None,
    )


def _by_week(ask: Ask, person: Person, state: PlanState) -> list[Week]:
    mondays = weeks.each_week(ask.start_on, ask.end_on)
    each = zip(mondays, state.free[person.pk], state.load[person.pk], strict=True)
    return [
        Week(index, monday, have, taken, ask.fte_hundredths)
        for index, (monday, have, taken) in enumerate(each)
    ]


def _fits(ask: Ask, people: list[Person], matches: dict[int, list[Match]]) -> dict[int, Fit]:
    """The kernel's fit of those who hold the skills in all weeks, under its usual weights."""
    able = [p for p in people if all(m.state == "all" for m in matches[p.pk])]
    n_weeks, project = ask.n_weeks, ask.slot.phase.project
    effort = ask.fte_hundredths * n_weeks
    tables = Tables(
        kernel.StaffingProblem(
            n_weeks=n_weeks,
            people=tuple(
                kernel.Person(
                    key=str(person.pk),
                    skills={str(i): one.level for i, one in enumerate(matches[person.pk])},
                    availability=(0,) * n_weeks,
                    site=str(person.site_id),
                )
                for person in able
            ),
            projects=(kernel.Project(key=str(project.pk), site=str(project.site_id)),),
            slots=(
                kernel.Slot(
                    key=str(ask.slot.pk),
                    project=0,
                    phase=ask.slot.phase.key,
                    required={str(i): need.level for i, need in enumerate(ask.slot.skills.all())},
                    fte=ask.fte_hundredths,
                    start=0,
                    end=n_weeks,
                ),
            ),
        )
    )
    points = tables.fit(0, np.arange(len(able))).tolist()
    same_site = tables.problem.weights.same_site
    found = {}
    for person, total in zip(able, points, strict=True):
        site = same_site if person.site_id == project.site_id else 0
        found[person.pk] = Fit(total - site, site, effort)
    return found


def _rank(one: Candidate, order: Order) -> tuple[bool, tuple[Decimal | int, ...], str]:
    """Who may; then by the order. Nothing that the reader may not see decides a place.

    By fit a missing skill weighs more than a full week, which can be moved.
    """
    by_fit = (one.missing_levels, len(one.findings), -(one.fit.total if one.fit else 0))
    keys: dict[Order, tuple[Decimal | int, ...]] = {
        Order.FIT: by_fit,
        Order.FREE: (
            (0, -one.free_hundredths, -round(one.sum_hours)) if one.load_seen else (1, *by_fit)
        ),
        Order.COST: (one.cost or Decimal(0), *by_fit),
    }
    return (one.blocked, keys[order], one.person.sort_name)
