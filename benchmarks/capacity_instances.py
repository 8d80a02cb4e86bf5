"""Capacity instances of the benchmark: read one, make one, turn one into the kernel's problem.

The format of the files is described in `benchmarks.capacity_plan`.
"""

from __future__ import annotations

import gzip
import json
import math
from pathlib import Path
from typing import Any

import numpy as np

from capacity.kernel.problem import (
    CapacityProblem,
    CapacitySolution,
    InvalidProblem,
    Need,
    Pool,
    Purchase,
    Shape,
    Workload,
)

Instance = dict[str, Any]
WEEKS = 52
HOURS = 168  # of a week
NODE = 8  # devices
# Devices, work that one does beside a reference device, and what it costs an hour: ten pools from
# small and old to large and new.
ESTATE = (
    (64, 0.3, 0.35),
    (128, 0.3, 0.40),
    (256, 0.45, 0.60),
    (256, 1.0, 1.30),
    (512, 1.0, 1.40),
    (512, 1.0, 1.20),
    (1024, 2.6, 2.40),
    (1024, 2.6, 2.60),
    (2048, 2.6, 2.20),
    (4096, 5.0, 4.50),
)
LOAD = 1.3  # work asked for, as a multiple of what the estate can do
KINDS, KIND_SHARES = ("gang", "service", "batch"), (0.5, 0.2, 0.3)
PRIORITIES, PRIORITY_SHARES = (1, 2, 4, 8), (0.4, 0.3, 0.2, 0.1)
VALUE = 350.0  # money for a reference device-week at priority 1
BUY_EVERY = 4  # weeks between two chances to buy


class BadInstance(ValueError):
    """The file is no instance; the message says why in one line."""


# --- reading ------------------------------------------------------------------------------


def read(path: Path) -> Instance:
    """Read an instance, packed or not."""
    try:
        raw = path.read_bytes()
        text = gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw
        instance = json.loads(text)
    except OSError as error:
        raise BadInstance(f"{path}: cannot be read ({error.strerror or error})") from error
    except (EOFError, ValueError, RecursionError) as error:
        raise BadInstance(f"{path}: is not JSON ({error})") from error
    if not isinstance(instance, dict):
        raise BadInstance(f"{path}: is not a JSON object")
    missing = [key for key in ("weeks", "pools", "jobs") if key not in instance]
    if missing:
        raise BadInstance(f"{path}: lacks {', '.join(missing)}")
    return instance


def write(path: Path, instance: Instance) -> None:
    """Write an instance, packed where the name ends in .gz."""
    text = json.dumps(instance).encode()
    # Without a time stamp, so that equal instances are equal files.
    path.write_bytes(gzip.compress(text, mtime=0) if path.suffix == ".gz" else text)


def problem_of(instance: Instance) -> CapacityProblem:
    """The instance as the kernel's problem."""
    where = "instance"
    try:
        pools, capacity = _pools(instance)
        workloads = []
        for number, job in enumerate(instance["jobs"]):
            where = f"job {number}"
            workloads.append(_workload(number, job, len(pools)))
        purchases = []
        for number, offer in enumerate(instance.get("purchases", ())):
            where = f"purchase {number}"
            purchases.append(_purchase(number, offer))
        return CapacityProblem(capacity, pools, tuple(workloads), tuple(purchases))
    except InvalidProblem as error:
        raise BadInstance(str(error)) from error
    except KeyError as error:
        raise BadInstance(f"{where} lacks {error}") from error
    except (TypeError, ValueError, IndexError, AttributeError, OverflowError) as error:
        raise BadInstance(f"{where} is malformed: {error}") from error


def _pools(instance: Instance) -> tuple[tuple[Pool, ...], Any]:
    weeks = _whole(instance["weeks"])
    rows, pools = [], []
    for number, pool in enumerate(instance["pools"]):
        capacity = pool["capacity"]
        if len(capacity) != weeks:
            raise InvalidProblem(f"pool {number}: capacity for {len(capacity)} of {weeks} weeks")
        rows.append([_whole(devices) for devices in capacity])
        node = _whole(pool.get("node_devices", NODE))
        pools.append(Pool(str(pool.get("name", number)), node_devices=node))
    return tuple(pools), np.array(rows, dtype=np.int64).reshape(len(pools), weeks).T


