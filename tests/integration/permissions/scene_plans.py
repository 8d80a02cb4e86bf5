"""Capacity plans of the whole estate: one computed, one adopted, one that is being computed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils import timezone

from capacity.models import Allocation, CapacityPlan, Incumbent, LeftOut, PlanWeek
from teamhub import weeks
from teamhub.accounts.models import User
from teamhub.runs import frozen
from tests import builders as make
from tests.integration.permissions.scene import Scene, ScenePart
from tests.integration.permissions.scene_capacity import Devices
from tests.integration.permissions.scene_projects import PROJECT, Plans

COST, SERVED, NET = Decimal("712345.25"), Decimal("723456.25"), Decimal("734567.25")
OBJECTIVE, BOUND, WEIGHTED, EFFICIENCY, PRICE = 745678.0, 756789.0, 767891.0, 778912.0, 789123.0
LOST = Decimal("791234.25")
MONEY = (COST, SERVED, NET, OBJECTIVE, BOUND, WEIGHTED, EFFICIENCY, PRICE, LOST)
N_WEEKS = 4


class CapacityPlans(ScenePart):
    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self.devices = Devices.of(scene)
        self.start = Plans.of(scene).start
        self.plan, self.adopted = self._computed(), self._computed()
        self.adopted.adopted_at, self.adopted.adopted_by = timezone.now(), scene.lea
        self.adopted.save()
        self.active = self._run(status="running", finished_at=None)
        self.rows = {word: self._row(word) for word in self.devices.work}
        for word, work in self.devices.work.items():
            self._leave_out(word, work["workload"])

    def _run(self, **fields: Any) -> CapacityPlan:
        job = {"problem": {"objective": "net_value"}}
        return make.make_plan(
            start_on=self.start,
            n_weeks=N_WEEKS,
            requested_by=self.scene.lea,
            params={"seconds": 5},
            input_file=frozen.freeze(job),
            heartbeat_at=timezone.now(),
            objective_value=OBJECTIVE,
            bound=BOUND,
            cost=COST,
            value=SERVED,
            net_value=NET,
            weighted_cost=WEIGHTED,
            efficiency=EFFICIENCY,
            n_workloads=6,
            n_served=3,
            n_values_assumed=1,
            served_device_weeks=48.0,
            shortage_device_weeks=1.0,
            rows_sha256="0" * 64,
            **fields,
        )

    def _computed(self) -> CapacityPlan:
        plan = self._run()
        for week in range(N_WEEKS):
            PlanWeek.objects.create(
                plan=plan,
                pool=self.devices.pool,
                week_on=weeks.add_weeks(self.start, week),
                supply=32,
                served=16,
                shortage=1,
                shadow_price=PRICE,
            )
        for step in (0, 1):
            Incumbent.objects.create(
                run=plan, attempt=1, step=step, seconds=step, objective=OBJECTIVE, bound=BOUND
            )
        return plan

    def _row(self, word: str) -> Allocation:
        return make.make_allocation(
            self.devices.work[word]["idle"],
            self.devices.pool,
            plan=self.plan,
            start_on=self.start,
            end_on=weeks.add_weeks(self.start, 2),
        )

    def _leave_out(self, word: str, workload: Any) -> None:
        LeftOut.objects.create(
            plan=self.plan, workload=workload, reasons=[{"rule": "not_reached"}], value=LOST
        )

    def things(self, which: str, user: User) -> dict[str, Any]:
        return {
            "plan": self.plan,
            "pending": self.active,
            "given": self.rows[PROJECT[which]],
        }
