"""How many devices maintenance takes out, and which type a device's name means."""

from __future__ import annotations

from decimal import Decimal

import pytest

from capacity.models import Accelerator, MaintenanceWindow
from capacity.services.actuals import is_device_of


@pytest.mark.parametrize(
    ("window", "devices", "out"),
    [
        ({"nodes_out": 2}, 64, 16),
        ({"nodes_out": 20}, 64, 64),
        ({"out_share": Decimal("0.5")}, 64, 32),
        ({"out_share": Decimal("0.1")}, 64, 7),
        ({"out_share": Decimal(1)}, 64, 64),
        ({"nodes_out": 1}, 0, 0),
    ],
)
def test_whole_devices_are_out_and_never_more_than_there_are(window, devices, out):
    assert MaintenanceWindow(**window).devices_out(devices, 8) == out


@pytest.mark.parametrize(
    ("device", "key", "kind", "fits"),
    [
        ("NVIDIA A100-SXM4-80GB", "a100-sxm4-80gb", "gpu", True),
        ("NVIDIA A100-SXM4-40GB", "a100-sxm4-80gb", "gpu", False),
        ("Tesla T4", "t4", "gpu", True),
        ("Tesla T4", "l4", "gpu", False),
        ("cpu", "epyc-9654", "cpu", True),
        ("cpu", "t4", "gpu", False),
        ("Tesla T4", "epyc-9654", "cpu", False),
        ("", "epyc-9654", "cpu", False),
        ("", "t4", "gpu", False),
    ],
)
def test_a_device_means_the_type_whose_words_its_name_holds(device, key, kind, fits):
    assert is_device_of(device, Accelerator(key=key, kind=kind)) is fits
