"""The benchmark program and the kernel's child, from the outside: files, exit status, signals."""

from __future__ import annotations

import gzip
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmarks import instances
from projects.kernel.staffing import codec, verify
from projects.kernel.staffing.problem import StaffingSolution
from teamhub.kernel.child import Child

ROOT = Path(__file__).resolve().parents[3]
KEYS = {
    "schema",
    "instance",
    "objective",
    "bound",
    "gap",
    "seconds_total",
    "seconds_to_first",
    "first_objective",
    "bound_seconds",
    "violations",
    "workers",
    "peak_memory_mb",
    "trace",
    "method",
}


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    path = tmp_path / "little.json.gz"
    path.write_bytes(gzip.compress(json.dumps(instances.generate(25, 6, 20, 3)).encode()))
    return path


def program(*arguments: str | Path, name: str = "staffing") -> subprocess.Popen[str]:
    command = [sys.executable, "-m", f"benchmarks.{name}", *map(str, arguments)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, stdout=pipe, stderr=pipe, text=True)


def test_it_prints_the_figures_and_writes_the_answer(instance: Path, tmp_path: Path) -> None:
    answer = tmp_path / "out.json"
    run = program(instance, "--seconds", "1", "--bound-seconds", "1", "--answer", answer)
    out, _err = run.communicate(timeout=30)
    assert run.returncode == 0
    figures = json.loads(out.splitlines()[-1])
    assert figures.keys() >= KEYS
    assert "HiGHS" not in out
    plan = tuple(json.loads(answer.read_text()))
    problem = instances.problem_of(instances.read(instance))
    assert verify.verify(problem, StaffingSolution(plan)) == []
    assert verify.value(problem, StaffingSolution(plan)).objective == figures["objective"]
    assert figures["violations"] == {}
    assert figures["bound"] >= figures["objective"] >= figures["first_objective"] > 0
    gap = (figures["bound"] - figures["objective"]) / figures["objective"]
    assert figures["gap"] == pytest.approx(gap)


def test_a_terminated_program_still_answers(tmp_path: Path) -> None:
    hard, answer = tmp_path / "hard.json", tmp_path / "out.json"
    hard.write_text(json.dumps(instances.generate(120, 30, 26, 3)))
    run = program(hard, "--seconds", "60", "--answer", answer)
    time.sleep(2.5)
    run.send_signal(signal.SIGTERM)
    out, _err = run.communicate(timeout=5)
    assert run.returncode == 0
    assert json.loads(out.splitlines()[-1])["status"] == "stopped"
    assert len(json.loads(answer.read_text())) > 0


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (None, "cannot be read"),
        ("{", "is not JSON"),
        ("[]", "is not a JSON object"),
        ('{"W": 3}', "lacks people, projects, slots, meta"),
        ('{"W": 3, "people": [{}], "projects": [], "slots": [], "meta": {}}', "lacks"),
    ],
)
def test_bad_input_ends_with_2_and_one_line(
    content: str | None, complaint: str, tmp_path: Path
) -> None:
    path = tmp_path / "bad.json"
    if content is not None:
        path.write_text(content)
    run = program(path, "--seconds", "1", "--answer", tmp_path / "out.json")
    out, err = run.communicate(timeout=30)
    assert (run.returncode, out) == (2, "")
    assert complaint in err
    assert len(err.splitlines()) == 1


def test_the_program_that_asks_why_prints_its_figures(instance: Path) -> None:
    run = program(instance, "--plan-seconds", "0.5", name="staffing_explain")
    out, _err = run.communicate(timeout=120)
    assert run.returncode == 0
    assert "HiGHS" not in out
    figures = json.loads(out.splitlines()[-1])
    assert (figures["schema"], figures["instance"]) == (1, "little.json.gz")
    for name in ("blocker_ms_per_slot", "counterfactual_ms", "why_not_ms", "core_s", "core_size"):
        assert figures[name] > 0
    assert figures["core_minimal"]
    assert "what_helps_s" in figures


def test_the_program_that_asks_why_refuses_what_is_no_instance(tmp_path: Path) -> None:
    out, err = program(tmp_path / "none.json", name="staffing_explain").communicate(timeout=60)
    assert out == ""
    assert err.count("\n") == 1
    assert "cannot be read" in err


def test_a_question_is_answered_in_a_child(instance: Path, tmp_path: Path) -> None:
    problem = instances.problem_of(instances.read(instance))
    job = {
        "problem": codec.problem_to_json(problem),
        "assignment": [None] * len(problem.slots),
        "question": "why_not",
        "slot": problem.slots[0].key,
        "person": problem.people[0].key,
        "seconds": 5.0,
    }
    (tmp_path / "job.json").write_text(json.dumps(job))
    with Child("projects.kernel.staffing.study", tmp_path) as child:
        lines = [line for line in child.messages(0.2) if line is not None]
        result = child.result()
    assert result["outcome"] == "feasible"
    assert result["answer"]["holder"] is None
    assert lines[0]["stage"] == "Reading the plan"


def test_the_kernel_solves_as_a_child(instance: Path, tmp_path: Path) -> None:
    problem = instances.problem_of(instances.read(instance))
    job = {"problem": codec.problem_to_json(problem), "seconds": 1.0, "seed": 2}
    (tmp_path / "job.json").write_text(json.dumps(job))
    with Child("projects.kernel.staffing.job", tmp_path) as child:
        lines = [line for line in child.messages(0.2) if line is not None]
        result = child.result()
    assert result["outcome"] in {"proven", "feasible"}
    assert {line["type"] for line in lines} == {"progress", "incumbent"}
    plan = {row["slot"]: row["person"] for row in result["assignment"]}
    assert verify.verify(problem, codec.solution_from_json(problem, plan)) == []
