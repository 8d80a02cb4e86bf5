"""Where the nodes and arrows of the responsibility map are drawn.

Plain numbers of an SVG: a column for each layer of the graph, from expertise to outcomes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from roles.kernel.graph import Edge, layers, predecessors

WIDTH, HEIGHT = 148, 44  # of a node
GAP_X, GAP_Y, MARGIN = 17, 14, 8


@dataclass(frozen=True)
class Place:
    """A node's upper left corner."""

    key: str
    x: int
    y: int

    @property
    def text_x(self) -> int:
        return self.x + 8

    @property
    def line_y(self) -> int:
        return self.y + 18

    @property
    def count_y(self) -> int:
        return self.y + 35


@dataclass(frozen=True)
class Drawing:
    width: int
    height: int
    node_width: int
    node_height: int
    places: Mapping[str, Place]
    paths: Sequence[str]


def draw(nodes: Sequence[str], edges: Sequence[Edge]) -> Drawing:
    """Columns by layer; in a column each node as near as it can be to those that lead to it."""
    columns = layers(nodes, edges)
    before = predecessors(nodes, edges)
    row_of: dict[str, float] = {}
    for column in columns:
        taken: list[float] = []
        for key in sorted(column, key=lambda key: (_wish(key, before, row_of), nodes.index(key))):
            row = max(_wish(key, before, row_of), taken[-1] + 1 if taken else 0.0)
            row_of[key] = row
            taken.append(row)
    places = {
        key: Place(
            key,
            MARGIN + number * (WIDTH + GAP_X),
            MARGIN + round(row_of[key] * (HEIGHT + GAP_Y)),
        )
        for number, column in enumerate(columns)
        for key in column
    }
    return Drawing(
        width=2 * MARGIN + max(1, len(columns)) * (WIDTH + GAP_X) - GAP_X,
        height=2 * MARGIN + max((one.y for one in places.values()), default=0) + HEIGHT,
        node_width=WIDTH,
        node_height=HEIGHT,
        places=places,
        paths=[_path(places[source], places[target]) for source, target in edges],
    )


def _wish(key: str, before: Mapping[str, set[str]], row_of: Mapping[str, float]) -> float:
    rows = [row_of[one] for one in before[key] if one in row_of]
    return min(rows, default=0.0)


def _path(source: Place, target: Place) -> str:
    x1, y1 = source.x + WIDTH, source.y + HEIGHT // 2
    x2, y2 = target.x - 1, target.y + HEIGHT // 2
    middle = (x1 + x2) // 2
    return f"M{x1} {y1} C{middle} {y1} {middle} {y2} {x2} {y2}"
