"""Is the gain of each relaxation what two solves of the whole problem say it is?"""

from __future__ import annotations

import json
from dataclasses import replace
from threading import Event
from typing import Any

import pytest

from benchmarks import instances
from projects.kernel.staffing import changes, greedy, relaxations, verify
from projects.kernel.staffing.candidates import Candidates
from projects.kernel.staffing.ledger import Ledger
from projects.kernel.staffing.problem import (
    Fact,
    InvalidProblem,
    Side,
    StaffingProblem,
    StaffingSolution,
)
from projects.kernel.staffing.repair import Repaired, Standing
from projects.kernel.staffing.tables import Tables
from teamhub.kernel.budget import Budget, Deadline
from teamhub.kernel.outcome import Outcome, Status
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

Json = dict[str, Any]


def proven(given: StaffingProblem) -> Outcome[StaffingSolution]:
    outcome = solved(given)
    assert outcome.status is Status.PROVEN
    return outcome


def answer(given: StaffingProblem, plan: list[int], **params: Any) -> Json:
    found = relaxations.answer(given, tuple(plan), params, Deadline(Budget(20.0)), 0, Notes())
    return json.loads(json.dumps(found))


def applied(given: StaffingProblem, idea: Json) -> StaffingProblem:
    return changes.apply(given, [changes.from_json(change) for change in idea["changes"]])


def by_hand(given: StaffingProblem) -> list[int]:
    tables = Tables(given)
    ledger = Ledger(tables)
    greedy.by_hand(Candidates.of(tables, ledger), ledger)
    return [int(p) for p in ledger.plan]


def of_kind(found: Json, kind: str) -> list[Json]:
    return [idea for idea in found["ideas"] if idea["changes"][0]["kind"] == kind]


@pytest.mark.parametrize(
    ("seed", "kinds"),
    [
        (7, {"hire", "lower", "train"}),
        (17, {"hire", "more_projects", "shift"}),
        (18, {"budget", "hire", "shift"}),
        (21, {"budget", "hire", "lower"}),
    ],
)
def test_a_gain_is_the_difference_of_two_proven_solves_of_a_small_problem(
    seed: int, kinds: set[str]
) -> None:
    given = tiny(seed)
    outcome = proven(given)
    plan = plan_of(outcome)
    found = answer(given, plan, top=20)
    assert {idea["changes"][0]["kind"] for idea in found["ideas"]} == kinds
    assert not found["estimate"]
    assert found["base"]["objective"] == outcome.objective
    assert found["base"]["open"] == plan.count(-1)
    for idea in found["ideas"]:
        changed = proven(applied(given, idea)).objective
        assert changed is not None
        assert outcome.objective is not None
        assert idea["gain"] == changed - outcome.objective > 0
        assert idea["fills"]
    gains = [idea["gain"] for idea in found["ideas"]]
    assert gains == sorted(gains, reverse=True)


def scarce(**changed: Any) -> StaffingProblem:
    """Law at level 4 is asked for in weeks 1 to 4 by two slots in turn; nobody holds it."""
    values: dict[str, Any] = {
        "people": (person("ana", availability=(100,) * 4, rate=3),),
        "slots": (
            slot("s0", required={"law": 4}, fte=42, start=1, end=3),
            slot("s1", required={"law": 3}, fte=31, start=3, end=4, phase="2"),
        ),
        "units_per_fte": 100,
    }
    return problem(**(values | changed))


def test_a_hire_fills_its_slots_with_the_least_share_in_the_weeks_that_need_it() -> None:
    given = scarce()
    (idea,) = of_kind(answer(given, [-1, -1]), "hire")
    (hire,) = idea["changes"]
    assert (hire["skills"], hire["fte"], hire["start"], hire["end"]) == ({"law": 4}, 45, 1, 4)
    assert hire["rate"] == 3
    outcome = proven(applied(given, idea))
    filled = [given.slots[s].key for s, p in enumerate(plan_of(outcome)) if p >= 0]
    assert filled == idea["fills"] == ["s0", "s1"]
    assert outcome.objective == idea["gain"]
    assert idea["coverage_share"] == 1.0
    assert idea["money"] == 3 * (42 * 2 + 31)
    less = applied(given, idea | {"changes": [hire | {"fte": 40}]})
    assert plan_of(proven(less))[0] == -1


def test_a_training_ends_before_the_slot_begins_and_names_each_skill() -> None:
    given = scarce(people=(person("ana", skills={"law": 3}, availability=(100,) * 4),))
    outcome = proven(given)
    (idea,) = of_kind(answer(given, plan_of(outcome)), "train")
    assert idea["changes"] == [
        {"kind": "train", "person": "ana", "skill": "law", "level": 4, "from_week": 1}
    ]
    assert idea["fills"] == ["s0"]


def test_a_raised_budget_is_the_least_that_pays_for_the_plan() -> None:
    given = problem(people=(person(rate=2),), projects=(project(budget=19),), weights=COVERAGE_ONLY)
    (idea,) = of_kind(answer(given, [-1]), "budget")
    assert idea["changes"] == [{"kind": "budget", "project": "alpha", "amount": 20}]
    assert plan_of(proven(applied(given, idea))) == [0]


def test_a_phase_that_runs_into_the_next_takes_it_along() -> None:
    away = (0, 10, 10, 10)
    given = problem(
        people=(person("ana", availability=away), person("bob", skills={"law": 3})),
        slots=(
            slot("s0", start=0, end=2),
            slot("s1", start=2, end=3, phase="2", required={"law": 1}),
        ),
    )
    (idea,) = of_kind(answer(given, [-1, 1]), "shift")
    assert [(c["phase"], c["weeks"]) for c in idea["changes"]] == [("1", 1), ("2", 1)]
    assert idea["fills"] == ["s0"]
    fixed = Fact(1, "alpha", "2", fte=1, start=2, end=3)
    confirmed = answer(problem(**fields(given) | {"facts": (fixed,)}), [-1, -1])
    assert not of_kind(confirmed, "shift")


