"""A change of each plan that somebody who leads its project may undo."""

from __future__ import annotations

from typing import Any

from projects.models import PlanChange, PlanChangeLine
from projects.services import plan
from teamhub.accounts.models import User
from tests.integration.permissions.scene import Scene, ScenePart
from tests.integration.permissions.scene_projects import PROJECT, Plans


class Decisions(ScenePart):
    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self.changes = {
            word: self._change(parts["held"]) for word, parts in Plans.of(scene).plans.items()
        }

    def _change(self, held: Any) -> PlanChange:
        change = PlanChange.objects.create(kind=PlanChange.Kind.HAND, by=self.scene.lea)
        PlanChangeLine.objects.create(
            change=change,
            assignment_id=held.pk,
            slot=held.slot,
            person=held.person,
            after=plan.snapshot(held),
        )
        return change

    def things(self, which: str, user: User) -> dict[str, Any]:
        return {"change": self.changes[PROJECT[which]]}
