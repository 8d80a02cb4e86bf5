"""One company for the whole walk: for every group somebody who owns things, and somebody who works.

Stewards deputise project alpha and lead the department apps. Members hold an assignment in alpha
and nothing in beta; reviewers and legal also work on the build side of gamma. Money, reasons, days
and names are such that they can be found as text wherever they leak.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone

from projects.models import Incumbent, ProposalRow, StaffingRequest, StaffingRun
from roles.models import PersonSkill, Side
from teamhub import weeks
from teamhub.accounts.groups import Group
from teamhub.accounts.models import ApiToken, OneTimeLink, User
from teamhub.audit.models import AuditEvent
from teamhub.runs import frozen
from tests import builders as make

GROUPS = [group.value for group in Group]
NOBODY = "nobody"  # logged in, in no group
REVIEWS = {"reviewer", "legal"}

RATE = Decimal("77771.75")
ALPHA_BUDGET, BETA_BUDGET = Decimal("888883.25"), Decimal("333661.25")
BUDGET = {"alpha": ALPHA_BUDGET, "beta": BETA_BUDGET, "gamma": None}
COST = Decimal("654321.25")
ROW_COST = Decimal("43211.25")
OBJECTIVE, BOUND, FIRST_OBJECTIVE = 135791357, 135799313.5, 135000135
MONEY: tuple[Decimal | float, ...] = (
    RATE,
    ALPHA_BUDGET,
    BETA_BUDGET,
    COST,
    ROW_COST,
    OBJECTIVE,
    BOUND,
    FIRST_OBJECTIVE,
)
REASON = "secret-reason-"
FIRST_YEAR = 2091  # everybody is away in a year of their own, in which nothing else happens


def figure(amount: Decimal | float) -> str:
    """A pattern that finds an amount as pages, files and programs write it."""
    wholes = {int(amount), round(amount)}
    return rf"(?<!\w)(?:{'|'.join(rf'{one}|{one:,}' for one in sorted(wholes))})(?!\d)"


@dataclass(frozen=True)
class Things:
    """What a probe is about: own things of one user, or things of strangers."""

    word: str
    department: Any
    member: Any  # works in the department
    member_skill: Any
    member_absence: Any
    worker: Any  # the user as a person, or a stranger
    absence: Any
    project: Any
    phase: Any
    ready: Any  # a phase that can be closed and moved
    closed: Any
    slot: Any
    spare: Any  # whom a hand can put into the slot
    held: Any
    item: Any
    ticked: Any
    run: Any
    active: Any
    row: Any
    dear: Any  # a row that breaks the budget
    request: Any
    token: Any
    account: Any
    event: Any


def named(what: str, group: str) -> str:
    return f"{what}-{group.replace(' ', '-')}"


class Scene:
    def __init__(self) -> None:
        self.site = make.make_site("berlin")
        self.build, self.review = (
            make.make_role("builder"),
            make.make_role("checker", side=Side.REVIEW),
        )
        self.skill = make.make_skill("nlp")
        self.lea = make.make_user("lea", Group.MANAGER)
        self.stewards = {group: make.make_user(named("steward", group), group) for group in GROUPS}
        self.members = {group: make.make_user(named("member", group), group) for group in GROUPS}
        self.members[NOBODY] = make.make_user("member-nobody")
        self._departments()
        self._people()
        self._projects()
        self._runs()
        self._requests()
        self._accounts()

    # --- who ----------------------------------------------------------------------------------

    def _departments(self) -> None:
        self.apps, self.infra = make.make_department("apps"), make.make_department("infra")
        self.below = make.make_department("apps-below", parent=self.apps)
        self.apps.leads.set(self.stewards.values())
        self.infra.leads.set([self.lea])

    def _people(self) -> None:
        person = self._person
        self.mia, self.nils = person("mia", self.apps), person("nils", self.below)
        self.hal, self.eva = person("hal", self.apps), person("eva", self.apps)
        self.omar, self.ute = person("omar", self.infra), person("ute", self.infra)
        self.ida, self.uwe = person("ida", self.infra), person("uwe", self.infra)
        self.away: dict[str, Any] = {}
        for one in (self.mia, self.omar):
            self._absence(one)
        self.persons: dict[str, Any] = {}
        for user in self.users():
            if user != self.lea:
                self.persons[user.username] = one = person(user.username, self.infra, user=user)
                self._absence(one)

    def _person(self, key: str, department: Any, **fields: Any) -> Any:
        fields |= {"key": key.replace(" ", "-"), "site": self.site, "department": department}
        one = make.make_person(key.title(), rate_per_fte_week=RATE, **fields)
        PersonSkill.objects.create(person=one, skill=self.skill, level=3)
        return one

    def _absence(self, person: Any) -> None:
        year = FIRST_YEAR + len(self.away)
        first, last = dt.date(year, 3, 5), dt.date(year, 3, 9)
        reason = REASON + person.key
        self.away[person.key] = make.make_absence(person, first, last, reason=reason)

    def users(self) -> list[User]:
        return [*self.stewards.values(), *self.members.values(), self.lea]

    # --- the plan -----------------------------------------------------------------------------

    def _projects(self) -> None:
        self.start = weeks.add_weeks(weeks.monday(timezone.localdate()), 4)
        self.plans = {
            "alpha": self._plan("alpha", self.members["manager"], self.apps, self.hal),
            "beta": self._plan("beta", self.lea, self.infra, self.ute),
            "gamma": self._plan("gamma", self.lea, self.infra, self.omar),
        }
        self.plans["alpha"]["project"].deputies.set(self.stewards.values())
        for group, user in self.members.items():
            person = self.persons[user.username]
            side = "check" if group in REVIEWS else "team"
            self._assign(self.plans["alpha"][side], person, fte=5)
            if group in REVIEWS:
                self._assign(self.plans["gamma"]["team"], person, fte=5)

    def _plan(self, word: str, lead: User, department: Any, worker: Any) -> dict[str, Any]:
        project = make.make_project(
            f"Project {word}",
            key=word,
            lead=lead,
            department=department,
            site=self.site,
            start_on=self.start,
            budget=BUDGET[word],
            purpose=f"purpose-{word}",
        )
        phase = make.make_phase(project, "design")
        closed = make.make_phase(project, "research", closed_at=timezone.now(), closed_by=self.lea)
        slots = {
            name: self._slot(phase, name, word, fte)
            for name, fte in (("team", 100), ("check", 100), ("open", 10), ("big", 100))
        }
        ticked = make.make_item(phase, f"T-{word}", text_en=f"Ticked {word}")
        ticked.done_at, ticked.done_by, ticked.note = timezone.now(), self.lea, f"note-{word}"
        ticked.save()
        return {
            "project": project,
            "phase": phase,
            "closed": closed,
            "ready": make.make_phase(project, "requirements"),
            "item": make.make_item(phase, f"O-{word}", text_en=f"Item {word}"),
            "ticked": ticked,
            "held": self._assign(slots["team"], worker, fte=20),
            **slots,
        }

    def _slot(self, phase: Any, name: str, word: str, fte: int) -> Any:
        role = self.review if name == "check" else self.build
        seat = make.make_seat(phase.project, role, label=f"{name}-{word}")
        return make.make_slot(seat, phase, fte_hundredths=fte)

    @staticmethod
    def _assign(slot: Any, person: Any, *, fte: int, **fields: Any) -> Any:
        return make.make_assignment(slot, person, fte_hundredths=fte, **fields)

    # --- runs and requests --------------------------------------------------------------------

    def _runs(self) -> None:
        people = {"alpha": (self.mia, self.nils), "beta": (self.uwe, self.ida)}
        for word, (first, second) in people.items():
            plan = self.plans[word]
            plan["run"] = run = self._run([word], requested_by=self.lea)
            plan["row"] = self._row(run, plan["open"], first)
            plan["dear"] = self._row(run, plan["big"], second)
            plan["active"] = self._run([word], requested_by=self.lea, active=True)
        self.by_viewer = self._run(["beta"], requested_by=self.members["viewer"])
        self.shared = self._run(["alpha", "beta"], requested_by=self.lea)
        for word in ("alpha", "beta"):
            self._row(self.shared, self.plans[word]["open"], self.omar)

    def _run(self, words: list[str], *, requested_by: User, active: bool = False) -> StaffingRun:
        now = timezone.now()
        run = StaffingRun.objects.create(
            requested_by=requested_by,
            status="running" if active else "succeeded",
            outcome="" if active else "feasible",
            attempt=1,
            started_at=now,
            heartbeat_at=now,
            finished_at=None if active else now,
            cost=COST,
            objective=OBJECTIVE,
            bound=BOUND,
            coverage_share=0.5,
            params={"seconds": 5, "weights": {}, "change_budget": 0},
            input_file=frozen.freeze({"words": words}),
            inherited=[{"person": self.omar.pk, "project": None, "rule": "capacity", "week": 1}],
        )
        run.projects.set([self.plans[word]["project"] for word in words])
        for step, objective in enumerate((FIRST_OBJECTIVE, OBJECTIVE)):
            Incumbent.objects.create(
                run=run, attempt=1, step=step, seconds=step, objective=objective, bound=BOUND
            )
        return run

    @staticmethod
    def _row(run: StaffingRun, slot: Any, person: Any) -> ProposalRow:
        return ProposalRow.objects.create(
            run=run,
            slot=slot,
            person=person,
            start_on=slot.start_on,
            end_on=slot.end_on,
            fte_hundredths=slot.fte_hundredths,
            cost=ROW_COST,
            score={"fit": 11, "cost": 43211, "coverage": 43211},
        )

    def _requests(self) -> None:
        """Alpha asks infra for omar, beta asks apps for eva, gamma asks infra for ute; all wait."""
        self.asks_infra = self._request("alpha", self.omar, self.infra, self.members["manager"])
        self.asks_apps = self._request("beta", self.eva, self.apps, self.lea)
        self.among_strangers = self._request("gamma", self.ute, self.infra, self.lea)

    def _request(self, word: str, person: Any, department: Any, by: User) -> StaffingRequest:
        plan = self.plans[word]
        row = self._row(self._run([word], requested_by=by), plan["check"], person)
        row.decision, row.assignment = (
            "requested",
            self._assign(plan["check"], person, fte=10, status="tentative"),
        )
        row.save()
        return StaffingRequest.objects.create(
            row=row, assignment=row.assignment, department=department, asked_by=by
        )

    # --- accounts -----------------------------------------------------------------------------

    def _accounts(self) -> None:
        self.tokens = {}
        for user in self.users():
            self.tokens[user.username], _secret = ApiToken.objects.create(
                user=user, name=f"token of {user.username}", scopes=["read"]
            )
        self.account = make.make_user("invited", password=None)
        OneTimeLink.objects.create(user=self.account, kind="invitation", asked_by=self.lea)
        self.event = AuditEvent.objects.create(verb="test.event", reason="for the walk")

    # --- for probes ---------------------------------------------------------------------------

    def own(self, group: str) -> Things:
        """What the steward of the group owns."""
        user = self.stewards[group]
        return self._things("own", "alpha", user.username, self.mia, self.asks_apps, self.eva)

    def foreign(self) -> Things:
        """What belongs to lea and her people."""
        return self._things("foreign", "beta", "lea", self.omar, self.among_strangers, self.ida)

    def held(self, group: str) -> Things:
        """What a member of the group meets in the project where they work."""
        user = self.members[group]
        return self._things("held", "alpha", user.username, self.omar, self.asks_infra, self.eva)

    def _things(
        self, word: str, plan: str, name: str, member: Any, request: Any, spare: Any
    ) -> Things:
        worker = self.persons.get(name, self.omar)
        parts = self.plans[plan]
        named = ("project", "phase", "ready", "closed", "held", "item", "ticked")
        return Things(
            word=word,
            department=member.department,
            member=member,
            member_skill=member.skills.get(),
            member_absence=self.away[member.key],
            worker=worker,
            absence=self.away[worker.key],
            slot=parts["open"],
            spare=spare,
            run=parts["run"],
            active=parts["active"],
            row=parts["row"],
            dear=parts["dear"],
            request=request,
            token=self.tokens[name],
            account=self.account,
            event=self.event,
            **{key: parts[key] for key in named},
        )