def _workload(number: int, job: dict[str, Any], n_pools: int) -> Workload:
    pools = [_whole(pool) for pool in job["pools"]]
    shape = Shape(job["kind"])
    each = {
        name: _per_pool(job, name, len(pools))
        for name in ("gang", "weeks", "volume", "most_per_week", "cost")
    }
    for pool in pools:
        if not 0 <= pool < n_pools:
            raise InvalidProblem(f"job {number}: no pool {pool}")
    needs = []
    for i, pool in enumerate(pools):
        if shape is Shape.BATCH:
            sizes = {"devices": _whole(each["most_per_week"][i]), "volume": each["volume"][i]}
        elif shape is Shape.GANG:
            sizes = {"devices": _whole(each["gang"][i]), "weeks": _whole(each["weeks"][i])}
        else:
            sizes = {"devices": _whole(each["gang"][i])}
        needs.append(Need(pool, cost=float(each["cost"][i] or 0), **sizes))
    start, end = job["window"]
    return Workload(
        key=str(job.get("name", number)),
        shape=shape,
        needs=tuple(needs),
        start=_whole(start),
        end=_whole(end),
        value=float(job.get("value", 0)),
        priority=_whole(job.get("priority", 1)),
        must_serve=bool(job.get("must_serve", False)),
    )


def _per_pool(job: dict[str, Any], name: str, n: int) -> list[Any]:
    given = job.get(name)
    values = list(given) if isinstance(given, list) else [given] * n
    if len(values) != n:
        raise ValueError(f"{name} has {len(values)} entries for {n} pools")
    return values


def _purchase(number: int, offer: dict[str, Any]) -> Purchase:
    return Purchase(
        key=str(offer.get("name", number)),
        pool=_whole(offer["pool"]),
        devices=_whole(offer.get("node_devices", NODE)),
        landing=tuple(_whole(week) for week in offer["weeks"]),
        cost=tuple(float(cost) for cost in offer["cost"]),
        max_nodes=_whole(offer["max_nodes"]),
    )


def _whole(number: Any) -> int:
    if isinstance(number, bool) or not isinstance(number, int | float) or number != int(number):
        raise ValueError(f"{number!r} is not a whole number")
    return int(number)


# --- the answer ---------------------------------------------------------------------------


def answer_of(problem: CapacityProblem, solution: CapacitySolution) -> dict[str, Any]:
    """The plan as the answer file has it."""
    jobs: list[dict[str, Any] | None] = []
    for workload, given in zip(problem.workloads, solution.allocations, strict=True):
        if not given:
            jobs.append(None)
        elif workload.shape is Shape.BATCH:
            cells = [
                [each.pool, week, each.devices]
                for each in given
                for week in range(each.start, each.end)
            ]
            jobs.append({"devices": cells})
        else:
            jobs.append({"pool": given[0].pool, "start": given[0].start})
    bought = [list(counts) for counts in solution.bought]
    return {"jobs": jobs, "bought": bought}


# --- making -------------------------------------------------------------------------------


