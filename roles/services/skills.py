"""Levels of skills that people hold, and skills that the company adds to the catalog."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from roles.models import Discipline, Person, PersonSkill, Skill
from roles.services import tracked
from roles.services.people import require_editor
from teamhub.accounts import permissions
from teamhub.accounts.models import User
from teamhub.audit import services as audit

FIELDS = ("skill", "level", "valid_from", "valid_to", "evidence")


@transaction.atomic
def set_skill(
    *,
    person: Person,
    skill: Skill,
    level: int,
    by: User,
    valid_from: date | None = None,
    valid_to: date | None = None,
    evidence: str = "",
    version: int | None = None,
) -> PersonSkill:
    """Give a person this level of a skill, or change the one they have."""
    require_editor(person, by)
    held = PersonSkill.objects.filter(person=person, skill=skill).first()
    before = None
    if held is None:
        held = PersonSkill(person=person, skill=skill)
    else:
        held = tracked.hold(held, version=version)
        before = tracked.snapshot(held, FIELDS)
    changes = {
        "level": level,
        "valid_from": valid_from,
        "valid_to": valid_to,
        "evidence": evidence,
    }
    if not tracked.assign(held, changes) and before is not None:
        return held
    if before is not None:
        held.version += 1
    tracked.save(held, by=by)
    verb = "skill.set" if before is None else "skill.change"
    audit.record(by, verb, held, before=before, after=tracked.snapshot(held, FIELDS))
    return held


@transaction.atomic
def remove_skill(held: PersonSkill, *, by: User, version: int | None = None) -> None:
    require_editor(held.person, by)
    held = tracked.hold(held, version=version)
    audit.record(by, "skill.remove", held, before=tracked.snapshot(held, FIELDS))
    tracked.delete(held, by=by)


@transaction.atomic
def create_skill(
    *, key: str, name_en: str, by: User, name_zh: str = "", discipline: Discipline | None = None
) -> Skill:
    """Add a skill that the catalog's file does not have."""
    permissions.require(
        permissions.is_manager(by), _("Only managers and administrators may add skills.")
    )
    skill = Skill(key=key, name_en=name_en, name_zh=name_zh, discipline=discipline, is_own=True)
    tracked.check(skill)
    skill.save()
    after: dict[str, Any] = tracked.snapshot(skill, ("key", "name_en", "name_zh", "discipline"))
    audit.record(by, "skill_kind.create", skill, after=after)
    return skill
