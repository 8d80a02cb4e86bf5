"""Rows for tests: each builder fills in what the test does not name.

Builders write rows directly, without the services' rules: they set scenes. What a test is about it
does through the product's own services, pages and addresses.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import count
from typing import TYPE_CHECKING, Any

from teamhub import weeks

if TYPE_CHECKING:
    from capacity.models import (
        Accelerator,
        Allocation,
        CapacityPlan,
        MaintenanceWindow,
        Node,
        Pool,
        Workload,
    )
    from projects.models import Assignment, ChecklistItem, Phase, Project, Seat, Slot
    from roles.models import Absence, Department, Discipline, Person, Role, Site, Skill
    from teamhub.accounts.models import User

PASSWORD = "correct horse battery"
MONDAY = date(2027, 1, 4)
_numbers: Iterator[int] = count(1)


def monday(n_weeks: int = 0) -> date:
    """The first Monday of the tests' year, or one `n_weeks` later."""
    return weeks.add_weeks(MONDAY, n_weeks)


def _key(noun: str) -> str:
    return f"{noun}-{next(_numbers)}"


# --- accounts ----------------------------------------------------------------------------------


def make_user(username: str | None = None, *groups: str, **fields: Any) -> User:
    """A user who can log in with PASSWORD and belongs to the groups."""
    from django.contrib.auth.models import Group

    from teamhub.accounts.models import User

    name = username or _key("user")
    user = User.objects.create_user(
        name,
        password=fields.pop("password", PASSWORD),
        **{"email": f"{name}@example.org", **fields},
    )
    for group in groups:
        user.groups.add(Group.objects.get_or_create(name=str(group))[0])
    return user


# --- roles -------------------------------------------------------------------------------------


def make_department(key: str | None = None, **fields: Any) -> Department:
    from roles.models import Department

    key = key or _key("department")
    return Department.objects.create(key=key, **{"name_en": key.title(), **fields})


def make_site(key: str | None = None, **fields: Any) -> Site:
    from roles.models import Site

    key = key or _key("site")
    filled = {"name_en": key.title(), "time_zone": "Europe/Berlin", **fields}
    return Site.objects.create(key=key, **filled)


def make_discipline(key: str | None = None, **fields: Any) -> Discipline:
    from roles.models import Discipline

    key = key or _key("discipline")
    return Discipline.objects.create(key=key, **{"name_en": key.title(), "duty_en": key, **fields})


def make_role(key: str | None = None, **fields: Any) -> Role:
    """A role of the build side, of a discipline of its own."""
    from roles.models import Role, Side

    key = key or _key("role")
    filled = {"name_en": key.title(), "side": Side.BUILD, **fields}
    if "discipline" not in filled:
        filled["discipline"] = make_discipline()
    return Role.objects.create(key=key, **filled)


def make_skill(key: str | None = None, **fields: Any) -> Skill:
    from roles.models import Skill

    key = key or _key("skill")
    return Skill.objects.create(key=key, **{"name_en": key.title(), **fields})


def make_person(
    name: str | None = None,
    *,
    skills: Mapping[Skill, int] | None = None,
    roles: Iterable[Role] = (),
    **fields: Any,
) -> Person:
    """Somebody full-time, employed without end, with the skills at the levels given."""
    from roles.models import Person, PersonSkill

    key = fields.pop("key", None) or _key("person")
    site = fields.pop("site", None) or make_site()
    department = fields.pop("department", None) or make_department()
    filled = {"name": name or key.title(), "time_zone": site.time_zone, **fields}
    person = Person.objects.create(key=key, site=site, department=department, **filled)
    person.roles.set(roles)
    for skill, level in (skills or {}).items():
        PersonSkill.objects.create(person=person, skill=skill, level=level)
    return person


def make_absence(person: Person, first_on: date, last_on: date, **fields: Any) -> Absence:
    from roles.models import Absence

    return Absence.objects.create(person=person, first_on=first_on, last_on=last_on, **fields)


# --- projects ----------------------------------------------------------------------------------


def make_project(name: str | None = None, *, phases: bool = False, **fields: Any) -> Project:
    """A project from the first Monday on; `phases`: with all seven, four weeks each."""
    from projects.models import Project
    from projects.phases import ORDER

    key = fields.pop("key", None) or _key("project")
    filled = {"name": name or key.title(), "start_on": MONDAY, **fields}
    for field, make in (("lead", make_user), ("site", make_site), ("department", make_department)):
        filled[field] = filled.get(field) or make()
    deputies = filled.pop("deputies", ())
    project = Project.objects.create(key=key, **filled)
    project.deputies.set(deputies)
    for at, phase in enumerate(ORDER if phases else ()):
        start = weeks.add_weeks(project.start_on, 4 * at)
        make_phase(project, phase, start_on=start, end_on=weeks.add_weeks(start, 4))
    return project


def make_phase(project: Project | None = None, key: str = "design", **fields: Any) -> Phase:
    """A phase of eight weeks from the project's start."""
    from projects.models import Phase

    project = project or make_project()
    start = fields.pop("start_on", project.start_on)
    end = fields.pop("end_on", weeks.add_weeks(start, 8))
    filled = {"baseline_start_on": start, "baseline_end_on": end, **fields}
    return Phase.objects.create(project=project, key=key, start_on=start, end_on=end, **filled)


def make_seat(project: Project | None = None, role: Role | None = None, **fields: Any) -> Seat:
    from projects.models import Seat

    return Seat.objects.create(
        project=project or make_project(), role=role or make_role(), **fields
    )


