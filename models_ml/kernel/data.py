"""A CSV data set: its schema, its class balance, and why it cannot be trained on.

Streamed in blocks, so that a web process can look at a large file; pandas is loaded by the first
call only.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from models_ml.kernel import faults
from models_ml.kernel.columns import Column, Tally
from models_ml.kernel.faults import MESSAGES, InvalidDataset
from models_ml.kernel.lines import DEFAULT_LIMITS, Layout, Limits, opened, scan
from models_ml.kernel.split import STRATIFY_BELOW_SHARE

__all__ = [
    "MESSAGES",
    "WARNINGS",
    "Column",
    "Dataset",
    "DatasetSchema",
    "DatasetWarning",
    "InvalidDataset",
    "Limits",
    "inspect",
    "load",
]

Array = npt.NDArray[np.float64]

# What does not stand in the way of training, but should be known.
WARNINGS = {
    "constant": "Column “%(column)s” holds one value only and teaches nothing.",
    "imbalanced": (
        "Only %(percent)s %% of the rows have the label %(value)s; the split keeps that share "
        "in both parts, and accuracy alone says little."
    ),
}
BLOCK_CELLS = 2_000_000  # 16 MB of float64


@dataclass(frozen=True, slots=True)
class DatasetWarning:
    """A key of `WARNINGS` and what its sentence names."""

    code: str
    column: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def message(self) -> str:
        return WARNINGS[self.code] % {"column": self.column, **self.details}


@dataclass(frozen=True, slots=True)
class DatasetSchema:
    """What is known of a data set without its values.

    Parameters
    ----------
    sha256, n_bytes
        Of the CSV text as it is, unpacked.
    columns
        The features in the file's order, without the label.
    id_columns
        Those of them that hold identifiers.
    n_positive
        Rows with the label 1.
    """

    sha256: str
    n_bytes: int
    n_rows: int
    label: str
    columns: tuple[Column, ...]
    n_positive: int
    id_columns: tuple[str, ...] = ()
    warnings: tuple[DatasetWarning, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the features in order."""
        return tuple(column.name for column in self.columns)

    @property
    def positive_share(self) -> float:
        return self.n_positive / self.n_rows

    @property
    def minority_share(self) -> float:
        """The share of the rarer class, 0 to 0.5."""
        return min(self.positive_share, 1 - self.positive_share)

    def as_json(self) -> dict[str, Any]:
        """The schema as JSON knows it, with what follows from it."""
        warnings = [
            {"code": w.code, "column": w.column, "details": dict(w.details), "message": w.message}
            for w in self.warnings
        ]
        return {
            "sha256": self.sha256,
            "n_bytes": self.n_bytes,
            "n_rows": self.n_rows,
            "label": self.label,
            "columns": [asdict(column) for column in self.columns],
            "n_positive": self.n_positive,
            "positive_share": self.positive_share,
            "id_columns": list(self.id_columns),
            "warnings": warnings,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> DatasetSchema:
        """The inverse of `as_json`."""
        return cls(
            sha256=value["sha256"],
            n_bytes=value["n_bytes"],
            n_rows=value["n_rows"],
            label=value["label"],
            columns=tuple(Column(**column) for column in value["columns"]),
            n_positive=value["n_positive"],
            id_columns=tuple(value["id_columns"]),
            warnings=tuple(
                DatasetWarning(w["code"], w["column"], w["details"]) for w in value["warnings"]
            ),
        )


@dataclass(frozen=True, slots=True)
class Dataset:
    """A checked data set.

    Parameters
    ----------
    features
        Of shape (n_rows, n_features), float32, read-only.
    labels
        Of shape (n_rows,), float32, 0 or 1, read-only.
    """

    schema: DatasetSchema
    features: npt.NDArray[np.float32]
    labels: npt.NDArray[np.float32]


def inspect(
    path: Path,
    *,
    label: str = "label",
    id_columns: Sequence[str] = (),
    limits: Limits = DEFAULT_LIMITS,
) -> DatasetSchema:
    """Read a data set once and describe it.

    Parameters
    ----------
    path
        A CSV file in UTF-8 with a header, possibly packed by gzip.
    label
        The column that holds 0 or 1.
    id_columns
        Features whose numbers are identifiers.
    limits
        What is taken at most and at least.

    Raises
    ------
    InvalidDataset
        With a code, and the row and column where there is one.

    Notes
    -----
    Two passes (lines, then numbers), memory for one block of rows.
    """
    layout = scan(path, label, id_columns, limits)
    census = _Census(layout, label, id_columns, limits)
    for values in _blocks(path, layout, label):
        census.take(values)
    return census.schema()


def load(
    path: Path,
    *,
    label: str = "label",
    id_columns: Sequence[str] = (),
    limits: Limits = DEFAULT_LIMITS,
) -> Dataset:
    """Read a data set into memory, with the same checks as `inspect`.

    Parameters
    ----------
    path, label, id_columns, limits
        As for `inspect`.

    Raises
    ------
    InvalidDataset
        As `inspect` does.
    """
    layout = scan(path, label, id_columns, limits)
    census = _Census(layout, label, id_columns, limits)
    features = np.empty((layout.n_rows, len(layout.names) - 1), np.float32)
    labels = np.empty(layout.n_rows, np.float32)
    row = 0
    for values in _blocks(path, layout, label):
        census.take(values)
        here = slice(row, row + len(values))
        features[here] = np.delete(values, census.i_label, axis=1)
        labels[here] = values[:, census.i_label]
        row += len(values)
    features.flags.writeable = labels.flags.writeable = False
    return Dataset(census.schema(), features, labels)


def _blocks(path: Path, layout: Layout, label: str) -> Iterator[Array]:
    """Yield the numbers of all columns in blocks of rows; every one is good."""
    import pandas as pd

    n_rows = max(1, BLOCK_CELLS // len(layout.names))
    try:
        with (
            opened(path) as file,
            pd.read_csv(
                file,
                header=0,
                names=list(layout.names),
                dtype=np.float64,
                na_filter=False,
                index_col=False,
                chunksize=n_rows,
                encoding="utf-8-sig",
            ) as frames,
        ):
            looked = False
            for frame in frames:
                values = np.asarray(frame, np.float64)
                _check_usable(values, layout.names.index(label))
                # Whether a number was meant as a whole one is seen in its text only; once will do.
                if not looked and bool(faults.loses_digits(values).any()):
                    _raise_first(path, layout, label)
                    looked = True
                yield values
    except InvalidDataset:
        raise
    except ValueError as error:  # pandas' parser errors are of this kind too
        _raise_first(path, layout, label)
        raise InvalidDataset("unreadable", reason=str(error)) from error


def _check_usable(values: Array, i_label: int) -> None:
    fits = np.abs(values) <= faults.MAX_FLOAT32  # false for NaN too
    if not fits.all() or not np.isin(values[:, i_label], (0.0, 1.0)).all():
        raise ValueError("a number beyond float32, or a label that is neither 0 nor 1")


def _raise_first(path: Path, layout: Layout, label: str) -> None:
    with opened(path) as file:
        text = io.TextIOWrapper(file, "utf-8-sig", newline="")
        faults.raise_first(text, layout.names, label)


class _Census:
    """What all blocks together say."""

    def __init__(
        self, layout: Layout, label: str, id_columns: Sequence[str], limits: Limits
    ) -> None:
        self.i_label = layout.names.index(label)
        self._layout, self._label, self._limits = layout, label, limits
        self._id_columns = tuple(id_columns)
        self._tallies = [Tally(name) for name in layout.names if name != label]
        self._n_positive = 0
        self._equal = np.ones(len(self._tallies), bool)
        self._opposite = np.ones(len(self._tallies), bool)

    def take(self, values: Array) -> None:
        labels = values[:, self.i_label]
        features = np.delete(values, self.i_label, axis=1)
        self._n_positive += int(labels.sum())
        self._equal &= (features == labels[:, None]).all(axis=0)
        self._opposite &= (features == 1 - labels[:, None]).all(axis=0)
        for i_column, tally in enumerate(self._tallies):
            tally.take(features[:, i_column])

    def schema(self) -> DatasetSchema:
        self._check_classes()
        for i_column in np.flatnonzero(self._equal | self._opposite):
            raise InvalidDataset("leak", column=self._tallies[int(i_column)].name)
        columns = tuple(tally.column() for tally in self._tallies)
        for column in columns:
            whole = column.kind != "real" and column.low >= 0
            if column.name in self._id_columns and not whole:
                raise InvalidDataset("id_values", column=column.name)
        return DatasetSchema(
            sha256=self._layout.sha256,
            n_bytes=self._layout.n_bytes,
            n_rows=self._layout.n_rows,
            label=self._label,
            columns=columns,
            n_positive=self._n_positive,
            id_columns=self._id_columns,
            warnings=self._warnings(columns),
        )

    def _check_classes(self) -> None:
        n_rows, n_positive = self._layout.n_rows, self._n_positive
        if n_positive in {0, n_rows}:
            raise InvalidDataset("one_class", column=self._label, value=int(n_positive > 0))
        rare = int(n_positive <= n_rows - n_positive)
        found = min(n_positive, n_rows - n_positive)
        if found < self._limits.min_per_class:
            raise InvalidDataset(
                "too_few",
                column=self._label,
                found=found,
                value=rare,
                limit=self._limits.min_per_class,
            )

    def _warnings(self, columns: Sequence[Column]) -> tuple[DatasetWarning, ...]:
        found = [DatasetWarning("constant", c.name) for c in columns if c.distinct == 1]
        share = self._n_positive / self._layout.n_rows
        rarer = min(share, 1 - share)
        if rarer < STRATIFY_BELOW_SHARE:
            details = {"percent": round(100 * rarer, 1), "value": int(share <= 0.5)}
            found.append(DatasetWarning("imbalanced", self._label, details))
        return tuple(found)
