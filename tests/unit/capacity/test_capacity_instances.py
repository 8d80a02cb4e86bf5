"""Is an instance file read as its format says, and a bad one refused in one line?"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import capacity_instances as instances
from benchmarks import capacity_peers as peers
from benchmarks import capacity_plan
from capacity.kernel.problem import Shape
from tests.unit.capacity.capacity_cases import gang, offer, problem


def small() -> dict[str, Any]:
    return {
        "weeks": 3,
        "pools": [{"capacity": [8, 8, 4]}, {"capacity": [16, 16, 16]}],
        "jobs": [
            {
                "kind": "gang",
                "pools": [0, 1],
                "gang": [8, 4],
                "weeks": 2,
                "window": [0, 3],
                "value": 90,
                "cost": [1, 2],
            },
            {
                "kind": "batch",
                "pools": [1],
                "volume": [6.5],
                "most_per_week": [4],
                "window": [1, 3],
                "value": 10.5,
                "cost": 0.5,
                "must_serve": True,
            },
        ],
    }


def test_an_instance_is_read_as_its_format_says() -> None:
    read = instances.problem_of(small())
    first, second = read.workloads

    assert read.capacity.tolist() == [[8, 16], [8, 16], [4, 16]]
    assert [(n.devices, n.weeks, n.cost) for n in first.needs] == [(8, 2, 1), (4, 2, 2)]
    assert (second.shape, second.must_serve, second.needs[0].volume) == (Shape.BATCH, True, 6.5)


@pytest.mark.parametrize("name", ["plan.json", "plan.json.gz"])
def test_a_written_instance_reads_back(name: str, tmp_path: Path) -> None:
    made = instances.generate(20, 3, must_serve=True)
    instances.write(tmp_path / name, made)

    assert instances.read(tmp_path / name) == made


def test_the_generated_demand_is_about_what_there_is_and_more() -> None:
    made = instances.generate(500, 0)
    speeds = np.array([speed for _, speed, _ in instances.ESTATE])
    there = sum(
        speed * sum(pool["capacity"]) for speed, pool in zip(speeds, made["pools"], strict=True)
    )
    asked = 0.0
    for workload in instances.problem_of(made).workloads:
        work = [workload.device_weeks(n) * speeds[n.pool] for n in workload.needs]
        asked += min(work, default=0.0)

    # 1.3 are drawn; those that no pool can hold do not count, whole nodes round others up.
    assert 0.8 < asked / there < 1.5


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"weeks": 4}, "capacity for 3 of 4 weeks"),
        ({"jobs": [{"kind": "gang"}]}, "job 0 lacks 'pools'"),
        ({"jobs": [{"kind": "dance", "pools": [0], "window": [0, 1]}]}, "job 0 is malformed"),
        ({"jobs": [small()["jobs"][0] | {"gang": [1, 2, 3]}]}, "gang has 3 entries for 2 pools"),
        ({"jobs": [small()["jobs"][0] | {"window": [0, 9]}]}, "ends in week 9"),
        ({"jobs": [small()["jobs"][0] | {"pools": [0, 7]}]}, "no pool 7"),
        ({"jobs": 3}, "malformed"),
        ({"pools": [{"capacity": [1, 2, "many"]}]}, "malformed"),
    ],
)
def test_a_bad_instance_is_refused_in_one_line(
    change: dict[str, Any],
    complaint: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(capacity_plan, "own_output", lambda: None)
    path = tmp_path / "bad.json"
    path.write_text(json.dumps(small() | change))

    assert capacity_plan.main([str(path), "--seconds", "1"]) == 2
    said = capsys.readouterr().err.strip()
    assert complaint in said
    assert "\n" not in said


@pytest.mark.parametrize("raw", [b"{", b"[]", gzip.compress(b"{}", mtime=0)[:-4], b'{"weeks": 1}'])
def test_a_file_that_is_no_instance_is_refused(raw: bytes, tmp_path: Path) -> None:
    path = tmp_path / "bad.json"
    path.write_bytes(raw)
    with pytest.raises(instances.BadInstance, match=r"bad\.json"):
        instances.read(path)


def test_greedy_and_peak_buy_enough_and_the_relaxation_costs_no_more() -> None:
    # 12 devices in weeks 2 and 3, 8 are there: half of a node for 20 would do.
    late = gang(devices=12, start=2, must_serve=True)

    found = peers.costs(problem(late, purchases=(offer(),)))
    assert found == {"greedy_cost": 20, "peak_cost": 20, "lp_cost": pytest.approx(10)}
