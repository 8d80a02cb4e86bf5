"""Staff one neutral instance and print how good the plan is, and how good it could be at most.

    python -m benchmarks.staffing INSTANCE --seconds S [--bound-seconds B] [--seed K] [--workers W]
                                  --answer OUT.json

OUT holds, for each slot, the index of its person or -1; it is written by second S + 5, also when a
SIGTERM asks to end early. The last line printed is one JSON object. What solvers print goes to the
standard error.
"""

from __future__ import annotations

import argparse
import json
import resource
import signal
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Event
from typing import Any

from benchmarks import instances
from benchmarks.output import own_output, positive_seconds
from projects.kernel.staffing import verify
from projects.kernel.staffing.problem import StaffingProblem, StaffingSolution
from projects.kernel.staffing.solve import better_bound, solve
from teamhub.kernel.budget import Budget
from teamhub.kernel.outcome import Outcome


class Trace:
    """The curve of a solve: [seconds since reading began, value, bound]."""

    def __init__(self, lead: float) -> None:
        self.points: list[list[float | None]] = []
        self._lead = lead

    def __call__(self, stage: str, progress: float) -> None:
        pass

    def incumbent(
        self, *, seconds: float, objective: float | None, bound: float | None = None
    ) -> None:
        self.points.append([round(self._lead + seconds, 3), objective, bound])

    def best(self, result: Mapping[str, Any]) -> None:
        pass


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    stop = Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    out = own_output()
    began = time.perf_counter()
    try:
        problem = instances.problem_of(instances.read(options.instance))
        _check_writable(options.answer)
    except instances.BadInstance as error:
        print(f"staffing: {error}", file=sys.stderr)
        return 2
    read_s = time.perf_counter() - began
    trace = Trace(read_s)
    outcome = solve(
        problem,
        budget=Budget(max(0.1, options.seconds - read_s), options.workers),
        seed=options.seed,
        report=trace,
        stop=stop,
    )
    solution = outcome.solution or StaffingSolution((-1,) * len(problem.slots))
    _write(options.answer, list(solution.assignment))
    total_s = time.perf_counter() - began
    bound, bound_s = _bound(problem, outcome, 0.0 if stop.is_set() else options.bound_seconds)
    figures = _figures(problem, outcome, solution, bound) | {
        "instance": options.instance.name,
        "seconds_total": round(total_s, 3),
        "bound_seconds": round(bound_s, 3),
        "workers": options.workers,
        "peak_memory_mb": _peak_memory_mb(),
        "seconds_to_first": trace.points[0][0] if trace.points else None,
        "first_objective": trace.points[0][1] if trace.points else None,
        "trace": trace.points,
    }
    _print(figures, verify.value(problem, solution), out)
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.staffing", description=__doc__)
    parser.add_argument("instance", type=Path)
    parser.add_argument("--seconds", type=positive_seconds, required=True)
    parser.add_argument("--bound-seconds", type=positive_seconds, default=0.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=1, choices=range(1, 65), metavar="W")
    parser.add_argument("--answer", type=Path, required=True)
    return parser.parse_args(arguments)


def _check_writable(answer: Path) -> None:
    if answer.is_dir() or not answer.parent.is_dir():
        raise instances.BadInstance(f"{answer}: cannot be written; name a file in a folder")


def _write(answer: Path, plan: list[int]) -> None:
    part = answer.with_name(f"{answer.name}.part")
    part.write_text(json.dumps(plan), encoding="utf-8")
    part.replace(answer)


def _bound(
    problem: StaffingProblem, outcome: Outcome[StaffingSolution], seconds: float
) -> tuple[float | None, float]:
    """The best bound of the solve, and of the time given for nothing else."""
    if seconds <= 0 or outcome.gap == 0:
        return outcome.bound, 0.0
    began = time.perf_counter()
    later = better_bound(problem, budget=Budget(seconds))
    known = [bound for bound in (outcome.bound, later) if bound is not None]
    return min(known, default=None), time.perf_counter() - began


def _figures(
    problem: StaffingProblem,
    outcome: Outcome[StaffingSolution],
    solution: StaffingSolution,
    bound: float | None,
) -> dict[str, Any]:
    objective = verify.value(problem, solution).objective
    broken = Counter(violation.rule.value for violation in verify.verify(problem, solution))
    return {
        "schema": 1,
        "status": outcome.status.value,
        "method": outcome.method,
        "objective": objective,
        "bound": bound,
        "gap": None if bound is None else (bound - objective) / max(1, abs(objective)),
        "violations": dict(broken),
    }


def _peak_memory_mb() -> float:
    # Linux counts in KiB. No children are started; their share is asked for all the same.
    peaks = (resource.getrusage(who).ru_maxrss for who in (0, resource.RUSAGE_CHILDREN))
    return round(sum(peaks) / 1024, 1)


def _print(figures: dict[str, Any], value: verify.Value, out: Any) -> None:
    rows = {
        "objective": f"{figures['objective']:,}",
        "bound": "-" if figures["bound"] is None else f"{figures['bound']:,.0f}",
        "gap": "-" if figures["gap"] is None else f"{100 * figures['gap']:.2f} %",
        "covered": f"{100 * value.covered_share:.1f} %",
        "status": figures["status"],
        "method": figures["method"],
        "seconds": figures["seconds_total"],
        "first plan": f"{figures['first_objective']} at {figures['seconds_to_first']} s",
        "memory": f"{figures['peak_memory_mb']} MB",
    }
    print(f"staffing {figures['instance']}", file=out)
    for name, shown in rows.items():
        print(f"  {name:<12}{shown}", file=out)
    print(json.dumps(figures), file=out)
    out.flush()


if __name__ == "__main__":
    sys.exit(main())
