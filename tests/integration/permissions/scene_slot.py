"""Somebody on the waiting list of an open slot, whose weeks are free by now."""

from __future__ import annotations

from typing import Any

from projects.models import WaitingPlace
from teamhub.accounts.models import User
from tests.integration.permissions.scene import Scene, ScenePart
from tests.integration.permissions.scene_people import People
from tests.integration.permissions.scene_projects import PROJECT, Plans


class Queues(ScenePart):
    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        people, plans = People.of(scene), Plans.of(scene).plans
        self.places = {
            word: self._place(plans[word]["open"], person)
            for word, person in (("alpha", people.eva), ("beta", people.ida), ("gamma", people.ida))
        }

    def _place(self, slot: Any, person: Any) -> WaitingPlace:
        return WaitingPlace.objects.create(
            slot=slot,
            person=person,
            start_on=slot.start_on,
            end_on=slot.end_on,
            fte_hundredths=slot.fte_hundredths,
            asked_by=self.scene.lea,
            reason="They know the tool.",
        )

    def things(self, which: str, user: User) -> dict[str, Any]:
        return {"place": self.places[PROJECT[which]]}
