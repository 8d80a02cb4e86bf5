"""Departments and sites."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from roles.models import Department, Site, SiteCalendar
from roles.services import tracked
from teamhub.accounts import permissions
from teamhub.accounts.models import User
from teamhub.audit import services as audit

DEPARTMENT_FIELDS = ("key", "name_en", "name_zh", "parent")
SITE_FIELDS = ("key", "name_en", "name_zh", "country", "time_zone", "calendar")


@transaction.atomic
def create_department(
    *,
    key: str,
    name_en: str,
    by: User,
    name_zh: str = "",
    parent: Department | None = None,
    leads: Iterable[User] = (),
) -> Department:
    require_manager(by)
    department = Department(key=key, name_en=name_en, name_zh=name_zh, parent=parent)
    tracked.check(department)
    department.save()
    department.leads.set(leads)
    audit.record(by, "department.create", department, after=_department(department))
    return department


@transaction.atomic
def update_department(
    department: Department, *, by: User, leads: Iterable[User] | None = None, **changes: Any
) -> Department:
    require_manager(by)
    # All of them: two moves at once could otherwise close a circle.
    list(Department.objects.select_for_update().order_by("pk").values_list("pk", flat=True))
    department = Department.objects.get(pk=department.pk)
    before = _department(department)
    tracked.assign(department, changes)
    tracked.check(department)
    department.save()
    if leads is not None:
        department.leads.set(leads)
    after = _department(department)
    if after != before:
        audit.record(by, "department.change", department, before=before, after=after)
    return department


@transaction.atomic
def create_site(
    *,
    key: str,
    name_en: str,
    time_zone: str,
    by: User,
    name_zh: str = "",
    country: str = "",
    calendar: SiteCalendar | None = None,
) -> Site:
    require_manager(by)
    site = Site(
        key=key,
        name_en=name_en,
        name_zh=name_zh,
        country=country,
        time_zone=time_zone,
        calendar=calendar,
    )
    tracked.check(site)
    tracked.write(site)
    audit.record(by, "site.create", site, after=tracked.snapshot(site, SITE_FIELDS))
    return site


@transaction.atomic
def update_site(site: Site, *, by: User, **changes: Any) -> Site:
    require_manager(by)
    site = Site.objects.select_for_update().get(pk=site.pk)
    before = tracked.snapshot(site, SITE_FIELDS)
    if tracked.assign(site, changes):
        tracked.check(site)
        site.save()
        after = tracked.snapshot(site, SITE_FIELDS)
        audit.record(by, "site.change", site, before=before, after=after)
    return site


def may_manage(by: User) -> bool:
    return permissions.is_manager(by) and permissions.has_scope(by, "write")


def require_manager(by: User) -> None:
    permissions.require(
        may_manage(by),
        _("Only managers and administrators may change departments, sites and people."),
    )


def _department(department: Department) -> dict[str, Any]:
    leads = sorted(department.leads.values_list("username", flat=True))
    return tracked.snapshot(department, DEPARTMENT_FIELDS) | {"leads": leads}
