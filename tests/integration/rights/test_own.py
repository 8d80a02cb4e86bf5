"""Ways to an object that the matrix tells in words: an assignment, a department, a scope."""

from __future__ import annotations

import re

import pytest

from teamhub.accounts.groups import Group
from tests import builders as make
from tests.integration.rights.probes import Door, Telling, Walker
from tests.integration.rights.table import PROBES
from tests.integration.rights.world import World
from tests.matrix import load_matrix

pytestmark = pytest.mark.django_db
MATRIX = load_matrix()
READS_ALL = set(MATRIX["project detail", "read"].groups("yes"))
WORKERS, REVIEWERS = {"engineer", "ml engineer"}, {"reviewer", "legal"}
GROUPS = [group.value for group in Group]


@pytest.mark.parametrize("side", ["builder", "checker"])
@pytest.mark.parametrize("group", GROUPS)
def test_an_assignment_opens_the_project_to_its_kind_of_member(group: str, side: str) -> None:
    user = make.make_user("me", group)
    world = World(user)
    role = world.role if side == "builder" else world.review
    slot = make.make_slot(make.make_seat(world.foreign.project, role), world.foreign.phase)
    make.make_assignment(slot, world.own.worker)
    opens = READS_ALL | WORKERS | (REVIEWERS if side == "checker" else set())
    walker = Walker(user)

    page = walker.ask("GET", f"/projects/{world.foreign.project.pk}/")
    phase = walker.ask("GET", f"/phases/{world.foreign.phase.pk}/")
    slots = walker.ask("GET", "/api/v1/projects/slots/?limit=1000")

    assert (page.status, world.foreign.label in page.text) == (200, group in opens)
    assert phase.status == (200 if group in opens else 404)
    assert (world.foreign.label in slots.text) == (group in opens)


@pytest.mark.parametrize("side", ["builder", "checker"])
@pytest.mark.parametrize("group", GROUPS)
def test_an_assignment_lets_its_kind_of_member_tick(group: str, side: str) -> None:
    user = make.make_user("me", group)
    world = World(user)
    role = world.role if side == "builder" else world.review
    slot = make.make_slot(make.make_seat(world.foreign.project, role), world.foreign.phase)
    make.make_assignment(slot, world.own.worker)
    ticks = WORKERS | {"administrator", "manager", "planner"}
    ticks |= REVIEWERS if side == "checker" else set()
    walker = Walker(user)

    answer = walker.ask(
        "POST", f"/api/v1/projects/checklist-items/{world.foreign.item.pk}/tick/", {}
    )

    refused = 403 if group in READS_ALL else 404
    assert answer.status == (200 if group in ticks else refused)


@pytest.mark.parametrize("group", [group for group in GROUPS if group != "administrator"])
def test_who_leads_a_department_sees_when_but_not_why_its_people_are_away(group: str) -> None:
    user = make.make_user("me", group)
    world, walker = World(user), Walker(user)
    day = world.own.member_absence.first_on

    page = walker.ask("GET", f"/people/{world.own.member.pk}/")
    export = walker.ask("GET", "/people/export/absences/")

    assert f"{day:%b}"[:3] in page.text
    assert day.isoformat() in export.text
    assert "hidden-own" not in page.text + export.text


@pytest.mark.parametrize("group", GROUPS)
def test_a_reason_is_written_by_the_person_and_administrators_alone(group: str) -> None:
    from roles.models import Absence

    user = make.make_user("me", group)
    world, walker = World(user), Walker(user)
    kept = []
    for things in (world.own, world.foreign):
        day = things.absence.last_on.isoformat()
        walker.browser.post(
            f"/people/{things.worker.pk}/absences/new/",
            {"first_on": day, "last_on": day, "reason": "a new reason"},
        )
        kept.append(Absence.objects.filter(reason="a new reason").delete()[0] == 1)

    rule = MATRIX["absence reason", "change"]
    assert kept == [rule.cells[group] in {"yes", "own"}, rule.cells[group] == "yes"]


# --- scopes ---------------------------------------------------------------------------------------


def in_api(probe: Door | Telling) -> bool:
    return getattr(probe.path, "name", "").startswith("api:")


@pytest.mark.parametrize("scope", ["read", "write", "money"])
def test_a_token_without_a_scope_has_none_of_its_rights(scope: str) -> None:
    """An administrator's token: what is refused is refused for the scope alone."""
    user = make.make_user("me", Group.ADMINISTRATOR)
    scopes = tuple({"read", "write", "money"} - {scope})
    world, walker = World(user), Walker(user, scopes)
    wrong = []
    for probe in filter(in_api, PROBES):
        address = probe.path(world.own)
        method = probe.method if isinstance(probe, Door) else "GET"
        if scope == "money":
            if probe.key not in {("project cost", "read"), ("person rate", "read")}:
                continue
            answer = walker.ask("GET", address)
            assert isinstance(probe, Telling)
            if answer.status != 200 or re.search(probe.marker(world.own), answer.text):
                wrong.append(f"{address}: {answer.status} tells money")
        elif (method == "GET") == (scope == "read"):
            answer = walker.ask(method, address, {})
            if answer.status != 403 or f'"scope":"{scope}"' not in answer.text.replace(" ", ""):
                wrong.append(f"{method} {address}: {answer.status} {answer.text[:80]}")

    if wrong:
        pytest.fail("\n".join(wrong))
