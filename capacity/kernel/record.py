"""The best plan and bound so far, what is told of them, and the checked outcome."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from capacity.kernel import verify
from capacity.kernel.columns import Columns
from capacity.kernel.objectives import Array
from capacity.kernel.plan import Plan
from capacity.kernel.problem import CapacityProblem, CapacitySolution
from teamhub.kernel.budget import Deadline, Report
from teamhub.kernel.outcome import Outcome, Status

# Plans nearer to the bound than this are proven: money is not counted finer.
PROVEN_GAP = 1e-6
HAND_SECONDS = 2.0

OnPlan = Callable[["Planned"], None]


class BrokenPlan(AssertionError):
    """The solver made a plan that breaks a rule, or a bound below a plan: a defect of ours."""


@dataclass(frozen=True, slots=True)
class Planned(Outcome[CapacitySolution]):
    """How a solve ended; objective and bound as the objective itself counts, cost upwards.

    Attributes
    ----------
    prices
        Of shape (n_weeks, n_pools): what one more device in that week is worth in the relaxed plan.
    core_proven
        False where the workloads of the core are merely those that nothing served in the time.
    gives_way
        Those of the core without which the rest of it can be served: all that fit nowhere even by
        themselves, and of a clash the one of least value.
    """

    prices: Array | None = None
    core_proven: bool = True
    gives_way: tuple[str, ...] = ()

    @property
    def gap(self) -> float | None:
        """|bound - objective| / max(1, |objective|); None while one is unknown."""
        if self.objective is None or self.bound is None:
            return None
        return abs(self.bound - self.objective) / max(1.0, abs(self.objective))


class Record:
    """What a solve has found so far.

    Attributes
    ----------
    worth
        Of the best plan, as it is maximised; `sign` turns it into the objective.
    bound
        On worth; None while there is none.
    """

    def __init__(
        self,
        problem: CapacityProblem,
        deadline: Deadline,
        seed: int,
        report: Report,
        on_plan: OnPlan | None,
    ) -> None:
        self.problem, self.deadline, self.seed, self.report = problem, deadline, seed, report
        self.on_plan = on_plan
        self._hand_at = 0.0
        self.sign = problem.objective.sign
        self.columns = Columns(problem)
        self.best: Plan | None = None
        self.worth = -math.inf
        self.bound: float | None = None
        self.prices: Array | None = None
        self.core_proven = True
        self.gives_way: tuple[str, ...] = ()
        self.method = "greedy"

    @property
    def proven(self) -> bool:
        if self.bound is None or self.best is None:
            return False
        return self.bound - self.worth <= PROVEN_GAP * max(1.0, abs(self.worth))

    def share_of_time(self) -> float:
        return min(0.99, self.deadline.elapsed / self.deadline.budget.seconds)

    def offer(self, plan: Plan, method: str) -> None:
        """Take a plan if it keeps the rules and is better than the best one."""
        if not (plan.fits and plan.serves_all_musts):
            return
        worth = plan.worth
        if worth <= self.worth:
            return
        self.best, self.worth, self.method = plan, worth, method
        now = self.deadline.elapsed
        self._tell(now)
        if self.on_plan is not None and now >= self._hand_at:
            self.on_plan(self.outcome(Status.STOPPED))
            done = self.deadline.elapsed
            # Explaining a large plan takes a while: a tenth of the time at most goes into it.
            self._hand_at = done + max(HAND_SECONDS, 9 * (done - now))

    def tighten(self, bound: float) -> None:
        if not math.isfinite(bound) or (self.bound is not None and bound >= self.bound):
            return
        self.bound = bound
        if self.best is not None:
            self._tell(self.deadline.elapsed)

    def _tell(self, seconds: float) -> None:
        bound = None if self.bound is None else self.sign * max(self.bound, self.worth)
        self.report.incumbent(seconds=seconds, objective=self.sign * self.worth, bound=bound)

    def _checked(self, plan: Plan) -> tuple[CapacitySolution, float]:
        """The plan in the problem's words and its objective, both checked from the data alone."""
        solution = plan.solution()
        broken = verify.verify(self.problem, solution)
        if broken:
            raise BrokenPlan(f"{len(broken)} rules are broken, first {broken[0]}")
        worth = self.sign * verify.objective(self.problem, solution)
        noise = 1e-6 * max(1.0, abs(worth))
        if abs(worth - self.worth) > noise:
            raise BrokenPlan(f"the plan is worth {worth}, not {self.worth}")
        if self.bound is not None and self.bound < worth - noise:
            raise BrokenPlan(f"the bound {self.bound} is below the plan's {worth}")
        return solution, worth

    def outcome(self, status: Status, core: tuple[str, ...] = ()) -> Planned:
        solution, objective_, bound = None, None, self.bound
        if self.best is not None:
            solution, worth = self._checked(self.best)
            if self.proven:
                status, bound = Status.PROVEN, worth
            elif self.deadline.stop.is_set():
                status = Status.STOPPED
            if bound is not None:
                bound = self.sign * max(bound, worth)
            objective_ = self.sign * worth
        elif bound is not None:
            bound *= self.sign
        return Planned(
            status=status,
            solution=solution,
            objective=objective_,
            bound=bound,
            runtime_s=self.deadline.elapsed,
            seed=self.seed,
            method=self.method,
            core=core,
            prices=self.prices,
            core_proven=self.core_proven,
            gives_way=self.gives_way,
        )
