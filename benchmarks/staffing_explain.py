"""Ask why a plan is as it is, and print how long each answer takes.

    python -m benchmarks.staffing_explain INSTANCE [--plan-seconds S] [--seed K]

A plan is made first, in S seconds (5 unless said); no figure holds that time. All wall seconds:

blocker_ms_per_slot     all scores and blockers of the plan at once, divided by its open slots; null
                        where none is open
counterfactual_ms       "what would be lost with this person in this slot": the neighbourhood solved
                        twice, freely and with the pair forced. The median over PAIRS pairs, every
                        second one of somebody who suits the slot; counterfactual_worst_ms beside it
why_not_ms              the whole answer to "why not her", with the search for the smallest changes,
                        each confirmed by solving again: the median, why_not_worst_ms beside it
core_s, core_size       a smallest clash of must-fill slots, and its number of slots, rules of
                        people and budgets. The slots that somebody suits become must-fill by
                        priority, then effort: a quarter, half, three quarters, all of them, until
                        they cannot all be filled (core_must_fill of them); only that last answer is
                        timed. null where all can be filled, or 20 s do not tell. core_minimal:
                        proven so
what_helps_s            the five changes that help most, confirmed by solving again; null where the
                        program has no such answer

The last line is one JSON object. What solvers print goes to the standard error.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import time
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import instances
from benchmarks.output import own_output, positive_seconds
from projects.kernel.staffing import core, counterfactual
from projects.kernel.staffing.explain import explain
from projects.kernel.staffing.ledger import Ledger
from projects.kernel.staffing.neighbourhood import settled
from projects.kernel.staffing.problem import StaffingProblem, StaffingSolution
from projects.kernel.staffing.solve import solve
from projects.kernel.staffing.tables import Tables
from teamhub.kernel.budget import Budget, Deadline, Silence

Plan = tuple[int, ...]

PAIRS, WHOLE_ANSWERS = 20, 10
# What the product gives a question unless told otherwise.
QUESTION_SECONDS = 20.0


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    out = own_output()
    try:
        problem = instances.problem_of(instances.read(options.instance))
    except instances.BadInstance as error:
        print(f"staffing_explain: {error}", file=sys.stderr)
        return 2
    load = os.getloadavg()[0]
    outcome = solve(problem, budget=Budget(options.plan_seconds), seed=options.seed)
    solution = outcome.solution or StaffingSolution((-1,) * len(problem.slots))
    plan = solution.assignment
    figures = {
        "schema": 1,
        "instance": options.instance.name,
        "plan_objective": outcome.objective,
        "open_slots": plan.count(-1),
        "load_average": [round(load, 2)],
        **_blockers(problem, solution),
        **_counterfactuals(problem, plan, options.seed),
        **_core(problem, options.seed),
        **_what_helps(problem, plan, options.seed),
    }
    figures["load_average"].append(round(os.getloadavg()[0], 2))
    _print(figures, out)
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="benchmarks.staffing_explain",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("instance", type=Path)
    parser.add_argument("--plan-seconds", type=positive_seconds, default=5.0)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args(arguments)


def _blockers(problem: StaffingProblem, solution: StaffingSolution) -> dict[str, Any]:
    n_open = solution.assignment.count(-1)
    began = time.perf_counter()
    explain(problem, solution)
    spent = time.perf_counter() - began
    return {"blocker_ms_per_slot": round(1000 * spent / n_open, 3) if n_open else None}


def _counterfactuals(problem: StaffingProblem, plan: Plan, seed: int) -> dict[str, Any]:
    asked = settled(problem, plan)
    pairs = _pairs(problem, plan, seed)
    short = [
        _timed(lambda s=s, p=p: counterfactual.compare(asked, plan, s, p, _deadline(), seed))
        for s, p in pairs
    ]
    long = [
        _timed(
            lambda s=s, p=p: counterfactual.answer(
                problem, plan, _named(problem, s, p), _deadline(), seed, Silence()
            )
        )
        for s, p in pairs[:WHOLE_ANSWERS]
    ]
    return {
        "counterfactual_ms": _ms(short, median),
        "counterfactual_worst_ms": _ms(short, max),
        "why_not_ms": _ms(long, median),
        "why_not_worst_ms": _ms(long, max),
    }


def _ms(seconds: list[float], what: Any) -> float | None:
    return round(1000 * what(seconds), 1) if seconds else None


def _named(problem: StaffingProblem, s: int, p: int) -> Mapping[str, str]:
    return {"slot": problem.slots[s].key, "person": problem.people[p].key}


def _pairs(problem: StaffingProblem, plan: Plan, seed: int) -> list[tuple[int, int]]:
    """Random slots, each with somebody who does not hold it."""
    rng, tables = random.Random(seed), Tables(problem)
    pairs: list[tuple[int, int]] = []
    if not problem.slots or len(problem.people) < 2:
        return pairs
    while len(pairs) < PAIRS:
        s = rng.randrange(len(problem.slots))
        others = [p for p in range(len(problem.people)) if p != plan[s]]
        suited = [p for p in tables.suited(s).tolist() if p != plan[s]]
        pairs.append((s, rng.choice(suited if suited and len(pairs) % 2 else others)))
    return pairs


def _core(problem: StaffingProblem, seed: int) -> dict[str, Any]:
    tables = Tables(problem)
    suited = [s for s in range(tables.n_slots) if len(tables.suited(s))]
    suited.sort(key=lambda s: (-int(tables.priority[s]), -int(tables.effort[s]), s))
    for quarters in range(1, 5):
        slots = sorted(suited[: -(-len(suited) * quarters // 4)])
        began = time.perf_counter()
        found = core.smallest(Ledger(Tables(problem)), slots, _deadline(), seed=seed)
        spent = time.perf_counter() - began
        if found.groups:
            return {
                "core_s": round(spent, 3),
                "core_size": len(found.groups),
                "core_must_fill": len(slots),
                "core_minimal": found.minimal,
            }
        if not found.known:
            break
    return {"core_s": None, "core_size": None, "core_must_fill": None, "core_minimal": None}


def _what_helps(problem: StaffingProblem, plan: Plan, seed: int) -> dict[str, Any]:
    try:
        module = import_module("projects.kernel.staffing.relaxations")
    except ModuleNotFoundError:
        return {"what_helps_s": None, "what_helps_ideas": None}
    began = time.perf_counter()
    told = module.answer(problem, plan, {"top": 5}, _deadline(), seed, Silence())
    spent = time.perf_counter() - began
    return {"what_helps_s": round(spent, 3), "what_helps_ideas": len(told["ideas"])}


def _deadline() -> Deadline:
    return Deadline(Budget(QUESTION_SECONDS))


def _timed(act: Any) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _print(figures: dict[str, Any], out: Any) -> None:
    print(f"staffing_explain {figures['instance']}", file=out)
    for name, value in figures.items():
        if name not in {"schema", "instance"}:
            print(f"  {name:<24}{'-' if value is None else value}", file=out)
    print(json.dumps(figures), file=out)
    out.flush()


if __name__ == "__main__":
    sys.exit(main())