def make_slot(
    seat: Seat | None = None,
    phase: Phase | None = None,
    *,
    skills: Mapping[Skill, int] | None = None,
    **fields: Any,
) -> Slot:
    """A slot of half an FTE through the whole phase."""
    from projects.models import Slot, SlotSkill

    if phase is None:
        phase = make_phase(seat.project if seat else None)
    seat = seat or make_seat(phase.project)
    filled = {
        "start_on": phase.start_on,
        "end_on": phase.end_on,
        "fte_hundredths": 50,
        **fields,
    }
    slot = Slot.objects.create(seat=seat, phase=phase, **filled)
    for skill, level in (skills or {}).items():
        SlotSkill.objects.create(slot=slot, skill=skill, level=level)
    return slot


def make_assignment(
    slot: Slot | None = None, person: Person | None = None, **fields: Any
) -> Assignment:
    """A confirmed assignment that covers the slot; keeps the side as the services do."""
    from projects.models import Assignment, ProjectSide
    from roles.models import Side

    slot = slot or make_slot()
    person = person or make_person()
    side = slot.seat.role.side
    if side in {Side.BUILD, Side.REVIEW}:
        ProjectSide.objects.get_or_create(
            project=slot.phase.project, person=person, defaults={"side": side}
        )
    filled = {
        "start_on": slot.start_on,
        "end_on": slot.end_on,
        "fte_hundredths": slot.fte_hundredths,
        **fields,
    }
    return Assignment.objects.create(slot=slot, person=person, **filled)


def make_item(phase: Phase | None = None, key: str | None = None, **fields: Any) -> ChecklistItem:
    """A mandatory item that needs no evidence."""
    from projects.models import ChecklistItem

    phase = phase or make_phase()
    filled = {"text_en": "Write it down", **fields}
    return ChecklistItem.objects.create(
        phase=phase, project=phase.project, key=key or _key("ITM"), **filled
    )


# --- capacity ----------------------------------------------------------------------------------


def make_accelerator(key: str | None = None, **fields: Any) -> Accelerator:
    """A GPU with 80 GB and 312 TFLOP/s, as an A100 has."""
    from capacity.models import Accelerator

    key = key or _key("accelerator")
    filled = {
        "name_en": key.upper(),
        "kind": "gpu",
        "memory_gb": 80.0,
        "bandwidth_gb_s": 2039.0,
        "bf16_tflops": 312.0,
        "confidence": "high",
        **fields,
    }
    return Accelerator.objects.create(key=key, **filled)


def make_pool(key: str | None = None, **fields: Any) -> Pool:
    """Four nodes of eight devices, at 2.50 a device-hour, always available."""
    from capacity.models import Pool

    key = key or _key("pool")
    filled = {"name_en": key.title(), "node_count": 4, "rate_per_device_hour": "2.5", **fields}
    for field, make in (("site", make_site), ("accelerator", make_accelerator)):
        filled[field] = filled.get(field) or make()
    return Pool.objects.create(key=key, **filled)


def make_node(pool: Pool, key: str | None = None, **fields: Any) -> Node:
    from capacity.models import Node

    return Node.objects.create(pool=pool, key=key or _key("node"), **{"devices": 8, **fields})


def make_maintenance(pool: Pool, **fields: Any) -> MaintenanceWindow:
    """One node out in the second week."""
    from capacity.models import MaintenanceWindow

    filled = {"start_on": monday(1), "end_on": monday(2), **fields}
    if "out_share" not in filled:
        filled.setdefault("nodes_out", 1)
    return MaintenanceWindow.objects.create(pool=pool, **filled)


def make_workload(
    project: Project | None = None, key: str | None = None, **fields: Any
) -> Workload:
    """Eight devices for two weeks, anywhere in the first eight."""
    from capacity.models import Workload

    key = key or _key("workload")
    filled = {
        "name_en": key.title(),
        "kind": "pretraining",
        "devices": 8,
        "weeks": 2,
        "start_on": monday(),
        "end_on": monday(8),
        **fields,
    }
    links = {name: filled.pop(name) for name in ("accelerators", "pools") if name in filled}
    workload = Workload.objects.create(project=project or make_project(), key=key, **filled)
    for name, rows in links.items():
        getattr(workload, name).set(rows)
    return workload


def make_allocation(
    workload: Workload | None = None, pool: Pool | None = None, **fields: Any
) -> Allocation:
    """The devices of the workload in its first two weeks, by hand."""
    from capacity.models import Allocation

    workload = workload or make_workload()
    filled = {
        "start_on": workload.start_on,
        "end_on": weeks.add_weeks(workload.start_on, 2),
        "devices": workload.devices,
        **fields,
    }
    if filled.get("plan") is not None:
        filled["source"] = "plan"
    return Allocation.objects.create(workload=workload, pool=pool or make_pool(), **filled)


def make_plan(**fields: Any) -> CapacityPlan:
    """A plan of eight weeks that a worker has computed."""
    from django.utils import timezone

    from capacity.models import CapacityPlan

    now = timezone.now()
    filled = {
        "start_on": monday(),
        "n_weeks": 8,
        "status": "succeeded",
        "outcome": "feasible",
        "attempt": 1,
        "started_at": now,
        "finished_at": now,
        "as_of": now,
        **fields,
    }
    if "requested_by" not in filled:
        filled["requested_by"] = make_user()
    return CapacityPlan.objects.create(**filled)
