"""Little data sets for the training kernel's tests."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np


def csv_text(n_rows: int = 200, seed: int = 0, header: str = "a,b,kind,label") -> str:
    """Rows whose label follows from a and b, with some noise; kind is 0, 1 or 2."""
    rng = np.random.default_rng(seed)
    a, b = rng.normal(size=(2, n_rows))
    kind = rng.integers(0, 3, n_rows)
    label = (a + 0.5 * b + 0.3 * rng.normal(size=n_rows) > 0).astype(int)
    lines = [f"{x:.4f},{y:.4f},{k},{z}" for x, y, k, z in zip(a, b, kind, label, strict=True)]
    return "\n".join([header, *lines]) + "\n"


def write(folder: Path, content: str | bytes, name: str = "data.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def with_row(row: str, *, at: int = 7, n_rows: int = 200) -> str:
    """The rows above, with the row that a spreadsheet numbers `at` replaced."""
    lines = csv_text(n_rows).splitlines()
    lines[at - 1] = row
    return "\n".join(lines) + "\n"


def with_column(name: str, values: Sequence[object], n_rows: int = 200) -> str:
    """The rows above with one more column in front."""
    lines = csv_text(n_rows).splitlines()
    return "\n".join(
        [f"{name},{lines[0]}", *[f"{v},{line}" for v, line in zip(values, lines[1:], strict=True)]]
    )
