"""What is left of everybody and everything while a plan is being made."""

from __future__ import annotations

import copy

import numpy as np

from projects.kernel.staffing.problem import Fact, Rule
from projects.kernel.staffing.tables import _SIDES, NO_LIMIT, OTHER, Array, Tables


class Ledger:
    """Remainders after the facts, where they are clamped at 0, and after whatever is placed.

    Attributes
    ----------
    plan
        Person per slot, -1 where open.
    left, load, projects_left
        (people, weeks): units that remain, units taken, and projects that may still begin.
    works_on
        (people, projects, weeks): number of pieces of work.
    in_phase
        (people, phases): number of pieces of work.
    on_side
        (people, projects, 2): pieces of building and of reviewing work.
    money_left
        Of each project of the scope.
    effort_left
        Of each person before overload begins; below 0 inside it.
    """

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        problem = tables.problem
        people, weeks = tables.n_people, tables.n_weeks
        n_projects = len(tables.project_number)
        self.plan = np.full(tables.n_slots, -1, dtype=np.int64)
        self.left = tables.availability.copy()
        self.load = np.zeros((people, weeks), dtype=np.int64)
        self.works_on = np.zeros((people, n_projects, weeks), dtype=np.int16)
        self.in_phase = np.zeros((people, len(tables.group_number)), dtype=np.int16)
        self.on_side = np.zeros((people, n_projects, 2), dtype=np.int16)
        budgets = [NO_LIMIT if p.budget is None else p.budget for p in problem.projects]
        self.money_left = np.array(budgets, dtype=np.int64)
        pct = problem.weights.overload_pct
        self.effort_left = pct * tables.availability.sum(axis=1) // 100
        # Points that a slot gains with a person who holds a fact beside it in its seat.
        self.beside_facts: dict[int, list[tuple[int, int]]] = {}
        for fact in problem.facts:
            self._subtract(fact)
        np.maximum(self.left, 0, out=self.left)
        np.maximum(self.money_left, 0, out=self.money_left)
        np.maximum(self.effort_left, 0, out=self.effort_left)
        busy = (self.works_on > 0).sum(axis=1)
        self.projects_left = np.maximum(0, tables.max_projects[:, None] - busy)

    def _subtract(self, fact: Fact) -> None:
        tables, p = self.tables, fact.person
        j = tables.project_number[fact.project]
        first, last = max(0, fact.start), max(0, min(fact.end, tables.n_weeks))
        if first < last:
            self.left[p, first:last] -= fact.fte
            self.load[p, first:last] += fact.fte
            self.works_on[p, j, first:last] += 1
            self.effort_left[p] -= fact.fte * (last - first)
        group = tables.group_number.get((j, fact.phase))
        if group is not None:
            self.in_phase[p, group] += 1
        side = _SIDES[fact.side]
        if side != OTHER:
            self.on_side[p, j, side] += 1
        if j < len(self.money_left):
            self.money_left[j] -= tables.rate[p] * fact.effort
        each = tables.problem.weights.continuity
        for s in fact.next_to:
            points = each * min(fact.effort, int(tables.effort[s]))
            self.beside_facts.setdefault(s, []).append((p, points))

    def copy(self) -> Ledger:
        """A ledger that can be changed without touching this one."""
        other = copy.copy(self)
        for name in ("plan", "left", "load", "works_on", "in_phase", "on_side", "money_left"):
            setattr(other, name, getattr(self, name).copy())
        other.effort_left = self.effort_left.copy()
        other.projects_left = self.projects_left.copy()
        return other

    def place(self, s: int, p: int) -> None:
        """Put a person into an open slot."""
        self._move(s, p, 1)
        self.plan[s] = p

    def place_all(self, plan: Array) -> None:
        """Put people into open slots, all at once: person per slot, -1 for none."""
        tables = self.tables
        slots = np.flatnonzero(plan >= 0)
        people, projects = plan[slots], tables.project[slots]
        length = tables.end[slots] - tables.start[slots]
        ends = np.cumsum(length)
        week = np.arange(int(length.sum())) - np.repeat(ends - length - tables.start[slots], length)
        who, where = np.repeat(people, length), np.repeat(projects, length)
        fte = np.repeat(tables.fte[slots], length)
        busy = (self.works_on > 0).sum(axis=1)
        np.add.at(self.works_on, (who, where, week), 1)
        self.projects_left -= (self.works_on > 0).sum(axis=1) - busy
        np.subtract.at(self.left, (who, week), fte)
        np.add.at(self.load, (who, week), fte)
        np.subtract.at(self.effort_left, people, tables.effort[slots])
        np.add.at(self.in_phase, (people, tables.group[slots]), 1)
        np.subtract.at(self.money_left, projects, tables.rate[people] * tables.effort[slots])
        sided = tables.side[slots] != OTHER
        side = tables.side[slots[sided]]
        np.add.at(self.on_side, (people[sided], projects[sided], side), 1)
        self.plan[slots] = people

    def remove(self, s: int) -> None:
        """Open a slot again."""
        self._move(s, int(self.plan[s]), -1)
        self.plan[s] = -1

    def _move(self, s: int, p: int, sign: int) -> None:
        tables = self.tables
        j, weeks = tables.project[s], slice(tables.start[s], tables.end[s])
        works = self.works_on[p, j, weeks]
        if sign > 0:
            self.projects_left[p, weeks] -= works == 0
        works += sign
        if sign < 0:
            self.projects_left[p, weeks] += works == 0
        self.left[p, weeks] -= sign * tables.fte[s]
        self.load[p, weeks] += sign * tables.fte[s]
        self.effort_left[p] -= sign * tables.effort[s]
        self.in_phase[p, tables.group[s]] += sign
        self.money_left[j] -= sign * tables.rate[p] * tables.effort[s]
        if tables.side[s] != OTHER:
            self.on_side[p, j, tables.side[s]] += sign

    def failures(self, s: int, people: Array) -> dict[Rule, Array]:
        """Which of some people fail which rule for an open slot, given all that is placed."""
        tables = self.tables
        j, weeks = tables.project[s], slice(tables.start[s], tables.end[s])
        left = self.left[people, weeks]
        # Only where other work takes something; a plain lack is the rule of availability.
        taken = self.load[people, weeks] > 0
        works = self.works_on[people, j, weeks]
        nobody = np.zeros(len(people), dtype=bool)
        side = tables.side[s]
        opposite = nobody if side == OTHER else self.on_side[people, j, 1 - side] > 0
        return {
            Rule.CAPACITY: (taken & (left < tables.fte[s])).any(axis=1),
            Rule.MAX_PROJECTS: ((works == 0) & (self.projects_left[people, weeks] < 1)).any(axis=1),
            Rule.INDEPENDENCE: opposite,
            Rule.ONE_PER_PHASE: self.in_phase[people, tables.group[s]] > 0,
            Rule.APART: self._meets(s, people) if tables.partners else nobody,
            Rule.BUDGET: tables.rate[people] * tables.effort[s] > self.money_left[j],
        }

    def fits(self, s: int, people: Array) -> Array:
        """Which of some suited people could take an open slot now."""
        failures = self.failures(s, people)
        if not self.tables.partners:
            del failures[Rule.APART]
        fails: Array = np.logical_or.reduce(list(failures.values()))
        return ~fails

    def _meets(self, s: int, people: Array) -> Array:
        """Who would work on the slot's project beside somebody they are kept apart from."""
        tables = self.tables
        j, weeks = tables.project[s], slice(tables.start[s], tables.end[s])
        there: Array = np.any(self.works_on[:, j, weeks], axis=1)
        partners = tables.partners
        return np.array([there[partners.get(int(p), [])].any() for p in people], dtype=bool)

    def beside_partner(self, p: int, j: int, week: int) -> bool:
        """Whether somebody whom a person is kept apart from works on a project in a week."""
        return bool(self.works_on[self.tables.partners.get(p, []), j, week].any())

    def overload_paid(self, s: int, people: Array) -> Array:
        """Points of overload that an open slot would add to each of some people."""
        left = self.effort_left[people]
        over: Array = np.clip(self.tables.effort[s] - left, 0, self.tables.effort[s])
        return over * self.tables.problem.weights.overload
