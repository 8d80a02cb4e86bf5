"""Does a job survive the way through JSON, and does its result say all that a page needs?"""

from __future__ import annotations

import json
from dataclasses import replace
from threading import Event

import pytest

from benchmarks import instances
from projects.kernel.staffing import codec, job, verify
from projects.kernel.staffing.problem import Fact, InvalidProblem
from projects.kernel.staffing.solve import BrokenPlan
from tests.unit.projects.staffing_cases import Notes, person, problem, slot, solved, tiny


def through_json(value: object) -> dict:
    return json.loads(json.dumps(value))


@pytest.mark.parametrize("seed", range(5))
def test_a_problem_survives_json(seed: int) -> None:
    given = tiny(seed, musts=True, limited=True)
    text = codec.problem_to_json(given)
    assert codec.problem_from_json(through_json(text)) == given
    again = codec.problem_to_json(codec.problem_from_json(through_json(text)))
    assert json.dumps(again) == json.dumps(text)


def test_a_plan_survives_json() -> None:
    given = tiny(1)
    solution = solved(given).solution
    assert solution is not None
    data = through_json(codec.solution_to_json(given, solution))
    assert codec.solution_from_json(given, data) == solution


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"schema": 2}, "schema 2"),
        ({"people": [{"key": "x"}]}, "lacks 'skills'"),
        ({"projects": [{"colour": "red"}]}, "colour"),
    ],
)
def test_a_bad_problem_is_refused(change: dict, complaint: str) -> None:
    with pytest.raises(InvalidProblem, match=complaint):
        codec.problem_from_json(codec.problem_to_json(problem()) | change)


def test_a_plan_with_unknown_keys_is_refused() -> None:
    with pytest.raises(InvalidProblem, match="no slot nowhere"):
        codec.solution_from_json(problem(), {"nowhere": None})
    with pytest.raises(InvalidProblem, match="no person nobody for slot s0"):
        codec.solution_from_json(problem(), {"s0": "nobody"})


def test_a_job_answers_with_plan_scores_blockers_and_curve() -> None:
    given = instances.problem_of(instances.generate(8, 2, 12, 4))
    data = through_json(codec.problem_to_json(given))
    notes = Notes()
    result = job.run({"problem": data, "seconds": 1, "seed": 3}, notes, Event())
    assert json.loads(json.dumps(result)) == result
    assert result["outcome"] in {"proven", "feasible"}
    plan = {row["slot"]: row["person"] for row in result["assignment"]}
    solution = codec.solution_from_json(given, plan)
    assert verify.verify(given, solution) == []
    assert verify.value(given, solution).objective == result["objective"] <= result["bound"]
    assert {row["slot"] for row in result["scores"]} == set(plan)
    assert {row["slot"] for row in result["blockers"]} == {x.key for x in given.slots} - set(plan)
    assert 0 < result["coverage_share"] <= 1
    assert len(notes.points) == len(result["trace"])
    # The first plan is put aside whole, for whoever cannot wait for the end.
    assert notes.aside[0].keys() == result.keys()
    assert notes.aside[0]["outcome"] == "stopped"
    assert notes.aside[0]["objective"] == notes.points[0][1] <= result["objective"]
    assert result["inherited"] == []


def test_an_infeasible_job_names_its_core_and_why() -> None:
    given = problem(
        slots=(slot("must", must_fill=True, required={"law": 1}), slot("other", phase="2"))
    )
    result = job.run({"problem": codec.problem_to_json(given)}, Notes(), Event())
    assert (result["outcome"], result["core"]) == ("infeasible", ["must"])
    assert [(row["slot"], row["blocking_rule"]) for row in result["blockers"]] == [
        ("must", "skill")
    ]
    # The rest is planned all the same.
    assert [row["slot"] for row in result["assignment"]] == ["other"]


@pytest.mark.parametrize("limit", [0, 1, 2, 3])
def test_at_most_as_many_slots_change_hands_as_the_change_budget_says(limit: int) -> None:
    slots = tuple(slot(f"s{i}", phase=str(i)) for i in range(3))
    people = tuple(person(name, skills={"ml": level}) for name, level in (("a", 3), ("b", 4)))
    people += tuple(person(name, skills={"ml": 5}, rate=0) for name in "xyz")
    given = problem(people=people, slots=slots, start=(0, 1, -1), max_changes=limit)
    result = job.run({"problem": codec.problem_to_json(given), "seconds": 1}, Notes(), Event())
    plan = codec.solution_from_json(
        given, {row["slot"]: row["person"] for row in result["assignment"]}
    ).assignment
    assert sum(0 <= held != now for held, now in zip(given.start or (), plan, strict=True)) <= limit
    assert plan[2] >= 0


def test_breaches_of_facts_are_listed_with_keys() -> None:
    given = problem(facts=(Fact(0, "elsewhere", "1", 12, 0, 1),), people=(person("ana"),))
    result = job.run({"problem": codec.problem_to_json(given)}, Notes(), Event())
    assert [(row["rule"], row["person"], row["week"]) for row in result["inherited"]] == [
        ("capacity", "ana", 0)
    ]


def test_a_broken_plan_is_a_defect_and_never_published(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("projects.kernel.staffing.ledger.Ledger.fits", lambda *_: [True])
    monkeypatch.setattr("projects.kernel.staffing.tables.Tables.suited", lambda self, _s: [0])
    data = codec.problem_to_json(problem(exclude=frozenset({(0, 0)})))
    with pytest.raises((BrokenPlan, TypeError)):
        job.run({"problem": data}, Notes(), Event())


def test_a_job_without_a_problem_is_refused() -> None:
    with pytest.raises(InvalidProblem, match="lacks 'problem'"):
        job.run({}, Notes(), Event())


def test_asked_to_finish_before_the_first_plan_it_makes_one_at_once() -> None:
    given = instances.problem_of(instances.generate(8, 2, 12, 4))
    musts = tuple(replace(slot, must_fill=True) for slot in given.slots)
    stop = Event()
    stop.set()
    data = through_json(codec.problem_to_json(replace(given, slots=musts)))
    result = job.run({"problem": data, "seconds": 30}, Notes(), stop)
    assert len(result["assignment"]) >= len(given.slots) // 3
    assert result["objective"] is not None
