"""Which workload runs where and when, and what to buy: lists, a relaxation, and exact models."""

from __future__ import annotations

import math
from threading import Event

import numpy as np

from capacity.kernel import conflict, starts
from capacity.kernel.margin import Margin
from capacity.kernel.model import PlanModel, objective
from capacity.kernel.objectives import Array, Objective
from capacity.kernel.plan import Plan
from capacity.kernel.problem import CapacityProblem
from capacity.kernel.rebuy import rebuy
from capacity.kernel.record import PROVEN_GAP, OnPlan, Planned, Record
from capacity.kernel.rounding import Relaxed, argmax, round_off
from teamhub.kernel.budget import Budget, Deadline, Report, Silence
from teamhub.kernel.highs import Answer, Ended, SolverFailed, solve_lp, solve_mip
from teamhub.kernel.outcome import Status

# Up to so many workloads the exact model comes first; up to the second number it comes after the
# neighbourhoods, beyond it never ended. Measured: docs/decisions/0007-capacity-plan.md.
SMALL_JOBS, WHOLE_JOBS = 100, 1000
# Workloads in the first neighbourhood; while one is solved to the end the next has thrice as many.
# In smaller problems all others may give way to them, in larger ones they stay.
FIRST_SIZE, FIRST_SIZE_SMALLER, GROWTH = 100, 150, 3
# Parts of what is left of the time.
LIST_SHARE, LP_SHARE, ROUND_SHARE, NEAR_SHARE, TIE_SHARE = 0.3, 0.8, 0.15, 0.35, 0.15
QUICK_SHARE, REBUY_SHARE = 0.2, 0.5
ROUND_TRIES = 5
# A neighbourhood that is this near to its best, beside the bound of the whole, is done.
NEAR_GAP = 2e-4


def solve(
    problem: CapacityProblem,
    *,
    budget: Budget,
    seed: int = 0,
    report: Report | None = None,
    stop: Event | None = None,
    on_plan: OnPlan | None = None,
) -> Planned:
    """Plan a horizon under the problem's objective.

    maximise  net_value, efficiency, or minimise weighted_cost (docs/formulas.md#capacity)
    subject to devices of each pool in each week, one place per workload within its window, batches
    done whole, whole nodes bought, and everything served that must be.

    Parameters
    ----------
    budget
        Wall time in seconds and number of solver threads.
    seed
        Equal seeds walk the same way; how far they come in the time may differ.
    report
        Told the stage and each better plan as (seconds, objective, bound).
    stop
        When set, return the best plan so far with status STOPPED.
    on_plan
        Called with the outcome as it would be now, at the first plan and then every few seconds.

    Returns
    -------
    Planned
        With a solution, `verify(problem, solution)` is empty. `bound` is valid in every case.
        INFEASIBLE names in `core` workloads that must be served and cannot: each that fits nowhere
        even by itself, or else a set that clashes and of which no part does.
    """
    deadline = Deadline(budget, stop or Event())
    return _Solve(problem, deadline, seed, report or Silence(), on_plan).run()


