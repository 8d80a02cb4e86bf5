"""A CSV through the running product: upload, train, watch, cancel a second run."""

from __future__ import annotations

import time
from typing import Any

from benchmarks.running import POLL_SECONDS, Client, ProductError, Stopwatch

RUNS = "/api/v1/models/training-runs/"
MOST_SECONDS = 900
FIGURES = ("accuracy", "auc", "log_loss")


def train(
    client: Client, name: str, data: bytes, *, recipe: str, seed: int, label: str
) -> dict[str, Any]:
    """One data set through the product; returns the figures of the last line."""
    took: dict[str, float] = {}
    with Stopwatch(took, "upload"):
        dataset = client.upload("/api/v1/models/datasets/", {"label": label}, name, data)
    asked = {"dataset": str(dataset["id"]), "recipe": recipe, "seed": seed}
    with Stopwatch(took, "train"):
        run, live = _watched(client, client.call("POST", RUNS, asked))
    if live < 2:
        client.errors.append(f"{live} epochs were seen while the run was at work, not two")
    with Stopwatch(took, "cancel"):
        cancelled_after = _cancelled(client, asked | {"seed": seed + 1})
    return {
        "dataset_sha256": dataset["sha256"],
        "rows": dataset["rows"],
        "recipe": recipe,
        **{key: run["metrics"][key] for key in FIGURES},
        "baselines": run["baselines"],
        "quality": run["quality"],
        "weights_sha256": run["weights_sha256"],
        "device_seconds": run["device_seconds"],
        "epochs_seen_live": live,
        "cancelled_after_s": cancelled_after,
        "seconds": {key: round(value, 2) for key, value in took.items()},
    }


def _watched(client: Client, run: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """The run at its end, and how many epochs it had stored at different times while running."""
    end, seen = time.monotonic() + MOST_SECONDS, set()
    while run["status"] in {"queued", "running"}:
        if time.monotonic() > end:
            raise ProductError(f"the training is still {run['status']} after {MOST_SECONDS} s")
        time.sleep(POLL_SECONDS)
        epochs = _epochs(client, run)
        run = client.call("GET", f"{RUNS}{run['id']}/")
        if run["status"] == "running":
            seen |= {one["stored_at"] for one in epochs}
    if run["status"] != "succeeded":
        raise ProductError(f"the run {run['status']}: {run['error_code']} {run['error_message']}")
    return run, len(seen)


def _epochs(client: Client, run: dict[str, Any]) -> list[dict[str, Any]]:
    answer = client.call("GET", f"{RUNS}{run['id']}/epochs/")
    rows: list[dict[str, Any]] = answer["results"] if isinstance(answer, dict) else answer
    return rows


def _cancelled(client: Client, asked: dict[str, Any]) -> float:
    """Seconds from the request to cancel, after the first epoch, until no worker holds the run."""
    run = client.call("POST", RUNS, asked)
    end = time.monotonic() + MOST_SECONDS
    while not _epochs(client, run):
        if time.monotonic() > end:
            raise ProductError("the second run has no epoch to cancel after")
        time.sleep(POLL_SECONDS)
    began = time.monotonic()
    client.call("POST", f"/api/v1/runs/{run['id']}/cancel/")
    while True:
        run = client.call("GET", f"{RUNS}{run['id']}/")
        if run["status"] not in {"queued", "running"}:
            break
        if time.monotonic() > began + 60:
            raise ProductError("a cancelled run is still at work after a minute")
        time.sleep(0.05)
    if run["status"] != "cancelled":
        client.errors.append(f"the cancelled run ended as {run['status']}")
    return round(time.monotonic() - began, 2)
