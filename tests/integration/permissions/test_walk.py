"""Walk every page, fragment, endpoint and export with every group, on own and foreign objects.

docs/security.md says who may; the probes say how each address answers. Own things are those of a
steward of the group (deputy of a project, lead of a department), foreign ones are asked for by a
member of the group who only works elsewhere.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

import pytest
from django.db import transaction
from django.urls import reverse

from tests.integration.permissions.probes_people import people_probes
from tests.integration.permissions.probes_projects import project_probes
from tests.integration.permissions.probes_staffing import ground_probes, staffing_probes
from tests.integration.permissions.scene import GROUPS, Scene, Things
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
        self.stewards = {group: Walker(user) for group, user in self.scene.stewards.items()}
        self.members = {group: Walker(user) for group, user in self.scene.members.items()}
        self.anonymous = Walker(None)

    def place(self, group: str, which: str) -> tuple[Walker, Things]:
        if which == "own":
            return self.stewards[group], self.own[group]
        return self.members[group], self.foreign


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[World]:
    """Built once; all of it goes with the transaction."""
    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        yield World()
        transaction.set_rollback(True)


def may(rule: Rule, group: str, which: str) -> bool:
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
