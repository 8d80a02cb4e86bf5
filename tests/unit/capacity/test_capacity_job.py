"""Does a job survive JSON, and does its result say all that a page needs?"""

from __future__ import annotations

import json
from threading import Event
from typing import Any

import numpy as np
import pytest

from capacity.kernel import codec, job, verify
from capacity.kernel.objectives import Objective
from capacity.kernel.problem import CapacityProblem, Fact, InvalidProblem, Need
from tests.unit.capacity.capacity_cases import (
    Notes,
    batch,
    gang,
    offer,
    problem,
    service,
    solved,
    tiny,
)


def through_json(value: object) -> dict[str, Any]:
    return json.loads(json.dumps(value))


def ran(given: CapacityProblem, notes: Notes | None = None) -> dict[str, Any]:
    data = {"problem": through_json(codec.problem_to_json(given)), "seconds": 5}
    result = job.run(data, notes or Notes(), Event())
    assert through_json(result) == result
    return result


def reason_of(result: dict[str, Any], key: str) -> str:
    return next(row["reason"] for row in result["left_out"] if row["workload"] == key)


@pytest.mark.parametrize("seed", range(3))
def test_a_problem_survives_json(seed: int) -> None:
    given = tiny(seed, musts=True, buy=True)
    text = codec.problem_to_json(given)
    again = codec.problem_from_json(through_json(text))

    assert again.workloads == given.workloads
    assert again.purchases == given.purchases
    assert codec.problem_to_json(again) == text


def test_a_plan_and_facts_survive_json() -> None:
    given = problem(gang(), batch(), facts=(Fact("old", 0, 0, 2, 3),), purchases=(offer(),))
    solution = solved(given).solution
    assert solution is not None
    data = through_json(codec.solution_to_json(given, solution))
    assert codec.solution_from_json(given, data) == solution
    kept = problem(gang(), batch(), start=solution, move_cost=2.0, purchases=(offer(),))
    assert codec.problem_from_json(through_json(codec.problem_to_json(kept))).start == solution


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"schema": 2}, "schema 2"),
        ({"workloads": [{"key": "x"}]}, "lacks 'needs'"),
        ({"pools": [{"colour": "red"}]}, "colour"),
        ({"objective": "glory"}, "glory"),
        ({"capacity": [["many"]]}, "many"),
    ],
)
def test_a_bad_problem_is_refused(change: dict[str, Any], complaint: str) -> None:
    with pytest.raises(InvalidProblem, match=complaint):
        codec.problem_from_json(codec.problem_to_json(problem(gang())) | change)


def test_a_plan_with_unknown_keys_is_refused() -> None:
    row = {"workload": "nobody", "pool": "pool0", "start": 0, "end": 2, "devices": 4}
    for change, complaint in (
        ({}, "no workload nobody"),
        ({"workload": "train", "pool": "x"}, "x"),
    ):
        with pytest.raises(InvalidProblem, match=complaint):
            codec.solution_from_json(problem(gang()), {"allocations": [row | change]})


def test_a_job_answers_with_plan_measures_and_curve() -> None:
    given, notes = tiny(2), Notes()
    result = ran(given, notes)
    plan = codec.solution_from_json(given, result)

    assert verify.verify(given, plan) == []
    assert result["outcome"] == "proven"
    assert result["objective"] == result["bound"] == result["measures"]["net_value"]
    assert result["gap"] == 0
    assert result["sense"] == "max"
    done = {row["workload"] for row in result["allocations"]}
    assert {row["workload"] for row in result["left_out"]} == {
        w.key for w in given.workloads if w.key not in done
    }
    totals = result["totals"]
    assert totals["value"] - totals["cost"] == pytest.approx(result["objective"])
    assert totals["cost"] == pytest.approx(sum(row["cost"] for row in result["allocations"]))
    used = np.array(result["weeks"]["used"])
    assert used.sum() == pytest.approx(totals["device_weeks"])
    assert len(notes.points) == len(result["trace"])
    # The first plan is put aside whole, for whoever cannot wait for the end.
    assert notes.aside[0].keys() == result.keys()
    assert notes.aside[0]["outcome"] == "stopped"


