"""Walk every page, fragment, endpoint and export with every group, on own and foreign objects.

docs/security.md says who may; the probes say how each address answers. Own things are those of a
steward of the group (deputy of a project, lead of a department), foreign ones are asked for by a
member of the group who only works elsewhere.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

import pytest
from django.db import transaction
from django.urls import get_resolver, reverse

from projects.models import Project
from tests.integration.permissions import leaks
from tests.integration.permissions.addresses import EXEMPT, OPEN, PUBLIC, names
from tests.integration.permissions.probes_people import people_probes
from tests.integration.permissions.probes_projects import project_probes
from tests.integration.permissions.probes_staffing import ground_probes, staffing_probes
from tests.integration.permissions.rows import EVERY_PLAN, PLAN_BY_WORK, VIEWS, View, Who
from tests.integration.permissions.scene import (
    ALPHA_BUDGET,
    BUDGET,
    GROUPS,
    NOBODY,
    Scene,
    Things,
    figure,
)
from tests.integration.permissions.walker import Answer, Probe, Walker
from tests.matrix import Rule, load_matrix

pytestmark = pytest.mark.django_db
MATRIX = load_matrix()
PROBES = [*people_probes(), *project_probes(), *staffing_probes(), *ground_probes()]
BY_RULE: dict[tuple[str, str], list[Probe]] = defaultdict(list)
for _probe in PROBES:
    BY_RULE[_probe.rule].append(_probe)


class World:
    """The scene, and one walker for each who walks; answers are kept for all tests."""

    def __init__(self) -> None:
        self.scene = Scene()
        self.foreign = self.scene.foreign()
        self.own = {group: self.scene.own(group) for group in GROUPS}
        self.held = {group: self.scene.held(group) for group in self.scene.members}
        self.stewards = {group: Walker(user) for group, user in self.scene.stewards.items()}
        self.members = {group: Walker(user) for group, user in self.scene.members.items()}
        self.anonymous = Walker(None)

    def place(self, group: str, which: str) -> tuple[Walker, Things]:
        if which == "own":
            return self.stewards[group], self.own[group]
        return self.members[group], self.held[group] if which == "held" else self.foreign

    def who(self, kind: str, group: str) -> tuple[Walker, Who]:
        walker = (self.stewards if kind == "steward" else self.members)[group]
        assert walker.user is not None
        return walker, Who(self.scene, group, kind, walker.user)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[World]:
    """Built once; all of it goes with the transaction."""
    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        yield World()
        transaction.set_rollback(True)


# What members may do where they hold an assignment, beyond `yes`: the words above the tables.
# The member of the managers leads the project.
HELD = {
    ("project detail", "read"): PLAN_BY_WORK,
    ("checklist tick", "read"): PLAN_BY_WORK,
    ("hand assignment", "read"): PLAN_BY_WORK,
    ("exports", "plan: phases, slots, assignments"): PLAN_BY_WORK,
    ("checklist tick", "tick and untick"): PLAN_BY_WORK | {"manager", "planner"},
    ("project detail", "change"): {"manager"},
    ("project cost", "read"): set(),
    ("project cost", "change"): {"manager"},
    ("hand assignment", "create, change, remove"): {"manager"},
    ("staffing run start", "start"): {"manager"},
    ("proposal read", "read"): set(),
    ("proposal accept", "accept or reject a row"): {"manager"},
    ("runs", "read"): set(),
    ("runs", "cancel, finish, run again"): {"manager"},
}


def may(rule: Rule, group: str, which: str) -> bool:
    if which == "held":
        return rule.cells[group] == "yes" or group in HELD[rule.key]
    return rule.cells[group] == "yes" or (which == "own" and rule.cells[group] == "own")


def expected(probe: Probe, group: str, which: str) -> int:
    """The status that the matrix promises."""
    rule = MATRIX[probe.rule]
    if may(rule, group, which):
        return probe.ok
    if probe.reads is not None and not may(MATRIX[probe.reads], group, which):
        # Who may not read it does not learn that it is there; who reads it hears a no.
        return 404 if MATRIX[probe.reads].refused in {"404", "left out"} else 403
    if probe.refused:
        return probe.refused
    # A part that is not told leaves the rest of the answer as it is.
    return 200 if probe.tells or rule.refused == "left out" else int(rule.refused)


def wrong(probe: Probe, answer: Answer, status: int, *, told: bool, things: Things) -> str:
    """What is not as promised, or nothing."""
    if answer.status != status:
        return f"{probe}: {answer.status}, not {status}; {answer.text[:200]!r}"
    if probe.tells is not None:
        tells = bool(re.search(probe.tells(things), answer.text))
        if tells != told:
            return f"{probe}: {'tells' if tells else 'does not tell'} {probe.tells(things)}"
    return ""


@pytest.mark.parametrize("which", ["own", "foreign"])
@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("rule", MATRIX, ids=" - ".join)
def test_the_matrix_holds(world: World, rule: tuple[str, str], group: str, which: str) -> None:
    walker, things = world.place(group, which)
    found = []
    for probe in BY_RULE[rule]:
        if probe.only_own and which == "foreign":
            continue
        status = expected(probe, group, which)
        told = may(MATRIX[rule], group, which)
        found.append(wrong(probe, walker.probe(probe, things), status, told=told, things=things))

    if lines := [line for line in found if line]:
        pytest.fail("\n".join(lines))


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("rule", HELD, ids=" - ".join)
def test_an_assignment_gives_no_more_than_the_matrix_says(
    world: World, rule: tuple[str, str], group: str
) -> None:
    test_the_matrix_holds(world, rule, group, "held")


def test_every_rule_has_a_probe() -> None:
    assert set(BY_RULE) == set(MATRIX)


@pytest.mark.parametrize("rule", MATRIX, ids=" - ".join)
def test_who_is_not_logged_in_gets_nowhere(world: World, rule: tuple[str, str]) -> None:
    found = []
    for probe in BY_RULE[rule]:
        answer = world.anonymous.probe(probe, world.foreign)
        to_log_in = answer.location.startswith(reverse("accounts:login"))
        sent = 204 if probe.root else 302  # htmx is told by a header
        good = answer.status == 401 if probe.is_api else (answer.status == sent and to_log_in)
        found.append("" if good else f"{probe}: {answer.status} {answer.location}")

    assert not any(found), found


# --- rows -----------------------------------------------------------------------------------------

WHO = [("steward", group) for group in GROUPS] + [("member", group) for group in (*GROUPS, NOBODY)]


@pytest.mark.parametrize(("kind", "group"), WHO)
def test_lists_hold_exactly_the_rows_that_are_theirs(world: World, kind: str, group: str) -> None:
    walker, who = world.who(kind, group)
    found = [_rows_wrong(view, walker, who) for view in VIEWS]

    if lines := [line for line in found if line]:
        pytest.fail("\n".join(lines))


def _rows_wrong(view: View, walker: Walker, who: Who) -> str:
    headers = {"HX-Request": "true", "HX-Target": view.root} if view.root else {}
    answer = walker.ask("GET", view.path, None, headers)
    refused = bool(view.only) and who.group not in view.only
    if answer.status != (403 if refused else 200):
        return f"{view}: {answer.status}"
    if refused:
        return ""
    found, wanted = Counter(view.find(answer)), Counter(view.wanted(who))
    more, less = found - wanted, wanted - found
    return f"{view}: too many {dict(more)}, missing {dict(less)}" if more or less else ""


@pytest.mark.parametrize("group", [group for group in GROUPS if group not in EVERY_PLAN])
def test_a_shared_proposal_shows_the_rows_of_ones_own_project_only(
    world: World, group: str
) -> None:
    walker, run = world.stewards[group], world.scene.shared
    page = walker.ask("GET", f"/staffing/{run.pk}/")
    rows = walker.ask("GET", f"/api/v1/projects/staffing-runs/{run.pk}/rows/").json()

    assert page.status == 200
    assert "open-alpha" in page.text
    assert "open-beta" not in page.text
    assert [row["project"] for row in rows] == ["alpha"]
    assert "Omar: other work" not in page.text  # what the plan breaks already tells of loads


# --- nothing leaks --------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "group"), WHO)
def test_no_answer_tells_what_is_not_theirs(world: World, kind: str, group: str) -> None:
    walker, who = world.who(kind, group)
    if kind == "steward":
        _ask_all(walker, world.own[group])
    else:
        _ask_all(walker, world.foreign)
        _ask_all(walker, world.held[group], only="GET")
    for path in OPEN:
        walker.ask("GET", path)
    found = {
        f"{method} {path}": leaks.as_text(told)
        for (method, path, *_rest), answer in walker.answers.items()
        if (told := leaks.leaks(answer, who))
    }

    assert found == {}


def _ask_all(walker: Walker, things: Things, only: str = "") -> None:
    for probe in PROBES:
        if only in {"", probe.method} and not (probe.only_own and things.word != "own"):
            walker.probe(probe, things)


def test_the_hunt_for_leaks_finds_what_managers_and_administrators_see(world: World) -> None:
    """The control: the same search over answers that may tell."""
    walker, _who = world.who("steward", "administrator")
    _ask_all(walker, world.own["administrator"])
    as_engineer = Who(world.scene, "engineer", "member", world.scene.members["engineer"])
    found = {told for one in walker.answers.values() for told in leaks.leaks(one, as_engineer)}

    assert {"77,772", "77771", "888,883", "888883", "654,321", "654321", "43211"} <= found
    assert {"135,791,357", "135791357"} <= found
    assert {"cost", "budget", "objective", "gap", "incumbents", "rate_per_fte_week"} <= found
    assert {"money", ">Cost<", 'name="budget"', 'name="rate_per_fte_week"'} <= found
    assert {"mia", world.scene.persons["steward-administrator"].key} <= found
    assert "2092" in found


def test_how_free_somebody_is_shows_beside_candidates_to_those_who_see_loads(world: World) -> None:
    slot = world.scene.plans["alpha"]["open"]
    row = r"Omar</a>(?s:.*?)</tr>"
    shown = {
        group: re.search(row, world.stewards[group].ask("GET", _assign(slot)).text)
        for group in ("engineer", "planner")
    }

    assert {
        group: bool(re.search(r'th-num">[\d.]+<', match.group())) if match else None
        for group, match in shown.items()
    } == {"engineer": False, "planner": True}


def _assign(slot: object) -> str:
    return reverse("projects:assignment-create", args=[slot.pk])  # type: ignore[attr-defined]


@pytest.mark.parametrize("api", [False, True])
@pytest.mark.parametrize("group", ["manager", "engineer"])
def test_a_clash_with_the_budget_tells_amounts_to_managers_only(
    world: World, group: str, api: bool
) -> None:
    slot, mia = world.scene.plans["alpha"]["big"], world.scene.mia
    walker = world.stewards[group]
    if api:
        form: dict[str, object] = {"slot": slot.pk, "person": "mia"}
        answer = walker.ask("POST", "/api/v1/projects/assignments/", form)
    else:
        days = {"start_on": slot.start_on.isoformat(), "end_on": slot.end_on.isoformat()}
        form = {"person": mia.pk, "fte_share": "1.00", "status": "confirmed", **days}
        answer = walker.ask("POST", _assign(slot), form)

    assert answer.status == (409 if api else 422)
    assert "budget of Project alpha would be exceeded" in answer.text
    told = bool(re.search(figure(ALPHA_BUDGET), answer.text))
    assert told == (group == "manager")
    assert bool(list(leaks.money_in(answer))) == (group == "manager")


# --- tokens ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("scope", ["read", "write"])
def test_a_token_without_a_scope_is_refused_everywhere(world: World, scope: str) -> None:
    """An administrator's: what is refused is refused for the scope alone."""
    scopes = tuple(sorted({"read", "write", "money"} - {scope}))
    walker = Walker(world.scene.stewards["administrator"], scopes)
    wrong = []
    for probe in PROBES:
        if not probe.is_api or (probe.method == "GET") != (scope == "read"):
            continue
        answer = walker.probe(probe, world.own["administrator"])
        if answer.status != 403 or answer.json()["error"]["details"] != {"scope": scope}:
            wrong.append(f"{probe}: {answer.status} {answer.text[:80]}")

    assert wrong == []


