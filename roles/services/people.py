"""Create and change people."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from roles.models import Department, Person, Role, Site
from roles.services import tracked
from teamhub.accounts import permissions
from teamhub.accounts.models import User
from teamhub.audit import services as audit
from teamhub.errors import InvalidInput, NotAllowed

PLAIN_FIELDS = (
    "name",
    "sort_name",
    "email",
    "department",
    "site",
    "time_zone",
    "weekly_hours",
    "employed_from",
    "employed_to",
    "rate_per_fte_week",
    "max_concurrent_projects",
)
FIELDS = (*PLAIN_FIELDS, "roles")


def require_editor(person: Person, by: User) -> None:
    if not Person.objects.editable_by(by).filter(pk=person.pk).exists():
        raise NotAllowed(
            _("Only managers and the leads of %(department)s may change %(person)s.")
            % {"department": person.department, "person": person}
        )


@transaction.atomic
def create_person(
    *,
    by: User,
    key: str,
    name: str,
    department: Department,
    site: Site,
    time_zone: str = "",
    roles: Iterable[Role] = (),
    **values: Any,
) -> Person:
    """Add somebody who can be staffed; their time zone is the site's unless given."""
    _refuse_unknown(values, PLAIN_FIELDS)
    _require_department(department, by)
    if "rate_per_fte_week" in values:
        _require_money(by)
    person = Person(
        key=key,
        name=name,
        department=department,
        site=site,
        time_zone=time_zone or site.time_zone,
        **values,
    )
    tracked.save(person, by=by)
    if wanted := list(roles):
        person.roles.set(wanted)
    audit.record(by, "person.create", person, after=snapshot(person))
    return person


@transaction.atomic
def update_person(
    person: Person, *, by: User, version: int | None = None, **changes: Any
) -> Person:
    """Change the given fields of the version that the user has seen."""
    _refuse_unknown(changes, FIELDS)
    require_editor(person, by)
    person = tracked.hold(person, version=version)
    before = snapshot(person)
    if (rate := changes.get("rate_per_fte_week")) is not None and rate != person.rate_per_fte_week:
        _require_money(by)
    if (department := changes.get("department")) not in (None, person.department):
        _require_department(department, by)
    roles = changes.pop("roles", None)
    _follow_name(person, changes)
    changed = tracked.assign(person, changes)
    new_roles = roles is not None and {role.pk for role in roles} != {
        role.pk for role in person.roles.all()
    }
    if not changed and not new_roles:
        return person
    person.version += 1
    tracked.save(person, by=by)
    if new_roles:
        person.roles.set(roles)
    audit.record(by, "person.change", person, before=before, after=snapshot(person))
    return person


def snapshot(person: Person) -> dict[str, Any]:
    """A person as the audit keeps it."""
    kept = tracked.snapshot(person, ("key", *PLAIN_FIELDS))
    # Not `.all()`: a prefetched list would show the roles of before.
    return kept | {"roles": sorted(person.roles.values_list("key", flat=True))}


def _follow_name(person: Person, changes: dict[str, Any]) -> None:
    """A sort name that nobody chose follows the name."""
    chosen = changes.get("sort_name", person.sort_name)
    if chosen in ("", person.name.casefold()):
        changes["sort_name"] = changes.get("name", person.name).casefold()


def _refuse_unknown(values: Mapping[str, Any], known: Collection[str]) -> None:
    if unknown := sorted(set(values) - set(known)):
        raise InvalidInput(_("A person has no field %(names)s.") % {"names": ", ".join(unknown)})


def _require_department(department: Department, by: User) -> None:
    if permissions.is_manager(by):
        return
    if not Department.objects.led_by(by).filter(pk=department.pk).exists():
        raise NotAllowed(
            _("Only managers and the leads of %(department)s may put people there.")
            % {"department": department}
        )


def _require_money(by: User) -> None:
    permissions.require(
        permissions.may_see_money(by), _("Only managers and administrators may set a rate.")
    )
