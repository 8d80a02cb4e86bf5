"""Departments, people with a rate, and days away in years of their own.

Stewards lead the department apps. Everybody who walks works in infra, which lea leads.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from roles.models import PersonSkill
from teamhub.accounts.models import User
from tests import builders as make
from tests.integration.permissions.scene import FOREIGN, OWN, Scene, ScenePart

APPS_RATE, INFRA_RATE = Decimal("77771.75"), Decimal("75551.25")
MONEY = (APPS_RATE, INFRA_RATE)
REASON = "secret-reason-"
FIRST_YEAR = 2091  # everybody is away in a year of their own, in which nothing else happens


class People(ScenePart):
    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self.skill = make.make_skill("nlp")
        self.apps, self.infra = make.make_department("apps"), make.make_department("infra")
        self.below = make.make_department("apps-below", parent=self.apps)
        self.apps.leads.set(scene.stewards.values())
        self.infra.leads.set([scene.lea])
        person = self._person
        self.mia, self.nils = person("mia", self.apps), person("nils", self.below)
        self.hal, self.eva = person("hal", self.apps), person("eva", self.apps)
        self.omar, self.ute = person("omar", self.infra), person("ute", self.infra)
        self.ida, self.uwe = person("ida", self.infra), person("uwe", self.infra)
        self.away: dict[str, Any] = {}
        for one in (self.mia, self.omar):
            self._absence(one)
        self.persons: dict[str, Any] = {}  # by user name; lea is none
        for user in scene.users():
            if user != scene.lea:
                self.persons[user.username] = one = person(user.username, self.infra, user=user)
                self._absence(one)

    @property
    def led_by_stewards(self) -> set[Any]:
        return {self.mia, self.nils, self.hal, self.eva}

    def _person(self, key: str, department: Any, **fields: Any) -> Any:
        rate = INFRA_RATE if department == self.infra else APPS_RATE
        fields |= {"key": key, "site": self.scene.site, "department": department}
        one = make.make_person(key.title(), rate_per_fte_week=rate, **fields)
        PersonSkill.objects.create(person=one, skill=self.skill, level=3)
        return one

    def _absence(self, person: Any) -> None:
        year = FIRST_YEAR + len(self.away)
        first, last = dt.date(year, 3, 5), dt.date(year, 3, 9)
        reason = REASON + person.key
        self.away[person.key] = make.make_absence(person, first, last, reason=reason)

    def things(self, which: str, user: User) -> dict[str, Any]:
        member = self.mia if which == OWN else self.omar  # works in the department
        worker = self.omar if which == FOREIGN else self.persons[user.username]  # the user
        return {
            "department": member.department,
            "member": member,
            "member_skill": member.skills.get(),
            "member_absence": self.away[member.key],
            "worker": worker,
            "absence": self.away[worker.key],
        }
