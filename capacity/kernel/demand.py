"""From a model's size to device-hours, memory and devices: with a band and every assumption named.

Training
    hours = (6 N + 6 L d s) D / (peak x MFU x goodput x 3600), N the parameters that a token uses, D
    the tokens; the second term is attention, counted only where layers L, width d and sequence s
    are known (Kaplan et al. 2020, arXiv:2001.08361, section 2.1; causal attention is half of 12).
Memory of training
    ZeRO stage 3 with Adam in mixed precision: 18 bytes a parameter over all devices, and 4 bytes
    for each of the largest layer (Rajbhandari et al. 2020, arXiv:1910.02054; DeepSpeed's own
    estimator gives the same figures).
Inference
    One measured rate of tokens is carried to other lengths by a roofline; without any, the roofline
    alone speaks, and its band is a factor of two.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from capacity.kernel.model_size import Device, InvalidDemand, Model, positive, proper_share
from capacity.kernel.problem import Shape

__all__ = [
    "Assumption",
    "Band",
    "Device",
    "Estimate",
    "InvalidDemand",
    "MeasuredRate",
    "Model",
    "WorkloadKind",
    "infer_batch",
    "roofline",
    "serve",
    "serving_gang",
    "shape_of",
    "train",
    "training_gang",
    "training_memory_gb",
]

HOURS_PER_WEEK = 168
BYTES_PER_PARAMETER_TRAINING = 18  # 2 + 2 + 12 of Adam, 2 gathered
BYTES_PER_PARAMETER_LAYER = 4  # weights and gradients of the layer in work
# Of all parameters, in the largest layer: embeddings of models of 7B and more take up to 2 %, and
# the largest published ones hold 2.1 B (128,256 words of 16,384 numbers).
LARGEST_LAYER_SHARE, LARGEST_LAYER_B = 0.02, 2.1
USABLE_MEMORY_SHARE = 0.9  # the rest is taken by the run time and by fragmentation
ACTIVATION_SHARE = 0.25  # of the usable memory, with activations computed again where needed
# Effective share of the peak over a whole run, restarts included. Published GPU-hours of 28 runs on
# A100, H100 and H800: with 0.35 for all the median error is 25 %, 86 % lie within a factor of 1.5;
# mixtures of experts reach less (median 0.27).
WHOLE_RUN_SHARE_DENSE = 0.35
WHOLE_RUN_SHARE_EXPERTS = 0.30
# Of a run whose own MFU is known: effective over reported MFU, median of 11 published runs.
GOODPUT_SHARE = 0.85
BAND_DEFAULTS = (0.65, 1.8)  # holds 86 % of the published runs when nothing but the size is known
BAND_KNOWN_MFU = (0.77, 1.3)  # 90 % of 11 published runs whose MFU was known
BAND_MEASURED_RATE = (0.72, 1.28)  # a measured rate carried to other lengths: P90 of the error 28 %
BAND_ROOFLINE = (0.5, 2.0)
# Roofline with which one measured row is carried to other lengths: share of the peak, of the
# memory bandwidth, and seconds a step; fitted on published throughput of 54 rows.
COMPUTE_SHARE, BANDWIDTH_SHARE, STEP_S = 0.45, 0.9, 0.008
MOST_BATCH = 4096
# Load at which queues stay short: chat has a promise to keep, batch work has none.
ONLINE_LOAD_SHARE, BATCH_LOAD_SHARE = 0.65, 0.9
SPARE_REPLICAS = 1  # N + 1


class WorkloadKind(StrEnum):
    """What devices are asked for."""

    PRETRAINING = "pretraining"
    FINETUNING = "finetuning"
    BATCH_INFERENCE = "batch_inference"
    ONLINE_INFERENCE = "online_inference"


def shape_of(kind: WorkloadKind) -> Shape:
    """Return how work of this kind takes its devices."""
    if kind is WorkloadKind.ONLINE_INFERENCE:
        return Shape.SERVICE
    return Shape.BATCH if kind is WorkloadKind.BATCH_INFERENCE else Shape.GANG


@dataclass(frozen=True, slots=True)
class Band:
    """A forecast: one in ten lies below p10, one in ten above p90, about."""

    p10: float
    p50: float
    p90: float

    @classmethod
    def around(cls, middle: float, factors: tuple[float, float]) -> Band:
        return cls(middle * factors[0], middle, middle * factors[1])


@dataclass(frozen=True, slots=True)
class Assumption:
    """One figure that nobody gave, with where it comes from."""

    name: str
    value: float
    source: str


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a workload takes.

    Parameters
    ----------
    device_hours
        Of the whole workload; for online inference, of one week.
    memory_gb
        On each device of a copy, in 10^9 bytes.
    gang
        Devices of one copy of the model: fewer do not hold it.
    replicas
        Copies that serve, the spare one included; 0 for training.
    """

    device_hours: Band
    memory_gb: float
    gang: int
    replicas: int
    assumptions: tuple[Assumption, ...]

    @property
    def devices(self) -> int:
        """Least devices at once: one copy, or all replicas."""
        return self.gang * max(1, self.replicas)


