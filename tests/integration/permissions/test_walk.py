"""Walk every page, fragment, endpoint and export with every group, on own and foreign objects.

docs/security.md says who may; probes say how each address answers those who may; views say which
rows a list holds. Own things are those of a steward of the group (deputy of a project, lead of a
department), foreign ones are asked for by a member of the group who only works elsewhere. Held and
crossed things are those of projects where the member works.

To add an app, say capacity:

1. docs/security.md gets its tables: object, action, groups.
2. `scene_capacity.py`: a `ScenePart` that makes the rows, and names in `things` one of each kind
   that is the steward's own, foreign, and of the projects where members work (the plans `alpha`,
   `beta`, `gamma` of scene_projects.py). Amounts occur nowhere else and stand in `MONEY`.
3. `probes_capacity.py`: a `Probe` for each address and method, with the row of the matrix that
   rules it. `tells` is a pattern for what only those who may find, `leaves` what only they change.
   `HELD` and `CROSSED` say what an assignment opens, `OPEN` which pages everybody has.
4. `rows_capacity.py`: a `View` for each list, page of rows and export; which `runs` of the app
   somebody sees; `hidden`, patterns of what a reader may find nowhere.
5. `parts.py`: one `Part` in `PARTS` names all of this.

A table without a probe fails, and so does an address, a method, or a fragment or export that
a page offers. `-k capacity` walks the tables whose objects are called so.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

import pytest
from django.db import transaction
from django.urls import get_resolver, reverse

from tests.integration.permissions import parts
from tests.integration.permissions.addresses import addresses, offers, piece, route_of
from tests.integration.permissions.leaks import SEES_MONEY, Hunt, money_in
from tests.integration.permissions.parts import PARTS, PROBES, VIEWS
from tests.integration.permissions.rows import View, Who
from tests.integration.permissions.scene import (
    CROSSED,
    FOREIGN,
    GROUPS,
    HELD,
    NOBODY,
    OWN,
    Scene,
    Things,
)
from tests.integration.permissions.walker import Answer, Probe, RuleKey, Walker, of_fragment
from tests.matrix import load_matrix

pytestmark = pytest.mark.django_db
MATRIX = load_matrix()
BY_RULE: dict[RuleKey, list[Probe]] = defaultdict(list)
for _probe in PROBES:
    BY_RULE[_probe.rule].append(_probe)
BY_WORK = {HELD: parts.HELD, CROSSED: parts.CROSSED}
OPEN = {path: status for part in PARTS for path, status in part.open.items()}
PUBLIC = {path: status for part in PARTS for path, status in part.public.items()}
EXEMPT = {name: why for part in PARTS for name, why in part.exempt.items()}


class World:
    """The scene, and one walker for each who walks; answers are kept for all tests."""

    def __init__(self) -> None:
        self.scene = scene = Scene(part.scene for part in PARTS)
        self.stewards = {group: Walker(user) for group, user in scene.stewards.items()}
        self.members = {group: Walker(user) for group, user in scene.members.items()}
        self.anonymous = Walker(None)
        self.things = {
            (which, group): scene.things(which, group)
            for which in (OWN, FOREIGN, HELD, CROSSED)
            for group in (GROUPS if which == OWN else scene.members)
        }

    def place(self, group: str, which: str) -> tuple[Walker, Things]:
        walkers = self.stewards if which == OWN else self.members
        return walkers[group], self.things[which, group]

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


def walk(world: World, probes: list[Probe], group: str, which: str) -> list[str]:
    """Ask them all; what is not as the matrix promises."""
    walker, things = world.place(group, which)
    asked = [probe for probe in probes if which == OWN or not probe.only_own]
    found = [wrong(probe, walker.probe(probe, things), group, things) for probe in asked]
    return [f"{group}: {line}" for line in found if line]


def allowed(probe: Probe, group: str, which: str) -> bool:
    return all(may(key, group, which) for key in (*probe.reads, probe.rule))


def may(key: RuleKey, group: str, which: str) -> bool:
    cell = MATRIX[key].cells[group]
    if which in BY_WORK:
        return cell == "yes" or group in BY_WORK[which][key]
    return cell == "yes" or (which == OWN and cell == "own")


def expected(probe: Probe, group: str, which: str) -> int:
    """The status that the matrix promises."""
    if allowed(probe, group, which):
        return probe.ok
    for key in probe.reads:
        if not may(key, group, which):
            # Who may not read it does not learn that it is there; who reads it hears a no.
            return 404 if MATRIX[key].refused in {"404", "left out"} else 403
    if probe.refused:
        return probe.refused
    # A part that is not told leaves the rest of the answer as it is.
    refused = MATRIX[probe.rule].refused
    return 200 if probe.tells or refused == "left out" else int(refused)


def wrong(probe: Probe, answer: Answer, group: str, things: Things) -> str:
    """What is not as promised, or nothing."""
    status = expected(probe, group, things.which)
    told = allowed(probe, group, things.which)
    if answer.status != status:
        return f"{probe}: {answer.status}, not {status}; {answer.text[:200]!r}"
    if probe.tells is not None:
        tells = bool(re.search(probe.tells(things), answer.text))
        if tells != told:
            return f"{probe}: {'tells' if tells else 'does not tell'} {probe.tells(things)}"
    if answer.left is not None and answer.left != told:
        return f"{probe}: {'changes' if answer.left else 'does not change'} what it is about"
    return ""


def fail_if(lines: list[str]) -> None:
    if lines:
        pytest.fail("\n".join(lines))


@pytest.mark.parametrize("which", [OWN, FOREIGN])
@pytest.mark.parametrize("rule", MATRIX, ids=" - ".join)
def test_the_matrix_holds(world: World, rule: RuleKey, which: str) -> None:
    fail_if([line for group in GROUPS for line in walk(world, BY_RULE[rule], group, which)])


@pytest.mark.parametrize(
    ("which", "rule"),
    [(which, rule) for which, rules in BY_WORK.items() for rule in rules],
    ids=lambda part: part if isinstance(part, str) else " - ".join(part),
)
def test_an_assignment_gives_no_more_than_the_matrix_says(
    world: World, rule: RuleKey, which: str
) -> None:
    fail_if([line for group in GROUPS for line in walk(world, BY_RULE[rule], group, which)])


def test_every_rule_has_a_probe() -> None:
    assert set(BY_RULE) == set(MATRIX)


def test_work_opens_only_what_the_matrix_calls_own() -> None:
    cells = {
        (rule, group): MATRIX[rule].cells[group]
        for rules in BY_WORK.values()
        for rule, groups in rules.items()
        for group in groups
    }

    assert {key for key, cell in cells.items() if cell == "no"} == set()


@pytest.mark.parametrize("rule", MATRIX, ids=" - ".join)
def test_who_is_not_logged_in_gets_nowhere(world: World, rule: RuleKey) -> None:
    found = []
    for probe in BY_RULE[rule]:
        answer = world.anonymous.probe(probe, world.things[FOREIGN, NOBODY])
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

    fail_if([line for view in VIEWS if (line := _rows_wrong(view, walker, who))])


def _rows_wrong(view: View, walker: Walker, who: Who) -> str:
    path = view.address(who.scene)
    answer = walker.ask("GET", path, None, of_fragment(view.root))
    shown = f"{path}{' (fragment)' if view.root else ''}"
    if answer.status != (status := view.status(who)):
        return f"{shown}: {answer.status}, not {status}"
    if status != 200:
        return ""
    found, wanted = Counter(view.find(answer)), Counter(view.wanted(who))
    more, less = found - wanted, wanted - found
    return f"{shown}: too many {dict(more)}, missing {dict(less)}" if more or less else ""


# --- nothing leaks --------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "group"), WHO)
def test_no_answer_tells_what_is_not_theirs(world: World, kind: str, group: str) -> None:
    walker, who = world.who(kind, group)
    if kind == "steward":
        _ask_all(walker, world.things[OWN, group])
    else:
        _ask_all(walker, world.things[FOREIGN, group])
        _ask_all(walker, world.things[HELD, group], only="GET")
    for path in OPEN:
        walker.ask("GET", path)

    assert Hunt(who).found(walker.answers) == {}


def _ask_all(walker: Walker, things: Things, only: str = "") -> None:
    for probe in PROBES:
        if only in {"", probe.method} and not (probe.only_own and things.which != OWN):
            walker.probe(probe, things)


def test_the_hunt_for_leaks_finds_what_managers_and_administrators_see(world: World) -> None:
    """The control: the same search over answers that may tell."""
    walker, _who = world.who("steward", "administrator")
    _ask_all(walker, world.things[OWN, "administrator"])
    engineer = Who(world.scene, "engineer", "member", world.scene.members["engineer"])
    hunt = Hunt(engineer)
    found = {told for answer in walker.answers.values() for told in hunt.found_in(answer)}
    money = {told for answer in walker.answers.values() for told in money_in(answer)}

    assert {"77,772", "77771", "888,883", "888883", "654,321", "654321", "43211"} <= found
    assert {"135,791,357", "135791357"} <= found
    assert {key for part in PARTS for key in part.money_keys} - {"rate"} <= money
    assert {f'name="{field}"' for part in PARTS for field in part.money_fields} <= money
    assert ">Cost<" in found
    assert {"mia", world.who("steward", "administrator")[1].person.key} <= found
    assert "2092" in found


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
        answer = walker.probe(probe, world.things[OWN, "administrator"])
        if answer.status != 403 or answer.json()["error"]["details"] != {"scope": scope}:
            wrong.append(f"{probe}: {answer.status} {answer.text[:80]}")

    assert wrong == []


@pytest.mark.parametrize("group", sorted(SEES_MONEY))
def test_a_token_without_money_learns_and_sets_no_amount(world: World, group: str) -> None:
    walker = Walker(world.scene.stewards[group], ("read", "write"))
    _walker, who = world.who("steward", group)
    wrong = []
    for probe in PROBES:
        if probe.is_api:
            answer = walker.probe(probe, world.things[OWN, group])
            status = probe.without_money or expected(probe, group, OWN)
            if answer.status != status:
                wrong.append(f"{probe}: {answer.status}, not {status}")

    assert wrong == []
    assert Hunt(who, money=False).found(walker.answers) == {}


# --- no address is forgotten ----------------------------------------------------------------------


def test_every_address_is_walked_with_every_method(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("ERROR", "django.request")  # asked for their methods, most refuse
    walker, things = world.place("administrator", OWN)
    walked: dict[str, dict[str, str]] = defaultdict(dict)  # route to method to address
    for probe in PROBES:
        path = probe.path(things)
        walked[route_of(path)].setdefault(probe.method, path)
    for path in OPEN:
        walked[route_of(path)].setdefault("GET", path)
    public = {route_of(path) for path in PUBLIC}
    missing = []
    for route, name in addresses(get_resolver()):
        if name in EXEMPT or route in public:
            continue
        if route not in walked:
            missing.append(f"{name} ({route}) has no probe")
            continue
        path = next(iter(walked[route].values()))
        takes = walker.ask("OPTIONS", path).allowed - {"HEAD", "OPTIONS"}
        if takes != set(walked[route]):
            missing.append(f"{name} takes {sorted(takes)}, walked are {sorted(walked[route])}")

    fail_if(missing)


def test_every_fragment_and_export_that_pages_offer_is_walked(world: World) -> None:
    walker, things = world.place("administrator", OWN)
    _ask_all(walker, things)
    for path in OPEN:
        walker.ask("GET", path)
    walked = {piece(probe.method, probe.path(things), probe.root) for probe in PROBES}
    walked |= {piece("GET", view.address(world.scene), view.root) for view in VIEWS}
    offered = {
        each for answer in walker.answers.values() if answer.is_page for each in offers(answer.text)
    }

    assert len(offered) > 20
    assert sorted(offered - walked) == []


def test_no_exemption_outlives_its_address() -> None:
    assert set(EXEMPT) - {name for _route, name in addresses(get_resolver())} == set()


@pytest.mark.parametrize(("kind", "group"), WHO)
def test_pages_of_ones_own_open_for_everybody(world: World, kind: str, group: str) -> None:
    walker, who = world.who(kind, group)
    found = {path: walker.ask("GET", path).status for path in OPEN}

    assert found == {path: status(who) for path, status in OPEN.items()}


@pytest.mark.parametrize("path", OPEN)
def test_pages_of_ones_own_are_closed_to_strangers(world: World, path: str) -> None:
    answer = world.anonymous.ask("GET", path)
    refused = (401, "") if path.startswith("/api/") else (302, "/accounts/login/")

    assert (answer.status, answer.location[:16]) == refused


@pytest.mark.parametrize("group", [*GROUPS, NOBODY, "anonymous"])
def test_addresses_of_buttons_open_as_a_page_that_tells_nothing(world: World, group: str) -> None:
    """People open them from their history: foreign ones look like all others."""
    walker, who = world.who("member", NOBODY if group == "anonymous" else group)
    walker = world.anonymous if group == "anonymous" else walker
    things = world.things[FOREIGN, NOBODY]
    pages = {route_of(probe.path(things)) for probe in PROBES if probe.method == "GET"}
    pages |= {route_of(path) for path in OPEN}
    posted = {probe.path(things) for probe in PROBES if probe.method == "POST" and not probe.is_api}
    buttons = sorted(path for path in posted if route_of(path) not in pages)
    answers = {("GET", path): walker.ask("GET", path) for path in buttons}

    assert len(answers) > 20
    sent_on = {302} if group == "anonymous" else set()
    assert {one.status for one in answers.values()} - sent_on == {405}
    assert Hunt(who).found(answers) == {}


@pytest.mark.parametrize("path", PUBLIC)
def test_the_api_is_documented_for_everybody(world: World, path: str) -> None:
    answer = world.anonymous.ask("GET", path)

    assert answer.status == PUBLIC[path]
