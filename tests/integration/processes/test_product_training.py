"""The running product trains on a CSV and gives the training program's own figures."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks import product
from models_ml.kernel import launch
from models_ml.kernel.data import inspect

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]


def test_a_csv_is_trained_watched_and_a_second_run_cancelled(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "clicks.csv"
    data.write_text(_clicks(6000))

    status = product.main(["training", str(data), "--recipe", "seed-mlp-scaled", "--seed", "3"])

    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (status, line["ok"], line["errors"]) == (0, True, [])
    assert line["rows"] == 6000
    assert line["epochs_seen_live"] >= 2
    assert line["cancelled_after_s"] < 30
    ours = launch.train(
        {
            "schema": 1,
            "data": str(data),
            "data_sha256": inspect(data).sha256,
            "recipe": "seed-mlp-scaled",
            "seed": 3,
        },
        tmp_path / "alone",
    )
    assert line["weights_sha256"] == ours["weights_sha256"]
    assert {key: line[key] for key in ("accuracy", "auc", "log_loss")} == ours["metrics"]
    assert line["auc"] > 0.7


def _clicks(n_rows: int) -> str:
    """Clicks that follow two of five columns, with noise."""
    rng = np.random.default_rng(5)
    features = rng.normal(size=(n_rows, 5))
    odds = 1.5 * features[:, 0] - features[:, 1] + rng.normal(scale=0.7, size=n_rows)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["age", "price", "visits", "hour", "rank", "label"])
    for row, label in zip(features.round(4).tolist(), (odds > 0).astype(int), strict=True):
        writer.writerow([*row, label])
    return out.getvalue()
