"""Days away. The reason is for the person and administrators: the audit keeps dates only."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from roles.models import Absence, Person
from roles.services import tracked
from roles.services.people import require_editor
from teamhub.accounts import permissions
from teamhub.accounts.models import User
from teamhub.audit import services as audit
from teamhub.errors import NotAllowed

FIELDS = ("first_on", "last_on")


def may_see_reason(user: User, person: Person) -> bool:
    """The person, and administrators."""
    return permissions.is_administrator(user) or is_self(user, person)


def is_self(user: User, person: Person) -> bool:
    return person.user_id is not None and person.user_id == user.pk


@transaction.atomic
def add_absence(
    *, person: Person, first_on: date, last_on: date, by: User, reason: str = ""
) -> Absence:
    """Say that a person is away from the first to the last day, both included."""
    require_editor_or_self(person, by)
    if reason:
        _require_reason(person, by)
    absence = Absence(person=person, first_on=first_on, last_on=last_on, reason=reason)
    tracked.save(absence, by=by)
    audit.record(by, "absence.add", absence, after=tracked.snapshot(absence, FIELDS))
    return absence


@transaction.atomic
def change_absence(
    absence: Absence,
    *,
    first_on: date,
    last_on: date,
    by: User,
    reason: str | None = None,
    version: int | None = None,
) -> Absence:
    """Move an absence; without `reason` its reason stays."""
    require_editor_or_self(absence.person, by)
    absence = tracked.hold(absence, version=version)
    changes: dict[str, date | str] = {"first_on": first_on, "last_on": last_on}
    if reason is not None and reason != absence.reason:
        _require_reason(absence.person, by)
        changes["reason"] = reason
    before = tracked.snapshot(absence, FIELDS)
    if tracked.assign(absence, changes):
        absence.version += 1
        tracked.save(absence, by=by)
        after = tracked.snapshot(absence, FIELDS)
        audit.record(by, "absence.change", absence, before=before, after=after)
    return absence


@transaction.atomic
def remove_absence(absence: Absence, *, by: User, version: int | None = None) -> None:
    require_editor_or_self(absence.person, by)
    absence = tracked.hold(absence, version=version)
    audit.record(by, "absence.remove", absence, before=tracked.snapshot(absence, FIELDS))
    tracked.delete(absence, by=by)


def require_editor_or_self(person: Person, by: User) -> None:
    if is_self(by, person) and permissions.has_scope(by, "write"):
        return
    require_editor(person, by)


def _require_reason(person: Person, by: User) -> None:
    if not may_see_reason(by, person):
        raise NotAllowed(
            _("Only %(person)s and administrators may write the reason of an absence.")
            % {"person": person}
        )
