"""Data sets, training runs with their curves, model versions and aliases."""

from models_ml.models.training import Dataset, EpochMetric, TrainingRun
from models_ml.models.versions import Alias, ModelVersion

__all__ = ["Alias", "Dataset", "EpochMetric", "ModelVersion", "TrainingRun"]
