"""A training run as a job, and the folders of this host that the job works in."""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from models_ml.models import TrainingRun
from teamhub.errors import TeamHubError

SCHEMA = 1


def load_training(run: TrainingRun) -> dict[str, Any]:
    """What is trained, without a path: equal jobs are equal on every host."""
    about = {"code_version": run.code_version, "dataset": run.dataset.name}
    if run.project is not None:
        about["project"] = run.project.name
    return {
        "schema": SCHEMA,
        "data_sha256": run.dataset.sha256,
        "label": run.dataset.label,
        "recipe": run.recipe,
        "config": run.params,
        "seed": run.seed,
        "limits": {"max_bytes": settings.DATASET_MAX_MB * 2**20},
        "about": about,
        "limit_s": settings.TRAINING_SECONDS,
    }


def place_training(run: TrainingRun) -> dict[str, Any]:
    """Where this host has the data, and where it keeps finished epochs for a later attempt."""
    path = run.dataset.path
    if not path.exists():
        raise TeamHubError(
            _(
                "The file of the data set “%(name)s” is not on the worker's host. Share the folder "
                "“datasets” between web and workers, or upload the file again."
            )
            % {"name": run.dataset.name},
            code="dataset_missing",
        )
    folder = epochs_folder(run.pk)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return {"data": str(path), "workdir": str(folder)}


def epochs_folder(run_id: uuid.UUID) -> Path:
    return Path(settings.TRAINING_DIR) / str(run_id)


def clear_epochs(run_id: str) -> None:
    """Drop the kept epochs of a run that has ended; harmless while it is at work."""
    try:
        known = uuid.UUID(run_id)
    except ValueError:  # a message about nothing
        return
    if not TrainingRun.objects.active().filter(pk=known).exists():
        shutil.rmtree(epochs_folder(known), ignore_errors=True)
