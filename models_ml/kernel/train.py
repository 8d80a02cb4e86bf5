"""A training: a folder with a job, and `python -m models_ml.kernel.train JOBDIR`.

Reads the data, splits it, fits the baselines, trains epoch by epoch, keeps each finished epoch
whole, and returns the last one as the model. As a child of a worker it speaks the worker's wire;
started by hand (Slurm, Kubernetes, a terminal) it prints the same lines. TensorFlow exists in this
process only.
"""

from __future__ import annotations

import platform
import resource
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import numpy.typing as npt

from models_ml.kernel import baselines, export, network
from models_ml.kernel.baselines import Parts, standardisation
from models_ml.kernel.data import Dataset, load
from models_ml.kernel.epochs import Epoch, Epochs
from models_ml.kernel.job import TrainingFailed, TrainingJob
from models_ml.kernel.metrics import degenerate, reliability, scores
from models_ml.kernel.network import Network
from models_ml.kernel.recipes import RECIPES, Shapes
from models_ml.kernel.split import Split, split, validation_cut
from teamhub.kernel.child import Report

Json = dict[str, Any]
# By name, and the other name under which the same library is installed.
LIBRARIES = {
    "tensorflow": "tensorflow-cpu",
    "keras": "keras",
    "numpy": "numpy",
    "pandas": "pandas",
    "scikit-learn": "scikit-learn",
}


def run(job: Mapping[str, Any], report: Report, stop: Event, *, jobdir: Path) -> Json:
    """Train as a job says and return the model's figures and files.

    minimise over theta  mean_j BCE(y_j, f(x_j; theta))  on the training part
    (docs/formulas.md#training)

    Parameters
    ----------
    job
        See `TrainingJob`; relative paths count from `jobdir`.
    report
        Told the stage and progress; lines "data", "baseline" and "epoch"; each finished epoch is
        put aside whole with `report.best`.
    stop
        When set, the epoch at work is dropped after its batch and the one before returned; the
        first epoch is finished in any case, so that there is a model.

    Returns
    -------
    dict
        outcome ("feasible" after all epochs, else "stopped"), status ("ok" or "degenerate") and
        reason, metrics of the last epoch, best_epoch, baselines, history, weights_sha256, folder,
        files, versions, usage.

    Raises
    ------
    InvalidJob, InvalidConfig, InvalidDataset
        The job or its data cannot be used.
    TrainingFailed
        With a code: data_changed, not_finite, taken_over.

    Notes
    -----
    O(epochs x rows x weights) time. A process that starts over a folder with finished epochs of the
    same job goes on from the last one and ends with the same weights_sha256 as an uninterrupted
    one. Equal bits are promised for equal libraries on equal hardware.
    """
    return _Training(TrainingJob.from_json(job, jobdir), report, stop).run()


@dataclass
class _Clock:
    """Seconds of this process, and those that earlier ones had used up to their last epoch."""

    earlier_s: float = 0.0
    earlier_training_s: float = 0.0
    started: float = field(default_factory=time.monotonic)
    training_started: float = 0.0

    @property
    def seconds(self) -> float:
        return self.earlier_s + time.monotonic() - self.started

    @property
    def training_seconds(self) -> float:
        return self.earlier_training_s + time.monotonic() - self.training_started


