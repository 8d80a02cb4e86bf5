"""What the running product does with a whole job, over HTTP alone.

    python -m benchmarks.product staffing INSTANCE.json.gz --seconds 60 --answer OUT.json
    python -m benchmarks.product training DATA.csv.gz --recipe seed-mlp-scaled

start the product as `make run` does (own folder, own port). `staffing` turns people and slots of a
neutral instance into its import files, imports, proposes with the product's own weights, accepts
all, exports the plan and writes the answer list: the person's index per slot, -1 where it is open.
`training` uploads a data set, trains on it, watches the epochs, and cancels a second training. The
last line is one JSON object. Exit status 2: the input cannot be read.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import instances, product_training, staffing_files
from benchmarks.running import USER, Client, ProductError, product

POLL_SECONDS = 0.5
Job = Callable[[Client], dict[str, Any]]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.product")
    jobs = parser.add_subparsers(dest="job", required=True)
    staffing = jobs.add_parser("staffing", help="import, propose, accept all, export")
    staffing.add_argument("instance", type=Path)
    staffing.add_argument("--seconds", type=int, default=60)
    staffing.add_argument("--seed", type=int, default=1)
    staffing.add_argument("--answer", type=Path, required=True)
    staffing.set_defaults(prepare=_staffing)
    training = jobs.add_parser("training", help="upload, train, watch, cancel")
    training.add_argument("data", type=Path)
    training.add_argument("--recipe", default="seed-mlp")
    training.add_argument("--seed", type=int, default=42)
    training.add_argument("--label", default="label")
    training.add_argument("--config", default="{}", help="settings that differ, as JSON")
    training.set_defaults(prepare=_training)
    given = parser.parse_args(arguments)
    try:
        line, job = given.prepare(given)
    except (instances.BadInstance, ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    try:
        with product() as client:
            line |= job(client)
            line |= {"ok": not client.errors, "errors": client.errors}
    except ProductError as error:
        line |= {"ok": False, "errors": [str(error)]}
    for name, value in line.items():
        print(f"{name:10} {value}")
    print(json.dumps(line))
    return 0


def _staffing(given: argparse.Namespace) -> tuple[dict[str, Any], Job]:
    instance = instances.read(given.instance)
    instances.problem_of(instance)
    about = {"schema": 1, "job": "staffing", "instance": given.instance.name}
    return about, lambda client: staff(client, instance, given.seconds, given.seed, given.answer)


def _training(given: argparse.Namespace) -> tuple[dict[str, Any], Job]:
    config = product_training.config_of(given.config)
    with given.data.open("rb"):
        pass  # what cannot be read is said before anything starts
    about = {"schema": 1, "job": "training", "data": given.data.name}
    return about, lambda client: product_training.train(
        client,
        given.data,
        recipe=given.recipe,
        seed=given.seed,
        label=given.label,
        config=config,
    )


def staff(
    client: Client, instance: instances.Instance, seconds: int, seed: int, answer: Path
) -> dict[str, Any]:
    """One company through the product; writes the answer and returns the figures."""
    start = staffing_files.start_of(datetime.now(UTC).date())
    took: dict[str, float] = {}
    with _Clock(took, "import"):
        for kind, text in staffing_files.people_files(instance, start, USER):
            _import(client, "/api/v1/roles/import/", kind, text)
        for kind, text in staffing_files.project_files(instance, start, USER):
            _import(client, "/api/v1/projects/import/", kind, text)
    with _Clock(took, "propose"):
        run = _propose(client, instance, seconds, seed)
    rows = client.call("GET", f"/api/v1/projects/staffing-runs/{run['id']}/rows/")
    with _Clock(took, "accept"):
        path = f"/api/v1/projects/staffing-runs/{run['id']}/accept/"
        done = client.call("POST", path, {"rows": "all"})
    with _Clock(took, "export"):
        plan = client.call("GET", "/api/v1/projects/assignments/?format=csv")
        found = staffing_files.answer_of(instance, plan)
        answer.write_text(json.dumps(found))
    return {
        "seconds": {name: round(value, 2) for name, value in took.items()},
        "rows": len(rows),
        "filled": sum(person >= 0 for person in found),
        "refused": len(done["refused"]),
        "requested": len(done["requested"]),
        "outcome": run["outcome"],
        "objective": run["objective"],
        "bound": run["bound"],
        "gap": run["gap"],
    }


def _import(client: Client, path: str, kind: str, text: str) -> None:
    answer = client.upload(path, {"kind": kind, "create_missing": "1"}, f"{kind}.csv", text)
    client.errors += [f"{kind}: {error}" for error in answer["errors"]]


def _propose(
    client: Client, instance: instances.Instance, seconds: int, seed: int
) -> dict[str, Any]:
    run: dict[str, Any] = client.call(
        "POST",
        "/api/v1/projects/staffing-runs/",
        {
            "projects": [f"j{index}" for index in range(len(instance["projects"]))],
            "seconds": seconds,
            "seed": seed,
        },
    )
    end = time.monotonic() + seconds + 60
    while run["status"] in {"queued", "running"}:
        if time.monotonic() > end:
            raise ProductError(f"the run is still {run['status']} a minute after its time limit")
        time.sleep(POLL_SECONDS)
        run = client.call("GET", f"/api/v1/projects/staffing-runs/{run['id']}/")
    if run["status"] != "succeeded":
        raise ProductError(f"the run {run['status']}: {run['error_code']} {run['error_message']}")
    return run


class _Clock:
    """Adds the seconds of a block to a table."""

    def __init__(self, table: dict[str, float], name: str) -> None:
        self.table, self.name = table, name

    def __enter__(self) -> None:
        self.began = time.monotonic()

    def __exit__(self, *_: object) -> None:
        self.table[self.name] = time.monotonic() - self.began


if __name__ == "__main__":
    sys.exit(main())
