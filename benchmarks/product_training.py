"""The part of `benchmarks.product` that trains: upload, train, watch, cancel a second run."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from benchmarks.running import Client, ProductError

POLL_SECONDS = 0.25
LONGEST_SECONDS = 3600
RUNS = "/api/v1/models/training-runs/"
ACTIVE = {"queued", "running"}


def train(
    client: Client, data: Path, *, recipe: str, seed: int, label: str, config: dict[str, Any]
) -> dict[str, Any]:
    """One data set through the product; returns the figures of the last line."""
    began = time.monotonic()
    dataset = client.upload(
        "/api/v1/models/datasets/",
        {"name": data.stem, "label": label},
        data.name,
        data.read_bytes(),
    )
    uploaded = time.monotonic()
    wish = {"dataset": dataset["sha256"], "recipe": recipe, "seed": seed, "config": config}
    run, live = watch(client, client.call("POST", RUNS, wish))
    trained = time.monotonic()
    if run["status"] != "succeeded":
        raise ProductError(f"the run {run['status']}: {run['error_code']} {run['error_message']}")
    return {
        **{name: dataset[name] for name in ("rows", "columns", "positive_share", "sha256")},
        "recipe": recipe,
        "seed": seed,
        **run["metrics"],
        "status": run["quality"],
        "reason": run["quality_reason"],
        "baselines": run["baselines"],
        "weights_sha256": run["weights_sha256"],
        "seconds": {
            "upload": round(uploaded - began, 2),
            "train": round(trained - uploaded, 2),
        },
        "device_seconds": round(run["device_seconds"], 2),
        "epochs": len(client.call("GET", f"{RUNS}{run['id']}/epochs/")),
        "live_epochs": live,
        **cancel_one(client, wish),
    }


def watch(client: Client, run: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Follow a run to its end; also how many epochs were read while it was running.

    An epoch counts when its row was there with a time of its own and the run still ran afterwards.
    """
    stored: set[str] = set()
    end = time.monotonic() + LONGEST_SECONDS
    path = f"{RUNS}{run['id']}/"
    while run["status"] in ACTIVE:
        if time.monotonic() > end:
            raise ProductError(f"the training is still {run['status']} after an hour")
        time.sleep(POLL_SECONDS)
        rows = client.call("GET", f"{path}epochs/")
        run = client.call("GET", path)
        if run["status"] == "running":
            stored |= {row["stored_at"] for row in rows}
    return run, len(stored)


def cancel_one(client: Client, wish: dict[str, Any]) -> dict[str, Any]:
    """Cancel a training at work: when its worker takes the next one, and what it still stored."""
    first = client.call("POST", RUNS, wish)
    next_one = client.call("POST", RUNS, wish)
    _await_training(client, first)
    path = f"{RUNS}{first['id']}/"
    began = time.monotonic()
    client.call("POST", f"/api/v1/runs/{first['id']}/cancel/")
    known = len(client.call("GET", f"{path}epochs/"))
    while client.call("GET", f"{RUNS}{next_one['id']}/")["status"] == "queued":
        time.sleep(POLL_SECONDS / 5)
    took = time.monotonic() - began
    client.call("POST", f"/api/v1/runs/{next_one['id']}/cancel/")
    if client.call("GET", path)["status"] != "cancelled":
        raise ProductError("the cancelled run is not cancelled")
    later = len(client.call("GET", f"{path}epochs/")) - known
    return {"cancelled_after_s": round(took, 2), "epochs_after_cancel": later}


def _await_training(client: Client, run: dict[str, Any]) -> None:
    end = time.monotonic() + LONGEST_SECONDS
    while (now := client.call("GET", f"{RUNS}{run['id']}/"))["stage"] != "Training":
        if now["status"] not in ACTIVE or time.monotonic() > end:
            raise ProductError(f"the run to be cancelled is {now['status']} already")
        time.sleep(POLL_SECONDS)


def config_of(text: str) -> dict[str, Any]:
    """The configuration of the command line; raises ValueError in one clear line."""
    try:
        config = json.loads(text)
    except ValueError:
        raise ValueError(f"--config is no JSON: {text}") from None
    if not isinstance(config, dict):
        raise ValueError("--config must be a JSON object")  # noqa: TRY004 (one kind of mistake)
    return config
