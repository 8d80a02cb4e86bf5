"""What measured runs have used of the devices, once for each measurement."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

from capacity.models import Accelerator, Pool, Workload, WorkloadActual
from capacity.selectors.findings import may_run_on
from projects.registry import DeviceUse
from teamhub import weeks
from teamhub.accounts.models import User
from teamhub.audit import services as audit

CENT = Decimal("0.01")


def record_use(use: DeviceUse, by: User) -> WorkloadActual | None:
    """Write a measured use as the workload's actual; told again, it changes nothing.

    A workload that was removed meanwhile keeps nothing: the measurement must not make the run fail
    that tells it.
    """
    workload = (
        Workload.objects.select_related("project")
        .prefetch_related("pools", "accelerators")
        .filter(key=use.workload)
        .first()
    )
    if workload is None:
        return None
    pool = pool_of(workload, use)
    actual, made = WorkloadActual.objects.get_or_create(
        source=use.source,
        defaults={
            "workload": workload,
            "device": use.device[:120],
            "device_seconds": use.device_seconds,
            "pool": pool,
            "cost": None if pool is None else cost_of(use, pool),
            "started_at": use.started_at,
            "ended_at": use.ended_at,
        },
    )
    if made:
        facts = {
            "source": use.source,
            "device": actual.device,
            "device_seconds": use.device_seconds,
            "pool": pool.key if pool else None,
            "cost": actual.cost,
        }
        audit.record(by, "workload.use", workload, after=facts)
    return actual


def cost_of(use: DeviceUse, pool: Pool) -> Decimal:
    """Device-hours at the pool's rate of today."""
    hours = Decimal(str(use.device_seconds)) / 3600
    return (hours * pool.rate_per_device_hour).quantize(CENT)


def pool_of(workload: Workload, use: DeviceUse) -> Pool | None:
    """The pool that the devices are counted as, or None where none can be told.

    A program knows what was busy, not whose it was. First the pools that the workload held in those
    weeks, then those it may run on, then all; of each, those whose type the device's name fits. Of
    several: one at the project's site, then the cheapest. With no fit, the only pool it held.
    """
    start = weeks.monday(use.started_at.date())
    end = weeks.monday(use.ended_at.date()) + timedelta(days=7)
    rows = workload.allocations.in_force().in_weeks(start, end).order_by()
    pools = list(Pool.objects.select_related("accelerator").order_by("key"))
    holding = set(rows.values_list("pool", flat=True))
    held = [pool for pool in pools if pool.pk in holding]
    able = [pool for pool in pools if may_run_on(workload, pool)]
    for group in (held, able, pools):
        fitting = [pool for pool in group if is_device_of(use.device, pool.accelerator)]
        if fitting:
            return _nearest(workload, fitting)
    return held[0] if len(held) == 1 else None


def _nearest(workload: Workload, pools: Iterable[Pool]) -> Pool:
    site = workload.project.site_id
    return min(pools, key=lambda pool: (pool.site_id != site, pool.rate_per_device_hour, pool.key))


def is_device_of(device: str, accelerator: Accelerator) -> bool:
    """Whether a name such as "NVIDIA A100-SXM4-80GB" or "cpu" means this type.

    All words of the type's key must be in the device's name; any CPU is a CPU.
    """
    words = set(_words(device))
    if not words:
        return False
    if "cpu" in words or accelerator.kind == Accelerator.Kind.CPU:
        return "cpu" in words and accelerator.kind == Accelerator.Kind.CPU
    return set(_words(accelerator.key)) <= words


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.casefold())
