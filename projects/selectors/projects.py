"""What the project list and a project's page show, cut to what the user may see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.db.models.functions import Coalesce
from django.utils import timezone

from projects.models import (
    Assignment,
    ChecklistItem,
    Phase,
    Project,
    Requirement,
    RequirementSkill,
    Seat,
    Slot,
    SlotSkill,
)
from projects.phases import ORDER, PhaseKey
from roles.models import Person
from teamhub import weeks
from teamhub.accounts import permissions
from teamhub.accounts.groups import Group
from teamhub.accounts.models import User

# Columns of the list beyond names and phases: shown, sorted and filtered only where `seen`.
DETAIL_FIELDS = {
    "department_name": "department__name_en",
    "site_name": "site__name_en",
    "lead": "lead__username",
    "priority": "priority",
}


def listed_projects(user: User, today: date | None = None) -> QuerySet[Project]:
    """Every project with `seen` (the user may see its detail), `phase_key` and `open_mandatory`."""
    today = today or timezone.localdate()
    phases = Phase.objects.filter(project=OuterRef("pk"))
    # Now is the last phase that has begun and is not closed; else the next one, else the last.
    unclosed = phases.filter(closed_at__isnull=True)
    begun = unclosed.filter(start_on__lte=today).order_by("-start_on", "-pk").values("key")[:1]
    ahead = unclosed.order_by("start_on", "pk").values("key")[:1]
    last = phases.order_by("-start_on", "-pk").values("key")[:1]
    items = (
        ChecklistItem.objects.filter(project=OuterRef("pk"), mandatory=True, done_at__isnull=True)
        .order_by()
        .values("project")
        .annotate(n=Count("pk"))
        .values("n")
    )
    seen = Exists(Project.objects.detail_visible_to(user).filter(pk=OuterRef("pk")).order_by())
    return (
        Project.objects.visible_to(user)
        .select_related("department", "site", "lead")
        .prefetch_related(Prefetch("phases", Phase.objects.order_by("start_on", "pk")))
        .annotate(
            seen=seen,
            phase_key=Coalesce(
                Subquery(begun), Subquery(ahead), Subquery(last), output_field=CharField()
            ),
            all_open_mandatory=Coalesce(Subquery(items), 0),
        )
        .annotate(
            open_mandatory=Case(When(seen=True, then=F("all_open_mandatory"))),
            **{
                f"shown_{name}": Case(When(seen=True, then=F(path)))
                for name, path in DETAIL_FIELDS.items()
            },
        )
    )


def span(project: Project) -> tuple[date, date]:
    """First and last week of the whole project (no query when its phases are prefetched)."""
    phases = list(project.phases.all())
    if not phases:
        return project.start_on, project.start_on
    return min(one.start_on for one in phases), max(one.last_week for one in phases)


def _covered(fte: int, start: date, end: date, held: Sequence[tuple[int, date, date]]) -> int:
    """Hundredths of FTE-weeks of a slot that somebody holds, week by week.

    What one week holds too much does not fill another.
    """
    if len(held) == 1 and (held[0][1], held[0][2]) == (start, end):  # nearly all are so
        return min(fte, held[0][0]) * weeks.weeks_between(start, end)
    return sum(
        min(fte, sum(part for part, first, last in held if first <= week < last))
        for week in weeks.each_week(start, end)
    )


class Coverage:
    """Share of the planned effort that is assigned, by project; read for all of them at once."""

    def __init__(self, projects: Iterable[int] | None = None) -> None:
        self._wanted = None if projects is None else list(projects)

    @cached_property
    def _by_project(self) -> dict[int, float]:
        slots, assignments = Slot.objects.order_by(), Assignment.objects.order_by()
        if self._wanted is not None:
            slots = slots.filter(phase__project_id__in=self._wanted)
            assignments = assignments.filter(slot__phase__project_id__in=self._wanted)
        held: dict[int, list[tuple[int, date, date]]] = defaultdict(list)
        for slot, fte, start, end in assignments.values_list(
            "slot_id", "fte_hundredths", "start_on", "end_on"
        ):
            held[slot].append((fte, start, end))
        needed: dict[int, int] = defaultdict(int)
        covered: dict[int, int] = defaultdict(int)
        for pk, project, fte, start, end in slots.values_list(
            "pk", "phase__project_id", "fte_hundredths", "start_on", "end_on"
        ):
            needed[project] += fte * weeks.weeks_between(start, end)
            covered[project] += _covered(fte, start, end, held.get(pk, ()))
        return {project: covered[project] / needed[project] for project in needed}

    def of(self, project: Project) -> float | None:
        """0 to 1; None for a project without slots."""
        return self._by_project.get(project.pk)


# --- the rail of the seven phases ---------------------------------------------------------------

DONE, CURRENT, LATE, AHEAD = "done", "current", "late", "ahead"


@dataclass(frozen=True)
class Step:
    """A phase as drawn in the rail."""

    phase: Phase
    state: str
    open_items: int | None  # None: the user may not see the checklist
    items: int = 0

    @property
    def number(self) -> int:
        return self.phase.number

    @property
    def name(self) -> str:
        return self.phase.name

    @property
    def slip_weeks(self) -> int:
        return self.phase.slip_weeks

    @property
    def early_weeks(self) -> int:
        return -self.phase.slip_weeks


def phase_state(phase: Phase, today: date) -> str:
    if phase.is_closed:
        return DONE
    if phase.end_on <= today:
        return LATE
    return CURRENT if phase.start_on <= today else AHEAD


def rail(project: Project, *, with_items: bool, today: date | None = None) -> list[Step]:
    """The seven phases in their order (a query; two with their items)."""
    today = today or timezone.localdate()
    counts: dict[int, tuple[int, int]] = {}
    if with_items:
        rows = (
            ChecklistItem.objects.filter(project=project)
            .order_by()
            .values("phase")
            .annotate(n=Count("pk"), n_open=Count("pk", filter=Q(done_at__isnull=True)))
        )
        counts = {row["phase"]: (row["n_open"], row["n"]) for row in rows}
    return [
        Step(
            phase,
            phase_state(phase, today),
            counts.get(phase.pk, (0, 0))[0] if with_items else None,
            counts.get(phase.pk, (0, 0))[1],
        )
        for phase in sorted(project.phases.all(), key=lambda phase: phase.number)
    ]


# --- the team -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cell:
    """A seat's part in a phase: no slot, an open slot, or the people who hold it."""

    slot: Slot | None
    assignments: list[Assignment] = field(default_factory=list)

    @property
    def open_hundredths(self) -> int:
        """Effort that nobody holds, averaged over the slot's weeks."""
        if self.slot is None:
            return 0
        held = sum(one.effort_hundredths for one in self.assignments)
        return max(0, self.slot.effort_hundredths - held) // self.slot.n_weeks


