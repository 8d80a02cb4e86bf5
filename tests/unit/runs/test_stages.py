"""Stages that kernels tell of are words that pages can say in every language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from capacity.models import plan
from models_ml.models import training
from projects.models import staffing, studies

ROOT = Path(__file__).resolve().parents[3]
KERNELS = {
    "projects/kernel/staffing": staffing.STAGES + studies.STUDY_STAGES,
    "capacity/kernel": plan.STAGES,
    "models_ml/kernel": training.STAGES,
}


@pytest.mark.parametrize("kernel", KERNELS)
def test_every_stage_of_a_kernel_is_named(kernel: str) -> None:
    sources = [path.read_text() for path in sorted((ROOT / kernel).glob("*.py"))]
    told = {word for source in sources for word in re.findall(r'report\("([^"]+)"', source)}

    assert told == set(KERNELS[kernel])
