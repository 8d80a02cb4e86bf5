"""Is what an absence costs what counting by hand says, and is what covers it allowed?"""

from __future__ import annotations

import json
from typing import Any

import pytest

from benchmarks import instances
from projects.kernel.staffing import greedy, shock
from projects.kernel.staffing.absence import absences_of, split
from projects.kernel.staffing.candidates import Candidates
from projects.kernel.staffing.ledger import Ledger
from projects.kernel.staffing.problem import (
    Fact,
    InvalidProblem,
    Side,
    StaffingProblem,
    level_in,
)
from projects.kernel.staffing.tables import Tables
from teamhub.kernel.budget import Budget, Deadline
from tests.oracles import staffing_breaks
from tests.unit.projects.staffing_cases import Notes, person, problem, project, slot

Json = dict[str, Any]


def answer(given: StaffingProblem, plan: list[int], *absent: Json, **params: Any) -> Json:
    params = {"absent": list(absent)} | params
    found = shock.answer(given, tuple(plan), params, Deadline(Budget(20.0)), 0, Notes())
    return json.loads(json.dumps(found))


def gone(key: str, start: int, end: int) -> Json:
    return {"person": key, "start": start, "end": end}


def company(seed: int) -> tuple[StaffingProblem, list[int]]:
    given = instances.problem_of(instances.generate(14, 3, 14, seed))
    tables = Tables(given)
    ledger = Ledger(tables)
    greedy.by_hand(Candidates.of(tables, ledger), ledger)
    return given, [int(p) for p in ledger.plan]


@pytest.mark.parametrize("seed", range(4))
def test_what_is_lost_and_covered_is_what_counting_week_by_week_finds(seed: int) -> None:
    given, plan = company(seed)
    rows = [gone("p0", 2, 6), gone("p1", 3, 9), gone("p3", 0, 14), gone("p1", 11, 12)]
    found = answer(given, plan, *rows)
    away = {(int(row["person"][1:]), w) for row in rows for w in range(row["start"], row["end"])}
    expected = {
        (x.key, week)
        for x, p in zip(given.slots, plan, strict=True)
        for week in range(x.start, x.end)
        if (p, week) in away
    }
    told = {(row["slot"], w) for row in found["lost"] for w in range(row["start"], row["end"])}
    assert told == expected != set()
    slots = {x.key: x for x in given.slots}

    def worth(weeks: set[tuple[str, int]]) -> int:
        return sum(given.projects[slots[key].project].priority * slots[key].fte for key, _ in weeks)

    every = {(x.key, week) for x in given.slots for week in range(x.start, x.end)}
    held = {
        (x.key, week)
        for x, p in zip(given.slots, plan, strict=True)
        for week in range(x.start, x.end)
        if p >= 0
    }
    back = {
        (row["slot"], week)
        for row in found["lost"]
        if row["covered_by"]
        for week in range(row["start"], row["end"])
    }
    share = found["coverage_share"]
    assert share["before"] == pytest.approx(worth(held) / worth(every))
    assert share["after"] == pytest.approx(worth(held - expected) / worth(every))
    assert share["recovered"] == pytest.approx(worth((held - expected) | back) / worth(every))
    lost_effort = sum(row["lost_effort"] for row in found["phases"])
    assert lost_effort == sum(slots[key].fte for key, _week in expected)
    uncovered = sum(row["uncovered_effort"] for row in found["phases"])
    assert uncovered == lost_effort - sum(slots[key].fte for key, _week in back)


@pytest.mark.parametrize("seed", [0, 1, 3])
def test_who_could_cover_breaks_just_the_rules_that_are_named(seed: int) -> None:
    given, plan = company(seed)
    rows = [gone("p0", 2, 6), gone("p3", 0, 14)]
    found = answer(given, plan, *rows)
    cut = split(given, plan, absences_of(given, rows))
    assert len(found["lost"]) == len(cut.lost) > 0
    placed = list(cut.plan)
    for row, piece in zip(found["lost"], cut.lost, strict=True):
        ranks = []
        for who in row["cover"]:
            p = int(who["person"][1:])
            broken = staffing_breaks(cut.problem, list(cut.plan), piece, p)
            assert set(who["rules"]) == broken
            assert who["free"] is (not broken)
            assert p != plan[cut.origin[piece]]
            ranks.append(len(broken))
        assert ranks == sorted(ranks)
        if row["covered_by"]:
            p = int(row["covered_by"][1:])
            assert staffing_breaks(cut.problem, placed, piece, p) == set()
            placed[piece] = p
    free = [
        piece
        for piece in cut.lost
        if placed[piece] < 0
        and any(not staffing_breaks(cut.problem, placed, piece, p) for p in range(14))
    ]
    assert free == []


def test_depth_counts_who_holds_a_level_and_is_near_with_and_without_the_absent() -> None:
    given, plan = company(1)
    found = answer(given, plan, gone("p0", 2, 6), gone("p5", 3, 4))
    rows = {(r["project"], r["skill"], r["level"]): r for r in found["depth"]}
    asked = {
        (given.projects[x.project].key, skill, level)
        for x in given.slots
        for skill, level in x.required.items()
    }
    assert set(rows) == asked
    for (key, skill, level), row in rows.items():
        j = next(j for j, one in enumerate(given.projects) if one.key == key)
        slots = [x for x in given.slots if x.project == j and x.required.get(skill) == level]
        assert row["need"] == len(slots)
        can = {
            one.key
            for one in given.people
            if abs(one.utc_offset_minutes - given.projects[j].utc_offset_minutes) <= 420
            and any(
                all(level_in(one.skills.get(skill, 0), w) >= level for w in range(x.start, x.end))
                for x in slots
            )
        }
        assert row["can"] == len(can)
        assert row["can_without"] == len(can - {"p0", "p5"})