def test_weighted_cost_counts_upwards_and_drops_what_is_optional() -> None:
    given = problem(
        gang("must", cost=1.0, must_serve=True), service(), objective=Objective.WEIGHTED_COST
    )
    result = ran(given)

    # p = 100 / 32, 8 device-weeks at 1.
    assert result["objective"] == pytest.approx(100 / 32 * 8)
    assert result["sense"] == "min"
    assert reason_of(result, "serve") == "dropped_optional"


def test_an_infeasible_job_names_its_core_and_plans_the_rest() -> None:
    musts = (
        gang("a", 5, 3, must_serve=True),
        gang("b", 5, 3, must_serve=True, value=10.0),
        gang("huge", 50, must_serve=True),
    )
    result = ran(problem(*musts, gang("c", 2, 1)))

    assert result["outcome"] == "infeasible"
    assert set(result["core"]) == {"a", "b", "huge"}
    assert result["core_proven"]
    assert {row["workload"] for row in result["allocations"]} == {"a", "c"}
    assert reason_of(result, "b") == "full"
    assert reason_of(result, "huge") == "too_large"
    assert all(row["must_serve"] for row in result["left_out"])


def test_each_workload_that_is_left_out_says_why() -> None:
    given = problem(
        service("first", 6, value=900.0),
        gang("full", 4, 2),
        gang("huge", 50),
        gang("dear", 1, 1, cost=500.0),
        gang("nowhere", needs=()),
    )
    result = ran(given)

    reasons = {row["workload"]: row["reason"] for row in result["left_out"]}
    assert reasons == {
        "full": "full",
        "huge": "too_large",
        "dear": "not_worth_it",
        "nowhere": "no_pool",
    }


def test_a_full_workload_says_what_lacks_where_and_what_would_help() -> None:
    given = problem(
        service("first", 6, value=900.0, start=0, end=3), gang("late", 4, 1, start=0, end=3)
    )
    result = ran(given)
    late = next(row for row in result["left_out"] if row["workload"] == "late")

    # 2 of 8 devices are free in weeks 0 to 2, all of them in week 3.
    assert late["nearest"]["short"] == [[0, 2.0]]
    assert [(h["kind"], h["start"], h["end"], h["devices"]) for h in late["helps"]] == [
        ("devices", 0, 1, 2.0),
        ("window", 3, 4, 4),
    ]
    assert result["shortage"] == [{"pool": "pool0", "week": 0, "devices": 2.0}]


def test_a_batch_without_room_says_how_many_devices_a_week_lack() -> None:
    given = problem(service("first", 8, value=900.0), batch("late", volume=6.0))
    late = next(row for row in ran(given)["left_out"] if row["workload"] == "late")

    assert late["reason"] == "full"
    assert late["nearest"]["short"] == [[week, 1.5] for week in range(4)]


def test_a_shadow_price_says_where_one_more_device_pays() -> None:
    # Of 6 devices in week 0 the better batch takes 4; a fourth of the other is worth 10 of its 40.
    two = [batch(key, volume=4.0, start=0, end=1, value=v) for key, v in (("a", 60.0), ("b", 40.0))]
    result = ran(problem(*two, capacity=[[6], [8], [8], [8]]))

    assert result["shadow_prices"] == [{"pool": "pool0", "week": 0, "price": 10.0}]


def test_what_is_bought_is_listed_with_its_cost() -> None:
    result = ran(problem(gang(devices=12), purchases=(offer(),)))

    row = {"purchase": "nodes", "pool": "pool0", "week": 2, "nodes": 1, "devices": 8, "cost": 20.0}
    assert result["bought"] == [row]
    assert result["totals"]["purchase_cost"] == 20
    assert result["weeks"]["free"] == [[8.0], [8.0], [16.0], [16.0]]


def test_a_batch_on_two_pools_is_priced_where_it_runs() -> None:
    needs = (Need(0, 8, volume=4.0, cost=2.0), Need(1, 8, volume=8.0, cost=0.5))
    result = ran(problem(batch(needs=needs), pools=2))

    assert [row["pool"] for row in result["allocations"]] == ["pool1"]
    assert result["totals"]["running_cost"] == pytest.approx(4.0)


def test_a_job_without_a_problem_is_refused() -> None:
    with pytest.raises(InvalidProblem, match="lacks 'problem'"):
        job.run({}, Notes(), Event())
