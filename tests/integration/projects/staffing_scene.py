"""A small company for the staffing tests, and a proposal without a worker."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from projects import bridge
from projects.kernel.staffing import job
from projects.models import Phase, Project, Slot, StaffingRun
from roles.models import Department, Person, Role, Side, Site, Skill
from teamhub import weeks
from teamhub.accounts.models import User
from teamhub.runs import frozen
from tests import builders


def start_monday() -> Any:
    """A Monday some weeks ahead: proposals are made for the future only."""
    return weeks.add_weeks(weeks.monday(timezone.localdate()), 4)


class Silent:
    """A report that nobody reads."""

    def __call__(self, stage: str, progress: float) -> None: ...

    def incumbent(self, **point: Any) -> None: ...

    def best(self, result: Any) -> None: ...


def solve(run: StaffingRun) -> dict[str, Any]:
    """What a worker does with a run, in this process: load, solve, store."""
    loaded = bridge.load_staffing(run)
    run.input_file = frozen.freeze(loaded)
    result = job.run(loaded, Silent(), threading.Event())
    StaffingRun.objects.filter(pk=run.pk).update(
        status="succeeded",
        outcome=result["outcome"],
        input_file=run.input_file,
        started_at=timezone.now(),
        finished_at=timezone.now(),
    )
    run.refresh_from_db()
    bridge.store_proposal(run, result)
    run.refresh_from_db()
    return result


@dataclass
class Company:
    """Two builders and a reviewer of one department, one project with two slots."""

    lead: User
    department: Department = field(default_factory=lambda: builders.make_department("apps"))
    site: Site = field(default_factory=lambda: builders.make_site("berlin"))
    skill: Skill = field(default_factory=lambda: builders.make_skill("nlp"))

    def __post_init__(self) -> None:
        self.department.leads.add(self.lead)
        self.role: Role = builders.make_role("nlp-role")
        self.review: Role = builders.make_role("ethics-role", side=Side.REVIEW)
        self.project: Project = self.make_project("Search")
        self.phase: Phase = self.project.phases.get()

    def make_project(self, name: str, **fields: Any) -> Project:
        filled = {
            "lead": self.lead,
            "department": self.department,
            "site": self.site,
            "start_on": start_monday(),
            **fields,
        }
        project = builders.make_project(name, **filled)
        builders.make_phase(
            project, start_on=start_monday(), end_on=weeks.add_weeks(start_monday(), 4)
        )
        return project

    def make_person(self, name: str, level: int = 3, **fields: Any) -> Person:
        filled = {
            "department": self.department,
            "site": self.site,
            "rate_per_fte_week": 2000,
            **fields,
        }
        return builders.make_person(name, skills={self.skill: level}, **filled)

    def make_slot(
        self, label: str = "", *, role: Role | None = None, level: int = 2, **fields: Any
    ) -> Slot:
        phase = fields.pop("phase", self.phase)
        seat = builders.make_seat(phase.project, role or self.role, label=label)
        return builders.make_slot(seat, phase, skills={self.skill: level}, **fields)
