"""Questions about a plan as a job: JSON in, JSON out, for a child process or a test.

The job: {"problem": see codec, "assignment": [key of the person or null, one per slot],
"question": why_not, what_helps, shock or core, "seconds": wall time, "seed": 0}, and what the
question asks for. Nothing of the plan changes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from threading import Event
from typing import Any, cast

from projects.kernel.staffing import codec
from projects.kernel.staffing.job import anchored
from projects.kernel.staffing.problem import InvalidProblem, StaffingProblem
from teamhub.kernel.budget import Budget, Deadline, Report
from teamhub.kernel.outcome import Status

Json = dict[str, Any]
Answer = Callable[
    [StaffingProblem, tuple[int, ...], Mapping[str, Any], Deadline, int, Report], Json
]

# The module of each question; its `answer` does the work. Read when asked, for each has parts that
# the others do without.
QUESTIONS = {
    "why_not": "counterfactual",
    "what_helps": "relaxations",
    "shock": "shock",
    "core": "core",
}
SECONDS = 20.0


def run(job: Mapping[str, Any], report: Report, stop: Event) -> Json:
    """Answer one question.

    Returns
    -------
    dict
        outcome ("feasible", or "stopped" where somebody asked to end early), runtime_s, seed,
        question, and answer: see `answer` in the module of the question.

    Raises
    ------
    InvalidProblem
        Names what the job lacks, or what of it is unknown.
    """
    for name in ("problem", "assignment", "question"):
        if name not in job:
            raise InvalidProblem(f"job: lacks '{name}'")
    question = job["question"]
    if question not in QUESTIONS:
        raise InvalidProblem(f"question {question}: must be one of {', '.join(QUESTIONS)}")
    deadline = Deadline(Budget(float(job.get("seconds", SECONDS))), stop)
    seed = int(job.get("seed", 0))
    report("Reading the plan", 0.0)
    problem = anchored(codec.problem_from_json(job["problem"]))
    plan = plan_of(problem, job["assignment"])
    module = import_module(f"projects.kernel.staffing.{QUESTIONS[question]}")
    told = cast("Answer", module.answer)(problem, plan, job, deadline, seed, report)
    return {
        "outcome": (Status.STOPPED if stop.is_set() else Status.FEASIBLE).value,
        "runtime_s": deadline.elapsed,
        "seed": seed,
        "question": question,
        "answer": told,
    }


def plan_of(problem: StaffingProblem, assignment: Any) -> tuple[int, ...]:
    """Indices of people from their keys, one per slot, -1 for null.

    Raises
    ------
    InvalidProblem
        Names an unknown person, or says how many entries there are.
    """
    if not isinstance(assignment, list) or len(assignment) != len(problem.slots):
        size = len(assignment) if isinstance(assignment, list) else "no"
        raise InvalidProblem(f"assignment: {size} entries for {len(problem.slots)} slots")
    number = {person.key: p for p, person in enumerate(problem.people)}
    for key in assignment:
        if key is not None and key not in number:
            raise InvalidProblem(f"assignment: the problem has no person {key}")
    return tuple(-1 if key is None else number[key] for key in assignment)


if __name__ == "__main__":
    from teamhub.kernel.child import serve

    serve(run)
