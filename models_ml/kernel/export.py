"""The files of a model: weights for NumPy, preprocessing, predictions, metrics, model card."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from models_ml.kernel.job import TrainingJob
from models_ml.kernel.network import Array, Network
from models_ml.kernel.predict import PREPROCESSING, SCHEMA, WEIGHTS
from models_ml.kernel.recipes import RECIPES, Shapes
from teamhub.kernel.child import plain

MODEL = "model.keras"
METRICS = "metrics.json"
CARD = "model_card.md"
PREDICTIONS = "test_predictions.csv"


def write_model(
    folder: Path,
    network: Network,
    weights: Mapping[str, Array],
    job: TrainingJob,
    columns: tuple[str, ...],
    shapes: Shapes,
) -> None:
    """Write the .keras file, and what `predict.Scorer` reads."""
    network.save(folder / MODEL)
    np.savez(folder / WEIGHTS, **weights)  # type: ignore[arg-type]
    preprocessing = {
        "schema": SCHEMA,
        "recipe": job.recipe,
        "label": job.label,
        "columns": list(columns),
        "mean": shapes.mean,
        "std": shapes.std,
    }
    (folder / PREPROCESSING).write_text(json.dumps(plain(preprocessing), indent=1), "utf-8")


def write_predictions(
    path: Path,
    rows: npt.NDArray[np.int64],
    labels: Array,
    probabilities: npt.NDArray[np.float64],
) -> None:
    """Write one line for each held-out row.

    Parameters
    ----------
    rows
        From 0, of shape (n,); the file counts data rows from 1, without the header.
    """
    lines = ["row,label,probability"]
    lines += [
        f"{row + 1},{label:.0f},{probability:.9g}"
        for row, label, probability in zip(rows, labels, probabilities, strict=True)
    ]
    path.write_text("\n".join(lines) + "\n", "utf-8")


def write_words(folder: Path, job: TrainingJob, result: Mapping[str, Any]) -> None:
    """Write metrics and model card."""
    (folder / METRICS).write_text(json.dumps(plain(result), indent=1), "utf-8")
    (folder / CARD).write_text(card(job, result), "utf-8")


def card(job: TrainingJob, result: Mapping[str, Any]) -> str:
    """Return what a reader must know of a model before using it, in Markdown."""
    data, recipe = result["data"], RECIPES[job.recipe]
    part = "test part" if job.judge == "test" else "validation part"
    about = [f"- {name}: {value}" for name, value in job.about]
    scores = {"this model": result["metrics"]} | result["baselines"]
    verdict = result["reason"] or "No sign of a dead model."
    warnings = [f"- {warning['message']}" for warning in data["warnings"]]
    return "\n".join(
        [
            f"# Model card: {recipe.title}",
            "",
            f"{recipe.summary} Recipe `{recipe.key}`, seed {job.seed}, "
            f"{result['epochs_done']} of {result['epochs_planned']} epochs.",
            "",
            f"Weights: `{result['weights_sha256']}`",
            *about,
            "",
            "## Data",
            "",
            f"{data['n_rows']} rows, {data['n_features']} features, "
            f"{100 * data['positive_share']:.1f} % with the label 1. "
            f"CSV: `{data['sha256']}`. Trained on {data['n_train']} rows, "
            f"judged by the {part}, {data['n_held_out']} rows (split seed {job.split_seed}).",
            *warnings,
            "",
            "## How good it is",
            "",
            "| on the same rows | accuracy | AUC | log loss |",
            "|---|---|---|---|",
            *[
                f"| {name.replace('_', ' ')} "
                f"| {each['accuracy']:.4f} | {each['auc']:.4f} | {each['log_loss']:.4f} |"
                for name, each in scores.items()
            ],
            "",
            f"Status: {result['status']}. {verdict}",
            "",
            "## Limits",
            "",
            "- Judged on rows drawn at random from the same file: says nothing of later data.",
            "- Each epoch was shown on these rows too; nothing was chosen by them.",
            "- Whether it treats groups of people alike was not measured.",
            "",
            "## Settings and versions",
            "",
            *[f"- {name}: {value}" for name, value in asdict(job.config).items()],
            *[f"- {name} {version}" for name, version in result["versions"].items()],
            "",
        ]
    )
