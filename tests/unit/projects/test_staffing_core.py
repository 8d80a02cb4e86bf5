"""Is what the core names really a clash, and is every part of it needed?"""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from benchmarks import instances
from projects.kernel.staffing import core
from projects.kernel.staffing.clash import Group
from projects.kernel.staffing.ledger import Ledger
from projects.kernel.staffing.problem import Fact, InvalidProblem, Rule, Side, StaffingProblem
from projects.kernel.staffing.tables import Tables
from teamhub.kernel.budget import Budget, Deadline, Silence
from tests.oracles import staffing_fillable
from tests.unit.projects.staffing_cases import person, problem, project, slot, tiny

PERSONAL = ("capacity", "max_projects", "independence", "one_per_phase")


def ask(given: StaffingProblem, seconds: float = 30.0, **params: object) -> dict:
    nobody = (-1,) * len(given.slots)
    return core.answer(given, nobody, params, Deadline(Budget(seconds)), 0, Silence())


def fillable(given: StaffingProblem, groups: list[Group]) -> bool:
    pairs = sorted(given.apart)
    apart = frozenset(pairs[g.number] for g in groups if g.rule is Rule.APART)
    given = replace(given, apart=apart)
    slots = [g.number for g in groups if g.rule is Rule.MUST_FILL]
    people: set[tuple[str, int]] = {
        (g.rule.value, g.number) for g in groups if g.rule.value in PERSONAL
    }
    budgets = {g.number for g in groups if g.rule is Rule.BUDGET}
    return staffing_fillable(given, slots, people, budgets)


def clashing(seed: int) -> tuple[StaffingProblem, list[int]]:
    """A small problem and slots of it that somebody suits; people are short of time or not."""
    given = tiny(seed)
    if seed % 2:
        people = tuple(
            replace(who, availability=(40,) * given.n_weeks, max_projects=1, utc_offset_minutes=0)
            for who in given.people[: 1 + seed % 3]
        )
        given = replace(
            given,
            people=people,
            facts=tuple(fact for fact in given.facts if fact.person < len(people)),
            exclude=frozenset(),
            fit=None,
        )
    if seed % 4 == 3 and len(given.people) > 1:
        given = replace(given, apart=frozenset({(0, 1)}))
    tables = Tables(given)
    return given, [s for s in range(5) if len(tables.suited(s))]


def test_a_core_clashes_and_nothing_in_it_can_be_left_out() -> None:
    named = set()
    for seed in range(80):
        given, slots = clashing(seed)
        found = core.smallest(Ledger(Tables(given)), slots, Deadline(Budget(30.0)))
        everybody = set(product(PERSONAL, range(3)))
        assert (found.groups == ()) == staffing_fillable(given, slots, everybody, {0, 1})
        assert found.minimal
        assert found.known
        groups = list(found.groups)
        if not groups:
            continue
        assert not fillable(given, groups)
        for one in groups:
            assert fillable(given, [other for other in groups if other != one])
        if len(groups) > 1:
            named |= {group.rule for group in groups}
    assert named == {Rule.MUST_FILL, Rule.BUDGET, Rule.APART, *map(Rule, PERSONAL)}


def test_the_core_of_a_larger_problem_is_minimal_by_the_same_check() -> None:
    given = instances.problem_of(instances.generate(8, 2, 10, 2))
    ledger = Ledger(Tables(given))
    slots = [s for s in range(len(given.slots)) if len(ledger.tables.suited(s))]
    found = core.smallest(ledger, slots, Deadline(Budget(30.0)))
    groups = list(found.groups)
    assert found.minimal
    assert 1 < len(groups) < 25
    assert not fillable(given, groups)
    for one in groups:
        assert fillable(given, [other for other in groups if other != one])