@pytest.mark.parametrize("group", ["administrator", "manager"])
def test_a_token_without_money_learns_no_amount(world: World, group: str) -> None:
    walker = Walker(world.scene.stewards[group], ("read", "write"))
    _walker, who = world.who("steward", group)
    for probe in PROBES:
        if probe.is_api:
            walker.probe(probe, world.own[group])
    found = {
        path: leaks.as_text(told)
        for (_method, path, *_rest), answer in walker.answers.items()
        if (told := leaks.leaks(answer, who, money=False))
    }

    assert found == {}


@pytest.mark.parametrize("group", ["administrator", "manager"])
def test_a_token_without_money_sets_no_budget(world: World, group: str) -> None:
    walker = Walker(world.scene.stewards[group], ("read", "write"))
    things = world.own[group]
    form = {
        "name": "A dear one",
        "start_on": things.project.start_on.isoformat(),
        "department": things.department.key,
        "lead": "lea",
        "site": things.member.site.key,
        "budget": "5",
    }

    assert walker.ask("POST", "/api/v1/projects/projects/", form).status == 403


@pytest.mark.parametrize("group", GROUPS)
def test_a_budget_is_set_by_managers_and_administrators_only(world: World, group: str) -> None:
    project = world.scene.plans["alpha"]["project"]
    (probe,) = [one for one in BY_RULE["project cost", "change"] if one.method == "POST"]
    form = probe.data(world.own[group])
    world.stewards[group].browser.post(
        probe.path(world.own[group]), form
    )  # this test takes it back

    set_to = Project.objects.get(pk=project.pk).budget
    assert set_to == (5 if group in leaks.SEES_MONEY else BUDGET["alpha"])


