"""What is known of a device and of a model, checked."""

from __future__ import annotations

import math
from dataclasses import dataclass

# Key-value cache of Llama 3 in 16 bit: 131,072 bytes a token at 8 B parameters; 70 B and 405 B
# have 327,680 and 516,096, which this power meets within 11 %.
KV_BYTES_AT_8B, KV_POWER = 131_072, 0.37


class InvalidDemand(ValueError):
    """A figure that cannot be, or one that is missing; names the field.

    `template % details` is the message in other languages, as for every kernel.
    """

    code = "demand"

    def __init__(self, field: str, template: str, **values: str | int) -> None:
        super().__init__(f"{field}: {template % values}")
        self.template = template
        self.details = {"field": field, **values}


@dataclass(frozen=True, slots=True)
class Device:
    """One type of device; peaks without sparsity.

    Parameters
    ----------
    bf16_tflops
        Dense peak, TFLOP/s.
    memory_gb, bandwidth_gb_s
        Of one device, in 10^9 bytes.
    """

    key: str
    bf16_tflops: float
    memory_gb: float
    bandwidth_gb_s: float

    def __post_init__(self) -> None:
        for field in ("bf16_tflops", "memory_gb", "bandwidth_gb_s"):
            positive(field, getattr(self, field))


@dataclass(frozen=True, slots=True)
class Model:
    """A transformer as far as it is known.

    Parameters
    ----------
    params_b, active_params_b
        Billions of parameters; of a mixture of experts, those that a token uses.
    layers, width, sequence
        Layers, hidden width, training sequence in tokens; all three, or none.
    kv_heads, head_dim
        Of grouped-query attention; with `layers` they give the key-value cache.
    bytes_per_weight
        When serving: 2 in 16 bit, 1 in 8 bit.
    """

    params_b: float
    active_params_b: float | None = None
    layers: int | None = None
    width: int | None = None
    sequence: int | None = None
    kv_heads: int | None = None
    head_dim: int | None = None
    bytes_per_weight: float = 2.0

    def __post_init__(self) -> None:
        positive("params_b", self.params_b)
        positive("bytes_per_weight", self.bytes_per_weight)
        for field in ("layers", "width", "sequence", "kv_heads", "head_dim", "active_params_b"):
            if getattr(self, field) is not None:
                positive(field, getattr(self, field))
        if self.active_params_b is not None and self.active_params_b > self.params_b:
            raise InvalidDemand("active_params_b", "more than params_b; a token uses a part of it")

    @property
    def used_params_b(self) -> float:
        return self.params_b if self.active_params_b is None else self.active_params_b

    @property
    def is_mixture(self) -> bool:
        return self.used_params_b < 0.9 * self.params_b

    @property
    def kv_bytes_per_token(self) -> float:
        """Keys and values of one token over all layers, in bytes."""
        if self.layers and self.kv_heads and self.head_dim:
            return 2 * self.layers * self.kv_heads * self.head_dim * self.bytes_per_weight
        typical: float = KV_BYTES_AT_8B * (self.params_b / 8) ** KV_POWER
        return typical * self.bytes_per_weight / 2


def positive(field: str, value: float) -> None:
    """Raise InvalidDemand unless the figure is above 0 and finite."""
    if not (math.isfinite(value) and value > 0):
        raise InvalidDemand(field, "%(value)s is not above 0", value=f"{value:g}")


def proper_share(field: str, value: float | None) -> None:
    """Raise InvalidDemand unless the figure is None or above 0 and at most 1."""
    if value is not None and not (math.isfinite(value) and 0 < value <= 1):
        raise InvalidDemand(
            field, "%(value)s is not a share, above 0 and at most 1", value=f"{value:g}"
        )
