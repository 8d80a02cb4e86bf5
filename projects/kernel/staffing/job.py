"""The staffing kernel as a job: JSON in, JSON out, for a child process or a test.

The job: {"problem": see codec, "seconds": wall time, "threads": 1, "seed": 0,
"holders_stay": whether who holds a slot of the start keeps it where nobody else takes it}.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from threading import Event
from typing import Any

from projects.kernel.staffing import codec, verify
from projects.kernel.staffing.candidates import Candidates
from projects.kernel.staffing.explain import Blocker, Score, explain
from projects.kernel.staffing.greedy import keepable
from projects.kernel.staffing.holders import kept, left_alone, relieved
from projects.kernel.staffing.ledger import Ledger
from projects.kernel.staffing.problem import InvalidProblem, StaffingProblem, StaffingSolution
from projects.kernel.staffing.solve import BrokenPlan, solve
from projects.kernel.staffing.tables import Tables
from teamhub.kernel.budget import Budget, Report
from teamhub.kernel.outcome import Outcome, Status

Json = dict[str, Any]
# So much of the time may go into naming clashes; then no slot has to be filled.
LEAD_SHARE = 0.4


def run(job: Mapping[str, Any], report: Report, stop: Event) -> Json:
    """Solve one job, check the plan, explain it.

    Returns
    -------
    dict
        outcome, objective, bound, gap, runtime_s, seed, method, core; and with a plan: assignment
        [{slot, person}] with keys, scores and blockers per slot, overload by person,
        coverage_share, cost (money units), parts of the objective; always inherited and trace.
    """
    if "problem" not in job:
        raise InvalidProblem("job: lacks 'problem'")
    given = codec.problem_from_json(job["problem"])
    stay = given.is_limited and bool(job.get("holders_stay"))
    problem = relieved(given) if stay else anchored(given)
    trace = _Trace(report)
    budget = Budget(float(job.get("seconds", 20)), int(job.get("threads", 1)))
    least = min(1.0, budget.seconds)
    core: tuple[str, ...] = ()

    def kept_by_holders(outcome: Outcome[StaffingSolution]) -> Outcome[StaffingSolution]:
        return _kept(problem, outcome) if stay else outcome

    def result(outcome: Outcome[StaffingSolution]) -> Json:
        unmet = _unmet(problem, outcome)
        named = replace(outcome, core=(core or outcome.core) + unmet)
        return _result(without_musts(problem, unmet), named, trace, bool(core or unmet))

    while True:
        outcome = solve(
            problem,
            budget=replace(budget, seconds=max(least, budget.seconds - trace.lead_s)),
            seed=int(job.get("seed", 0)),
            report=trace,
            stop=stop,
            on_plan=lambda so_far: report.best(result(kept_by_holders(so_far))),
        )
        musts = tuple(slot.key for slot in problem.slots if slot.must_fill)
        interrupted = outcome.solution is None and outcome.status is not Status.INFEASIBLE
        clashes = outcome.status is Status.INFEASIBLE and bool(outcome.core)
        if not clashes and not (interrupted and musts):
            end = kept_by_holders(outcome)
            if end is not outcome:  # the curve ends with what is proposed
                trace.incumbent(seconds=outcome.runtime_s, objective=end.objective, bound=end.bound)
            return result(end)
        # A plan without the slots that cannot be filled helps more than no plan; so does one in
        # which nothing has to be filled where somebody wants what there is, or time runs out.
        core += outcome.core
        trace.lead_s += outcome.runtime_s
        late = interrupted or trace.lead_s > LEAD_SHARE * budget.seconds
        problem = without_musts(problem, musts if late else core)


def _result(
    problem: StaffingProblem,
    outcome: Outcome[StaffingSolution],
    trace: _Trace,
    infeasible: bool,
) -> Json:
    return _outcome(outcome, infeasible=infeasible) | {
        "inherited": [violation(problem, found) for found in verify.inherited(problem)],
        "trace": list(trace.points),
        **_plan(problem, outcome),
    }


def _kept(
    problem: StaffingProblem, outcome: Outcome[StaffingSolution]
) -> Outcome[StaffingSolution]:
    """What was found, without what needs the time of work that nobody takes over.

    The bound holds for less than was allowed too.
    """
    if outcome.solution is None or not left_alone(problem, outcome.solution.assignment):
        return outcome
    solution = StaffingSolution(kept(problem, outcome.solution.assignment))
    return replace(
        outcome,
        status=Status.FEASIBLE if outcome.status is Status.PROVEN else outcome.status,
        solution=solution,
        objective=float(verify.value(problem, solution).objective),
    )


def _unmet(problem: StaffingProblem, outcome: Outcome[StaffingSolution]) -> tuple[str, ...]:
    """Slots that must be filled and had to be given up for a holder."""
    plan = () if outcome.solution is None else outcome.solution.assignment
    return tuple(
        slot.key for slot, p in zip(problem.slots, plan, strict=False) if slot.must_fill and p < 0
    )


def anchored(problem: StaffingProblem) -> StaffingProblem:
    """Under a change budget, keep of the given plan only what keeps the rules."""
    if not problem.is_limited:
        return problem
    tables = Tables(problem)
    ledger = Ledger(tables)
    start = keepable(Candidates.of(tables, ledger), ledger)
    return replace(problem, start=start)


def without_musts(problem: StaffingProblem, keys: tuple[str, ...]) -> StaffingProblem:
    """The problem in which these slots may stay open."""
    slots = tuple(
        replace(slot, must_fill=False) if slot.key in keys else slot for slot in problem.slots
    )
    return replace(problem, slots=slots)


class _Trace:
    """Passes reports on and keeps the curve."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self.points: list[list[float | None]] = []
        self.lead_s = 0.0

    def __call__(self, stage: str, progress: float) -> None:
        self._report(stage, progress)

    def incumbent(
        self, *, seconds: float, objective: float | None, bound: float | None = None
    ) -> None:
        seconds += self.lead_s
        self.points.append([round(seconds, 3), objective, bound])
        self._report.incumbent(seconds=seconds, objective=objective, bound=bound)

    def best(self, result: Mapping[str, Any]) -> None:
        self._report.best(result)


