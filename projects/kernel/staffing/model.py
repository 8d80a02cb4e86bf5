"""The staffing problem, or a part of it, as one integer programme.

Columns: x[slot, person] for every candidate pair; c[link, person], a kept seat; z[person, project],
builds rather than reviews; y[person, project, week], works on it, only where phases of a project
overlap in time; o[person], units of overload; m[person], loses a slot that the given plan gives
them, only where few people may. All but x settle by themselves once x is integral.

maximise  sum points x + sum continuity c - overload o      (docs/formulas.md#staffing)
"""

from __future__ import annotations

import numpy as np

from projects.kernel.staffing.candidates import Candidates
from projects.kernel.staffing.ledger import Ledger
from projects.kernel.staffing.rows import Rows
from projects.kernel.staffing.tables import BUILD, NO_LIMIT, OTHER, REVIEW, Array

# Clique rows beyond "at most three" never closed any gap that we measured.
MOST_IN_CLIQUE = 3


class PlanModel:
    """The programme over some pairs, beside whatever a ledger has placed already.

    Parameters
    ----------
    pairs
        Indices into the candidates, ascending; each must fit the ledger on its own.
    split_continuity
        Give each end of a link half its points and leave the columns c out. Since a kept seat is
        at most the mean of its ends, this is still an upper bound, at a fraction of the rows.
    """

    def __init__(
        self,
        candidates: Candidates,
        ledger: Ledger,
        pairs: Array,
        *,
        split_continuity: bool = False,
    ) -> None:
        self.candidates, self.ledger, self.pairs = candidates, ledger, pairs
        tables = candidates.tables
        self.slot, self.person = candidates.slot[pairs], candidates.person[pairs]
        self.project, self.group = tables.project[self.slot], tables.group[self.slot]
        self.n_pairs = len(pairs)
        self._x = np.arange(self.n_pairs)
        self._one = np.ones(self.n_pairs)
        self._rows = Rows()
        # How the columns beside x follow from it, for `start`.
        self._implied_by: list[tuple[Array, Array]] = []
        self._kept: tuple[Array, Array, Array] | None = None
        self._leaving: tuple[Array, Array] | None = None
        self._rows.add_columns(self._points(split_continuity), self._one)
        self._one_person_a_slot()
        self._one_slot_a_phase()
        self._weeks()
        self._independence()
        self._apart()
        self._budgets()
        self._change_budget()
        self._movers()
        self._overload()
        if not split_continuity:
            self._continuity()
        self.model = self._rows.build(self.n_pairs)

    # --- reading a solution back, and writing one in ------------------------------------------

    def chosen(self, values: Array) -> list[tuple[int, int]]:
        """The placements (slot, person) of an integral solution."""
        on = np.flatnonzero(values[: self.n_pairs] > 0.5)
        return list(zip(self.slot[on].tolist(), self.person[on].tolist(), strict=True))

    def start(self, plan: Array) -> Array:
        """The columns of a given plan (person per slot)."""
        values = np.zeros(self.model.n_columns)
        values[: self.n_pairs] = plan[self.slot] == self.person
        for column, pair in self._implied_by:
            np.maximum.at(values, column, values[pair])
        if self._leaving is not None:
            column, pair = self._leaving
            np.maximum.at(values, column, 1.0 - values[pair])
        if self._kept is not None:
            column, first, second = self._kept
            values[column] = np.minimum(values[first], values[second])
        column, row, effort, pair, target = self._over
        used = np.bincount(row, weights=effort * values[pair], minlength=len(column))
        values[column] = np.maximum(0.0, used - target)
        return values

    # --- the promises, one method each ---------------------------------------------------------

    def _points(self, split_continuity: bool) -> Array:
        points = self.candidates.points[self.pairs].astype(np.float64)
        plan, neighbours = self.ledger.plan, self.candidates.tables.neighbours
        if split_continuity:
            first, second, bonus = self._links()
            np.add.at(points, first, bonus / 2)
            np.add.at(points, second, bonus / 2)
        if (plan >= 0).any():
            beside = {s: neighbours[s] for s in set(self.slot.tolist()) if neighbours[s]}
            for s, others in beside.items():
                here = slice(*np.searchsorted(self.slot, [s, s + 1]))
                for other, bonus in others:
                    points[here] += bonus * (self.person[here] == plan[other])
        return points

    def _one_person_a_slot(self) -> None:
        slots, row = np.unique(self.slot, return_inverse=True)
        lower = np.where(self.candidates.tables.must_fill[slots], 1.0, -np.inf)
        self._rows.add_rows([(row, self._x, self._one)], np.ones(len(slots)), lower)

    def _one_slot_a_phase(self) -> None:
        n_groups = len(self.candidates.tables.group_number)
        self._rows.add_groups(self.person * n_groups + self.group, self._x, self._one, 1)

    def _weeks(self) -> None:
        """Capacity and number of projects in each week of each person."""
        tables = self.candidates.tables
        people, self._index = np.unique(self.person, return_inverse=True)
        start, end = tables.start[self.slot], tables.end[self.slot]
        length = end - start
        pair = np.repeat(self._x, length)
        week = np.arange(len(pair)) - np.repeat(np.cumsum(length) - length - start, length)
        cell = self._index[pair] * tables.n_weeks + week
        shape = (len(people), tables.n_weeks)
        begins, ends = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
        begins[self._index, start] = True
        ends[self._index, end - 1] = True
        left, projects_left = self.ledger.left[people], self.ledger.projects_left[people]
        counted = self.ledger.works_on[self.person[pair], self.project[pair], week] == 0
        overlapping = counted & self._overlapping(week, pair)
        plain = np.bincount(self._index[pair[~counted | overlapping]], minlength=len(people)) == 0
        alone = plain[:, None] & (projects_left == 1)

        kept = ~_dominated(begins, ends, left) & ~alone
        self._capacity(pair, cell, kept.ravel(), left.ravel(), plain, projects_left)

        kept = ~(_dominated(begins, ends, projects_left) & plain[:, None])
        self._max_projects(pair, cell, kept.ravel(), projects_left.ravel(), counted, overlapping)

    def _overlapping(self, week: Array, pair: Array) -> Array:
        """Which entries lie in a week where their project has candidates in several phases."""
        weeks = self.candidates.tables.n_weeks
        n_groups = len(self.candidates.tables.group_number)
        cells = np.unique((self.project[pair] * weeks + week) * n_groups + self.group[pair])
        several, count = np.unique(cells // n_groups, return_counts=True)
        found: Array = np.isin(self.project[pair] * weeks + week, several[count > 1])
        return found

    def _capacity(
        self, pair: Array, cell: Array, kept: Array, left: Array, plain: Array, projects: Array
    ) -> None:
        inside = kept[cell]
        pair, cell = pair[inside], cell[inside]
        fte = self.candidates.tables.fte[self.slot[pair]]
        size = len(left)
        active = np.bincount(cell, minlength=size)
        # Rounded capacity: at most t slots whose FTE exceeds left / (t + 1).
        most = np.where(plain[:, None], projects, MOST_IN_CLIQUE + 1).ravel()
        before = single = np.zeros(size, dtype=np.int64)
        for t in range(1, MOST_IN_CLIQUE + 1):
            big = fte * (t + 1) > left[cell]
            count = np.bincount(cell[big], minlength=size)
            row = (count > t) & (t < most) & (count > before)
            self._cells(pair[big], cell[big], np.ones(int(big.sum())), row, np.full(size, t))
            before = count
            single = count if t == 1 else single
        load = np.bincount(cell, weights=fte, minlength=size)
        needed = (load > left) & (single < active)
        self._cells(pair, cell, fte.astype(np.float64), needed, left)

    def _cells(
        self, column: Array, cell: Array, coefficient: Array, rows: Array, limit: Array
    ) -> None:
        """Add a row for each marked person-week."""
        number = np.cumsum(rows) - 1
        inside = rows[cell]
        entries = (number[cell[inside]], column[inside], coefficient[inside])
        self._rows.add_rows([entries], limit[rows].astype(np.float64))

    def _max_projects(
        self, pair: Array, cell: Array, kept: Array, left: Array, counted: Array, overlapping: Array
    ) -> None:
        simple = counted & ~overlapping & kept[cell]
        column, where = pair[simple], cell[simple]
        several = overlapping & kept[cell]
        if several.any():
            n_projects = len(self.candidates.tables.project_number)
            key = cell[several] * n_projects + self.project[pair[several]]
            keys, number = np.unique(key, return_inverse=True)
            y = self._rows.add_columns(np.zeros(len(keys)), np.ones(len(keys)))
            self._implied_by.append((y[number], pair[several]))
            self._implied(y[number], number, pair[several])
            column = np.concatenate([column, y])
            where = np.concatenate([where, keys // n_projects])
        needed = np.bincount(where, minlength=len(left)) > left
        self._cells(column, where, np.ones(len(column)), needed, left)

    def _implied(self, y: Array, number: Array, pair: Array) -> None:
        """A placement in any phase makes the person work on the project: sum of a phase <= y."""
        n_groups = len(self.candidates.tables.group_number)
        _keys, first, row = np.unique(
            number * n_groups + self.group[pair], return_index=True, return_inverse=True
        )
        rows = np.arange(len(first))
        entries = [(row, pair, np.ones(len(pair))), (rows, y[first], np.full(len(rows), -1.0))]
        self._rows.add_rows(entries, np.zeros(len(rows)))

    def _independence(self) -> None:
        side = self.candidates.tables.side[self.slot]
        n_projects = len(self.candidates.tables.project_number)
        key = self.person * n_projects + self.project
        both = np.intersect1d(key[side == BUILD], key[side == REVIEW])
        z = self._rows.add_columns(np.zeros(len(both)), np.ones(len(both)))
        chosen = np.isin(key, both) & (side != OTHER)
        n_groups = len(self.candidates.tables.group_number)
        for which, sign in ((BUILD, -1.0), (REVIEW, 1.0)):
            pair = self._x[chosen & (side == which)]
            column = z[np.searchsorted(both, key[pair])]
            if which == BUILD:
                self._implied_by.append((column, pair))
            _keys, first, row = np.unique(
                self.person[pair] * n_groups + self.group[pair],
                return_index=True,
                return_inverse=True,
            )
            rows = np.arange(len(first))
            entries = [
                (row, pair, np.ones(len(pair))),
                (rows, column[first], np.full(len(rows), sign)),
            ]
            self._rows.add_rows(entries, np.full(len(rows), 0.0 if which == BUILD else 1.0))

    def _apart(self) -> None:
        """Of two people to be kept apart, at most one works on a project in a week."""
        pairs = {(min(pair), max(pair)) for pair in self.candidates.tables.problem.apart}
        for one, other in sorted(pairs):
            ours, theirs = self._x[self.person == one], self._x[self.person == other]
            for j in np.intersect1d(self.project[ours], self.project[theirs]):
                self._never_together(
                    ours[self.project[ours] == j], theirs[self.project[theirs] == j]
                )

    def _never_together(self, ours: Array, theirs: Array) -> None:
        """A person holds one slot a phase: those of a phase that run in a week go together."""
        start, end = self.candidates.tables.start, self.candidates.tables.end

        def running(pairs: Array, week: int) -> list[Array]:
            slots = self.slot[pairs]
            now = pairs[(start[slots] <= week) & (week < end[slots])]
            return [now[self.group[now] == group] for group in np.unique(self.group[now])]

        rows: dict[bytes, Array] = {}
        # Whatever overlaps does so in a week in which one of both begins.
        for week in np.unique(start[self.slot[np.concatenate([ours, theirs])]]):
            for mine in running(ours, week):
                for other in running(theirs, week):
                    column = np.concatenate([mine, other])
                    rows[column.tobytes()] = column
        for column in rows.values():
            entries = (np.zeros(len(column), dtype=np.int64), column, np.ones(len(column)))
            self._rows.add_rows([entries], np.ones(1))

    def _budgets(self) -> None:
        tables = self.candidates.tables
        money = tables.rate[self.person] * tables.effort[self.slot]
        n_projects = len(self.ledger.money_left)
        spend = np.bincount(self.project, weights=money, minlength=n_projects)
        tight = (spend > self.ledger.money_left) & (self.ledger.money_left < NO_LIMIT // 2)
        inside = tight[self.project]
        number = np.cumsum(tight) - 1
        entries = (number[self.project[inside]], self._x[inside], money[inside].astype(np.float64))
        self._rows.add_rows([entries], self.ledger.money_left[tight].astype(np.float64))

    def _change_budget(self) -> None:
        """Of the slots that the start fills, at most so many change hands."""
        problem = self.candidates.tables.problem
        if problem.max_changes is None or problem.start is None:
            return
        start = np.array(problem.start)
        here = np.zeros(len(start), dtype=bool)
        here[self.slot] = True
        changed = (start >= 0) & ~here & (self.ledger.plan != start)
        left = problem.max_changes - int(changed.sum())
        kept = self._x[start[self.slot] == self.person]
        least = int((here & (start >= 0)).sum()) - left
        if least <= 0:
            return
        entries = (np.zeros(len(kept), dtype=np.int64), kept, np.full(len(kept), -1.0))
        self._rows.add_rows([entries], np.array([-float(least)]))

    def _movers(self) -> None:
        """At most so many people lose a slot that the start gives them."""
        problem = self.candidates.tables.problem
        if problem.max_movers is None or problem.start is None:
            return
        start = np.array(problem.start)
        kept = self._x[start[self.slot] == self.person]
        open_to_them = np.zeros(len(start), dtype=bool)
        open_to_them[self.slot[kept]] = True
        gone = (start >= 0) & ~open_to_them & (self.ledger.plan != start)
        moved = np.unique(start[gone])
        left = problem.max_movers - len(moved)
        kept = kept[~np.isin(self.person[kept], moved)]
        people, number = np.unique(self.person[kept], return_inverse=True)
        if len(people) <= left:
            return
        m = self._rows.add_columns(np.zeros(len(people)), np.ones(len(people)))
        self._leaving = m[number], kept
        rows, minus = np.arange(len(kept)), np.full(len(kept), -1.0)
        self._rows.add_rows([(rows, kept, minus), (rows, m[number], minus)], minus)
        entries = (np.zeros(len(m), dtype=np.int64), m, np.ones(len(m)))
        self._rows.add_rows([entries], np.array([float(left)]))

    def _overload(self) -> None:
        tables = self.candidates.tables
        points = tables.problem.weights.overload
        effort = tables.effort[self.slot].astype(np.float64)
        size = tables.n_people
        target = np.maximum(0, self.ledger.effort_left)
        asked = np.bincount(self.person, weights=effort, minlength=size)
        tight = (asked > target) & (points > 0)
        o = self._rows.add_columns(np.full(int(tight.sum()), -float(points)), asked[tight])
        inside = np.flatnonzero(tight[self.person])
        number = np.cumsum(tight) - 1
        row = number[self.person[inside]]
        rows = np.arange(len(o))
        entries = [(row, inside, effort[inside]), (rows, o, np.full(len(o), -1.0))]
        self._rows.add_rows(entries, target[tight].astype(np.float64))
        self._over = (o, row, effort[inside], inside, target[tight])

    def _links(self) -> tuple[Array, Array, Array]:
        """Pairs of pairs: one person in consecutive slots of a seat, and the points of each."""
        tables = self.candidates.tables
        after = np.full(tables.n_slots, -1, dtype=np.int64)
        points = np.zeros(tables.n_slots, dtype=np.int64)
        after[tables.links[:, 0]] = tables.links[:, 1]
        points[tables.links[:, 0]] = tables.links[:, 2]
        key = self.slot * max(1, tables.n_people) + self.person
        first = np.flatnonzero(after[self.slot] >= 0)
        wanted = after[self.slot[first]] * max(1, tables.n_people) + self.person[first]
        second = np.searchsorted(key, wanted)
        hit = second < len(key)
        hit[hit] = key[second[hit]] == wanted[hit]
        first, second = first[hit], second[hit]
        return first, second, points[self.slot[first]]

    def _continuity(self) -> None:
        first, second, points = self._links()
        worth = points > 0
        first, second, points = first[worth], second[worth], points[worth]
        c = self._rows.add_columns(points.astype(np.float64), np.ones(len(points)))
        rows, one = np.arange(len(c)), np.ones(len(c))
        for end in (first, second):
            self._rows.add_rows([(rows, c, one), (rows, end, -one)], np.zeros(len(c)))
        self._kept = c, first, second


def _dominated(begins: Array, ends: Array, left: Array) -> Array:
    """Which person-weeks a neighbouring week makes superfluous.

    Nothing begins in a week: its candidates are among those of the week before. If that week also
    leaves no more, this one says nothing new. The same backwards; equal weeks keep the first.
    """
    dominated = np.zeros(left.shape, dtype=bool)
    forward = ~begins[:, 1:] & (left[:, 1:] >= left[:, :-1])
    dominated[:, 1:] |= forward
    backward = ~ends[:, :-1] & (left[:, :-1] >= left[:, 1:])
    dominated[:, :-1] |= backward & ~forward
    return dominated
