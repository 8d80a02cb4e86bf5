"""Rows and columns of an integer programme while it is being written."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from projects.kernel.staffing.tables import Array
from teamhub.kernel.highs import SparseModel


@dataclass
class Rows:
    """Rows and columns under construction."""

    value: list[Array] = field(default_factory=list)
    upper: list[Array] = field(default_factory=list)
    n_columns: int = 0
    n_rows: int = 0
    row: list[Array] = field(default_factory=list)
    column: list[Array] = field(default_factory=list)
    coefficient: list[Array] = field(default_factory=list)
    row_lower: list[Array] = field(default_factory=list)
    row_upper: list[Array] = field(default_factory=list)

    def add_columns(self, value: Array, upper: Array) -> Array:
        first, self.n_columns = self.n_columns, self.n_columns + len(value)
        self.value.append(value)
        self.upper.append(upper)
        return np.arange(first, self.n_columns)

    def add_rows(
        self,
        entries: list[tuple[Array, Array, Array]],
        row_upper: Array,
        row_lower: Array | None = None,
    ) -> None:
        """Add rows numbered from 0 in `entries`, triples of (row, column, coefficient)."""
        for row, column, coefficient in entries:
            self.row.append(row + self.n_rows)
            self.column.append(column)
            self.coefficient.append(np.broadcast_to(coefficient, row.shape))
        self.n_rows += len(row_upper)
        self.row_upper.append(row_upper)
        self.row_lower.append(np.full(len(row_upper), -np.inf) if row_lower is None else row_lower)

    def add_groups(
        self, key: Array, column: Array, coefficient: Array, limit: int, least: int = 2
    ) -> None:
        """Add "sum of coefficient x column <= limit" per key with `least` entries or more."""
        _keys, row, count = np.unique(key, return_inverse=True, return_counts=True)
        kept = np.cumsum(count >= least) - 1
        inside = (count >= least)[row]
        entries = (kept[row[inside]], column[inside], coefficient[inside])
        self.add_rows([entries], np.full(int((count >= least).sum()), float(limit)))

    def build(self, n_integer: int) -> SparseModel:
        row = np.concatenate(self.row) if self.row else np.zeros(0, dtype=np.int64)
        order = np.argsort(row, kind="stable")
        counts = np.bincount(row, minlength=self.n_rows)

        def joined(parts: list[Array]) -> Array:
            return np.concatenate([np.zeros(0), *parts])

        return SparseModel(
            value=joined(self.value),
            upper=joined(self.upper),
            integer=np.arange(self.n_columns) < n_integer,
            start=np.concatenate([[0], np.cumsum(counts)]),
            column=joined(self.column)[order].astype(np.int64),
            coefficient=joined(self.coefficient)[order],
            row_lower=joined(self.row_lower),
            row_upper=joined(self.row_upper),
        )
