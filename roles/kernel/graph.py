"""The responsibility map as a directed graph: layers, hand-offs, coverage gaps.

Nodes are keys; an edge (source, target) says that what `source` produces is needed by `target`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

Edge = tuple[str, str]


@dataclass(frozen=True, slots=True)
class HandOff:
    """An edge whose two ends are held by different people."""

    source: str
    target: str
    givers: frozenset[str]
    receivers: frozenset[str]


def check(nodes: Sequence[str], edges: Sequence[Edge]) -> None:
    """Refuse a graph that is no map: unknown ends, doubled edges, circles.

    Parameters
    ----------
    nodes
        Keys of the nodes; none may come twice.
    edges
        Pairs (source, target) of keys in `nodes`.

    Raises
    ------
    ValueError
        Names the node or edge that is wrong; for a circle, its nodes in order.
    """
    known = set(nodes)
    if len(known) < len(nodes):
        twice = next(node for node in nodes if nodes.count(node) > 1)
        raise ValueError(f"the node “{twice}” comes twice.")
    seen: set[Edge] = set()
    for source, target in edges:
        for end in (source, target):
            if end not in known:
                raise ValueError(f"the edge {source} -> {target} names an unknown node “{end}”.")
        if source == target:
            raise ValueError(f"the edge {source} -> {target} leads to itself.")
        if (source, target) in seen:
            raise ValueError(f"the edge {source} -> {target} comes twice.")
        seen.add((source, target))
    circle = find_circle(nodes, edges)
    if circle:
        raise ValueError(f"the map runs in a circle: {' -> '.join((*circle, circle[0]))}.")


def find_circle(nodes: Sequence[str], edges: Sequence[Edge]) -> tuple[str, ...]:
    """Return the nodes of one circle in order, or nothing when the graph is acyclic.

    Parameters
    ----------
    nodes, edges
        The graph; the ends of the edges must be in `nodes`.

    Returns
    -------
    tuple of str
        The circle once round, without the first node repeated; empty when there is none.

    Notes
    -----
    Removes nodes without an incoming edge (Kahn); what stays has a predecessor that stays, so
    walking back along those must meet itself.
    """
    left = set(nodes)
    before = predecessors(nodes, edges)
    free = [node for node in nodes if not before[node]]
    after = successors(nodes, edges)
    waiting = {node: len(before[node]) for node in nodes}
    while free:
        node = free.pop()
        left.discard(node)
        for target in after[node]:
            waiting[target] -= 1
            if waiting[target] == 0:
                free.append(target)
    if not left:
        return ()
    walk = [next(node for node in nodes if node in left)]
    while True:
        step = next(node for node in before[walk[-1]] if node in left)
        if step in walk:
            return tuple(reversed(walk[walk.index(step) :]))
        walk.append(step)


def layers(nodes: Sequence[str], edges: Sequence[Edge]) -> tuple[tuple[str, ...], ...]:
    """Return the nodes by longest distance from a start, for drawing left to right.

    Parameters
    ----------
    nodes, edges
        An acyclic graph.

    Returns
    -------
    tuple of tuple of str
        Layer k holds the nodes whose longest path from a node without predecessor has k edges;
        every edge runs to a later layer. Within a layer nodes keep the order of their
        predecessors in the layer before, so that a tree draws without crossings.

    Raises
    ------
    ValueError
        The graph has a circle.
    """
    circle = find_circle(nodes, edges)
    if circle:
        raise ValueError(f"the map runs in a circle: {' -> '.join((*circle, circle[0]))}.")
    before, after = predecessors(nodes, edges), successors(nodes, edges)
    depth: dict[str, int] = {}
    ready = [node for node in nodes if not before[node]]
    for node in ready:  # grows while it is read: a node joins after its last predecessor
        depth[node] = max((depth[one] + 1 for one in before[node]), default=0)
        ready += [one for one in after[node] if one not in ready and before[one] <= set(ready)]
    rows: list[list[str]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for node in ready:
        rows[depth[node]].append(node)
    return tuple(tuple(row) for row in rows)


def predecessors(nodes: Sequence[str], edges: Sequence[Edge]) -> dict[str, set[str]]:
    """Return for each node the nodes with an edge to it.

    Parameters
    ----------
    nodes, edges
        The graph.

    Returns
    -------
    dict of str to set of str
        One entry for every node, empty where nothing leads to it.
    """
    found: dict[str, set[str]] = {node: set() for node in nodes}
    for source, target in edges:
        found[target].add(source)
    return found


def successors(nodes: Sequence[str], edges: Sequence[Edge]) -> dict[str, list[str]]:
    """Return for each node the nodes it leads to, in the order of the edges.

    Parameters
    ----------
    nodes, edges
        The graph.

    Returns
    -------
    dict of str to list of str
        One entry for every node, empty where it leads nowhere.
    """
    found: dict[str, list[str]] = {node: [] for node in nodes}
    for source, target in edges:
        found[source].append(target)
    return found


def reachable(start: str, edges: Sequence[Edge]) -> frozenset[str]:
    """Return every node that can be reached from `start`, `start` included.

    Parameters
    ----------
    start
        Key of a node.
    edges
        The graph.

    Returns
    -------
    frozenset of str
        The start and everything downstream of it.
    """
    found, open_nodes = {start}, [start]
    while open_nodes:
        node = open_nodes.pop()
        fresh = [target for source, target in edges if source == node and target not in found]
        found.update(fresh)
        open_nodes += fresh
    return frozenset(found)


def hand_offs(edges: Sequence[Edge], holders: Mapping[str, Collection[str]]) -> tuple[HandOff, ...]:
    """Return the edges at which work changes hands.

    Parameters
    ----------
    edges
        The graph.
    holders
        For each node the people accountable for it; a node that is absent or empty is held by
        nobody.

    Returns
    -------
    tuple of HandOff
        One for each edge whose two ends are both held and have nobody in common, in the order of
        `edges`. Where one person holds both ends, nothing needs to be handed over; where an end
        is held by nobody, it is a coverage gap instead.
    """
    found = []
    for source, target in edges:
        givers, receivers = frozenset(holders.get(source, ())), frozenset(holders.get(target, ()))
        if givers and receivers and givers.isdisjoint(receivers):
            found.append(HandOff(source, target, givers, receivers))
    return tuple(found)


def coverage_gaps(nodes: Sequence[str], holders: Mapping[str, Collection[str]]) -> tuple[str, ...]:
    """Return the nodes that nobody holds, in the order of `nodes`.

    Parameters
    ----------
    nodes
        Keys of the map's nodes.
    holders
        For each node the people accountable for it.

    Returns
    -------
    tuple of str
        The keys without a holder.
    """
    return tuple(node for node in nodes if not holders.get(node))
