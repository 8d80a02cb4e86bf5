"""The kernel's answer to rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import ngettext

from capacity.bridge.units import CENTS, money, shown
from capacity.models import (
    Allocation,
    CapacityPlan,
    Incumbent,
    LeftOut,
    Objective,
    PlanWeek,
    Pool,
    Workload,
)
from teamhub import weeks
from teamhub.errors import Conflict
from teamhub.runs.frozen import thaw

BATCH = 500
PART = Decimal("0.001")  # of a device
FIGURES = (
    "as_of",
    "rows_sha256",
    "method",
    "n_workloads",
    "n_served",
    "n_values_assumed",
    "core_proven",
    "served_device_weeks",
    "shortage_device_weeks",
    "inherited",
    "objective_value",
    "bound",
    "value",
    "cost",
    "net_value",
    "weighted_cost",
    "efficiency",
)


def record_incumbent(plan: CapacityPlan, line: dict[str, Any]) -> None:
    """One point of the curve."""
    if line.get("type") != "incumbent":
        return
    objective = Objective(plan.objective)
    Incumbent.objects.create(
        run=plan,
        attempt=plan.attempt,
        step=plan.curve.filter(attempt=plan.attempt).count(),
        seconds=line["seconds"],
        objective=shown(objective, line["objective"]) or 0,
        bound=shown(objective, line.get("bound")),
    )


def store_plan(plan: CapacityPlan, result: dict[str, Any]) -> None:
    """Write rows and figures of a plan; the caller's transaction sets SUCCEEDED."""
    job = thaw(plan.input_file)
    _refuse_lost_pools(job)
    # Work may have gone while the solver ran: its devices are free then.
    workloads = set(Workload.objects.values_list("pk", flat=True))
    start = date.fromisoformat(job["start_on"])
    given = [
        row
        for row in _allocations(plan, result["allocations"], start)
        if row.workload_id in workloads
    ]
    Allocation.objects.bulk_create(given, batch_size=BATCH)
    lacks = {(row["week"], int(row["pool"])): row["devices"] for row in result["shortage"]}
    PlanWeek.objects.bulk_create(_weeks(plan, job, result, lacks, start), batch_size=BATCH)
    left_out = [row for row in _left_out(plan, job, result, start) if row.workload_id in workloads]
    LeftOut.objects.bulk_create(left_out, batch_size=BATCH)
    _figures(plan, job, result)
    plan.n_served = len({row.workload_id for row in given})
    plan.n_workloads = plan.n_served + len(left_out)
    plan.shortage_device_weeks = sum(lacks.values())
    plan.save(update_fields=FIGURES)


def _refuse_lost_pools(job: Mapping[str, Any]) -> None:
    """Work that was placed in a pool that has gone would be neither served nor left out."""
    there = set(Pool.objects.values_list("pk", flat=True))
    lost = [pk for pk in job["pools"] if pk not in there]
    if lost:
        raise Conflict(
            ngettext(
                "A pool was removed while the plan was computed. Compute it again.",
                "%(n)d pools were removed while the plan was computed. Compute it again.",
                len(lost),
            )
            % {"n": len(lost)},
            code="pools_removed",
        )


def _allocations(
    plan: CapacityPlan, rows: Iterable[Mapping[str, Any]], start: date
) -> Iterable[Allocation]:
    for row in rows:
        devices = Decimal(repr(float(row["devices"]))).quantize(PART, ROUND_HALF_UP)
        if devices > 0:
            yield Allocation(
                plan=plan,
                workload_id=int(row["workload"]),
                pool_id=int(row["pool"]),
                start_on=weeks.add_weeks(start, row["start"]),
                end_on=weeks.add_weeks(start, row["end"]),
                devices=devices,
                source=Allocation.Source.PLAN,
            )


