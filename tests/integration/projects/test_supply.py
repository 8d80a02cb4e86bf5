"""Open work against free people by skill and level; who is free with what from when."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from projects.selectors.supply import free_people, supply_and_demand
from roles.models import PersonSkill
from teamhub import weeks
from tests import builders
from tests.integration.projects.staffing_scene import Company, start_monday

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(cast: Any) -> Company:
    return Company(lead=cast.ada)


def with_skill(name: str, skill: Any, level: int, **fields: Any) -> Any:
    return builders.make_person(name, skills={skill: level}, **fields)


def slot_asking(company: Company, skill: Any, level: int, fte: int, label: str) -> Any:
    phase = company.make_project(label).phases.get()
    return builders.make_slot(phase=phase, skills={skill: level}, fte_hundredths=fte)


def test_demand_counts_at_every_lower_level_and_supply_at_every_higher_one(
    company: Company, cast: Any
) -> None:
    skill = builders.make_skill("vision")
    expert, novice = with_skill("Expert", skill, 5), with_skill("Novice", skill, 2)
    high = slot_asking(company, skill, 4, 80, "one")
    low = slot_asking(company, skill, 2, 50, "two")
    held = slot_asking(company, skill, 2, 30, "three")
    builders.make_assignment(held, novice)
    start = high.start_on
    assert start == low.start_on == held.start_on

    rows = {
        (row.skill.key, row.level): row
        for row in supply_and_demand(cast.ada, start, 2)
        if row.skill == skill
    }

    assert set(rows) == {("vision", 4), ("vision", 2)}
    top, all_levels = rows["vision", 4], rows["vision", 2]
    assert (top.demand[0], top.open[0], top.free[0], top.gap[0], top.holders) == (80, 80, 100, 0, 1)
    assert (all_levels.demand[0], all_levels.open[0]) == (160, 130)
    assert (all_levels.free[0], all_levels.holders) == (170, 2)
    builders.make_assignment(slot_asking(company, builders.make_skill(), 1, 60, "four"), expert)
    worse = supply_and_demand(cast.ada, start, 2, skill="vision")
    assert [(row.level, row.gap[0]) for row in worse] == [(4, 40), (2, 20)]


def test_a_level_that_ends_frees_nobody_afterwards(company: Company, cast: Any) -> None:
    skill = builders.make_skill("vision")
    person = with_skill("Soon Over", skill, 4)
    start = start_monday()
    PersonSkill.objects.filter(person=person).update(valid_to=start + timedelta(days=3))
    (found,) = free_people(cast.ada, skill, 3, start, 3, fte_hundredths=50)
    assert found.free == [100, 0, 0]
    assert found.from_on is None


def test_who_is_free_soonest_comes_first(company: Company, cast: Any) -> None:
    skill = builders.make_skill("vision")
    late, now = with_skill("A Late", skill, 5), with_skill("B Now", skill, 3)
    with_skill("C Low", skill, 2)
    slot = company.make_slot("busy", fte_hundredths=90)
    builders.make_assignment(slot, late)
    found = free_people(cast.ada, skill, 3, slot.start_on, 8, fte_hundredths=40)
    assert [row.person for row in found] == [now, late]
    assert [row.from_on for row in found] == [slot.start_on, slot.end_on]


def test_the_page_answers_who_is_free_and_shows_gaps(
    company: Company, client_for: Any, cast: Any
) -> None:
    skill = builders.make_skill("vision", name_en="Vision")
    with_skill("Free One", skill, 4)
    slot = slot_asking(company, skill, 4, 90, "gap")
    slot_asking(company, skill, 4, 90, "second")
    query = {"skill": "vision", "level": "4", "from": slot.start_on.isoformat(), "weeks": "2"}
    page = client_for(cast.ada).get("/supply/", query).content.decode()
    assert "Free One" in page
    assert "0.80 FTE too few" in page
    wrong = client_for(cast.ada).get("/supply/", {"skill": "moon", "fte": "3", "from": "1066-1-1"})
    assert wrong.status_code == 422
    assert wrong.content.decode().count('role="alert"') == 3
    file = client_for(cast.ada).get("/supply/", query | {"format": "csv"})
    lines = b"".join(file.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[1].startswith(
        f"vision,4,{weeks.iso_label(slot.start_on)},{slot.start_on},1.8,1.8,1.0"
    )


def test_who_sees_no_load_sees_no_supply(company: Company, client_for: Any, cast: Any) -> None:
    skill = builders.make_skill("vision")
    with_skill("Hidden One", skill, 4)
    page = client_for(cast.cy).get("/supply/", {"skill": "vision"}).content.decode()
    assert "Hidden One" not in page


def test_who_does_not_see_all_loads_reads_no_wrong_gap(
    company: Company, client_for: Any, api_for: Any, cast: Any
) -> None:
    skill = builders.make_skill("vision")
    with_skill("Hidden One", skill, 4)
    slot = slot_asking(company, skill, 4, 90, "gap")
    window = {"from": slot.start_on.isoformat(), "weeks": 2}
    (row,) = api_for(cast.vi).get("/api/v1/projects/supply/", window).json()
    week = row["weeks"][0]
    assert (row["holders"], week["open"], week["free"], week["shortage"]) == (1, 0.9, None, None)
    page = client_for(cast.vi).get("/supply/", window).content.decode()
    assert "not yours to see" in page
    assert "too few" not in page


def test_programs_ask_the_same(company: Company, api_for: Any, cast: Any) -> None:
    skill = builders.make_skill("vision")
    with_skill("Free One", skill, 4)
    slot = slot_asking(company, skill, 4, 90, "gap")
    api, window = api_for(cast.ada), {"from": slot.start_on.isoformat(), "weeks": 2}
    (row,) = api.get("/api/v1/projects/supply/", window | {"skill": "vision"}).json()
    assert (row["level"], row["weeks"][0]["open"], row["weeks"][0]["free"]) == (4, 0.9, 1.0)
    (free,) = api.get(
        "/api/v1/projects/free-people/", window | {"skill": "vision", "level": 4, "fte_share": 1}
    ).json()
    assert (free["name"], free["free"], free["from_on"]) == (
        "Free One",
        [1.0, 1.0],
        slot.start_on.isoformat(),
    )
    for bad in (
        {},
        {"skill": "moon"},
        {"skill": "vision", "level": "9"},
        {"skill": "vision", "fte_share": "nan"},
        {"skill": "vision", "fte_share": "2"},
        {"skill": "vision", "from": "2027-01-05"},
    ):
        assert api.get("/api/v1/projects/free-people/", bad).status_code == 400, bad


def test_reading_takes_a_fixed_number_of_queries(
    company: Company, cast: Any, django_assert_max_num_queries: Any
) -> None:
    skill = builders.make_skill("vision")
    for n in range(6):
        with_skill(f"Person {n}", skill, 4)
        slot_asking(company, skill, 3, 50, f"p{n}")
    with django_assert_max_num_queries(13):
        supply_and_demand(cast.ada, start_monday(), 4)
