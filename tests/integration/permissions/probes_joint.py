"""What waits for what in a project, week by week: the report for programs, and the page."""

from __future__ import annotations

from collections.abc import Iterator

from tests.integration.permissions.rows_projects import ENGINEERS, PLAN_BY_WORK
from tests.integration.permissions.scene import Things
from tests.integration.permissions.walker import Probe, RuleKey

READ = ("people and devices by week", "read")
PEOPLE = ("people and devices by week", "read the cost of people")
DEVICES = ("people and devices by week", "read the cost of devices")
WEEKS = "api:capacity:project-weeks"
HELD: dict[RuleKey, set[str]] = {READ: PLAN_BY_WORK, PEOPLE: set(), DEVICES: set()}
CROSSED: dict[RuleKey, set[str]] = {READ: ENGINEERS, PEOPLE: set(), DEVICES: set()}


def seat(things: Things) -> str:
    """The seat of a slot: only the plan tells it."""
    return f"team-{things.project.key}"


def joint_probes() -> Iterator[Probe]:
    project = ("project",)
    yield Probe(READ, "GET", WEEKS, project)
    for query in ("table=lines", "table=lines&format=csv"):
        yield Probe(READ, "GET", WEEKS, project, query=query, tells=seat, refused=404)
    title = lambda _t: "People and devices by week"  # noqa: E731
    page = "projects:project-detail"
    yield Probe(READ, "GET", page, project, tells=title, refused=200)
    yield Probe(READ, "GET", "projects:phase-detail", ("phase",), tells=title, refused=404)
    for rule, column in ((PEOPLE, "people_cost"), (DEVICES, "devices_cost")):
        tells = lambda _t, name=column: name  # noqa: E731
        for query in ("", "format=csv"):
            yield Probe(rule, "GET", WEEKS, project, query=query, reads=(READ,), tells=tells)
