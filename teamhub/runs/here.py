"""Drive a run to its end and wait for it: for the demo company, which is made without workers.

Everything happens in the caller's transaction, so nobody sees the run before it has ended. Nothing
beats meanwhile: keep it to seconds.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from django.db import transaction

from teamhub.errors import Conflict
from teamhub.kernel.child import Child, Json
from teamhub.runs import frozen, moves
from teamhub.runs.models import Run

R = TypeVar("R", bound=Run)

TICK_SECONDS = 0.05


@transaction.atomic
def compute_here(
    run: R,
    *,
    load: Callable[[R], Json],
    module: str,
    store: Callable[[R, Json], None],
    record: Callable[[R, Json], None],
) -> R:
    """Claim a queued run, compute it in a child and store the result.

    What the kernel refuses, and its bugs, are raised.
    """
    claimed = moves.claim(type(run), str(run.pk), worker="here")
    if claimed is None:
        raise Conflict(f"{run.kind} {run.pk} is not queued.")
    job = load(claimed)
    claimed.input_file = frozen.freeze(job)
    moves.beat(claimed, input_file=claimed.input_file)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "job.json").write_text(json.dumps(job), "utf-8")
        with Child(module, folder) as child:
            for message in child.messages(TICK_SECONDS):
                if message is not None:
                    record(claimed, message)
            result = child.result()
    store(claimed, result)
    moves.succeed(claimed, outcome=result["outcome"])
    return claimed
