"""What an allocation made by hand would break, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from capacity.models import Accelerator, Allocation, Shape, Workload
from capacity.selectors.supply import held, supply
from teamhub import weeks


@dataclass(frozen=True)
class Finding:
    """A rule that would not hold. What blocks cannot be waved through with a reason."""

    rule: str
    text: str
    blocks: bool = False

    def as_dict(self) -> dict[str, Any]:
        return {"rule": self.rule, "text": self.text, "blocks": self.blocks}


def check(allocation: Allocation) -> list[Finding]:
    """Findings of one allocation against today's rows; it need not be saved."""
    return [
        *_overlap(allocation),
        *_whole_devices(allocation),
        *_outside_window(allocation),
        *_not_eligible(allocation),
        *_too_much(allocation),
    ]


def may_run_on(workload: Workload, pool: Any) -> bool:
    """Whether the workload names the pool or its type; nothing named: any GPU or TPU."""
    pools = {one.pk for one in workload.pools.all()}
    types = {one.pk for one in workload.accelerators.all()}
    if not pools and not types:
        return bool(pool.accelerator.kind != Accelerator.Kind.CPU)
    return pool.pk in pools or pool.accelerator_id in types


def _overlap(allocation: Allocation) -> Iterator[Finding]:
    others = (
        Allocation.objects.in_force()
        .in_weeks(allocation.start_on, allocation.end_on)
        .filter(workload=allocation.workload, pool=allocation.pool)
        .exclude(pk=allocation.pk)
    )
    if (other := others.first()) is not None:
        yield Finding(
            "overlap",
            _("%(workload)s already has devices of %(pool)s from %(start)s to %(end)s.")
            % {
                "workload": allocation.workload,
                "pool": allocation.pool,
                "start": other.start_on,
                "end": other.end_on,
            },
            blocks=True,
        )


def _whole_devices(allocation: Allocation) -> Iterator[Finding]:
    part = allocation.devices != allocation.devices.to_integral_value()
    if part and allocation.workload.shape != Shape.BATCH:
        yield Finding(
            "whole_devices", _("Only batch work takes a part of a device's week."), blocks=True
        )


def _outside_window(allocation: Allocation) -> Iterator[Finding]:
    workload = allocation.workload
    if allocation.start_on < workload.start_on or allocation.end_on > workload.end_on:
        yield Finding(
            "window",
            _("The window of %(workload)s is %(start)s to %(end)s.")
            % {"workload": workload, "start": workload.start_on, "end": workload.end_on},
        )


def _not_eligible(allocation: Allocation) -> Iterator[Finding]:
    if not may_run_on(allocation.workload, allocation.pool):
        yield Finding(
            "pool",
            _("%(workload)s does not name %(pool)s or its type.")
            % {"workload": allocation.workload, "pool": allocation.pool},
        )


def _too_much(allocation: Allocation) -> Iterator[Finding]:
    n_weeks = weeks.weeks_between(allocation.start_on, allocation.end_on)
    there = supply([allocation.pool], allocation.start_on, n_weeks)[allocation.pool.pk]
    taken = [
        Decimal(str(devices))
        for devices in held([allocation.pool], allocation.start_on, n_weeks)[allocation.pool.pk]
    ]
    if allocation.pk is not None:
        taken = _without(allocation, taken)
    short = [
        weeks.iso_label(weeks.add_weeks(allocation.start_on, index))
        for index, (devices, used) in enumerate(zip(there, taken, strict=True))
        if used + allocation.devices > devices
    ]
    if short:
        shown = ", ".join(short[:4]) + (", …" if len(short) > 4 else "")
        yield Finding(
            "capacity",
            _("%(pool)s has too few devices in %(weeks)s.")
            % {"pool": allocation.pool, "weeks": shown},
        )


def _without(allocation: Allocation, taken: list[Decimal]) -> list[Decimal]:
    """What others hold: the row as it stands today is taken off."""
    stored = Allocation.objects.filter(pk=allocation.pk, pool=allocation.pool).first()
    if stored is None:
        return taken
    return [
        used - stored.devices
        if stored.start_on <= weeks.add_weeks(allocation.start_on, index) < stored.end_on
        else used
        for index, used in enumerate(taken)
    ]
