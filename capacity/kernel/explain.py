"""Why a plan is as it is: what was left out and why, where devices lack, and what would help."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from capacity.kernel.columns import Columns, NeedOptions, lowest
from capacity.kernel.greedy import best_rectangle, cheapest
from capacity.kernel.objectives import Array, Objective
from capacity.kernel.plan import EPSILON, Plan, fill
from capacity.kernel.problem import (
    Allocation,
    CapacityProblem,
    CapacitySolution,
    Shape,
    Workload,
)


class Reason(StrEnum):
    """Why a workload is left out."""

    NO_POOL = "no_pool"  # no pool can run it
    TOO_LARGE = "too_large"  # it fits not even into the empty estate, purchases included
    FULL = "full"  # other work has the devices
    NOT_WORTH_IT = "not_worth_it"  # it fits, and costs as much as it returns or more
    DROPPED_OPTIONAL = "dropped_optional"  # the objective serves only what must be served
    NOT_REACHED = "not_reached"  # it fits and pays: the search ended before


class Help(StrEnum):
    """What would make room for it."""

    DEVICES = "devices"  # so many more, there and then
    WINDOW = "window"  # it fits there, outside its window


@dataclass(frozen=True, slots=True)
class Relief:
    """One thing that would help: devices to add, or the place that another window would open."""

    kind: Help
    place: Allocation


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A workload that the plan leaves out.

    Attributes
    ----------
    gain
        What serving it where it fits would add to the objective; None where it does not fit.
    nearest
        Where it would lack fewest device-weeks as the plan stands.
    short
        Devices that it lacks there, as (week, devices).
    """

    workload: int
    reason: Reason
    gain: float | None
    nearest: Allocation | None
    short: tuple[tuple[int, float], ...]
    helps: tuple[Relief, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that is left out, and what the pools have, give and lack.

    Attributes
    ----------
    free, used
        Of shape (n_weeks, n_pools): devices with what is bought, and what the plan takes of them.
    shortage
        Of shape (n_weeks, n_pools): devices that would lack if every workload that finds no room
        ran where it lacks least.
    """

    left_out: tuple[LeftOut, ...]
    free: Array
    used: Array
    shortage: Array


def explain(problem: CapacityProblem, solution: CapacitySolution) -> Explanation:
    """Look up, without a solver, why each workload that is left out is."""
    columns = Columns(problem)
    plan = plan_of(columns, solution)
    free = problem.capacity + columns.landed(plan.bought)
    wanted = free - plan.free
    found = []
    for j, workload in enumerate(problem.workloads):
        if plan.serves(j):
            continue
        one = _left_out(plan, j, workload)
        found.append(one)
        if one.reason in {Reason.FULL, Reason.TOO_LARGE}:
            wanted = wanted + _demand(columns, j, one)
    return Explanation(
        left_out=tuple(found),
        free=free,
        used=np.maximum(0.0, free - plan.free),
        shortage=np.maximum(0.0, wanted - free),
    )


def plan_of(columns: Columns, solution: CapacitySolution) -> Plan:
    """The plan over columns that a solution is."""
    plan = Plan(columns)
    plan.buy(np.array([nodes for counts in solution.bought for nodes in counts], dtype=float))
    batches = []
    for j, given in enumerate(solution.allocations):
        if columns.is_batch[j] and given:
            batches.append(j)
        elif given:
            k = columns.find(j, given[0])
            if k is not None:
                plan.place(k)
    for j in batches:
        cells = columns.cells_of(j)
        amounts = np.zeros(cells.stop - cells.start)
        for each in solution.allocations[j]:
            week = columns.cell_week[cells]
            here = (columns.cell_pool[cells] == each.pool) & (week >= each.start)
            amounts[here & (week < each.end)] += each.devices
        plan.place_batch(j, amounts)
    return plan


def _left_out(plan: Plan, j: int, workload: Workload) -> LeftOut:
    columns = plan.columns
    if not workload.needs or not _has_places(columns, j):
        return LeftOut(j, Reason.NO_POOL, None, None, (), ())
    gain = _gain(plan, j)
    if gain is not None:
        reason = Reason.NOT_REACHED if gain > 0 else Reason.NOT_WORTH_IT
        optional = columns.problem.objective is Objective.WEIGHTED_COST
        if optional and not workload.must_serve:
            reason = Reason.DROPPED_OPTIONAL
        return LeftOut(j, reason, gain, None, (), ())
    reason = Reason.FULL if columns.possible[j] else Reason.TOO_LARGE
    nearest, short = _nearest_batch(plan, j) if columns.is_batch[j] else _nearest(plan, j)
    helps = _more_devices(nearest, short)
    if reason is Reason.FULL and workload.shape is Shape.GANG:
        helps += _other_window(plan, j)
    return LeftOut(j, reason, None, nearest, short, helps)


def _has_places(columns: Columns, j: int) -> bool:
    if columns.is_batch[j]:
        return True
    return bool(columns.options[j])


def _gain(plan: Plan, j: int) -> float | None:
    """What serving it in its best free place adds; None where there is none."""
    columns = plan.columns
    if not columns.is_batch[j]:
        k = best_rectangle(plan, j)
        return None if k is None else float(columns.worth[k])
    cells = columns.cells_of(j)
    free = plan.free[columns.cell_week[cells], columns.cell_pool[cells]]
    room = np.clip(np.minimum(free, columns.cell_most[cells]), 0.0, None)
    amounts = fill(cheapest(columns, j), room, columns.cell_rate[cells], 1.0)
    if amounts is None:
        return None
    return float(columns.gain[j] + columns.cell_worth[cells] @ amounts)


def _nearest(plan: Plan, j: int) -> tuple[Allocation, tuple[tuple[int, float], ...]]:
    """The place of a gang or service that lacks fewest device-weeks, the earliest among equals."""
    columns = plan.columns
    best: tuple[float, int] | None = None
    for one in columns.options[j]:
        lacking = np.maximum(0.0, one.need.devices - plan.free[:, one.need.pool])
        before = np.concatenate([[0.0], np.cumsum(lacking)])
        starts = columns.start_of(one) + np.arange(one.count)
        missing = before[starts + one.weeks] - before[starts]
        i = int(np.argmin(missing))
        if best is None or (float(missing[i]), one.first + i) < best:
            best = float(missing[i]), one.first + i
    if best is None:
        raise AssertionError("a workload with places has a nearest one")
    k = best[1]
    start, weeks, pool = int(columns.start[k]), int(columns.weeks[k]), int(columns.pool[k])
    devices = int(columns.devices[k])
    lacking = devices - plan.free[start : start + weeks, pool]
    short = tuple(
        (start + i, float(lack)) for i, lack in enumerate(lacking.tolist()) if lack > EPSILON
    )
    return Allocation(pool, start, start + weeks, devices), short


def _nearest_batch(plan: Plan, j: int) -> tuple[Allocation, tuple[tuple[int, float], ...]]:
    """The pool where a batch, beside all that is free, lacks fewest devices a week, evenly."""
    columns = plan.columns
    cells = columns.cells_of(j)
    pool, week = columns.cell_pool[cells], columns.cell_week[cells]
    rate = columns.cell_rate[cells]
    free = np.clip(plan.free[week, pool], 0.0, None)
    done = float(np.minimum(free, columns.cell_most[cells]) @ rate)
    workload = columns.problem.workloads[j]
    need = min(workload.needs, key=lambda need: need.volume)
    each = max(0.0, 1.0 - done) * need.volume / workload.n_weeks
    short = tuple((w, each) for w in range(workload.start, workload.end))
    return Allocation(need.pool, workload.start, workload.end, each), short


def _more_devices(nearest: Allocation, short: tuple[tuple[int, float], ...]) -> tuple[Relief, ...]:
    if not short:
        return ()
    most = max(devices for _, devices in short)
    first, last = short[0][0], short[-1][0] + 1
    return (Relief(Help.DEVICES, Allocation(nearest.pool, first, last, most)),)


def _other_window(plan: Plan, j: int) -> tuple[Relief, ...]:
    """The free place of a gang that is nearest to its window, if the horizon has one."""
    columns, workload = plan.columns, plan.columns.problem.workloads[j]
    best: tuple[int, Allocation] | None = None
    for need in workload.needs:
        count = columns.problem.n_weeks - need.weeks + 1
        if count < 1:
            continue
        everywhere = NeedOptions(need, need.weeks, 0, count, 0.0)
        room = lowest(plan.free[:, need.pool], 0, everywhere)
        for start in np.flatnonzero(room >= need.devices - EPSILON).tolist():
            end = start + need.weeks
            outside = max(workload.start - start, 0) + max(end - workload.end, 0)
            if best is None or outside < best[0]:
                best = outside, Allocation(need.pool, start, end, need.devices)
    return () if best is None else (Relief(Help.WINDOW, best[1]),)


def _demand(columns: Columns, j: int, one: LeftOut) -> Array:
    """Devices of shape (n_weeks, n_pools) that a workload would take in its nearest place."""
    demand = np.zeros(columns.problem.capacity.shape)
    if one.nearest is not None:
        place = one.nearest
        demand[place.start : place.end, place.pool] = place.devices
    return demand