@dataclass(frozen=True, slots=True)
class MeasuredRate:
    """Output tokens a second of one replica, measured at one length of prompt and answer."""

    tokens_per_s: float
    prompt: int = 1000
    answer: int = 1000

    def __post_init__(self) -> None:
        for field in ("tokens_per_s", "prompt", "answer"):
            positive(field, getattr(self, field))


def train(
    model: Model,
    tokens_b: float,
    device: Device,
    *,
    mfu_share: float | None = None,
    goodput_share: float | None = None,
    gang: int | None = None,
) -> Estimate:
    """Estimate pre-training or full fine-tuning on one type of device.

    Parameters
    ----------
    tokens_b
        Billions of tokens that are trained on, epochs included.
    mfu_share
        Model FLOPs utilisation that this team reaches; None: the share that published runs reached
        over their whole time, with a wider band.
    goodput_share
        Share of the time in which steps count; with `mfu_share` only, 0.85 by default.
    gang
        Devices of one copy; None: the fewest that hold the model.

    Raises
    ------
    InvalidDemand
        A figure is not positive, a share above 1, or the gang too small for the model.
    """
    positive("tokens_b", tokens_b)
    proper_share("mfu_share", mfu_share)
    proper_share("goodput_share", goodput_share)
    flop = 6 * model.used_params_b * 1e9
    if model.layers and model.width and model.sequence:
        flop += 6 * model.layers * model.width * model.sequence
    share, band, assumed = _training_share(model, mfu_share, goodput_share)
    hours = flop * tokens_b * 1e9 / (device.bf16_tflops * 1e12 * share * 3600)
    fewest = training_gang(model, device)
    if gang is not None and gang < fewest:
        raise InvalidDemand("gang", TOO_SMALL, gang=gang, fewest=fewest)
    chosen = gang or fewest
    assumed.append(Assumption("bytes_per_parameter", BYTES_PER_PARAMETER_TRAINING, _ZERO))
    return Estimate(
        Band.around(hours, band),
        training_memory_gb(model, chosen),
        chosen,
        0,
        tuple(assumed),
    )


_PUBLISHED = "median of 28 published runs on A100, H100 and H800"
_ZERO = "ZeRO stage 3, Adam, mixed precision (arXiv:1910.02054)"
TOO_SMALL = "%(gang)s devices do not hold the model; %(fewest)s do"


def _training_share(
    model: Model, mfu_share: float | None, goodput_share: float | None
) -> tuple[float, tuple[float, float], list[Assumption]]:
    if mfu_share is None:
        share = WHOLE_RUN_SHARE_EXPERTS if model.is_mixture else WHOLE_RUN_SHARE_DENSE
        return share, BAND_DEFAULTS, [Assumption("whole_run_share", share, _PUBLISHED)]
    if goodput_share is not None:
        return mfu_share * goodput_share, BAND_KNOWN_MFU, []
    source = "effective over reported MFU, median of 11 published runs"
    goodput = Assumption("goodput_share", GOODPUT_SHARE, source)
    return mfu_share * GOODPUT_SHARE, BAND_KNOWN_MFU, [goodput]


def training_memory_gb(model: Model, devices: int) -> float:
    """Return weights, gradients and optimiser on each of so many devices, in 10^9 bytes."""
    whole = BYTES_PER_PARAMETER_TRAINING * model.params_b / devices
    return whole + _largest_layer_gb(model)


def _largest_layer_gb(model: Model) -> float:
    largest_b = min(LARGEST_LAYER_B, LARGEST_LAYER_SHARE * model.params_b)
    return BYTES_PER_PARAMETER_LAYER * largest_b


def training_gang(model: Model, device: Device) -> int:
    """Return the fewest devices, a power of two, that hold one copy in training.

    Raises
    ------
    InvalidDemand
        Its largest layer alone does not fit one device.
    """
    room = device.memory_gb * USABLE_MEMORY_SHARE * (1 - ACTIVATION_SHARE)
    layer = _largest_layer_gb(model)
    if layer >= room:
        raise InvalidDemand(
            "params_b",
            "the largest layer needs %(layer)s GB, a %(device)s has %(room)s",
            layer=f"{layer:.0f}",
            device=device.key,
            room=f"{room:.0f}",
        )
    return _power_of_two(BYTES_PER_PARAMETER_TRAINING * model.params_b / (room - layer))


def serving_gang(model: Model, device: Device) -> int:
    """Return the fewest devices, a power of two, that hold the weights and as much cache again."""
    room = device.memory_gb * USABLE_MEMORY_SHARE
    weights = model.params_b * model.bytes_per_weight
    return _power_of_two(1.5 * weights / room)