# --- no address is forgotten ----------------------------------------------------------------------


def test_every_address_is_walked_or_said_to_be_open() -> None:
    walked = {probe.name for probe in PROBES} | set(OPEN.values())
    walked |= {name for name, _status in PUBLIC.values()}

    assert names(get_resolver()) - walked - set(EXEMPT) == set()


def test_no_exemption_outlives_its_address() -> None:
    assert set(EXEMPT) - names(get_resolver()) == set()


@pytest.mark.parametrize(("kind", "group"), WHO)
def test_pages_of_ones_own_open_for_everybody(world: World, kind: str, group: str) -> None:
    walker, _who = world.who(kind, group)
    found = {path: walker.ask("GET", path).status for path in OPEN}
    leads = kind == "steward" or group in {"administrator", "manager"}
    closed = {} if leads else {"/people/new/": 403}

    assert found == dict.fromkeys(OPEN, 200) | closed


@pytest.mark.parametrize("path", OPEN)
def test_pages_of_ones_own_are_closed_to_strangers(world: World, path: str) -> None:
    answer = world.anonymous.ask("GET", path)

    assert (answer.status, answer.location[:16]) == (302, "/accounts/login/")


@pytest.mark.parametrize("path", PUBLIC)
def test_the_api_is_documented_for_everybody(world: World, path: str) -> None:
    answer = world.anonymous.ask("GET", path)

    assert answer.status == PUBLIC[path][1]
