"""What the running product does with a whole job, over HTTP alone.

    python -m benchmarks.product staffing INSTANCE.json.gz --seconds 60 --answer OUT.json
    python -m benchmarks.product capacity NODES.csv.gz --workloads RUNS.csv [--seconds 30]
    python -m benchmarks.product training DATA.csv.gz [--recipe seed-mlp] [--seed 0]

Each starts the product as `make run` does, on a folder and a port of its own. `staffing` turns
people and slots of a neutral instance into the import files, imports, proposes with the product's
own weights, accepts all, exports the plan and writes the answer list: the person's index per slot,
-1 where it is open. `capacity` imports a node list and workloads of published training runs,
computes a plan for each objective, adopts one and reads its report with an API client's token.
`training` uploads a CSV, trains, watches the epochs, cancels a second run and prints the product's
metrics. The last line is one JSON object. Exit status 2: the input cannot be read.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks import (
    capacity_files,
    instances,
    product_capacity,
    product_staffing,
    product_training,
)
from benchmarks.running import Client, ProductError, product

Job = Callable[[Client], dict[str, Any]]


def main(arguments: Sequence[str] | None = None) -> int:
    given = _parser().parse_args(arguments)
    try:
        line, job = given.prepare(given)
    except (instances.BadInstance, capacity_files.BadFile, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    line = {"schema": 1, "job": given.job} | line
    try:
        with product() as client:
            line |= job(client)
            line |= {"ok": not client.errors, "errors": client.errors}
    except ProductError as error:
        line |= {"ok": False, "errors": [str(error)]}
    for name, value in line.items():
        print(f"{name:16} {value}")
    print(json.dumps(line))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.product")
    jobs = parser.add_subparsers(dest="job", required=True)
    staffing = jobs.add_parser("staffing", help="import, propose, accept all, export")
    staffing.add_argument("instance", type=Path)
    staffing.add_argument("--seconds", type=int, default=60)
    staffing.add_argument("--seed", type=int, default=1)
    staffing.add_argument("--answer", type=Path, required=True)
    staffing.set_defaults(prepare=_staffing)
    capacity = jobs.add_parser("capacity", help="import, plan three objectives, adopt, report")
    capacity.add_argument("nodes", type=Path)
    capacity.add_argument("--workloads", type=Path, required=True)
    capacity.add_argument("--seconds", type=int, default=30)
    capacity.set_defaults(prepare=_capacity)
    training = jobs.add_parser("training", help="upload, train, watch, cancel a second run")
    training.add_argument("data", type=Path)
    training.add_argument("--recipe", default="seed-mlp")
    training.add_argument("--seed", type=int, default=0)
    training.add_argument("--label", default="label")
    training.set_defaults(prepare=_training)
    return parser


def _staffing(given: argparse.Namespace) -> tuple[dict[str, Any], Job]:
    instance = instances.read(given.instance)
    instances.problem_of(instance)

    def job(client: Client) -> dict[str, Any]:
        return product_staffing.staff(client, instance, given.seconds, given.seed, given.answer)

    return {"instance": given.instance.name}, job


def _capacity(given: argparse.Namespace) -> tuple[dict[str, Any], Job]:
    nodes = capacity_files.read_nodes(given.nodes)
    runs, skipped = capacity_files.read_runs(given.workloads)

    def job(client: Client) -> dict[str, Any]:
        return product_capacity.plan(client, nodes, runs, given.seconds)

    return {"instance": given.nodes.name, "skipped": skipped}, job


def _training(given: argparse.Namespace) -> tuple[dict[str, Any], Job]:
    data = given.data.read_bytes()

    def job(client: Client) -> dict[str, Any]:
        return product_training.train(
            client, given.data.name, data, recipe=given.recipe, seed=given.seed, label=given.label
        )

    return {"data": given.data.name}, job


if __name__ == "__main__":
    sys.exit(main())
