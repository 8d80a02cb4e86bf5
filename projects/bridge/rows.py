"""The rows of a staffing problem: what is open, who may take it, what stays as it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django.utils import timezone

from projects.bridge.wishes import NO_WISHES, Wishes, named_people
from projects.models import Assignment, Project, ProjectSide, Slot, StaffingRun
from roles.models import Person
from teamhub import weeks


@dataclass(frozen=True)
class OpenPiece:
    """What is still open of a slot: some of its weeks at the effort that is left."""

    slot: Slot
    start_on: date
    end_on: date
    fte_hundredths: int
    held: Assignment | None = None  # may be moved
    part: str = ""  # tells pieces of one slot apart that begin in the same week

    @property
    def key(self) -> str:
        """As the kernel calls it."""
        return f"{self.slot.pk}@{self.start_on.isoformat()}{self.part}"


@dataclass
class Loading:
    """The rows of one problem and how they map to its indices."""

    projects: list[Project]
    pieces: list[OpenPiece]
    start: date
    n_weeks: int
    people: list[Person]
    assignments: list[Assignment]  # facts
    sides: list[ProjectSide]
    person_index: dict[int, int] = field(default_factory=dict)
    wishes: Wishes = NO_WISHES

    def week(self, day: date) -> int:
        return weeks.weeks_between(self.start, day)


def read(run: StaffingRun) -> Loading:
    projects = list(run.projects.select_related("site").order_by("pk"))
    slots = slots_of(projects)
    today = weeks.monday(timezone.localdate())
    wishes = Wishes.of(run.params)
    pieces = [
        piece
        for slot in slots
        for piece in open_pieces(slot, today, movable=wishes.movable, wishes=wishes)
    ]
    moved = {piece.held.pk for piece in pieces if piece.held is not None}
    facts = [a for slot in slots for a in slot.assignments.all() if a.pk not in moved]
    known = {assignment.person_id for assignment in facts} | named_people(run.params)
    return loading(projects, pieces, facts, known, wishes=wishes)


def slots_of(projects: list[Project]) -> list[Slot]:
    """The slots of projects with all that a problem asks of them."""
    return list(
        Slot.objects.filter(phase__project__in=projects)
        .select_related("seat__role", "phase__project")
        .prefetch_related("skills__skill", "assignments__person")
        .order_by("phase__project", "start_on", "pk")
    )


def loading(
    projects: list[Project],
    pieces: list[OpenPiece],
    facts: list[Assignment],
    known: set[int],
    *,
    wishes: Wishes = NO_WISHES,
) -> Loading:
    """Pieces and facts of a scope, with whoever could take a piece and what they do elsewhere.

    `known` are ids of people who belong to it though they may not be employed in these weeks.
    """
    today = weeks.monday(timezone.localdate())
    start = min((piece.start_on for piece in pieces), default=today)
    end = max((piece.end_on for piece in pieces), default=today)
    outside = (
        Assignment.objects.in_weeks(start, end)
        .exclude(slot__phase__project__in=projects)
        .select_related("slot__seat__role", "slot__phase__project")
        .order_by("pk")
    )
    candidates = Person.objects.employed_between(start, end) | Person.objects.filter(pk__in=known)
    people = list(candidates.distinct().select_related("site").order_by("pk"))
    index = {person.pk: position for position, person in enumerate(people)}
    return Loading(
        projects=projects,
        pieces=pieces,
        start=start,
        n_weeks=weeks.weeks_between(start, end),
        people=people,
        assignments=[a for a in (*facts, *outside) if a.person_id in index],
        sides=list(ProjectSide.objects.filter(project__in=projects).order_by("pk")),
        wishes=wishes,
        person_index=index,
    )


def open_pieces(
    slot: Slot, today: date, *, movable: bool, wishes: Wishes = NO_WISHES
) -> list[OpenPiece]:
    """The parts of a slot, from this week on and inside the window, that nobody holds in full."""
    start, end = wishes.window(max(slot.start_on, today), slot.end_on)
    if start >= end:
        return []
    assignments = list(slot.assignments.all())
    begins = max(slot.start_on, today)
    whole = (start, end) == (begins, slot.end_on)
    if movable and whole and (held := _movable(slot, assignments, begins, wishes)) is not None:
        return [OpenPiece(slot, start, end, slot.fte_hundredths, held)]
    left = []
    for monday in weeks.each_week(start, end):
        taken = sum(a.fte_hundredths for a in assignments if wishes.holds(a, monday))
        left.append(max(0, slot.fte_hundredths - taken))
    pieces, first = [], 0
    for week in range(1, len(left) + 1):
        if week == len(left) or left[week] != left[first]:
            if left[first]:
                span = weeks.add_weeks(start, first), weeks.add_weeks(start, week)
                pieces.append(OpenPiece(slot, *span, left[first]))
            first = week
    return pieces


def _movable(
    slot: Slot, assignments: list[Assignment], begins: date, wishes: Wishes
) -> Assignment | None:
    """The one confirmed, unlocked assignment that fills a slot from `begins` to its end.

    Of work that has begun the weeks to come may move. What is locked or tentative stays, and what
    touches a frozen week or reaches out of the window.
    """
    live = [assignment for assignment in assignments if assignment.end_on > begins]
    if len(live) != 1:
        return None
    (only,) = live
    if only.start_on > begins or only.end_on != slot.end_on or not wishes.may_move(only):
        return None
    free = only.status == Assignment.Status.CONFIRMED and not only.locked
    return only if free and only.fte_hundredths == slot.fte_hundredths else None
