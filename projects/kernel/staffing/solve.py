"""Who takes which slot: a greedy start, prices, a search, and a bound that holds in every case."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random
from threading import Event

import numpy as np

from projects.kernel.staffing import greedy, verify
from projects.kernel.staffing.candidates import Candidates
from projects.kernel.staffing.core import smallest
from projects.kernel.staffing.ledger import Ledger
from projects.kernel.staffing.lns import Search
from projects.kernel.staffing.model import PlanModel
from projects.kernel.staffing.problem import Rule, StaffingProblem, StaffingSolution
from projects.kernel.staffing.tables import Array, Tables
from teamhub.kernel.budget import Budget, Deadline, Report, Silence
from teamhub.kernel.highs import Ended, solve_lp, solve_mip
from teamhub.kernel.outcome import Outcome, Status

# Up to here branch and bound on the whole model pays; beyond, its root alone outlasts the search.
WHOLE_PAIRS = 4000
# Up to here interior point takes about a second; beyond, only the first-order method keeps up.
IPM_PAIRS = 8000
# Loose prices order people as well as exact ones do, and the bound is valid at any tolerance.
PDLP_TOLERANCE = 1e-3
PDLP_LOOSE_TOLERANCE, PDLP_LOOSE_PAIRS = 1e-2, 300_000
# Shares of the budget for a first try of branch and bound, the search, and the prices.
TRY_SHARE, SEARCH_SHARE, PRICE_SHARE = 0.08, 0.62, 0.3
# And for naming slots that cannot be filled together.
CORE_SHARE = 0.2
# Small problems are proven within it, so a short budget still spends it on the first try.
TRY_SECONDS = 1.0

HAND_SECONDS = 2.0

OnPlan = Callable[[Outcome[StaffingSolution]], None]


class BrokenPlan(AssertionError):
    """The solver made a plan that breaks a rule, or a bound below a plan: a defect of ours."""


def solve(
    problem: StaffingProblem,
    *,
    budget: Budget,
    seed: int = 0,
    report: Report | None = None,
    stop: Event | None = None,
    on_plan: OnPlan | None = None,
) -> Outcome[StaffingSolution]:
    """Fill slots with people at the greatest value.

    maximise  sum effort (priority + fit) - cost + continuity - overload
    subject to skills, distance, availability, number of projects, independence, one slot a phase,
    budgets, and every must-fill slot filled.

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
    Outcome
        With a solution, `verify(problem, solution)` is empty. `bound` is a valid upper bound.
        INFEASIBLE names in `core` all must-fill slots that nobody can take; where there are none, a
        smallest set of must-fill slots that cannot be filled together.
    """
    deadline = Deadline(budget, stop or Event())
    return _Solve(problem, deadline, seed, report or Silence(), on_plan).run()


def better_bound(problem: StaffingProblem, *, budget: Budget) -> float | None:
    """Upper bound on any plan, for when there is time after the answer."""
    tables = Tables(problem)
    ledger = Ledger(tables)
    candidates = Candidates.of(tables, ledger)
    everything = np.arange(candidates.n_pairs)
    deadline = Deadline(budget)
    if candidates.n_pairs <= WHOLE_PAIRS:
        model = PlanModel(candidates, ledger, everything).model
        return solve_mip(model, seconds=deadline.left, threads=budget.threads).bound
    bounds = []
    # The lighter relaxation first: the full one may not get anywhere in the time.
    for split in (True, False):
        model = PlanModel(candidates, ledger, everything, split_continuity=split).model
        answer = solve_lp(
            model,
            method="pdlp",
            seconds=max(0.1, deadline.left),
            threads=budget.threads,
            tolerance=PDLP_TOLERANCE,
        )
        bounds.append(answer.bound)
        if deadline.left < deadline.elapsed:
            break
    return min((bound for bound in bounds if bound is not None), default=None)


class _Solve:
    """One solve: the best plan and bound so far, and the stages that improve them."""

    def __init__(
        self,
        problem: StaffingProblem,
        deadline: Deadline,
        seed: int,
        report: Report,
        on_plan: OnPlan | None,
    ) -> None:
        self.problem, self.deadline, self.seed, self.report = problem, deadline, seed, report
        self.threads = deadline.budget.threads
        self.on_plan = on_plan
        self._handed_at: float | None = None
        self.tables = Tables(problem)
        self.base = Ledger(self.tables)
        self.candidates = Candidates.of(self.tables, self.base)
        self.best: Ledger | None = None
        self.objective: int | None = None
        self.bound: float | None = None
        self.method = "greedy"
        # Under a change budget every plan grows out of the given one.
        limited = problem.is_limited
        self.held = [s for s, p in enumerate(problem.start or ()) if limited and p >= 0]
        self._valued_at = self._value_cost = 0.0

    def run(self) -> Outcome[StaffingSolution]:
        self.report("First plan", 0.0)
        seeded = self.base.copy()
        core = self._fill_musts(seeded)
        if core is None:
            return self._outcome(Status.STOPPED)
        if core:
            return self._outcome(Status.INFEASIBLE, core)
        self._construct(seeded, "given", self._replay)
        self._construct(seeded, "greedy", lambda plan: greedy.by_hand(self.candidates, plan))
        if self.candidates.n_pairs == 0:
            self._tighten(float(self.objective or 0))
        elif self.candidates.n_pairs <= WHOLE_PAIRS:
            self._solve_small(seeded)
        else:
            self._price(seeded)
            self._search(self.deadline.left)
        return self._outcome(Status.FEASIBLE)

    def _solve_small(self, seeded: Ledger) -> None:
        whole = self.deadline.budget.seconds
        self._branch(max(TRY_SHARE * whole, min(TRY_SECONDS, whole / 2)))
        if self.proven or self.deadline.over:
            return
        self._price(seeded)
        self._search(SEARCH_SHARE * whole)
        self._branch(self.deadline.left)

    # --- stages -------------------------------------------------------------------------------

    def _fill_musts(self, ledger: Ledger) -> tuple[int, ...] | None:
        """Fill the must-fill slots of a ledger, or name a smallest set of them that cannot be.

        Under a change budget the given plan goes in with them. None when the time was up before
        either.
        """
        musts = np.flatnonzero(self.tables.must_fill).tolist()
        if stuck := [s for s in musts if self.candidates.counts[s] == 0]:
            return tuple(stuck)
        if not musts:
            if self.held:
                self._replay(ledger)
            return ()
        ended, placed = self._place_all(musts)
        if ended is Ended.INFEASIBLE:
            return self._core(musts)
        if placed is None:
            return None
        for s, p in placed:
            ledger.place(s, p)
        return ()

    def _core(self, musts: list[int]) -> tuple[int, ...]:
        """A smallest set of them that clashes; what a change budget adds, slot by slot."""
        share = Budget(max(0.05, CORE_SHARE * self.deadline.left), self.threads)
        found = smallest(self.base, musts, Deadline(share, self.deadline.stop), seed=self.seed)
        slots = tuple(group.number for group in found.groups if group.rule is Rule.MUST_FILL)
        if slots:
            return slots
        core = list(musts)
        for s in musts:
            rest = [other for other in core if other != s]
            if self.deadline.over:
                break
            if self._place_all(rest)[0] is Ended.INFEASIBLE:
                core = rest
        return tuple(core)

    def _place_all(self, musts: list[int]) -> tuple[Ended, list[tuple[int, int]] | None]:
        slots = sorted({*musts, *self.held})
        model = PlanModel(self.candidates, self.base, self.candidates.pairs_of(slots))
        answer = solve_mip(
            model.model,
            seconds=max(0.1, self.deadline.left / 2),
            threads=self.threads,
            seed=self.seed,
            stop=self.deadline.stop,
        )
        return answer.ended, None if answer.values is None else model.chosen(answer.values)

    def _construct(self, seeded: Ledger, method: str, fill: Callable[[Ledger], object]) -> None:
        ledger = seeded.copy()
        fill(ledger)
        greedy.fill_open(self.candidates, ledger)
        self._offer(ledger, method)

    def _replay(self, ledger: Ledger) -> None:
        if self.problem.start is not None:
            greedy.replay(self.candidates, ledger, self.problem.start)

    def _price(self, seeded: Ledger) -> None:
        """Bound by a relaxation, and plans made from its prices and its shares."""
        self.report("Bounding", 0.1)
        n_pairs = self.candidates.n_pairs
        model = PlanModel(
            self.candidates, self.base, np.arange(n_pairs), split_continuity=True
        ).model
        loose = n_pairs > PDLP_LOOSE_PAIRS
        answer = solve_lp(
            model,
            method="ipm" if n_pairs <= IPM_PAIRS else "pdlp",
            seconds=PRICE_SHARE * self.deadline.left,
            threads=self.threads,
            tolerance=(PDLP_LOOSE_TOLERANCE if loose else PDLP_TOLERANCE),
            stop=self.deadline.stop,
        )
        if answer.duals is None or answer.values is None:
            return
        bound, reduced = model.dual_bound(answer.duals)
        self._tighten(bound)
        shares = answer.values[:n_pairs]
        self._construct(seeded, "prices", lambda p: greedy.by_price(self.candidates, p, reduced))
        self._construct(
            seeded, "rounding", lambda p: greedy.by_rounding(self.candidates, p, shares)
        )

    def _search(self, seconds: float) -> None:
        if self.best is None or self.deadline.over:
            return
        self.report("Improving the plan", 0.2)
        ledger = self.best.copy()
        search = Search(
            self.candidates, ledger, Random(self.seed), self.deadline, threads=self.threads
        )
        search.on_better = lambda: self._progress(ledger)
        search.run(min(seconds, self.deadline.left))
        greedy.fill_open(self.candidates, ledger)
        self._offer(ledger, "search")

    def _progress(self, ledger: Ledger) -> None:
        """Publish a plan of the search, but spend at most a tenth of the time on valuing plans."""
        self.report("Improving the plan", self._share_of_time())
        if self.deadline.elapsed - self._valued_at >= 10 * self._value_cost:
            self._offer(ledger, "search")

    def _branch(self, seconds: float) -> None:
        """Branch and bound on the whole model, from the best plan."""
        if self.best is None or seconds < 0.05:
            return
        self.report("Closing the gap", self._share_of_time())
        n_pairs = self.candidates.n_pairs
        model = PlanModel(self.candidates, self.base, np.arange(n_pairs))

        def found(values: Array, _objective: float, bound: float) -> None:
            self._tighten(bound)
            self._offer(self._placed(model.chosen(values)), "branch and bound")

        answer = solve_mip(
            model.model,
            seconds=min(seconds, self.deadline.left),
            threads=self.threads,
            seed=self.seed,
            start=model.start(self.best.plan),
            stop=self.deadline.stop,
            on_incumbent=found,
            absolute_gap=0.99,
        )
        if answer.bound is not None:
            self._tighten(answer.bound)
        if answer.values is not None:
            ledger = self._placed(model.chosen(answer.values))
            greedy.fill_open(self.candidates, ledger)
            self._offer(ledger, "branch and bound")

    def _placed(self, chosen: list[tuple[int, int]]) -> Ledger:
        ledger = self.base.copy()
        for s, p in chosen:
            ledger.place(s, p)
        return ledger

    # --- bookkeeping --------------------------------------------------------------------------

    @property
    def proven(self) -> bool:
        # Objectives are integers.
        known = self.bound is not None and self.objective is not None
        return known and self.bound < self.objective + 1  # type: ignore[operator]

    def _share_of_time(self) -> float:
        return min(0.99, self.deadline.elapsed / self.deadline.budget.seconds)

    def _offer(self, ledger: Ledger, method: str) -> None:
        """Take a plan if the independent evaluator finds it better than the best one."""
        began = self.deadline.elapsed
        solution = StaffingSolution(tuple(ledger.plan.tolist()))
        objective = verify.value(self.problem, solution).objective
        self._valued_at = self.deadline.elapsed
        self._value_cost = self._valued_at - began
        if self.objective is not None and objective <= self.objective:
            return
        self.best, self.objective, self.method = ledger.copy(), objective, method
        self.report.incumbent(
            seconds=self.deadline.elapsed, objective=float(objective), bound=self.bound
        )
        due = self._handed_at is None or self._valued_at > self._handed_at + HAND_SECONDS
        if self.on_plan is not None and due:
            self._handed_at = self._valued_at
            self.on_plan(self._outcome(Status.STOPPED))

    def _tighten(self, bound: float) -> None:
        if not math.isfinite(bound) or (self.bound is not None and bound >= self.bound):
            return
        self.bound = bound
        if self.objective is not None:
            self.report.incumbent(
                seconds=self.deadline.elapsed, objective=float(self.objective), bound=bound
            )

    def _check_bound(self) -> None:
        """A bound below a legal plan means that the model forbids what the rules allow."""
        if self.bound is None or self.objective is None:
            return
        rounding = 0.5 + 1e-6 * abs(self.objective)
        if self.bound < self.objective - rounding:
            raise BrokenPlan(f"the bound {self.bound} is below the plan's {self.objective}")

    def _outcome(self, status: Status, core: tuple[int, ...] = ()) -> Outcome[StaffingSolution]:
        solution = None
        if self.best is not None:
            solution = StaffingSolution(tuple(self.best.plan.tolist()))
            broken = verify.verify(self.problem, solution)
            if broken:
                raise BrokenPlan(f"{len(broken)} rules are broken, first {broken[0]}")
            self._check_bound()
            if self.proven:
                status, self.bound = Status.PROVEN, float(self.objective or 0)
            elif self.deadline.stop.is_set():
                status = Status.STOPPED
        return Outcome(
            status=status,
            solution=solution,
            objective=None if self.objective is None else float(self.objective),
            bound=self.bound,
            runtime_s=self.deadline.elapsed,
            seed=self.seed,
            method=self.method,
            core=tuple(self.problem.slots[s].key for s in core),
        )
