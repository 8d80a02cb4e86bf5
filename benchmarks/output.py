"""What a benchmark program prints, and what it keeps away from its own output."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any


def positive_seconds(text: str) -> float:
    """An option in seconds, for argparse."""
    seconds = float(text)
    if not 0 < seconds < 1e6:
        raise argparse.ArgumentTypeError(f"{text} is not a number of seconds above 0")
    return seconds


def own_output() -> Any:
    """Keep the standard output for ourselves; what libraries print there goes to the error."""
    sys.stdout.flush()
    try:
        ours = os.dup(1)
        os.dup2(2, 1)
    except OSError:
        return sys.stdout
    return os.fdopen(ours, "w", encoding="utf-8")
