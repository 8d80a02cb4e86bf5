"""The estate and its demand as CSV: what the importers read, for what the user may see."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.utils.translation import gettext as _

from capacity.models import Allocation, Node, Pool, Workload
from capacity.rights import may_see_device_cost
from teamhub.accounts.models import User
from teamhub.errors import NotFound
from teamhub.web.exports import csv_response

CHUNK = 500
Rows = Iterator[list[Any]]

RATE = "rate_per_device_hour"
POOL_COLUMNS = [
    "key",
    "name",
    "name_zh",
    "site",
    "accelerator",
    "nodes",
    "devices_per_node",
    "cpu_cores",
    "memory_gib",
    "storage_tb",
    "network_gbit_s",
    "power_kw",
    RATE,
    "start_on",
    "end_on",
    "note",
]
NODE_COLUMNS = ["key", "pool", "devices", "cpu_cores", "memory_gib", "start_on", "end_on"]
WORKLOAD_COLUMNS = [
    "key",
    "name",
    "name_zh",
    "project",
    "phase",
    "kind",
    "status",
    "start_on",
    "end_on",
    "sizing",
    "devices",
    "weeks",
    "gang_size",
    "params_b",
    "active_params_b",
    "tokens_b",
    "peak_tokens_per_s",
    "replica_tokens_per_s",
    "mfu_share",
    "sized_on",
    "must_serve",
    "priority",
    "value",
    "accelerators",
    "pools",
    "note",
    "source",
]
ALLOCATION_COLUMNS = [
    "workload",
    "pool",
    "start_on",
    "end_on",
    "devices",
    "state",
    "reason",
    "plan",
]


def export(kind: str, user: User) -> StreamingHttpResponse:
    """One kind of file: rows that the user may see, costs and values only with the right."""
    if kind not in _KINDS:
        raise NotFound(
            _("There is no export of “%(kind)s”. Kinds: %(kinds)s.")
            % {"kind": kind[:40], "kinds": ", ".join(_KINDS)}
        )
    return csv_response(f"{kind}.csv", *_KINDS[kind](user))


Found = tuple[list[str], Rows]


def pools(user: User, found: QuerySet[Pool] | None = None) -> Found:
    """The pools of a list, or all; the rate only to those who may see it."""
    if found is None:
        found = Pool.objects.visible_to(user).order_by("key")
    columns = [name for name in POOL_COLUMNS if may_see_device_cost(user) or name != RATE]
    return columns, _cells(found.select_related("site", "accelerator"), columns, _pool_cell)


def nodes(user: User, found: QuerySet[Node] | None = None) -> Found:
    if found is None:
        found = Node.objects.visible_to(user).order_by("pool__key", "key")
    return NODE_COLUMNS, _cells(found.select_related("pool"), NODE_COLUMNS, _node_cell)


def workloads(user: User, found: QuerySet[Workload] | None = None) -> Found:
    """The workloads of a list, or all; the value only to those who may see all of them."""
    if found is None:
        found = Workload.objects.visible_to(user).order_by("project__key", "key")
    columns = [name for name in WORKLOAD_COLUMNS if may_see_device_cost(user) or name != "value"]
    return columns, _cells(read_workloads(found), columns, workload_cell)


def allocations(user: User, found: QuerySet[Allocation] | None = None) -> Found:
    if found is None:
        found = Allocation.objects.visible_to(user).in_force()
        found = found.order_by("workload__key", "pool__key", "start_on", "pk")
    read = found.select_related("workload", "pool")
    return ALLOCATION_COLUMNS, _cells(read, ALLOCATION_COLUMNS, _allocation_cell)


def read_workloads(found: QuerySet[Workload]) -> QuerySet[Workload]:
    """With all that a row of the file or the API names."""
    return found.select_related("project", "phase", "sized_on").prefetch_related(
        "accelerators", "pools"
    )


def _cells(found: QuerySet[Any], columns: list[str], cell: Callable[[Any, str], Any]) -> Rows:
    for row in found.iterator(chunk_size=CHUNK):
        yield [cell(row, column) for column in columns]


def _pool_cell(pool: Pool, column: str) -> Any:
    match column:
        case "name":
            return pool.name_en
        case "site" | "accelerator":
            return getattr(pool, column).key
        case "nodes":
            return pool.node_count
    return getattr(pool, column)


def _node_cell(node: Node, column: str) -> Any:
    return node.pool.key if column == "pool" else getattr(node, column)


def workload_cell(workload: Workload, column: str) -> Any:
    match column:
        case "name":
            return workload.name_en
        case "project":
            return workload.project.key
        case "phase":
            return workload.phase.key if workload.phase else None
        case "sized_on":
            return workload.sized_on.key if workload.sized_on else None
        case "accelerators" | "pools":
            return sorted(one.key for one in getattr(workload, column).all())
    return getattr(workload, column)


def _allocation_cell(allocation: Allocation, column: str) -> Any:
    match column:
        case "workload" | "pool":
            return getattr(allocation, column).key
        case "plan":
            return str(allocation.plan_id) if allocation.plan_id else None
    return getattr(allocation, column)


_KINDS: dict[str, Callable[[User], Found]] = {
    "pools": pools,
    "nodes": nodes,
    "workloads": workloads,
    "allocations": allocations,
}
KINDS = tuple(_KINDS)
