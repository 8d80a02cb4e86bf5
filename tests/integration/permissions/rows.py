"""Every list, page and export of rows: which rows each group finds in it."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from projects.models import Assignment, ChecklistItem, Phase, Project, Slot, StaffingRun
from roles.models import Person, PersonSkill
from teamhub.accounts.models import ApiToken, User
from teamhub.audit.models import AuditEvent
from tests.integration.permissions.scene import REVIEWS, Scene
from tests.integration.permissions.walker import Answer

EVERY_PLAN = {"administrator", "manager", "planner", "viewer", "executive"}
PLAN_BY_WORK = {"engineer", "ml engineer", *REVIEWS}
EVERY_LOAD = {"administrator", "manager", "planner"}
EVERY_RUN = {"administrator", "manager"}
WORDS = {"alpha", "beta", "gamma"}


@dataclass(frozen=True)
class Who:
    """A steward or a member of a group."""

    scene: Scene
    group: str
    kind: str
    user: User

    @property
    def is_steward(self) -> bool:
        return self.kind == "steward"

    @property
    def person(self) -> Any:
        return self.scene.persons[self.user.username]

    @property
    def plans(self) -> set[str]:
        """Keys of the projects whose plan they see."""
        if self.group in EVERY_PLAN:
            return WORDS
        return {"alpha"} if self.is_steward or self.group in PLAN_BY_WORK else set()

    @property
    def loads(self) -> set[Any]:
        """The people whose load and absences they see."""
        scene = self.scene
        if self.group in EVERY_LOAD:
            return set(Person.objects.all())
        led = {scene.mia, scene.nils, scene.hal, scene.eva} if self.is_steward else set()
        return {self.person} | led

    @property
    def runs(self) -> set[Any]:
        if self.group in EVERY_RUN:
            return set(StaffingRun.objects.all())
        if self.is_steward:
            return set(StaffingRun.objects.filter(projects__key="alpha"))
        return {self.scene.by_viewer} if self.group == "viewer" else set()

    @property
    def requests(self) -> set[Any]:
        """Requests that they may answer."""
        scene = self.scene
        if self.group == "administrator":
            return {scene.asks_apps, scene.asks_infra, scene.among_strangers}
        return {scene.asks_apps} if self.is_steward else set()

    @property
    def assignments(self) -> set[Any]:
        seen = Assignment.objects.filter(slot__phase__project__key__in=self.plans)
        return set(seen) | set(Assignment.objects.filter(person=self.person))

    @property
    def items(self) -> set[Any]:
        return set(ChecklistItem.objects.filter(project__key__in=self.plans))

    @property
    def my_items(self) -> set[Any]:
        """Members work in alpha; stewards work nowhere, and an item without a role is no lead's."""
        works = not self.is_steward and "alpha" in self.plans
        return {self.scene.plans["alpha"][name] for name in ("item", "ticked")} if works else set()

    @property
    def tokens(self) -> set[Any]:
        tokens = ApiToken.objects.all()
        return set(tokens if self.group == "administrator" else tokens.filter(user=self.user))


Found = list[Any]


@dataclass(frozen=True)
class View:
    path: str
    find: Callable[[Answer], Found]
    wanted: Callable[[Who], list[Any]]
    root: str = ""  # of the fragment
    only: frozenset[str] = frozenset()  # groups that may ask at all; empty: all

    def __str__(self) -> str:
        return f"{self.path}{' (fragment)' if self.root else ''}"


# --- finding --------------------------------------------------------------------------------------


def links(pattern: str) -> Callable[[Answer], Found]:
    return lambda answer: re.findall(pattern, answer.text)


def ids(answer: Answer) -> Found:
    """Ids of a page of results; the count tells no more rows than are there."""
    body = answer.json()
    assert body["count"] == len(body["results"]), "count and rows differ"
    return [str(row["id"]) for row in body["results"]]


