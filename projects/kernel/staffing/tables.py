"""The problem as arrays: who could take which slot, and what that is worth."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np

from projects.kernel.staffing.problem import Rule, Side, StaffingProblem, level_in, records

Array = np.ndarray[Any, np.dtype[Any]]

BUILD, REVIEW, OTHER = range(3)
_SIDES = {Side.BUILD: BUILD, Side.REVIEW: REVIEW, Side.OTHER: OTHER}
# Stands for "no budget": far above any spend, far below overflow when spends are added to it.
NO_LIMIT = 2**60


class Tables:
    """Arrays over slots, people and projects of one problem, made once and only read.

    Attributes
    ----------
    project, group, side, fte, start, end, effort
        Of each slot; `group` numbers the phases of projects, facts of the scope included.
    availability
        (people, weeks).
    project_number
        Index of a project by key; facts outside the scope come after the scope's.
    """

    def __init__(self, problem: StaffingProblem) -> None:
        self.problem = problem
        slots, people, projects = problem.slots, problem.people, problem.projects
        self.n_slots, self.n_people, self.n_weeks = len(slots), len(people), problem.n_weeks
        self.project = _integers(slot.project for slot in slots)
        self.side = _integers(_SIDES[slot.side] for slot in slots)
        self.fte = _integers(slot.fte for slot in slots)
        self.start = _integers(slot.start for slot in slots)
        self.end = _integers(slot.end for slot in slots)
        self.effort = _integers(slot.effort for slot in slots)
        self.must_fill = np.array([slot.must_fill for slot in slots], dtype=bool)
        self.priority = _integers(problem.priority_of(s) for s in range(len(slots)))
        self.availability = _integers(p.availability for p in people).reshape(
            self.n_people, self.n_weeks
        )
        self.rate = _integers(person.rate for person in people)
        self.max_projects = _integers(person.max_projects for person in people)
        self.offset = _integers(person.utc_offset_minutes for person in people)
        sites: dict[str, int] = {}
        self.site = _integers(sites.setdefault(p.site, len(sites)) for p in people)
        self.project_site = _integers(sites.setdefault(p.site, len(sites)) for p in projects)
        self.project_number = {project.key: j for j, project in enumerate(projects)}
        for fact in problem.facts:
            self.project_number.setdefault(fact.project, len(self.project_number))
        self.group_number: dict[tuple[int, str], int] = {}
        self.group = _integers(
            self.group_number.setdefault((slot.project, slot.phase), len(self.group_number))
            for slot in slots
        )
        self._levels: dict[str, Array] = {}
        self._ever: dict[str, Array] = {}
        self._held: dict[tuple[str, int, int], Array] = {}
        self._least: dict[tuple[int, int], Array] = {}

    @cached_property
    def links(self) -> Array:
        """Rows (slot, next slot, points) of each pair of consecutive slots of a seat."""
        each = self.problem.weights.continuity
        rows = [(a, b, each * min(self.effort[a], self.effort[b])) for a, b in self.problem.links()]
        return np.array(rows, dtype=np.int64).reshape(-1, 3)

    @cached_property
    def neighbours(self) -> list[list[tuple[int, int]]]:
        """For each slot the (slot, points) beside it in its seat."""
        beside: list[list[tuple[int, int]]] = [[] for _ in range(self.n_slots)]
        for a, b, points in self.links.tolist():
            beside[a].append((b, points))
            beside[b].append((a, points))
        return beside

    def held(self, skill: str, start: int, end: int) -> Array:
        """The level that each person holds through all weeks of a range."""
        key = skill, start, end
        if key not in self._held:
            if skill not in self._levels:
                self._read_skill(skill)
            self._held[key] = self._levels[skill][:, start:end].min(axis=1)
        return self._held[key]

    def ever(self, skill: str) -> Array:
        """The highest level on each person's record, valid or not."""
        if skill not in self._ever:
            self._read_skill(skill)
        return self._ever[skill]

    def _read_skill(self, skill: str) -> None:
        levels = np.zeros((self.n_people, self.n_weeks), dtype=np.int64)
        ever = np.zeros(self.n_people, dtype=np.int64)
        for p, person in enumerate(self.problem.people):
            given = person.skills.get(skill, 0)
            if isinstance(given, int):
                levels[p], ever[p] = given, given
                continue
            levels[p] = [level_in(given, week) for week in range(self.n_weeks)]
            ever[p] = max((record.level for record in records(given)), default=0)
        self._levels[skill], self._ever[skill] = levels, ever

    def least_available(self, start: int, end: int) -> Array:
        """Each person's smallest availability in a range of weeks."""
        key = start, end
        if key not in self._least:
            self._least[key] = self.availability[:, start:end].min(axis=1)
        return self._least[key]

    def failures(self, s: int) -> dict[Rule, Array]:
        """Who fails which rule between one slot and one person, whatever else they do."""
        slot, problem = self.problem.slots[s], self.problem
        unskilled = np.zeros(self.n_people, dtype=bool)
        expired = np.zeros(self.n_people, dtype=bool)
        for skill, level in slot.required.items():
            lacks = self.ever(skill) < level
            unskilled |= lacks
            expired |= ~lacks & (self.held(skill, slot.start, slot.end) < level)
        limit = problem.weights.max_offset_hours
        apart = np.abs(self.offset - problem.projects[slot.project].utc_offset_minutes)
        far = np.zeros(self.n_people, dtype=bool) if limit is None else apart > 60 * limit
        excluded = np.zeros(self.n_people, dtype=bool)
        if s in self.pinned:
            excluded[:] = True
            excluded[self.pinned[s]] = False
        excluded[self._excluded.get(s, [])] = True
        return {
            Rule.SKILL: unskilled,
            Rule.VALIDITY: expired,
            Rule.DISTANCE: far,
            Rule.EXCLUDED: excluded,
            Rule.AVAILABILITY: self.least_available(slot.start, slot.end) < slot.fte,
        }

    @cached_property
    def _excluded(self) -> Mapping[int, list[int]]:
        found: dict[int, list[int]] = {}
        for s, p in self.problem.exclude:
            found.setdefault(s, []).append(p)
        return found

    @cached_property
    def pinned(self) -> dict[int, int]:
        """The person of each slot that nobody else may take."""
        return dict(self.problem.pins)

    @cached_property
    def partners(self) -> dict[int, list[int]]:
        """For each person who is kept apart from others, these others."""
        found: dict[int, set[int]] = {}
        for one, other in self.problem.apart:
            found.setdefault(one, set()).add(other)
            found.setdefault(other, set()).add(one)
        return {p: sorted(others) for p, others in found.items()}

    def suited(self, s: int) -> Array:
        """Everybody who fails none of the rules of `failures`, by index."""
        return np.flatnonzero(~np.logical_or.reduce(list(self.failures(s).values())))

    def fit(self, s: int, people: Array) -> Array:
        """Points per effort unit for how well each of some people suits a slot."""
        slot, weights = self.problem.slots[s], self.problem.weights
        table = np.array(weights.fit_by_surplus, dtype=np.int64)
        points = np.zeros(len(people), dtype=np.int64)
        for skill, level in slot.required.items():
            surplus = self.held(skill, slot.start, slot.end)[people] - level
            points += table[np.clip(surplus, 0, len(table) - 1)]
        points //= max(1, len(slot.required))
        if self.problem.fit is not None:
            given = self.problem.fit
            points = np.array(
                [given.get((s, int(p)), old) for p, old in zip(people, points, strict=True)],
                dtype=np.int64,
            )
        same = self.site[people] == self.project_site[slot.project]
        return points + np.where(same, weights.same_site, 0)

    def cost(self, s: int, people: Array) -> Array:
        """Points that each of some people costs in a slot."""
        weights = self.problem.weights
        paid: Array = self.rate[people] * self.effort[s] * weights.cost // weights.cost_divisor
        return paid

    def points(self, s: int, people: Array) -> Array:
        """What placing each of some people is worth, continuity and overload apart."""
        coverage = self.problem.weights.priority * self.priority[s]
        gained: Array = self.effort[s] * (coverage + self.fit(s, people))
        return gained - self.cost(s, people)


def _integers(values: Any) -> Array:
    return np.array(list(values), dtype=np.int64)
