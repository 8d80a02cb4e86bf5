"""Is the plan the best one, does it keep the rules, and does it move the right way?"""

from __future__ import annotations

import dataclasses
import random
from threading import Event

import pytest

from benchmarks import instances
from projects.kernel.staffing import verify
from projects.kernel.staffing.problem import (
    Level,
    Side,
    StaffingProblem,
    StaffingSolution,
    Weights,
)
from projects.kernel.staffing.solve import better_bound, solve
from teamhub.kernel.budget import Budget
from teamhub.kernel.outcome import Status
from tests.oracles import staffing_best, staffing_points
from tests.unit.projects.staffing_cases import (
    COVERAGE_ONLY,
    Notes,
    person,
    plan_of,
    problem,
    project,
    slot,
    solved,
    tiny,
)


def generated(seed: int, people: int = 8, projects: int = 2) -> StaffingProblem:
    return instances.problem_of(instances.generate(people, projects, 12, seed))


# --- oracle -------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(80))
def test_the_plan_is_as_good_as_the_best_of_all_plans(seed: int) -> None:
    given = tiny(seed, musts=seed % 3 == 0, limited=seed % 4 == 0)
    best = staffing_best(given)
    outcome = solved(given)
    if best is None:
        assert outcome.status is Status.INFEASIBLE
        assert outcome.core
        return
    assert outcome.status is Status.PROVEN
    assert outcome.objective == outcome.bound == best[0]
    assert staffing_points(given, plan_of(outcome)) == best[0]


# --- invariants ---------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
def test_a_plan_keeps_every_rule_and_stays_below_its_bound(seed: int) -> None:
    given = generated(seed)
    notes = Notes()
    outcome = solve(given, budget=Budget(0.4), seed=seed, report=notes)
    assert outcome.solution is not None
    assert outcome.objective is not None
    assert outcome.bound is not None
    assert verify.verify(given, outcome.solution) == []
    assert outcome.objective == verify.value(given, outcome.solution).objective
    assert outcome.objective <= outcome.bound
    objectives = [objective for _s, objective, _b in notes.points if objective is not None]
    assert objectives == sorted(objectives)
    assert objectives[-1] == outcome.objective
    assert all(bound >= outcome.objective for _s, _o, bound in notes.points if bound is not None)


def test_the_solve_ends_in_its_time() -> None:
    outcome = solve(generated(1, 20, 5), budget=Budget(0.5), seed=1)
    assert outcome.runtime_s < 2.0


def test_the_full_relaxation_bounds_the_best_plan() -> None:
    given = tiny(2)
    best = staffing_best(given)
    bound = better_bound(given, budget=Budget(2.0))
    assert best is not None
    assert bound is not None
    assert bound >= best[0]


# --- relations ----------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_people_and_slots_does_not_matter(seed: int) -> None:
    given, rng = tiny(seed), random.Random(seed)
    people = rng.sample(range(len(given.people)), len(given.people))
    slots = rng.sample(range(len(given.slots)), len(given.slots))
    where, who = {s: i for i, s in enumerate(slots)}, {p: i for i, p in enumerate(people)}
    shuffled = dataclasses.replace(
        given,
        people=tuple(given.people[p] for p in people),
        slots=tuple(given.slots[s] for s in slots),
        seats=tuple(tuple(where[s] for s in chain) for chain in given.seats),
        facts=tuple(
            dataclasses.replace(f, person=who[f.person], next_to=tuple(where[s] for s in f.next_to))
            for f in given.facts
        ),
        fit=None
        if given.fit is None
        else {(where[s], who[p]): v for (s, p), v in given.fit.items()},
        exclude=frozenset((where[s], who[p]) for s, p in given.exclude),
    )
    assert solved(shuffled).objective == solved(given).objective


@pytest.mark.parametrize("seed", range(5))
def test_doubling_every_weight_doubles_the_objective(seed: int) -> None:
    # Points that divide evenly: rounding would hide the relation.
    once = Weights(fit_by_surplus=(12, 24), same_site=6)
    twice = Weights(
        priority=200,
        fit_by_surplus=(24, 48),
        same_site=12,
        cost=2,
        continuity=30,
        overload=40,
    )
    given = dataclasses.replace(tiny(seed), fit=None)
    base = solved(dataclasses.replace(given, weights=once)).objective
    assert base is not None
    assert solved(dataclasses.replace(given, weights=twice)).objective == 2 * base


