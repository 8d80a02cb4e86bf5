"""Pools with their nodes and maintenance, and accelerator types of one's own."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from capacity.models import Accelerator, Allocation, MaintenanceWindow, Node, PlanWeek, Pool
from capacity.services import rows
from roles.models import Site
from roles.services import tracked
from teamhub.accounts.models import User
from teamhub.audit import services as audit
from teamhub.errors import Conflict, NotAllowed

FIGURES = (
    "memory_gb",
    "bandwidth_gb_s",
    "bf16_tflops",
    "fp8_tflops",
    "power_w",
    "link_gb_s",
)
ACCELERATOR_FIELDS = (
    "name_en",
    "name_zh",
    "kind",
    "vendor",
    *FIGURES,
    "confidence",
    "source",
)
RATE = "rate_per_device_hour"
POOL_FIELDS = (
    "name_en",
    "name_zh",
    "site",
    "accelerator",
    "node_count",
    "devices_per_node",
    "cpu_cores",
    "memory_gib",
    "storage_tb",
    "network_gbit_s",
    "power_kw",
    RATE,
    "start_on",
    "end_on",
    "note",
)
NODE_FIELDS = ("key", "pool", "devices", "cpu_cores", "memory_gib", "start_on", "end_on")
MAINTENANCE_FIELDS = ("start_on", "end_on", "nodes_out", "out_share", "reason_en", "reason_zh")


# --- accelerators ---------------------------------------------------------------------------------


@transaction.atomic
def create_accelerator(*, key: str, name_en: str, kind: str, by: User, **more: Any) -> Accelerator:
    """Add a type that the catalog's file does not have; the sync leaves it alone."""
    rows.require_planner(by)
    accelerator = Accelerator(key=key, name_en=name_en, kind=kind, is_own=True, **more)
    accelerator.position = 1000  # after the types of the file
    return rows.create(accelerator, verb="accelerator", names=("key", *ACCELERATOR_FIELDS), by=by)


@transaction.atomic
def update_accelerator(accelerator: Accelerator, *, by: User, **changes: Any) -> Accelerator:
    rows.require_planner(by)
    accelerator = tracked.hold(accelerator, version=None)
    if not accelerator.is_own:
        raise NotAllowed(
            _("%(name)s comes from the catalog's file; its figures are changed there.")
            % {"name": accelerator.name}
        )
    before = tracked.snapshot(accelerator, ACCELERATOR_FIELDS)
    if tracked.assign(accelerator, changes):
        tracked.check(accelerator)
        accelerator.save()
        after = tracked.snapshot(accelerator, ACCELERATOR_FIELDS)
        audit.record(by, "accelerator.change", accelerator, before=before, after=after)
    return accelerator


@transaction.atomic
def delete_accelerator(accelerator: Accelerator, *, by: User) -> None:
    """Remove a type of one's own that nothing names."""
    rows.require_planner(by)
    accelerator = tracked.hold(accelerator, version=None)
    try:
        if not accelerator.is_own:
            raise NotAllowed(_("%(name)s comes from the catalog's file.") % {"name": accelerator})
        rows.delete(
            accelerator,
            verb="accelerator",
            names=("key", *ACCELERATOR_FIELDS),
            by=by,
            version=None,
        )
    except ProtectedError as error:
        text = _("%(name)s is the type of a pool or workload.") % {"name": accelerator}
        raise Conflict(text, code="in_use") from error


# --- pools ----------------------------------------------------------------------------------------


@transaction.atomic
def create_pool(
    *, key: str, name_en: str, site: Site, accelerator: Accelerator, by: User, **more: Any
) -> Pool:
    rows.require_planner(by)
    if more.get(RATE):
        rows.require_cost(by)
    pool = Pool(key=key, name_en=name_en, site=site, accelerator=accelerator, **more)
    return rows.create(pool, verb="pool", names=("key", *POOL_FIELDS), by=by)


@transaction.atomic
def update_pool(pool: Pool, *, by: User, version: int | None = None, **changes: Any) -> Pool:
    rows.require_planner(by)
    if RATE in changes:
        rows.require_cost(by)
    return rows.update(pool, changes, verb="pool", names=POOL_FIELDS, by=by, version=version)


@transaction.atomic
def delete_pool(pool: Pool, *, by: User, version: int | None = None) -> None:
    """Remove a pool that no plan and no allocation has named."""
    rows.require_planner(by)
    if Allocation.objects.filter(pool=pool).exists() or PlanWeek.objects.filter(pool=pool).exists():
        raise Conflict(
            _(
                "%(pool)s stands in allocations or plans, which would lose it. Write down until "
                "when it is available instead."
            )
            % {"pool": pool},
            code="in_use",
        )
    rows.delete(pool, verb="pool", names=("key", *POOL_FIELDS), by=by, version=version)


# --- nodes ----------------------------------------------------------------------------------------


@transaction.atomic
def create_node(*, pool: Pool, key: str, devices: int, by: User, **more: Any) -> Node:
    rows.require_planner(by)
    node = Node(pool=pool, key=key, devices=devices, **more)
    return rows.create(node, verb="node", names=NODE_FIELDS, by=by)


@transaction.atomic
def update_node(node: Node, *, by: User, version: int | None = None, **changes: Any) -> Node:
    rows.require_planner(by)
    return rows.update(node, changes, verb="node", names=NODE_FIELDS, by=by, version=version)


@transaction.atomic
def delete_node(node: Node, *, by: User, version: int | None = None) -> None:
    rows.require_planner(by)
    rows.delete(node, verb="node", names=NODE_FIELDS, by=by, version=version)


# --- maintenance ----------------------------------------------------------------------------------


@transaction.atomic
def create_maintenance(
    *,
    pool: Pool,
    start_on: date,
    end_on: date,
    by: User,
    nodes_out: int | None = None,
    out_share: Decimal | None = None,
    reason_en: str = "",
    reason_zh: str = "",
) -> MaintenanceWindow:
    rows.require_planner(by)
    window = MaintenanceWindow(
        pool=pool,
        start_on=start_on,
        end_on=end_on,
        nodes_out=nodes_out,
        out_share=out_share,
        reason_en=reason_en,
        reason_zh=reason_zh,
    )
    names = ("pool", *MAINTENANCE_FIELDS)
    return rows.create(window, verb="maintenance", names=names, by=by)


@transaction.atomic
def update_maintenance(
    window: MaintenanceWindow, *, by: User, version: int | None = None, **changes: Any
) -> MaintenanceWindow:
    rows.require_planner(by)
    return rows.update(
        window, changes, verb="maintenance", names=MAINTENANCE_FIELDS, by=by, version=version
    )


@transaction.atomic
def delete_maintenance(window: MaintenanceWindow, *, by: User, version: int | None = None) -> None:
    rows.require_planner(by)
    names = ("pool", *MAINTENANCE_FIELDS)
    rows.delete(window, verb="maintenance", names=names, by=by, version=version)
