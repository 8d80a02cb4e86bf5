"""The capacity problem as frozen data: pools with free devices a week, workloads that want them.

Weeks are counted from the first of the horizon; a range is `start` up to, not including, `end`.
Devices are whole, except those of batch work, which may use a part of a device's week. Axes of
arrays: (week, pool). Money is any one unit; the product counts whole cents.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from capacity.kernel.objectives import Objective

Array = np.ndarray[Any, np.dtype[Any]]


class InvalidProblem(ValueError):
    """The data contradicts itself; the message names the culprit."""


class Shape(StrEnum):
    """How a workload takes its devices."""

    GANG = "gang"  # so many at once through consecutive weeks, anywhere in its window: training
    SERVICE = "service"  # so many through all of its window: online inference
    BATCH = "batch"  # a volume, spread over pools and weeks as it fits: batch inference


class Rule(StrEnum):
    """What a plan has to keep."""

    MUST_SERVE = "must_serve"
    WINDOW = "window"
    POOL = "pool"  # only pools that the workload can use
    SHAPE = "shape"  # the devices and weeks that the workload needs there
    VOLUME = "volume"  # batch work is done whole or not at all
    CAPACITY = "capacity"
    PURCHASE = "purchase"  # whole nodes, no more than are offered


def require(condition: bool, culprit: str, complaint: str) -> None:
    """Raise InvalidProblem with "culprit: complaint" unless the condition holds."""
    if not condition:
        raise InvalidProblem(f"{culprit}: {complaint}")


def _is_amount(number: float) -> bool:
    return math.isfinite(number) and number >= 0


@dataclass(frozen=True, slots=True)
class Pool:
    """Like devices at one site. `node_devices` of them share a node."""

    key: str
    site: str = ""
    accelerator: str = ""
    node_devices: int = 8

    def __post_init__(self) -> None:
        who = f"pool {self.key}"
        require(self.node_devices >= 1, who, f"node_devices {self.node_devices} is below 1")


@dataclass(frozen=True, slots=True)
class Need:
    """What a workload takes when it runs on one pool.

    Parameters
    ----------
    pool
        Index of the pool.
    devices
        Gang and service: held at once. Batch: at most in one week.
    weeks
        Gang only: consecutive weeks.
    volume
        Batch only: device-weeks of all the work, were it done here. Done a share on each of several
        pools, the shares add up to one.
    cost
        Money per device-week.
    """

    pool: int
    devices: int
    weeks: int = 0
    volume: float = 0.0
    cost: float = 0.0


@dataclass(frozen=True, slots=True)
class Workload:
    """A demand for devices in the weeks `start` up to, not including, `end`.

    Parameters
    ----------
    needs
        One for each pool that can run it.
    value
        Money that serving it is worth.
    priority
        Higher is more urgent; only list schedulers look at it.
    """

    key: str
    shape: Shape
    needs: tuple[Need, ...]
    start: int
    end: int
    value: float = 0.0
    priority: int = 1
    must_serve: bool = False

    def __post_init__(self) -> None:
        who = f"workload {self.key}"
        weeks = f"weeks {self.start} to {self.end} are not a range"
        require(0 <= self.start < self.end, who, weeks)
        require(_is_amount(self.value), who, f"value {self.value} is no amount")
        for pool, times in Counter(need.pool for need in self.needs).items():
            require(times == 1, who, f"pool {pool} appears {times} times")
        for need in self.needs:
            self._check(need, who)

    def _check(self, need: Need, who: str) -> None:
        require(need.devices >= 1, who, f"{need.devices} devices are below 1")
        require(_is_amount(need.cost), who, f"cost {need.cost} is no amount")
        if self.shape is Shape.GANG:
            require(need.weeks >= 1, who, f"{need.weeks} weeks are below 1")
        if self.shape is Shape.BATCH:
            fine = _is_amount(need.volume) and need.volume > 0
            require(fine, who, f"a volume of {need.volume} is not above 0")

    @property
    def n_weeks(self) -> int:
        return self.end - self.start

    def weeks_on(self, need: Need) -> int:
        """How many weeks it holds devices there; all of the window but for a gang."""
        return need.weeks if self.shape is Shape.GANG else self.n_weeks

    def device_weeks(self, need: Need) -> float:
        """What it takes in all, were it run there."""
        if self.shape is Shape.BATCH:
            return need.volume
        return float(need.devices * self.weeks_on(need))

    @property
    def least_device_weeks(self) -> float:
        """Device-weeks where it needs fewest; 0 when no pool can run it."""
        return min((self.device_weeks(need) for need in self.needs), default=0.0)


@dataclass(frozen=True, slots=True)
class Purchase:
    """Nodes that may be bought for a pool; they stay to the end of the horizon.

    Parameters
    ----------
    devices
        In one node.
    landing
        Weeks in which nodes may arrive, the lead time counted in.
    cost
        Money for one node that arrives in each of these weeks.
    max_nodes
        Over all weeks.
    """

    key: str
    pool: int
    devices: int
    landing: tuple[int, ...]
    cost: tuple[float, ...]
    max_nodes: int

    def __post_init__(self) -> None:
        who = f"purchase {self.key}"
        require(self.devices >= 1, who, f"{self.devices} devices are below 1")
        require(self.max_nodes >= 0, who, f"max_nodes {self.max_nodes} is below 0")
        require(len(self.cost) == len(self.landing), who, "one cost per landing week")
        require(len(set(self.landing)) == len(self.landing), who, "a landing week twice")
        require(all(week >= 0 for week in self.landing), who, "a landing week below 0")
        for cost in self.cost:
            require(_is_amount(cost), who, f"cost {cost} is no amount")


@dataclass(frozen=True, slots=True)
class Fact:
    """An allocation that stays: running or locked. `capacity` has it taken off already."""

    workload: str
    pool: int
    start: int
    end: int
    devices: int
    cost: float = 0.0


@dataclass(frozen=True, slots=True)
class Allocation:
    """Devices of a pool in the weeks `start` up to, not including, `end`, for one workload."""

    pool: int
    start: int
    end: int
    devices: float

    @property
    def device_weeks(self) -> float:
        return self.devices * (self.end - self.start)


@dataclass(frozen=True, slots=True)
class CapacitySolution:
    """Who runs where, and what is bought.

    Attributes
    ----------
    allocations
        Per workload; none where it is left out, one for a gang or service, any number for a batch.
    bought
        Per purchase: nodes for each of its landing weeks.
    """

    allocations: tuple[tuple[Allocation, ...], ...]
    bought: tuple[tuple[int, ...], ...] = ()

    def served(self, j: int) -> bool:
        return bool(self.allocations[j])


@dataclass(frozen=True, eq=False)
class CapacityProblem:
    """Everything that decides which workload runs where and when.

    Parameters
    ----------
    capacity
        Free devices, integers of shape (n_weeks, n_pools): nodes that arrive, maintenance and facts
        counted in, what facts take too much clamped at 0. Read-only here.
    facts
        For reports; they take nothing off.
    start
        A plan to begin with, or to stay close to.
    move_cost
        Money that it costs to place a workload elsewhere than `start` has it, or to drop it.
        Batch work moves freely and pays only for being dropped.
    """

    capacity: Array
    pools: tuple[Pool, ...]
    workloads: tuple[Workload, ...]
    purchases: tuple[Purchase, ...] = ()
    facts: tuple[Fact, ...] = ()
    objective: Objective = Objective.NET_VALUE
    start: CapacitySolution | None = None
    move_cost: float = 0.0

    def __post_init__(self) -> None:
        given = np.asarray(self.capacity)
        shape = (given.shape[0] if given.ndim else 0, len(self.pools))
        whole = given.size == 0 or bool(np.all(given == np.floor(given)))
        require(given.size == 0 or given.ndim == 2, "capacity", "needs one row a week")
        require(given.size == 0 or given.shape == shape, "capacity", "needs one column a pool")
        require(whole, "capacity", "devices must be whole")
        devices = given.reshape(shape).astype(np.int64)
        require(bool(np.all(devices >= 0)), "capacity", "a week below 0 devices")
        devices.setflags(write=False)
        object.__setattr__(self, "capacity", devices)
        self._check_keys()
        self._check_ranges()
        self._check_start()

    def _check_keys(self) -> None:
        keys = {
            "pool": [pool.key for pool in self.pools],
            "workload": [workload.key for workload in self.workloads],
            "purchase": [purchase.key for purchase in self.purchases],
        }
        for kind, given in keys.items():
            for key, times in Counter(given).items():
                require(times == 1, f"{kind} {key}", f"the key appears {times} times")

    def _check_ranges(self) -> None:
        for workload in self.workloads:
            who = f"workload {workload.key}"
            end = f"ends in week {workload.end} of {self.n_weeks}"
            require(workload.end <= self.n_weeks, who, end)
            for need in workload.needs:
                require(0 <= need.pool < len(self.pools), who, f"no pool {need.pool}")
        for purchase in self.purchases:
            who = f"purchase {purchase.key}"
            require(0 <= purchase.pool < len(self.pools), who, f"no pool {purchase.pool}")
            late = [week for week in purchase.landing if week >= self.n_weeks]
            require(not late, who, f"lands in week {late[:1]} of {self.n_weeks}")
        for number, fact in enumerate(self.facts):
            known = 0 <= fact.pool < len(self.pools)
            require(known, f"fact {number}", f"no pool {fact.pool}")

    def _check_start(self) -> None:
        require(_is_amount(self.move_cost), "move_cost", f"{self.move_cost} is no amount")
        if self.start is not None:
            mine = len(self.start.allocations) == len(self.workloads)
            require(mine, "start", "one entry per workload")

    @property
    def n_weeks(self) -> int:
        return int(self.capacity.shape[0])

    @property
    def n_pools(self) -> int:
        return len(self.pools)
