"""The drawn map: every arrow runs to the right, no two nodes lie on each other."""

from __future__ import annotations

import random
from itertools import combinations

from roles.kernel.drawing import GAP_Y, HEIGHT, WIDTH, draw


def test_nodes_never_overlap_and_arrows_run_to_the_right() -> None:
    rng = random.Random(3)
    for _ in range(40):
        nodes = [f"n{i}" for i in range(rng.randint(1, 25))]
        pairs = list(combinations(nodes, 2))
        edges = rng.sample(pairs, k=min(len(pairs), rng.randint(0, 30)))
        drawing = draw(nodes, edges)
        places = list(drawing.places.values())
        assert {place.key for place in places} == set(nodes)
        for one, other in combinations(places, 2):
            apart = abs(one.x - other.x) >= WIDTH or abs(one.y - other.y) >= HEIGHT + GAP_Y
            assert apart, (one, other)
        for source, target in edges:
            assert drawing.places[source].x + WIDTH < drawing.places[target].x
        assert all(place.x + WIDTH <= drawing.width for place in places)
        assert all(place.y + HEIGHT <= drawing.height for place in places)


def test_a_chain_is_a_straight_line() -> None:
    drawing = draw(["a", "b", "c"], [("a", "b"), ("b", "c")])
    assert len({place.y for place in drawing.places.values()}) == 1


def test_an_empty_map_draws_nothing() -> None:
    drawing = draw([], [])
    assert (dict(drawing.places), list(drawing.paths)) == ({}, [])
