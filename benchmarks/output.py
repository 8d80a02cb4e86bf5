"""What a benchmark program prints, and what it keeps away from its own output."""

from __future__ import annotations

import os
import sys
from typing import Any


def own_output() -> Any:
    """Keep the standard output for ourselves; what libraries print there goes to the error."""
    sys.stdout.flush()
    try:
        ours = os.dup(1)
        os.dup2(2, 1)
    except OSError:
        return sys.stdout
    return os.fdopen(ours, "w", encoding="utf-8")
