"""Device-hours, memory and replicas against published figures and by hand."""

from __future__ import annotations

import math

import pytest

from capacity.kernel import demand
from capacity.kernel.demand import Device, InvalidDemand, MeasuredRate, Model
from capacity.kernel.problem import Shape

A100 = Device("a100", 312, 80, 2039)
H100 = Device("h100", 989, 80, 3350)


def test_training_hours_by_hand() -> None:
    """6 x 10^9 x 10^12 FLOP at half of 100 TFLOP/s: 1.2e8 s, 33,333 hours."""
    found = demand.train(Model(1), 1000, Device("d", 100, 80, 1000), mfu_share=0.5, goodput_share=1)
    assert found.device_hours.p50 == pytest.approx(6e21 / 5e13 / 3600)


@pytest.mark.parametrize(
    ("params_b", "tokens_b", "gpu_hours"),
    [  # LLaMA, arXiv:2302.13971, table 15: A100-80GB hours
        (6.7, 1000, 82_432),
        (13.0, 1000, 135_168),
        (32.5, 1400, 530_432),
        (65.2, 1400, 1_022_362),
    ],
)
def test_published_runs_lie_in_the_band(params_b: float, tokens_b: float, gpu_hours: float) -> None:
    hours = demand.train(Model(params_b), tokens_b, A100).device_hours
    assert hours.p10 < gpu_hours < hours.p90


def test_a_known_mfu_narrows_the_band_and_loses_the_time_between_steps() -> None:
    wide = demand.train(Model(7), 1000, A100)
    known = demand.train(Model(7), 1000, A100, mfu_share=0.5)
    spread = [one.device_hours.p90 / one.device_hours.p10 for one in (wide, known)]
    assert spread[1] < spread[0]
    assert [one.name for one in known.assumptions] == ["goodput_share", "bytes_per_parameter"]
    sure = demand.train(Model(7), 1000, A100, mfu_share=0.5, goodput_share=1).device_hours
    assert known.device_hours.p50 == pytest.approx(sure.p50 / demand.GOODPUT_SHARE)


def test_attention_counts_where_the_shape_is_known() -> None:
    plain = demand.train(Model(7), 1, A100).device_hours.p50
    shaped = demand.train(Model(7, layers=32, width=4096, sequence=4096), 1, A100)
    assert shaped.device_hours.p50 / plain == pytest.approx(1 + 32 * 4096 * 4096 / 7e9)


def test_of_a_mixture_only_the_used_part_computes_and_all_of_it_is_held() -> None:
    mixture = demand.train(Model(671, active_params_b=37), 1000, H100)
    dense = demand.train(Model(37), 1000, H100)
    factor = demand.WHOLE_RUN_SHARE_DENSE / demand.WHOLE_RUN_SHARE_EXPERTS
    assert mixture.device_hours.p50 == pytest.approx(dense.device_hours.p50 * factor)
    assert mixture.gang > dense.gang


def test_doubling_tokens_doubles_hours_and_a_faster_device_needs_less() -> None:
    one, two = (demand.train(Model(7), tokens, A100).device_hours.p50 for tokens in (100, 200))
    assert two == pytest.approx(2 * one)
    assert demand.train(Model(7), 100, H100).device_hours.p50 == pytest.approx(one * 312 / 989)


