"""The door of a training run: load, train in a child, store."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings

from models_ml import bridge
from models_ml.models import TrainingRun
from teamhub.runs.execution import execute


@shared_task(name=TrainingRun.task)
def train_model(run_id: str) -> None:
    execute(
        TrainingRun,
        run_id,
        load=bridge.load_training,
        place=bridge.place_training,
        module="models_ml.kernel.train",
        store=bridge.store_training,
        record=bridge.record_line,
        threads=settings.TRAINING_THREADS,
    )
    bridge.clear_epochs(run_id)  # where this is not reached, the clock sweeps
