"""What a training tells before TensorFlow starts, and what it refuses; nothing here loads it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from models_ml.kernel.data import InvalidDataset, inspect
from models_ml.kernel.job import TrainingFailed
from models_ml.kernel.train import run, versions
from tests.unit.models_ml.training_rows import csv_text, with_row, write


class Enough(Exception):
    """TensorFlow would start now."""


class Notes:
    """A report that ends the training before TensorFlow starts."""

    def __init__(self) -> None:
        self.lines: list[dict[str, Any]] = []
        self.stages: list[str] = []

    def __call__(self, stage: str, progress: float) -> None:
        self.stages.append(stage)
        if stage == "Starting TensorFlow":
            raise Enough

    def incumbent(
        self, *, seconds: float, objective: float | None, bound: float | None = None
    ) -> None: ...

    def line(self, kind: str, **values: Any) -> None:
        self.lines.append({"type": kind, **values})

    def best(self, result: Mapping[str, Any]) -> None: ...


def begin(folder: Path, text: str | None = None, **job: Any) -> Notes:
    """Train up to the point at which TensorFlow would start."""
    write(folder, csv_text(600) if text is None else text)
    notes = Notes()
    whole = {"schema": 1, "data": "data.csv", "recipe": "seed-mlp"} | job
    with pytest.raises(Enough):
        run(whole, notes, Event(), jobdir=folder)
    return notes


def test_data_and_baselines_are_told_first(tmp_path: Path) -> None:
    notes = begin(tmp_path)

    assert notes.stages == ["Reading data", "Baselines", "Starting TensorFlow"]
    assert [(line["type"], line.get("name")) for line in notes.lines] == [
        ("data", None),
        ("baseline", "majority"),
        ("baseline", "logistic_regression"),
    ]
    data, majority, logistic = notes.lines
    assert (data["n_rows"], data["n_train"], data["n_held_out"]) == (600, 480, 120)
    assert data["positive_share"] == inspect(tmp_path / "data.csv").positive_share
    assert logistic["auc"] > 0.9 > majority["auc"] == 0.5
    assert logistic["seconds"] > 0


def test_judged_by_validation_the_test_part_is_left_alone(tmp_path: Path) -> None:
    data = begin(tmp_path, judge="validation").lines[0]
    assert (data["n_rows"], data["n_train"], data["n_held_out"]) == (600, 432, 48)


def test_another_split_gives_other_baselines(tmp_path: Path) -> None:
    first, other = (begin(tmp_path, split_seed=seed).lines[2] for seed in (42, 43))
    assert first["auc"] != other["auc"]


def test_a_working_folder_is_made_where_there_is_none(tmp_path: Path) -> None:
    begin(tmp_path, workdir=str(tmp_path / "training/7"))
    assert (tmp_path / "training/7/metrics.jsonl").read_text() == ""


def test_a_file_that_changed_is_refused(tmp_path: Path) -> None:
    sha256 = inspect(write(tmp_path, csv_text(600))).sha256
    begin(tmp_path, data_sha256=sha256)
    (tmp_path / "data.csv").write_text(csv_text(600, seed=1))
    job = {"schema": 1, "data": "data.csv", "recipe": "seed-mlp", "data_sha256": sha256}
    with pytest.raises(TrainingFailed) as caught:
        run(job, Notes(), Event(), jobdir=tmp_path)
    assert caught.value.code == "data_changed"


def test_a_wrong_cell_is_refused_again_when_training_reads_it(tmp_path: Path) -> None:
    write(tmp_path, with_row("1,x,0,1"))
    job = {"schema": 1, "data": "data.csv", "recipe": "seed-mlp"}
    with pytest.raises(InvalidDataset) as caught:
        run(job, Notes(), Event(), jobdir=tmp_path)
    assert (caught.value.row, caught.value.column) == (7, "b")
    assert json.loads(json.dumps(caught.value.details)) == caught.value.details


def test_limits_of_the_job_count(tmp_path: Path) -> None:
    begin(tmp_path, csv_text(60), limits={"min_per_class": 5})
    job = {"schema": 1, "data": "data.csv", "recipe": "seed-mlp"}
    with pytest.raises(InvalidDataset, match="at least 50"):
        run(job, Notes(), Event(), jobdir=tmp_path)


def test_the_versions_that_decide_the_bits_are_named() -> None:
    assert set(versions()) == {"python", "tensorflow", "keras", "numpy", "pandas", "scikit-learn"}
