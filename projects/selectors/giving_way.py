"""Whose work would give way to a new piece of work, and how it would be cut."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from django.conf import settings
from django.utils.translation import gettext as _

from projects.models import Assignment, Project, StaffingRequest
from projects.selectors.plan_state import OF_LOAD, Finding, Piece, PlanState
from roles.models import Person
from teamhub import weeks
from teamhub.accounts.models import User


@dataclass(frozen=True)
class Clash:
    """Work in weeks where a new piece finds no room, as one user may know it."""

    assignment: Assignment
    mark: str  # "locked", "reviewed" or "": who moves it must say why
    seen: bool  # the user reads this plan; otherwise it is "busy", without names
    editable: bool
    asked: bool  # another lead has been asked for it: it stays until they answer
    weeks_seen: bool = True  # the user reads the person's load

    @property
    def movable(self) -> bool:
        return self.editable and not self.asked

    @property
    def name(self) -> str:
        if not self.seen:
            return _("busy")
        slot = self.assignment.slot
        return f"{slot.phase.project} · {slot.seat}"

    @property
    def lead(self) -> str:
        """Whom to ask for it; "" where the user decides, or does not see the plan."""
        hidden = self.editable or not self.seen
        return "" if hidden else str(self.assignment.slot.phase.project.lead)


@dataclass(frozen=True)
class Cut:
    """An assignment that gives up some weeks, and the ranges of weeks that it keeps."""

    clash: Clash
    start_on: date
    end_on: date
    keeps: tuple[tuple[date, date], ...]

    @property
    def assignment(self) -> Assignment:
        return self.clash.assignment

    @property
    def last_week(self) -> date:
        return weeks.add_weeks(self.end_on, -1)

    @property
    def text(self) -> str:
        """What becomes of it, in words."""
        name = self.clash.name
        if not self.keeps:
            return _("%(work)s ends altogether; its weeks are open again.") % {"work": name}
        words = {
            "work": name,
            "first": weeks.iso_label(self.start_on),
            "last": weeks.iso_label(self.last_week),
        }
        if len(self.keeps) == 2:
            text = _("%(work)s pauses from %(first)s to %(last)s.")
        elif self.keeps[0][1] == self.start_on:
            text = _("%(work)s ends before %(first)s; its weeks to %(last)s are open again.")
        else:
            text = _("%(work)s begins after %(last)s; its weeks from %(first)s are open again.")
        return text % words


@dataclass
class Room:
    """How room is made for a piece: what gives way, and what would have to and may not."""

    cuts: list[Cut] = field(default_factory=list)
    stuck: list[Clash] = field(default_factory=list)
    short: list[str] = field(default_factory=list)  # weeks still without room, ISO labels

    @property
    def is_enough(self) -> bool:
        return not self.short

    @property
    def leads(self) -> list[str]:
        return sorted({clash.lead for clash in self.stuck if clash.lead})

    @property
    def is_hidden(self) -> bool:
        """Work in plans that the user does not see is in the way."""
        return any(not clash.seen for clash in self.stuck)

    @property
    def needs_reason(self) -> bool:
        return any(cut.clash.mark for cut in self.cuts)


def tight_weeks(findings: Iterable[Finding]) -> list[date]:
    """The Mondays in which somebody has too little time, or too many projects."""
    labels = {label for one in findings if one.rule in OF_LOAD for label in one.weeks}
    return sorted(date.fromisocalendar(int(one[:4]), int(one[6:]), 1) for one in labels)


def clashes(
    people: Iterable[Person], start_on: date, end_on: date, *, user: User
) -> dict[int, list[Clash]]:
    """The work of each person in these weeks (a fixed number of queries)."""
    ids = [person.pk for person in people]
    work = list(
        Assignment.objects.filter(person__in=ids)
        .in_weeks(start_on, end_on)
        .select_related("person", "slot__seat__role", "slot__phase__project__site")
        .select_related("slot__phase__project__lead")
        .order_by("start_on", "pk")
    )
    held = [one.pk for one in work]
    seen = set(Project.objects.detail_visible_to(user).values_list("pk", flat=True))
    editable = set(Project.objects.editable_by(user).values_list("pk", flat=True))
    loads = set(Person.objects.load_visible_to(user).order_by().values_list("pk", flat=True))
    requests = StaffingRequest.objects.filter(assignment__in=held)
    answers = dict(requests.order_by("pk").values_list("assignment_id", "status"))
    asked = {pk for pk, status in answers.items() if status == StaffingRequest.Status.OPEN}
    # What another lead approved is a decision, as a lock is.
    reviewed = {pk for pk, status in answers.items() if status == StaffingRequest.Status.APPROVED}
    found: dict[int, list[Clash]] = defaultdict(list)
    for one in work:
        project = one.slot.phase.project_id
        mark = "locked" if one.locked else "reviewed" if one.pk in reviewed else ""
        found[one.person_id].append(
            Clash(
                one,
                mark,
                seen=project in seen,
                editable=project in editable,
                asked=one.pk in asked,
                weeks_seen=one.person_id in loads or project in seen,
            )
        )
    return found


def in_the_way(piece: Piece, findings: Iterable[Finding], work: list[Clash]) -> list[Clash]:
    """Which of somebody's work lies in the weeks where the piece finds no room."""
    tight = tight_weeks(findings)
    return [
        clash
        for clash in work
        if clash.assignment.slot_id != piece.slot.pk
        and any(clash.assignment.start_on <= week < clash.assignment.end_on for week in tight)
    ]