def column(*names: str) -> Callable[[Answer], Found]:
    def cells(answer: Answer) -> Found:
        lines = list(csv.DictReader(answer.text.splitlines()))
        return [
            tuple(line[name] for name in names) if names[1:] else line[names[0]] for line in lines
        ]

    return cells


def lines(answer: Answer) -> Found:
    """As many as there are rows."""
    return [""] * (len(list(csv.reader(answer.text.splitlines()))) - 1)


# --- wanting --------------------------------------------------------------------------------------


def pks(rows: Any) -> list[str]:
    return [str(row.pk) for row in rows]


def keys(rows: Any) -> list[str]:
    return [row.key for row in rows]


def of_plans(model: Any, path: str) -> Callable[[Who], list[Any]]:
    """The project's key for each row of the plans that they see."""
    return lambda who: list(
        model.objects.filter(**{f"{path}__in": who.plans}).values_list(path, flat=True)
    )


def of_assignments(who: Who) -> list[str]:
    return [row.slot.phase.project.key for row in who.assignments]


PEOPLE = r'<th scope="row"><a href="/people/(\d+)/"'
RUNS = r'<th scope="row"><a href="/staffing/([0-9a-f-]{36})/"'
ITEMS = r'<li id="item-(\d+)"'
SLOTS = "slot__phase__project__key"


def everybody(_who: Who) -> Any:
    return Person.objects.all()


def _people() -> list[View]:
    window = "weeks=20"
    export = "/people/export/"
    return [
        View("/people/?size=200", links(PEOPLE), lambda who: pks(everybody(who))),
        View("/people/?size=200", links(PEOPLE), lambda who: pks(everybody(who)), "people-list"),
        View("/people/?format=csv", column("key"), lambda who: keys(everybody(who))),
        View("/api/v1/roles/people/?limit=1000", ids, lambda who: pks(everybody(who))),
        View(f"{export}people/", column("key"), lambda who: keys(everybody(who))),
        View(
            f"{export}skills/",
            column("person"),
            lambda _who: list(PersonSkill.objects.values_list("person__key", flat=True)),
        ),
        View(
            f"{export}absences/",
            column("person"),
            lambda who: [one.key for one in who.loads if one.key in who.scene.away],
        ),
        View(f"/load/?{window}&size=200", links(PEOPLE), lambda who: pks(who.loads)),
        View(f"/load/?{window}&size=200", links(PEOPLE), lambda who: pks(who.loads), "load-grid"),
        View(f"/load/?{window}&format=csv", column("person"), lambda who: keys(who.loads) * 20),
        View(f"/api/v1/roles/load/?{window}&limit=1000", ids, lambda who: pks(who.loads)),
    ]


def _projects() -> list[View]:
    names = r'<th scope="row"><a href="/projects/(\d+)/"'
    api = "/api/v1/projects/"
    all_projects = lambda _who: Project.objects.all()  # noqa: E731

    def with_detail(answer: Answer) -> Found:
        return [row["key"] for row in answer.json()["results"] if row["lead"] is not None]

    def led(answer: Answer) -> Found:
        return [key for key, lead in column("key", "lead")(answer) if lead]

    found = [
        View("/projects/", links(names), lambda who: pks(all_projects(who))),
        View("/projects/", links(names), lambda who: pks(all_projects(who)), "project-list"),
        View("/projects/?format=csv", column("key"), lambda who: keys(all_projects(who))),
        View("/projects/?format=csv", led, lambda who: list(who.plans)),
        View("/projects/?lead=lea", links(names), _led_by_lea),
        View(f"{api}projects/", ids, lambda who: pks(all_projects(who))),
        View(f"{api}projects/", with_detail, lambda who: list(who.plans)),
        View(f"{api}slots/", column_of_json("project"), of_plans(Slot, "phase__project__key")),
        View(
            f"{api}slots/?format=csv",
            column("project"),
            of_plans(Slot, "phase__project__key"),
        ),
        View(f"{api}assignments/", ids, lambda who: pks(who.assignments)),
        View(f"{api}assignments/?format=csv", column("id"), lambda who: pks(who.assignments)),
        View(f"{api}checklist-items/", ids, lambda who: pks(who.items)),
        View(f"{api}checklist-items/?mine=1", ids, lambda who: pks(who.my_items)),
        View("/my-work/", links(ITEMS), lambda who: pks(_open(who.my_items))),
        View("/search/?q=O-", links(r"#item-(\d+)"), lambda who: pks(_open(who.items))),
        View("/search/?q=Project", links(r'href="/projects/(\d+)/"'), _all_projects_once),
    ]
    for export in ("/projects/export/", f"{api}export/"):
        for kind, name, wanted in (
            ("projects", "key", of_plans(Project, "key")),
            ("phases", "project", of_plans(Phase, "project__key")),
            ("seats", "project", of_plans(Slot, "phase__project__key")),
            ("assignments", "project", of_assignments),
        ):
            found.append(View(f"{export}{kind}/", column(name), wanted))
    return found


