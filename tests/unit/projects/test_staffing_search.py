"""Does each stage of a large solve keep the rules and never lose what it had?"""

from __future__ import annotations

from random import Random
from threading import Event

import numpy as np
import pytest

from benchmarks import instances
from projects.kernel.staffing import greedy, lns, verify
from projects.kernel.staffing import solve as solving
from projects.kernel.staffing.candidates import Candidates
from projects.kernel.staffing.ledger import Ledger
from projects.kernel.staffing.model import PlanModel
from projects.kernel.staffing.problem import StaffingProblem, StaffingSolution
from projects.kernel.staffing.tables import Tables
from teamhub.kernel.budget import Budget, Deadline
from teamhub.kernel.highs import solve_lp
from teamhub.kernel.outcome import Status
from tests.unit.projects.staffing_cases import plan_of, tiny


def company(seed: int = 5) -> tuple[StaffingProblem, Candidates, Ledger]:
    problem = instances.problem_of(instances.generate(14, 4, 20, seed))
    tables = Tables(problem)
    ledger = Ledger(tables)
    return problem, Candidates.of(tables, ledger), ledger


def objective(problem: StaffingProblem, ledger: Ledger) -> int:
    solution = StaffingSolution(tuple(ledger.plan.tolist()))
    assert verify.verify(problem, solution) == []
    return verify.value(problem, solution).objective


@pytest.mark.parametrize("kind", ["gap", "person", "project", "weeks"])
def test_no_neighbourhood_loses_points_or_breaks_a_rule(kind: str) -> None:
    problem, candidates, ledger = company()
    search = lns.Search(candidates, ledger, Random(1), Deadline(Budget(60.0)))
    for size in (4, 15, 40):
        before = objective(problem, ledger)
        slots = sorted(search.kinds[kind].choose(size))
        gain, solved = search._improve(slots, 5.0)
        assert solved
        assert objective(problem, ledger) == before + gain


def test_thinned_neighbourhoods_keep_what_is_placed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lns, "MOST_PAIRS", 10)
    problem, candidates, ledger = company()
    greedy.by_hand(candidates, ledger)
    before = objective(problem, ledger)
    search = lns.Search(candidates, ledger, Random(1), Deadline(Budget(60.0)))
    search._improve(list(range(len(problem.slots))), 5.0)
    assert objective(problem, ledger) >= before


def test_the_search_stops_when_asked() -> None:
    problem, candidates, ledger = company()
    stop = Event()
    search = lns.Search(candidates, ledger, Random(1), Deadline(Budget(60.0), stop))
    search.on_better = stop.set
    search.run(60.0)
    assert objective(problem, ledger) > 0


def test_kinds_that_gain_more_are_chosen_more_and_sizes_follow_ease() -> None:
    kind = lns._Kind(lambda size: set())
    kind.learn(100.0, 0.1, solved=True)
    assert kind.size > lns.FIRST_SLOTS
    for _ in range(20):
        kind.learn(0.0, 2.0, solved=False)
    assert kind.size == lns.FEWEST_SLOTS
    assert kind.gain_per_second == pytest.approx(1000 * 0.8**20)


def test_removing_what_was_placed_leaves_the_ledger_as_it_was() -> None:
    _problem, candidates, ledger = company()
    untouched = ledger.copy()
    greedy.by_hand(candidates, ledger)
    assert (ledger.plan >= 0).any()
    for s in np.flatnonzero(ledger.plan >= 0).tolist():
        ledger.remove(s)
    for name in ("plan", "left", "load", "works_on", "in_phase", "on_side", "money_left"):
        assert (getattr(ledger, name) == getattr(untouched, name)).all(), name
    assert (ledger.projects_left == untouched.projects_left).all()
    assert (ledger.effort_left == untouched.effort_left).all()


@pytest.mark.parametrize("seed", range(5))
def test_split_continuity_never_bounds_below_the_full_model(seed: int) -> None:
    tables = Tables(tiny(seed))
    ledger = Ledger(tables)
    candidates = Candidates.of(tables, ledger)
    full, split = (
        solve_lp(
            PlanModel(
                candidates, ledger, np.arange(candidates.n_pairs), split_continuity=halved
            ).model,
            method="simplex",
            seconds=5,
        ).bound
        for halved in (False, True)
    )
    assert full is not None
    assert split is not None
    assert split >= full - 1e-6


def test_a_start_solution_is_worth_what_its_plan_is() -> None:
    problem, candidates, ledger = company()
    plan = ledger.copy()
    greedy.by_hand(candidates, plan)
    model = PlanModel(candidates, ledger, np.arange(candidates.n_pairs))
    start = model.start(plan.plan)
    assert model.model.value @ start == objective(problem, plan)
    row = np.repeat(np.arange(model.model.n_rows), np.diff(model.model.start))
    used = np.bincount(
        row,
        weights=model.model.coefficient * start[model.model.column],
        minlength=model.model.n_rows,
    )
    assert (used <= model.model.row_upper + 1e-9).all()


def test_beyond_branch_and_bound_prices_and_search_do_the_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(solving, "WHOLE_PAIRS", 0)
    monkeypatch.setattr(solving, "IPM_PAIRS", 0)
    problem, candidates, by_hand = company()
    greedy.by_hand(candidates, by_hand)
    outcome = solving.solve(problem, budget=Budget(0.5), seed=2)
    assert outcome.status in {Status.FEASIBLE, Status.PROVEN}
    assert outcome.objective is not None
    assert outcome.bound is not None
    assert objective(problem, by_hand) < outcome.objective <= outcome.bound
    later = solving.better_bound(problem, budget=Budget(1.0))
    assert later is not None
    assert later >= outcome.objective


@pytest.mark.parametrize("seed", range(10))
def test_placing_a_plan_at_once_leaves_what_placing_it_slot_by_slot_leaves(seed: int) -> None:
    given = tiny(seed) if seed < 8 else instances.problem_of(instances.generate(12, 3, 14, seed))
    plan = plan_of(solving.solve(given, budget=Budget(0.2), seed=seed))
    one, other = Ledger(Tables(given)), Ledger(Tables(given))
    other.place_all(np.array(plan))
    for s, p in enumerate(plan):
        if p >= 0:
            one.place(s, p)
    for name in ("plan", "left", "load", "works_on", "in_phase", "on_side", "money_left"):
        assert (getattr(one, name) == getattr(other, name)).all(), name
    assert (one.effort_left == other.effort_left).all()
    assert (one.projects_left == other.projects_left).all()