class _Training:
    """One job on its way from data to model."""

    def __init__(self, job: TrainingJob, report: Report, stop: Event) -> None:
        self._job, self._report, self._stop = job, report, stop
        self._recipe = RECIPES[job.recipe]
        self._clock = _Clock()
        self._versions = versions()

    def run(self) -> Json:
        self._report("Reading data", 0.0)
        self._read()
        digest = self._job.digest(self._facts["sha256"], self._versions)
        self._epochs = Epochs(self._job.workdir, digest)
        last = self._epochs.latest()
        self._take_up(last)
        n_epochs = self._job.config.epochs
        if last is not None and (last.number == n_epochs or self._stop.is_set()):
            return last.whole_result()
        last = self._train(last, n_epochs)
        return last.whole_result()

    def _train(self, last: Epoch | None, n_epochs: int) -> Epoch:
        self._report("Starting TensorFlow", 0.05)
        self._devices = network.devices(network.start_tensorflow())
        self._clock.training_started = time.monotonic()
        model = Network(
            self._recipe,
            self._job.config,
            self._shapes,
            seed=self._job.seed,
            saved=last.folder / export.MODEL if last else None,
        )
        for i_epoch in range(last.number if last else 0, n_epochs):
            finished = self._train_epoch(model, i_epoch)
            if finished is None:
                break
            last = finished
        if last is None:
            raise RuntimeError("the first epoch was cut short")
        return last

    # --- before the first epoch -------------------------------------------------------------------

    def _read(self) -> None:
        job = self._job
        data = load(job.data, label=job.label, id_columns=job.id_columns, limits=job.limits)
        if job.data_sha256 not in {None, data.schema.sha256}:
            raise TrainingFailed("data_changed")
        cut = split(data.labels, seed=job.split_seed)
        if job.judge == "validation":
            cut = validation_cut(cut, data.labels, seed=job.split_seed)
        self._held_rows, self._names = cut.held_out, data.schema.names
        self._parts = parts_of(data, cut)
        self._shapes = shapes_of(self._parts, standardises=self._recipe.standardises)
        self._facts = _facts(data, cut)
        told = ("n_rows", "n_features", "n_train", "n_held_out", "positive_share", "stratified")
        self._report.line("data", **{key: self._facts[key] for key in told})

    def _take_up(self, last: Epoch | None) -> None:
        """Tell what earlier processes had done, or fit the baselines if there were none."""
        self._history: list[Json] = []
        self._baselines: Json = {}
        self._resumed_after = last.number if last else 0
        if last is None:
            self._report("Baselines", 0.02)
            for name in (*baselines.ALWAYS, *self._job.challengers):
                began = time.monotonic()
                found = asdict(baselines.BASELINES[name](self._parts, self._job.seed))
                found["seconds"] = time.monotonic() - began
                self._baselines[name] = found
                self._report.line("baseline", name=name, **found)
            return
        used = last.result["usage"]
        self._clock.earlier_s = used["seconds"]
        self._clock.earlier_training_s = used["training_seconds"]
        self._baselines = last.result["baselines"]
        for name, found in self._baselines.items():
            self._report.line("baseline", name=name, **found)
        for line in last.result["history"]:
            self._history.append(line)
            self._report.line("epoch", **line, restored=True)

    # --- one epoch --------------------------------------------------------------------------------

    def _train_epoch(self, model: Network, i_epoch: int) -> Epoch | None:
        began = time.monotonic()
        n_epochs = self._job.config.epochs

        def on_share(share: float) -> None:
            self._report("Training", 0.1 + 0.9 * (i_epoch + share) / n_epochs)

        on_share(0.0)
        # Whoever asks to stop before there is any model waits for the first one.
        stop = self._stop if i_epoch else Event()
        fitted = model.train_epoch(i_epoch, self._parts, stop=stop, on_share=on_share)
        if fitted is None:
            return None
        weights = model.weights()
        if not network.are_finite(weights):
            raise TrainingFailed("not_finite", epoch=i_epoch + 1)
        probabilities = model.predict(self._parts.held_x)
        judged = scores(self._parts.held_y, probabilities)
        dead = degenerate(
            self._parts.held_y, probabilities, self._baselines["logistic_regression"]["auc"]
        )
        line = {
            "epoch": i_epoch + 1,
            "epochs": n_epochs,
            **fitted,
            "val_loss": judged.log_loss,
            "val_accuracy": judged.accuracy,
            "val_auc": judged.auc,
            "warning": dead.code if dead else "",
            "seconds": time.monotonic() - began,
            "elapsed_s": self._clock.training_seconds,
        }
        self._history.append(line)
        result = self._result(weights, probabilities) | {
            "metrics": asdict(judged),
            "status": "degenerate" if dead else "ok",
            "status_code": dead.code if dead else "",
            "reason": dead.reason if dead else "",
            "reason_details": dead.details if dead else {},
        }
        finished = self._keep(model, weights, probabilities, result)
        self._report.line("epoch", **line, restored=False)
        self._report.best(finished.whole_result())
        return finished

    def _keep(
        self,
        model: Network,
        weights: Mapping[str, network.Array],
        probabilities: npt.NDArray[np.float64],
        result: Json,
    ) -> Epoch:
        def write(folder: Path) -> None:
            export.write_model(folder, model, weights, self._job, self._names, self._shapes)
            path = folder / export.PREDICTIONS
            export.write_predictions(path, self._held_rows, self._parts.held_y, probabilities)
            export.write_words(folder, self._job, result)

        return self._epochs.add(len(self._history), result, write)

    def _result(
        self, weights: Mapping[str, network.Array], probabilities: npt.NDArray[np.float64]
    ) -> Json:
        done, planned = len(self._history), self._job.config.epochs
        best = min(self._history, key=lambda line: line["val_loss"])
        return {
            "outcome": "feasible" if done == planned else "stopped",
            "recipe": self._job.recipe,
            "config": asdict(self._job.config),
            "seed": self._job.seed,
            "split_seed": self._job.split_seed,
            "judge": self._job.judge,
            "epochs_done": done,
            "epochs_planned": planned,
            "best_epoch": {
                "epoch": best["epoch"],
                "accuracy": best["val_accuracy"],
                "auc": best["val_auc"],
                "log_loss": best["val_loss"],
            },
            "baselines": self._baselines,
            "reliability": [asdict(b) for b in reliability(self._parts.held_y, probabilities)],
            "history": self._history,
            "data": self._facts,
            "weights_sha256": network.weights_sha256(weights),
            "n_parameters": sum(array.size for array in weights.values()),
            "versions": self._versions,
            "usage": {
                "seconds": self._clock.seconds,
                "training_seconds": self._clock.training_seconds,
                "device_seconds": self._clock.seconds * sum(d["count"] for d in self._devices),
                "devices": self._devices,
                "peak_memory_mb": peak_memory_mb(),
                "resumed_after_epoch": self._resumed_after,
            },
        }


