"""Slots and workloads of phases week by week, and what waits for what (docs/formulas.md)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

import numpy as np
from django.conf import settings
from django.db.models import QuerySet

from capacity.kernel.joint import LEAST, Array, PhaseWeeks, Waiting, ask, serve, waiting
from capacity.models import HOURS_PER_WEEK, Allocation, Shape, Workload
from capacity.rights import may_see_device_cost
from capacity.selectors.served import done_share, held_shares, is_served, span
from projects.models import Assignment, Phase, Project, Slot
from teamhub import weeks
from teamhub.accounts import permissions
from teamhub.accounts.models import User

HUNDREDTHS = 100
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Purse:
    """Whose cost this user may see: devices have a price list, people do not."""

    people: bool
    devices: bool

    @classmethod
    def of(cls, user: User) -> Purse:
        return cls(permissions.may_see_money(user), may_see_device_cost(user))


@dataclass(frozen=True)
class Sums:
    """What waits over some weeks. A cost that the reader may not see is None."""

    people: float  # full-time weeks
    devices: float  # device-weeks
    people_cost: Decimal | None
    devices_cost: Decimal | None

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.people + other.people,
            self.devices + other.devices,
            _both(self.people_cost, other.people_cost),
            _both(self.devices_cost, other.devices_cost),
        )

    @property
    def people_hours(self) -> float:
        return self.people * settings.COMPANY_WEEKLY_HOURS

    @property
    def device_hours(self) -> float:
        return self.devices * HOURS_PER_WEEK

    @property
    def is_nothing(self) -> bool:
        return self.people <= LEAST and self.devices <= LEAST

    @property
    def cost(self) -> Decimal | None:
        """What both cost, where the reader may see both."""
        return _both(self.people_cost, self.devices_cost)


def nothing(purse: Purse) -> Sums:
    zero = Decimal(0).quantize(CENT)
    return Sums(0.0, 0.0, zero if purse.people else None, zero if purse.devices else None)


@dataclass(frozen=True, eq=False)
class SlotLine:
    """A slot in the weeks of its phase, in full-time units; `cost` is that of all its people."""

    slot: Slot
    asked: Array
    filled: Array
    held: Array
    cost: Array


@dataclass(frozen=True, eq=False)
class WorkLine:
    """A workload in the weeks of its phase, in devices."""

    workload: Workload
    asked: Array
    granted: Array
    cost: Array

    @property
    def must_serve(self) -> bool:
        return self.workload.must_serve


@dataclass(frozen=True, eq=False)
class PhaseLines:
    """A phase with its slots, its workloads, and what waits in each of its weeks."""

    phase: Phase
    slots: Sequence[SlotLine]
    works: Sequence[WorkLine]
    purse: Purse

    @property
    def is_empty(self) -> bool:
        return not (self.slots or self.works)

    @cached_property
    def weeks(self) -> PhaseWeeks:
        none = np.zeros(self.phase.n_weeks)
        held = _sum((line.held for line in self.slots), none)
        granted = _sum((line.granted for line in self.works), none)
        return PhaseWeeks(
            fte_asked=_sum((line.asked for line in self.slots), none),
            fte_filled=_sum((line.filled for line in self.slots), none),
            # Optional work asks for what it was given: that it is left out, a plan has decided.
            devices_asked=_sum(
                (line.asked if line.must_serve else line.granted for line in self.works), none
            ),
            devices_granted=granted,
            fte_rate=_rate(_sum((line.cost for line in self.slots), none), held),
            device_rate=_rate(_sum((line.cost for line in self.works), none), granted),
        )

    @cached_property
    def waits(self) -> Waiting:
        return waiting(self.weeks)

    def sums(self, since: date | None = None) -> Sums:
        """What waits from this Monday on, or in all weeks."""
        first = 0 if since is None else max(0, weeks.weeks_between(self.phase.start_on, since))
        waits = self.waits
        return Sums(
            float(waits.people[first:].sum()),
            float(waits.devices[first:].sum()),
            _cents(waits.people_cost[first:].sum()) if self.purse.people else None,
            _cents(waits.devices_cost[first:].sum()) if self.purse.devices else None,
        )


def phases_of(project: Project, user: User) -> QuerySet[Phase]:
    """The project's phases, for those who see its detail."""
    seen = Project.objects.detail_visible_to(user)
    return Phase.objects.filter(project=project, project__in=seen)


