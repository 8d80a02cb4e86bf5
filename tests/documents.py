"""The commands that docs/operations.md tells people to type, and a shell to type them in."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OPERATIONS = ROOT / "docs/operations.md"
SHELL_SECONDS = 240


def blocks(heading: str, path: Path = OPERATIONS) -> list[str]:
    """The indented blocks between this heading and the next one."""
    _, found, after = path.read_text().partition(f"\n{heading}\n")
    assert found, f"{path.name} has no {heading!r}"
    section = re.split(r"^#+ ", after, maxsplit=1, flags=re.MULTILINE)[0]
    indented = re.findall(r"(?:^(?: {4,}.*|)\n)+", section, re.MULTILINE)
    return [textwrap.dedent(each).strip("\n") for each in indented if each.strip()]


def type_in(block: str, examples: dict[str, str], *path: Path, **env: str) -> str:
    """Run a block in a shell that stops at the first failure, and return what it printed.

    `examples` are the document's own folders, hosts and dates with what stands for them here; each
    must be in the block. `path` is searched for programs before the usual folders.
    """
    for example, here in examples.items():
        assert example in block, f"{example!r} is not in:\n{block}"
        block = block.replace(example, here)
    searched = [*map(str, path), str(Path(sys.executable).parent), os.environ["PATH"]]
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block],
        capture_output=True,
        check=False,
        cwd=ROOT,
        env={"PATH": os.pathsep.join(searched), "HOME": str(Path.home()), **env},
        text=True,
        timeout=SHELL_SECONDS,
    )
    assert done.returncode == 0, f"{block}\n{done.stdout}{done.stderr}"
    return done.stdout


# --- what is beside the database ------------------------------------------------------------------

_FILES = {
    "datasets/clicks.csv": "label,age\n1,40\n",
    "models/m1/model.keras": "weights",
    "inputs/ab.json.gz": "frozen",
}
_HALF = ("datasets/incoming/upload", "inputs/.cd.json.gz.part")


def write_files(var: Path) -> None:
    """Data sets, models and inputs, and what somebody is just writing."""
    for name, content in {**_FILES, **dict.fromkeys(_HALF, "half")}.items():
        (var / name).parent.mkdir(parents=True, exist_ok=True)
        (var / name).write_text(content)


def assert_files_are_back(var: Path) -> None:
    assert {name: (var / name).read_text() for name in _FILES} == _FILES
    assert [name for name in _HALF if (var / name).exists()] == []
