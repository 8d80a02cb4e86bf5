"""The rules of one question: pins, people kept apart, and few people who lose work."""

from __future__ import annotations

import dataclasses
import random
from random import Random

import numpy as np
import pytest

from projects.kernel.staffing import codec, job, verify
from projects.kernel.staffing.candidates import Candidates
from projects.kernel.staffing.explain import explain
from projects.kernel.staffing.ledger import Ledger
from projects.kernel.staffing.lns import Search
from projects.kernel.staffing.model import PlanModel
from projects.kernel.staffing.problem import (
    Fact,
    InvalidProblem,
    Rule,
    StaffingProblem,
    StaffingSolution,
)
from projects.kernel.staffing.tables import Tables
from teamhub.kernel.budget import Budget, Deadline
from teamhub.kernel.highs import solve_lp
from teamhub.kernel.outcome import Status
from tests.oracles import staffing_best, staffing_breaks, staffing_points
from tests.unit.projects.staffing_cases import (
    COVERAGE_ONLY,
    person,
    plan_of,
    problem,
    project,
    slot,
    solved,
    tiny,
)


def ruled(seed: int, *, musts: bool = False) -> StaffingProblem:
    """A tiny problem with a pin, a pair kept apart, and often a plan of which few may move."""
    rng = random.Random(1000 + seed)
    given = tiny(seed, musts=musts)
    pins = {(rng.randrange(5), rng.randrange(3)) for _ in range(rng.randint(0, 1))}
    everybody = [(0, 1), (2, 0), (1, 2)]
    apart = set(rng.sample(everybody, rng.randint(0, 2)))
    given = dataclasses.replace(given, pins=frozenset(pins - given.exclude), apart=frozenset(apart))
    if seed % 3 == 0:
        return given
    limited = dataclasses.replace(
        given,
        start=tuple(rng.choice([-1, 0, 1, 2]) for _ in given.slots),
        max_movers=rng.randint(0, 2),
        max_changes=rng.choice([None, None, 1, 2]),
    )
    return job.anchored(limited)


@pytest.mark.parametrize("seed", range(80))
def test_under_the_rules_the_plan_is_as_good_as_the_best_of_all_plans(seed: int) -> None:
    given = ruled(seed, musts=seed % 5 == 0)
    best, outcome = staffing_best(given), solved(given)
    if best is None:
        assert outcome.status is Status.INFEASIBLE
        return
    assert outcome.status is Status.PROVEN
    assert outcome.solution is not None
    assert outcome.objective == outcome.bound == best[0]
    assert staffing_points(given, plan_of(outcome)) == best[0]
    assert verify.verify(given, outcome.solution) == []


@pytest.mark.parametrize("seed", range(30))
def test_the_checker_agrees_with_the_naive_twin_under_the_rules(seed: int) -> None:
    given, rng = ruled(seed), random.Random(seed)
    plan = [rng.choice([-1, 0, 1, 2]) for _ in given.slots]
    built, broken = [-1] * len(plan), set()
    for s, p in enumerate(plan):
        if p >= 0:
            broken |= staffing_breaks(given, built, s, p)
            built[s] = p
    found = {v.rule for v in verify.verify(given, StaffingSolution(tuple(plan)))}
    ours = {Rule.APART, Rule.EXCLUDED}
    assert {rule.value for rule in found & ours} == broken & {rule.value for rule in ours}


@pytest.mark.parametrize("seed", range(30))
def test_search_and_prices_keep_the_rules(seed: int) -> None:
    given = ruled(seed)
    tables = Tables(given)
    base = Ledger(tables)
    candidates = Candidates.of(tables, base)
    if not candidates.n_pairs:
        return
    best = staffing_best(given)
    assert best is not None
    model = PlanModel(candidates, base, np.arange(candidates.n_pairs), split_continuity=True).model
    answer = solve_lp(model, method="ipm", seconds=2.0, threads=1, tolerance=1e-6)
    assert answer.bound is not None
    assert answer.bound >= best[0] - 1e-3
    ledger = base.copy()
    for s, p in enumerate(given.start or ()):
        if p >= 0:
            ledger.place(s, p)
    before = staffing_points(given, ledger.plan.tolist())
    Search(candidates, ledger, Random(seed), Deadline(Budget(0.1))).run(0.1)
    found = StaffingSolution(tuple(ledger.plan.tolist()))
    assert verify.verify(given, found) == []
    assert before <= staffing_points(given, list(found.assignment)) <= best[0]


def two_slots(**changes: object) -> StaffingProblem:
    """Two slots in two phases at once, and two people who could take each."""
    values: dict[str, object] = {
        "people": (person("ana"), person("ben")),
        "slots": (slot("a"), slot("b", phase="2", start=1, end=3)),
        "weights": COVERAGE_ONLY,
    }
    return problem(**(values | changes))


