"""Whether rows of a plan still fit: today's supply, demand and facts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from capacity.models import Allocation, CapacityPlan, Shape, Workload
from capacity.selectors.facts import is_closed
from capacity.selectors.findings import Finding, may_run_on
from capacity.selectors.served import LAST_DECIMAL, held_shares, is_served, span
from capacity.selectors.sizes import fits
from capacity.selectors.supply import supply
from teamhub import weeks

MAX_NAMED = 4  # weeks in a refusal
NEAR = 0.01  # parts of devices are rounded: so much too much is none


@dataclass
class Group:
    """The rows of one workload that somebody wants to adopt; they are adopted or refused together.

    `given` is all that the plan gives to the workload.
    """

    workload: Workload
    rows: list[Allocation]
    given: list[Allocation]


class Room:
    """Devices by pool and week that are left beside what stays in force."""

    def __init__(self, plan: CapacityPlan, groups: Iterable[Group], today: date) -> None:
        rows = [row for group in groups for row in group.rows]
        self.plan, self.this_week = plan, weeks.monday(today)
        self.start = min((row.start_on for row in rows), default=plan.start_on)
        end = max((row.end_on for row in rows), default=plan.end_on)
        self.n_weeks = weeks.weeks_between(self.start, end)
        pools = list({row.pool_id: row.pool for row in rows}.values())
        self._there = supply(pools, self.start, self.n_weeks)
        self._taken: dict[int, list[float]] = {}
        in_force = Allocation.objects.in_force()
        self._others = list(in_force.in_weeks(self.start, end).filter(pool__in=pools))
        stays = (
            Allocation.objects.staying(plan.start_on)
            .filter(workload__in={group.workload.pk for group in groups})
            .select_related("pool__accelerator")
        )
        self._stays: dict[int, list[Allocation]] = defaultdict(list)
        for row in stays:
            self._stays[row.workload_id].append(row)

    def clear(self, replaced: set[int]) -> None:
        """Start again, with the rows of these ids out of the way."""
        self._taken = {pool: [0.0] * self.n_weeks for pool in self._there}
        for row in self._others:
            if row.pk not in replaced:
                self.add(row)

    def add(self, row: Allocation) -> None:
        for week in span(self.start, self.n_weeks, row.start_on, row.end_on):
            self._taken[row.pool_id][week] += float(row.devices)

    def findings(self, group: Group) -> list[Finding]:
        """Why the group cannot be adopted today; empty where it can."""
        return [*self._demand(group), *self._facts(group), *self._devices(group)]

    def _demand(self, group: Group) -> Iterator[Finding]:
        workload = group.workload
        if is_closed(workload):
            yield Finding("closed", _("%(workload)s is no longer open.") % {"workload": workload})
            return
        for row in group.rows:
            words = {"workload": workload, "pool": row.pool}
            if row.end_on <= self.this_week:
                yield Finding("past", _("The weeks of %(workload)s have passed.") % words)
            elif row.start_on < workload.start_on or row.end_on > workload.end_on:
                yield Finding("window", _("The window of %(workload)s has changed.") % words)
            elif not (may_run_on(workload, row.pool) and fits(workload, row.pool.accelerator)):
                yield Finding("pool", _("%(workload)s may no longer run on %(pool)s.") % words)

    def _facts(self, group: Group) -> Iterator[Finding]:
        workload, stays = group.workload, self._stays[group.workload.pk]
        if self._covers(workload, stays):
            text = _("%(workload)s is served already by what is running or locked.")
            yield Finding("served", text % {"workload": workload})
        elif any(_meet(row, other) for row in group.rows for other in stays):
            text = _("%(workload)s holds devices of the same pool in these weeks already.")
            yield Finding("overlap", text % {"workload": workload})
        elif not self._covers(workload, [*stays, *group.given]):
            text = _("%(workload)s asks for more than when the plan was computed.")
            yield Finding("changed", text % {"workload": workload})

    def _covers(self, workload: Workload, rows: Sequence[Allocation]) -> bool:
        """Whether these rows serve it; a service only in the weeks of the plan."""
        if workload.shape is not Shape.SERVICE:
            return is_served(workload, rows)
        shares = held_shares(workload, rows)
        mine = span(workload.start_on, workload.n_weeks, self.plan.start_on, self.plan.end_on)
        return min((shares[week] for week in mine), default=1.0) >= 1 - LAST_DECIMAL

    def _devices(self, group: Group) -> Iterator[Finding]:
        for row in group.rows:
            there, taken = self._there[row.pool_id], self._taken[row.pool_id]
            short = [
                weeks.iso_label(weeks.add_weeks(self.start, week))
                for week in span(self.start, self.n_weeks, row.start_on, row.end_on)
                if taken[week] + float(row.devices) > there[week] + NEAR
            ]
            if short:
                shown = ", ".join(short[:MAX_NAMED]) + (", …" if len(short) > MAX_NAMED else "")
                text = _("%(pool)s has too few devices for %(workload)s in %(weeks)s.")
                words = {"pool": row.pool, "workload": group.workload, "weeks": shown}
                yield Finding("capacity", text % words)


def _meet(one: Allocation, other: Allocation) -> bool:
    together = one.start_on < other.end_on and other.start_on < one.end_on
    return together and one.pool_id == other.pool_id


def groups_of(plan: CapacityPlan, wanted: Iterable[Allocation]) -> list[Group]:
    """The rows by workload, what must be served first, then by their first week."""
    given: dict[int, list[Allocation]] = defaultdict(list)
    rows = plan.allocations.select_related("pool__accelerator").order_by("start_on", "pk")
    for row in rows:
        given[row.workload_id].append(row)
    found: dict[int, Group] = {}
    for row in wanted:
        group = found.setdefault(row.workload_id, Group(row.workload, [], given[row.workload_id]))
        group.rows.append(row)
    return sorted(
        found.values(),
        key=lambda group: (not group.workload.must_serve, group.rows[0].start_on, group.rows[0].pk),
    )
