"""Rows of people, their skills, loads and absences."""

from __future__ import annotations

from typing import Any

from roles.models import Department, Person, PersonSkill
from tests.integration.permissions.rows import View, Who, column, ids, keys, links, pks
from tests.integration.permissions.scene_people import People

EVERY_LOAD = {"administrator", "manager", "planner"}
PERSON = (
    r'<th scope="row">(?:<span class="th-boxed"><input[^>]*>)?(?:<span>)?<a href="/people/(\d+)/"'
)


def everybody(_who: Who) -> Any:
    return Person.objects.all()


def loads(who: Who) -> set[Any]:
    """The people whose load and absences they see."""
    if who.group in EVERY_LOAD:
        return set(Person.objects.all())
    led = People.of(who.scene).led_by_stewards if who.is_steward else set()
    return {who.person} | led


def hidden(who: Who) -> list[str]:
    """Days of others: everybody is away in a year of their own."""
    if who.group in EVERY_LOAD:
        return []
    seen = {one.key for one in loads(who)}
    away = People.of(who.scene).away
    years = [str(one.first_on.year) for key, one in away.items() if key not in seen]
    return [rf"\b(?:{'|'.join(years)})\b"]


def people_views() -> list[View]:
    export = "/people/export/"
    load, load_rows = "weeks=20", "/load/?weeks=20&size=200"
    return [
        View("/people/?size=200", links(PERSON), lambda who: pks(everybody(who))),
        View("/people/?size=200", links(PERSON), lambda who: pks(everybody(who)), "people-list"),
        View("/people/?format=csv", column("key"), lambda who: keys(everybody(who))),
        View("/api/v1/roles/people/?limit=1000", ids, lambda who: pks(everybody(who))),
        View(f"{export}people/", column("key"), lambda who: keys(everybody(who))),
        View(
            f"{export}skills/",
            column("person"),
            lambda _who: PersonSkill.objects.values_list("person__key", flat=True),
        ),
        View(
            f"{export}departments/",
            column("key"),
            lambda _who: Department.objects.values_list("key", flat=True),
        ),
        View(f"{export}absences/", column("person"), _away),
        View(load_rows, links(PERSON), lambda who: pks(loads(who))),
        View(load_rows, links(PERSON), lambda who: pks(loads(who)), "load-grid"),
        View(f"/load/?{load}&format=csv", column("person"), lambda who: keys(loads(who)) * 20),
        View(f"/api/v1/roles/load/?{load}&limit=1000", ids, lambda who: pks(loads(who))),
    ]


def _away(who: Who) -> list[str]:
    return [one.key for one in loads(who) if one.key in People.of(who.scene).away]
