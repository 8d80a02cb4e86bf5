"""People and devices of one phase, week by week: who waits for whom.

Work goes as far as the scarcer of both. What is there beyond it waits: people without devices, or
devices without people. Pure arithmetic on arrays of shape (n_weeks,); docs/formulas.md#waiting says
the same in words.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from capacity.kernel.problem import require

Array = np.ndarray[Any, np.dtype[np.float64]]

# Of an FTE or a device: what is less is the rest of a division.
LEAST = 1e-6


@dataclass(frozen=True, eq=False)
class PhaseWeeks:
    """What the weeks of a phase ask for and have.

    Parameters
    ----------
    fte_asked
        Effort of the slots, in full-time weeks, shape (n_weeks,).
    fte_filled
        Of it, held by somebody; what one slot has too much does not fill another.
    devices_asked
        Devices that hold or lack something: `devices_granted` and what is missing of must-serve
        workloads (`ask`). Optional work asks for what it was given.
    devices_granted
        Devices given to the workloads of the phase.
    fte_rate
        Money of one filled full-time week, 0 where unknown.
    device_rate
        Money of one granted device-week, 0 where unknown.

    Raises
    ------
    InvalidProblem
        An array has another length, a number is negative or not finite, or more is there than
        was asked for.
    """

    fte_asked: Array
    fte_filled: Array
    devices_asked: Array
    devices_granted: Array
    fte_rate: Array
    device_rate: Array

    def __post_init__(self) -> None:
        for field in fields(self):
            values = np.array(getattr(self, field.name), dtype=np.float64)
            same = values.shape == (len(self.fte_asked),)
            require(same, field.name, f"shape {values.shape} is not one number a week")
            amounts = bool(np.isfinite(values).all() and (values >= 0).all())
            require(amounts, field.name, "holds a number that is negative or not finite")
            values.flags.writeable = False
            object.__setattr__(self, field.name, values)
        _require_within(self.fte_filled, self.fte_asked, "fte_filled")
        _require_within(self.devices_granted, self.devices_asked, "devices_granted")

    @property
    def fill_share(self) -> Array:
        """Share of the effort that is filled, 0-1; 1 where none is asked."""
        return share(self.fte_filled, self.fte_asked)

    @property
    def grant_share(self) -> Array:
        """Share of the devices that are granted, 0-1; 1 where none are asked."""
        return share(self.devices_granted, self.devices_asked)


@dataclass(frozen=True, eq=False)
class Waiting:
    """What waits in each week, shape (n_weeks,).

    Parameters
    ----------
    people
        Full-time weeks of people who wait for devices.
    devices
        Device-weeks that wait for people.
    people_cost
        Money of the people who wait.
    devices_cost
        Money of the devices that wait.
    """

    people: Array
    devices: Array
    people_cost: Array
    devices_cost: Array


def waiting(weeks: PhaseWeeks) -> Waiting:
    """Tell what waits in each week of a phase.

    With f the share of the effort that is filled and g the share of the devices that are granted,
    `people = max(0, f - g) * fte_asked` and `devices = max(0, g - f) * devices_asked`: never both
    in one week, never more than is there.

    Parameters
    ----------
    weeks
        What the phase asks for and has.

    Returns
    -------
    Waiting
        Effort, devices and money that wait, by week.

    Notes
    -----
    O(n_weeks). Source: our own definition, docs/formulas.md#waiting.
    """
    lead = weeks.fill_share - weeks.grant_share  # of people before devices
    people = _cleared(np.maximum(0.0, lead) * weeks.fte_asked)
    devices = _cleared(np.maximum(0.0, -lead) * weeks.devices_asked)
    return Waiting(people, devices, people * weeks.fte_rate, devices * weeks.device_rate)


def share(part: Array, whole: Array) -> Array:
    """Divide week by week; 1 where nothing is asked.

    Parameters
    ----------
    part, whole
        Amounts of shape (n_weeks,), `part` at most `whole`.

    Returns
    -------
    Array
        Shares from 0 to 1.
    """
    asked = whole > LEAST
    return np.where(asked, np.minimum(1.0, part / np.where(asked, whole, 1.0)), 1.0)


def ask(granted: Array, missing: float, window: range) -> Array:
    """Tell how many devices a workload asks for in each week, from what it has and lacks.

    What is missing may run in any week of its window, so it is spread evenly over them: the sum
    over the window is all that the work takes. Weeks are counted from the phase's first; what lies
    outside of the phase is cut off.

    Parameters
    ----------
    granted
        Devices that it holds, shape (n_weeks,).
    missing
        Device-weeks of its work that nothing covers yet.
    window
        Weeks of its window, counted from the phase's first; they may begin before 0.

    Returns
    -------
    Array
        Devices asked for, at least `granted`, shape (n_weeks,).

    Raises
    ------
    InvalidProblem
        Something is missing and the window is empty.
    """
    asked = granted.copy()
    if missing <= LEAST:
        return asked
    require(len(window) > 0, "window", "is empty, but work is missing")
    first, last = max(0, window.start), max(0, min(len(granted), window.stop))
    asked[first:last] += missing / len(window)
    return asked


def serve(granted: Array, held_share: Array, devices: float, window: range) -> Array:
    """Tell how many devices serving asks for in each week, from what it has and lacks.

    Parameters
    ----------
    granted
        Devices that it holds, of whatever type, shape (n_weeks,).
    held_share
        Share of its need that they cover in each week of its window, shape (len(window),); may
        exceed 1.
    devices
        Devices that it wants at once, of the type that it is sized on.
    window
        Weeks of its window, counted from the phase's first; they may begin before 0.

    Returns
    -------
    Array
        Devices asked for, at least `granted`, shape (n_weeks,).
    """
    asked = granted.copy()
    for week, held in zip(window, held_share, strict=True):
        if 0 <= week < len(asked):
            asked[week] += max(0.0, 1.0 - held) * devices
    return asked


def _require_within(part: Array, whole: Array, name: str) -> None:
    require(bool((part <= whole + LEAST).all()), name, "holds more than was asked for")


def _cleared(values: Array) -> Array:
    """Without the rests of divisions."""
    return np.where(values > LEAST, values, 0.0)
