"""What facts take away, and data that contradicts itself."""

from __future__ import annotations

import dataclasses

import pytest

from projects.kernel.staffing import verify
from projects.kernel.staffing.problem import (
    Fact,
    InvalidProblem,
    Side,
)
from tests.unit.projects.staffing_cases import (
    COVERAGE_ONLY,
    person,
    plan_of,
    problem,
    project,
    slot,
    solved,
)


def filled(**changes: object) -> int:
    plan = plan_of(solved(problem(weights=COVERAGE_ONLY, **changes)))
    return sum(p >= 0 for p in plan)


def fact(**changes: object) -> Fact:
    values: dict = {"person": 0, "project": "elsewhere", "phase": "1", "fte": 6}
    return Fact(**(values | {"start": 0, "end": 4} | changes))


def test_facts_take_capacity_projects_sides_phases_and_money() -> None:
    assert filled(facts=(fact(),)) == 0
    assert filled(facts=(fact(fte=5),)) == 1
    assert filled(facts=(fact(fte=1),), people=(person(max_projects=1),)) == 0
    here = fact(fte=1, project="alpha", phase="2")
    assert filled(facts=(here,), people=(person(max_projects=1),)) == 1
    assert filled(facts=(dataclasses.replace(here, phase="1"),)) == 0
    past = fact(project="alpha", phase="0", start=-3, end=-1, side=Side.BUILD)
    assert filled(facts=(past,), slots=(slot(side=Side.REVIEW),)) == 0
    assert filled(facts=(past,), slots=(slot(side=Side.BUILD),)) == 1
    # The fact spends 2 x 6 x 2 = 24, the slot would spend 2 x 5 x 2 = 20.
    paid = {"facts": (past,), "people": (person(rate=2),)}
    assert filled(projects=(project(budget=44),), **paid) == 1
    assert filled(projects=(project(budget=43),), **paid) == 0


def test_facts_beyond_capacity_leave_nothing_and_are_inherited() -> None:
    given = problem(facts=(fact(fte=7), fact(fte=7, project="other")), slots=(slot(fte=1),))
    outcome = solved(given)
    assert plan_of(outcome) == [-1]
    assert outcome.solution is not None
    assert verify.verify(given, outcome.solution) == []
    assert {(v.rule, v.week) for v in verify.inherited(given)} == {
        ("capacity", week) for week in range(4)
    }


def test_continuity_reaches_back_to_facts() -> None:
    people = (person("ana", rate=1), person("bo"))
    past = fact(project="alpha", phase="0", start=-2, end=0, next_to=(0,))
    assert plan_of(solved(problem(people=people))) == [1]
    outcome = solved(problem(people=people, facts=(past,)))
    # 10 x (100 + 18 + 12 - 1) + 15 for the smaller effort, 10
    assert (plan_of(outcome), outcome.objective) == ([0], 1290 + 150)


# --- bad data -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "culprit"),
    [
        ({"slots": (slot("x", project=3),)}, "slot x: no project 3"),
        ({"slots": (slot("x", end=9),)}, "slot x: ends in week 9 of 4"),
        ({"slots": (slot("x"), slot("x"))}, "slot x: the key appears 2 times"),
        ({"people": (person("bo", availability=(1,)),)}, "person bo: availability for 1 of 4"),
        ({"seats": ((0, 5),)}, "seat 0: no slot 5"),
        ({"seats": ((0,), (0,))}, "seat 1: slot s0 has two places"),
        ({"facts": (fact(person=4),)}, "fact 0: no person 4"),
        ({"exclude": frozenset({(0, 9)})}, "exclude: no pair of slot 0 and person 9"),
        ({"start": (0, 0)}, "start: one person per slot"),
    ],
)
def test_a_problem_that_contradicts_itself_names_the_culprit(changes: dict, culprit: str) -> None:
    with pytest.raises(InvalidProblem, match=culprit):
        problem(**changes)


def test_a_slot_without_weeks_is_refused() -> None:
    with pytest.raises(InvalidProblem, match="slot x: weeks 2 to 2"):
        slot("x", start=2, end=2)


def test_a_person_with_less_than_nothing_is_refused() -> None:
    with pytest.raises(InvalidProblem, match="person bo: availability below 0"):
        person("bo", availability=(-1, 0, 0, 0))
