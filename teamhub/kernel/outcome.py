"""What every solver hands back: how it ended, what it found, and how good that provably is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

T = TypeVar("T")


class Status(StrEnum):
    """How a solve ended."""

    PROVEN = "proven"  # nothing better exists
    FEASIBLE = "feasible"  # the time was up
    INFEASIBLE = "infeasible"  # no solution exists; `core` names what clashes
    STOPPED = "stopped"  # somebody asked for the best so far


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """The end of one solve.

    Parameters
    ----------
    solution
        None where nothing was found: always with INFEASIBLE, possibly with STOPPED.
    objective, bound
        Of the problem's own objective. The bound is valid in every case, None where there is none.
    method
        What found the solution, for the page and for comparisons.
    core
        Of an infeasible problem: keys of a smallest set of demands that cannot be met together.
    """

    status: Status
    solution: T | None
    objective: float | None
    bound: float | None
    runtime_s: float
    seed: int
    method: str
    core: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.status in {Status.PROVEN, Status.FEASIBLE} and self.solution is None:
            raise ValueError(f"An outcome that is {self.status} needs a solution.")
        if self.status is Status.INFEASIBLE and self.solution is not None:
            raise ValueError("An infeasible outcome cannot hold a solution.")
        if (self.solution is None) != (self.objective is None):
            raise ValueError("An outcome has an objective exactly when it has a solution.")

    @property
    def gap(self) -> float | None:
        """(bound - objective) / max(1, |objective|) when maximising; None while one is unknown."""
        if self.objective is None or self.bound is None:
            return None
        return (self.bound - self.objective) / max(1.0, abs(self.objective))
