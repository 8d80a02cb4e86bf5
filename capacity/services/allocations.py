"""Devices given to workloads by hand. Most rules warn and keep the reason; overlaps are refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from capacity.models import Allocation, Pool, Workload
from capacity.selectors.findings import check
from capacity.services import rows
from roles.services import tracked
from teamhub.accounts.models import User
from teamhub.errors import Conflict, InvalidInput

FIELDS = ("workload", "pool", "start_on", "end_on", "devices", "state", "reason")
# What a plan computed stays as it was computed; whether it may still be moved is decided by hand.
FIELDS_OF_PLANS = ("state", "reason")


@transaction.atomic
def create_allocation(
    *,
    workload: Workload,
    pool: Pool,
    start_on: date,
    end_on: date,
    devices: Decimal,
    by: User,
    state: str = Allocation.State.PLANNED,
    reason: str = "",
) -> Allocation:
    """Give devices by hand. Running and locked ones are facts: a plan works around them."""
    rows.require_planner(by)
    _lock(workload, pool)
    allocation = Allocation(
        workload=workload,
        pool=pool,
        start_on=start_on,
        end_on=end_on,
        devices=devices,
        state=state,
        reason=reason,
        source=Allocation.Source.HAND,
    )
    _weigh(allocation, reason)
    return rows.create(allocation, verb="allocation", names=FIELDS, by=by)


@transaction.atomic
def update_allocation(
    allocation: Allocation,
    *,
    by: User,
    version: int | None = None,
    reason: str | None = None,
    **changes: Any,
) -> Allocation:
    """Change what is given, of the version that the user has seen."""
    rows.require_planner(by)
    _lock(allocation.workload, changes.get("pool", allocation.pool))
    allocation = tracked.hold(allocation, version=version)
    _require_in_force(allocation)
    wanted = dict(changes) if reason is None else {**changes, "reason": reason}
    moved = {
        name
        for name, value in wanted.items()
        if name in FIELDS and getattr(allocation, name) != value
    }
    if allocation.plan_id is not None and (beyond := moved - set(FIELDS_OF_PLANS)):
        raise Conflict(
            _(
                "An adopted plan gave these devices: lock or release them, or make a new plan. "
                "Not changed: %(names)s."
            )
            % {"names": ", ".join(sorted(beyond))},
            code="of_a_plan",
        )
    if moved - set(FIELDS_OF_PLANS):
        _weigh(_changed(allocation, wanted), reason or "")
    return rows.update(
        allocation,
        wanted,
        verb="allocation",
        names=FIELDS,
        by=by,
        version=version,
        reason=reason or "",
    )


@transaction.atomic
def delete_allocation(
    allocation: Allocation, *, by: User, version: int | None = None, reason: str = ""
) -> None:
    rows.require_planner(by)
    allocation = tracked.hold(allocation, version=version)
    if allocation.plan_id is not None:
        raise Conflict(
            _("A plan gave these devices. Adopt another plan instead."), code="of_a_plan"
        )
    rows.delete(allocation, verb="allocation", names=FIELDS, by=by, version=version, reason=reason)


def _lock(workload: Workload, pool: Pool) -> None:
    """One after the other on a pool and a workload, so that overlaps cannot slip in."""
    list(Pool.objects.select_for_update().filter(pk=pool.pk).values_list("pk"))
    list(Workload.objects.select_for_update().filter(pk=workload.pk).values_list("pk"))


def _require_in_force(allocation: Allocation) -> None:
    if allocation.plan_id is not None and not allocation.adopted:
        raise Conflict(
            _("This is what a plan computed. Adopt the plan, then you can lock it."),
            code="not_adopted",
        )


def _changed(allocation: Allocation, wanted: dict[str, Any]) -> Allocation:
    """The row as it would be, for the rules; it is not saved."""
    values = {name: wanted.get(name, getattr(allocation, name)) for name in FIELDS}
    return Allocation(pk=allocation.pk, source=allocation.source, **values)


def _weigh(allocation: Allocation, reason: str) -> None:
    """Refuse what is impossible; ask for a reason where rules only warn."""
    rows.check_weeks(allocation)
    if allocation.devices <= 0:
        text = _("At least a part of a device.")
        raise InvalidInput(text, fields={"devices": [text]})
    findings = check(allocation)
    shown = [finding.as_dict() for finding in findings]
    if blocking := [finding for finding in findings if finding.blocks]:
        text = " ".join(str(finding.text) for finding in blocking)
        raise Conflict(text, code="blocked", clashes=shown)
    if findings and not reason.strip():
        text = " ".join(str(finding.text) for finding in findings)
        raise Conflict(
            _("%(findings)s Give a reason to do it all the same.") % {"findings": text},
            code="needs_reason",
            clashes=shown,
        )
