"""Files as the import tests write them, and what the importers say."""

from __future__ import annotations

from typing import Any

from capacity import exporting
from capacity.importers import BY_KIND
from teamhub.web.csv_import import ImportResult

POOLS = "key,name,site,accelerator,nodes,devices_per_node,rate_per_device_hour"
NODES = "key,pool,devices,cpu_cores,memory_gib,start_on,end_on"
WORKLOADS = "key,name,project,phase,kind,start_on,end_on,devices,weeks,must_serve,priority,value"
MODELS = "key,name,project,kind,start_on,end_on,params_b,tokens_b,sized_on,devices"
ALLOCATIONS = "workload,pool,start_on,end_on,devices,state,reason"


def read(kind: str, by: Any, *lines: str, dry_run: bool = False) -> ImportResult:
    data = "\n".join(lines).encode()
    return BY_KIND[kind](by=by).run(data, f"{kind}.csv", dry_run=dry_run)


def errors(result: ImportResult) -> list[tuple[int, str]]:
    return [(error.row, error.column) for error in result.errors]


def exported(kind: str, by: Any) -> bytes:
    content: Any = exporting.export(kind, by).streaming_content
    return b"".join(content)