def _outcome(outcome: Outcome[StaffingSolution], *, infeasible: bool = False) -> Json:
    return {
        "outcome": (Status.INFEASIBLE if infeasible else outcome.status).value,
        "objective": None if outcome.objective is None else int(outcome.objective),
        "bound": outcome.bound,
        "gap": outcome.gap,
        "runtime_s": outcome.runtime_s,
        "seed": outcome.seed,
        "method": outcome.method,
        "core": list(outcome.core),
    }


def _plan(problem: StaffingProblem, outcome: Outcome[StaffingSolution]) -> Json:
    solution = outcome.solution
    if solution is None:
        # The open plan still says what stands in the way of each slot of the core.
        solution = StaffingSolution((-1,) * len(problem.slots))
        reasons = explain(problem, solution)
        core = set(outcome.core)
        stuck = [b for b in reasons.blockers if problem.slots[b.slot].key in core]
        return {"assignment": [], "scores": [], "blockers": [blocker(problem, b) for b in stuck]}
    broken = verify.verify(problem, solution)
    if broken:
        raise BrokenPlan(f"the plan breaks {violation(problem, broken[0])}")
    worth, reasons = verify.value(problem, solution), explain(problem, solution)
    parts = ("coverage", "fit", "cost", "continuity", "overload")
    return {
        "assignment": [
            {"slot": problem.slots[s].key, "person": problem.people[p].key}
            for s, p in enumerate(solution.assignment)
            if p >= 0
        ],
        "scores": [score(problem, one) for one in reasons.scores],
        "blockers": [blocker(problem, one) for one in reasons.blockers],
        "overload": {problem.people[p].key: points for p, points in reasons.overload.items()},
        "coverage_share": worth.covered_share,
        "cost": worth.money,
        "parts": {part: getattr(worth, part) for part in parts},
    }


def violation(problem: StaffingProblem, found: verify.Violation) -> Json:
    """A broken rule with keys instead of indices."""
    return {
        "rule": found.rule.value,
        "person": None if found.person is None else problem.people[found.person].key,
        "project": found.project,
        "slot": None if found.slot is None else problem.slots[found.slot].key,
        "week": found.week,
        "detail": found.detail,
    }


def score(problem: StaffingProblem, one: Score) -> Json:
    """The points of a filled slot by criterion; `cost` is a loss."""
    return {
        "slot": problem.slots[one.slot].key,
        "person": problem.people[one.person].key,
        "coverage": one.coverage,
        "fit": one.fit,
        "cost": one.cost,
        "continuity": one.continuity,
        "total": one.total,
        "money": one.money,
    }


def blocker(problem: StaffingProblem, one: Blocker) -> Json:
    """What keeps a slot open, with keys instead of indices and rules in their own words."""
    slot = problem.slots[one.slot]
    return {
        "slot": slot.key,
        "reason": one.reason.value,
        "blocking_rule": None if one.blocking_rule is None else one.blocking_rule.value,
        "rules": [rule.value for rule in one.rules],
        "failing": {rule.value: count for rule, count in one.failing.items()},
        "frees": {rule.value: count for rule, count in one.frees.items()},
        "weeks": [slot.start, slot.end],
        "skills": [
            {"skill": s.skill, "level": s.level, "have": s.have, "valid": s.valid}
            for s in one.supply
        ],
        "people": [
            {
                "person": problem.people[near.person].key,
                "rules": [rule.value for rule in near.rules],
                "weeks": list(near.weeks),
            }
            for near in one.people
        ],
        "gain": one.gain,
        "side": slot.side.value,
        "holders": one.holders,
        "of_holders": [
            {"rule": held.rule.value, "count": held.count, "weeks": list(held.weeks)}
            for held in one.of_holders
        ],
    }


if __name__ == "__main__":
    from teamhub.kernel.child import serve

    serve(run)
