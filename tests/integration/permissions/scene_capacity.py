"""A pool with its parts, an own type, and for each project a workload with devices."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from teamhub import weeks
from teamhub.accounts.models import User
from tests import builders as make
from tests.integration.permissions.scene import Scene, ScenePart
from tests.integration.permissions.scene_projects import PROJECT, Plans

RATE = Decimal("77123.25")
VALUE = {
    "alpha": Decimal("611234.25"),
    "beta": Decimal("622345.25"),
    "gamma": Decimal("633456.25"),
}


class Devices(ScenePart):
    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self.kind = make.make_accelerator("a100")
        self.own_kind = make.make_accelerator("g2", is_own=True)
        self.pool = make.make_pool(
            "pool-one", site=scene.site, accelerator=self.kind, rate_per_device_hour=RATE
        )
        self.unused = make.make_pool(
            "pool-two", site=scene.site, accelerator=self.kind, rate_per_device_hour=RATE
        )
        self.node = make.make_node(self.unused, "node-one")
        start = Plans.of(scene).start
        self.window = make.make_maintenance(
            self.unused, start_on=start, end_on=weeks.add_weeks(start, 1)
        )
        self.work = {word: self._work(word, start) for word in VALUE}

    def _work(self, word: str, start: Any) -> dict[str, Any]:
        project = Plans.of(self.scene).plans[word]["project"]
        span = {"start_on": start, "end_on": weeks.add_weeks(start, 4)}
        held = make.make_workload(
            project, f"held-{word}", name_en=f"Held {word}", value=VALUE[word], **span
        )
        return {
            "workload": held,
            "idle": make.make_workload(project, f"idle-{word}", name_en=f"Idle {word}", **span),
            # Stands in no allocation and no plan: it can be removed.
            "unplanned": make.make_workload(
                project, f"later-{word}", name_en=f"Later {word}", **span
            ),
            "allocation": make.make_allocation(held, self.pool, devices=8, **span),
        }

    def things(self, which: str, user: User) -> dict[str, Any]:
        return self.work[PROJECT[which]] | {
            "pool": self.pool,
            "unused": self.unused,
            "node": self.node,
            "window": self.window,
            "own_kind": self.own_kind,
            "kind": self.kind,
        }
