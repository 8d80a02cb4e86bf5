"""Rows to a training job, and what it brings to rows and files; nobody else knows both."""

from models_ml.bridge.job import clear_epochs, load_training, place_training
from models_ml.bridge.results import record_line, store_training

__all__ = [
    "clear_epochs",
    "load_training",
    "place_training",
    "record_line",
    "store_training",
]
