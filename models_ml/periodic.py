"""What the clock cleans up: epochs of ended trainings, forgotten uploads, files of no version."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from django.conf import settings

from models_ml import uploads
from models_ml.models import ModelVersion, TrainingRun
from teamhub.runs.periodic import register

SWEEP_SECONDS = 60.0
# A version's files are there a moment before its row is committed.
YOUNG_SECONDS = 3600.0


def sweep() -> None:
    uploads.sweep()
    _sweep_epochs()
    _sweep_models()


def _sweep_epochs() -> None:
    """Cancelled runs, and those whose worker died, leave their folder behind."""
    folders = {path.name: path for path in Path(settings.TRAINING_DIR).glob("*")}
    if not folders:
        return
    at_work = {str(pk) for pk in TrainingRun.objects.active().values_list("pk", flat=True)}
    for name in folders.keys() - at_work:
        shutil.rmtree(folders[name], ignore_errors=True)


def _sweep_models() -> None:
    """A store that was rolled back leaves files without a row."""
    oldest = time.time() - YOUNG_SECONDS
    old = {p.name: p for p in Path(settings.MODEL_DIR).glob("*") if p.stat().st_mtime < oldest}
    if not old:
        return
    kept = {str(pk) for pk in ModelVersion.objects.values_list("run_id", flat=True)}
    for name in old.keys() - kept:
        shutil.rmtree(old[name], ignore_errors=True)


register("models-sweep", SWEEP_SECONDS, sweep)
