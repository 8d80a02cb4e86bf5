"""Whether some slots can be filled together under some groups of rules, and which groups clash."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

import numpy as np

from projects.kernel.staffing.ledger import Ledger
from projects.kernel.staffing.model import MOST_IN_CLIQUE
from projects.kernel.staffing.problem import Rule
from projects.kernel.staffing.tables import BUILD, NO_LIMIT, OTHER
from teamhub.kernel.budget import Deadline
from teamhub.kernel.highs import Ended, SparseModel, solve_lp, solve_mip

# A shortfall of the relaxation, and a price, below which they are rounding.
SHORT, PRICE = 1e-5, 1e-7


class Group(NamedTuple):
    """A rule of somebody or something: number of a slot, a person, a project, or a pair apart."""

    rule: Rule
    number: int


@dataclass(frozen=True)
class Verdict:
    """Whether groups clash; `known` is False where the time ended first.

    `support` are groups among those asked about that clash by themselves.
    """

    infeasible: bool
    known: bool
    support: frozenset[Group]


@dataclass(frozen=True)
class _Row:
    """sum coefficient x column <= limit; columns are pairs, or helpers named by a tuple."""

    group: Group
    entries: tuple[tuple[object, int], ...]
    limit: int


Pair = tuple[int, int]


class Clash:
    """The rows of all groups over the pairs of some slots and whoever suits them.

    Parameters
    ----------
    ledger
        With facts only.
    """

    def __init__(self, ledger: Ledger, slots: Sequence[int], deadline: Deadline, seed: int) -> None:
        self.ledger, self.deadline, self.seed = ledger, deadline, seed
        self.suited = {s: ledger.tables.suited(s).tolist() for s in slots}
        self._slots_of: dict[int, list[int]] = defaultdict(list)
        for s, people in self.suited.items():
            for p in people:
                self._slots_of[p].append(s)
        self.apart = sorted({(min(pair), max(pair)) for pair in ledger.tables.problem.apart})
        self.rows: dict[Group, list[_Row]] = defaultdict(list)
        for row in self._all_rows():
            self.rows[row.group].append(row)
        self.groups = [*(Group(Rule.MUST_FILL, s) for s in slots), *self.rows]
        self._of_person: dict[int, list[Group]] = defaultdict(list)
        for group in self.rows:
            people = self.apart[group.number] if group.rule is Rule.APART else (group.number,)
            if group.rule is not Rule.BUDGET:
                for p in people:
                    self._of_person[p].append(group)

    # --- the question ---------------------------------------------------------------------------

    def test(self, groups: frozenset[Group]) -> Verdict:
        """Whether the slots among the groups can all be filled under the other groups."""
        slots = self._undecided(groups)
        if not slots:
            return Verdict(infeasible=False, known=True, support=frozenset())
        for s in slots:
            if not self.suited[s]:
                return Verdict(True, True, frozenset({Group(Rule.MUST_FILL, s)}))
        part = _Part(self, slots, groups)
        ended, support = part.relaxed()
        if ended is Ended.INFEASIBLE:
            return Verdict(infeasible=True, known=True, support=support)
        if ended is Ended.LIMIT:
            ended = part.whole()
        return Verdict(
            infeasible=ended is Ended.INFEASIBLE,
            known=ended is not Ended.LIMIT,
            support=groups & part.groups,
        )

    def _undecided(self, groups: frozenset[Group]) -> list[int]:
        """The slots that nobody free of all rules can take; whoever is, takes every such slot."""
        tables, found = self.ledger.tables, []
        free = {p: groups.isdisjoint(self._of_person[p]) for p in self._slots_of}
        for group in groups:
            if group.rule is Rule.MUST_FILL:
                s = group.number
                limited = Group(Rule.BUDGET, int(tables.project[s])) in groups
                if limited or not any(free[p] for p in self.suited[s]):
                    found.append(s)
        return sorted(found)

    # --- the rows -------------------------------------------------------------------------------

    def _all_rows(self) -> Iterator[_Row]:
        for p, slots in self._slots_of.items():
            yield from self._capacity(p, slots)
            yield from self._max_projects(p, slots)
            yield from self._one_per_phase(p, slots)
            yield from self._independence(p, slots)
        for number, (one, other) in enumerate(self.apart):
            group = Group(Rule.APART, number)
            yield from self._beside_facts(group, one, other)
            yield from self._beside_facts(group, other, one)
            yield from self._together(group, one, other)
        yield from self._budgets()

    def _weeks(self, slots: list[int]) -> Iterator[tuple[int, tuple[int, ...]]]:
        """Each week with the slots that lie in it, where there are any."""
        tables = self.ledger.tables
        for week in range(int(tables.start[slots].min()), int(tables.end[slots].max())):
            here = tuple(s for s in slots if tables.start[s] <= week < tables.end[s])
            if here:
                yield week, here

    def _capacity(self, p: int, slots: list[int]) -> Iterator[_Row]:
        tables, least = self.ledger.tables, dict[tuple[int, ...], int]()
        for week, here in self._weeks(slots):
            left = int(self.ledger.left[p, week])
            least[here] = min(left, least.get(here, left))
        group = Group(Rule.CAPACITY, p)
        for here, left in _undominated(least):
            entries = tuple(((s, p), int(tables.fte[s])) for s in here)
            if sum(fte for _pair, fte in entries) > left:
                yield _Row(group, entries, left)
            before = 0
            for t in range(1, MOST_IN_CLIQUE + 1):
                # More than t of these never fit: whole people, said to the relaxation.
                big = tuple((pair, 1) for pair, fte in entries if fte * (t + 1) > left)
                if len(big) > max(t, before):
                    yield _Row(group, big, t)
                before = len(big)

    def _max_projects(self, p: int, slots: list[int]) -> Iterator[_Row]:
        """A helper per project, in the weeks of one row, wherever it has several slots there."""
        tables, least = self.ledger.tables, dict[tuple[int, ...], int]()
        for week, here in self._weeks(slots):
            new = tuple(s for s in here if self.ledger.works_on[p, tables.project[s], week] == 0)
            left = int(self.ledger.projects_left[p, week])
            if len({int(tables.project[s]) for s in new}) > left:
                least[new] = min(left, least.get(new, left))
        group = Group(Rule.MAX_PROJECTS, p)
        for number, (new, left) in enumerate(_undominated(least)):
            entries: list[tuple[object, int]] = []
            ordered = sorted(new, key=lambda s: (int(tables.project[s]), s))
            for j, several in groupby(ordered, key=lambda s: int(tables.project[s])):
                mine = list(several)
                helper = ("works", p, j, number)
                entries.append((helper if len(mine) > 1 else (mine[0], p), 1))
                if len(mine) > 1:
                    yield from (_Row(group, (((s, p), 1), (helper, -1)), 0) for s in mine)
            yield _Row(group, tuple(entries), left)

    def _one_per_phase(self, p: int, slots: list[int]) -> Iterator[_Row]:
        tables = self.ledger.tables
        phases: dict[int, list[int]] = defaultdict(list)
        for s in slots:
            phases[int(tables.group[s])].append(s)
        for phase, here in phases.items():
            limit = 0 if self.ledger.in_phase[p, phase] > 0 else 1
            if len(here) > limit:
                group = Group(Rule.ONE_PER_PHASE, p)
                yield _Row(group, tuple(((s, p), 1) for s in here), limit)

    def _independence(self, p: int, slots: list[int]) -> Iterator[_Row]:
        """She builds (the helper is 1) or reviews."""
        tables, group = self.ledger.tables, Group(Rule.INDEPENDENCE, p)
        sides: dict[tuple[int, int], list[int]] = defaultdict(list)
        for s in slots:
            if tables.side[s] != OTHER:
                sides[int(tables.project[s]), int(tables.side[s])].append(s)
        for (j, side), here in sides.items():
            if self.ledger.on_side[p, j, 1 - side] > 0:
                yield from (_Row(group, (((s, p), 1),), 0) for s in here)
            elif (j, 1 - side) in sides:
                sign, limit = (-1, 0) if side == BUILD else (1, 1)
                helper = ("builds", p, j)
                yield from (_Row(group, (((s, p), 1), (helper, sign)), limit) for s in here)

    def _beside_facts(self, group: Group, p: int, other: int) -> Iterator[_Row]:
        tables = self.ledger.tables
        for s in self._slots_of.get(p, ()):
            weeks = slice(tables.start[s], tables.end[s])
            if self.ledger.works_on[other, tables.project[s], weeks].any():
                yield _Row(group, (((s, p), 1),), 0)

    def _together(self, group: Group, one: int, other: int) -> Iterator[_Row]:
        tables = self.ledger.tables
        for s in self._slots_of.get(one, ()):
            for t in self._slots_of.get(other, ()):
                overlap = tables.start[s] < tables.end[t] and tables.start[t] < tables.end[s]
                if s != t and overlap and tables.project[s] == tables.project[t]:
                    yield _Row(group, (((s, one), 1), ((t, other), 1)), 1)

    def _budgets(self) -> Iterator[_Row]:
        tables = self.ledger.tables
        spent: dict[int, list[tuple[object, int]]] = defaultdict(list)
        for s, people in self.suited.items():
            money = tables.rate[people] * tables.effort[s]
            pairs = zip(people, money.tolist(), strict=True)
            spent[int(tables.project[s])] += [((s, p), cost) for p, cost in pairs]
        for j, entries in spent.items():
            left = int(self.ledger.money_left[j])
            if left < NO_LIMIT // 2 and sum(cost for _pair, cost in entries) > left:
                yield _Row(Group(Rule.BUDGET, j), tuple(entries), left)


class _Part:
    """The programme of some slots under some groups."""

    def __init__(self, clash: Clash, slots: Iterable[int], groups: frozenset[Group]) -> None:
        self.clash, self.slots = clash, list(slots)
        self._number: dict[object, int] = {}
        for s in self.slots:
            for p in clash.suited[s]:
                self._number[s, p] = len(self._number)
        self.n_pairs = len(self._number)
        self.row_group = [Group(Rule.MUST_FILL, s) for s in self.slots]
        self._rows = [
            ([self._number[s, p] for p in clash.suited[s]], [1.0] * len(clash.suited[s]), 1.0)
            for s in self.slots
        ]
        for group in groups:
            for row in clash.rows.get(group, ()):
                self._add(row)
        self.groups = frozenset(self.row_group)

    def _add(self, row: _Row) -> None:
        """Add a row, less the pairs of slots that are not asked about."""
        here = set(self.slots)
        entries = [
            (self._column(name), coefficient)
            for name, coefficient in row.entries
            if not _is_pair(name) or name[0] in here  # type: ignore[index]
        ]
        if entries and sum(max(0, coefficient) for _column, coefficient in entries) > row.limit:
            columns, coefficients = zip(*entries, strict=True)
            # Scaled, so that one shortfall means the same in time, money and heads.
            scale = max(abs(c) for c in coefficients)
            self._rows.append((list(columns), [c / scale for c in coefficients], row.limit / scale))
            self.row_group.append(row.group)

    def _column(self, name: object) -> int:
        return self._number.setdefault(name, len(self._number))

    def relaxed(self) -> tuple[Ended, frozenset[Group]]:
        """Fill the slots with shares of people: INFEASIBLE with groups that clash even so.

        OPTIMAL where the shares are whole people already, LIMIT where it takes more to know.

        minimise the unfilled shares. The rows with a price add up to a proof that some share stays
        unfilled, whatever the other rows say.
        """
        model = self._model(short=True)
        answer = solve_lp(
            model,
            method="simplex",
            seconds=max(0.01, self.clash.deadline.left),
            seed=self.clash.seed,
            stop=self.clash.deadline.stop,
        )
        nothing: frozenset[Group] = frozenset()
        if answer.ended is not Ended.OPTIMAL or answer.values is None or answer.duals is None:
            return Ended.LIMIT, nothing
        if answer.bound is not None and answer.bound < -SHORT:
            priced = np.abs(answer.duals) > PRICE
            bound, _reduced = model.dual_bound(np.where(priced, answer.duals, 0.0))
            # The proof has to hold with the priced rows alone.
            rows = np.flatnonzero(priced) if bound < -SHORT else np.arange(len(priced))
            return Ended.INFEASIBLE, frozenset(self.row_group[row] for row in rows.tolist())
        pairs = answer.values[: self.n_pairs]
        whole = np.abs(pairs - np.round(pairs)).max(initial=0.0) < SHORT
        return Ended.OPTIMAL if whole else Ended.LIMIT, nothing

    def whole(self) -> Ended:
        """OPTIMAL where the slots can all be filled by whole people."""
        return solve_mip(
            self._model(short=False),
            seconds=max(0.01, self.clash.deadline.left),
            seed=self.clash.seed,
            stop=self.clash.deadline.stop,
        ).ended

    def _model(self, *, short: bool) -> SparseModel:
        """Every slot filled, or `short` of it by a share that costs a point."""
        n, n_slots = len(self._number), len(self.slots)
        columns, coefficients, counts = [], [], []
        for row, (where, values, _limit) in enumerate(self._rows):
            extra = short and row < n_slots
            columns += [*where, *([n + row] if extra else [])]
            coefficients += [*values, *([1.0] if extra else [])]
            counts.append(len(where) + extra)
        limits = np.array([limit for *_rest, limit in self._rows])
        lower = np.where(np.arange(len(limits)) < n_slots, 1.0, -np.inf)
        size = n + n_slots * short
        return SparseModel(
            value=np.where(np.arange(size) < n, 0.0, -1.0),
            # Rows keep every column to 1 at most; a looser bound of their own takes no price.
            upper=np.full(size, 2.0) if short else np.ones(size),
            integer=np.arange(size) < self.n_pairs,
            start=np.concatenate([[0], np.cumsum(counts)]),
            column=np.array(columns, dtype=np.int64),
            coefficient=np.array(coefficients),
            row_lower=lower,
            row_upper=limits,
        )


def _undominated(least: dict[tuple[int, ...], int]) -> Iterator[tuple[tuple[int, ...], int]]:
    """Sets of slots that share a week with what is left there, less those that say nothing new."""
    sets = [(here, frozenset(here), left) for here, left in least.items()]
    for here, members, left in sets:
        if not any(members < other and more <= left for _here, other, more in sets):
            yield here, left


def _is_pair(name: object) -> bool:
    return isinstance(name, tuple) and isinstance(name[0], int)
