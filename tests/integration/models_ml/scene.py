"""Data sets, trainings and versions for tests; a training without TensorFlow."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable
from pathlib import Path
from random import Random
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from models_ml import bridge
from models_ml.models import Dataset, ModelVersion, TrainingRun
from teamhub.accounts.models import User
from teamhub.runs import frozen
from tests import builders

VERSIONS = {"python": "3.11.7", "tensorflow": "2.21.0", "keras": "3.15.1"}
FILES = ("model.keras", "model_card.md", "preprocessing.json", "weights.npz")
LOGISTIC = {"accuracy": 0.8, "auc": 0.82, "log_loss": 0.45}
BASELINES = {
    "majority": {"accuracy": 0.7, "auc": 0.5, "log_loss": 0.61},
    "logistic_regression": LOGISTIC,
}


def table(n_rows: int = 200, *, seed: int = 7, spread: float = 1.0) -> str:
    """A CSV whose label follows from its two columns, with noise."""
    rng = Random(seed)
    lines = ["near,far,label"]
    for _row in range(n_rows):
        near, far = rng.gauss(0, 1), rng.gauss(0, spread)
        label = int(near + far / spread + rng.gauss(0, 0.5) > 0)
        lines.append(f"{near:.4f},{far:.4f},{label}")
    return "\n".join(lines) + "\n"


def csv_file(text: str | bytes, name: str = "clicks.csv") -> Any:
    """A file as a browser sends it."""
    data = text.encode() if isinstance(text, str) else text
    return SimpleUploadedFile(name, data, content_type="text/csv")


def program_file(text: str | bytes, name: str = "clicks.csv") -> Any:
    file = io.BytesIO(text.encode() if isinstance(text, str) else text)
    file.name = name
    return file


def make_dataset(by: User | None = None, **fields: Any) -> Dataset:
    """A row and its file, without the check."""
    text = fields.pop("text", None) or table(seed=Dataset.objects.count())
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    folder = Path(settings.DATASET_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{sha256}.csv").write_text(text)
    filled = {
        "name": "Clicks",
        "label": "label",
        "sha256": sha256,
        "size_bytes": len(text),
        "rows": text.count("\n") - 1,
        "positive_share": 0.5,
        "schema": [_column("near"), _column("far")],
        "file_name": f"{sha256}.csv",
        **fields,
    }
    return Dataset.objects.create(uploaded_by=by or builders.make_user(), **filled)


def _column(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "kind": "real",
        "low": -3.0,
        "high": 3.0,
        "mean": 0.0,
        "std": 1.0,
        "distinct": 200,
        "distinct_is_exact": True,
    }


def make_run(by: User | None = None, **fields: Any) -> TrainingRun:
    """A queued training."""
    by = by or builders.make_user()
    filled = {"recipe": "seed-mlp", "seed": 42, **fields}
    filled.setdefault("dataset", None)
    filled["dataset"] = filled["dataset"] or make_dataset(by)
    return TrainingRun.objects.create(requested_by=by, **filled)


def epoch(number: int, **values: Any) -> dict[str, Any]:
    """A line of the kernel."""
    filled = {"loss": 0.7 - 0.05 * number, "accuracy": 0.7, "val_loss": 0.6 - 0.02 * number}
    filled |= {"val_accuracy": 0.75, "val_auc": 0.7 + 0.05 * number, "seconds": 0.4}
    return {"type": "epoch", "step": number - 1, "epoch": number, "epochs": 3} | filled | values


def result(folder: Path, **values: Any) -> dict[str, Any]:
    """What the kernel returns after three epochs, with files that are what it says."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {}
    for name in FILES:
        data = f"{name} of {folder.name}".encode()
        (folder / name).write_bytes(data)
        files[name] = {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    return {
        "outcome": "feasible",
        "status": "ok",
        "status_code": "",
        "reason": "",
        "reason_details": {},
        "recipe": "seed-mlp",
        "config": {
            "hidden": [256, 128],
            "dropout": 0.5,
            "epochs": 3,
            "batch_size": 32,
            "learning_rate": 0.001,
            "steps_per_execution": 1,
        },
        "seed": 42,
        "split_seed": 42,
        "judge": "test",
        "epochs_done": 3,
        "epochs_planned": 3,
        "metrics": {"accuracy": 0.81, "auc": 0.85, "log_loss": 0.43},
        "best_epoch": {"epoch": 2, "accuracy": 0.82, "auc": 0.86, "log_loss": 0.42},
        "baselines": BASELINES,
        "reliability": [_bin(low, n=20) for low in range(10)],
        "history": [epoch(number) for number in (1, 2, 3)],
        "data": {
            "sha256": "d" * 64,
            "n_rows": 200,
            "n_features": 2,
            "n_train": 160,
            "n_held_out": 40,
            "n_positive": 100,
            "positive_share": 0.5,
            "stratified": False,
            "warnings": [],
        },
        "weights_sha256": "a" * 64,
        "n_parameters": 34_000,
        "folder": str(folder),
        "files": files,
        "versions": VERSIONS,
        "usage": {
            "seconds": 12.5,
            "device_seconds": 12.5,
            "devices": [{"kind": "cpu", "count": 1, "name": "AMD EPYC 9654"}],
            "peak_memory_mb": 700.0,
            "resumed_after_epoch": 0,
        },
    } | values


def _bin(tenth: int, n: int) -> dict[str, Any]:
    return {
        "low": tenth / 10,
        "high": (tenth + 1) / 10,
        "n": n,
        "mean_probability": tenth / 10 + 0.05,
        "positive_share": tenth / 10 + 0.04,
    }


def degenerate() -> dict[str, Any]:
    """What differs in the result of a dead model."""
    return {
        "status": "degenerate",
        "status_code": "constant_predictions",
        "reason": "The model predicts the same for every row.",
        "reason_details": {"std": 0.0, "auc": 0.5, "baseline_auc": 0.82},
        "metrics": {"accuracy": 0.7, "auc": 0.5, "log_loss": 0.61},
    }


def start(run: TrainingRun, lines: Iterable[dict[str, Any]] = ()) -> TrainingRun:
    """What a worker does until the kernel has told these lines."""
    TrainingRun.objects.filter(pk=run.pk).update(
        status="running", attempt=run.attempt + 1, started_at=timezone.now()
    )
    run.refresh_from_db()
    for line in lines:
        bridge.record_line(run, line)
    return run


def play(run: TrainingRun, tmp_path: Path, **values: Any) -> TrainingRun:
    """What a worker does with a training, with a played kernel: load, record, store."""
    digest = frozen.freeze(bridge.load_training(run))
    start(run, [epoch(number) for number in (1, 2, 3)])
    played = result(tmp_path / f"work-{run.pk}", **values)
    TrainingRun.objects.filter(pk=run.pk).update(
        status="succeeded",
        outcome=played["outcome"],
        input_file=digest,
        code_version="1.2.3",
        finished_at=timezone.now(),
    )
    run.refresh_from_db()
    bridge.store_training(run, played)
    run.refresh_from_db()
    return run


def make_version(tmp_path: Path, by: User | None = None, **fields: Any) -> ModelVersion:
    """The version of a training that succeeded."""
    values = fields.pop("values", {})
    return play(make_run(by, **fields), tmp_path, **values).version