class _Solve(Record):
    """One solve: the stages that find better plans and bounds."""

    def __init__(
        self,
        problem: CapacityProblem,
        deadline: Deadline,
        seed: int,
        report: Report,
        on_plan: OnPlan | None,
    ) -> None:
        super().__init__(problem, deadline, seed, report, on_plan)
        self.threads = deadline.budget.threads
        self.margin: Margin | None = None
        self._lists = starts.first_plans(self.columns)

    def run(self) -> Planned:
        self.report("First plan", 0.0)
        core = self._start()
        if core:
            return self.outcome(Status.INFEASIBLE, core)
        if self.best is None:
            return self.outcome(Status.STOPPED)
        self._relax()
        if self.columns.n_buys and self.columns.n_jobs <= SMALL_JOBS:
            # Most small problems end here; the search for fewer nodes knows no end of its own.
            self._branch(QUICK_SHARE * self.deadline.left)
        self._rebuy()
        ties = self.problem.objective is not Objective.NET_VALUE
        until = TIE_SHARE * self.deadline.left if ties else 0.0
        if self.columns.n_jobs <= SMALL_JOBS:
            self._branch(self.deadline.left - until)
        else:
            self._near(until)
            self._branch(self.deadline.left - until)
        if ties:
            self._break_ties()
        return self.outcome(Status.FEASIBLE)

    # --- a first plan -------------------------------------------------------------------------

    def _start(self) -> tuple[str, ...]:
        """Find a plan that serves what must be served, or name what cannot be."""
        musts = np.flatnonzero(self.columns.must)
        alone = [int(j) for j in musts if not self.columns.possible[j]]
        if alone:
            self.gives_way = self._keys(alone)
            return self.gives_way
        self._try_lists(LIST_SHARE * self.deadline.left)
        if self.problem.start is not None:
            self.offer(starts.replayed(self.columns), "given")
        if self.best is None and self.columns.n_buys:
            for name, plan in starts.bought_plans(self.columns):
                self.offer(plan, name)
        if self.best is None and not self.deadline.over:
            return self._serve_musts([int(j) for j in musts])
        return ()

    def _try_lists(self, seconds: float) -> None:
        """Offer plans of list schedulers, one at least, and go on where the last call ended."""
        end = self.deadline.elapsed + seconds
        for name, plan in self._lists:
            self.offer(plan, name)
            if self.deadline.elapsed > end or self.deadline.over:
                break

    def _serve_musts(self, musts: list[int]) -> tuple[str, ...]:
        """Search exactly for a plan of what must be served alone; name a core where none exists."""
        self.report("What must be served", 0.05)
        plan, most = conflict.most_served(self.columns, musts, self.deadline)
        if plan.serves_all_musts:
            starts.fill_up(plan)
            self.offer(plan, "branch and bound")
            return ()
        if self.deadline.stop.is_set():
            return ()
        unserved = [j for j in musts if not plan.serves(j)]
        if not most:
            self.core_proven = False
            self.gives_way = self._keys(unserved)
            return self.gives_way
        # What was served goes in front: the core is to be made of little beside the unserved.
        order = unserved + [j for j in musts if plan.serves(j)]
        found = conflict.smallest_clash(
            order, lambda jobs: bool(conflict.clash(self.columns, jobs, self.deadline))
        )
        least = min(found, key=lambda j: self.problem.workloads[j].value)
        self.gives_way = self._keys([least])
        return self._keys(found)

    def _keys(self, jobs: list[int]) -> tuple[str, ...]:
        return tuple(self.problem.workloads[j].key for j in jobs)

    # --- better plans -------------------------------------------------------------------------

    def _relax(self) -> None:
        """Bound by the relaxation, take its prices, and round it off to plans."""
        self.report("Bounding", 0.1)
        model = PlanModel(self.columns)
        answer = solve_lp(
            model.model,
            method="simplex",
            seconds=LP_SHARE * self.deadline.left,
            threads=self.threads,
            stop=self.deadline.stop,
        )
        if answer.bound is not None:
            self.tighten(answer.bound * model.unit + self.columns.constant)
        if answer.ended is not Ended.OPTIMAL or answer.values is None or answer.duals is None:
            self._try_lists(self.deadline.left)
            return
        self.prices = model.prices(answer.duals)
        relaxed = Relaxed(self.columns, model.spread(answer.values))
        self.margin = Margin(self.columns, self.prices, relaxed)
        self.report("Rounding off", 0.2)
        if self.columns.n_buys:
            self._round_buying(relaxed)
        else:
            limit = self.deadline.elapsed + ROUND_SHARE * self.deadline.left
            plan = round_off(
                relaxed,
                tries=ROUND_TRIES,
                seed=self.seed,
                over=lambda: self.deadline.elapsed > limit or self.deadline.over,
            )
            self.offer(plan, "rounding")

    def _round_buying(self, relaxed: Relaxed) -> None:
        """Places from the relaxed plan; what to buy for them, and its batches, exactly."""
        places = argmax(relaxed)
        c = self.columns
        keep = np.ones(c.n_columns, dtype=bool)
        keep[: c.n_rectangles] = False
        model = PlanModel(c, keep, around=places)
        answer = solve_mip(
            model.model,
            seconds=max(0.05, ROUND_SHARE * self.deadline.left),
            threads=self.threads,
            seed=self.seed,
            stop=self.deadline.stop,
            absolute_gap=self.near_gap / model.unit,
        )
        if answer.values is not None:
            plan = model.plan_of(answer.values)
            starts.fill_up(plan)
            self.offer(plan, "rounding")

    def _rebuy(self) -> None:
        if self.best is None or not self.columns.n_buys or self.proven or self.deadline.over:
            return
        self.report("Fewer nodes", self.share_of_time())
        plan = rebuy(
            self.best,
            seconds=REBUY_SHARE * self.deadline.left,
            # A stop is the end of all time.
            elapsed=lambda: self.deadline.elapsed if self.deadline.left else math.inf,
            seed=self.seed,
        )
        starts.fill_up(plan)
        self.offer(plan, "nodes")

    def _near(self, until: float) -> None:
        """Solve growing neighbourhoods of the margin exactly, each from the best plan so far."""
        if self.margin is None or self.best is None:
            return
        rng = np.random.default_rng(self.seed)
        end = until
        if self.columns.n_jobs <= WHOLE_JOBS:
            end += (1 - NEAR_SHARE) * (self.deadline.left - until)
        smaller = self.columns.n_jobs <= WHOLE_JOBS
        first = size = FIRST_SIZE_SMALLER if smaller else FIRST_SIZE
        blur = False
        while self.deadline.left > end + 0.05 and not self.proven:
            self.report("Improving the plan", self.share_of_time())
            keep = self.margin.neighbourhood(self.best, size, rng if blur else None)
            if smaller:
                keep |= self.best.values() > 0
            answer = self._improve(self.best, PlanModel(self.columns, keep, around=self.best), end)
            if answer.ended is Ended.OPTIMAL:
                if size >= self.columns.n_jobs:
                    return
                size *= GROWTH
            else:
                size, blur = max(first, size // 2), True

    def _improve(self, best: Plan, model: PlanModel, end: float) -> Answer:
        """Branch and bound on a part, from the best plan."""

        def found(values: Array, _objective: float, _bound: float) -> None:
            self.offer(model.plan_of(values), "margin")

        answer = solve_mip(
            model.model,
            seconds=max(0.05, self.deadline.left - end),
            threads=self.threads,
            seed=self.seed,
            start=model.restricted(best.values()),
            stop=self.deadline.stop,
            on_incumbent=found,
            absolute_gap=self.near_gap / model.unit,
        )
        if answer.values is not None:
            plan = model.plan_of(answer.values)
            starts.fill_up(plan)
            self.offer(plan, "margin")
        return answer

    def _branch(self, seconds: float) -> None:
        """Branch and bound on the whole model, from the best plan."""
        if self.best is None or self.proven or seconds < 0.05:
            return
        if self.columns.n_jobs > WHOLE_JOBS:
            return
        self.report("Closing the gap", self.share_of_time())
        model = PlanModel(self.columns)
        constant = self.columns.constant

        def found(values: Array, _objective: float, bound: float) -> None:
            self.tighten(bound * model.unit + constant)
            self.offer(model.plan_of(values), "branch and bound")

        answer = solve_mip(
            model.model,
            seconds=seconds,
            threads=self.threads,
            seed=self.seed,
            start=model.restricted(self.best.values()),
            stop=self.deadline.stop,
            on_incumbent=found,
            absolute_gap=PROVEN_GAP / 2 * max(1.0, abs(self.worth)) / model.unit,
        )
        if answer.bound is not None:
            self.tighten(answer.bound * model.unit + constant)
        if answer.values is not None:
            plan = model.plan_of(answer.values)
            starts.fill_up(plan)
            self.offer(plan, "branch and bound")

    def _break_ties(self) -> None:
        """Among plans as good that serve the same workloads, take one that costs less money."""
        if self.best is None or self.deadline.left < 0.05:
            return
        self.report("Least cost", self.share_of_time())
        costs = self.columns.money
        served = self.best.served
        slack = 1e-9 * max(1.0, abs(self.worth))
        floor = (objective(self.columns), self.worth - self.columns.constant - slack)
        model = PlanModel(self.columns, required=served, value=-costs, floor=floor)
        try:
            answer = solve_mip(
                model.model,
                seconds=self.deadline.left,
                threads=self.threads,
                seed=self.seed,
                start=model.restricted(self.best.values()),
                stop=self.deadline.stop,
            )
        except SolverFailed:
            return  # figures too far apart for one more model; the plan that is there is as good
        if answer.values is None:
            return
        plan = model.plan_of(answer.values)
        cheaper = costs @ plan.values() < costs @ self.best.values()
        kept = plan.fits and np.array_equal(plan.served, served)
        if cheaper and kept and plan.worth >= self.worth - 2 * slack:
            self.best = plan

    @property
    def near_gap(self) -> float:
        return NEAR_GAP * max(1.0, abs(self.bound if self.bound is not None else self.worth))