def column_of_json(name: str) -> Callable[[Answer], Found]:
    return lambda answer: [row[name] for row in answer.json()["results"]]


def _led_by_lea(who: Who) -> list[str]:
    """A filter finds only what they see."""
    return [str(who.scene.plans[word]["project"].pk) for word in who.plans - {"alpha"}]


def _all_projects_once(_who: Who) -> list[str]:
    return pks(Project.objects.all())


def _open(items: Any) -> list[Any]:
    return [item for item in items if item.done_at is None]


def _staffing() -> list[View]:
    api = "/api/v1/"
    short = r"Staffing proposal ([0-9a-f]{8})"
    brief = lambda who: [str(run.pk)[:8] for run in who.runs]  # noqa: E731
    answers = r'action="/requests/(\d+)/answer/"'
    return [
        View("/runs/", links(RUNS), lambda who: pks(who.runs)),
        View("/runs/", links(RUNS), lambda who: pks(who.runs), "run-list"),
        View("/runs/?format=csv", links(short), brief),
        View(f"{api}runs/", ids, lambda who: pks(who.runs)),
        View(f"{api}projects/staffing-runs/", ids, lambda who: pks(who.runs)),
        View("/requests/", links(answers), lambda who: pks(who.requests)),
        View(f"{api}projects/staffing-requests/", ids, _asked_or_asking),
    ]


def _asked_or_asking(who: Who) -> list[str]:
    asks = {who.scene.asks_infra} if (who.group, who.kind) == ("manager", "member") else set()
    return pks(who.requests | asks)


def _ground() -> list[View]:
    only = frozenset({"administrator"})
    audit = r'<th scope="row"><a href="/audit/(\d+)/"'
    users = r'<th scope="row"><a href="/accounts/users/(\d+)/"'
    mine = lambda who: pks(who.tokens)  # noqa: E731
    revoke = r'action="/accounts/tokens/(\d+)/revoke/"'
    every_user = lambda _who: pks(User.objects.all())  # noqa: E731
    every_event = lambda _who: pks(AuditEvent.objects.all())  # noqa: E731
    return [
        View("/audit/?size=200", links(audit), every_event, only=only),
        View("/audit/?size=200", links(audit), every_event, "audit-list", only),
        View("/audit/?format=csv", lines, lambda who: [""] * len(every_event(who)), only=only),
        View("/accounts/users/?size=200", links(users), every_user, only=only),
        View("/accounts/users/?size=200", links(users), every_user, "user-list", only),
        View(
            "/accounts/users/?format=csv",
            column("username"),
            lambda _who: list(User.objects.values_list("username", flat=True)),
            only=only,
        ),
        View("/accounts/tokens/?size=200", links(revoke), mine),
        View("/accounts/tokens/?size=200", links(revoke), mine, "token-list"),
        View(
            "/accounts/tokens/?format=csv",
            column("user"),
            lambda who: [token.user.username for token in who.tokens],
        ),
    ]


VIEWS = [*_people(), *_projects(), *_staffing(), *_ground()]
