"""What one more of anything would be worth, by the duals of the relaxed programme."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from projects.kernel.staffing.candidates import Candidates
from projects.kernel.staffing.ledger import Ledger
from projects.kernel.staffing.model import PlanModel
from projects.kernel.staffing.tables import Array, Tables
from teamhub.kernel.budget import Deadline
from teamhub.kernel.highs import solve_lp

# As in `solve`: beyond, only the first-order method keeps up, and loose prices order as well.
IPM_PAIRS = 8000
PDLP_TOLERANCE = 1e-2


@dataclass(frozen=True)
class Prices:
    """Points per unit of each limit; zeros where a limit does not bind.

    Attributes
    ----------
    slot
        Of the place in each slot.
    units
        (people, weeks) of a unit of effort.
    piece
        (people, weeks) of one more piece of work, whatever its effort.
    projects
        (people, weeks) of one more project at once.
    effort
        Of a unit of each person's effort below overload.
    money
        Of each project of the scope.
    """

    tables: Tables
    slot: Array
    units: Array
    piece: Array
    projects: Array
    effort: Array
    money: Array

    def surplus(
        self, s: int, people: Array, *, weeks: tuple[int, int] | None = None, projects: bool = True
    ) -> Array:
        """What a place of a slot would gain with each of some people, after all prices.

        Parameters
        ----------
        weeks
            The slot's, if it lay elsewhere.
        projects
            Whether the price of one more project at once is taken off.
        """
        tables = self.tables
        start, end = (int(tables.start[s]), int(tables.end[s])) if weeks is None else weeks
        inside = slice(start, end)
        paid = self.slot[s] + tables.fte[s] * self.units[people, inside].sum(axis=1)
        paid = paid + self.piece[people, inside].sum(axis=1)
        if projects:
            paid = paid + self.projects[people, inside].sum(axis=1)
        effort = tables.effort[s]
        money = self.money[tables.project[s]] * tables.rate[people] * effort
        gained: Array = tables.points(s, people) - paid - money - effort * self.effort[people]
        return gained


def prices_of(tables: Tables, ledger: Ledger, deadline: Deadline, seconds: float) -> Prices:
    """Solve the relaxation beside the facts; all zero where the time did not do."""
    candidates = Candidates.of(tables, ledger)
    model = _PricedModel(candidates, ledger, np.arange(candidates.n_pairs))
    answer = solve_lp(
        model.model,
        method="ipm" if candidates.n_pairs <= IPM_PAIRS else "pdlp",
        seconds=max(0.1, min(seconds, deadline.left)),
        threads=deadline.budget.threads,
        tolerance=PDLP_TOLERANCE if candidates.n_pairs > IPM_PAIRS else None,
        stop=deadline.stop,
    )
    duals = np.zeros(model.model.n_rows) if answer.duals is None else answer.duals
    return model.prices(np.maximum(duals, 0.0))


class _PricedModel(PlanModel):
    """The programme without columns of continuity, which knows what its rows stand for."""

    def __init__(self, candidates: Candidates, ledger: Ledger, pairs: Array) -> None:
        self._cell_rows: dict[str, list[tuple[int, Array]]] = {
            "units": [],
            "piece": [],
            "projects": [],
        }
        self._weekly = "piece"
        super().__init__(candidates, ledger, pairs, split_continuity=True)

    def prices(self, duals: Array) -> Prices:
        tables = self.candidates.tables
        shape = (tables.n_people, tables.n_weeks)
        found = {name: np.zeros(shape) for name in self._cell_rows}
        people = np.unique(self.person)
        for name, parts in self._cell_rows.items():
            for first, cells in parts:
                p, week = people[cells // tables.n_weeks], cells % tables.n_weeks
                np.add.at(found[name], (p, week), duals[first : first + len(cells)])
        slot, effort = np.zeros(tables.n_slots), np.zeros(tables.n_people)
        slots = np.unique(self.slot)
        slot[slots] = duals[: len(slots)]
        _columns, row, _effort, pair, target = self._over
        owner = np.zeros(len(target), dtype=np.int64)
        owner[row] = self.person[pair]
        effort[owner] = duals[self._first_over : self._first_over + len(target)]
        money = np.zeros(len(tables.problem.projects))
        tight = self._tight_budgets()
        money[tight] = duals[self._first_budget : self._first_budget + len(tight)]
        return Prices(tables, slot=slot, effort=effort, money=money, **found)

    def _tight_budgets(self) -> Array:
        """The projects with a row, in the order of the rows."""
        last = self._end_budget - self._first_budget
        tables = self.candidates.tables
        money = tables.rate[self.person] * tables.effort[self.slot]
        spend = np.bincount(self.project, weights=money, minlength=len(self.ledger.money_left))
        tight = np.flatnonzero(spend > self.ledger.money_left)
        if len(tight) != last:
            raise AssertionError(f"{last} rows of budgets for {len(tight)} projects")
        return tight

    def _capacity(self, *args: Array) -> None:
        self._weekly = "units"
        super()._capacity(*args)

    def _max_projects(self, *args: Array) -> None:
        self._weekly = "projects"
        super()._max_projects(*args)

    def _cells(
        self, column: Array, cell: Array, coefficient: Array, rows: Array, limit: Array
    ) -> None:
        name = self._weekly
        if name == "units" and bool((coefficient == 1).all()):
            name = "piece"
        self._cell_rows[name].append((self._rows.n_rows, np.flatnonzero(rows)))
        super()._cells(column, cell, coefficient, rows, limit)

    def _budgets(self) -> None:
        self._first_budget = self._rows.n_rows
        super()._budgets()
        self._end_budget = self._rows.n_rows

    def _overload(self) -> None:
        self._first_over = self._rows.n_rows
        super()._overload()