def test_people_kept_apart_never_meet_on_a_project_in_a_week() -> None:
    given = two_slots(apart=frozenset({(1, 0)}))
    broken = verify.verify(given, StaffingSolution((0, 1)))
    assert {(v.rule, v.person, v.week) for v in broken} == {
        (Rule.APART, 0, 1),
        (Rule.APART, 1, 1),
    }
    assert verify.verify(given, StaffingSolution((0, 0))) == []
    later = (slot("a"), slot("b", phase="2", start=2, end=4))
    assert verify.verify(dataclasses.replace(given, slots=later), StaffingSolution((0, 1))) == []
    projects = project(), project("beta")
    elsewhere = dataclasses.replace(
        given, projects=projects, slots=(slot("a"), slot("b", project=1, phase="2"))
    )
    assert verify.verify(elsewhere, StaffingSolution((0, 1))) == []


def test_a_fact_keeps_the_other_away_and_two_facts_are_inherited() -> None:
    facts = (Fact(person=0, project="alpha", phase="0", fte=1, start=1, end=2),)
    given = two_slots(apart=frozenset({(0, 1)}), facts=facts, slots=(slot("a", required={"x": 1}),))
    given = dataclasses.replace(
        given, people=(person("ana"), person("ben", skills={"x": 3})), n_weeks=4
    )
    (blocker,) = explain(given, StaffingSolution((-1,))).blockers
    assert blocker.rules == (Rule.APART,)
    assert [(near.person, near.weeks) for near in blocker.people] == [(1, (1,))]
    assert plan_of(solved(given)) == [-1]
    meeting = (*facts, dataclasses.replace(facts[0], person=1, phase="9"))
    both = dataclasses.replace(given, facts=meeting)
    assert {v.rule for v in verify.inherited(both)} == {Rule.APART}
    assert verify.verify(both, StaffingSolution((-1,))) == []


def test_a_pinned_slot_stays_open_when_its_person_cannot_take_it_and_says_why() -> None:
    people = person("ana"), person("ben", skills={"ml": 1})
    given = problem(people=people, pins=frozenset({(0, 1)}))
    assert plan_of(solved(given)) == [-1]
    (blocker,) = explain(given, StaffingSolution((-1,))).blockers
    assert blocker.rules == (Rule.SKILL,)
    assert blocker.failing == {Rule.SKILL: 1, Rule.EXCLUDED: 1}
    assert [near.person for near in blocker.people] == [1]
    (violation,) = verify.verify(given, StaffingSolution((0,)))
    assert (violation.rule, violation.person) == (Rule.EXCLUDED, 0)


def test_few_people_lose_work_but_each_of_them_may_lose_all() -> None:
    # Cleo is worth more in every slot; she may take all of one person's work, or none.
    people = person("ana"), person("ben"), person("cleo", availability=(20,) * 4, max_projects=9)
    slots = tuple(slot(f"s{n}", phase=str(n), fte=3) for n in range(4))
    fit = {(s, p): 9 if p == 2 else 1 for s in range(4) for p in range(3)}
    given = problem(people=people, slots=slots, fit=fit, start=(0, 0, 1, 1), max_movers=1)
    plan = plan_of(solved(given))
    assert sorted(plan) in ([0, 0, 2, 2], [1, 1, 2, 2])
    (violation,) = verify.verify(given, StaffingSolution((2, 0, 2, 1)))
    assert (violation.rule, violation.detail) == (Rule.CHANGE_BUDGET, "2 of 1 people")
    none = dataclasses.replace(given, max_movers=0)
    assert plan_of(solved(none)) == [0, 0, 1, 1]


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"pins": frozenset({(0, 5)})}, "pins: no pair of slot 0 and person 5"),
        ({"pins": frozenset({(0, 0), (0, 1)})}, "slot a: pinned to two people"),
        (
            {"pins": frozenset({(0, 1)}), "exclude": frozenset({(0, 1)})},
            "slot a: person ben is pinned and excluded",
        ),
        ({"apart": frozenset({(0, 9)})}, "apart: no pair of people 0 and 9"),
        ({"apart": frozenset({(1, 1)})}, "person ben: apart from themselves"),
        ({"max_movers": -1}, "problem: max_movers -1 is below 0"),
    ],
)
def test_rules_that_cannot_be_are_refused_by_name(
    changes: dict[str, object], complaint: str
) -> None:
    with pytest.raises(InvalidProblem) as refused:
        two_slots(**changes)
    assert str(refused.value) == complaint


def test_rules_survive_json_and_their_absence_leaves_the_text_as_it_was() -> None:
    given = two_slots(
        pins=frozenset({(0, 1)}), apart=frozenset({(1, 0)}), start=(1, -1), max_movers=1
    )
    text = codec.problem_to_json(given)
    again = codec.problem_from_json(text)
    assert (again.pins, again.max_movers) == (given.pins, 1)
    assert again.apart == frozenset({(0, 1)})
    assert codec.problem_to_json(again) == text
    assert not {"pins", "apart", "max_movers"} & set(codec.problem_to_json(two_slots()))
    with pytest.raises(InvalidProblem):
        codec.problem_from_json(text | {"apart": [[0, 1, 2]]})
