"""Runs with proposals, and requests that wait for an answer."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils import timezone

from projects.models import Incumbent, ProposalRow, StaffingRequest, StaffingRun, WeightProfile
from teamhub.accounts.models import User
from teamhub.runs import frozen
from tests.integration.permissions.scene import (
    CROSSED,
    FOREIGN,
    HELD,
    OWN,
    Amount,
    Scene,
    ScenePart,
)
from tests.integration.permissions.scene_people import People
from tests.integration.permissions.scene_projects import PROJECT, Plans

COST = {
    "alpha": Decimal("654321.25"),
    "beta": Decimal("643211.25"),
    "gamma": Decimal("632111.25"),
}
ROW_COST = {
    "alpha": Decimal("43211.25"),
    "beta": Decimal("42111.25"),
    "gamma": Decimal("41231.25"),
}
OBJECTIVE, BOUND, FIRST_OBJECTIVE = 135791357, 135799313.5, 135000135
MONEY: tuple[Amount, ...] = (*COST.values(), *ROW_COST.values(), OBJECTIVE, BOUND, FIRST_OBJECTIVE)


class Staffing(ScenePart):
    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self.people, self.plans = People.of(scene), Plans.of(scene).plans
        self._runs()
        self._requests()
        for name, shared in (("hers", False), ("everybodys", True)):
            WeightProfile.objects.create(owner=scene.lea, name=name, shared=shared)

    def kept_by(self, user: User) -> list[str]:
        return list(user.weight_profiles.values_list("name", flat=True))

    def _runs(self) -> None:
        people = self.people
        lea = self.scene.lea
        rows = {
            "alpha": (people.mia, people.nils),
            "beta": (people.uwe, people.ida),
            "gamma": (people.uwe, people.ida),
        }
        self.parts: dict[str, dict[str, Any]] = {}
        for word, (first, second) in rows.items():
            run = self._run([word], requested_by=lea)
            self.parts[word] = {
                "run": run,
                "row": self._row(run, word, "open", first),
                "dear": self._row(run, word, "big", second),  # breaks the budget
                "active": self._run([word], requested_by=lea, active=True),
            }
        self.by_viewer = self._run(["beta"], requested_by=self.scene.members["viewer"])
        self.shared = self._run(["alpha", "beta"], requested_by=lea)
        for word in ("alpha", "beta"):
            self._row(self.shared, word, "open", people.omar)

    def _run(self, words: list[str], *, requested_by: User, active: bool = False) -> StaffingRun:
        now = timezone.now()
        omar = self.people.omar
        run = StaffingRun.objects.create(
            requested_by=requested_by,
            status="running" if active else "succeeded",
            outcome="" if active else "feasible",
            attempt=1,
            started_at=now,
            heartbeat_at=now,
            finished_at=None if active else now,
            cost=COST[words[0]],
            objective=OBJECTIVE,
            bound=BOUND,
            coverage_share=0.5,
            params={"seconds": 5, "weights": {}, "change_budget": 0},
            input_file=frozen.freeze({"words": words}),
            inherited=[{"person": omar.pk, "project": None, "rule": "capacity", "week": 1}],
        )
        run.projects.set([self.plans[word]["project"] for word in words])
        for step, objective in enumerate((FIRST_OBJECTIVE, OBJECTIVE)):
            Incumbent.objects.create(
                run=run, attempt=1, step=step, seconds=step, objective=objective, bound=BOUND
            )
        return run

    def _row(self, run: StaffingRun, word: str, slot_name: str, person: Any) -> ProposalRow:
        slot = self.plans[word][slot_name]
        return ProposalRow.objects.create(
            run=run,
            slot=slot,
            person=person,
            start_on=slot.start_on,
            end_on=slot.end_on,
            fte_hundredths=slot.fte_hundredths,
            cost=ROW_COST[word],
            score={"fit": 11, "cost": int(ROW_COST[word]), "coverage": int(ROW_COST[word])},
        )

    def _requests(self) -> None:
        """Alpha asks infra for omar, beta asks apps for eva, gamma asks infra for ute; all wait."""
        people, lea = self.people, self.scene.lea
        leads_alpha = self.scene.members["manager"]
        self.asks_infra = self._request("alpha", people.omar, people.infra, leads_alpha)
        self.asks_apps = self._request("beta", people.eva, people.apps, lea)
        self.among_strangers = self._request("gamma", people.ute, people.infra, lea)

    def _request(self, word: str, person: Any, department: Any, by: User) -> StaffingRequest:
        row = self._row(self._run([word], requested_by=by), word, "check", person)
        slot = self.plans[word]["check"]
        row.decision = "requested"
        row.assignment = Plans.assign(slot, person, fte=10, status="tentative")
        row.save()
        return StaffingRequest.objects.create(
            row=row, assignment=row.assignment, department=department, asked_by=by
        )

    def things(self, which: str, user: User) -> dict[str, Any]:
        request = {
            OWN: self.asks_apps,
            FOREIGN: self.among_strangers,
            HELD: self.asks_infra,
            CROSSED: self.among_strangers,
        }[which]
        owner = user if which == OWN else self.scene.lea
        name = f"kept-{owner.pk}" if which == OWN else "hers"
        profile, _made = WeightProfile.objects.get_or_create(owner=owner, name=name)
        return self.parts[PROJECT[which]] | {"request": request, "profile": profile}
