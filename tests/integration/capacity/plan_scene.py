"""A small estate for the tests of plans, and a plan without a worker."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils import timezone

from capacity import bridge
from capacity.kernel import job
from capacity.models import Accelerator, CapacityPlan, Objective, Pool, Workload
from capacity.services import plans
from projects.models import Project
from teamhub import weeks
from teamhub.accounts.models import User
from teamhub.runs import frozen
from tests import builders


def week(n_weeks: int = 0) -> date:
    """A Monday some weeks ahead: rows of plans are adopted for the future only."""
    return weeks.add_weeks(weeks.monday(timezone.localdate()), 4 + n_weeks)


class Silent:
    """A report that nobody reads."""

    def __call__(self, stage: str, progress: float) -> None: ...

    def incumbent(self, **point: Any) -> None: ...

    def best(self, result: Any) -> None: ...


def solve(plan: CapacityPlan) -> dict[str, Any]:
    """What a worker does with a plan, in this process: load, solve, store."""
    loaded = frozen.thaw(plan.input_file) if plan.input_file else bridge.load_plan(plan)
    plan.input_file = frozen.freeze(loaded)
    result = job.run(loaded, Silent(), threading.Event())
    frozen.keep_result(plan.pk, frozen.without(result, plan.volatile_keys))
    CapacityPlan.objects.filter(pk=plan.pk).update(
        status="succeeded",
        outcome=result["outcome"],
        input_file=plan.input_file,
        attempt=1,
        started_at=timezone.now(),
        finished_at=timezone.now(),
    )
    plan.refresh_from_db()
    bridge.store_plan(plan, result)
    plan.refresh_from_db()
    return result


@dataclass
class Estate:
    """Two pools of one type, 16 devices at 2 and 8 at 1 a device-hour; a project that asks."""

    planner: User
    accelerator: Accelerator = field(default_factory=builders.make_accelerator)

    def __post_init__(self) -> None:
        self.near: Pool = self.make_pool("near", node_count=2, rate_per_device_hour="2")
        self.far: Pool = self.make_pool("far", node_count=1, rate_per_device_hour="1")
        self.project: Project = builders.make_project("Search", start_on=week())

    def make_pool(self, key: str, **fields: Any) -> Pool:
        return builders.make_pool(key, **{"accelerator": self.accelerator, **fields})

    def ask(self, key: str, n_weeks: int | None = 2, **fields: Any) -> Workload:
        """Eight devices for two weeks, anywhere in the first four, worth 100,000."""
        filled = {
            "devices": 8,
            "weeks": n_weeks,
            "start_on": week(),
            "end_on": week(4),
            "value": 100_000,
            "sized_on": self.accelerator,
            **fields,
        }
        if filled.get("kind") == "online_inference":
            filled["weeks"] = None
        project = filled.pop("project", self.project)
        return builders.make_workload(project, key, **filled)

    def submit(self, objective: str = Objective.NET_VALUE, **fields: Any) -> CapacityPlan:
        filled = {"start_on": week(), "n_weeks": 8, "seconds": 2, **fields}
        return plans.submit_plan(by=self.planner, objective=objective, **filled)

    def plan(self, objective: str = Objective.NET_VALUE, **fields: Any) -> CapacityPlan:
        """A plan that has been computed."""
        plan = self.submit(objective, **fields)
        solve(plan)
        return plan


def given(plan: CapacityPlan) -> set[tuple[str, str, int, int, float]]:
    """(workload, pool, first week, end, devices), weeks counted from the scene's first."""
    return {
        (
            row.workload.key,
            row.pool.key,
            weeks.weeks_between(week(), row.start_on),
            weeks.weeks_between(week(), row.end_on),
            float(row.devices),
        )
        for row in plan.allocations.select_related("workload", "pool")
    }


def left_out(plan: CapacityPlan) -> dict[str, str]:
    """Why, by key of the workload."""
    return {row.workload.key: row.reasons[0]["rule"] for row in plan.left_out.all()}
