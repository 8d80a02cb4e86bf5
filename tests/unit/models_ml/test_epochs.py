"""Are finished epochs kept whole, found again, and fenced against a second process?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models_ml.kernel.epochs import Epochs
from models_ml.kernel.export import card
from models_ml.kernel.job import TrainingFailed, TrainingJob
from models_ml.kernel.network import are_finite, weights_sha256
from models_ml.kernel.predict import InvalidModel, Scorer


def finish(epochs: Epochs, number: int, content: str = "weights") -> Any:
    history = [{"epoch": each + 1, "loss": 0.5} for each in range(number)]
    result = {"outcome": "stopped", "history": history, "loss": float("nan")}
    return epochs.add(
        number, result, lambda folder: _write(folder / "model.keras", f"{content} {number}")
    )


def _write(path: Path, text: str) -> None:
    path.write_text(text)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*-*"))


def test_the_last_finished_epoch_is_found_again(tmp_path: Path) -> None:
    epochs = Epochs(tmp_path, "job")
    assert epochs.latest() is None
    for number in (1, 2, 3):
        kept = finish(epochs, number)
    again = Epochs(tmp_path, "job").latest()

    assert again == kept
    assert again is not None
    assert again.number == 3
    whole = again.whole_result()
    assert whole["folder"] == str(tmp_path / "epoch-00003")
    assert whole["files"]["model.keras"]["bytes"] == len("weights 3")
    assert whole["loss"] is None  # as JSON knows it


def test_two_epochs_are_kept(tmp_path: Path) -> None:
    epochs = Epochs(tmp_path, "job")
    for number in range(1, 6):
        finish(epochs, number)
    assert names(tmp_path) == ["epoch-00004", "epoch-00005"]


def test_the_curve_has_one_line_for_each_finished_epoch(tmp_path: Path) -> None:
    epochs = Epochs(tmp_path, "job")
    epochs.latest()
    finish(epochs, 1)
    with (tmp_path / "metrics.jsonl").open("a") as curve:
        curve.write('{"epoch": 2, "lo')  # cut by a kill
    again = Epochs(tmp_path, "job")
    again.latest()
    finish(again, 2)
    lines = [json.loads(line) for line in (tmp_path / "metrics.jsonl").read_text().splitlines()]

    assert [line["epoch"] for line in lines] == [1, 2]


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "model.keras").write_text("cut"),
        lambda folder: (folder / "model.keras").unlink(),
        lambda folder: (folder / "manifest.json").write_text("{"),
        lambda folder: (folder / "manifest.json").write_text("{}"),
        lambda folder: (folder / "manifest.json").unlink(),
    ],
)
def test_a_damaged_epoch_gives_way_to_the_one_before(damage: Any, tmp_path: Path) -> None:
    epochs = Epochs(tmp_path, "job")
    finish(epochs, 1)
    damage(finish(epochs, 2).folder)
    found = Epochs(tmp_path, "job").latest()

    assert found is not None
    assert found.number == 1
    assert names(tmp_path) == ["epoch-00001"]


def test_an_epoch_that_was_being_written_is_none(tmp_path: Path) -> None:
    def killed(folder: Path) -> None:
        (folder / "model.keras").write_text("half")
        raise KeyboardInterrupt

    epochs = Epochs(tmp_path, "job")
    finish(epochs, 1)
    with pytest.raises(KeyboardInterrupt):
        epochs.add(2, {"history": [{}]}, killed)
    found = Epochs(tmp_path, "job").latest()

    assert found is not None
    assert found.number == 1
    assert names(tmp_path) == ["epoch-00001"]


def test_the_epochs_of_another_job_are_thrown_away(tmp_path: Path) -> None:
    finish(Epochs(tmp_path, "job"), 1)
    assert Epochs(tmp_path, "another").latest() is None
    assert names(tmp_path) == []


def test_the_newer_process_takes_the_folder_over(tmp_path: Path) -> None:
    """1. A worker falls silent. 2. Another one starts its run again. 3. The first one wakes up."""
    asleep = Epochs(tmp_path, "job")
    finish(asleep, 1)
    newer = Epochs(tmp_path, "job")
    finish(newer, 2, "newer")
    with pytest.raises(TrainingFailed) as caught:
        finish(asleep, 2, "older")

    assert caught.value.code == "taken_over"
    assert (tmp_path / "epoch-00002/model.keras").read_text() == "newer 2"
    assert names(tmp_path) == ["epoch-00001", "epoch-00002"]


def test_a_process_whose_half_written_epoch_was_swept_away_is_told_why(tmp_path: Path) -> None:
    asleep = Epochs(tmp_path, "job")

    def overtaken(folder: Path) -> None:
        Epochs(tmp_path, "job").latest()
        (folder / "model.keras").write_text("there is no such folder any more")

    with pytest.raises(TrainingFailed) as caught:
        asleep.add(1, {"history": [{}]}, overtaken)
    assert caught.value.code == "taken_over"


def test_a_full_disk_is_no_takeover(tmp_path: Path) -> None:
    def full(_folder: Path) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        Epochs(tmp_path, "job").add(1, {"history": [{}]}, full)


# --- the hash -------------------------------------------------------------------------------------


def test_the_hash_covers_names_shapes_bytes_and_order() -> None:
    one, two = np.arange(4, dtype=np.float32), np.ones(2, np.float32)
    first = weights_sha256({"a": one, "b": two})
    others: list[dict[str, np.ndarray]] = [
        {"a": one, "c": two},
        {"b": two, "a": one},
        {"a": one.reshape(2, 2), "b": two},
        {"a": np.nextafter(one, np.float32(9)), "b": two},
    ]
    assert weights_sha256({"a": one.copy(), "b": two}) == first
    assert len({first, *(weights_sha256(each) for each in others)}) == 5


def test_the_hash_is_that_of_little_endian_bytes() -> None:
    values = np.array([1.5, -2], np.float32)
    assert weights_sha256({"a": values.astype(">f4")}) == weights_sha256({"a": values})
    assert weights_sha256({"a": values}) == (
        # sha256 of b"a[2]" + bytes 0000c03f 000000c0, by coreutils
        "f0f82d4b32b4ba165d3ebbcc2ca81b601f79eb620084c0e6a8e43c63bd1a542c"
    )


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_one_weight_that_is_no_number_is_seen(bad: float) -> None:
    weights = {"a": np.ones(3, np.float32), "b": np.array([1, bad], np.float32)}
    assert not are_finite(weights)
    assert are_finite({"a": weights["a"]})


# --- scoring --------------------------------------------------------------------------------------


def exported(folder: Path, **change: Any) -> Path:
    """One hidden unit that adds two features, and an output that takes it as it is."""
    np.savez(
        folder / "weights.npz",
        **{  # type: ignore[arg-type]
            "hidden_1/kernel": np.array([[1], [1]], np.float32),
            "hidden_1/bias": np.array([-1], np.float32),
            "output/kernel": np.array([[2]], np.float32),
            "output/bias": np.array([0], np.float32),
        },
    )
    about = {"schema": 1, "recipe": "seed-mlp", "columns": ["a", "b"], "mean": None, "std": None}
    (folder / "preprocessing.json").write_text(json.dumps(about | change))
    return folder


def test_a_network_by_hand(tmp_path: Path) -> None:
    scorer = Scorer.load(exported(tmp_path))
    # relu(a + b - 1) * 2, then the logistic function.
    found = scorer.score([[2, 1], [0, 0], [500, 500]])
    assert found.tolist() == pytest.approx([1 / (1 + np.exp(-4)), 0.5, 1.0])
    assert scorer.score_rows([{"b": 1, "a": 2, "name": "x"}]).tolist() == found[:1].tolist()


def test_features_are_standardised_first_where_the_recipe_does(tmp_path: Path) -> None:
    folder = exported(tmp_path, recipe="seed-mlp-scaled", mean=[10, 20], std=[2, 4])
    # (14 - 10) / 2 + (24 - 20) / 4 - 1 = 2
    assert Scorer.load(folder).score([[14, 24]])[0] == pytest.approx(1 / (1 + np.exp(-4)))


@pytest.mark.parametrize("rows", [[[1]], [[1, 2, 3]], [1, 2], [[1, float("nan")]]])
def test_rows_that_do_not_fit_are_refused(rows: Any, tmp_path: Path) -> None:
    with pytest.raises(InvalidModel):
        Scorer.load(exported(tmp_path)).score(rows)


@pytest.mark.parametrize("row", [{"a": 1}, {"a": 1, "b": "x"}, {"a": 1, "b": None}])
def test_a_row_that_lacks_a_feature_is_refused_by_name(row: dict, tmp_path: Path) -> None:
    with pytest.raises(InvalidModel, match="row 2: “b” is missing or no number"):
        Scorer.load(exported(tmp_path)).score_rows([{"a": 1, "b": 2}, row])


def test_what_is_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidModel, match="no exported model"):
        Scorer.load(tmp_path)
    with pytest.raises(InvalidModel, match="unknown recipe"):
        Scorer.load(exported(tmp_path, recipe="magic"))
    (exported(tmp_path) / "weights.npz").write_bytes(b"no archive")
    with pytest.raises(InvalidModel, match="no exported model"):
        Scorer.load(tmp_path)


# --- the card -------------------------------------------------------------------------------------


def test_the_card_says_what_a_reader_must_know() -> None:
    job = TrainingJob.from_json(
        {"schema": 1, "data": "x.csv", "recipe": "seed-mlp", "about": {"project": "Shop"}},
        Path("/jobs/7"),
    )
    scores = {"accuracy": 0.7, "auc": 0.5, "log_loss": 0.6}
    text = card(
        job,
        {
            "epochs_done": 3,
            "epochs_planned": 10,
            "weights_sha256": "abc",
            "metrics": scores,
            "baselines": {"logistic_regression": scores | {"auc": 0.81}},
            "status": "degenerate",
            "reason": "Every row the same.",
            "versions": {"keras": "3.15.1"},
            "data": {
                "sha256": "def",
                "n_rows": 100,
                "n_features": 4,
                "n_train": 80,
                "n_held_out": 20,
                "positive_share": 0.25,
                "warnings": [{"message": "One value only."}],
            },
        },
    )
    for said in (
        "3 of 10 epochs",
        "- project: Shop",
        "25.0 % with the label 1",
        "- One value only.",
        "| logistic regression | 0.7000 | 0.8100 | 0.6000 |",
        "Status: degenerate. Every row the same.",
        "- keras 3.15.1",
        "- dropout: 0.5",
    ):
        assert said in text
