"""The training kernel with TensorFlow: three process starts, of several seconds each.

One process does many small trainings (training_checks.py); one is killed in the middle of an
epoch; one goes on where that one was.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from models_ml.kernel import launch
from tests.integration.models_ml.training_checks import LONG
from tests.unit.models_ml.training_rows import csv_text, write

pytestmark = [pytest.mark.processes, pytest.mark.timeout(600)]
ROOT = Path(__file__).resolve().parents[3]
RECIPES = ("seed-mlp", "seed-mlp-scaled")
EPOCHS = {"seed-mlp": 3, "seed-mlp-scaled": 5}
FILES = {
    "model.keras",
    "weights.npz",
    "preprocessing.json",
    "metrics.json",
    "model_card.md",
    "test_predictions.csv",
}


def calm() -> dict[str, str]:
    """One thread, as a worker gives its children."""
    return {**os.environ, "OMP_NUM_THREADS": "1", "TF_NUM_INTRAOP_THREADS": "1"}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("checks")
    done = subprocess.run(
        [sys.executable, "-m", "tests.integration.models_ml.training_checks", str(folder)],
        cwd=ROOT,
        env=calm(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    last: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return last


# --- what comes out -------------------------------------------------------------------------------


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_saved_model_says_the_same_as_the_trained_one(recipe: str, found: dict) -> None:
    assert found[recipe]["spread"] > 0.1
    assert found[recipe]["rows_apart"] == 0
    assert found[recipe]["file_apart"] < 1e-6


@pytest.mark.parametrize("recipe", RECIPES)
def test_numpy_scores_as_keras_does(recipe: str, found: dict) -> None:
    assert found[recipe]["numpy_apart"] < 1e-5
    assert found[recipe]["numpy_apart_far_out"] < 1e-5


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_result_holds_all_that_a_page_and_a_store_need(recipe: str, found: dict) -> None:
    result = found[recipe]["result"]

    assert (result["outcome"], result["status"]) == ("feasible", "ok")
    assert set(result["files"]) == FILES
    assert [line["epoch"] for line in result["history"]] == [*range(1, EPOCHS[recipe] + 1)]
    last = result["history"][-1]
    assert result["metrics"] == {
        "accuracy": last["val_accuracy"],
        "auc": last["val_auc"],
        "log_loss": last["val_loss"],
    }
    assert result["best_epoch"]["log_loss"] == min(x["val_loss"] for x in result["history"])
    assert set(result["baselines"]) == {"majority", "logistic_regression"}
    assert sum(each["n"] for each in result["reliability"]) == result["data"]["n_held_out"]
    assert (
        result["n_parameters"]
        == {
            "seed-mlp": (3 + 1) * 16 + (16 + 1),
            "seed-mlp-scaled": (3 + 1) * 64 + (64 + 1) * 32 + (32 + 1),
        }[recipe]
    )
    assert result["usage"]["devices"][0]["kind"] in {"cpu", "gpu"}
    assert result["usage"]["device_seconds"] >= result["usage"]["training_seconds"] > 0
    assert {"tensorflow", "keras", "numpy"} <= set(result["versions"])


def test_each_epoch_is_told_with_figures_of_both_parts(found: dict) -> None:
    told = [line for line in found["seed-mlp"]["lines"] if line["type"] == "epoch"]

    assert [line["epoch"] for line in told] == [1, 2, 3]
    for line in told:
        assert {"loss", "accuracy", "val_loss", "val_accuracy", "val_auc"} <= set(line)
        assert line["restored"] is False
    assert told[0]["elapsed_s"] < told[1]["elapsed_s"] < told[2]["elapsed_s"]


@pytest.mark.parametrize("recipe", RECIPES)
def test_weights_are_named_by_layer_in_the_order_of_the_network(recipe: str, found: dict) -> None:
    layers = ["hidden_1", *["hidden_2"] * (recipe == "seed-mlp-scaled"), "output"]
    assert found[recipe]["names"] == [f"{x}/{part}" for x in layers for part in ("kernel", "bias")]


# --- equal bits -----------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_weights(found: dict) -> None:
    """Also with larger steps between two looks from Python."""
    first = found["seed-mlp"]["result"]

    assert found["in_big_steps"]["weights_sha256"] == first["weights_sha256"]
    assert found["in_big_steps"]["metrics"] == first["metrics"]
    one = found["one_epoch"]["result"]
    assert found["other_seed"]["weights_sha256"] != one["weights_sha256"]


def test_finish_now_returns_the_epoch_before_whole(found: dict) -> None:
    stopped = found["stopped"]["result"]

    assert stopped["outcome"] == "stopped"
    assert (stopped["epochs_done"], stopped["epochs_planned"]) == (1, 3)
    assert stopped == found["stopped"]["aside"]
    # As if it had been asked for one epoch only.
    assert stopped["weights_sha256"] == found["one_epoch"]["result"]["weights_sha256"]


def test_finish_now_in_the_first_epoch_waits_for_a_model(found: dict) -> None:
    waited = found["one_epoch"]["result"]
    assert (waited["outcome"], waited["epochs_done"]) == ("feasible", 1)


# --- what goes wrong ------------------------------------------------------------------------------


def test_weights_that_are_lost_end_the_training_in_words(found: dict) -> None:
    assert found["lost_weights"]["code"] == "not_finite"
    assert "lower learning rate" in found["lost_weights"]["message"]


def test_a_dead_model_is_called_degenerate(found: dict) -> None:
    dead = found["dead"]

    assert dead["status"] == "degenerate"
    assert dead["status_code"] in {"constant_predictions", "no_better_than_chance"}
    assert dead["reason"].startswith("The model ")
    assert dead["history"][-1]["warning"] == dead["status_code"]
    # The rows can be learnt from.
    assert dead["baselines"]["logistic_regression"]["auc"] > 0.9 > dead["metrics"]["auc"]


# --- killed and taken up again --------------------------------------------------------------------


def start(jobdir: Path) -> subprocess.Popen[str]:
    """Start the command by hand, without a worker."""
    return subprocess.Popen(
        [sys.executable, "-m", "models_ml.kernel.train", str(jobdir)],
        cwd=ROOT,
        env=calm(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def kill_in_the_middle(jobdir: Path, n_epochs: int, dice: random.Random) -> int:
    """Wait for some finished epochs, kill -9 within the next, and say how many were told."""
    told = 0
    with start(jobdir) as process:
        assert process.stdout is not None
        for text in process.stdout:
            line = json.loads(text)
            told += line["type"] == "epoch"
            if told == n_epochs:
                break
        time.sleep(dice.uniform(0, 0.8) * line["seconds"])
        process.send_signal(signal.SIGKILL)
        told += sum('"type":"epoch"' in text for text in process.stdout)
    assert process.returncode == -signal.SIGKILL
    return told


def test_a_killed_training_goes_on_and_ends_with_the_same_bits(found: dict, tmp_path: Path) -> None:
    """1. Started by hand, killed at a random batch. 2. A worker's child over the same folder."""
    dice = random.Random()
    workdir, first, second = (tmp_path / name for name in ("work", "first", "second"))
    first.mkdir()
    second.mkdir()
    data = write(tmp_path, csv_text(3000), "long.csv")
    job = {"schema": 1, "data": str(data), "workdir": str(workdir), **LONG}
    (first / "job.json").write_text(json.dumps(job))
    told = kill_in_the_middle(first, dice.choice([1, 2, 3]), dice)
    assert not (first / "result.json").exists()
    assert told < LONG["config"]["epochs"]

    lines: list[dict] = []
    result = launch.train(job, second, on_line=lines.append)

    restored = [line["epoch"] for line in lines if line.get("restored")]
    # An epoch is kept before it is told, so at most one more than was told comes back.
    assert restored in ([*range(1, told + 1)], [*range(1, told + 2)])
    assert result["usage"]["resumed_after_epoch"] == len(restored)
    curve = [line for line in lines if line["type"] == "epoch"]
    assert [line["epoch"] for line in curve] == [1, 2, 3, 4, 5]
    assert [line["step"] for line in curve] == [0, 1, 2, 3, 4]
    whole = found["seed-mlp-scaled"]["result"]
    assert result["weights_sha256"] == whole["weights_sha256"]
    assert result["metrics"] == whole["metrics"]
    assert [line["loss"] for line in result["history"]] == [
        line["loss"] for line in whole["history"]
    ]