def _weeks(
    plan: CapacityPlan,
    job: Mapping[str, Any],
    result: Mapping[str, Any],
    lacks: Mapping[tuple[int, int], float],
    start: date,
) -> Iterable[PlanWeek]:
    priced = plan.objective == Objective.NET_VALUE  # else a price is no money
    prices = {(row["week"], int(row["pool"])): row["price"] for row in result["shadow_prices"]}
    known = priced and bool(prices)
    for column, pool in enumerate(job["pools"]):
        for week, there in enumerate(job["there"][column]):
            yield PlanWeek(
                plan=plan,
                pool_id=pool,
                week_on=weeks.add_weeks(start, week),
                supply=there,
                held=job["held"][column][week],
                served=max(0.0, round(result["weeks"]["used"][week][column], 6)),
                shortage=max(0.0, lacks.get((week, pool), 0.0)),
                shadow_price=prices.get((week, pool), 0.0) / CENTS if known else None,
            )


def _left_out(
    plan: CapacityPlan, job: Mapping[str, Any], result: Mapping[str, Any], start: date
) -> Iterable[LeftOut]:
    core = set(result["core"])
    about = {str(row["id"]): row for row in job["workloads"]}
    somewhere = {row["key"] for row in job["problem"]["workloads"] if row["needs"]}
    in_money = plan.objective == Objective.NET_VALUE
    for row in result["left_out"]:
        line = about[row["workload"]]
        why = reason(row, start, in_money=in_money)
        if why["rule"] == "no_pool" and row["workload"] in somewhere:
            why["rule"] = "too_short"  # a pool could run it, but not within what is left
        yield LeftOut(
            plan=plan,
            workload_id=line["id"],
            must_serve=line["must_serve"],
            in_core=row["workload"] in core,
            reasons=[why],
            value=Decimal(line["value"]),
        )
    for line in job["workloads"]:
        if line["reason"]:
            yield LeftOut(
                plan=plan,
                workload_id=line["id"],
                must_serve=line["must_serve"],
                reasons=[{"rule": line["reason"]}],
                value=Decimal(line["value"]),
            )


def reason(row: Mapping[str, Any], start: date, *, in_money: bool) -> dict[str, Any]:
    """Why the kernel left a workload out, with ids of rows and days; what it would add in money."""
    near, gain = row["nearest"], row["gain"]
    return {
        "rule": row["reason"],
        "gain": gain / CENTS if in_money and gain is not None else None,
        "nearest": None if near is None else _place(near, start),
        "helps": [{"kind": one["kind"]} | _place(one, start) for one in row["helps"]],
    }


def _place(row: Mapping[str, Any], start: date) -> dict[str, Any]:
    place: dict[str, Any] = {
        "pool": int(row["pool"]),
        "start_on": weeks.add_weeks(start, row["start"]).isoformat(),
        "end_on": weeks.add_weeks(start, row["end"]).isoformat(),
    }
    for name in ("devices", "device_weeks"):
        if row.get(name) is not None:
            place[name] = row[name]
    if "short" in row:
        place["short"] = [
            [weeks.add_weeks(start, week).isoformat(), devices] for week, devices in row["short"]
        ]
    return place


def _figures(plan: CapacityPlan, job: Mapping[str, Any], result: Mapping[str, Any]) -> None:
    """Where nothing was found in the time, there is nothing to measure."""
    objective = Objective(plan.objective)
    measures, totals = result["measures"] or {}, result["totals"] or {}
    plan.as_of = datetime.fromisoformat(job["as_of"])
    plan.rows_sha256, plan.method = job["rows_sha256"], result["method"]
    plan.n_values_assumed = sum(1 for row in job["workloads"] if row["assumed"])
    plan.core_proven = result["core_proven"] if result["core"] else None
    plan.served_device_weeks = totals.get("device_weeks", 0.0)
    plan.inherited = job["inherited"]
    plan.objective_value = shown(objective, result["objective"])
    plan.bound = shown(objective, result["bound"])
    plan.value, plan.cost = money(totals.get("value")), money(totals.get("cost"))
    plan.net_value = money(measures.get("net_value"))
    plan.weighted_cost = shown(Objective.WEIGHTED_COST, measures.get("weighted_cost"))
    plan.efficiency = shown(Objective.EFFICIENCY, measures.get("efficiency"))