def test_a_holder_keeps_the_weeks_before_and_after_the_absence() -> None:
    given = problem(
        n_weeks=6,
        people=(
            person("ana", availability=(10,) * 6),
            person("bob", availability=(0, 0, 10, 10, 0, 0)),
        ),
        slots=(slot("s0", start=0, end=6),),
    )
    found = answer(given, [0], gone("ana", 2, 4))
    (lost,) = found["lost"]
    assert (lost["slot"], lost["person"]) == ("s0", "ana")
    assert (lost["start"], lost["end"], lost["covered_by"]) == (2, 4, "bob")
    assert lost["cover"] == [{"person": "bob", "free": True, "rules": [], "fit": 30}]
    assert found["phases"][0]["slips_weeks"] == 0
    assert found["coverage_share"]["recovered"] == 1.0


def alone(**changes: Any) -> StaffingProblem:
    """Only ana can; her slot of four weeks is followed by another of the project, or of none."""
    values: dict[str, Any] = {
        "n_weeks": 6,
        "people": (person("ana", availability=(10,) * 6),),
        "slots": (
            slot("s0", start=0, end=4, fte=8),
            slot("s1", start=4, end=6, fte=8, phase="2"),
        ),
    }
    return problem(**(values | changes))


def test_a_phase_slips_until_its_holder_is_back_and_later_phases_give_way() -> None:
    found = answer(alone(), [0, 0], gone("ana", 1, 3))
    assert found["phases"] == [
        {
            "project": "alpha",
            "phase": "1",
            "lost_effort": 16,
            "uncovered_effort": 16,
            "slips_weeks": 2,
        }
    ]
    assert found["complete"]


def test_a_phase_does_not_slip_into_other_work_nor_for_a_skill_that_nobody_has() -> None:
    other = Fact(person=0, project="beta", phase="1", fte=5, start=4, end=6)
    assert answer(alone(facts=(other,)), [0, 0], gone("ana", 1, 3))["phases"][0]["slips_weeks"] == 5
    short = alone(people=(person("ana", availability=(10,) * 6, max_projects=0),))
    assert answer(short, [0, -1], gone("ana", 1, 3))["phases"][0]["slips_weeks"] is None


def test_the_best_shadow_is_nearly_able_free_and_on_no_other_side() -> None:
    level_below, reviews = {"ml": 2}, {"ml": 3}
    given = problem(
        people=(
            person("ana"),
            person("busy", skills=reviews),
            person("free", skills=level_below),
            person("reviewer", skills=reviews),
            person("novice", skills={"ml": 1}),
        ),
        projects=(project(), project("beta")),
        slots=(
            slot("s0", required={"ml": 3}, side=Side.BUILD),
            slot("s1", project=1, phase="2", fte=8),
        ),
        facts=(Fact(3, "alpha", "9", fte=0, start=0, end=0, side=Side.REVIEW),),
    )
    found = answer(given, [0, 1], gone("ana", 0, 2))
    assert found["lost"][0]["shadow"] == "free"
    assert found["lost"][0]["shadow_why"] == {"free_weeks": 2, "weeks": 2, "below": ["ml"]}
    found = answer(given, [0, 1], gone("ana", 0, 2), gone("free", 1, 2))
    assert found["lost"][0]["shadow"] == "busy"
    assert found["lost"][0]["shadow_why"] == {"free_weeks": 0, "weeks": 2, "below": []}


def test_others_move_only_when_they_may() -> None:
    given = problem(
        people=(
            person("law", skills={"law": 1}),
            person("both", skills={"ml": 3, "law": 3}),
            person("ml", skills={"ml": 3}),
        ),
        slots=(
            slot("s0", required={"law": 1}, fte=8),
            slot("s1", fte=8, phase="2"),
        ),
    )
    still = answer(given, [0, 1], gone("law", 0, 2))
    assert (still["lost"][0]["covered_by"], still["moves"]) == (None, [])
    moved = answer(given, [0, 1], gone("law", 0, 2), moves=True)
    assert moved["lost"][0]["covered_by"] == "both"
    assert moved["moves"] == [{"slot": "s1", "before": "both", "after": "ml"}]
    assert moved["coverage_share"]["recovered"] == 1.0


@pytest.mark.parametrize(
    ("absent", "named"),
    [
        ([gone("zoe", 0, 1)], "person zoe"),
        ([gone("ana", 0, 5)], "person ana: weeks 0 to 5 of 4"),
        ([gone("ana", 2, 2)], "person ana: weeks 2 to 2"),
        ([gone("ana", -1, 2)], "person ana"),
        ([{"person": "ana", "start": "0", "end": 2}], "person ana"),
        ([{"person": "ana"}], "absent 0"),
        ([["ana"]], "absent 0"),
        ([], "absent"),
        (None, "absent"),
    ],
)
def test_an_absence_that_cannot_be_is_named(absent: Any, named: str) -> None:
    with pytest.raises(InvalidProblem, match=named):
        answer(problem(), [0], absent=absent)


def test_a_plan_of_another_problem_is_refused() -> None:
    with pytest.raises(InvalidProblem, match="plan"):
        answer(problem(), [0, 0], gone("ana", 0, 1))
    with pytest.raises(InvalidProblem, match="moves"):
        answer(problem(), [0], gone("ana", 0, 1), moves="yes")
