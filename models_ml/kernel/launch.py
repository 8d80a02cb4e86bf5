"""Start a training without Django: the command that a worker starts, from a notebook or program.

The product itself needs none of this: `runs.execute(..., module=launch.MODULE)` starts the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Event
from typing import Any

from teamhub.kernel.child import Child

Json = dict[str, Any]
MODULE = "models_ml.kernel.train"
TICK_SECONDS = 0.1


def train(
    job: Mapping[str, Any],
    jobdir: Path,
    *,
    threads: int = 1,
    on_line: Callable[[Json], None] | None = None,
    stop: Event | None = None,
) -> Json:
    """Train in a process of its own and return what `train.run` returns.

    Parameters
    ----------
    job
        As JSON; see `models_ml.kernel.job.TrainingJob`.
    jobdir
        A folder for job, result and, unless the job says otherwise, epochs.
    threads
        For linear algebra. The bits of the result do not promise to be equal for another number.
    on_line
        Called with each line that the kernel tells.
    stop
        When set, the training is asked to finish.

    Raises
    ------
    KernelRefused
        A foreseen error, with its code.
    KernelBug
        Anything else.
    """
    (jobdir / "job.json").write_text(json.dumps(dict(job)), "utf-8")
    with Child(MODULE, jobdir, threads=threads) as child:
        asked = False
        for line in child.messages(TICK_SECONDS):
            if line is not None and on_line is not None:
                on_line(line)
            if stop is not None and stop.is_set() and not asked:
                child.ask_to_finish()
                asked = True
        return child.result()
