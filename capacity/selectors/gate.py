"""What phase 2 still lacks: people in its slots, devices for what the project must run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from capacity.models import Allocation, CapacityPlan, Shape, Workload
from capacity.selectors.served import LAST_DECIMAL, done_share, held_shares, is_served
from projects.models import Assignment, Slot
from teamhub import weeks


@dataclass(frozen=True)
class OpenSlot:
    """A slot and the weeks (Mondays) in which not all of its effort is held."""

    slot: Slot
    mondays: list[date]
    nobody_ever: bool


@dataclass(frozen=True)
class Unserved:
    """A must-serve workload that allocations in force do not cover.

    `mondays` are the weeks of its window in which serving lacks devices; all else lacks a share of
    its work, wherever in the window that would run.
    """

    workload: Workload
    done: float  # share of the work, 0-1
    mondays: list[date] = field(default_factory=list)


@dataclass(frozen=True)
class Devices:
    """What a project lacks of devices before phase 2 can close."""

    workloads: list[Unserved]
    no_plan: bool  # it asks for devices, and no adopted plan has looked at it

    def __bool__(self) -> bool:
        return bool(self.workloads) or self.no_plan


def devices_lacking(projects: Iterable[int]) -> dict[int, Devices]:
    """By project, whoever asks (three queries)."""
    projects = list(projects)
    asking = _asking(projects)
    planned = _planned(list(asking))
    return {
        project: Devices(
            [one for one in asking[project] if one.workload.must_serve],
            bool(asking[project]) and project not in planned,
        )
        for project in projects
    }


def open_slots(phases: Sequence[int], today: date | None = None) -> dict[int, list[OpenSlot]]:
    """By phase, whoever asks (two queries): weeks from this one on.

    Weeks that are gone cannot be filled any more; a slot that nobody has ever held is open in
    all of its weeks.
    """
    monday = weeks.monday(today or timezone.localdate())
    held: dict[int, list[Assignment]] = defaultdict(list)
    for row in Assignment.objects.filter(slot__phase__in=phases).order_by("pk"):
        held[row.slot_id].append(row)
    found: dict[int, list[OpenSlot]] = defaultdict(list)
    rows = Slot.objects.filter(phase__in=phases).select_related("seat__role")
    for slot in rows.order_by("seat__role__position", "seat__label", "pk"):
        nobody = not held[slot.pk]
        mondays = [
            week
            for week in weeks.each_week(slot.start_on, slot.end_on)
            if (nobody or week >= monday) and _held(held[slot.pk], week) < slot.fte_hundredths
        ]
        if mondays:
            found[slot.phase_id].append(OpenSlot(slot, mondays, nobody))
    return found


def _held(rows: Iterable[Assignment], week: date) -> int:
    return sum(row.fte_hundredths for row in rows if row.start_on <= week < row.end_on)


def _asking(projects: Sequence[int]) -> dict[int, list[Unserved]]:
    """Open workloads of these projects that allocations in force do not cover."""
    rows: dict[int, list[Allocation]] = defaultdict(list)
    given = Allocation.objects.in_force().filter(workload__project__in=projects)
    for row in given.select_related("pool__accelerator").order_by("start_on", "pk"):
        rows[row.workload_id].append(row)
    found: dict[int, list[Unserved]] = defaultdict(list)
    wanted = Workload.objects.open().filter(project__in=projects).select_related("sized_on")
    for workload in wanted.order_by("start_on", "key"):
        if not is_served(workload, rows[workload.pk]):
            found[workload.project_id].append(_unserved(workload, rows[workload.pk]))
    return found


def _unserved(workload: Workload, rows: Sequence[Allocation]) -> Unserved:
    mondays = list(weeks.each_week(workload.start_on, workload.end_on))
    if workload.shape is not Shape.SERVICE:
        return Unserved(workload, done_share(workload, rows))
    shares = held_shares(workload, rows)
    short = [week for week, held in zip(mondays, shares, strict=True) if held < 1 - LAST_DECIMAL]
    return Unserved(workload, sum(min(1.0, held) for held in shares) / len(shares), short)


def _planned(projects: Sequence[int]) -> set[int]:
    """Projects whose workloads an adopted plan has placed or left out."""
    adopted = CapacityPlan.objects.filter(adopted_at__isnull=False)
    looked = Q(Exists(adopted.filter(allocations__workload=OuterRef("pk")))) | Q(
        Exists(adopted.filter(left_out__workload=OuterRef("pk")))
    )
    found = Workload.objects.filter(looked, project__in=projects)
    return set(found.order_by().values_list("project", flat=True).distinct())
