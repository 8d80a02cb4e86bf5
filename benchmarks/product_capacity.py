"""An estate and published runs through the running product: import, plan, adopt, report."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from benchmarks import capacity_files
from benchmarks.members import member
from benchmarks.running import USER, Client, ProductError, Stopwatch, finished

OBJECTIVES = ("net_value", "weighted_cost", "efficiency")
PLANS = "/api/v1/capacity/plans/"
MEASURES = ("net_value", "weighted_cost", "efficiency", "bound", "gap")


def plan(
    client: Client,
    nodes: capacity_files.Nodes,
    runs: Sequence[dict[str, str]],
    seconds: int,
) -> dict[str, Any]:
    """One estate through the product; returns the figures of the last line."""
    start = _next_monday(datetime.now(UTC).date())
    took: dict[str, float] = {}
    with Stopwatch(took, "import"):
        for place, files in (
            ("roles", capacity_files.company_files(USER)),
            ("projects", capacity_files.project_files(start, USER)),
            ("capacity", capacity_files.estate_files(nodes, runs, start)),
        ):
            for kind, text in files:
                fields = {"kind": kind, "create_missing": "1"}
                client.upload(f"/api/v1/{place}/import/", fields, f"{kind}.csv", text)
    totals = _totals(client)
    if totals != (len(nodes.rows), nodes.n_devices):
        client.errors.append(f"{totals} nodes and devices after import, not as in the file")
    plans = {}
    with Stopwatch(took, "plan"):
        for objective in OBJECTIVES:
            plans[objective] = _compute(client, objective, start, seconds)
    with Stopwatch(took, "adopt"):
        done = client.call("POST", f"{PLANS}{plans['net_value']['id']}/adopt/", {"rows": "all"})
    with Stopwatch(took, "report"):
        report_rows = _report(client, plans["net_value"]["id"])
    for objective in OBJECTIVES:
        _best_under_its_own(client, plans, objective)
    return {
        "seconds": {name: round(value, 2) for name, value in took.items()},
        "nodes": totals[0],
        "devices": totals[1],
        "stand_ins": {
            model: key for model, key in capacity_files.STAND_INS.items() if model in nodes.models
        },
        "workloads": len(runs),
        "plans": {
            name: {key: _number(one[key]) for key in MEASURES}
            | {"outcome": one["outcome"], "served": one["served"]}
            for name, one in plans.items()
        },
        "adopted": len(done["adopted"]),
        "refused": len(done["refused"]),
        "report_rows": report_rows,
    }


def _next_monday(today: date) -> date:
    return today + timedelta(days=7 - today.weekday())


def _totals(client: Client) -> tuple[int, int]:
    """Nodes and devices of all pools, as the product counts them."""
    pools = client.call("GET", "/api/v1/capacity/pools/?limit=1000")["results"]
    return sum(one["nodes"] for one in pools), sum(one["devices"] for one in pools)


def _compute(client: Client, objective: str, start: date, seconds: int) -> dict[str, Any]:
    asked = {
        "objective": objective,
        "from": start.isoformat(),
        "weeks": capacity_files.HORIZON_WEEKS,
        "seconds": seconds,
        "seed": 1,
    }
    return finished(client, PLANS, client.call("POST", PLANS, asked), seconds + 120)


def _report(client: Client, plan_id: str) -> int:
    """Read the latest report as an API client does: CSV, JSON, and nothing new the second time."""
    reader = member(client, client.password, "api client", scopes=["read"])
    address = f"{PLANS}latest/report/"
    text = reader.call("GET", f"{address}?format=csv")
    rows = list(csv.DictReader(io.StringIO(text)))
    data = reader.call("GET", f"{address}?format=json")
    if len(data["rows"]) != len(rows):
        client.errors.append(f"the report has {len(rows)} rows as CSV, {len(data['rows'])} as JSON")
    if {row["plan_id"] for row in rows} != {plan_id}:
        client.errors.append("the latest report is not that of the adopted plan")
    again = reader.call("GET", f"{address}?format=json", headers={"If-None-Match": reader.etag})
    if again is not None:
        client.errors.append("an unchanged report was sent again")
    return len(rows)


def _best_under_its_own(client: Client, plans: dict[str, dict[str, Any]], objective: str) -> None:
    """Each plan must be at least as good under its own measure as the other two, within its gap."""
    sign = -1 if objective == "weighted_cost" else 1
    ours = _number(plans[objective][objective])
    if ours is None:
        raise ProductError(f"the plan by {objective} has no figure of that name")
    slack = 1e-6 * max(1.0, abs(ours)) + (plans[objective]["gap"] or 0.0) * abs(ours)
    for other in OBJECTIVES:
        theirs = _number(plans[other][objective])
        # A plan that leaves out what must be served is cheap for no merit.
        if theirs is not None and sign * theirs > sign * ours + slack:
            client.errors.append(f"{other} does better than {objective} under its own measure")


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
