"""Workloads: what asks for devices, made and changed by who leads the project or plans."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from capacity.models import Accelerator, Allocation, Pool, Workload
from capacity.rights import may_plan, may_see_device_cost
from capacity.services import rows, sizing
from projects.models import Project
from roles.services import tracked
from teamhub.accounts import permissions
from teamhub.accounts.models import User
from teamhub.audit import services as audit
from teamhub.errors import Conflict, InvalidInput, NotAllowed

FIELDS = (
    "name_en",
    "name_zh",
    "phase",
    "kind",
    "status",
    "start_on",
    "end_on",
    *sizing.INPUTS,
    "must_serve",
    "priority",
    "value",
    "note",
    "source",
)
SIZED = ("device_hours_p10", "device_hours_p50", "device_hours_p90")


def may_edit(by: User, project: Project) -> bool:
    return Project.objects.editable_by(by).filter(pk=project.pk).exists() or may_plan(by)


def may_see_value(user: User, project: Project) -> bool:
    """Who leads the project says what its workloads are worth, and reads it (may query)."""
    if may_see_device_cost(user):
        return True
    led = Project.objects.led_by(user).filter(pk=project.pk)
    return permissions.has_scope(user, "money") and led.exists()


def require_editor(by: User, project: Project) -> None:
    if not may_edit(by, project):
        raise NotAllowed(
            _("Only planners and the lead or a deputy of %(project)s may change its workloads.")
            % {"project": project}
        )


@transaction.atomic
def create_workload(
    *,
    project: Project,
    by: User,
    key: str | None = None,
    accelerators: Iterable[Accelerator] = (),
    pools: Iterable[Pool] = (),
    **fields: Any,
) -> Workload:
    """Make a workload; `sizing` says whether devices or parameters and tokens are given."""
    require_editor(by, project)
    if fields.get("value") is not None and not may_see_value(by, project):
        raise NotAllowed(_("You may not say what this workload is worth."))
    return make(project, fields, key=key, accelerators=accelerators, pools=pools, by=by)


def make(
    project: Project,
    fields: Mapping[str, Any],
    *,
    by: User,
    key: str | None = None,
    accelerators: Iterable[Accelerator] = (),
    pools: Iterable[Pool] = (),
) -> Workload:
    """Write a new workload; the caller has asked who may."""
    if unknown := set(fields) - set(FIELDS):
        raise InvalidInput(_("These fields cannot be set: %s.") % ", ".join(sorted(unknown)))
    # A gang that nobody names follows from the memory, or is one device.
    workload = Workload(project=project, **{"gang_size": None, **fields})
    workload.key = key or free_key(f"{project.key}-{workload.name_en}")
    rows.check_weeks(workload)
    sizing.size(workload)
    rows.check(workload)
    workload.save()
    workload.accelerators.set(accelerators)
    workload.pools.set(pools)
    audit.record(by, "workload.create", workload, after=snapshot(workload))
    return workload


@transaction.atomic
def update_workload(
    workload: Workload,
    *,
    by: User,
    version: int | None = None,
    accelerators: Iterable[Accelerator] | None = None,
    pools: Iterable[Pool] | None = None,
    **changes: Any,
) -> Workload:
    """Change what is given; what the estimator makes of it follows."""
    require_editor(by, workload.project)
    if "value" in changes and not may_see_value(by, workload.project):
        raise NotAllowed(_("You may not say what this workload is worth."))
    if unknown := set(changes) - set(FIELDS):
        raise InvalidInput(_("These fields cannot be changed: %s.") % ", ".join(sorted(unknown)))
    workload = tracked.hold(workload, version=version)
    before = snapshot(workload)
    changed = tracked.assign(workload, changes)
    rows.check_weeks(workload)
    if set(changed) & sizing.DECIDES:
        sizing.size(workload)
    rows.check(workload)
    if accelerators is not None:
        workload.accelerators.set(accelerators)
    if pools is not None:
        workload.pools.set(pools)
    after = snapshot(workload)
    if after != before:
        workload.version += 1
        workload.save()
        audit.record(by, "workload.change", workload, before=before, after=after)
    return workload


@transaction.atomic
def delete_workload(workload: Workload, *, by: User, version: int | None = None) -> None:
    """Remove a workload that nothing has run for and no plan has named."""
    require_editor(by, workload.project)
    workload = tracked.hold(workload, version=version)
    if (
        Allocation.objects.filter(workload=workload).exists()
        or workload.actuals.exists()
        or workload.left_out_of.exists()
    ):
        raise Conflict(
            _(
                "%(workload)s stands in allocations, plans or measurements, which would lose it. "
                "Set its status to cancelled or done instead."
            )
            % {"workload": workload},
            code="in_use",
        )
    audit.record(by, "workload.remove", workload, before=snapshot(workload))
    workload.delete()


def free_key(text: str) -> str:
    """A key from a text that no workload has yet."""
    stem = slugify(text)[:54].strip("-") or "workload"
    taken = set(Workload.objects.filter(key__startswith=stem).values_list("key", flat=True))
    if stem not in taken:
        return stem
    number = 2
    while f"{stem}-{number}" in taken:
        number += 1
    return f"{stem}-{number}"


def snapshot(workload: Workload) -> dict[str, Any]:
    """A workload as the audit trail keeps it."""
    kept = tracked.snapshot(workload, ("key", *FIELDS, *SIZED))
    for name in ("accelerators", "pools"):
        keys = getattr(workload, name).order_by("key").values_list("key", flat=True)
        kept[name] = list(keys)
    return kept | {"project": workload.project.key}
