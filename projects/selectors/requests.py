"""Whose people a proposal row takes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any, Protocol

from projects.models import Assignment, Project, Slot
from roles.models import Department, Person
from teamhub.accounts.models import User


class Taking(Protocol):
    """Somebody for a slot, or nobody: a row of a proposal, or a piece of work."""

    @property
    def slot(self) -> Slot: ...
    @property
    def person(self) -> Person | None: ...
    @property
    def start_on(self) -> date: ...
    @property
    def end_on(self) -> date: ...


class Leads:
    """Which lead must agree to a row, for all rows of one acceptance (a handful of queries).

    Asked is the lead of the person's department, where neither who accepts nor the project's own
    lead leads it; otherwise the lead of another project that holds the person in these weeks. A
    department without leads asks nobody.
    """

    def __init__(self, rows: Iterable[Taking], *, by: User) -> None:
        rows = list(rows)
        self.by = by
        self.led = set(Project.objects.led_by(by).values_list("pk", flat=True))
        self.parent = dict(Department.objects.values_list("pk", "parent_id"))
        self.direct: dict[int, set[int]] = defaultdict(set)
        through = Department.leads.through.objects.values_list("department_id", "user_id")
        for department, user in through:
            self.direct[department].add(user)
        self.names = {
            user.pk: str(user)
            for user in User.objects.filter(pk__in=set().union(*self.direct.values()))
        }
        self.work: dict[int, list[Assignment]] = defaultdict(list)
        people = {row.person.pk for row in rows if row.person is not None}
        held = Assignment.objects.filter(person__in=people).select_related(
            "slot__phase__project__lead"
        )
        for assignment in held.order_by("start_on", "pk"):
            self.work[assignment.person_id].append(assignment)

    def asked(self, row: Taking) -> dict[str, Any] | None:
        """The department or project to ask, as fields of a StaffingRequest; None for nobody."""
        if row.person is None:
            return None
        project = row.slot.phase.project
        ours = {self.by.pk, project.lead_id}
        department = row.person.department_id
        if department != project.department_id:
            leads = self.of_department(department)
            if leads and not leads & ours:
                return {"department_id": department}
        for held in self.work[row.person.pk]:
            other = held.slot.phase.project
            overlaps = held.start_on < row.end_on and held.end_on > row.start_on
            if not overlaps or other.pk == project.pk or other.pk in self.led:
                continue
            if other.lead_id not in ours:
                return {"project_id": other.pk}
        return None

    def answering(self, asked: dict[str, Any] | None) -> str:
        """Names of who would answer, for fields that `asked` returned; "" for nobody."""
        if asked is None:
            return ""
        if "project_id" in asked:
            held = (work.slot.phase.project for found in self.work.values() for work in found)
            return next(str(one.lead) for one in held if one.pk == asked["project_id"])
        return ", ".join(
            sorted(self.names[pk] for pk in self.of_department(asked["department_id"]))
        )

    def of_department(self, department: int) -> set[int]:
        """Ids of who leads the department or one above it."""
        leads: set[int] = set()
        above: int | None = department
        while above is not None:
            leads |= self.direct[above]
            above = self.parent.get(above)
        return leads
