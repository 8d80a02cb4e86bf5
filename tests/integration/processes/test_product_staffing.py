"""The running product staffs a company that comes as files, and gives the kernel's own figure."""

from __future__ import annotations

import gzip
import json
from datetime import date
from pathlib import Path

import pytest

from benchmarks import instances, product, staffing_files
from projects.kernel.staffing import verify
from projects.kernel.staffing.problem import StaffingSolution

pytestmark = [pytest.mark.processes, pytest.mark.timeout(240)]


def test_files_in_plan_out_without_a_breach_and_with_the_same_figure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    instance = instances.generate(60, 12, 26, 7)
    source, answer = tmp_path / "made.json.gz", tmp_path / "answer.json"
    source.write_bytes(gzip.compress(json.dumps(instance).encode()))

    status = product.main(
        ["staffing", str(source), "--seconds", "8", "--answer", str(answer), "--seed", "3"]
    )

    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (status, line["ok"], line["errors"], line["refused"]) == (0, True, [], 0)
    problem = instances.problem_of(instance)
    solution = StaffingSolution(tuple(json.loads(answer.read_text())))
    assert verify.verify(problem, solution) == []
    # The product counts effort in hundredths, the instance in tenths.
    ours = verify.value(problem, solution).objective
    assert line["objective"] / 10 == pytest.approx(ours, rel=1e-3)
    assert line["filled"] == sum(person >= 0 for person in solution.assignment) > 0


def test_a_file_that_is_no_instance_is_refused_before_anything_starts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text("{}")

    status = product.main(["staffing", str(bad), "--answer", str(tmp_path / "out.json")])

    assert status == 2
    assert "lacks" in capsys.readouterr().err


def test_weeks_that_no_file_can_say_are_refused() -> None:
    instance = instances.generate(3, 1, 6, 1)
    instance["people"][0]["avail"] = [10, 5, 10, 10, 10, 10]

    with pytest.raises(ValueError, match="no file can"):
        staffing_files.people_files(instance, date(2027, 1, 4), "lead")
