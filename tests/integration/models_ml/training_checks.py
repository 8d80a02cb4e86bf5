"""Trainings in one process, since TensorFlow takes seconds to start; prints what came out.

    python -m tests.integration.models_ml.training_checks FOLDER

The last line printed is a JSON object, which test_training_kernel.py judges.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np

from models_ml.kernel.data import load
from models_ml.kernel.job import TrainingFailed
from models_ml.kernel.predict import Scorer
from models_ml.kernel.train import run
from tests.unit.models_ml.training_rows import csv_text, write

Json = dict[str, Any]
# Most of the time goes into the graphs of each training: few layers.
SMALL: Json = {
    "hidden": [16],
    "dropout": 0.2,
    "epochs": 3,
    "batch_size": 16,
    "learning_rate": 0.01,
}
# Long enough for a kill in the middle of an epoch.
LONG: Json = {
    "recipe": "seed-mlp-scaled",
    "config": {"hidden": [64, 32], "epochs": 5, "batch_size": 8},
    "seed": 3,
}
ONE_EPOCH = SMALL | {"epochs": 1}
RAW = np.array([[5e6, 3e5, 1], [-2e6, 1e4, 0]])


class Notes:
    """A report that keeps lines, and may press a button."""

    def __init__(self, stop_in_epoch: int | None = None) -> None:
        self.lines: list[Json] = []
        self.aside: list[Json] = []
        self.stop = Event()
        self._stop_in_epoch = stop_in_epoch

    def __call__(self, stage: str, progress: float) -> None:
        begun = len([line for line in self.lines if line["type"] == "epoch"]) + 1
        if stage == "Training" and begun == self._stop_in_epoch:
            self.stop.set()

    def incumbent(
        self, *, seconds: float, objective: float | None, bound: float | None = None
    ) -> None: ...

    def line(self, kind: str, **values: Any) -> None:
        self.lines.append({"type": kind, **values})

    def best(self, result: Mapping[str, Any]) -> None:
        self.aside.append(dict(result))


class Bench:
    """Trains jobs over one file, each in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.data = write(folder, csv_text(600))
        self._n = 0

    def train(self, notes: Notes | None = None, **job: Any) -> Json:
        self._n += 1
        jobdir = self._folder / f"job-{self._n}"
        jobdir.mkdir()
        notes = notes or Notes()
        whole = {"schema": 1, "data": str(self.data), "recipe": "seed-mlp", "config": SMALL} | job
        return run(whole, notes, notes.stop, jobdir=jobdir)


def saved_models_say_the_same(bench: Bench, **job: Any) -> Json:
    """Keras, loaded anew, against what the run wrote and against NumPy."""
    import keras

    notes = Notes()
    result = bench.train(notes, **job)
    folder = Path(result["folder"])
    model = keras.models.load_model(folder / "model.keras", safe_mode=True)
    written = np.loadtxt(folder / "test_predictions.csv", delimiter=",", skiprows=1)
    data = load(Path(job.get("data", bench.data)))
    rows = written[:, 0].astype(int) - 1
    held = data.features[rows]
    by_keras = model.predict(held, verbose=0)[:, 0]
    by_numpy = Scorer.load(folder).score(held)
    far = Scorer.load(folder).score(RAW) - model.predict(RAW.astype(np.float32), verbose=0)[:, 0]
    return {
        "result": result,
        "lines": notes.lines,
        "names": list(Scorer.load(folder).weights),
        "rows_apart": float(
            np.abs(data.labels[written[:, 0].astype(int) - 1] - written[:, 1]).max()
        ),
        "file_apart": float(np.abs(written[:, 2] - by_keras).max()),
        "numpy_apart": float(np.abs(by_numpy - by_keras).max()),
        "numpy_apart_far_out": float(np.abs(far).max()),
        "spread": float(by_keras.std()),
    }


def pressed(bench: Bench, in_epoch: int, **job: Any) -> Json:
    """Finish now, pressed when an epoch begins."""
    notes = Notes(stop_in_epoch=in_epoch)
    result = bench.train(notes, **job)
    return {"result": result, "aside": notes.aside[-1]}


def lost_weights(bench: Bench, folder: Path) -> Json:
    """Numbers that float32 just holds, and whose sums it does not."""
    lines = csv_text(600).splitlines()
    rows = [line.partition(",") for line in lines[1:]]
    vast = [f"{float(a) * 5e37:.4e},{rest}" for a, _, rest in rows]
    path = write(folder, "\n".join([lines[0], *vast]), "vast.csv")
    try:
        bench.train(data=str(path), config=SMALL)
    except TrainingFailed as error:
        return {"code": error.code, "message": str(error)}
    return {"code": None}


def dead_model(bench: Bench, folder: Path) -> Json:
    """Columns of very different size, as in an ordinary table."""
    lines = csv_text(600).splitlines()
    rows = [line.split(",") for line in lines[1:]]
    huge = [f"{float(a):.4f},{1e5 * (3 + float(b)):.0f},{k},{y}" for a, b, k, y in rows]
    path = write(folder, "\n".join([lines[0], *huge]), "huge.csv")
    return bench.train(data=str(path), config=SMALL | {"epochs": 2, "learning_rate": 0.05})


def main() -> None:
    folder = Path(sys.argv[1])
    bench = Bench(folder)
    long = {**LONG, "data": str(write(folder, csv_text(3000), "long.csv"))}
    found = {
        "seed-mlp": saved_models_say_the_same(bench),
        "seed-mlp-scaled": saved_models_say_the_same(bench, **long),
        "in_big_steps": bench.train(config=SMALL | {"steps_per_execution": 7}),
        "other_seed": bench.train(seed=1, config=ONE_EPOCH),
        "one_epoch": pressed(bench, 1, config=ONE_EPOCH),
        "stopped": pressed(bench, 2),
        "lost_weights": lost_weights(bench, folder),
        "dead": dead_model(bench, folder),
    }
    print(json.dumps(found))  # noqa: T201


if __name__ == "__main__":
    main()