@pytest.mark.parametrize("seed", range(5))
def test_more_availability_never_hurts(seed: int) -> None:
    given = tiny(seed)
    more = dataclasses.replace(
        given,
        people=tuple(
            dataclasses.replace(p, availability=tuple(units + 3 for units in p.availability))
            for p in given.people
        ),
    )
    before, after = solved(given).objective, solved(more).objective
    assert before is not None
    assert after is not None
    assert after >= before


def test_equal_seeds_give_equal_plans() -> None:
    given = generated(3)
    first, second = (solve(given, budget=Budget(5.0), seed=7) for _ in range(2))
    assert first.status is Status.PROVEN
    assert first.solution == second.solution


# --- edges --------------------------------------------------------------------------------


def test_without_people_every_slot_stays_open() -> None:
    outcome = solved(problem(people=()))
    assert (outcome.status, outcome.objective, plan_of(outcome)) == (Status.PROVEN, 0, [-1])


def test_without_slots_there_is_nothing_to_do() -> None:
    outcome = solved(problem(slots=()))
    assert (outcome.status, outcome.objective, plan_of(outcome)) == (Status.PROVEN, 0, [])


def test_without_anything_there_is_an_empty_plan() -> None:
    outcome = solved(problem(people=(), projects=(), slots=(), n_weeks=0))
    assert outcome.status is Status.PROVEN


def test_one_person_takes_the_one_slot() -> None:
    # effort 10 x (100 priority + 18 for one level of surplus + 12 for the site)
    outcome = solved(problem())
    assert (outcome.objective, plan_of(outcome)) == (1300, [0])


def test_nobody_eligible_leaves_the_slot_open() -> None:
    outcome = solved(problem(people=(person(skills={}),)))
    assert (outcome.status, plan_of(outcome)) == (Status.PROVEN, [-1])


def test_a_must_fill_slot_that_nobody_can_take_is_infeasible_and_named() -> None:
    musts = (slot("easy", must_fill=True), slot("hard", must_fill=True, required={"law": 1}))
    outcome = solved(problem(slots=musts))
    assert outcome.status is Status.INFEASIBLE
    assert outcome.solution is None
    assert outcome.core == ("hard",)


def test_must_fill_slots_that_clash_are_named_and_others_are_not() -> None:
    musts = (
        slot("a", must_fill=True, fte=8),
        slot("b", must_fill=True, fte=8, phase="2"),
        slot("c", must_fill=True, start=2, end=3, phase="3"),
    )
    assert set(solved(problem(slots=musts)).core) == {"a", "b"}


def test_a_must_fill_slot_is_filled_even_at_a_loss() -> None:
    dear = person(rate=900)
    assert plan_of(solved(problem(people=(dear,)))) == [-1]
    assert plan_of(solved(problem(people=(dear,), slots=(slot(must_fill=True),)))) == [0]


def test_a_stop_returns_the_best_so_far() -> None:
    given, stop = generated(1, 30, 8), Event()
    outcome = solve(given, budget=Budget(20.0), report=Notes(stop), stop=stop)
    assert outcome.status is Status.STOPPED
    assert outcome.runtime_s < 2.0
    assert outcome.solution is not None
    assert verify.verify(given, outcome.solution) == []


def test_a_given_plan_is_a_start_as_far_as_it_fits() -> None:
    given = generated(2)
    start = plan_of(solve(given, budget=Budget(0.3)))
    worse = [p if s % 2 else -1 for s, p in enumerate(start)]
    stop = Event()
    notes = Notes(stop)
    solve(dataclasses.replace(given, start=tuple(start)), budget=Budget(5), report=notes, stop=stop)
    assert notes.points[0][1] == verify.value(given, StaffingSolution(tuple(start))).objective
    impossible = tuple(0 for _ in worse)
    outcome = solve(dataclasses.replace(given, start=impossible), budget=Budget(0.2))
    assert outcome.solution is not None


# --- each rule alone ----------------------------------------------------------------------


def two_slots(**second: object) -> tuple:
    return slot("s0"), slot("s1", **({"phase": "2"} | second))


def filled(**changes: object) -> int:
    plan = plan_of(solved(problem(weights=COVERAGE_ONLY, **changes)))
    return sum(p >= 0 for p in plan)


def test_a_level_counts_only_while_it_is_valid() -> None:
    def holds(*levels: Level) -> int:
        return filled(people=(person(skills={"ml": levels}),), slots=(slot(start=1, end=3),))

    assert holds(Level(3, 1, 3)) == 1
    assert holds(Level(3, 1, 2)) == 0
    assert holds(Level(3, 2)) == 0
    # Two records that meet cover the slot together.
    assert holds(Level(3, 0, 2), Level(2, 2)) == 1


