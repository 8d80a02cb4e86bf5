"""A CSV through the running product: upload, train, watch, cancel a second run."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from benchmarks.running import POLL_SECONDS, Client, ProductError, Stopwatch

RUNS = "/api/v1/models/training-runs/"
MOST_SECONDS = 900
FIGURES = ("accuracy", "auc", "log_loss")


def train(
    client: Client,
    name: str,
    data: bytes,
    *,
    recipe: str,
    seed: int,
    label: str,
    config: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """One data set through the product; returns the figures of the last line."""
    took: dict[str, float] = {}
    with Stopwatch(took, "upload"):
        dataset = client.upload("/api/v1/models/datasets/", {"label": label}, name, data)
    asked = {"dataset": str(dataset["id"]), "recipe": recipe, "seed": seed, "config": config or {}}
    with Stopwatch(took, "train"):
        run, live = _watched(client, client.call("POST", RUNS, asked))
    if live < 2:
        client.errors.append(f"{live} epochs were seen while the run was at work, not two")
    with Stopwatch(took, "cancel"):
        cancelled = _cancelled(client, asked | {"seed": seed + 1})
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
        **cancelled,
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


def _cancelled(client: Client, asked: dict[str, Any]) -> dict[str, Any]:
    """Cancel a run at work: seconds until its worker takes the next one, epochs stored after it.

    The status says "cancelled" at once; that the kernel is gone shows where the next one starts.
    """
    run, following = (client.call("POST", RUNS, asked) for _ in range(2))
    _await(client, run, lambda now: now["stage"] == "Training")
    began = time.monotonic()
    client.call("POST", f"/api/v1/runs/{run['id']}/cancel/")
    known = len(_epochs(client, run))
    _await(client, following, lambda now: now["status"] == "running")
    took = time.monotonic() - began
    client.call("POST", f"/api/v1/runs/{following['id']}/cancel/")
    ended = client.call("GET", f"{RUNS}{run['id']}/")["status"]
    if ended != "cancelled":
        client.errors.append(f"the cancelled run ended as {ended}")
    later = len(_epochs(client, run)) - known
    return {"cancelled_after_s": round(took, 2), "epochs_after_cancel": later}


def _await(client: Client, run: dict[str, Any], claim: Callable[[dict[str, Any]], bool]) -> None:
    end = time.monotonic() + MOST_SECONDS
    while not claim(now := client.call("GET", f"{RUNS}{run['id']}/")):
        if now["status"] not in {"queued", "running"} or time.monotonic() > end:
            raise ProductError(f"a run to be cancelled is {now['status']}: take more epochs")
        time.sleep(0.05)