def make_room(piece: Piece, state: PlanState, work: list[Clash]) -> Room:
    """The least work that gives way so that the piece finds room, where the user may move it.

    Unlocked before locked, tentative before confirmed, low priority before high. Changes `state`
    to what it is after the cuts.
    """
    findings = state.findings(piece)
    tight = tight_weeks(findings)
    room = Room()
    if not tight:
        return room
    window = tight[0], weeks.add_weeks(tight[-1], 1)
    near = in_the_way(piece, findings, work)
    room.stuck = [clash for clash in near if not clash.movable]
    for clash in sorted((one for one in near if one.movable), key=_yields_first):
        room.cuts.append(cut(clash, *window))
        _apply(room.cuts[-1], state)
        if not tight_weeks(state.findings(piece)):
            break
    for made in sorted(room.cuts[:-1], key=lambda one: _yields_first(one.clash), reverse=True):
        _apply(made, state, back=True)
        if tight_weeks(state.findings(piece)):
            _apply(made, state)
        else:
            room.cuts.remove(made)
    left = tight_weeks(state.findings(piece))
    room.short = [weeks.iso_label(week) for week in left]
    room.stuck = room.stuck if left else []
    return room


def _yields_first(clash: Clash) -> tuple[bool, bool, int, int, int]:
    one = clash.assignment
    confirmed = one.status == Assignment.Status.CONFIRMED
    priority = one.slot.phase.project.priority
    return (bool(clash.mark), confirmed, priority, one.effort_hundredths, one.pk)


def cut(clash: Clash, start_on: date, end_on: date) -> Cut:
    """Take the weeks of a window out of an assignment."""
    one = clash.assignment
    first, last = max(start_on, one.start_on), min(end_on, one.end_on)
    parts = ((one.start_on, first), (last, one.end_on))
    return Cut(clash, first, last, tuple((a, b) for a, b in parts if a < b))


def _apply(made: Cut, state: PlanState, *, back: bool = False) -> None:
    whole = Piece.of(made.assignment)
    kept = [replace(whole, start_on=a, end_on=b) for a, b in made.keeps]
    for piece in kept if back else [whole]:
        state.remove(piece)
    for piece in [whole] if back else kept:
        state.add(piece)


def hours(hundredths: int) -> float:
    """Hours of a company week for an effort."""
    return hundredths * settings.COMPANY_WEEKLY_HOURS / 100
