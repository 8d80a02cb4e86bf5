"""Does the checker find each breach, and count only what the plan adds?"""

from __future__ import annotations

import random
from typing import Any

import pytest

from projects.kernel.staffing import verify
from projects.kernel.staffing.problem import (
    Fact,
    Level,
    Rule,
    Side,
    StaffingProblem,
    StaffingSolution,
)
from tests.oracles import staffing_breaks, staffing_points
from tests.unit.projects.staffing_cases import person, problem, project, slot, tiny


def found(given: StaffingProblem, *plan: int) -> list[tuple[Rule, int | None]]:
    return [(v.rule, v.week) for v in verify.verify(given, StaffingSolution(plan))]


def test_a_clean_plan_has_no_violation() -> None:
    assert found(problem(), 0) == []


def test_a_plan_of_the_wrong_length_is_refused() -> None:
    assert len(found(problem(), 0, 0)) == 1


@pytest.mark.parametrize(
    ("changes", "breach"),
    [
        ({"people": (person(skills={"ml": 1}),)}, (Rule.SKILL, None)),
        ({"people": (person(skills={"ml": (Level(3, 1),)}),)}, (Rule.VALIDITY, None)),
        ({"people": (person(utc_offset_minutes=500),)}, (Rule.DISTANCE, None)),
        ({"people": (person(availability=(10, 4, 10, 10)),)}, (Rule.AVAILABILITY, 1)),
        ({"people": (person(max_projects=0),)}, (Rule.MAX_PROJECTS, 0)),
        ({"exclude": frozenset({(0, 0)})}, (Rule.EXCLUDED, None)),
        ({"people": (person(rate=1),), "projects": (project(budget=9),)}, (Rule.BUDGET, None)),
    ],
)
def test_each_rule_about_one_slot_is_checked(changes: dict[str, Any], breach: Any) -> None:
    assert breach in found(problem(**changes), 0)


def test_each_rule_between_slots_is_checked() -> None:
    other = {"phase": "2", "start": 1, "end": 3}
    both = (slot("a", fte=6), slot("b", fte=5, **other))
    assert found(problem(slots=both), 0, 0) == [(Rule.CAPACITY, 1)]
    assert found(problem(slots=(slot("a", fte=2), slot("b", fte=2))), 0, 0) == [
        (Rule.ONE_PER_PHASE, None)
    ]
    sides = slot("a", side=Side.BUILD), slot("b", side=Side.REVIEW, phase="2", start=2, end=3)
    assert found(problem(slots=sides), 0, 0) == [(Rule.INDEPENDENCE, None)]


def test_an_open_must_fill_slot_is_a_violation() -> None:
    assert found(problem(slots=(slot(must_fill=True),)), -1) == [(Rule.MUST_FILL, None)]


def test_a_violation_names_person_week_and_project() -> None:
    given = problem(people=(person(availability=(10, 0, 10, 10)),))
    (violation,) = [
        v for v in verify.verify(given, StaffingSolution((0,))) if v.rule is Rule.AVAILABILITY
    ]
    assert (violation.person, violation.project, violation.slot, violation.week) == (
        0,
        "alpha",
        0,
        1,
    )


def test_breaches_of_facts_are_inherited_and_not_violations() -> None:
    twice = tuple(
        Fact(person=0, project=key, phase="1", fte=8, start=0, end=1) for key in ("x", "y")
    )
    sides = tuple(
        Fact(person=0, project="z", phase=str(side), fte=0, start=-2, end=-1, side=side)
        for side in (Side.BUILD, Side.REVIEW)
    )
    given = problem(facts=(*twice, *sides), slots=(slot(start=2, end=4),))
    rules = {(v.rule, v.week) for v in verify.inherited(given)}
    assert rules == {(Rule.CAPACITY, 0), (Rule.INDEPENDENCE, None)}
    assert found(given, 0) == []


def test_what_the_plan_adds_to_a_breach_of_facts_is_a_violation() -> None:
    over = Fact(person=0, project="x", phase="1", fte=12, start=0, end=1)
    assert found(problem(facts=(over,)), 0) == [(Rule.CAPACITY, 0)]


def test_what_facts_spend_is_gone() -> None:
    # The fact spends 6 x 2 weeks, the slot 5 x 2.
    spent = Fact(person=0, project="alpha", phase="0", fte=6, start=-2, end=0)
    paid = {"people": (person(rate=1),), "facts": (spent,)}
    assert found(problem(projects=(project(budget=22),), **paid), 0) == []
    assert found(problem(projects=(project(budget=21),), **paid), 0) == [(Rule.BUDGET, None)]


def test_overload_of_facts_is_not_charged_to_the_plan() -> None:
    # 40 units in four weeks, target 34. The fact takes 36, the slot 4 more: all of it overload.
    busy = Fact(person=0, project="x", phase="1", fte=9, start=0, end=4)
    given = problem(facts=(busy,), slots=(slot(fte=1, start=0, end=4),))
    assert verify.value(given, StaffingSolution((0,))).overload == 20 * 4
    assert verify.value(given, StaffingSolution((-1,))).overload == 0


@pytest.mark.parametrize("seed", range(40))
def test_it_agrees_with_the_naive_twin_on_any_plan(seed: int) -> None:
    given, rng = tiny(seed), random.Random(seed)
    plan = [rng.choice([-1, 0, 1, 2]) for _ in given.slots]
    built, clean = [-1] * len(plan), True
    for s, p in enumerate(plan):
        if p >= 0:
            clean = clean and not staffing_breaks(given, built, s, p)
            built[s] = p
    solution = StaffingSolution(tuple(plan))
    assert (verify.verify(given, solution) == []) is clean
    if clean:
        assert verify.value(given, solution).objective == staffing_points(given, plan)