def test_absence_in_one_week_rules_a_person_out() -> None:
    assert filled(people=(person(availability=(10, 4, 10, 10)),)) == 0


def test_one_person_does_not_exceed_their_week() -> None:
    assert filled(slots=two_slots(fte=5)) == 2
    assert filled(slots=two_slots(fte=6)) == 1
    assert filled(slots=two_slots(fte=6, start=2, end=4)) == 2


def test_max_projects_counts_projects_not_slots() -> None:
    two = (project("alpha"), project("beta"))
    single = (person(max_projects=1),)
    # Overlapping phases of one project: the y columns.
    assert filled(people=single, slots=two_slots()) == 2
    assert filled(people=single, projects=two, slots=two_slots(project=1)) == 1
    assert filled(people=single, projects=two, slots=two_slots(project=1, start=2, end=4)) == 2


def test_overlapping_phases_count_as_one_project_beside_another() -> None:
    slots = (
        slot("a1", phase="1", fte=2),
        slot("a2", phase="2", fte=2),
        slot("b", project=1, fte=2),
        slot("c", project=2, fte=2),
    )
    three = (project("alpha"), project("beta"), project("gamma"))
    assert filled(people=(person(max_projects=2),), projects=three, slots=slots) == 3


def test_who_builds_does_not_review_in_any_phase() -> None:
    slots = slot("b", side=Side.BUILD), slot("r", side=Side.REVIEW, phase="5", start=2, end=3)
    assert filled(slots=slots) == 1
    assert filled(slots=slots, people=(person(), person("bo"))) == 2


def test_a_person_takes_one_slot_of_a_phase() -> None:
    assert filled(slots=two_slots(phase="1", start=2, end=4)) == 1


def test_distant_sites_do_not_work_together() -> None:
    far = (person(utc_offset_minutes=8 * 60),)
    assert filled(people=far) == 0
    assert filled(people=(person(utc_offset_minutes=7 * 60),)) == 1
    anywhere = dataclasses.replace(COVERAGE_ONLY, max_offset_hours=None)
    assert plan_of(solved(problem(people=far, weights=anywhere))) == [0]


def test_a_budget_is_not_exceeded() -> None:
    paid = (person(rate=3),)
    # Each slot costs 3 x 5 x 2 weeks = 30.
    assert filled(people=paid, slots=two_slots(), projects=(project(budget=59),)) == 1
    assert filled(people=paid, slots=two_slots(), projects=(project(budget=60),)) == 2


def test_a_slot_may_be_more_urgent_than_its_project() -> None:
    clash = {"weights": COVERAGE_ONLY, "slots": two_slots(fte=6, priority=2)}
    assert plan_of(solved(problem(**clash))) == [-1, 0]


def test_no_more_placements_of_a_given_plan_change_than_allowed() -> None:
    # Bo costs a point more per unit and holds both slots.
    people = (person("ana"), person("bo", rate=1))
    held = {"people": people, "slots": two_slots(start=2, end=4), "start": (1, 1)}
    assert plan_of(solved(problem(**held))) == [0, 0]
    one = plan_of(solved(problem(**held, max_changes=1)))
    assert sorted(one) == [0, 1]
    assert plan_of(solved(problem(**held, max_changes=0))) == [1, 1]
    assert verify.verify(problem(**held, max_changes=1), StaffingSolution((0, 0)))


def test_an_excluded_pair_stays_apart() -> None:
    assert filled(exclude=frozenset({(0, 0)})) == 0


def test_a_seat_keeps_its_person() -> None:
    people = (person("ana"), person("bo", rate=1))
    slots = (slot("a", start=0, end=2), slot("b", phase="2", start=2, end=4))
    # Bo costs a point more per unit; Ana cannot take the second slot, so continuity decides.
    given = problem(people=people, slots=slots, seats=((0, 1),), exclude=frozenset({(1, 0)}))
    assert plan_of(solved(given)) == [1, 1]
    loose = dataclasses.replace(given, weights=Weights(continuity=0))
    assert plan_of(solved(loose)) == [0, 1]


def test_overload_costs_points_beyond_the_target() -> None:
    # 40 units available, target 34; 40 units of work, 6 above it.
    full = (slot("a", fte=10, start=0, end=4),)
    outcome = solved(problem(slots=full))
    assert outcome.objective == 40 * (100 + 18 + 12) - 20 * 6
