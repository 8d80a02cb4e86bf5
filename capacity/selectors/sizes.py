"""What a workload takes on each type of device, from what it takes on the one it is sized on."""

from __future__ import annotations

import math
from dataclasses import dataclass

from capacity.kernel.demand import Device, InvalidDemand, Model, serving_gang, training_gang
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


def fits(workload: Workload, accelerator: Accelerator) -> bool:
    """Whether devices of this type can hold the model at all, as far as their figures are known."""
    return _gang(workload, accelerator) is not None


def take(workload: Workload, accelerator: Accelerator) -> Take:
    """Devices, weeks and device-weeks of the whole workload on this type."""
    pace = speed(workload, accelerator)
    gang = _gang(workload, accelerator) or workload.gang_size
    if workload.shape is Shape.SERVICE:
        devices = _whole_gangs(workload.devices / pace, gang)
        return Take(devices, 0, float(devices * workload.n_weeks))
    work = workload.device_hours / HOURS_PER_WEEK / pace
    devices = _whole_gangs(workload.devices, gang)
    if workload.shape is Shape.BATCH:
        return Take(devices, 0, work)
    n_weeks = max(1, math.ceil(work / devices - 1e-9))
    return Take(devices, n_weeks, float(devices * n_weeks))


def _gang(workload: Workload, accelerator: Accelerator) -> int | None:
    """Devices of one copy on this type: more where they hold less; None where none hold it.

    Only of workloads that are sized by their model; others run anywhere as people have sized them.
    """
    size = workload.params_b if workload.sizing == Workload.Sizing.MODEL else None
    if not size or not accelerator.memory_gb or workload.sized_on_id == accelerator.pk:
        return workload.gang_size
    model = Model(size, workload.active_params_b)
    device = Device(
        accelerator.key,
        accelerator.bf16_tflops or 1.0,
        accelerator.memory_gb,
        accelerator.bandwidth_gb_s or 1.0,
    )
    fewest = training_gang if workload.shape is Shape.GANG else serving_gang
    try:
        return max(workload.gang_size, fewest(model, device))
    except InvalidDemand:
        return None


def _whole_gangs(devices: float, gang: int) -> int:
    """Whole copies of the model that reach this much."""
    return gang * max(1, math.ceil(devices / gang - 1e-9))
