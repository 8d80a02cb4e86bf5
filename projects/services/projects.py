"""Make a project from a domain template, and change what its lead decides about it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from projects import registry
from projects.models import Project
from projects.services import templates
from projects.services.history import sign
from roles.models import Department, Person, Site
from teamhub import weeks
from teamhub.accounts import permissions
from teamhub.accounts.groups import Group
from teamhub.accounts.models import User
from teamhub.audit import services as audit
from teamhub.errors import Conflict, InvalidInput, NotAllowed, Stale
from teamhub.names import refuse_number

EDITABLE = ("name", "purpose", "priority", "status", "department", "site", "budget", "lead")
_AUDITED = ("key", "name", "domain", "status", "priority", "start_on", "budget", "purpose")


def snapshot(project: Project) -> dict[str, Any]:
    """A project as the audit trail keeps it."""
    kept = {name: getattr(project, name) for name in _AUDITED}
    return kept | {
        "start_on": project.start_on.isoformat(),
        "budget": None if project.budget is None else str(project.budget),
        "lead": project.lead.username,
        "department": project.department.key,
        "site": project.site.key,
    }


def require_creator(by: User) -> None:
    if not (permissions.is_manager(by) and permissions.has_scope(by, "write")):
        raise NotAllowed(_("Only managers and administrators make projects."))


def check_start(start_on: date) -> None:
    """Refuse a day that is no Monday, naming the Mondays next to it."""
    if not weeks.is_plannable(start_on):
        words = {"first": weeks.FIRST.year, "last": weeks.LAST.year}
        raise InvalidInput(
            _("A project starts in the years %(first)d to %(last)d.") % words, field="start_on"
        )
    if weeks.is_monday(start_on):
        return
    before = weeks.monday(start_on)
    raise InvalidInput(
        _(
            "A project starts on a Monday; %(day)s is none. The Mondays next to it are "
            "%(before)s and %(after)s."
        )
        % {"day": start_on, "before": before, "after": weeks.add_weeks(before, 1)},
        field="start_on",
    )


def check_lead(lead: User) -> None:
    if not lead.is_active or not permissions.in_group(lead, Group.MANAGER, Group.ADMINISTRATOR):
        raise InvalidInput(
            _("%(user)s cannot lead a project: only active managers and administrators can.")
            % {"user": lead},
            field="lead",
        )


@transaction.atomic
def create_project(  # noqa: PLR0913 (the facts of a project)
    *,
    name: str,
    template: str,
    start_on: date,
    department: Department,
    lead: User,
    by: User,
    site: Site | None = None,
    key: str | None = None,
    priority: int = 2,
    budget: Decimal | None = None,
    deputies: Iterable[User] = (),
    status: str = Project.Status.PLANNED,
    domain: str = "",
) -> Project:
    """Make a project with its seven phases; `template` is a domain's key, "" for empty phases.

    `domain` names the domain of a project that starts without its template.
    """
    require_creator(by)
    check_start(start_on)
    check_lead(lead)
    if budget is not None and not permissions.may_see_money(by):
        raise NotAllowed(_("You may not set a budget: it is shown to managers only."))
    source = templates.ready_domain(template) if template else None
    project = Project(
        key=key or free_key(name),
        name=name.strip(),
        domain=template or domain,
        purpose=source.purpose_en if source else "",
        risk_class=source.risk_class if source else "",
        department=department,
        site=site or likely_site(lead, department),
        lead=lead,
        priority=priority,
        status=status,
        start_on=start_on,
        budget=budget,
    )
    _save(project, by)
    project.deputies.set([user for user in deputies if user.pk != lead.pk])
    templates.fill(project, source, by=by)
    audit.record(by, "project.create", project, after=snapshot(project))
    registry.project_created(project, by)
    return project


@transaction.atomic
def update_project(
    project: Project,
    *,
    by: User,
    version: int | None = None,
    deputies: Iterable[User] | None = None,
    **fields: Any,
) -> Project:
    """Change what is given; `version` is the one that the user has seen."""
    if unknown := set(fields) - set(EDITABLE):
        raise InvalidInput(_("These fields cannot be changed: %s.") % ", ".join(sorted(unknown)))
    project = locked(project, by=by, version=version)
    before = snapshot(project) | {"deputies": _names(project.deputies.all())}
    if "budget" in fields and not permissions.may_see_money(by):
        raise NotAllowed(_("You may not set a budget: it is shown to managers only."))
    if "lead" in fields and fields["lead"] != project.lead:
        check_lead(fields["lead"])
    for name, value in fields.items():
        setattr(project, name, value)
    if deputies is not None:
        project.deputies.set([user for user in deputies if user.pk != project.lead_id])
    after = snapshot(project) | {"deputies": _names(project.deputies.all())}
    if before != after:
        project.version += 1
        _save(project, by)
        audit.record(by, "project.change", project, before=before, after=after)
    return project


def locked(project: Project, *, by: User, version: int | None = None) -> Project:
    """The project under lock, if the user may edit it and has seen its last version."""
    require_editor(project, by)
    fresh = Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
    if version is not None and fresh.version != version:
        raise Stale(
            _("Somebody changed this project since you read it. Look at it again."),
            version=fresh.version,
        )
    return fresh


def require_editor(project: Project, by: User) -> None:
    if not Project.objects.editable_by(by).filter(pk=project.pk).exists():
        raise NotAllowed(
            _("Only the lead, a deputy or an administrator may change %(project)s.")
            % {"project": project}
        )


def free_key(name: str) -> str:
    """A short key from the name that no project has yet."""
    stem = slugify(name)[:50].strip("-") or "project"
    taken = set(Project.objects.filter(key__startswith=stem).values_list("key", flat=True))
    if stem not in taken:
        return stem
    number = 2
    while f"{stem}-{number}" in taken:
        number += 1
    return f"{stem}-{number}"


def likely_site(lead: User, department: Department) -> Site:
    """Where the lead works; else where the department is; else the only site."""
    for people in (Person.objects.filter(user=lead), Person.objects.filter(department=department)):
        person = people.select_related("site").order_by("pk").first()
        if person is not None:
            return person.site
    sites = list(Site.objects.all()[:2])
    if len(sites) == 1:
        return sites[0]
    raise InvalidInput(_("Name the site of the project."), field="site")


def _save(project: Project, by: User) -> None:
    if not re.fullmatch(r"[-a-zA-Z0-9_]+", project.key):
        raise InvalidInput(
            _("The key “%(key)s” may hold letters, digits and hyphens only.")
            % {"key": project.key},
            field="key",
        )
    if project._state.adding:
        refuse_number(project.key)
    try:
        project.full_clean(exclude=["department", "site", "lead"], validate_unique=False)
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise InvalidInput(" ".join(messages), field=field) from error
    sign(project, by)
    try:
        with transaction.atomic():
            project.save()
    except IntegrityError as error:
        if not Project.objects.filter(key=project.key).exclude(pk=project.pk).exists():
            raise
        raise Conflict(
            _("There is already a project with the key “%(key)s”.") % {"key": project.key},
            code="key_taken",
            field="key",
        ) from error


def _names(users: Iterable[User]) -> list[str]:
    return sorted(user.username for user in users)