@pytest.mark.parametrize("params_b", [0.1, 1, 7, 13, 70, 405])
def test_the_gang_holds_the_model_and_half_of_it_does_not(params_b: float) -> None:
    model = Model(params_b)
    room = A100.memory_gb * demand.USABLE_MEMORY_SHARE * (1 - demand.ACTIVATION_SHARE)
    gang = demand.training_gang(model, A100)
    assert demand.training_memory_gb(model, gang) <= room * (1 + 1e-9)
    assert gang == 1 or demand.training_memory_gb(model, gang // 2) > room


def test_memory_by_hand() -> None:
    """70 B over 64 devices: 18 x 70 / 64 and 4 x 2 % of 70."""
    assert demand.training_memory_gb(Model(70), 64) == pytest.approx(19.6875 + 5.6)


@pytest.mark.parametrize(
    ("layers", "tokens", "gib"),
    [(32, 16_000, 1.95), (80, 16_000, 4.88), (126, 16_000, 7.69)],
)
def test_the_cache_of_llama_3(layers: int, tokens: int, gib: float) -> None:
    """8 key-value heads of 128, 16 bit: sizes that its model cards follow from."""
    model = Model(8, layers=layers, kv_heads=8, head_dim=128)
    assert model.kv_bytes_per_token * tokens / 2**30 == pytest.approx(gib, abs=0.01)


@pytest.mark.parametrize(("params_b", "layers"), [(8, 32), (70, 80), (405, 126)])
def test_a_cache_of_unknown_shape_is_near_that_of_its_size(params_b: float, layers: int) -> None:
    known = Model(params_b, layers=layers, kv_heads=8, head_dim=128).kv_bytes_per_token
    assert Model(params_b).kv_bytes_per_token == pytest.approx(known, rel=0.12)


def test_replicas_carry_the_peak_and_one_may_fail() -> None:
    measured = MeasuredRate(1000, prompt=1000, answer=500)
    found = demand.serve(Model(8), 6500, A100, measured=measured, load_share=0.65)
    assert found.replicas == 10 + 1
    assert found.devices == found.gang * 11
    assert found.device_hours.p50 == found.devices * 168
    assert demand.serve(Model(8), 6501, A100, measured=measured).replicas == 12


def test_a_measured_rate_stands_at_its_own_lengths_and_falls_with_longer_prompts() -> None:
    measured = MeasuredRate(1000, prompt=1000, answer=1000)
    hours = [
        demand.infer_batch(
            Model(8), 1, A100, measured=measured, prompt=prompt, answer=1000
        ).device_hours.p50
        for prompt in (1000, 4000)
    ]
    assert hours[0] == pytest.approx(1e9 / (1000 * demand.BATCH_LOAD_SHARE) / 3600)
    assert hours[1] > hours[0]


def test_without_a_measurement_the_band_is_a_factor_of_two() -> None:
    band = demand.infer_batch(Model(8), 1, H100).device_hours
    assert (band.p10, band.p90) == (band.p50 / 2, band.p50 * 2)


def test_the_roofline_is_within_two_of_a_published_row() -> None:
    """TensorRT-LLM's overview: Llama 3.1 8B, H100, FP8, 1000/1000: 15,220 output tokens a second.

    FP8 has twice the arithmetic of bf16 and half the bytes.
    """
    model = Model(8.03, layers=32, kv_heads=8, head_dim=128, bytes_per_weight=1)
    rate = demand.roofline(model, Device("h100-fp8", 1979, 80, 3350), 1, 1000, 1000)
    assert 15_220 / 2 < rate < 15_220 * 2


def test_every_kind_has_a_shape() -> None:
    shapes = [demand.shape_of(kind) for kind in demand.WorkloadKind]
    assert shapes == [Shape.GANG, Shape.GANG, Shape.BATCH, Shape.SERVICE]


@pytest.mark.parametrize(
    ("field", "make"),
    [
        ("params_b", lambda: Model(0)),
        ("params_b", lambda: Model(math.nan)),
        ("active_params_b", lambda: Model(7, active_params_b=8)),
        ("tokens_b", lambda: demand.train(Model(7), -1, A100)),
        ("mfu_share", lambda: demand.train(Model(7), 1, A100, mfu_share=1.2)),
        ("goodput_share", lambda: demand.train(Model(7), 1, A100, goodput_share=0)),
        ("gang", lambda: demand.train(Model(70), 1, A100, gang=8)),
        ("gang", lambda: demand.serve(Model(70), 1, A100, gang=1)),
        ("params_b", lambda: demand.train(Model(2000), 1, Device("small", 100, 12, 900))),
        ("memory_gb", lambda: Device("d", 1, 0, 1)),
        ("peak_tokens_per_s", lambda: demand.serve(Model(7), math.inf, A100)),
        ("answer", lambda: demand.infer_batch(Model(7), 1, A100, answer=0)),
    ],
)
def test_what_cannot_be_names_its_field(field: str, make: object) -> None:
    with pytest.raises(InvalidDemand, match=field) as refusal:
        make()  # type: ignore[operator]
    assert refusal.value.details["field"] == field
