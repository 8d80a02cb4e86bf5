"""What the home page says of people and devices together, and of devices alone."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from capacity.models import CapacityPlan, Pool
from capacity.selectors.gate import devices_lacking, open_slots
from capacity.selectors.joint import Purse, Sums, nothing, phase_lines
from capacity.selectors.plan_weeks import WeekTotal, pool_weeks, sum_weeks
from projects.models import Phase, Project
from projects.phases import PhaseKey
from teamhub import weeks
from teamhub.accounts.models import User

CLOSED = (Project.Status.DONE, Project.Status.CANCELLED)


@dataclass(frozen=True)
class ProjectWaits:
    """What waits in a project from this week on."""

    project: Project
    sums: Sums

    @property
    def weight(self) -> tuple[float, float]:
        """Worst first: by cost where the reader sees it, else by hours."""
        return float(self.sums.cost or 0), self.sums.people_hours + self.sums.device_hours


@dataclass(frozen=True)
class GateLacks:
    """A running phase 2 and how much it lacks."""

    phase: Phase
    n_slots: int
    n_workloads: int
    no_plan: bool


@dataclass(frozen=True)
class ShortWeek:
    """A pool in a week in which it has too few devices."""

    pool: Pool
    week: WeekTotal


@dataclass(frozen=True)
class Shortage:
    """Weeks of the latest adopted plan, from this one on."""

    plan: CapacityPlan
    totals: list[WeekTotal]
    short: list[ShortWeek]

    @property
    def n_weeks(self) -> int:
        return len({one.week.week_on for one in self.short})


def open_phases(user: User) -> list[int]:
    """Projects that run or are planned, of those whose detail the user sees."""
    seen = Project.objects.detail_visible_to(user).exclude(status__in=CLOSED)
    return list(seen.order_by().values_list("pk", flat=True))


def project_waits(user: User, today: date) -> tuple[list[ProjectWaits], Sums]:
    """Projects in which something waits from this week on, worst first, and the sum of all."""
    monday = weeks.monday(today)
    phases = Phase.objects.filter(
        project__in=open_phases(user), closed_at__isnull=True, end_on__gt=monday
    )
    purse = Purse.of(user)
    sums: dict[int, Sums] = defaultdict(lambda: nothing(purse))
    projects: dict[int, Project] = {}
    for lines in phase_lines(phases.select_related("project"), user):
        projects[lines.phase.project_id] = lines.phase.project
        sums[lines.phase.project_id] += lines.sums(monday)
    rows = [ProjectWaits(projects[pk], total) for pk, total in sums.items() if not total.is_nothing]
    rows.sort(key=lambda row: row.project.name)
    rows.sort(key=lambda row: row.weight, reverse=True)
    return rows, sum((row.sums for row in rows), nothing(purse))


def gates_lacking(user: User, today: date) -> list[GateLacks]:
    """Phases 2 that have begun and cannot be closed for want of people or devices."""
    phases = list(
        Phase.objects.filter(
            project__in=open_phases(user),
            key=PhaseKey.RESEARCH,
            closed_at__isnull=True,
            start_on__lte=today,
        )
        .select_related("project")
        .order_by("end_on", "project__name")
    )
    if not phases:
        return []
    slots = open_slots([phase.pk for phase in phases], today)
    devices = devices_lacking(phase.project_id for phase in phases)
    rows = [
        GateLacks(
            phase,
            len(slots[phase.pk]),
            len(devices[phase.project_id].workloads),
            devices[phase.project_id].no_plan,
        )
        for phase in phases
    ]
    return [row for row in rows if row.n_slots or row.n_workloads or row.no_plan]


def shortage(plan: CapacityPlan, today: date) -> Shortage:
    """Supply and demand of a plan from this week on, and where devices are missing (a query)."""
    monday = weeks.monday(today)
    lines = pool_weeks(plan)
    short = [
        ShortWeek(line.pool, week)
        for line in lines
        for week in line.weeks
        if week.week_on >= monday and week.state == "short"
    ]
    short.sort(key=lambda one: (one.week.week_on, one.pool.key))
    totals = [week for week in sum_weeks(lines) if week.week_on >= monday]
    return Shortage(plan, totals, short)
