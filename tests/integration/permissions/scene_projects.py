"""Three projects with phases, slots, items and assignments.

Stewards deputise alpha. Members hold an assignment in alpha, on the side of their group: the
member of the managers leads it, reviewers and legal check, all others build. In gamma they work on
the other side, which opens it to engineers alone. Nobody of them has to do with beta.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils import timezone

from roles.models import Side
from teamhub import weeks
from teamhub.accounts.models import User
from tests import builders as make
from tests.integration.permissions.scene import (
    CROSSED,
    FOREIGN,
    HELD,
    OWN,
    REVIEWS,
    Scene,
    ScenePart,
)
from tests.integration.permissions.scene_people import People

BUDGET = {
    "alpha": Decimal("888883.25"),
    "beta": Decimal("333661.25"),
    "gamma": Decimal("444882.25"),
}
MONEY = tuple(BUDGET.values())
PROJECT = {OWN: "alpha", FOREIGN: "beta", HELD: "alpha", CROSSED: "gamma"}


class Plans(ScenePart):
    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        people = People.of(scene)
        self.build = make.make_role("builder")
        self.review = make.make_role("checker", side=Side.REVIEW)
        self.start = weeks.add_weeks(weeks.monday(timezone.localdate()), 4)
        lea = scene.lea
        self.plans = {
            "alpha": self._plan("alpha", scene.members["manager"], people.apps, people.hal),
            "beta": self._plan("beta", lea, people.infra, people.ute),
            "gamma": self._plan("gamma", lea, people.infra, people.omar),
        }
        self.plans["alpha"]["project"].deputies.set(scene.stewards.values())
        for group, user in scene.members.items():
            person = people.persons[user.username]
            for word in ("alpha", "gamma"):
                self.assign(self.plans[word][side_of(group, word)], person, fte=5)

    def _plan(self, word: str, lead: User, department: Any, worker: Any) -> dict[str, Any]:
        lea = self.scene.lea
        project = make.make_project(
            f"Project {word}",
            key=word,
            lead=lead,
            department=department,
            site=self.scene.site,
            start_on=self.start,
            budget=BUDGET[word],
            purpose=f"purpose-{word}",
        )
        phase = make.make_phase(project, "design")
        closed = make.make_phase(project, "research", closed_at=timezone.now(), closed_by=lea)
        slots = {
            name: self._slot(phase, name, word, fte)
            for name, fte in (("team", 100), ("check", 100), ("open", 10), ("big", 100))
        }
        ticked = make.make_item(phase, f"T-{word}", text_en=f"Ticked {word}")
        ticked.done_at, ticked.done_by, ticked.note = timezone.now(), lea, f"note-{word}"
        ticked.save()
        return {
            "project": project,
            "phase": phase,
            "closed": closed,
            "ready": make.make_phase(project, "requirements"),
            "item": make.make_item(phase, f"O-{word}", text_en=f"Item {word}"),
            "ticked": ticked,
            "held": self.assign(slots["team"], worker, fte=20),
            **slots,
        }

    def _slot(self, phase: Any, name: str, word: str, fte: int) -> Any:
        role = self.review if name == "check" else self.build
        seat = make.make_seat(phase.project, role, label=f"{name}-{word}")
        return make.make_slot(seat, phase, fte_hundredths=fte)

    @staticmethod
    def assign(slot: Any, person: Any, *, fte: int, **fields: Any) -> Any:
        return make.make_assignment(slot, person, fte_hundredths=fte, **fields)

    def things(self, which: str, user: User) -> dict[str, Any]:
        people = People.of(self.scene)
        plan = self.plans[PROJECT[which]]
        # `ready` is a phase that can be closed and moved.
        named = ("project", "phase", "ready", "closed", "held", "item", "ticked", "big")
        return {name: plan[name] for name in named} | {
            "slot": plan["open"],
            "spare": people.ida if which == FOREIGN else people.eva,  # fits into the slot
        }


def side_of(group: str, word: str) -> str:
    """The slot in which the member of the group works: a build or a review one."""
    return "check" if (group in REVIEWS) == (word == "alpha") else "team"