@dataclass(frozen=True)
class TeamRow:
    seat: Seat
    cells: list[Cell]


def team(project: Project) -> list[TeamRow]:
    """Seats by phases with who holds them (four queries)."""
    slots = (
        Slot.objects.filter(phase__project=project)
        .select_related("phase")
        .prefetch_related(
            Prefetch("assignments", Assignment.objects.select_related("person")),
            Prefetch("skills", SlotSkill.objects.select_related("skill")),
        )
        .order_by("start_on", "pk")
    )
    by_place = {(slot.seat_id, slot.phase.key): slot for slot in slots}
    rows = []
    for seat in Seat.objects.filter(project=project).select_related("role"):
        cells = []
        for key in ORDER:
            slot = by_place.get((seat.pk, key.value))
            cells.append(Cell(slot, list(slot.assignments.all()) if slot else []))
        rows.append(TeamRow(seat, cells))
    return rows


def requirements(project: Project) -> QuerySet[Requirement]:
    return project.requirements.prefetch_related(
        Prefetch("skills", RequirementSkill.objects.select_related("skill"))
    )


# --- the checklist --------------------------------------------------------------------------------


@dataclass(frozen=True)
class ItemRow:
    """An item as drawn; `may_tick` for this user."""

    item: ChecklistItem
    may_tick: bool
    mine: bool = False

    @property
    def mark(self) -> str:
        """What a tap on its mark does: nothing, tick, ask for evidence, ask for a reason."""
        if not self.may_tick:
            return "fixed"
        if self.item.is_done:
            return "untick"
        return "tick" if self.item.evidence == ChecklistItem.Evidence.NONE else "evidence"


@dataclass(frozen=True)
class PhaseChecklist:
    step: Step
    rows: list[ItemRow]
    may_edit: bool

    @property
    def n_open(self) -> int:
        return sum(not row.item.is_done for row in self.rows)


def read_items(items: QuerySet[ChecklistItem]) -> QuerySet[ChecklistItem]:
    """Items with all that a row draws."""
    return items.select_related("phase", "project", "role", "assignee", "done_by")


def checklists(
    project: Project, steps: list[Step], tickable: set[int], *, may_edit: bool
) -> list[PhaseChecklist]:
    """The items of every phase (a query); `tickable`: ids of phases where the user may tick."""
    by_phase: dict[int, list[ItemRow]] = defaultdict(list)
    for item in read_items(ChecklistItem.objects.filter(project=project)).order_by(
        "position", "pk"
    ):
        may = item.phase_id in tickable and not item.phase.is_closed
        by_phase[item.phase_id].append(ItemRow(item, may))
    return [PhaseChecklist(step, by_phase[step.phase.pk], may_edit) for step in steps]


# --- choices and rights ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Rights:
    """What this user may do with this project."""

    detail: bool
    edit: bool
    money: bool


def rights(user: User, project: Project) -> Rights:
    """Two queries."""
    edit = Project.objects.editable_by(user).filter(pk=project.pk).exists()
    detail = edit or Project.objects.detail_visible_to(user).filter(pk=project.pk).exists()
    return Rights(detail=detail, edit=edit, money=detail and permissions.may_see_money(user))


def possible_leads() -> QuerySet[User]:
    """Active managers and administrators."""
    return (
        User.objects.filter(is_active=True, groups__name__in=[Group.MANAGER, Group.ADMINISTRATOR])
        .distinct()
        .order_by("first_name", "last_name", "username")
    )


def person_of(user: User) -> Person | None:
    return Person.objects.filter(user=user).select_related("site").first()


def phase_choices() -> list[tuple[str, str]]:
    labels = dict(Phase._meta.get_field("key").flatchoices)
    return [(key.value, f"{key.number} {labels[key.value]}") for key in PhaseKey]