def fields(given: StaffingProblem) -> Json:
    return {name: getattr(given, name) for name in ("people", "slots")}


def test_among_five_ideas_no_kind_has_two_for_the_same_skills_nor_more_than_three() -> None:
    given = instances.problem_of(instances.generate(24, 4, 16, 1))
    plan = by_hand(given)
    found = answer(given, plan, top=5)
    assert found["estimate"]
    assert len(found["ideas"]) == 5
    skills = {slot.key: tuple(sorted(slot.required)) for slot in given.slots}
    names = [
        (c["kind"], tuple(sorted(c["skills"])) if c["kind"] == "hire" else skills[idea["fills"][0]])
        for idea in found["ideas"]
        for c in idea["changes"][:1]
    ]
    hires = [name for name in names if name[0] == "hire"]
    assert len(set(hires)) == len(hires) <= 3
    assert len({kind for kind, _skills in names}) > 1
    open_now = {slot.key for slot, p in zip(given.slots, plan, strict=True) if p < 0}
    assert all(set(idea["fills"]) <= open_now for idea in found["ideas"])


def test_a_neighbourhood_keeps_all_else_and_its_points_are_those_of_the_whole_plan() -> None:
    given = instances.problem_of(instances.generate(24, 4, 16, 3))
    standing = Standing(given, by_hand(given))
    freed = standing.around(standing.open[:2], most=20)
    assert len(freed) < len(given.slots)
    without = standing.resolve(freed, deadline=Deadline(Budget(9.0)), seconds=5.0)
    assert without is not None
    for change in (
        changes.Hire((("ml", 5), ("python", 5)), 10, 0, 16),
        changes.Lower(given.slots[standing.open[0]].key, "ml", 0),
    ):
        new = changes.apply(given, [change])
        after = Standing(new, standing.plan).resolve(
            freed, deadline=Deadline(Budget(9.0)), seconds=5.0, start=without.plan
        )
        assert after is not None
        assert {s for s, p in enumerate(after.plan) if p != standing.plan[s]} <= set(freed)
        assert verify.verify(new, StaffingSolution(after.plan)) == []
        gained = verify.value(new, StaffingSolution(after.plan)).objective
        gained -= verify.value(given, StaffingSolution(without.plan)).objective
        assert gained == after.points - without.points >= 0


def test_work_that_breaks_a_rule_stays_and_an_open_must_fill_slot_is_no_obstacle() -> None:
    given = problem(
        people=(person("ana", availability=(6,) * 4), person("bob", skills={"law": 1})),
        slots=(
            slot("s0", fte=5),
            slot("s1", fte=5, phase="2"),
            slot("s2", phase="3", required={"law": 2}, must_fill=True, start=2, end=4),
        ),
    )
    standing = Standing(given, [0, 0, -1])
    assert standing.movable(range(3)) == (0, 1, 2)
    assert Standing(given, [1, 0, -1]).movable(range(3)) == (1, 2)
    found = answer(given, [1, 0, -1])
    assert {"lower", "train", "hire"} <= {i["changes"][0]["kind"] for i in found["ideas"]}
    assert all("s2" in idea["fills"] for idea in of_kind(found, "train"))


def test_what_a_solve_without_the_change_might_still_find_is_no_gain(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = scarce()
    (before,) = answer(given, [-1, -1])["ideas"]
    resolve = Standing.resolve

    def hurried(self: Standing, *args: Any, **options: Any) -> Repaired | None:
        found = resolve(self, *args, **options)
        own = len(self.problem.people) == len(given.people)
        return replace(found, slack=1000.0) if found is not None and own else found

    monkeypatch.setattr(Standing, "resolve", hurried)
    (after,) = answer(given, [-1, -1])["ideas"]
    assert after["gain"] == before["gain"] - 1000


def test_what_cannot_be_asked_is_named() -> None:
    for top in (0, 21, "5", True):
        with pytest.raises(InvalidProblem, match="top"):
            answer(problem(), [-1], top=top)
    with pytest.raises(InvalidProblem, match="plan: one person per slot"):
        answer(problem(), [])
    with pytest.raises(InvalidProblem, match="plan: holds a person"):
        answer(problem(), [7])


def test_a_full_or_stopped_or_empty_question_has_no_ideas() -> None:
    assert answer(problem(), [0])["ideas"] == []
    assert answer(problem(slots=()), [])["base"] == {
        "objective": 0,
        "coverage_share": 1.0,
        "open": 0,
    }
    nobody = answer(problem(people=()), [-1])
    assert [idea["changes"][0]["kind"] for idea in nobody["ideas"]] == ["hire"]
    stop = Event()
    stop.set()
    late = Deadline(Budget(9.0), stop)
    found = relaxations.answer(scarce(), (-1, -1), {}, late, 0, Notes())
    assert (found["ideas"], found["tried"]) == ([], 0)


def test_one_more_project_at_once_is_offered_to_whom_only_that_rule_stops() -> None:
    busy = Fact(person=0, project="elsewhere", phase="1", fte=1, start=0, end=4, side=Side.OTHER)
    given = problem(people=(person(max_projects=1),), facts=(busy,))
    (idea,) = of_kind(answer(given, [-1]), "more_projects")
    assert idea["changes"] == [{"kind": "more_projects", "person": "ana", "max_projects": 2}]
    assert plan_of(proven(applied(given, idea))) == [0]
