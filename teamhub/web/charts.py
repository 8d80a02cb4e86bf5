"""Data of a chart: the script draws it and the page prints the same numbers as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.functional import Promise

Text = str | Promise
Number = float | int | None


@dataclass(frozen=True)
class Series:
    name: Text
    values: Sequence[Number]
    look: Literal["solid", "proposed", "limit"] = "solid"  # a limit is a dashed line


@dataclass(frozen=True)
class Chart:
    """One chart; every series has a value (or None) for each entry of `x`.

    Draw it with `{% include "components/_chart.html" with chart=chart only %}`.
    """

    key: str  # id in the page
    title: Text
    x_label: Text
    x: Sequence[str]
    series: Sequence[Series]
    unit: Text = ""
    kind: Literal["line", "step", "bar", "stacked"] = "line"
    from_zero: bool = True  # false: the axis begins near the lowest value
    at: Sequence[float] | None = None  # where each of `x` lies; without it they stand side by side

    def __post_init__(self) -> None:
        if self.at is not None and len(self.at) != len(self.x):
            raise ValueError(
                f"Chart {self.key}: {len(self.at)} positions for {len(self.x)} places."
            )
        for series in self.series:
            if len(series.values) != len(self.x):
                raise ValueError(
                    f"Chart {self.key}: {series.name} has {len(series.values)} values for "
                    f"{len(self.x)} places."
                )

    @property
    def data(self) -> dict[str, Any]:
        """What charts.js reads."""
        return {
            "kind": self.kind,
            "fromZero": self.from_zero,
            "unit": str(self.unit),
            "title": str(self.title),
            "xLabel": str(self.x_label),
            "x": list(self.x),
            "at": None if self.at is None else list(self.at),
            "series": [
                {"name": str(series.name), "values": list(series.values), "look": series.look}
                for series in self.series
            ],
        }

    @property
    def data_id(self) -> str:
        return f"{self.key}-data"

    @property
    def rows(self) -> list[tuple[str, list[Number]]]:
        """Lines of the table: place, then one number a series."""
        return [
            (place, [series.values[i] for series in self.series]) for i, place in enumerate(self.x)
        ]
