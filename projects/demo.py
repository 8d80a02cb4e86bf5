"""The projects of the demo company: eight, in different phases, with their present plan."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from projects.models import Assignment, ChecklistItem, PlanChange, Project, Slot
from projects.phases import PhaseKey
from projects.selectors.plan_state import Piece, PlanState, Rule
from projects.services import assignments, checklists, phases, staffing
from projects.services import projects as project_service
from projects.services.plan import PlanEdit
from roles.models import Department, Person, Site
from teamhub import weeks
from teamhub.demo_world import DemoWorld

PROJECTS = (
    # name, template, weeks from now, department, site, lead, priority, share of later slots filled
    ("Storefront ranking", "recommender", -14, "applications", "shanghai", "ada", 4, 0.55),
    ("Learning feed", "recommender", -5, "applications", "singapore", "ada", 3, 0.5),
    ("Video discovery", "recommender", 3, "applications", "shanghai", "ada", 2, 0.15),
    ("Chest X-ray triage", "diagnosis", -16, "applications", "frankfurt", "ada", 5, 0.5),
    ("Pathology second opinion", "diagnosis", 1, "applications", "frankfurt", "ada", 3, 0.1),
    ("Billing assistant", "customer-service", -23, "platform", "ashburn", "olga", 3, 1.0),
    ("Network help desk", "customer-service", -8, "platform", "frankfurt", "olga", 4, 0.6),
    ("Travel concierge", "customer-service", 5, "applications", "singapore", "ada", 2, 0.0),
)
FINISHED = "Billing assistant"  # every slot is past: a proposal for it fails, and says why
SLIPPING = ("Storefront ranking", PhaseKey.TRAINING, 3)
# Somebody had to cover: three people hold more than they have.
OVERBOOKED = ("Lin Wei", "Priya Nair", "Bo Larsen")
OVERBOOKED_WEEKS = 6
OWN_ITEMS = (
    (
        "Node health is checked before each long training job starts.",
        ChecklistItem.Evidence.NONE,
    ),
    (
        "Checkpoints are written every 30 minutes and one was restored as a trial.",
        ChecklistItem.Evidence.NOTE,
    ),
    (
        "The alert for stalled jobs links to the runbook.",
        ChecklistItem.Evidence.LINK,
    ),
)
PROPOSED = "Travel concierge"  # the workers find this proposal to do on the first start


def build(world: DemoWorld) -> None:
    made = [_project(world, *row) for row in PROJECTS]
    _slip(world)  # before anybody is assigned: the plan is made around it
    _plan(world, made)
    for name in OVERBOOKED:
        _overbook(world, Person.objects.get(name=name))
    for name in (FINISHED, PROPOSED):
        project = Project.objects.get(name=name)
        staffing.propose_team(projects=[project], by=project.lead, seconds=5)


def live(world: DemoWorld) -> None:
    """What has happened since: after capacity has planned, whose fact phase 2 asks for."""
    for name, *_row in PROJECTS:
        project = Project.objects.get(name=name)
        _cover(world, project)
        _progress(world, project)
    _own_items(world)


def _project(world: DemoWorld, *row: object) -> Project:
    name, template, offset, department, site, lead, priority, share = row
    project = project_service.create_project(
        name=str(name),
        template=str(template),
        start_on=weeks.add_weeks(world.monday, int(str(offset))),
        department=Department.objects.get(key=department),
        site=Site.objects.get(key=site),
        lead=world.users[str(lead)],
        deputies=[world.users["olga" if lead == "ada" else "ada"]] if priority == 4 else (),
        priority=int(str(priority)),
        budget=Decimal(60_000 * (3 + int(str(priority)))),
        status=Project.Status.ACTIVE if int(str(offset)) <= 0 else Project.Status.PLANNED,
        by=world.by,
    )
    project.demo_share = float(str(share))  # type: ignore[attr-defined]
    return project


def _plan(world: DemoWorld, made: list[Project]) -> None:
    """Fill what is past and running, and a share of what comes, with people whom it suits."""
    people = list(Person.objects.select_related("site", "department").order_by("pk"))
    slots = list(
        Slot.objects.select_related("seat__role", "phase__project__site", "phase__project__lead")
        .prefetch_related("skills__skill")
        .order_by("start_on", "-priority", "pk")
    )
    share = {project.pk: project.demo_share for project in made}  # type: ignore[attr-defined]
    state = PlanState(
        people,
        made,
        min(slot.start_on for slot in slots),
        max(slot.end_on for slot in slots),
    )
    by_role: dict[int, list[Person]] = {}
    for person in people:
        for role in person.roles.all():
            by_role.setdefault(role.pk, []).append(person)
    held: dict[int, Person] = {}
    edits: dict[int, PlanEdit] = {}
    for slot in slots:
        wanted = slot.start_on <= world.monday or world.rng.random() < share[slot.phase.project_id]
        if not wanted:
            continue
        able = by_role.get(slot.seat.role_id, [])
        first = [held[slot.seat_id]] if slot.seat_id in held else []
        for person in [*first, *world.rng.sample(able, len(able))]:
            piece = Piece(slot, person, slot.start_on, slot.end_on, slot.fte_hundredths)
            if state.findings(piece):
                continue
            state.add(piece)
            held[slot.seat_id] = person
            edit = edits.setdefault(
                slot.phase.project_id,
                PlanEdit(kind=PlanChange.Kind.HAND, by=slot.phase.project.lead),
            )
            tentative = slot.start_on > weeks.add_weeks(world.monday, 10)
            edit.add(
                piece,
                status=Assignment.Status.TENTATIVE if tentative else Assignment.Status.CONFIRMED,
                locked=False,
            )
            break
    for edit in edits.values():
        edit.write()


def _overbook(world: DemoWorld, person: Person) -> None:
    """Put somebody into one more running slot, where it hurts longest; the reason is kept."""
    soon = weeks.add_weeks(world.monday, OVERBOOKED_WEEKS)
    slots = Slot.objects.filter(
        seat__role__in=person.roles.all(), end_on__gt=world.monday, start_on__lt=soon
    ).select_related("seat__role", "phase__project__site", "phase__project__lead")
    worst: tuple[int, Slot] | None = None
    for slot in slots.prefetch_related("skills__skill"):
        piece = Piece(slot, person, max(slot.start_on, world.monday), slot.end_on, 100)
        findings = assignments.check(piece)
        over = sum(len(one.weeks) for one in findings if one.rule == Rule.CAPACITY)
        if over and not any(one.blocks for one in findings) and (not worst or over > worst[0]):
            worst = over, slot
    if worst is None:
        raise RuntimeError(f"{person} cannot be overbooked: the demo's plan has changed")
    assignments.assign(
        slot=worst[1],
        person=person,
        start_on=max(worst[1].start_on, world.monday),
        fte_hundredths=100,
        by=worst[1].phase.project.lead,
        locked=False,
        reason="Covers until the new colleague has started.",
    )


def _progress(world: DemoWorld, project: Project) -> None:
    """Tick and close what lies behind, and tick a part of what runs."""
    ordered = sorted(project.phases.all(), key=lambda phase: phase.number)
    for phase in ordered:
        over = phase.end_on <= world.monday
        running = phase.start_on <= world.monday < phase.end_on
        if not over and not running:
            break
        items = list(phase.checklist_items.select_related("role").order_by("position", "pk"))
        share = 1.0 if over else (world.monday - phase.start_on) / (phase.end_on - phase.start_on)
        for item in items[: round(share * len(items))]:
            # What runs leaves the operations engineers something to tick.
            if over or item.role is None or item.role.key != "ops":
                _tick(item, project)
        if over:
            phases.close_phase(phase, by=project.lead)


def _cover(world: DemoWorld, project: Project) -> None:
    """Somebody stood in where nobody who fits held a slot of a resource planning that is over."""
    slots = Slot.objects.filter(
        phase__project=project,
        phase__key=PhaseKey.RESEARCH,
        phase__end_on__lte=world.monday,
        assignments__isnull=True,
    )
    for slot in slots.select_related("seat__role", "phase__project__lead").order_by("pk"):
        for person in Person.objects.filter(roles=slot.seat.role).order_by("pk"):
            piece = Piece(slot, person, slot.start_on, slot.end_on, slot.fte_hundredths)
            if not any(one.blocks for one in assignments.check(piece)):
                assignments.assign(
                    slot=slot,
                    person=person,
                    by=project.lead,
                    locked=False,
                    reason="Stood in beside other work.",
                    records_past=True,
                )
                break


def _own_items(world: DemoWorld) -> None:
    """Give the engineer who can log in something to tick on the first morning."""
    work = (
        Assignment.objects.filter(person__user=world.users["bo"], end_on__gt=world.monday)
        .select_related("slot__phase__project__lead", "slot__seat__role")
        .order_by("start_on", "pk")
        .first()
    )
    if work is None:
        raise RuntimeError("bo has no running work: the demo's plan has changed")
    for text, evidence in OWN_ITEMS:
        checklists.add_item(
            work.slot.phase,
            text=text,
            evidence=evidence,
            role=work.slot.seat.role,
            by=work.slot.phase.project.lead,
        )


def _tick(item: ChecklistItem, project: Project) -> None:
    note = "Agreed in the weekly review." if item.evidence == item.Evidence.NOTE else ""
    link = "https://wiki.demo.example/" + item.key if item.evidence == item.Evidence.LINK else ""
    checklists.tick(item, by=project.lead, note=note, link=link)


def _slip(world: DemoWorld) -> None:
    """One phase takes longer; what follows moves along."""
    name, key, late = SLIPPING
    project = Project.objects.get(name=name)
    phase = project.phases.get(key=key)
    later = [other for other in project.phases.all() if other.number > phase.number]
    for other in sorted(later, key=lambda one: -one.number):
        phases.move_phase(
            other,
            start_on=weeks.add_weeks(other.start_on, late),
            end_on=weeks.add_weeks(other.end_on, late),
            by=project.lead,
        )
    phases.move_phase(
        phase,
        start_on=phase.start_on,
        end_on=phase.end_on + timedelta(weeks=late),
        by=project.lead,
    )
