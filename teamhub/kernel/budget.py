"""How long a solve may take, and how it tells what it is doing meanwhile."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Event
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Budget:
    """Wall seconds and solver threads of one solve."""

    seconds: float
    threads: int = 1

    def __post_init__(self) -> None:
        if not self.seconds > 0:
            raise ValueError(f"A budget needs more than 0 seconds, not {self.seconds}.")
        if self.threads < 1:
            raise ValueError(f"A budget needs at least 1 thread, not {self.threads}.")


@dataclass(frozen=True, slots=True)
class Deadline:
    """A budget whose clock runs, and the event that ends it early."""

    budget: Budget
    stop: Event = field(default_factory=Event)
    started: float = field(default_factory=time.perf_counter)

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self.started

    @property
    def left(self) -> float:
        """Seconds that remain: 0 once the time is up or somebody asked to stop."""
        return 0.0 if self.stop.is_set() else max(0.0, self.budget.seconds - self.elapsed)

    @property
    def over(self) -> bool:
        return self.left <= 0


class Report(Protocol):
    """Where a kernel tells its progress. `teamhub.kernel.child` hands in one that sends lines."""

    def __call__(self, stage: str, progress: float) -> None: ...

    def incumbent(
        self, *, seconds: float, objective: float | None, bound: float | None = None
    ) -> None: ...

    def best(self, result: Mapping[str, Any]) -> None: ...


class Silence:
    """A report that nobody reads."""

    def __call__(self, stage: str, progress: float) -> None:
        pass

    def incumbent(
        self, *, seconds: float, objective: float | None, bound: float | None = None
    ) -> None:
        pass

    def best(self, result: Mapping[str, Any]) -> None:
        pass
