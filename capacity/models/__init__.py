"""Devices, what asks for them, and the plans that share them out."""

from capacity.kernel.objectives import Objective
from capacity.kernel.problem import Shape
from capacity.models.estate import Accelerator, MaintenanceWindow, Node, Pool
from capacity.models.plan import (
    Allocation,
    CapacityPlan,
    Incumbent,
    LeftOut,
    PlanWeek,
)
from capacity.models.workload import HOURS_PER_WEEK, Workload, WorkloadActual

__all__ = [
    "HOURS_PER_WEEK",
    "Accelerator",
    "Allocation",
    "CapacityPlan",
    "Incumbent",
    "LeftOut",
    "MaintenanceWindow",
    "Node",
    "Objective",
    "PlanWeek",
    "Pool",
    "Shape",
    "Workload",
    "WorkloadActual",
]
