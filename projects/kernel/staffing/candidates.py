"""The pairs of slot and person that facts and plain eligibility leave."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from projects.kernel.staffing.ledger import Ledger
from projects.kernel.staffing.tables import Array, Tables


@dataclass(frozen=True)
class Candidates:
    """For each slot who could take it beside the facts, and the points of each.

    Pairs lie slot by slot: those of slot s are `first[s]` to `first[s + 1]`.
    """

    tables: Tables
    first: Array
    person: Array
    points: Array

    @classmethod
    def of(cls, tables: Tables, ledger: Ledger, slots: Collection[int] | None = None) -> Candidates:
        """Everybody suited to a slot for whom the ledger has room; with `slots`, of these only."""
        people, points = [], []
        nobody = np.zeros(0, dtype=np.int64)
        for s in range(tables.n_slots):
            if slots is not None and s not in slots:
                people.append(nobody)
                continue
            suited = tables.suited(s)
            suited = suited[ledger.fits(s, suited)]
            gained = np.zeros(len(suited), dtype=np.int64)
            for p, extra in ledger.beside_facts.get(s, ()):
                gained[suited == p] += extra
            people.append(suited)
            points.append(tables.points(s, suited) + gained)
        first = np.concatenate([[0], np.cumsum([len(some) for some in people])]).astype(np.int64)
        return cls(
            tables, first, np.concatenate([nobody, *people]), np.concatenate([nobody, *points])
        )

    @property
    def n_pairs(self) -> int:
        return len(self.person)

    @cached_property
    def slot(self) -> Array:
        """The slot of each pair."""
        return np.repeat(np.arange(self.tables.n_slots), self.counts)

    @cached_property
    def counts(self) -> Array:
        """The number of candidates of each slot."""
        return np.diff(self.first)

    @cached_property
    def slots_of(self) -> list[Array]:
        """The slots that each person could take."""
        order = np.argsort(self.person, kind="stable")
        ends = np.searchsorted(self.person[order], np.arange(self.tables.n_people + 1))
        slots = self.slot[order]
        return [slots[a:b] for a, b in pairwise(ends)]

    def of_slot(self, s: int) -> Array:
        return self.person[self.first[s] : self.first[s + 1]]

    def pairs_of(self, slots: Iterable[int]) -> Array:
        """Indices of the pairs of some slots."""
        ranges = [np.arange(self.first[s], self.first[s + 1]) for s in slots]
        return np.concatenate(ranges) if ranges else np.zeros(0, dtype=np.int64)
