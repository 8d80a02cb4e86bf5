"""Bars of the planner: assignments, what a proposal would add, and open work, laid into lanes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils import timezone

from projects import catalog
from projects.models import Assignment, Project, ProposalRow, Slot, StaffingRun
from projects.models.project import PHASE_LABELS
from projects.selectors.load import span
from roles.models import Role
from teamhub import weeks
from teamhub.accounts.models import User
from teamhub.names import in_active_language

ASSIGNMENT, PROPOSED, OPEN, BUSY = "assignment", "proposed", "open", "busy"
CLOSED = (Project.Status.DONE, Project.Status.CANCELLED)


@dataclass(frozen=True)
class Window:
    """Weeks that a board shows."""

    start: date
    n_weeks: int

    @property
    def end(self) -> date:
        return weeks.add_weeks(self.start, self.n_weeks)


@dataclass(frozen=True)
class Work:
    """The slot that a bar belongs to, as its reader may know it."""

    slot: int
    project: int
    project_key: str
    project_name: str
    phase: str
    seat: str
    start_on: date
    end_on: date
    fte_hundredths: int
    editable: bool
    must_fill: bool = False


@dataclass(frozen=True)
class Bar:
    """Some weeks of work at an effort. `work` is None where the reader may not know whose it is."""

    kind: str
    start_on: date
    end_on: date
    fte_hundredths: int
    work: Work | None = None
    key: int | None = None  # of the assignment, or of the proposal's row
    version: int = 0
    person: int | None = None
    person_key: str = ""
    person_name: str = ""
    status: str = ""
    locked: bool = False
    run: str = ""
    lane: int = 0

    @property
    def editable(self) -> bool:
        return self.kind != BUSY and self.work is not None and self.work.editable


_SLOT = (
    "pk",
    "start_on",
    "end_on",
    "fte_hundredths",
    "must_fill",
    "phase__key",
    "phase__project_id",
    "phase__project__key",
    "phase__project__name",
    "seat__role_id",
    "seat__label",
)
_PERSON = ("person_id", "person__key", "person__name")


def _of_slot(path: str) -> list[str]:
    return [f"{path}{name}" for name in _SLOT]


@dataclass
class Reader:
    """What one user may know, read once: projects by detail, projects they may change, roles."""

    user: User
    detail: set[int] = field(init=False)
    editable: set[int] = field(init=False)
    roles: dict[int, str] = field(init=False)
    phases: dict[str, str] = field(init=False)
    own: int | None = field(init=False)

    def __post_init__(self) -> None:
        projects = Project.objects.order_by()
        self.detail = set(projects.detail_visible_to(self.user).values_list("pk", flat=True))
        self.editable = set(projects.editable_by(self.user).values_list("pk", flat=True))
        self.roles = {role.pk: role.name for role in Role.objects.all()}
        self.phases = {key: f"{key.number} {label}" for key, label in PHASE_LABELS.items()}
        self.own = getattr(getattr(self.user, "person", None), "pk", None)

    def work(self, values: Sequence[Any]) -> Work:
        """The slot from its values, in the order of _SLOT."""
        pk, start_on, end_on, fte, must_fill, phase, project, key, name, role, label = values
        shown = in_active_language(*catalog.both_languages(label))
        return Work(
            slot=pk,
            project=project,
            project_key=key,
            project_name=name,
            phase=self.phases[phase],
            seat=f"{self.roles[role]} {shown}".strip(),
            start_on=start_on,
            end_on=end_on,
            fte_hundredths=fte,
            editable=project in self.editable,
            must_fill=must_fill,
        )

    def assignments(self, window: Window, chosen: Q) -> list[Bar]:
        """Assignments of the window (one query); those that are not theirs to see have no work."""
        rows = (
            Assignment.objects.filter(chosen)
            .in_weeks(window.start, window.end)
            .order_by("start_on", "pk")
            .values_list(
                "pk",
                "version",
                "start_on",
                "end_on",
                "fte_hundredths",
                "status",
                "locked",
                *_PERSON,
                *_of_slot("slot__"),
            )
        )
        return [self._assignment(row) for row in rows]

    def _assignment(self, row: Sequence[Any]) -> Bar:
        pk, version, start_on, end_on, fte, status, locked, person, key, name, *slot = row
        if slot[6] not in self.detail and person != self.own:
            return Bar(BUSY, start_on, end_on, fte, person=person, status=status)
        return Bar(
            ASSIGNMENT,
            start_on,
            end_on,
            fte,
            work=self.work(slot),
            key=pk,
            version=version,
            person=person,
            person_key=key,
            person_name=name,
            status=status,
            locked=locked,
        )

    def proposed(self, window: Window, run: StaffingRun | None, chosen: Q) -> list[Bar]:
        """What the proposal would add, nobody has decided and the plan has room for (two queries).

        Slots that are filled meanwhile, but for the work that a row itself replaces, have none.
        """
        if run is None:
            return []
        rows = list(
            ProposalRow.objects.filter(chosen, run=run, decision=ProposalRow.Decision.OPEN)
            .filter(person__isnull=False, start_on__lt=window.end, end_on__gt=window.start)
            .filter(slot__phase__project_id__in=self.detail)
            .order_by("start_on", "pk")
            .values_list(
                "replaces_id",
                "pk",
                "start_on",
                "end_on",
                "fte_hundredths",
                *_PERSON,
                *_of_slot("slot__"),
            )
        )
        bars = [(replaces, self._proposal(row, str(run.pk))) for replaces, *row in rows]
        slots = {bar.work.slot for _replaces, bar in bars if bar.work is not None}
        held = _taken_by_slot(window, slots)
        return [bar for replaces, bar in bars if _has_room(window, bar, replaces, held)]

    def _proposal(self, row: Sequence[Any], run: str) -> Bar:
        pk, start_on, end_on, fte, person, key, name, *slot = row
        return Bar(
            PROPOSED,
            start_on,
            end_on,
            fte,
            work=self.work(slot),
            key=pk,
            person=person,
            person_key=key,
            person_name=name,
            run=run,
        )

    def slots(self, window: Window, chosen: Q) -> list[Work]:
        """Slots of the window whose project they see in detail, no closed ones (one query)."""
        rows = (
            Slot.objects.filter(chosen, phase__project_id__in=self.detail)
            .filter(start_on__lt=window.end, end_on__gt=window.start)
            .exclude(phase__project__status__in=CLOSED)
            .order_by("start_on", "phase__project__name", "pk")
            .values_list(*_SLOT)
        )
        return [self.work(row) for row in rows]


_Taken = tuple[int, Bar]  # an assignment and its weeks


def _taken_by_slot(window: Window, slots: Iterable[int]) -> dict[int, list[_Taken]]:
    """Who fills these slots, by slot, as bars that name nobody (one query)."""
    held: dict[int, list[_Taken]] = defaultdict(list)
    rows = Assignment.objects.filter(slot__in=list(slots)).in_weeks(window.start, window.end)
    fields = ("slot_id", "pk", "start_on", "end_on", "fte_hundredths")
    for slot, pk, start_on, end_on, fte in rows.order_by().values_list(*fields):
        held[slot].append((pk, Bar(ASSIGNMENT, start_on, end_on, fte)))
    return held


def _has_room(
    window: Window, bar: Bar, replaces: int | None, held: dict[int, list[_Taken]]
) -> bool:
    """Whether the slot of a proposed bar can take it in all weeks that are shown."""
    if bar.work is None:
        return True
    others = [one for pk, one in held.get(bar.work.slot, ()) if pk != replaces]
    taken = per_week(window, others)
    shown = span(window.start, window.n_weeks, bar.start_on, bar.end_on)
    return all(taken[week] + bar.fte_hundredths <= bar.work.fte_hundredths for week in shown)


def newest_proposal(user: User) -> StaffingRun | None:
    """The last proposal that the user asked for and that still has something to decide.

    Answers to what-if questions cannot be accepted; they are not shown as plans.
    """
    undecided = ProposalRow.objects.filter(
        decision=ProposalRow.Decision.OPEN, person__isnull=False
    ).values("run")
    runs = StaffingRun.objects.visible_to(user).filter(
        requested_by=user, status=StaffingRun.Status.SUCCEEDED, pk__in=undecided
    )
    found = runs.order_by("-created_at")[:5]
    return next((run for run in found if not run.params.get("what_if")), None)


def per_week(window: Window, bars: Iterable[Bar]) -> list[int]:
    """Their effort in each week, in hundredths of an FTE."""
    sums = [0] * window.n_weeks
    for bar in bars:
        for week in span(window.start, window.n_weeks, bar.start_on, bar.end_on):
            sums[week] += bar.fte_hundredths
    return sums


def stretches(window: Window, efforts: Sequence[int]) -> list[tuple[date, date, int]]:
    """Runs of weeks with the same effort above 0: first Monday, Monday after, effort."""
    found = []
    first = 0
    for week in range(1, len(efforts) + 1):
        if week == len(efforts) or efforts[week] != efforts[first]:
            if efforts[first] > 0:
                found.append(
                    (
                        weeks.add_weeks(window.start, first),
                        weeks.add_weeks(window.start, week),
                        efforts[first],
                    )
                )
            first = week
    return found


def masked(window: Window, hidden: list[Bar]) -> list[Bar]:
    """Work that the reader may not know, as busy weeks: how much, not of how many or of whom."""
    sums = per_week(window, hidden)
    return [Bar(BUSY, start, end, effort) for start, end, effort in stretches(window, sums)]


def by_slot(bars: Iterable[Bar]) -> dict[int, list[Bar]]:
    held: dict[int, list[Bar]] = defaultdict(list)
    for bar in bars:
        if bar.work is not None:
            held[bar.work.slot].append(bar)
    return held


def filled_per_week(window: Window, slots: Iterable[Work], taken: Iterable[Bar]) -> list[int]:
    """What the slots hold of what they ask for; more than that fills no other slot."""
    held = by_slot(taken)
    sums = [0] * window.n_weeks
    for work in slots:
        for week, effort in enumerate(per_week(window, held.get(work.slot, ()))):
            sums[week] += min(effort, work.fte_hundredths)
    return sums


def open_bars(window: Window, slots: Iterable[Work], taken: Iterable[Bar]) -> list[Bar]:
    """What is still to be filled from this week on, a bar for each stretch of equal effort."""
    held = by_slot(taken)
    now = max(0, weeks.weeks_between(window.start, weeks.monday(timezone.localdate())))
    found = []
    for work in slots:
        filled = per_week(window, held.get(work.slot, ()))
        left = [0] * window.n_weeks
        for week in span(window.start, window.n_weeks, work.start_on, work.end_on):
            if week >= now:
                left[week] = max(0, work.fte_hundredths - filled[week])
        found += [
            Bar(OPEN, start, end, effort, work=work)
            for start, end, effort in stretches(window, left)
        ]
    return found


def in_lanes(bars: Iterable[Bar]) -> list[Bar]:
    """The bars, each in the first lane that is free in its weeks."""
    ends: list[date] = []
    placed = []
    for bar in sorted(bars, key=lambda one: (one.start_on, one.end_on)):
        lane = next((at for at, end in enumerate(ends) if end <= bar.start_on), len(ends))
        ends[lane : lane + 1] = [bar.end_on]
        placed.append(replace(bar, lane=lane))
    return placed
