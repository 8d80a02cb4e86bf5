"""Rows to the frozen problem of the capacity kernel."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable
from typing import Any

import numpy as np
from django.utils import timezone
from django.utils.translation import gettext as _

from capacity.bridge.needs import Asked, ask
from capacity.bridge.rows import Held, Loading, breaches, held, read
from capacity.bridge.units import GRACE_SECONDS, cents, per_week
from capacity.kernel import codec
from capacity.kernel.problem import CapacityProblem, Fact, InvalidProblem
from capacity.kernel.problem import Pool as KernelPool
from capacity.models import CapacityPlan, Objective
from teamhub import weeks
from teamhub.errors import Infeasible, InvalidInput
from teamhub.runs import frozen

Job = dict[str, Any]


def load_plan(plan: CapacityPlan) -> Job:
    """The frozen job of a plan: today's estate and demand as a problem, with limit and seed."""
    if "same_rows_as" in plan.params and plan.rerun_of_id is None:
        raise InvalidInput(
            _("The rows of the first plan are not stored on this worker's host. Make a new plan."),
            code="input_missing",
        )
    rows = read(plan)
    asked = [ask(workload, rows) for workload in rows.workloads]
    placed = [one for one in asked if one.kernel is not None]
    stays = held(rows, {one.workload.pk for one in asked if one.reason != "held"})
    if not placed:
        raise Infeasible(_nothing(rows, asked), code="nothing_open")
    try:
        problem = _problem(Objective(plan.objective), stays, placed)
    except InvalidProblem as error:
        raise InvalidInput(_("The rows contradict themselves: %s") % error) from error
    job: Job = {
        "problem": codec.problem_to_json(problem),
        "pools": [pool.pk for pool in rows.pools],
        "there": [rows.there[pool.pk] for pool in rows.pools],
        "held": [stays.by_pool[pool.pk] for pool in rows.pools],
        "workloads": [_line(one) for one in asked if one.reason != "held"],
        "inherited": breaches(stays),
        "start_on": rows.start.isoformat(),
    }
    return job | {
        "rows_sha256": digest(job),
        "as_of": timezone.now().isoformat(),
        "seconds": plan.params["seconds"],
        "limit_s": plan.params["seconds"] + GRACE_SECONDS,
        "seed": plan.seed,
        "threads": 1,
    }


def with_objective(
    job: Job, objective: Objective, *, seconds: int, seed: int, start: Job | None = None
) -> Job:
    """The same rows under another objective, from what a plan of them gives (its result)."""
    begin = None
    if start is not None:
        names = ("workload", "pool", "start", "end", "devices")
        rows = [{name: row[name] for name in names} for row in start["allocations"]]
        begin = {"allocations": rows, "bought": []}
    return job | {
        "problem": job["problem"] | {"objective": objective.value, "start": begin},
        "seconds": seconds,
        "limit_s": seconds + GRACE_SECONDS,
        "seed": seed,
    }


def digest(job: Job) -> str:
    """sha256 of what was read, whatever it is solved for."""
    rows = job | {"problem": job["problem"] | {"objective": None}}
    return hashlib.sha256(frozen.canonical(rows)).hexdigest()


def _nothing(rows: Loading, asked: list[Asked]) -> str:
    if any(one.reason == "held" for one in asked):
        return _("There is nothing to plan: what is running or locked serves all workloads.")
    if rows.workloads:
        return _("There is nothing to plan: no workload can be served within these weeks.")
    return _("There is nothing to plan: no open workload has its window in these weeks.")


def _problem(objective: Objective, stays: Held, placed: list[Asked]) -> CapacityProblem:
    rows = stays.rows
    free = [[stays.free(pool, week) for pool in rows.pools] for week in range(rows.n_weeks)]
    return CapacityProblem(
        capacity=np.array(free, dtype=float).reshape(rows.n_weeks, len(rows.pools)),
        pools=tuple(
            KernelPool(
                key=str(pool.pk),
                site=pool.site.key,
                accelerator=pool.accelerator.key,
                node_devices=pool.devices_per_node,
            )
            for pool in rows.pools
        ),
        workloads=tuple(one.kernel for one in placed if one.kernel is not None),
        facts=tuple(_facts(stays)),
        objective=objective,
    )


def _facts(stays: Held) -> Iterable[Fact]:
    rows = stays.rows
    rates = {pool.pk: cents(per_week(pool.rate_per_device_hour)) for pool in rows.pools}
    for row in stays.facts:
        yield Fact(
            workload=str(row.workload_id),
            pool=rows.index[row.pool_id],
            start=max(0, weeks.weeks_between(rows.start, row.start_on)),
            end=min(rows.n_weeks, weeks.weeks_between(rows.start, row.end_on)),
            devices=math.ceil(row.devices),
            cost=rates[row.pool_id],
        )


def _line(one: Asked) -> dict[str, Any]:
    """What storing needs to know of a workload."""
    return {
        "id": one.workload.pk,
        "must_serve": one.workload.must_serve,
        "value": str(one.value),
        "assumed": one.assumed,
        "reason": one.reason,
    }
