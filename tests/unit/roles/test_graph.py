"""The responsibility map's graph functions, on small graphs whose answers can be seen."""

from __future__ import annotations

import pytest

from roles.catalog import load_roles_catalog
from roles.kernel import graph

DIAMOND = ("a", "b", "c", "d")
DIAMOND_EDGES = (("a", "b"), ("a", "c"), ("b", "d"), ("c", "d"))


@pytest.fixture(scope="module")
def responsibility_map() -> tuple[list[str], tuple[tuple[str, str], ...]]:
    catalog = load_roles_catalog()
    return [node.key for node in catalog.nodes], catalog.edges


def test_an_acyclic_graph_passes() -> None:
    graph.check(DIAMOND, DIAMOND_EDGES)
    assert graph.find_circle(DIAMOND, DIAMOND_EDGES) == ()


@pytest.mark.parametrize(
    ("nodes", "edges", "words"),
    [
        (("a", "b", "a"), (), "node “a” comes twice"),
        (("a",), (("a", "x"),), "unknown node “x”"),
        (("a",), (("a", "a"),), "leads to itself"),
        (("a", "b"), (("a", "b"), ("a", "b")), "comes twice"),
    ],
)
def test_what_is_no_map_is_refused_by_name(
    nodes: tuple[str, ...], edges: tuple[tuple[str, str], ...], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        graph.check(nodes, edges)


def test_a_circle_is_refused_and_shown_once_round() -> None:
    nodes = ("start", "a", "b", "c", "end")
    edges = (("start", "a"), ("a", "b"), ("b", "c"), ("c", "a"), ("c", "end"))
    circle = graph.find_circle(nodes, edges)
    assert set(circle) == {"a", "b", "c"}
    assert all(
        pair in edges for pair in zip(circle, (*circle[1:], circle[0]), strict=True)
    )  # follows the arrows
    with pytest.raises(ValueError, match="circle"):
        graph.check(nodes, edges)
    with pytest.raises(ValueError, match="circle"):
        graph.layers(nodes, edges)


def test_a_node_stands_one_layer_after_its_last_predecessor() -> None:
    edges = (*DIAMOND_EDGES, ("a", "d"), ("d", "e"), ("b", "c"))
    assert graph.layers(("e", *DIAMOND), edges) == (("a",), ("b",), ("c",), ("d",), ("e",))


def test_layers_of_nothing_are_nothing() -> None:
    assert graph.layers((), ()) == ()
    assert graph.layers(("alone", "too"), ()) == (("alone", "too"),)


def test_reachable_is_everything_downstream_and_the_start() -> None:
    assert graph.reachable("b", DIAMOND_EDGES) == {"b", "d"}
    assert graph.reachable("d", DIAMOND_EDGES) == {"d"}


def test_work_changes_hands_only_between_different_people() -> None:
    holders = {"a": ["Ada"], "b": ["Bo"], "c": ["Ada", "Cy"], "d": ["Cy"]}
    found = graph.hand_offs(DIAMOND_EDGES, holders)
    assert [(one.source, one.target) for one in found] == [("a", "b"), ("b", "d")]
    assert (found[0].givers, found[0].receivers) == (frozenset({"Ada"}), frozenset({"Bo"}))


def test_an_end_that_nobody_holds_is_a_gap_and_no_hand_off() -> None:
    holders: dict[str, list[str]] = {"a": ["Ada"], "b": [], "d": ["Bo"]}
    assert graph.hand_offs(DIAMOND_EDGES, holders) == ()
    assert graph.coverage_gaps(DIAMOND, holders) == ("b", "c")


def test_the_map_has_31_nodes_and_30_edges(responsibility_map) -> None:
    nodes, edges = responsibility_map
    assert len(nodes) == 31
    # 3 + 2 + 2 + 1 from the four fields of expertise, then chains of 5, 5, 4, 4 and 4.
    assert len(edges) == 8 + 22


def test_the_whole_map_hangs_on_computer_vision(responsibility_map) -> None:
    nodes, edges = responsibility_map
    graph.check(nodes, edges)
    assert graph.reachable("computer-vision", edges) == set(nodes)
    assert all(len(before) <= 1 for before in graph.predecessors(nodes, edges).values())


def test_the_map_ends_in_five_outcomes(responsibility_map) -> None:
    nodes, edges = responsibility_map
    ends = {node for node, after in graph.successors(nodes, edges).items() if not after}
    assert ends == {
        "social-impact",
        "business-benefit",
        "application-adoption",
        "model-innovation",
        "data-protection",
    }


def test_each_chain_of_the_map_runs_as_the_brief_draws_it(responsibility_map) -> None:
    nodes, edges = responsibility_map
    assert [len(layer) for layer in graph.layers(nodes, edges)] == [1, 3, 5, 5, 5, 5, 5, 2]
    after = graph.successors(nodes, edges)
    walk = ["inference-engine"]
    while after[walk[-1]]:
        walk += after[walk[-1]]
    assert walk == [
        "inference-engine",
        "model-monitoring",
        "exception-handling",
        "compliance-check",
        "ethics-review",
        "social-impact",
    ]
