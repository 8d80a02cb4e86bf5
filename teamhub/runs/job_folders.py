"""Where kernels work: a private folder for each attempt, on the host of its worker."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from teamhub.runs import registry
from teamhub.runs.models import Run, Status

FORGET_SECONDS = 60.0


@contextmanager
def opened(run: Run) -> Iterator[Path]:
    """Make the folder of this attempt and remove it at the end."""
    folder = Path(settings.RUN_DIR) / f"{run.pk}-{run.attempt}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    run.job_folder = folder
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep() -> None:
    """Remove the folders that killed processes left under this host's TEAMHUB_VAR."""
    old = [path for path in Path(settings.RUN_DIR).glob("*") if _age_s(path) > FORGET_SECONDS]
    if not old:
        return
    working: set[str] = set()
    for model in registry.kinds():
        running = model.objects.filter(status=Status.RUNNING).values_list("pk", "attempt")
        working |= {f"{pk}-{attempt}" for pk, attempt in running}
    for path in old:
        if path.name not in working:
            shutil.rmtree(path, ignore_errors=True)


def _age_s(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return 0.0
