"""Does the named rule really stand in the way, and do the points add up?"""

from __future__ import annotations

import pytest

from benchmarks import instances
from projects.kernel.staffing import verify
from projects.kernel.staffing.explain import Reason, explain
from projects.kernel.staffing.problem import Fact, Level, Rule, Side, StaffingSolution
from projects.kernel.staffing.solve import solve
from teamhub.kernel.budget import Budget
from tests.oracles import staffing_freed
from tests.unit.projects.staffing_cases import person, plan_of, problem, project, slot, tiny


@pytest.mark.parametrize("seed", range(20))
def test_lifting_the_named_rules_frees_somebody_and_no_fewer_rules_would(seed: int) -> None:
    given = instances.problem_of(instances.generate(9, 2, 14, seed))
    plan = plan_of(solve(given, budget=Budget(0.1), seed=seed))
    reasons = explain(given, StaffingSolution(tuple(plan)))
    assert {b.slot for b in reasons.blockers} == {s for s, p in enumerate(plan) if p < 0}
    for blocker in reasons.blockers:
        s, rules = blocker.slot, [rule.value for rule in blocker.rules]
        if blocker.reason is Reason.NOT_WORTH_IT:
            assert staffing_freed(given, plan, s, ())
            continue
        assert blocker.reason is Reason.BLOCKED
        freed = staffing_freed(given, plan, s, rules)
        assert freed
        assert {near.person for near in blocker.people} <= set(freed)
        for rule in rules:
            assert not staffing_freed(given, plan, s, [one for one in rules if one != rule])
        for rule in Rule:
            assert blocker.frees.get(rule, 0) == len(staffing_freed(given, plan, s, [rule.value]))


@pytest.mark.parametrize("seed", range(20))
def test_the_named_rule_is_right_beside_facts_and_short_skills(seed: int) -> None:
    given = tiny(seed)
    plan = plan_of(solve(given, budget=Budget(0.5), seed=seed))
    for blocker in explain(given, StaffingSolution(tuple(plan))).blockers:
        rules = [rule.value for rule in blocker.rules]
        assert staffing_freed(given, plan, blocker.slot, rules)
        assert (blocker.reason is Reason.NOT_WORTH_IT) == (not rules)


def test_scores_and_overload_add_up_to_the_objective() -> None:
    given = instances.problem_of(instances.generate(9, 2, 14, 5))
    outcome = solve(given, budget=Budget(0.2))
    assert outcome.solution is not None
    reasons = explain(given, outcome.solution)
    total = sum(score.total for score in reasons.scores) - sum(reasons.overload.values())
    assert total == outcome.objective
    worth = verify.value(given, outcome.solution)
    assert sum(score.money for score in reasons.scores) == worth.money


BUILD_FACT = Fact(person=0, project="alpha", phase="0", fte=0, start=0, end=0, side=Side.BUILD)


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        (Rule.SKILL, {"people": (person(skills={"ml": 1}),)}),
        (Rule.VALIDITY, {"people": (person(skills={"ml": (Level(3, 0, 1),)}),)}),
        (Rule.DISTANCE, {"people": (person(utc_offset_minutes=-600),)}),
        (Rule.EXCLUDED, {"exclude": frozenset({(0, 0)})}),
        (Rule.AVAILABILITY, {"people": (person(availability=(10, 0, 10, 10)),)}),
        (Rule.CAPACITY, {"facts": (Fact(0, "x", "1", 6, 1, 3),)}),
        (
            Rule.MAX_PROJECTS,
            {"facts": (Fact(0, "x", "1", 1, 1, 3),), "people": (person(max_projects=1),)},
        ),
        (Rule.INDEPENDENCE, {"facts": (BUILD_FACT,), "slots": (slot(side=Side.REVIEW),)}),
        (Rule.ONE_PER_PHASE, {"facts": (Fact(0, "alpha", "1", 0, 0, 0),)}),
        (Rule.BUDGET, {"people": (person(rate=1),), "projects": (project(budget=9),)}),
    ],
)
def test_each_rule_is_named_where_it_alone_blocks(rule: Rule, changes: dict) -> None:
    (blocker,) = explain(problem(**changes), StaffingSolution((-1,))).blockers
    assert blocker.blocking_rule is rule
    assert blocker.reason is Reason.BLOCKED
    assert blocker.failing == {rule: 1}
    assert [near.person for near in blocker.people] == [0]


def test_weeks_and_levels_of_a_blocker_are_told() -> None:
    given = problem(
        people=(person(availability=(10, 0, 10, 10)), person("bo", skills={"ml": 1})),
        slots=(slot(end=3),),
    )
    (blocker,) = explain(given, StaffingSolution((-1,))).blockers
    assert blocker.blocking_rule is Rule.AVAILABILITY
    assert blocker.people[0].weeks == (1,)
    (supply,) = blocker.supply
    assert (supply.skill, supply.level, supply.have, supply.valid) == ("ml", 2, 1, 1)
    assert blocker.frees == {Rule.SKILL: 1, Rule.AVAILABILITY: 1}


def test_two_rules_are_named_where_one_is_not_enough() -> None:
    given = problem(people=(person(skills={}, utc_offset_minutes=-600),))
    (blocker,) = explain(given, StaffingSolution((-1,))).blockers
    assert blocker.rules == (Rule.SKILL, Rule.DISTANCE)
    assert blocker.blocking_rule is None


def test_a_feasible_person_who_costs_more_than_they_bring_is_not_worth_it() -> None:
    given = problem(people=(person(rate=900),))
    (blocker,) = explain(given, StaffingSolution((-1,))).blockers
    # 10 units x (100 + 18 + 12 - 900)
    assert (blocker.reason, blocker.gain) == (Reason.NOT_WORTH_IT, -7700)


def test_a_plan_that_forgot_somebody_says_so() -> None:
    (blocker,) = explain(problem(), StaffingSolution((-1,))).blockers
    assert (blocker.reason, blocker.gain) == (Reason.NOT_REACHED, 1300)


def test_without_people_there_is_nobody_to_free() -> None:
    (blocker,) = explain(problem(people=()), StaffingSolution((-1,))).blockers
    assert (blocker.reason, blocker.rules) == (Reason.NOBODY, ())
