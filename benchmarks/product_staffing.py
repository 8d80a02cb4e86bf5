"""A neutral staffing instance through the running product: import, propose, accept all, export."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import instances, staffing_files
from benchmarks.running import USER, Client, Stopwatch, finished


def staff(
    client: Client, instance: instances.Instance, seconds: int, seed: int, answer: Path
) -> dict[str, Any]:
    """One company through the product; writes the answer and returns the figures."""
    start = staffing_files.start_of(datetime.now(UTC).date())
    took: dict[str, float] = {}
    with Stopwatch(took, "import"):
        for kind, text in staffing_files.people_files(instance, start, USER):
            _import(client, "/api/v1/roles/import/", kind, text)
        for kind, text in staffing_files.project_files(instance, start, USER):
            _import(client, "/api/v1/projects/import/", kind, text)
    with Stopwatch(took, "propose"):
        run = _propose(client, instance, seconds, seed)
    rows = client.call("GET", f"/api/v1/projects/staffing-runs/{run['id']}/rows/")
    with Stopwatch(took, "accept"):
        path = f"/api/v1/projects/staffing-runs/{run['id']}/accept/"
        done = client.call("POST", path, {"rows": "all"})
    with Stopwatch(took, "export"):
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
    run = client.call(
        "POST",
        "/api/v1/projects/staffing-runs/",
        {
            "projects": [f"j{index}" for index in range(len(instance["projects"]))],
            "seconds": seconds,
            "seed": seed,
        },
    )
    return finished(client, "/api/v1/projects/staffing-runs/", run, seconds + 60)
