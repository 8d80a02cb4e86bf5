"""Questions about the plan, answered: one about each project and one over two of them."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from projects.models import StaffingStudy
from teamhub.accounts.models import User
from tests.integration.permissions.scene import Scene, ScenePart
from tests.integration.permissions.scene_people import People
from tests.integration.permissions.scene_projects import PROJECT, Plans
from tests.integration.permissions.scene_staffing import Staffing

# Occur nowhere else: what it would lose to force somebody, what an idea gains and costs.
LOSS = {"alpha": 717171711, "beta": 727272721, "gamma": 737373731}
GAIN, EXTRA = 747474741, "757575.25"
MONEY = (*LOSS.values(), GAIN, 757575)


class Studies(ScenePart):
    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self.staffing, self.plans = Staffing.of(scene), Plans.of(scene).plans
        lea = scene.lea
        self.why = {
            word: self._study([word], "why_not", lea, self._why(word)) for word in PROJECT.values()
        }
        self.of_viewer = self._study(["beta"], "core", scene.members["viewer"], self._core())
        # Over the two plans alpha and beta: each reader finds those of their plans.
        self.shared = self._study(["alpha", "beta"], "what_helps", lea, self._helps())

    def _study(
        self, words: list[str], question: str, by: User, answer: dict[str, Any]
    ) -> StaffingStudy:
        now = timezone.now()
        study = StaffingStudy.objects.create(
            requested_by=by,
            question=question,
            status="succeeded",
            outcome="feasible",
            attempt=1,
            started_at=now,
            finished_at=now,
            params={"seconds": 5},
            answer=answer,
        )
        study.projects.set([self.plans[word]["project"] for word in words])
        return study

    def _piece(self, word: str) -> dict[str, Any]:
        slot = self.plans[word]["open"]
        return {
            "slot": slot.pk,
            "start_on": slot.start_on.isoformat(),
            "end_on": slot.end_on.isoformat(),
            "fte_hundredths": slot.fte_hundredths,
        }

    def _why(self, word: str) -> dict[str, Any]:
        eva = People.of(self.scene).eva.pk
        points = {"coverage": LOSS[word], "fit": 11, "cost": LOSS[word], "continuity": 0}
        return {
            "slot": self._piece(word),
            "person": eva,
            "holder": None,
            "failing": ["capacity", "budget"],
            "weeks": [],
            "score": points | {"money": EXTRA},
            "holder_score": None,
            "skills": [],
            "first": False,
            "ways": [
                {
                    "changes": [
                        {"kind": "rate", "person": eva, "rate": EXTRA, "before": EXTRA},
                    ],
                    "gain": GAIN,
                },
                {
                    "changes": [{"kind": "more_projects", "person": eva, "max_projects": 9}],
                    "gain": GAIN,
                },
            ],
            "never": [],
            "forced": {"loss": LOSS[word], "parts": {"cost": LOSS[word]}, "moves": []},
            "estimate": True,
            "neighbourhood": {"slots": 1, "people": 1},
        }

    def _core(self) -> dict[str, Any]:
        beta = self.plans["beta"]["project"].pk
        return {
            "feasible": False,
            "minimal": True,
            "slots": [self._piece("beta")],
            "people": [],
            "projects": [{"project": beta, "rule": "budget"}],
        }

    def _helps(self) -> dict[str, Any]:
        def idea(word: str) -> dict[str, Any]:
            phase = self.plans[word]["phase"]
            change = {"kind": "shift", "phase": phase.key, "weeks": 1}
            return {
                "changes": [change | {"project": phase.project_id}],
                "gain": GAIN,
                "price": GAIN,
                "fills": [self._piece(word)],
                "coverage_share": 0.5,
                "money": EXTRA,
            }

        return {
            "base": {"objective": GAIN, "coverage_share": 0.4, "open": 2},
            "ideas": [idea("alpha"), idea("beta")],
            "tried": 2,
        }

    def things(self, which: str, user: User) -> dict[str, Any]:
        return {"study": self.why[PROJECT[which]]}
