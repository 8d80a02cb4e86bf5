"""From what people know of a model to device-hours, memory and devices, by the kernel."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from capacity.kernel import demand
from capacity.kernel.demand import Assumption, Band, Device, InvalidDemand, Model, WorkloadKind
from capacity.models import HOURS_PER_WEEK, Accelerator
from capacity.words import explained, refusal
from teamhub.errors import InvalidInput

NODE_DEVICES = 8  # what a gang shares before it takes whole nodes
MAX_DEVICES = 10**6
# Far beyond all that anybody plans: what lies above was given in another unit.
LIMITS = {
    "params_b": 1e6,
    "active_params_b": 1e6,
    "tokens_b": 1e7,
    "peak_tokens_per_s": 1e10,
    "replica_tokens_per_s": 1e8,
}


@dataclass(frozen=True)
class Ask:
    """A model and what is to be done with it; what is None takes a default, or is worked out.

    `weeks` is the time that there is: from it follow the devices, where none are named.
    """

    kind: str
    accelerator: Accelerator
    params_b: float | None = None
    active_params_b: float | None = None
    tokens_b: float | None = None
    peak_tokens_per_s: float | None = None
    replica_tokens_per_s: float | None = None
    mfu: float | None = None
    goodput: float | None = None
    gang: int | None = None
    devices: int | None = None
    weeks: int | None = None


@dataclass(frozen=True)
class Answer:
    """What the model takes.

    `hours` are those of the whole work, of serving those of its weeks, or of one; `weeks` at so
    many devices is None for serving, `replicas` for training.
    """

    hours: Band
    gang: int
    memory_gb: float  # on each device of a gang
    devices: int
    weeks: int | None
    replicas: int | None
    assumptions: tuple[Assumption, ...]

    @property
    def sources(self) -> list[dict[str, Any]]:
        return [
            {"name": one.name, "value": one.value, "source": one.source} for one in self.assumptions
        ]

    @property
    def explained(self) -> list[dict[str, Any]]:
        return explained(self.sources)

    def as_json(self) -> dict[str, Any]:
        """As a workload keeps it."""
        return {
            "memory_gb": round(self.memory_gb, 2),
            "replicas": self.replicas,
            "sources": self.sources,
        }


def estimate(ask: Ask) -> Answer:
    """Estimate; InvalidInput names the field that is missing or makes no sense."""
    for field, most in LIMITS.items():
        if (getattr(ask, field) or 0) > most:
            text = _("At most %(most)s; is it in another unit?")
            raise _wrong(field, text % {"most": f"{most:,.0f}"})
    try:
        match WorkloadKind(ask.kind):
            case WorkloadKind.ONLINE_INFERENCE:
                return _online(ask)
            case WorkloadKind.BATCH_INFERENCE:
                found = demand.infer_batch(
                    _model(ask),
                    _given("tokens_b", ask.tokens_b),
                    device_of(ask.accelerator),
                    measured=_measured(ask),
                    gang=ask.gang,
                )
            case _:
                found = demand.train(
                    _model(ask),
                    _given("tokens_b", ask.tokens_b),
                    device_of(ask.accelerator),
                    mfu_share=ask.mfu,
                    goodput_share=ask.goodput,
                    gang=ask.gang,
                )
    except InvalidDemand as error:
        raise _refusal(error) from error
    return _worked_out(ask, found)


def _bounded(devices: int, field: str) -> int:
    if devices > MAX_DEVICES:
        text = _("That takes %(devices)s devices; at most %(most)s. Look at the units.")
        words = {"devices": f"{devices:,}", "most": f"{MAX_DEVICES:,}"}
        raise _wrong(field, text % words)
    return devices


def device_of(accelerator: Accelerator) -> Device:
    """The kernel's view of a type; refuses one whose figures nobody has written down."""
    peak, memory, bandwidth = (
        accelerator.bf16_tflops,
        accelerator.memory_gb,
        accelerator.bandwidth_gb_s,
    )
    if not (peak and memory and bandwidth):
        text = _("%(name)s has no figures for peak, memory and bandwidth: nothing follows from it.")
        raise _wrong("sized_on", text % {"name": accelerator.name})
    return Device(accelerator.key, peak, memory, bandwidth)


def _worked_out(ask: Ask, found: demand.Estimate) -> Answer:
    """Devices and weeks of training and batch work."""
    hours = found.device_hours.p50
    devices = ask.devices or _bounded(_devices_for(hours, ask.weeks, found.gang), "tokens_b")
    if devices < found.gang:
        text = _("One copy of the model needs at least %(least)d devices of this type for memory.")
        raise _wrong("devices", text % {"least": found.gang})
    gang = found.gang
    if ask.gang is None and devices % gang:
        gang = devices  # an odd number starts together as a whole
    return Answer(
        hours=found.device_hours,
        gang=gang,
        memory_gb=found.memory_gb,
        devices=devices,
        weeks=max(1, math.ceil(hours / (devices * HOURS_PER_WEEK) - 1e-9)),
        replicas=found.replicas or None,
        assumptions=found.assumptions,
    )


def _online(ask: Ask) -> Answer:
    found = demand.serve(
        _model(ask),
        _given("peak_tokens_per_s", ask.peak_tokens_per_s),
        device_of(ask.accelerator),
        measured=_measured(ask),
        gang=ask.gang,
    )
    devices = ask.devices or _bounded(found.devices, "peak_tokens_per_s")
    # The band is that of the rate; the middle follows the devices that are chosen.
    factor = (ask.weeks or 1) * devices / found.devices
    week = found.device_hours
    return Answer(
        hours=Band(week.p10 * factor, week.p50 * factor, week.p90 * factor),
        gang=found.gang,
        memory_gb=found.memory_gb,
        devices=devices,
        weeks=None,
        replicas=devices // found.gang,
        assumptions=found.assumptions,
    )


def _model(ask: Ask) -> Model:
    return Model(_given("params_b", ask.params_b), ask.active_params_b)


def _measured(ask: Ask) -> demand.MeasuredRate | None:
    rate = ask.replica_tokens_per_s
    return None if rate is None else demand.MeasuredRate(rate)


def _devices_for(hours: float, weeks: int | None, gang: int) -> int:
    """Whole gangs, beyond one node whole nodes, that need half of the weeks: a plan may choose."""
    least = math.ceil(hours / (max(1, weeks // 2) * HOURS_PER_WEEK)) if weeks else gang
    devices = math.ceil(max(least, gang) / gang) * gang
    return math.ceil(devices / NODE_DEVICES) * NODE_DEVICES if devices > NODE_DEVICES else devices


def _given(name: str, value: float | None) -> float:
    if value is None:
        raise _wrong(name, _("This figure is needed for the estimate."))
    return value


def _wrong(field: str, text: str) -> InvalidInput:
    return InvalidInput(text, fields={field: [text]})


# The kernel's names of figures, as the columns of a workload have them.
_FIELDS = {"gang": "gang_size", "tokens_per_s": "replica_tokens_per_s"}


def _refusal(error: InvalidDemand) -> InvalidInput:
    field = str(error.details["field"])
    text = _("This figure cannot be: %(error)s.") % {"error": refusal(error)}
    return InvalidInput(text, fields={_FIELDS.get(field, field): [text]})
