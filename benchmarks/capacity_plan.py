"""Plan one capacity instance and print how good the plan is beside list schedulers and a bound.

    python -m benchmarks.capacity_plan [INSTANCE or --jobs N --seed K [--must-serve]] --seconds S
                                       [--write-instance F] [--answer OUT] [--replan]

INSTANCE (.json, may be .gz) is an object:

    weeks       number of weeks
    pools       [{name, capacity: [devices in each week], node_devices (8)}]
    jobs        [{name, kind, pools, window, value, cost, must_serve (false), priority (1), ...}]
                kind: "gang" holds `gang` devices for `weeks` weeks in a row within its window,
                "service" holds `gang` devices through its window, "batch" does a `volume` of
                device-weeks with at most `most_per_week` devices in any week of its window, on one
                or several pools: what it does in a pool counts as a share of the volume there.
                pools: indices of the pools that can run it. gang, weeks, volume, most_per_week and
                cost (money for a device-week): a list with an entry for each of these pools, or one
                number for all. window: [first week, week after the last]. value: money if served.
    purchases   [{name, pool, node_devices (8), weeks: [weeks in which nodes may arrive],
                cost: [of one node arriving then], max_nodes}]; nodes stay to the end. Optional.

Names are optional. OUT is an object: jobs, one entry per job in order, null where it is left
out, {"pool": p, "start": w} for a gang or service, {"devices": [[pool, week, devices], ...]} for a
batch; bought, for each purchase the nodes in each of its weeks.

--jobs makes an instance of ten pools over 52 weeks with demand for 1.3 times what they can do; with
--must-serve everything has to run on half the estate, and nodes can be bought. value and bound are
net values; best_greedy is the best of four list schedulers (first come, priority, value density,
deadline), each with the best place that is free. With jobs that must be served, cost is what the
plan costs, greedy_cost that of the better of two greedy plans (largest or earliest first, each
where nodes cost least), peak_cost that of running all as soon as possible on the cheapest pool and
buying the peak, lp_cost the relaxation's. --replan takes away a tenth of the largest pool from half
of the weeks on, plans anew close to the plan, and prints the share of jobs that moved and the value
beside a plan made anew without regard to the first. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks import capacity_instances as instances
from benchmarks import capacity_peers as peers
from benchmarks.output import own_output, positive_seconds
from capacity.kernel import verify
from capacity.kernel.problem import CapacityProblem, CapacitySolution
from capacity.kernel.record import Planned
from capacity.kernel.solve import solve
from teamhub.kernel.budget import Budget
from teamhub.kernel.outcome import Status

# Of a job's value: what moving one costs when planning anew.
MOVE_SHARE = 0.1


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    out = own_output()
    try:
        instance = _instance(options)
        problem = instances.problem_of(instance)
        for path in (options.answer, options.write_instance):
            _check_writable(path)
    except instances.BadInstance as error:
        print(f"capacity_plan: {error}", file=sys.stderr)
        return 2
    if options.write_instance:
        instances.write(options.write_instance, instance)
    began = time.perf_counter()
    outcome = solve(problem, budget=Budget(options.seconds), seed=options.seed)
    seconds = time.perf_counter() - began
    if options.answer:
        _write(options.answer, _answer(problem, outcome))
    figures = _figures(problem, outcome, seconds, options.seconds)
    if options.replan:
        figures |= _replan(problem, outcome, options.seconds, options.seed)
    _print(figures, out)
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="benchmarks.capacity_plan",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("instance", type=Path, nargs="?")
    parser.add_argument("--jobs", type=_at_least_one)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--must-serve", action="store_true")
    parser.add_argument("--seconds", type=positive_seconds, required=True)
    parser.add_argument("--write-instance", type=Path)
    parser.add_argument("--answer", type=Path)
    parser.add_argument("--replan", action="store_true")
    options = parser.parse_args(arguments)
    if (options.instance is None) == (options.jobs is None):
        parser.error("name an INSTANCE or give --jobs")
    if options.seed < 0:
        parser.error("--seed is below 0")
    return options


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a number of jobs above 0")
    return number


def _instance(options: argparse.Namespace) -> instances.Instance:
    if options.instance is not None:
        return instances.read(options.instance)
    return instances.generate(options.jobs, options.seed, must_serve=options.must_serve)


def _check_writable(path: Path | None) -> None:
    if path is not None and (path.is_dir() or not path.parent.is_dir()):
        raise instances.BadInstance(f"{path}: cannot be written; name a file in a folder")


def _answer(problem: CapacityProblem, outcome: Planned) -> dict[str, Any]:
    return instances.answer_of(problem, outcome.solution or nothing(problem))


def nothing(problem: CapacityProblem) -> CapacitySolution:
    """The plan in which nothing runs."""
    return CapacitySolution(
        ((),) * len(problem.workloads),
        tuple((0,) * len(purchase.landing) for purchase in problem.purchases),
    )


def _write(path: Path, answer: dict[str, Any]) -> None:
    part = path.with_name(f"{path.name}.part")
    part.write_text(json.dumps(answer), encoding="utf-8")
    part.replace(path)


def _figures(
    problem: CapacityProblem, outcome: Planned, seconds: float, limit: float
) -> dict[str, Any]:
    solution = outcome.solution or nothing(problem)
    totals = verify.totals(problem, solution)
    figures: dict[str, Any] = {
        "schema": 1,
        "jobs": len(problem.workloads),
        "status": outcome.status.value,
        "method": outcome.method,
        "value": outcome.objective,
        "best_greedy": peers.best_list(problem),
        "bound": outcome.bound,
        "gap": outcome.gap,
        "seconds": round(seconds, 3),
        "served": totals.served,
        "violations": len(verify.verify(problem, solution)),
        "core": list(outcome.core),
    }
    figures["cp_sat"] = None
    if any(workload.must_serve for workload in problem.workloads):
        figures |= peers.costs(problem)
        done = outcome.status is not Status.INFEASIBLE and outcome.solution is not None
        figures["cost"] = totals.cost if done else None
    else:
        figures["cp_sat"] = peers.cp_sat(problem, limit)
    return figures


def _replan(
    problem: CapacityProblem, outcome: Planned, seconds: float, seed: int
) -> dict[str, Any]:
    """Lose devices, plan again: close to the plan, and without regard to it."""
    before = outcome.solution or nothing(problem)
    capacity = problem.capacity.copy()
    largest = int(capacity.sum(axis=0).argmax())
    half = problem.n_weeks // 2
    capacity[half:, largest] -= capacity[half:, largest] // 10
    values = [workload.value for workload in problem.workloads]
    move = MOVE_SHARE * sum(values) / max(1, len(values))
    changed = replace(problem, capacity=capacity)
    near = replace(changed, start=before, move_cost=move)
    close = solve(near, budget=Budget(seconds), seed=seed).solution or nothing(problem)
    free = solve(changed, budget=Budget(seconds), seed=seed).solution or nothing(problem)
    served = sum(1 for given in before.allocations if given)
    of_close = verify.measures(changed, close).net_value
    of_free = verify.measures(changed, free).net_value
    return {
        "moved_share": len(verify.moves(near, close)) / max(1, served),
        "value_share": of_close / of_free if of_free else None,
        "moved_share_without_regard": len(verify.moves(near, free)) / max(1, served),
    }


def _print(figures: dict[str, Any], out: Any) -> None:
    print(f"capacity plan of {figures['jobs']} jobs", file=out)
    for name, value in figures.items():
        if name not in {"schema", "core"} and value is not None:
            shown = f"{value:,.4f}" if isinstance(value, float) else value
            print(f"  {name:<28}{shown}", file=out)
    if figures["value"] is not None and figures["best_greedy"]:
        ratio = figures["value"] / figures["best_greedy"]
        print(f"  {'value / best_greedy':<28}{ratio:.4f}", file=out)
    print(json.dumps(figures), file=out)
    out.flush()


if __name__ == "__main__":
    sys.exit(main())