def test_two_slots_for_one_person_at_once_are_told_in_people_and_slots() -> None:
    slots = (
        slot("a", must_fill=True, fte=6),
        slot("b", must_fill=True, fte=6, phase="2", start=1, end=3),
        slot("c", must_fill=True, required={"law": 1}, phase="3", fte=1),
    )
    told = ask(problem(people=(person(), person("bo", skills={"law": 1})), slots=slots))
    assert told == {
        "feasible": False,
        "alone": [],
        "rest_feasible": False,
        "slots": ["a", "b"],
        "people": [{"person": "ana", "rule": "capacity"}],
        "projects": [],
        "minimal": True,
        "sentence_parts": {
            "n_slots": 2,
            "n_people": 1,
            "slots": [
                {"slot": "a", "suited": 1, "people": ["ana"]},
                {"slot": "b", "suited": 1, "people": ["ana"]},
            ],
        },
        "rest": ["c"],
    }
    assert ask(problem(slots=slots), slots=["a"])["feasible"]


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("max_projects", {"projects": (project(), project("beta"))}),
        ("independence", {"facts": (Fact(0, "alpha", "0", 0, 0, 0, side=Side.BUILD),)}),
        ("one_per_phase", {"facts": (Fact(0, "alpha", "1", 0, 0, 0),)}),
        ("capacity", {"facts": (Fact(0, "x", "1", 6, 1, 3),)}),
        ("budget", {"projects": (project(budget=9),)}),
    ],
)
def test_each_rule_is_named_where_it_clashes(rule: str, changes: dict) -> None:
    slots = [slot(must_fill=True, side=Side.REVIEW)]
    if rule == "max_projects":
        slots.append(slot("s1", project=1, must_fill=True))
    given = problem(
        people=(person(rate=1, max_projects=1 if rule == "max_projects" else 3),),
        slots=tuple(slots),
        **changes,
    )
    told = ask(given)
    alone = [row for one in told["alone"] for row in one["of_holders"]]
    rules = [row["rule"] for row in [*told["people"], *told["projects"], *alone]]
    assert (rules, told["feasible"], told["minimal"]) == ([rule], False, True)


def test_two_who_are_kept_apart_are_told_as_a_pair() -> None:
    given = problem(
        people=(person(), person("bo", skills={"law": 1})),
        slots=(slot("a", must_fill=True), slot("b", must_fill=True, required={"law": 1})),
        apart=frozenset({(1, 0)}),
    )
    told = ask(given)
    assert told["people"] == [{"rule": "apart", "person": "ana", "beside": "bo"}]
    assert (told["slots"], told["minimal"]) == (["a", "b"], True)


def test_all_slots_that_nobody_can_take_come_before_the_clash_of_the_rest() -> None:
    asked = [
        slot("law", must_fill=True, required={"law": 1}),
        slot("a", must_fill=True, fte=6, phase="2"),
        slot("full", must_fill=True, fte=9, phase="3", start=2, end=4),
        slot("b", must_fill=True, fte=6, phase="4"),
        slot("c", must_fill=True, fte=1, phase="5"),
        slot("may", phase="6"),
    ]
    busy = Fact(person=0, project="x", phase="1", fte=8, start=3, end=4)
    told = ask(problem(slots=tuple(asked), facts=(busy,)))

    law, full = told["alone"]
    assert (law["slot"], law["holders"], law["skills"][0]["have"]) == ("law", 0, 0)
    assert (full["slot"], full["holders"]) == ("full", 1)
    assert full["of_holders"] == [{"rule": "capacity", "count": 1, "weeks": [3]}]
    assert (told["feasible"], told["rest_feasible"]) == (False, False)
    assert (told["slots"], told["rest"]) == (["a", "b"], ["c"])

    left = ask(problem(slots=tuple(asked), facts=(busy,)), slots=["law", *told["rest"]])
    assert (left["feasible"], left["rest_feasible"], left["slots"]) == (False, True, [])


def test_without_must_fill_slots_everything_is_feasible() -> None:
    assert ask(problem())["feasible"] is True


def test_without_time_nothing_is_claimed() -> None:
    slots = tuple(slot(name, must_fill=True, fte=6) for name in "ab")
    told = ask(problem(slots=slots), seconds=1e-9)
    assert (told["feasible"], told["minimal"]) in {(None, False), (False, False), (False, True)}


def test_an_unknown_slot_is_refused() -> None:
    with pytest.raises(InvalidProblem, match="slot s9: the problem has none by this key"):
        ask(problem(), slots=["s9"])
