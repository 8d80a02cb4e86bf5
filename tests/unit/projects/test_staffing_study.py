"""Does a question survive the way through JSON, and is a bad one refused by name?"""

from __future__ import annotations

import json
import sys
from threading import Event
from types import ModuleType
from typing import Any

import pytest

from projects.kernel.staffing import codec, study
from projects.kernel.staffing.problem import InvalidProblem
from tests.unit.projects.staffing_cases import Notes, person, problem, slot

GIVEN = problem(
    people=(person("ana", skills={"ml": 2}), person("bo")),
    slots=(slot(must_fill=True), slot("s1", phase="2", fte=6)),
)
WHY_NOT = {"question": "why_not", "slot": "s0", "person": "ana"}


def ask(**changes: object) -> dict:
    data = {"problem": codec.problem_to_json(GIVEN), "assignment": ["bo", None], "seconds": 5}
    return study.run(json.loads(json.dumps(data | changes)), Notes(), Event())


def test_why_not_is_answered_in_keys() -> None:
    told = ask(**WHY_NOT, seed=7)
    assert (told["outcome"], told["question"], told["seed"]) == ("feasible", "why_not", 7)
    assert told["runtime_s"] > 0
    answer = told["answer"]
    assert (answer["slot"], answer["person"], answer["holder"]) == ("s0", "ana", "bo")
    assert answer["estimate"]
    assert answer["neighbourhood"] == {"slots": 2, "people": 2}
    assert json.loads(json.dumps(told)) == told


def test_the_core_is_asked_for_slots_by_key() -> None:
    assert ask(question="core")["answer"]["feasible"]
    both = ask(question="core", slots=["s0", "s1"])["answer"]
    assert both["feasible"]


def test_the_stages_are_those_that_the_product_translates() -> None:
    notes = Notes()
    data = {"problem": codec.problem_to_json(GIVEN), "assignment": ["bo", None], **WHY_NOT}
    study.run(data | {"slot": "s1"}, notes, Event())
    assert notes.stages == ["Reading the plan", "Trying changes", "Confirming by solving again"]


def test_asked_to_stop_it_answers_with_what_it_has() -> None:
    stop = Event()
    stop.set()
    data = {"problem": codec.problem_to_json(GIVEN), "assignment": ["bo", None], **WHY_NOT}
    told = study.run(data, Notes(), stop)
    assert (told["outcome"], told["answer"]["ways"]) == ("stopped", [])


def test_each_question_goes_to_its_module(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("projects.kernel.staffing.shock")

    def answer(_given: object, plan: tuple[int, ...], params: dict, *_rest: object) -> dict:
        return {"plan": list(plan)} | params["absent"]

    module.__dict__["answer"] = answer
    monkeypatch.setitem(sys.modules, module.__name__, module)
    assert ask(question="shock", absent={"x": 1})["answer"] == {"plan": [1, -1], "x": 1}


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"question": "why"}, "question why: must be one of why_not, what_helps, shock, core"),
        (WHY_NOT | {"assignment": ["bo"]}, "assignment: 1 entries for 2 slots"),
        (WHY_NOT | {"assignment": "bo"}, "assignment: no entries for 2 slots"),
        (WHY_NOT | {"assignment": ["bo", "eve"]}, "assignment: the problem has no person eve"),
        (WHY_NOT | {"slot": "s9"}, "slot s9: the problem has none by this key"),
        (WHY_NOT | {"person": None}, "person None: the problem has none by this key"),
        (WHY_NOT | {"problem": {"schema": 0}}, "problem: schema 0"),
    ],
)
def test_a_bad_question_is_refused_by_name(changes: dict, complaint: str) -> None:
    with pytest.raises(InvalidProblem, match=complaint):
        ask(**changes)


def test_a_job_that_lacks_something_is_refused() -> None:
    with pytest.raises(InvalidProblem, match="job: lacks 'assignment'"):
        study.run({"problem": {}}, Notes(), Event())


def test_work_that_could_not_be_kept_is_no_change_in_a_question_either() -> None:
    """The plan was made from what of the start keeps the rules; so are the answers about it."""
    full: dict[str, Any] = {"fte": 10, "required": {"ml": 1}}
    given = problem(
        people=(person("ana", skills={"ml": 2}),),
        slots=(slot(**full), slot("s1", phase="2", **full), slot("s2", phase="3", **full)),
        start=(0, 0, -1),
        max_movers=0,
    )
    data = {"problem": codec.problem_to_json(given), "assignment": ["ana", None, None]}
    told = study.run(data | {"question": "what_helps", "seconds": 10}, Notes(), Event())
    assert told["answer"]["ideas"]
