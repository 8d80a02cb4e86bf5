"""The catalog's files as rows: again changes nothing, what the files drop is retired."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from roles.catalog import RolesCatalog, load_roles_catalog
from roles.models import CalendarDay, Discipline, MapEdge, MapNode, MapNodeSkill, Role, Skill
from roles.reference import sync_reference
from tests.builders import make_person, make_skill

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def catalog() -> RolesCatalog:
    return load_roles_catalog()


def test_the_first_sync_writes_everything_that_the_files_name(catalog: RolesCatalog) -> None:
    result = sync_reference(catalog)
    assert Discipline.objects.count() == len(catalog.disciplines) == 10
    assert Role.objects.count() == len(catalog.roles)
    assert Skill.objects.count() == len(catalog.skills)
    assert MapNode.objects.count() == len(catalog.nodes) == 31
    assert MapEdge.objects.count() == len(catalog.edges)
    assert MapNodeSkill.objects.count() == sum(len(node.needs) for node in catalog.nodes)
    assert CalendarDay.objects.count() == sum(len(one.days) for one in catalog.calendars)
    assert "role:cv" in result.created
    assert not result.retired


def test_the_second_sync_changes_nothing(catalog: RolesCatalog) -> None:
    sync_reference(catalog)
    again = sync_reference(catalog)
    assert not again.changed, again


def test_every_node_has_an_accountable_role_among_its_default_roles(
    catalog: RolesCatalog,
) -> None:
    sync_reference(catalog)
    for node in MapNode.objects.prefetch_related("default_roles"):
        assert node.accountable_role in node.default_roles.all(), node.key


def test_a_changed_text_is_updated_and_named(catalog: RolesCatalog) -> None:
    sync_reference(catalog)
    first = replace(catalog.skills[0], name_en="Seeing machines")
    result = sync_reference(replace(catalog, skills=(first, *catalog.skills[1:])))
    assert result.updated == [f"skill:{first.key}"]
    assert Skill.objects.get(key=first.key).name_en == "Seeing machines"


def test_a_removed_key_is_retired_and_comes_back(catalog: RolesCatalog) -> None:
    sync_reference(catalog)
    gone = catalog.learning[0].key
    result = sync_reference(replace(catalog, learning=catalog.learning[1:]))
    assert result.retired == [f"learningresource:{gone}"]
    assert not sync_reference(replace(catalog, learning=catalog.learning[1:])).changed
    back = sync_reference(catalog)
    assert back.updated == [f"learningresource:{gone}"]


def test_a_day_that_the_file_drops_is_taken_out_of_the_calendar(catalog: RolesCatalog) -> None:
    sync_reference(catalog)
    first = catalog.calendars[0]
    shorter = replace(first, days=first.days[1:])
    result = sync_reference(replace(catalog, calendars=(shorter, *catalog.calendars[1:])))
    assert result.updated == [f"sitecalendar:{first.key}"]
    assert not CalendarDay.objects.filter(calendar__key=first.key, on=first.days[0].on).exists()


def test_skills_that_the_company_added_are_left_alone(catalog: RolesCatalog) -> None:
    own = make_skill("torch-welding", is_own=True)
    dropped = make_skill("dropped-skill")
    result = sync_reference(catalog)
    own.refresh_from_db()
    dropped.refresh_from_db()
    assert own.retired_on is None
    assert dropped.retired_on is not None
    assert result.retired == ["skill:dropped-skill"]


def test_a_retired_skill_stays_with_who_holds_it(catalog: RolesCatalog) -> None:
    skill = make_skill("old-skill")
    person = make_person(skills={skill: 3})
    sync_reference(catalog)
    assert person.skills.get().skill == skill


def test_the_command_says_what_it_did(db: Any) -> None:
    said = StringIO()
    call_command("seed_reference", stdout=said)
    assert "roles: " in said.getvalue()
    assert "0 created" not in said.getvalue().splitlines()[0]
    again = StringIO()
    call_command("seed_reference", stdout=again)
    assert again.getvalue().splitlines()[0] == "roles: 0 created, 0 updated, 0 retired"