def phase_lines(phases: QuerySet[Phase], user: User) -> list[PhaseLines]:
    """These phases in their order, with all that they ask for and have (five queries)."""
    found = list(phases.order_by("project", "start_on", "pk"))
    ids = [phase.pk for phase in found]
    slots = _slots(ids, user)
    works = _works(ids, user)
    purse = Purse.of(user)
    return [
        PhaseLines(
            phase,
            [_slot_line(phase, *row) for row in slots[phase.pk]],
            [_work_line(phase, *row) for row in works[phase.pk]],
            purse,
        )
        for phase in found
    ]


def _slots(phases: list[int], user: User) -> dict[int, list[tuple[Slot, list[Assignment]]]]:
    held: dict[int, list[Assignment]] = defaultdict(list)
    rows = Assignment.objects.visible_to(user).filter(slot__phase__in=phases)
    for row in rows.select_related("person").order_by("start_on", "pk"):
        held[row.slot_id].append(row)
    found = Slot.objects.visible_to(user).filter(phase__in=phases).select_related("seat__role")
    by_phase: dict[int, list[tuple[Slot, list[Assignment]]]] = defaultdict(list)
    for slot in found.order_by("seat__role__position", "seat__label", "pk"):
        by_phase[slot.phase_id].append((slot, held[slot.pk]))
    return by_phase


def _works(phases: list[int], user: User) -> dict[int, list[tuple[Workload, list[Allocation]]]]:
    """Open workloads, and closed ones that hold devices."""
    held: dict[int, list[Allocation]] = defaultdict(list)
    rows = Allocation.objects.visible_to(user).in_force().filter(workload__phase__in=phases)
    for row in rows.select_related("pool__accelerator").order_by("start_on", "pk"):
        held[row.workload_id].append(row)
    found = Workload.objects.visible_to(user).filter(phase__in=phases).select_related("sized_on")
    by_phase: dict[int, list[tuple[Workload, list[Allocation]]]] = defaultdict(list)
    for work in found.order_by("-must_serve", "start_on", "key"):
        if work.status == Workload.Status.OPEN or held[work.pk]:
            by_phase[work.phase_id or 0].append((work, held[work.pk]))
    return by_phase


def _slot_line(phase: Phase, slot: Slot, rows: Iterable[Assignment]) -> SlotLine:
    n_weeks = phase.n_weeks
    asked, held, cost = np.zeros(n_weeks), np.zeros(n_weeks), np.zeros(n_weeks)
    inside = _slice(phase, slot)
    asked[inside] = slot.fte_hundredths / HUNDREDTHS
    for row in rows:
        part = _slice(phase, row)
        held[part] += row.fte_hundredths / HUNDREDTHS
        cost[part] += row.fte_hundredths / HUNDREDTHS * float(row.person.rate_per_fte_week)
    return SlotLine(slot, asked, np.minimum(asked, held), held, cost)


def _work_line(phase: Phase, workload: Workload, rows: Sequence[Allocation]) -> WorkLine:
    granted, cost = np.zeros(phase.n_weeks), np.zeros(phase.n_weeks)
    for row in rows:
        part = _slice(phase, row)
        rate = float(row.pool.rate_per_device_hour) * HOURS_PER_WEEK
        granted[part] += float(row.devices)
        cost[part] += float(row.devices) * rate
    asked = granted
    if workload.status == Workload.Status.OPEN and not is_served(workload, rows):
        asked = _asked(phase, workload, rows, granted)
    return WorkLine(workload, asked, granted, cost)


def _asked(phase: Phase, workload: Workload, rows: Sequence[Allocation], granted: Array) -> Array:
    first = weeks.weeks_between(phase.start_on, workload.start_on)
    window = range(first, first + workload.n_weeks)
    if workload.shape is Shape.SERVICE:
        shares = np.array(held_shares(workload, rows))
        return serve(granted, shares, float(workload.devices), window)
    whole = workload.device_weeks
    if workload.shape is Shape.GANG:  # holds whole weeks
        whole = float(workload.devices * (workload.weeks or 1))
    return ask(granted, (1.0 - done_share(workload, rows)) * whole, window)


def _slice(phase: Phase, row: Slot | Assignment | Allocation) -> slice:
    inside = span(phase.start_on, phase.n_weeks, row.start_on, row.end_on)
    return slice(inside.start, inside.stop)


def _sum(parts: Iterable[Array], none: Array) -> Array:
    return sum(parts, none)


def _rate(cost: Array, units: Array) -> Array:
    """Money of one unit in each week, 0 where there is none."""
    some = units > LEAST
    return np.where(some, cost / np.where(some, units, 1.0), 0.0)


def _cents(amount: Any) -> Decimal:
    return Decimal(repr(float(amount))).quantize(CENT)


def _both(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None or other is None else one + other
