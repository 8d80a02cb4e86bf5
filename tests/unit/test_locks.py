"""The lock files agree with each other and tell nobody where they were made."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "requirements-bench.lock", "requirements-gpu.lock")
# name, version, and the marker where the lock splits: "numpy==2.4.6 ; python_full_version < ..."
PINNED = re.compile(r"^([\w.-]+)==(\S+)(?: ; (.+?))? \\$", re.MULTILINE)


def pins(lock: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, version, _marker in PINNED.findall((ROOT / lock).read_text()):
        found.setdefault(name, set()).add(version)
    return found


@pytest.mark.parametrize("lock", LOCKS)
def test_every_line_is_a_pin_a_hash_or_a_remark(lock: str) -> None:
    """So there is no address of an index, no option, no path of a machine."""
    lines = (ROOT / lock).read_text().splitlines()
    known = re.compile(
        r"[\w.-]+(\[[\w,-]+\])?==\S+( ; .+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?|\s*#.*"
    )

    assert [line for line in lines if not known.fullmatch(line)] == []
    assert not re.search(r"https?:|(?:^|\s)/\w", (ROOT / lock).read_text())


@pytest.mark.parametrize("lock", LOCKS[1:])
def test_what_is_in_two_locks_has_one_version(lock: str) -> None:
    main, other = pins("requirements.lock"), pins(lock)
    both = main.keys() & other.keys()

    assert {"django", "numpy", "tensorflow", "celery"} <= both
    assert {name: (main[name], other[name]) for name in both if main[name] != other[name]} == {}


def test_a_gpu_host_gets_the_product_and_cuda_and_no_tools() -> None:
    main, gpu = pins("requirements.lock"), pins("requirements-gpu.lock")
    added = gpu.keys() - main.keys()

    assert {"nvidia-cudnn-cu12", "nvidia-cuda-runtime-cu12", "nvidia-nccl-cu12"} <= added
    assert {name for name in added if not name.startswith("nvidia-")} == set()
    assert not {"pytest", "mypy", "ruff", "playwright"} & gpu.keys()
