"""Today's plan of some people and projects, held in memory, and what a change to it would break."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects.models import Assignment, Project, ProjectSide, Slot
from projects.selectors.load import span
from roles.models import Person, PersonSkill, Side
from roles.selectors import availability
from roles.time_zones import hours_apart
from teamhub import weeks
from teamhub.accounts import permissions
from teamhub.accounts.models import User


class Rule(StrEnum):
    """The rules of the plan, in the words of the staffing kernel."""

    SKILL = "skill"
    DISTANCE = "distance"
    CAPACITY = "capacity"
    MAX_PROJECTS = "max_projects"
    INDEPENDENCE = "independence"
    ONE_PER_PHASE = "one_per_phase"
    BUDGET = "budget"
    SLOT_FULL = "slot_full"


# Rules that nobody may override by hand.
HARD = frozenset({Rule.INDEPENDENCE, Rule.ONE_PER_PHASE})
# Rules whose findings tell how a person is loaded.
OF_LOAD = frozenset({Rule.CAPACITY, Rule.MAX_PROJECTS})


@dataclass(frozen=True)
class Finding:
    """One rule that a change would break: for whom, in which weeks, in words."""

    rule: Rule
    person: str
    text: str
    weeks: list[str] = field(default_factory=list)  # ISO labels
    money: dict[str, str] = field(default_factory=dict)  # only for those who may see it
    about: int = 0  # whose load it tells of

    @property
    def blocks(self) -> bool:
        return self.rule in HARD

    def as_dict(self, *, with_money: bool = False) -> dict[str, Any]:
        out: dict[str, Any] = {
            "rule": self.rule.value,
            "person": self.person,
            "message": self.text,
            "weeks": self.weeks,
            "blocks": self.blocks,
        }
        return out | ({"money": self.money} if with_money and self.money else {})


@dataclass(frozen=True)
class Sight:
    """What a user may be told of findings."""

    money: bool
    loads: frozenset[int]  # ids of the people whose load the user sees

    @classmethod
    def of(cls, user: User) -> Sight:
        loads = Person.objects.load_visible_to(user).order_by().values_list("pk", flat=True)
        return cls(permissions.may_see_money(user), frozenset(loads))

    def told(self, findings: Iterable[Finding]) -> list[Finding]:
        """The findings without what the user may not know.

        Whether a budget holds tells of rates to who can try efforts. Of a load that is not the
        user's to see, only that there is no room is said: who staffs must know that much.
        """
        found: list[Finding] = []
        for one in findings:
            if one.rule is Rule.BUDGET and not self.money:
                continue
            shown = one
            if one.rule in OF_LOAD and one.about not in self.loads:
                text = _("%(person)s has no room in some of these weeks.")
                text %= {"person": one.person}
                shown = replace(one, rule=Rule.CAPACITY, text=text, weeks=[])
            if shown not in found:
                found.append(shown)
        return found


def budget_mark(findings: Iterable[Finding]) -> dict[str, Any]:
    """What a plan change and the audit keep of a budget that a choice by hand exceeds.

    For those who see money only: whoever does not is neither told nor held up (see `told`).
    """
    exceeds = any(one.rule is Rule.BUDGET for one in findings)
    return {"over_budget": True} if exceeds else {}


@dataclass(frozen=True)
class Piece:
    """A person's work in a slot for some weeks: what is added, moved or taken away."""

    slot: Slot
    person: Person
    start_on: date
    end_on: date
    fte_hundredths: int

    @classmethod
    def of(cls, assignment: Assignment) -> Piece:
        return cls(
            assignment.slot,
            assignment.person,
            assignment.start_on,
            assignment.end_on,
            assignment.fte_hundredths,
        )

    @property
    def cost(self) -> Decimal:
        n = weeks.weeks_between(self.start_on, self.end_on)
        return self.person.rate_per_fte_week * self.fte_hundredths * n / 100


