"""What a workload takes on each type of device, from what it takes on the one it is sized on."""

from __future__ import annotations

import math
from dataclasses import dataclass

from capacity.models import HOURS_PER_WEEK, Accelerator, Shape, Workload


@dataclass(frozen=True)
class Take:
    """What a workload takes when it runs on one type of device.

    `devices` are held at once; batch work takes at most so many in a week. `weeks` is how long
    training holds them, 0 for all else. `device_weeks` is all of its work.
    """

    devices: int
    weeks: int
    device_weeks: float


def speed(workload: Workload, accelerator: Accelerator) -> float:
    """Work of one device of this type, in devices of the type that the workload is sized on.

    Training goes with the dense bf16 peak, inference with the memory bandwidth: its tokens wait
    for weights to be read. Types count alike where the workload names none or a figure is missing.
    """
    reference = workload.sized_on
    if reference is None or reference.pk == accelerator.pk:
        return 1.0
    figure = "bf16_tflops" if workload.shape is Shape.GANG else "bandwidth_gb_s"
    here, there = getattr(accelerator, figure), getattr(reference, figure)
    return here / there if here and there else 1.0


def take(workload: Workload, accelerator: Accelerator) -> Take:
    """Devices, weeks and device-weeks of the whole workload on this type."""
    pace = speed(workload, accelerator)
    if workload.shape is Shape.SERVICE:
        devices = _whole_gangs(workload.devices / pace, workload.gang_size)
        return Take(devices, 0, float(devices * workload.n_weeks))
    work = workload.device_hours / HOURS_PER_WEEK / pace
    if workload.shape is Shape.BATCH:
        return Take(workload.devices, 0, work)
    n_weeks = max(1, math.ceil(work / workload.devices - 1e-9))
    return Take(workload.devices, n_weeks, float(workload.devices * n_weeks))


def _whole_gangs(devices: float, gang: int) -> int:
    """Whole copies of the model that reach this much."""
    return gang * max(1, math.ceil(devices / gang - 1e-9))
