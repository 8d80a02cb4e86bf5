"""One column of numbers, described while it streams by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Kind = Literal["constant", "binary", "integer", "real"]
DISTINCT_COUNTED = 10_000  # then the count stops, so that memory does not grow with the file


@dataclass(frozen=True, slots=True)
class Column:
    """One feature.

    Parameters
    ----------
    kind
        "constant" (one value), "binary" (only 0 and 1), "integer" (whole numbers) or "real".
    std
        Of the rows at hand, divided by n.
    distinct
        Different values; a lower bound where `distinct_is_exact` is false.
    """

    name: str
    kind: Kind
    low: float
    high: float
    mean: float
    std: float
    distinct: int
    distinct_is_exact: bool = True


class Tally:
    """Takes the values of one column block by block.

    Notes
    -----
    Mean and variance are merged pairwise (Chan, Golub, LeVeque 1979), which keeps digits where
    sum and sum of squares would cancel.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._n = 0
        self._mean = self._squares = 0.0
        self._low, self._high = np.inf, -np.inf
        self._whole = True
        self._distinct: npt.NDArray[np.float64] = np.empty(0)
        self._counting = True

    def take(self, values: npt.NDArray[np.float64]) -> None:
        """Add a block, of shape (n,) with n > 0, all finite."""
        n, mean = len(values), float(values.mean())
        squares = float(np.square(values - mean).sum())
        apart, total = mean - self._mean, self._n + n
        self._squares += squares + apart**2 * self._n * n / total
        self._mean += apart * n / total
        self._n = total
        self._low = min(self._low, float(values.min()))
        self._high = max(self._high, float(values.max()))
        self._whole = self._whole and bool((values == np.rint(values)).all())
        if self._counting:
            self._distinct = np.union1d(self._distinct, values)
            self._counting = len(self._distinct) <= DISTINCT_COUNTED

    def column(self) -> Column:
        """What all blocks together say."""
        return Column(
            name=self.name,
            kind=self._kind(),
            low=self._low,
            high=self._high,
            mean=self._mean,
            std=float(np.sqrt(self._squares / self._n)),
            distinct=min(len(self._distinct), DISTINCT_COUNTED),
            distinct_is_exact=self._counting,
        )

    def _kind(self) -> Kind:
        if self._low == self._high:
            return "constant"
        if not self._whole:
            return "real"
        return "binary" if self._low == 0 and self._high == 1 else "integer"