def generate(n_jobs: int, seed: int, *, must_serve: bool = False) -> Instance:
    """An estate of ten pools over a year, and demand for 1.3 times what it can do.

    Half the jobs are gangs, a fifth services, the rest batches; sizes are log-normal, values follow
    priority. With `must_serve` the estate is half as large, the jobs of lowest priority are left
    out, all others must run, and nodes can be bought every four weeks at their price for the rest
    of the year; running them costs nothing more.
    """
    rng = np.random.default_rng(seed)
    capacity = _estate(rng, max(1, n_jobs // 500))
    speeds = np.array([speed for _, speed, _ in ESTATE])
    average = LOAD * float((capacity * speeds[:, None]).sum()) / n_jobs
    drawn = [_job(rng, number, average, capacity) for number in range(n_jobs)]
    instance: Instance = {"weeks": WEEKS, "jobs": drawn, "purchases": []}
    if must_serve:
        capacity = capacity // (2 * NODE) * NODE
        instance["jobs"] = [_required(job) for job in drawn if job["priority"] > 1]
        instance["purchases"] = [_offer(pool) for pool in range(len(ESTATE))]
    else:
        # What not even the largest week of a pool can hold is no job for it.
        peak = capacity.max(axis=1)
        instance["jobs"] = [_where_it_fits(job, peak) for job in drawn]
    instance["pools"] = [
        {"name": f"pool {p}", "node_devices": NODE, "capacity": row.tolist()}
        for p, row in enumerate(capacity)
    ]
    return instance


def _estate(rng: np.random.Generator, scale: int) -> Any:
    """Devices of shape (n_pools, n_weeks): maintenance halves a pool, some grow in the year."""
    rows = []
    for devices, _, _ in ESTATE:
        row = np.full(WEEKS, float(devices * scale))
        week = int(rng.integers(4, WEEKS - 4))
        row[week : week + int(rng.integers(1, 3))] *= 0.5
        if rng.random() < 0.4:
            row[int(rng.integers(10, 40)) :] *= 1.5
        rows.append(row)
    return (np.array(rows) // NODE * NODE).astype(np.int64)


def _job(rng: np.random.Generator, number: int, average: float, capacity: Any) -> dict[str, Any]:
    kind = str(rng.choice(KINDS, p=KIND_SHARES))
    work = average * float(rng.lognormal(-0.5, 1.0))
    pools = sorted(rng.choice(len(ESTATE), int(rng.integers(1, 5)), replace=False).tolist())
    start = int(rng.integers(0, WEEKS - 4))
    end = min(WEEKS, start + int(rng.integers(3, 26)))
    priority = int(rng.choice(PRIORITIES, p=PRIORITY_SHARES))
    job: dict[str, Any] = {
        "name": f"job {number}",
        "kind": kind,
        "pools": pools,
        "window": [start, end],
        "priority": priority,
        "value": round(work * priority * float(rng.uniform(0.7, 1.5)) * VALUE, 2),
        "cost": [round(ESTATE[p][2] * HOURS, 2) for p in pools],
        "must_serve": False,
    }
    needed = [work / ESTATE[p][1] for p in pools]  # device-weeks
    length = end - start
    if kind == "gang":
        weeks = max(1, round(length * float(rng.uniform(0.25, 0.8))))
        job["weeks"] = weeks
        job["gang"] = [math.ceil(volume / weeks / NODE) * NODE for volume in needed]
    elif kind == "service":
        job["gang"] = [math.ceil(volume / length) for volume in needed]
    else:
        job["volume"] = [round(volume, 3) for volume in needed]
        slack = float(rng.uniform(1.5, 4))
        job["most_per_week"] = [math.ceil(volume / length * slack) for volume in needed]
    return job


def _where_it_fits(job: dict[str, Any], peak: Any) -> dict[str, Any]:
    if job["kind"] == "batch":
        return job
    keep = [i for i, p in enumerate(job["pools"]) if job["gang"][i] <= peak[p]]
    return job | {name: [job[name][i] for i in keep] for name in ("pools", "gang", "cost")}


def _required(job: dict[str, Any]) -> dict[str, Any]:
    return job | {"must_serve": True, "cost": [0.0] * len(job["pools"])}


def _offer(pool: int) -> dict[str, Any]:
    weeks = list(range(0, WEEKS, BUY_EVERY))
    price = ESTATE[pool][2] * HOURS * NODE  # a week
    return {
        "name": f"nodes for pool {pool}",
        "pool": pool,
        "node_devices": NODE,
        "weeks": weeks,
        "cost": [round(price * (WEEKS - week), 2) for week in weeks],
        "max_nodes": 100_000,
    }
