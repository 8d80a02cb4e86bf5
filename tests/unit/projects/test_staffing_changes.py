"""Does a change make the problem in which it has come true, and nothing else?"""

from __future__ import annotations

import dataclasses
import json

import pytest

from projects.kernel.staffing import changes
from projects.kernel.staffing.problem import InvalidProblem, Level, StaffingProblem, level_in
from tests.unit.projects.staffing_cases import person, problem, project, slot

EACH = (
    changes.Hire((("law", 2), ("ml", 4)), 4, 1, 3, site="oslo", utc_offset_minutes=60, rate=7),
    changes.Train("ana", "law", 3, 2),
    changes.Free("ana", 2, 1, 3),
    changes.Absent("ana", 1, 3),
    changes.Rate("ana", 11),
    changes.MoreProjects("ana", 4),
    changes.Shift("alpha", "1", 1),
    changes.Lower("s0", "ml", 1),
    changes.Budget("alpha", 500),
    changes.Budget("alpha", None),
)


def given() -> StaffingProblem:
    other = slot("s1", phase="2", start=1, end=4)
    return problem(
        people=(person(rate=20), person("bo")),
        projects=(project(budget=900),),
        slots=(slot(), other),
    )


@pytest.mark.parametrize("change", EACH, ids=lambda change: type(change).__name__)
def test_a_change_survives_json_and_touches_one_thing_only(change: changes.Change) -> None:
    data = json.loads(json.dumps(changes.to_json(change)))
    assert changes.from_json(data) == change
    before = given()
    after = changes.apply(before, [change])
    differs = {
        field.name
        for field in dataclasses.fields(before)
        if getattr(before, field.name) != getattr(after, field.name)
    }
    assert len(differs) == 1
    assert before == given()


def test_each_change_comes_true() -> None:
    def after(change: changes.Change) -> StaffingProblem:
        return changes.apply(given(), [change])

    hired = after(EACH[0]).people[2]
    assert (hired.key, hired.skills, hired.rate) == ("hire-1", {"law": 2, "ml": 4}, 7)
    assert hired.availability == (0, 4, 4, 0)
    trained = after(EACH[1]).people[0].skills
    assert [level_in(trained["law"], week) for week in range(4)] == [0, 0, 3, 3]
    assert trained["ml"] == 3
    assert after(EACH[2]).people[0].availability == (10, 12, 12, 10)
    assert after(EACH[3]).people[0].availability == (10, 0, 0, 10)
    assert after(EACH[4]).people[0].rate == 11
    assert after(EACH[5]).people[0].max_projects == 4
    assert [(x.start, x.end) for x in after(EACH[6]).slots] == [(1, 3), (1, 4)]
    assert after(EACH[7]).slots[0].required == {"ml": 1}
    assert after(changes.Lower("s0", "ml", 0)).slots[0].required == {}
    assert after(EACH[8]).projects[0].budget == 500


def test_changes_come_true_one_after_the_other() -> None:
    hire = changes.Hire((("ml", 2),), 5, 0, 4)
    after = changes.apply(given(), [hire, hire, changes.Train("hire-2", "law", 1, 0)])
    assert [p.key for p in after.people] == ["ana", "bo", "hire-1", "hire-2"]
    assert after.people[3].skills["law"] == (Level(1, 0),)
    assert changes.apply(given(), []) == given()


def test_training_adds_to_records_that_end() -> None:
    short = problem(people=(person(skills={"ml": (Level(4, 0, 2),)}),))
    after = changes.apply(short, [changes.Train("ana", "ml", 2, 1)])
    assert [level_in(after.people[0].skills["ml"], week) for week in range(4)] == [4, 4, 2, 2]


def test_the_horizon_grows_where_a_phase_moves_beyond_it() -> None:
    after = changes.apply(given(), [changes.Shift("alpha", "2", 2)])
    assert after.n_weeks == 6
    assert (after.slots[1].start, after.slots[1].end) == (3, 6)
    assert after.people[0].availability == (10,) * 6


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (changes.Train("eve", "ml", 3, 0), "person eve"),
        (changes.Free("ana", 2, 3, 3), "person ana: weeks 3 to 3 of 4"),
        (changes.Absent("ana", 0, 9), "weeks 0 to 9 of 4"),
        (changes.Hire((), 5, -1, 2), "hire: weeks -1 to 2"),
        (changes.Shift("alpha", "9", 1), "project alpha: no slot in phase 9"),
        (changes.Shift("alpha", "1", -1), "slot s0: -1 weeks lead before week 0"),
        (changes.Lower("s9", "ml", 1), "slot s9"),
        (changes.Budget("beta", 5), "project beta"),
        (changes.Rate("ana", -1), "rate -1 is below 0"),
    ],
)
def test_what_cannot_come_true_is_refused_by_name(change: changes.Change, complaint: str) -> None:
    with pytest.raises(InvalidProblem, match=complaint):
        changes.apply(given(), [change])


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        ({}, "kind must be one of hire, train"),
        ({"kind": "marry"}, "kind must be one of"),
        ({"kind": "rate", "person": "ana"}, "change rate: .*rate"),
        ({"kind": "rate", "person": "ana", "rate": 1, "colour": "red"}, "colour"),
    ],
)
def test_json_that_is_no_change_is_refused(data: dict, complaint: str) -> None:
    with pytest.raises(InvalidProblem, match=complaint):
        changes.from_json(data)


def test_a_phase_of_another_project_by_the_same_name_stays() -> None:
    two = problem(projects=(project(), project("beta")), slots=(slot(), slot("s1", project=1)))
    after = changes.apply(two, [changes.Shift("beta", "1", 1)])
    assert [x.start for x in after.slots] == [0, 1]