def serve(
    model: Model,
    peak_tokens_per_s: float,
    device: Device,
    *,
    measured: MeasuredRate | None = None,
    prompt: int = 1000,
    answer: int = 500,
    gang: int | None = None,
    load_share: float = ONLINE_LOAD_SHARE,
) -> Estimate:
    """Estimate online inference: replicas for the peak, and one to spare.

    Parameters
    ----------
    peak_tokens_per_s
        Output tokens a second, of all users, at the peak.
    measured
        What one replica was measured to do; None: the roofline, within a factor of two.
    prompt, answer
        Tokens of a typical request.
    load_share
        Load at the peak, 0 to 1; above about 0.7 answers begin to wait for each other.
    """
    positive("peak_tokens_per_s", peak_tokens_per_s)
    proper_share("load_share", load_share)
    chosen = _serving_devices(model, device, gang)
    rate, band, assumed = _rate(model, device, chosen, measured, prompt, answer)
    replicas = math.ceil(peak_tokens_per_s / (rate * load_share) - 1e-9) + SPARE_REPLICAS
    assumed.append(Assumption("load_share", load_share, "queues stay short below about 0.7"))
    assumed.append(Assumption("spare_replicas", SPARE_REPLICAS, "one replica may fail"))
    hours = replicas * chosen * HOURS_PER_WEEK
    weights = model.params_b * model.bytes_per_weight / chosen
    return Estimate(Band.around(hours, band), weights, chosen, replicas, tuple(assumed))


def infer_batch(
    model: Model,
    tokens_b: float,
    device: Device,
    *,
    measured: MeasuredRate | None = None,
    prompt: int = 1000,
    answer: int = 500,
    gang: int | None = None,
) -> Estimate:
    """Estimate batch inference of so many billions of output tokens; nobody waits for one."""
    positive("tokens_b", tokens_b)
    chosen = _serving_devices(model, device, gang)
    rate, band, assumed = _rate(model, device, chosen, measured, prompt, answer)
    assumed.append(Assumption("load_share", BATCH_LOAD_SHARE, "a queue that never runs dry"))
    hours = tokens_b * 1e9 / (rate * BATCH_LOAD_SHARE) / 3600 * chosen
    weights = model.params_b * model.bytes_per_weight / chosen
    return Estimate(Band.around(hours, band), weights, chosen, 1, tuple(assumed))


def _serving_devices(model: Model, device: Device, gang: int | None) -> int:
    fewest = serving_gang(model, device)
    if gang is not None and gang < fewest:
        raise InvalidDemand("gang", TOO_SMALL, gang=gang, fewest=fewest)
    return gang or fewest


def _rate(
    model: Model,
    device: Device,
    gang: int,
    measured: MeasuredRate | None,
    prompt: int,
    answer: int,
) -> tuple[float, tuple[float, float], list[Assumption]]:
    """Tokens a second of one replica, the band of the estimate, and what was assumed."""
    here = roofline(model, device, gang, prompt, answer)
    if measured is None:
        source = "roofline of compute and memory bandwidth, within a factor of two"
        return here, BAND_ROOFLINE, [Assumption("tokens_per_s", here, source)]
    there = roofline(model, device, gang, measured.prompt, measured.answer)
    rate = measured.tokens_per_s * here / there
    same = (measured.prompt, measured.answer) == (prompt, answer)
    source = "as measured" if same else "measured, carried to these lengths by a roofline"
    return rate, BAND_MEASURED_RATE, [Assumption("tokens_per_s", rate, source)]


def roofline(model: Model, device: Device, gang: int, prompt: int, answer: int) -> float:
    """Return output tokens a second of one replica at full load.

    As many requests at once as the memory holds; a step reads all weights and the cache, or is
    bound by arithmetic; prompts are worked through before.
    """
    for field, value in (("prompt", prompt), ("answer", answer), ("gang", gang)):
        positive(field, value)
    weights = model.params_b * 1e9 * model.bytes_per_weight
    cache = model.kv_bytes_per_token * (prompt + answer / 2)
    room = device.memory_gb * 1e9 * USABLE_MEMORY_SHARE * gang - weights
    batch = min(MOST_BATCH, max(1.0, room / cache))
    flop = 2 * model.used_params_b * 1e9
    compute = gang * device.bf16_tflops * 1e12 * COMPUTE_SHARE
    prefill_s = flop * prompt / compute
    reading_s = (weights + batch * cache) / (gang * device.bandwidth_gb_s * 1e9 * BANDWIDTH_SHARE)
    step_s = max(reading_s, flop * batch / compute) + STEP_S
    return batch * answer / (answer * step_s + batch * prefill_s)


def _power_of_two(least: float) -> int:
    return 1 << max(0, math.ceil(math.log2(max(1.0, least)) - 1e-9))
