"""Labels of the points of a run's curve."""

from __future__ import annotations

from teamhub.runs import selectors


def test_points_of_a_quick_solve_have_labels_of_their_own() -> None:
    assert selectors.second_labels([0.5, 1.0, 12.34]) == ["0.5", "1.0", "12.3"]
    assert selectors.second_labels([0.11, 0.14, 2.0]) == ["0.11", "0.14", "2.00"]
    assert selectors.second_labels([0.1111, 0.1149]) == ["0.111", "0.115"]
