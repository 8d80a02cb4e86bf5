"""Who waits for whom: worked by hand, and what must hold whatever the numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from capacity.kernel.joint import PhaseWeeks, Waiting, ask, serve, waiting
from capacity.kernel.problem import InvalidProblem


def weeks(**given: Any) -> PhaseWeeks:
    """One week, or as many as are given: four people asked and there, eight devices likewise."""
    n = max((len(values) for values in given.values() if not isinstance(values, float)), default=1)
    filled: dict[str, Any] = {
        "fte_asked": [4.0] * n,
        "fte_filled": [4.0] * n,
        "devices_asked": [8.0] * n,
        "devices_granted": [8.0] * n,
        "fte_rate": [3000.0] * n,
        "device_rate": [420.0] * n,
        **given,
    }
    return PhaseWeeks(**{name: np.array(values, dtype=float) for name, values in filled.items()})


def told(found: Waiting) -> list[tuple[float, float]]:
    pairs = zip(found.people, found.devices, strict=True)
    return [(round(float(people), 9), round(float(devices), 9)) for people, devices in pairs]


@pytest.mark.parametrize(
    ("given", "people", "devices"),
    [
        ({}, 0, 0),
        ({"devices_granted": [4]}, 2, 0),  # half of the devices: half of the team waits
        ({"devices_granted": [0]}, 4, 0),
        ({"fte_filled": [1]}, 0, 6),  # a quarter of the team: it can use two of eight
        ({"fte_filled": [0]}, 0, 8),
        ({"fte_filled": [2], "devices_granted": [4]}, 0, 0),  # both half: nothing waits
        ({"fte_filled": [3], "devices_granted": [4]}, 1, 0),  # (3/4 - 1/2) x 4
        ({"fte_filled": [1], "devices_granted": [4]}, 0, 2),  # (1/2 - 1/4) x 8
        ({"fte_filled": [0], "devices_granted": [0]}, 0, 0),
        ({"devices_asked": [0], "devices_granted": [0]}, 0, 0),  # no devices are asked for
        ({"fte_asked": [0], "fte_filled": [0]}, 0, 0),  # nobody is asked for
        ({"fte_asked": [0], "fte_filled": [0], "devices_granted": [2]}, 0, 0),
        ({"fte_filled": [2], "devices_asked": [0], "devices_granted": [0]}, 0, 0),
    ],
)
def test_what_is_there_beyond_the_scarcer_share_waits(
    given: dict[str, Any], people: float, devices: float
) -> None:
    assert told(waiting(weeks(**given))) == [(people, devices)]


def test_the_example_of_the_document_holds() -> None:
    document = {"devices_asked": [12, 12], "devices_granted": [8, 8], "fte_filled": [3, 1]}

    found = waiting(weeks(fte_asked=[4, 4], **document, fte_rate=[0, 0], device_rate=[0, 0]))

    assert found.people == pytest.approx([1 / 3, 0])
    assert found.devices == pytest.approx([0, 5])


def test_money_is_what_waits_times_its_rate_of_that_week() -> None:
    found = waiting(
        weeks(
            devices_granted=[4, 8],
            fte_filled=[4, 2],
            fte_rate=[3000, 9999],
            device_rate=[9999, 420],
        )
    )

    assert list(found.people_cost) == [6000, 0]  # two people
    assert list(found.devices_cost) == [0, 1680]  # four devices


def random_weeks(seed: int, n: int = 60) -> PhaseWeeks:
    rng = np.random.default_rng(seed)
    asked, wanted = rng.integers(0, 9, n) / 2, rng.integers(0, 40, n)
    return weeks(
        fte_asked=asked,
        fte_filled=asked * rng.choice([0, 0.25, 0.5, 1], n),
        devices_asked=wanted,
        devices_granted=wanted * rng.choice([0, 0.5, 0.75, 1], n),
        fte_rate=rng.integers(0, 5000, n),
        device_rate=rng.integers(0, 900, n),
    )


@pytest.mark.parametrize("seed", range(5))
def test_never_both_wait_in_a_week_and_never_more_than_is_there(seed: int) -> None:
    given = random_weeks(seed)
    found = waiting(given)

    assert (found.people > 0).any()
    assert (found.devices > 0).any()
    assert not ((found.people > 0) & (found.devices > 0)).any()
    assert (found.people <= given.fte_filled + 1e-9).all()
    assert (found.devices <= given.devices_granted + 1e-9).all()


@pytest.mark.parametrize("seed", range(5))
def test_what_works_is_the_same_share_of_both(seed: int) -> None:
    given = random_weeks(seed)
    found = waiting(given)
    both = (given.fte_asked > 0) & (given.devices_asked > 0)

    at_work = (given.fte_filled - found.people)[both] / given.fte_asked[both]
    in_use = (given.devices_granted - found.devices)[both] / given.devices_asked[both]

    assert at_work == pytest.approx(in_use)
    assert at_work == pytest.approx(np.minimum(given.fill_share, given.grant_share)[both])


def test_more_devices_never_let_more_people_wait() -> None:
    scarce = weeks(fte_filled=[1, 2, 3, 4], devices_granted=[2, 2, 2, 2])
    ample = weeks(fte_filled=[1, 2, 3, 4], devices_granted=[6, 6, 6, 6])

    assert (waiting(ample).people <= waiting(scarce).people).all()
    assert (waiting(ample).devices >= waiting(scarce).devices).all()


@pytest.mark.parametrize(
    ("given", "culprit"),
    [
        ({"fte_filled": [5]}, "fte_filled"),
        ({"devices_granted": [9]}, "devices_granted"),
        ({"fte_asked": [-1], "fte_filled": [-1]}, "fte_asked"),
        ({"device_rate": [np.nan]}, "device_rate"),
        ({"devices_asked": [8, 8], "fte_asked": [4]}, "devices_asked"),
    ],
)
def test_what_contradicts_itself_is_refused_by_name(given: dict[str, Any], culprit: str) -> None:
    with pytest.raises(InvalidProblem, match=culprit):
        weeks(**({name: [4.0] for name in ("fte_filled",)} | given))


def test_the_arrays_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        weeks().fte_asked[0] = 9


# --- what a workload asks for ---------------------------------------------------------------------


def test_what_is_missing_is_spread_over_the_window_and_adds_up() -> None:
    granted = np.array([0.0, 8.0, 0.0, 0.0])

    asked = ask(granted, 8.0, range(4))

    assert list(asked) == [2, 10, 2, 2]
    assert asked.sum() == granted.sum() + 8
    assert list(granted) == [0, 8, 0, 0]


def test_of_a_window_beyond_the_phase_only_the_part_inside_counts() -> None:
    assert list(ask(np.zeros(3), 10.0, range(-2, 3))) == [2, 2, 2]
    assert list(ask(np.zeros(3), 10.0, range(2, 7))) == [0, 0, 2]
    assert list(ask(np.zeros(3), 10.0, range(5, 7))) == [0, 0, 0]
    assert list(ask(np.zeros(3), 10.0, range(-7, -2))) == [0, 0, 0]


def test_what_is_whole_asks_for_what_it_holds() -> None:
    assert list(ask(np.array([0.0, 8.0]), 0.0, range(2))) == [0, 8]


def test_serving_lacks_in_each_week_what_its_need_is_short_of() -> None:
    granted = np.array([6.0, 3.0, 2.0, 0.0])
    # Of the third week's two devices each does the work of three; the fourth is no part of it.
    shares = np.array([1.0, 0.5, 1.0])

    assert list(serve(granted, shares, 6.0, range(3))) == [6, 6, 2, 0]


def test_serving_that_began_before_the_phase_counts_from_its_first_week() -> None:
    assert list(serve(np.zeros(2), np.zeros(4), 6.0, range(-1, 3))) == [6, 6]
