"""Walk every page, address, export and fragment with every group, on own and foreign objects."""

from __future__ import annotations

import re

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from teamhub.accounts.groups import Group
from tests import builders as make
from tests.integration.rights.probes import Door, Telling, Walker
from tests.integration.rights.table import PROBES
from tests.integration.rights.world import Things, World
from tests.matrix import Rule, load_matrix

pytestmark = pytest.mark.django_db
MATRIX = load_matrix()
GROUPS = [group.value for group in Group]
# Who may not read an object does not learn from a refused change that it is there.
READ_FIRST = {
    ("checklist tick", "tick and untick"): ("checklist tick", "read"),
    ("hand assignment", "create, change, remove"): ("hand assignment", "read"),
    ("proposal accept", "accept or reject a row"): ("proposal read", "read"),
    ("runs", "cancel, finish, run again"): ("runs", "read"),
}
# Everybody finds a project by its name; a phase only who reads its detail.
PHASES = ("project detail", "change")


def may(rule: Rule, group: str, *, own: bool) -> bool:
    return rule.cells[group] == "yes" or (own and rule.cells[group] == "own")


def refusal(rule: Rule, group: str, address: str, *, own: bool) -> int:
    """The status that the matrix promises to who may not."""
    read = READ_FIRST.get(rule.key)
    if rule.key == PHASES and "/phases/" in address:
        read = ("project detail", "read")
    if read is not None and not may(MATRIX[read], group, own=own):
        return 404
    return 404 if rule.refused == "404" else 403


def wrong_at_door(probe: Door, walker: Walker, group: str, things: Things) -> str:
    """What is not as the matrix says, or nothing."""
    own = things.word == "own"
    rule, address = MATRIX[probe.key], probe.path(things)
    answer = walker.ask(probe.method, address, probe.data(things), probe.headers)
    if may(rule, group, own=own):
        good = not answer.is_refusal and answer.status < 500
        wanted = "no refusal"
    else:
        expected = refusal(rule, group, address, own=own)
        good, wanted = answer.status == expected, str(expected)
    return "" if good else f"{probe} {things.word}: {answer.status}, not {wanted} {probe.key}"


def wrong_in_answer(probe: Telling, walker: Walker, group: str, things: Things) -> str:
    own = things.word == "own"
    answer = walker.ask("GET", probe.path(things))
    told = not answer.is_refusal and bool(re.search(probe.marker(things), answer.text))
    if answer.status >= 500 or told != may(MATRIX[probe.key], group, own=own):
        says = "tells" if told else "does not tell"
        return f"{probe} {things.word}: {says} ({answer.status}) {probe.key}"
    return ""


@pytest.mark.parametrize("group", GROUPS)
def test_the_matrix_holds_for(group: str) -> None:
    user = make.make_user("me", group)
    world, walker = World(user), Walker(user)
    wrong = []
    for probe in PROBES:
        for things in (world.own, world.foreign):
            if isinstance(probe, Telling):
                wrong.append(wrong_in_answer(probe, walker, group, things))
            elif things.word == "own" or not probe.only_own:
                wrong.append(wrong_at_door(probe, walker, group, things))

    if found := [line for line in wrong if line]:
        pytest.fail("\n".join(found))


def test_who_is_not_logged_in_is_sent_to_the_log_in_everywhere() -> None:
    world, walker = World(make.make_user("me")), Walker(None)
    wrong = []
    for probe in PROBES:
        address = probe.path(world.own)
        method = probe.method if isinstance(probe, Door) else "GET"
        answer = walker.ask(method, address)
        is_api = address.startswith("/api/")
        to_log_in = answer.location.startswith(reverse("accounts:login"))
        if (answer.status != 401) if is_api else not (answer.status == 302 and to_log_in):
            wrong.append(f"{method} {address}: {answer.status}")

    if wrong:
        pytest.fail("\n".join(wrong))


def test_every_row_of_the_matrix_is_tried() -> None:
    # Creating is told by the department in the form: tests of the form in tests/integration/roles.
    elsewhere = {("person basics", "create"), ("absence reason", "change")}

    assert set(MATRIX) - {probe.key for probe in PROBES} == elsewhere


# --- no address is forgotten ----------------------------------------------------------------------

OPEN_TO_ALL = {
    "accounts:login": "the way in",
    "accounts:forgotten": "the way in",
    "accounts:forgotten-asked": "the way in",
    "accounts:link": "the secret is in the address",
    "accounts:logout": "the way out",
    "api:accounts:token": "the password is in the body",
    "web:preferences": "language and theme, also before the log-in",
    "web:favicon": "a picture",
    "healthz": "for monitors",
    "readyz": "for monitors",
}
MEMBERS_OWN_VIEW = {
    "home": "panels of one's own; each panel is tested where it is registered",
    "web:search": "sources of one's own; tested with the frame",
    "projects:my-work": "one's own phases and items",
    "projects:staffing-propose": "a form over one's own projects",
    "roles:skill-update": "as skill-create",
    "roles:skill-remove": "as skill-create",
    "roles:person-create": "see test_every_row_of_the_matrix_is_tried",
    "api-root": "leads to the docs",
    "api:schema": "addresses and fields, no rows",
    "api:docs": "addresses and fields, no rows",
}


def names(resolver: URLResolver, spaces: tuple[str, ...] = ()) -> set[str]:
    found: set[str] = set()
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            below = (*spaces, pattern.namespace) if pattern.namespace else spaces
            found |= names(pattern, below)
        elif isinstance(pattern, URLPattern) and pattern.name:
            found.add(":".join([*spaces, pattern.name]))
    return found


def test_every_address_is_walked_or_said_to_be_open() -> None:
    walked = {probe.path.name.partition("?")[0].partition(" ")[0] for probe in PROBES}  # type: ignore[attr-defined]

    assert names(get_resolver()) - walked - set(OPEN_TO_ALL) - set(MEMBERS_OWN_VIEW) == set()
