"""What a capacity plan may be judged by: three objectives, linear in what is served and bought.

The formulas, how we read them and why: docs/formulas.md#capacity.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from capacity.kernel.problem import CapacityProblem

Array = np.ndarray[Any, np.dtype[Any]]


class Objective(StrEnum):
    """The names of the brief."""

    NET_VALUE = "net_value"  # maximise value less cost
    WEIGHTED_COST = "weighted_cost"  # minimise sum p_i c_i(x), p_i = r_i / C, over what must run
    EFFICIENCY = "efficiency"  # maximise sum (r_i / c_i) x_i

    @property
    def sign(self) -> int:
        """1 where more is better, -1 where less is."""
        return -1 if self is Objective.WEIGHTED_COST else 1

    @property
    def sense(self) -> str:
        return "max" if self.sign == 1 else "min"


@dataclass(frozen=True, slots=True)
class Terms:
    """One objective as a linear function to be maximised.

    sum_j served_j gain[j] - sum_j cost_weight[j] running_cost_j - sum_b nodes_b bought[b]

    Attributes
    ----------
    gain
        Of shape (n_workloads,): for serving a workload at all.
    cost_weight
        Of shape (n_workloads,): per unit of money that running it costs.
    bought
        One array per purchase, of shape (n_landings,): lost for each node.
    """

    gain: Array
    cost_weight: Array
    bought: tuple[Array, ...]


def terms(problem: CapacityProblem, objective: Objective | None = None) -> Terms:
    """The objective's coefficients for a problem; its own objective unless another is named."""
    match objective or problem.objective:
        case Objective.NET_VALUE:
            return _net_value(problem)
        case Objective.WEIGHTED_COST:
            return _weighted_cost(problem)
        case Objective.EFFICIENCY:
            return _efficiency(problem)


def values(problem: CapacityProblem) -> Array:
    """r: what each workload is worth, of shape (n_workloads,)."""
    return np.array([workload.value for workload in problem.workloads], dtype=float)


def amounts(problem: CapacityProblem) -> Array:
    """c as an amount: device-weeks of each workload where it needs fewest, shape (n_workloads,)."""
    return np.array([workload.least_device_weeks for workload in problem.workloads], dtype=float)


def total(problem: CapacityProblem) -> float:
    """C: all device-weeks that the pools have free, before anything is bought."""
    return float(problem.capacity.sum())


def weights(problem: CapacityProblem) -> Array:
    """p = r / C, of shape (n_workloads,); 0 where there is no resource at all."""
    resource = total(problem)
    return values(problem) / resource if resource > 0 else np.zeros(len(problem.workloads))


def _net_value(problem: CapacityProblem) -> Terms:
    return Terms(
        gain=values(problem),
        cost_weight=np.ones(len(problem.workloads)),
        bought=tuple(np.array(one.cost, dtype=float) for one in problem.purchases),
    )


def _weighted_cost(problem: CapacityProblem) -> Terms:
    p = weights(problem)
    # No task owns a bought node, so its price weighs what a task weighs on average.
    average = float(p.mean()) if len(p) else 0.0
    return Terms(
        gain=np.zeros(len(p)),
        cost_weight=p,
        bought=tuple(average * np.array(one.cost, dtype=float) for one in problem.purchases),
    )


def _efficiency(problem: CapacityProblem) -> Terms:
    r, c = values(problem), amounts(problem)
    # A purchase reads as a task that returns minus its price and holds its own device-weeks.
    bought = tuple(
        np.array(
            [
                cost / (one.devices * (problem.n_weeks - week))
                for week, cost in zip(one.landing, one.cost, strict=True)
            ],
            dtype=float,
        )
        for one in problem.purchases
    )
    return Terms(
        gain=np.divide(r, c, out=np.zeros(len(r)), where=c > 0),
        cost_weight=np.zeros(len(r)),
        bought=bought,
    )
