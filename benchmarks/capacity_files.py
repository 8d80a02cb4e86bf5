"""A node list and published training runs as the product's import files.

NODES is a CSV (or .csv.gz) with the columns sn, cpu_milli, memory_mib, gpu, model, as the openb
trace of Alibaba has them; nodes without a GPU are left out. RUNS is a CSV with name, params_b,
active_params_b, tokens_b and gpu: what a run trained, and on what.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from benchmarks.staffing_files import table

SITE, ZONE, DEPARTMENT, PROJECT = "openb", "Asia/Shanghai", "lab", "published-runs"
HORIZON_WEEKS = 52
# Types of the trace; G2 and G3 are not disclosed there, so that types of that time stand in.
ACCELERATORS = {
    "P100": "p100-sxm2-16gb",
    "T4": "t4-16gb",
    "V100M16": "v100-sxm2-16gb",
    "V100M32": "v100-sxm2-32gb",
    "A10": "a10-24gb",
    "G2": "a10-24gb",
    "G3": "a100-sxm4-40gb",
}
STAND_INS = {"G2": "a10-24gb", "G3": "a100-sxm4-40gb"}
# What a run was trained on; types that the product does not list are counted on the nearest one.
TRAINED_ON = {
    "A100-80GB": "a100-sxm4-80gb",
    "A100-40GB": "a100-sxm4-40gb",
    "A800": "a800-sxm4-80gb",
    "H100-SXM": "h100-sxm5-80gb",
    "H800": "h800-sxm5-80gb",
    "V100-32GB": "v100-sxm2-32gb",
    "TPUv3": "tpu-v4",
}
# Nobody publishes what the nodes cost; a price that follows the type's power to compute is enough
# to set objectives apart. Currency an hour and device.
RATES = {"P100": 0.4, "T4": 0.35, "V100M16": 0.9, "V100M32": 1.1, "A10": 0.7, "G2": 0.7, "G3": 1.6}
VALUE_PER_TOKEN_B = {"small": 300, "large": 900}  # currency a billion tokens, below and from 10 B
SMALL_B = 10


class BadFile(ValueError):
    """With one line that says what is wrong."""


@dataclass(frozen=True)
class Nodes:
    """The nodes with GPUs of a list."""

    rows: list[dict[str, str]]

    @property
    def n_devices(self) -> int:
        return sum(int(row["gpu"]) for row in self.rows)

    @property
    def models(self) -> Counter[str]:
        return Counter(row["model"] for row in self.rows)


def read_nodes(path: Path) -> Nodes:
    rows = _read(path, {"sn", "cpu_milli", "memory_mib", "gpu", "model"})
    kept = [row for row in rows if row["gpu"].isdigit() and int(row["gpu"]) > 0]
    if not kept:
        raise BadFile(f"{path}: no node with a GPU")
    unknown = {row["model"] for row in kept} - ACCELERATORS.keys()
    if unknown:
        raise BadFile(f"{path}: unknown model {', '.join(sorted(unknown))}")
    return Nodes(kept)


def read_runs(path: Path) -> tuple[list[dict[str, str]], list[dict[str, Any]]]:
    """Runs with a size, and those that are left out with the reason."""
    kept, skipped = [], []
    for line, row in enumerate(_read(path, {"name", "params_b", "tokens_b", "gpu"}), start=2):
        if not row["params_b"] or not row["tokens_b"]:
            skipped.append({"row": line, "reason": "parameters or tokens are not given"})
        elif row["gpu"] not in TRAINED_ON:
            skipped.append({"row": line, "reason": f"unknown device {row['gpu'] or 'blank'}"})
        else:
            kept.append(row)
    if not kept:
        raise BadFile(f"{path}: no run with parameters, tokens and a known device")
    return kept, skipped


def _read(path: Path, needed: set[str]) -> list[dict[str, str]]:
    try:
        raw = path.read_bytes()
        text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError, EOFError) as error:
        raise BadFile(f"{path}: {error}") from None
    reader = csv.DictReader(io.StringIO(text))
    missing = needed - set(reader.fieldnames or ())
    if missing:
        raise BadFile(f"{path}: the header lacks {', '.join(sorted(missing))}")
    return [{key: (value or "").strip() for key, value in row.items() if key} for row in reader]


def company_files(lead: str) -> list[tuple[str, str]]:
    """(kind, CSV) of a department and of one person, whose site the estate stands at."""
    return [
        ("departments", table("key,name,leads", [[DEPARTMENT, "Lab", lead]])),
        (
            "people",
            table(
                "key,name,department,site,time_zone",
                [["keeper", "Keeper of the estate", DEPARTMENT, SITE, ZONE]],
            ),
        ),
    ]


def project_files(start: date, lead: str) -> list[tuple[str, str]]:
    """(kind, CSV) of one project whose training phase lasts the whole horizon."""
    end = start + timedelta(weeks=HORIZON_WEEKS)
    head = "key,name,department,site,lead,status,start_on"
    return [
        (
            "projects",
            table(
                head,
                [[PROJECT, "Published runs", DEPARTMENT, SITE, lead, "active", start.isoformat()]],
            ),
        ),
        (
            "phases",
            table(
                "project,phase,start_on,end_on",
                [[PROJECT, "training", start.isoformat(), end.isoformat()]],
            ),
        ),
    ]


def estate_files(nodes: Nodes, runs: Sequence[dict[str, str]], start: date) -> list[Any]:
    """(kind, CSV) of pools, nodes and workloads."""
    return [
        ("pools", table("key,name,site,accelerator,rate_per_device_hour", _pools(nodes))),
        (
            "nodes",
            table(
                "key,pool,devices,cpu_cores,memory_gib",
                (
                    [
                        row["sn"],
                        _pool(row["model"]),
                        row["gpu"],
                        int(row["cpu_milli"]) / 1000,
                        round(int(row["memory_mib"]) / 1024, 3),
                    ]
                    for row in nodes.rows
                ),
            ),
        ),
        (
            "workloads",
            table(
                "key,name,project,phase,kind,start_on,end_on,params_b,active_params_b,tokens_b,"
                "sized_on,must_serve,value",
                _workloads(runs, start),
            ),
        ),
    ]


def _pool(model: str) -> str:
    return f"openb-{model.lower()}"


def _pools(nodes: Nodes) -> Iterable[list[Any]]:
    for model in sorted(nodes.models):
        yield [_pool(model), f"openb {model}", SITE, ACCELERATORS[model], RATES[model]]


def _workloads(runs: Sequence[dict[str, str]], start: date) -> Iterable[list[Any]]:
    """Runs with their own size; those below 10 B parameters must be served."""
    end = start + timedelta(weeks=HORIZON_WEEKS)
    for index, run in enumerate(runs, start=1):
        params, tokens = float(run["params_b"]), float(run["tokens_b"])
        small = params < SMALL_B
        active = run.get("active_params_b", "")
        yield [
            f"run-{index}",
            run["name"],
            PROJECT,
            "training",
            "pretraining",
            start.isoformat(),
            end.isoformat(),
            run["params_b"],
            "" if active == run["params_b"] else active,
            run["tokens_b"],
            TRAINED_ON[run["gpu"]],
            "yes" if small and tokens <= 2000 else "no",
            round(tokens * params * VALUE_PER_TOKEN_B["small" if small else "large"] / SMALL_B),
        ]
