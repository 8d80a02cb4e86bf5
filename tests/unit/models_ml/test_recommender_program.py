"""Does the benchmark program train what it says and sum it up? Training itself is played."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks import recommender
from models_ml.kernel.recipes import RECIPES
from tests.unit.models_ml.training_rows import csv_text, with_row, write

# AUC of each recipe by seed on the test part, and on the validation part.
TEST = {"seed-mlp": [0.5, 0.7, 0.51], "seed-mlp-scaled": [0.90, 0.92, 0.94]}
VALIDATION = {"seed-mlp": 0.5, "seed-mlp-scaled": 0.91}
BASELINES = {"majority": 0.5, "logistic_regression": 0.85, "hist_gradient_boosting": 0.93}


class Trainings:
    """Plays `launch.train`: a process start at our border."""

    def __init__(self) -> None:
        self.jobs: list[dict[str, Any]] = []

    def __call__(self, job: dict[str, Any], jobdir: Path, *, threads: int) -> dict[str, Any]:
        assert jobdir.is_dir()
        self.jobs.append(job)
        recipe, seed = job["recipe"], job["seed"]
        auc = VALIDATION[recipe] if job["judge"] == "validation" else TEST[recipe][seed]
        names = ["majority", "logistic_regression", *job["challengers"]]
        shift = 0.001 * seed
        return {
            "recipe": recipe,
            "seed": seed,
            "status": "degenerate" if auc < 0.52 else "ok",
            "reason": "Dead." if auc < 0.52 else "",
            "metrics": {"accuracy": 0.8, "auc": auc, "log_loss": 1 - auc},
            "weights_sha256": f"{recipe} {seed}",
            "usage": {"training_seconds": 10.0 + seed, "peak_memory_mb": 700.0 + seed},
            "baselines": {
                name: {
                    "accuracy": 0.7,
                    "auc": BASELINES[name] + shift,
                    "log_loss": 0.4,
                    "seconds": 1.0 + seed,
                }
                for name in names
            },
        }


@pytest.fixture
def trainings(monkeypatch: pytest.MonkeyPatch) -> Trainings:
    played = Trainings()
    monkeypatch.setattr("models_ml.kernel.launch.train", played)
    return played


def last_line(out: str) -> dict[str, Any]:
    line: dict[str, Any] = json.loads(out.splitlines()[-1])
    return line


def test_each_recipe_is_trained_with_each_seed_and_once_for_the_choice(
    trainings: Trainings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "data.csv.gz"
    path.write_bytes(gzip.compress(csv_text(600).encode()))
    assert recommender.main([str(path)]) == 0

    told = [(job["recipe"], job["seed"], job["judge"]) for job in trainings.jobs]
    assert told == [
        (recipe, seed, judge)
        for recipe in RECIPES
        for seed, judge in ((0, "test"), (1, "test"), (2, "test"), (0, "validation"))
    ]
    line = last_line(capsys.readouterr().out)
    assert (line["schema"], line["rows"], line["features"]) == (1, 600, 3)
    assert 0.4 < line["positive_share"] < 0.6
    assert set(line["recipes"]) == {*RECIPES, *BASELINES}
    for row in line["recipes"].values():
        assert {"accuracy", "auc", "log_loss", "seconds", "status", "weights_sha256"} <= set(row)
        assert [each["seed"] for each in row["per_seed"]] == [0, 1, 2]


def test_figures_are_medians_and_the_hash_is_that_of_seed_0(
    trainings: Trainings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert recommender.main([str(write(tmp_path, csv_text(600)))]) == 0
    out = capsys.readouterr().out
    rows = last_line(out)["recipes"]

    assert rows["seed-mlp-scaled"]["auc"] == 0.92
    assert rows["seed-mlp-scaled"]["seconds"] == 11
    assert rows["seed-mlp-scaled"]["weights_sha256"] == "seed-mlp-scaled 0"
    assert rows["hist_gradient_boosting"]["auc"] == pytest.approx(0.931)
    # Two of three are dead.
    assert (rows["seed-mlp"]["auc"], rows["seed-mlp"]["status"]) == (0.51, "degenerate")
    assert [each["status"] for each in rows["seed-mlp"]["per_seed"]][1] == "ok"
    assert "degenerate: Dead." in out
    assert rows["majority"]["weights_sha256"] is None


def test_the_best_is_chosen_by_validation_and_not_by_the_test_part(
    trainings: Trainings,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(VALIDATION, "seed-mlp-scaled", 0.99)
    assert recommender.main([str(write(tmp_path, csv_text(600))), "--seeds", "1"]) == 0
    line = last_line(capsys.readouterr().out)

    # On the test part the challenger is ahead: .93 against .90.
    assert line["best_by_validation"] == "seed-mlp-scaled"
    assert line["recipes"]["seed-mlp-scaled"]["validation_auc"] == 0.99


def test_what_is_asked_for_reaches_the_job(trainings: Trainings, tmp_path: Path) -> None:
    path = write(tmp_path, csv_text(600, header="a,b,kind,buys"))
    options = ["--recipe", "seed-mlp-scaled", "--label", "buys", "--id-columns", "kind"]
    assert recommender.main([str(path), *options, "--seeds", "1"]) == 0

    assert [job["judge"] for job in trainings.jobs] == ["test", "validation"]
    for job in trainings.jobs:
        assert (job["label"], job["id_columns"]) == ("buys", ["kind"])
        assert job["challengers"] == ["hist_gradient_boosting"]


@pytest.mark.parametrize(
    ("content", "options", "complaint"),
    [
        (None, [], "No such file"),
        (csv_text(600, header="a,b,kind,buys"), [], "No column is named “label”"),
        (with_row("1,x,0,1"), [], "Row 7, column “b”: “x” is not a number."),
        (csv_text(600), ["--id-columns", "nobody"], "“nobody”"),
    ],
)
def test_bad_input_ends_with_2_and_one_line(
    content: str | None,
    options: list[str],
    complaint: str,
    trainings: Trainings,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "data.csv"
    if content is not None:
        path.write_text(content)
    assert recommender.main([str(path), *options]) == 2

    out, err = capsys.readouterr()
    assert (out, len(err.splitlines())) == ("", 1)
    assert complaint in err
    assert trainings.jobs == []


def test_an_unknown_recipe_ends_with_2(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        recommender.main([str(tmp_path / "data.csv"), "--recipe", "magic"])
    assert ended.value.code == 2
