"""Drive a run to its end in the process that asks for it: for the demo company, which has no worker.

Everything happens in the caller's transaction. Nothing beats meanwhile, so keep it to seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Event
from typing import Any, TypeVar

from django.db import transaction

from teamhub.errors import Conflict
from teamhub.kernel.budget import Report
from teamhub.kernel.child import Json, plain
from teamhub.runs import frozen, moves
from teamhub.runs.models import Run

R = TypeVar("R", bound=Run)
Solve = Callable[[Json, Report, Event], Mapping[str, Any]]


@transaction.atomic
def compute_here(
    run: R,
    *,
    load: Callable[[R], Json],
    solve: Solve,
    store: Callable[[R, Json], None],
    record: Callable[[R, Json], None] | None = None,
) -> R:
    """Claim a queued run, compute it and store the result; what the kernel refuses is raised."""
    claimed = moves.claim(type(run), str(run.pk), worker="here")
    if claimed is None:
        raise Conflict(f"{run.kind} {run.pk} is not queued.")
    job = load(claimed)
    claimed.input_file = frozen.freeze(job)
    moves.beat(claimed, input_file=claimed.input_file)
    heard = _Heard()
    result: Json = plain(solve(job, heard, Event()))
    for line in heard.lines if record else []:
        record(claimed, line)  # type: ignore[misc]
    store(claimed, result)
    moves.succeed(claimed, outcome=result["outcome"])
    return claimed


class _Heard:
    """Keep the lines of the curve; nobody watches the progress."""

    def __init__(self) -> None:
        self.lines: list[Json] = []

    def __call__(self, stage: str, progress: float) -> None:
        """Tell nobody."""

    def incumbent(
        self, *, seconds: float, objective: float | None, bound: float | None = None
    ) -> None:
        self.line("incumbent", seconds=seconds, objective=objective, bound=bound)

    def line(self, kind: str, **values: Any) -> None:
        self.lines.append({"type": kind, **values})

    def best(self, result: Mapping[str, Any]) -> None:
        """Nothing has to be put aside: the kernel comes back."""
