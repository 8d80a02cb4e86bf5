"""Change a field of many people at once, with one comment for all."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from roles.models import Department, Person, Role
from roles.services import tracked
from roles.services.bulk import BATCH, store_people
from roles.services.people import snapshot
from teamhub.accounts import permissions
from teamhub.accounts.models import User
from teamhub.audit import services as audit
from teamhub.errors import InvalidInput, NotAllowed

MOST = 1000  # people in one go
FIELDS = ("department", "site", "weekly_hours", "employed_to", "max_concurrent_projects")


@dataclass(frozen=True)
class BulkChange:
    """What all chosen people get; fields that are not named stay as each has them."""

    values: dict[str, Any] = field(default_factory=dict)
    add_roles: Collection[Role] = ()
    drop_roles: Collection[Role] = ()

    def __post_init__(self) -> None:
        if unknown := sorted(set(self.values) - set(FIELDS)):
            raise InvalidInput(
                _("Of many people at once these cannot be changed: %(names)s.")
                % {"names": ", ".join(unknown)}
            )
        if not (self.values or self.add_roles or self.drop_roles):
            raise InvalidInput(_("Say what shall change."))
        both = {role.pk for role in self.add_roles} & {role.pk for role in self.drop_roles}
        if both:
            raise InvalidInput(_("A role cannot be given and taken at once."))


@transaction.atomic
def change_people(
    people: Iterable[int], change: BulkChange, *, by: User, comment: str = ""
) -> list[Person]:
    """Give the change to all of these people or to none; returns those who differ now."""
    wanted = sorted(set(people))
    if not wanted:
        raise InvalidInput(_("Choose at least one person."))
    if len(wanted) > MOST:
        raise InvalidInput(_("At most %(most)d people at once.") % {"most": MOST})
    held = list(
        Person.objects.select_for_update(of=("self",))
        .filter(pk__in=wanted)
        .select_related("department", "site")
        .order_by("pk")
    )
    _require_rights(held, change, by)
    roles_of = {
        person.pk: {role.pk: role for role in person.roles.all()} for person in _with_roles(held)
    }
    before = {person.pk: _short(snapshot(person)) for person in held}
    changed, new_roles = [], {}
    for person in held:
        values = tracked.assign(person, change.values)
        if values:
            _check(person)
        after = _roles_after(roles_of[person.pk], change)
        if after.keys() != roles_of[person.pk].keys():
            new_roles[person.key] = list(after.values())
        if values or person.key in new_roles:
            # Read by simple_history.
            person._change_reason = comment[:100]  # type: ignore[attr-defined]
            changed.append(person)
    store_people([], changed, change.values.keys(), new_roles, by=by)
    for person in changed:
        audit.record(
            by,
            "person.change",
            person,
            before=before[person.pk],
            after=_short(snapshot(person)),
            reason=comment,
        )
    return changed


def _require_rights(held: list[Person], change: BulkChange, by: User) -> None:
    may = set(
        Person.objects.editable_by(by)
        .filter(pk__in=[person.pk for person in held])
        .values_list("pk", flat=True)
    )
    foreign = [person.name for person in held if person.pk not in may]
    if foreign or not held:
        raise NotAllowed(
            _("You may not change %(names)s; leave them out.")
            % {"names": ", ".join(foreign[:3]) or _("these people")}
        )
    department = change.values.get("department")
    if department is not None and not permissions.is_manager(by):
        led = Department.objects.led_by(by)
        if not led.filter(pk=department.pk).exists():
            raise NotAllowed(
                _("Only managers and the leads of %(department)s may put people there.")
                % {"department": department}
            )


def _with_roles(held: list[Person]) -> Iterable[Person]:
    ids = [person.pk for person in held]
    return Person.objects.filter(pk__in=ids).prefetch_related("roles").iterator(chunk_size=BATCH)


def _roles_after(roles: dict[int, Role], change: BulkChange) -> dict[int, Role]:
    gone = {role.pk for role in change.drop_roles}
    kept = {pk: role for pk, role in roles.items() if pk not in gone}
    return kept | {role.pk: role for role in change.add_roles}


def _check(person: Person) -> None:
    try:
        tracked.check(person, exclude=("user",))
    except InvalidInput as error:
        raise InvalidInput(
            _("%(person)s: %(error)s Nothing was changed.") % {"person": person, "error": error}
        ) from None


def _short(kept: dict[str, Any]) -> dict[str, Any]:
    """Without the rate: the event is about what everybody got."""
    return {name: kept[name] for name in (*FIELDS, "roles")}