class PlanState:
    """Facts of `people` and `projects` over a window of weeks; pieces come and go in memory.

    Slots given to it must come with seat, role, phase, project and site; people with their site.
    """

    def __init__(
        self, people: Iterable[Person], projects: Iterable[Project], start: date, end: date
    ) -> None:
        self.start, self.n_weeks = start, max(1, weeks.weeks_between(start, end))
        people, projects = list(people), list(projects)
        ids = [person.pk for person in people]
        self.free = availability(people, start, self.n_weeks)
        self.load: dict[int, list[int]] = {pk: [0] * self.n_weeks for pk in ids}
        self.busy: dict[int, list[Counter[int]]] = {
            pk: [Counter() for _ in range(self.n_weeks)] for pk in ids
        }
        self.held: dict[tuple[int, int], list[tuple[int, date, date]]] = defaultdict(list)
        self.sides = {
            (row.person_id, row.project_id): row.side
            for row in ProjectSide.objects.filter(person_id__in=ids)
        }
        self.skills: dict[tuple[int, int], PersonSkill] = {
            (row.person_id, row.skill_id): row
            for row in PersonSkill.objects.filter(person_id__in=ids)
        }
        self.spend: dict[int, Decimal] = {project.pk: Decimal(0) for project in projects}
        self.in_slot: dict[int, list[int]] = {}
        self._read_assignments(ids, [project.pk for project in projects])

    def _read_assignments(self, people: list[int], projects: list[int]) -> None:
        rows = Assignment.objects.filter(
            Q(person_id__in=people) | Q(slot__phase__project_id__in=projects)
        ).select_related("person", "slot__phase__project", "slot__seat__role")
        for assignment in rows:
            self.add(Piece.of(assignment))

    def add(self, piece: Piece) -> None:
        self._count(piece, 1)
        side = piece.slot.seat.role.side
        if side != Side.OTHER:
            self.sides.setdefault((piece.person.pk, piece.slot.phase.project_id), side)

    def remove(self, piece: Piece) -> None:
        self._count(piece, -1)

    def _count(self, piece: Piece, sign: int) -> None:
        person, project = piece.person.pk, piece.slot.phase.project_id
        window = span(self.start, self.n_weeks, piece.start_on, piece.end_on)
        if person in self.load:
            for week in window:
                self.load[person][week] += sign * piece.fte_hundredths
                self.busy[person][week][project] += sign
        in_slot = self.in_slot.setdefault(piece.slot.pk, [0] * self.n_weeks)
        for week in window:
            in_slot[week] += sign * piece.fte_hundredths
        key, entry = (person, piece.slot.phase_id), (piece.slot.pk, piece.start_on, piece.end_on)
        if sign > 0:
            self.held[key].append(entry)
        else:
            self.held[key].remove(entry)
        if project in self.spend:
            self.spend[project] += sign * piece.cost

    def findings(self, piece: Piece) -> list[Finding]:
        """What adding `piece` would break, against the state as it stands."""
        return [
            finding
            for look in (
                self._independence,
                self._one_per_phase,
                self._skill,
                self._distance,
                self.capacity,
                self._max_projects,
                self.slot_full,
                self._budget,
            )
            if (finding := look(piece)) is not None
        ]

    def _labels(self, indices: Iterable[int]) -> list[str]:
        return [weeks.iso_label(weeks.add_weeks(self.start, week)) for week in indices]

    def _independence(self, piece: Piece) -> Finding | None:
        side = piece.slot.seat.role.side
        held = self.sides.get((piece.person.pk, piece.slot.phase.project_id))
        if side == Side.OTHER or held is None or held == side:
            return None
        text = _("%(person)s has taken the %(held)s side of %(project)s and may not take %(side)s.")
        words = {
            "person": piece.person,
            "held": Side(held).label,
            "side": Side(side).label,
            "project": piece.slot.phase.project,
        }
        return Finding(Rule.INDEPENDENCE, piece.person.name, text % words)

    def _one_per_phase(self, piece: Piece) -> Finding | None:
        for slot, start_on, end_on in self.held.get((piece.person.pk, piece.slot.phase_id), ()):
            overlap = start_on < piece.end_on and piece.start_on < end_on
            if slot != piece.slot.pk or overlap:
                text = _("%(person)s already holds a slot of this phase of %(project)s.")
                words = {"person": piece.person, "project": piece.slot.phase.project}
                return Finding(Rule.ONE_PER_PHASE, piece.person.name, text % words)
        return None

    def _skill(self, piece: Piece) -> Finding | None:
        last_friday = piece.end_on - timedelta(days=3)
        missing = []
        for need in piece.slot.skills.all():
            mine = self.skills.get((piece.person.pk, need.skill_id))
            if mine is None or mine.level < need.level:
                missing.append(f"{need.skill} ≥ {need.level}")
            elif (mine.valid_from and mine.valid_from > piece.start_on) or (
                mine.valid_to and mine.valid_to < last_friday
            ):
                missing.append(_("%(skill)s (not valid in all weeks)") % {"skill": need.skill})
        if not missing:
            return None
        text = _("%(person)s lacks %(skills)s.")
        return Finding(
            Rule.SKILL,
            piece.person.name,
            text % {"person": piece.person, "skills": ", ".join(missing)},
        )

    def _distance(self, piece: Piece) -> Finding | None:
        project = piece.slot.phase.project
        apart = hours_apart(piece.person.time_zone, project.site.time_zone)
        if apart <= settings.STAFFING_MAX_OFFSET_HOURS:
            return None
        text = _("%(person)s works %(hours)g hours away from %(site)s; %(most)g are the limit.")
        words = {
            "person": piece.person,
            "hours": apart,
            "site": project.site,
            "most": settings.STAFFING_MAX_OFFSET_HOURS,
        }
        return Finding(Rule.DISTANCE, piece.person.name, text % words)

    def capacity(self, piece: Piece) -> Finding | None:
        load, free = self.load[piece.person.pk], self.free[piece.person.pk]
        window = span(self.start, self.n_weeks, piece.start_on, piece.end_on)
        over = [week for week in window if load[week] + piece.fte_hundredths > free[week]]
        if not over:
            return None
        most = max(load[week] + piece.fte_hundredths - free[week] for week in over)
        text = ngettext(
            "%(person)s would be over by up to %(over)s FTE in %(count)d week.",
            "%(person)s would be over by up to %(over)s FTE in %(count)d weeks.",
            len(over),
        )
        words = {"person": piece.person, "over": f"{most / 100:.2f}", "count": len(over)}
        return _of_load(Rule.CAPACITY, piece, text % words, self._labels(over))

    def _max_projects(self, piece: Piece) -> Finding | None:
        project, most = piece.slot.phase.project_id, piece.person.max_concurrent_projects
        crowded = []
        for week in span(self.start, self.n_weeks, piece.start_on, piece.end_on):
            others = {key for key, n in self.busy[piece.person.pk][week].items() if n > 0}
            if project not in others and len(others) >= most:
                crowded.append(week)
        if not crowded:
            return None
        text = _("%(person)s would work on more than %(most)d projects at once.")
        words = {"person": piece.person, "most": most}
        return _of_load(Rule.MAX_PROJECTS, piece, text % words, self._labels(crowded))

    def is_full(self, piece: Piece) -> bool:
        """Whether the slot has nothing open in any week of the piece."""
        taken = self.in_slot.get(piece.slot.pk, [0] * self.n_weeks)
        window = span(self.start, self.n_weeks, piece.start_on, piece.end_on)
        return all(taken[week] >= piece.slot.fte_hundredths for week in window)

    def slot_full(self, piece: Piece) -> Finding | None:
        taken = self.in_slot.get(piece.slot.pk, [0] * self.n_weeks)
        window = span(self.start, self.n_weeks, piece.start_on, piece.end_on)
        full = [w for w in window if taken[w] + piece.fte_hundredths > piece.slot.fte_hundredths]
        if not full:
            return None
        text = ngettext(
            "The slot needs %(fte)s FTE; in %(count)d week it would hold more.",
            "The slot needs %(fte)s FTE; in %(count)d weeks it would hold more.",
            len(full),
        )
        words = {"fte": f"{piece.slot.fte_hundredths / 100:.2f}", "count": len(full)}
        return Finding(Rule.SLOT_FULL, piece.person.name, text % words, self._labels(full))

    def _budget(self, piece: Piece) -> Finding | None:
        project = piece.slot.phase.project
        if project.budget is None or piece.cost == 0:
            return None
        after = self.spend[project.pk] + piece.cost
        if after <= project.budget:
            return None
        text = _("The people budget of %(project)s would be exceeded.") % {"project": project}
        money = {"budget": f"{project.budget:.2f}", "after": f"{after:.2f}"}
        return Finding(Rule.BUDGET, piece.person.name, text, money=money)


def _of_load(rule: Rule, piece: Piece, text: str, labels: list[str]) -> Finding:
    return Finding(rule, piece.person.name, text, labels, about=piece.person.pk)


def state_for(pieces: Iterable[Piece]) -> PlanState:
    """The state that covers every person, project and week of the pieces."""
    pieces = list(pieces)
    people = {piece.person.pk: piece.person for piece in pieces}
    projects = {p.slot.phase.project_id: p.slot.phase.project for p in pieces}
    return PlanState(
        people.values(),
        projects.values(),
        min(piece.start_on for piece in pieces),
        max(piece.end_on for piece in pieces),
    )