def parts_of(data: Dataset, cut: Split) -> Parts:
    """Take the rows of a split."""
    return Parts(
        data.features[cut.train],
        data.labels[cut.train],
        data.features[cut.held_out],
        data.labels[cut.held_out],
    )


def shapes_of(parts: Parts, *, standardises: bool) -> Shapes:
    """Return what the network is built for; mean and deviation are of the training part alone."""
    n_features = parts.train_x.shape[1]
    return (
        Shapes(n_features, *standardisation(parts.train_x)) if standardises else Shapes(n_features)
    )


def _facts(data: Dataset, cut: Split) -> Json:
    schema = data.schema
    return {
        "sha256": schema.sha256,
        "n_rows": schema.n_rows,
        "n_features": len(schema.columns),
        "n_train": len(cut.train),
        "n_held_out": len(cut.held_out),
        "n_positive": schema.n_positive,
        "positive_share": schema.positive_share,
        "stratified": cut.stratified,
        "warnings": schema.as_json()["warnings"],
    }


def versions() -> dict[str, str]:
    """Return the versions of all that decides which bits come out."""
    found = {"python": platform.python_version()}
    for name, also in LIBRARIES.items():
        for package in (name, also):
            with suppress(PackageNotFoundError):
                found.setdefault(name, version(package))
    return found


def peak_memory_mb() -> float:
    """Return the highest resident memory of this process so far."""
    # Linux counts in KiB, macOS in bytes.
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit, 1)


if __name__ == "__main__":
    from teamhub.kernel.child import has_worker, serve, serve_alone

    here = partial(run, jobdir=Path(sys.argv[1]).resolve())
    if has_worker():
        serve(here)
    else:
        sys.exit(serve_alone(here))
