"""From a domain template to the rows of one project: phases, requirements, seats, slots, items."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache

from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history

from projects import catalog
from projects.models import (
    ChecklistItem,
    Phase,
    Project,
    Requirement,
    RequirementSkill,
    Seat,
    Slot,
    SlotSkill,
)
from projects.phases import ORDER
from roles.models import Role, Skill
from teamhub import weeks
from teamhub.accounts.models import User
from teamhub.errors import Conflict, InvalidInput

BLANK_WEEKS = 4  # a phase of a project without template


@cache
def domains() -> tuple[catalog.DomainTemplate, ...]:
    """All templates; the files are read once a process."""
    return catalog.load_domains()


def ready_domain(key: str) -> catalog.DomainTemplate:
    """The template, if a project can start from it."""
    ready = {one.key: one for one in domains() if one.ready}
    if key not in ready:
        raise InvalidInput(
            _("There is no template “%(key)s”. Templates: %(keys)s, or none.")
            % {"key": key[:60], "keys": ", ".join(ready)},
            field="template",
        )
    return ready[key]


def fill(project: Project, domain: catalog.DomainTemplate | None, *, by: User) -> None:
    """Write the template's rows; without one, the seven phases alone."""
    phases = _phases(project, domain, by)
    if domain is None:
        return
    known = _Reference(domain)
    _requirements(project, domain, known)
    _team(project, domain, phases, known, by)
    _items(project, domain, phases, known, by)


class _Reference:
    """Roles and skills of a template as rows."""

    def __init__(self, domain: catalog.DomainTemplate) -> None:
        needs = [need for one in domain.requirements for need in one.needs]
        needs += [need for seat in domain.seats for slot in seat.slots for need in slot.needs]
        roles = {seat.role for seat in domain.seats} | {item.role for item in domain.items}
        self.roles = Role.objects.in_bulk(roles, field_name="key")
        skills = {need.skill for need in needs}
        self.skills = Skill.objects.in_bulk(skills, field_name="key")
        missing = (roles - self.roles.keys()) | (skills - self.skills.keys())
        if missing:
            raise Conflict(
                _(
                    "The reference data lacks %(keys)s, which the template needs. "
                    "An administrator can load it with manage.py seed_reference."
                )
                % {"keys": ", ".join(sorted(missing))},
                code="reference_missing",
            )


def _phases(project: Project, domain: catalog.DomainTemplate | None, by: User) -> dict[str, Phase]:
    """Seven phases back to back from the project's first week."""
    lengths = {phase.key: phase.weeks for phase in domain.phases} if domain else {}
    start: date = project.start_on
    phases = []
    for key in ORDER:
        end = weeks.add_weeks(start, lengths.get(key.value, BLANK_WEEKS))
        phases.append(
            Phase(
                project=project,
                key=key.value,
                start_on=start,
                end_on=end,
                baseline_start_on=start,
                baseline_end_on=end,
            )
        )
        start = end
    made = bulk_create_with_history(phases, Phase, default_user=by)
    return {phase.key: phase for phase in made}


def _requirements(project: Project, domain: catalog.DomainTemplate, known: _Reference) -> None:
    made = Requirement.objects.bulk_create(
        Requirement(
            project=project,
            key=one.key,
            goal_en=one.goal_en,
            goal_zh=one.goal_zh,
            metric_en=one.metric_en,
            metric_zh=one.metric_zh,
            direction=one.direction,
            threshold=Decimal(str(one.threshold)),
            unit=one.unit,
            position=position,
        )
        for position, one in enumerate(domain.requirements)
    )
    RequirementSkill.objects.bulk_create(
        RequirementSkill(requirement=row, skill=known.skills[need.skill], level=need.level)
        for row, one in zip(made, domain.requirements, strict=True)
        for need in one.needs
    )


def _team(
    project: Project,
    domain: catalog.DomainTemplate,
    phases: dict[str, Phase],
    known: _Reference,
    by: User,
) -> None:
    seats = bulk_create_with_history(
        [
            Seat(
                project=project,
                role=known.roles[seat.role],
                label=seat.label_en,
            )
            for seat in domain.seats
        ],
        Seat,
        default_user=by,
    )
    wanted = [
        (seat, slot)
        for seat, template in zip(seats, domain.seats, strict=True)
        for slot in template.slots
    ]
    slots = bulk_create_with_history(
        [_slot(seat, phases[slot.phase], slot) for seat, slot in wanted], Slot, default_user=by
    )
    SlotSkill.objects.bulk_create(
        SlotSkill(slot=row, skill=known.skills[need.skill], level=need.level)
        for row, (_seat, slot) in zip(slots, wanted, strict=True)
        for need in slot.needs
    )


def _slot(seat: Seat, phase: Phase, template: catalog.SlotTemplate) -> Slot:
    return Slot(
        seat=seat,
        phase=phase,
        start_on=phase.start_on,
        end_on=phase.end_on,
        fte_hundredths=template.fte_hundredths,
        priority=template.priority,
        must_fill=template.must_fill,
    )


def _items(
    project: Project,
    domain: catalog.DomainTemplate,
    phases: dict[str, Phase],
    known: _Reference,
    by: User,
) -> None:
    bulk_create_with_history(
        [
            ChecklistItem(
                project=project,
                phase=phases[item.phase],
                key=item.key,
                text_en=item.text_en,
                text_zh=item.text_zh,
                mandatory=item.mandatory,
                role=known.roles[item.role],
                evidence=item.evidence,
                position=position,
            )
            for position, item in enumerate(domain.items)
        ],
        ChecklistItem,
        default_user=by,
    )
