"""What the home page says of the plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q

from projects.models import Project, Slot
from projects.selectors.load import week_load
from roles.models import Person
from teamhub import weeks
from teamhub.accounts.models import User

WEEKS_AHEAD = 13


@dataclass(frozen=True)
class ProjectCoverage:
    """Effort that the open weeks of a project ask for, and what is filled, in FTE-weeks."""

    project: Project
    wanted: float
    filled: float
    n_open: int  # slots with an open rest
    n_must: int  # of these, slots that must be filled

    @property
    def share(self) -> float:
        return self.filled / self.wanted if self.wanted else 1.0


@dataclass(frozen=True)
class OverAllocated:
    person: Person
    worst: int  # hundredths over in the worst week
    worst_week: date
    n_weeks: int


def coverage(user: User, today: date) -> list[ProjectCoverage]:
    """Coverage from this week on of the running projects whose plan the user sees, worst first."""
    start = weeks.monday(today)
    slots = (
        Slot.objects.visible_to(user)
        .filter(end_on__gt=start)
        .exclude(phase__project__status__in=[Project.Status.DONE, Project.Status.CANCELLED])
        .select_related("phase__project")
        .prefetch_related("assignments")
    )
    found: dict[int, list[tuple[Slot, int, int]]] = {}
    projects: dict[int, Project] = {}
    for slot in slots:
        wanted, filled = slot_effort(slot, start)
        projects[slot.phase.project_id] = slot.phase.project
        found.setdefault(slot.phase.project_id, []).append((slot, wanted, filled))
    rows = [
        ProjectCoverage(
            project=projects[pk],
            wanted=sum(wanted for _slot, wanted, _filled in parts) / 100,
            filled=sum(filled for _slot, _wanted, filled in parts) / 100,
            n_open=sum(filled < wanted for _slot, wanted, filled in parts),
            n_must=sum(filled < wanted and slot.must_fill for slot, wanted, filled in parts),
        )
        for pk, parts in found.items()
    ]
    return sorted(rows, key=lambda row: (row.share, row.project.name))


def slot_effort(slot: Slot, start: date) -> tuple[int, int]:
    """Hundredths of FTE-weeks from `start` on: asked, and held by somebody."""
    wanted = filled = 0
    for monday in weeks.each_week(max(slot.start_on, start), slot.end_on):
        held = sum(
            one.fte_hundredths
            for one in slot.assignments.all()
            if one.start_on <= monday < one.end_on
        )
        wanted += slot.fte_hundredths
        filled += min(held, slot.fte_hundredths)
    return wanted, filled


def over_allocated(user: User, today: date) -> list[OverAllocated]:
    """People whose load the user sees and who are over in the weeks ahead, worst first."""
    start = weeks.monday(today)
    end = weeks.add_weeks(start, WEEKS_AHEAD)
    busy = Q(assignments__start_on__lt=end, assignments__end_on__gt=start)
    people = (
        Person.objects.load_visible_to(user)
        .filter(busy)
        .select_related("department", "site")
        .distinct()
    )
    load = week_load(people, start, WEEKS_AHEAD)
    rows = []
    for person in people:
        over = load[person.pk].over
        if not any(over):
            continue
        worst = max(range(len(over)), key=over.__getitem__)
        rows.append(
            OverAllocated(
                person,
                over[worst],
                weeks.add_weeks(start, worst),
                sum(1 for hundredths in over if hundredths),
            )
        )
    return sorted(rows, key=lambda row: (-row.worst, row.person.sort_name))


def slipping(user: User) -> list[Project]:
    """Running projects with an open phase that ends later than first planned."""
    late = Q(phases__closed_at__isnull=True, phases__end_on__gt=F("phases__baseline_end_on"))
    return list(
        Project.objects.visible_to(user)
        .filter(late)
        .exclude(status__in=[Project.Status.DONE, Project.Status.CANCELLED])
        .distinct()
    )
