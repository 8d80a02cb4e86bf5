"""Lists of workloads, allocations, pools and nodes: which rows each group finds in them."""

from __future__ import annotations

from typing import Any

from capacity.models import Allocation, Node, Pool, Workload
from tests.integration.permissions.probes_capacity import ALL
from tests.integration.permissions.rows import View, Who, column, ids, keys, links, pks
from tests.integration.permissions.scene import figure
from tests.integration.permissions.scene_capacity import RATE, VALUE
from tests.integration.permissions.scene_projects import side_of

API = "/api/v1/capacity/"


def projects_of(who: Who) -> set[str]:
    """Keys of the projects whose workloads they see."""
    if who.group in ALL:
        return {"alpha", "beta", "gamma"}
    if who.is_steward:
        return {"alpha"}
    if who.group in {"engineer", "ml engineer"}:
        return {"alpha", "gamma"}
    if who.group not in {"reviewer", "legal"}:
        return set()
    return {word for word in ("alpha", "gamma") if side_of(who.group, word) == "check"}


def sees_values(who: Who) -> bool:
    """Values of some workloads: `hidden` has the amounts of the others."""
    return who.is_steward or who.group in {"administrator", "manager", "planner"}


def hidden(who: Who) -> list[str]:
    """Rates and values: for managers, planners, administrators; values of one's own for leads."""
    if who.group in {"administrator", "manager", "planner"}:
        return []
    led = {"alpha"} if who.is_steward else set()
    return [figure(RATE), *(figure(value) for word, value in VALUE.items() if word not in led)]


def _workloads(who: Who) -> Any:
    return Workload.objects.filter(project__key__in=projects_of(who))


def _allocations(who: Who) -> Any:
    """Those in force: what a plan only proposes stands in the plan."""
    return Allocation.objects.filter(plan=None, workload__project__key__in=projects_of(who))


def capacity_views() -> list[View]:
    return [
        View(
            "/capacity/workloads/",
            links(r'<th scope="row"[^>]*><a href="/capacity/workloads/(\d+)/'),
            lambda who: pks(_workloads(who)),
        ),
        View(
            "/capacity/workloads/",
            links(r'<th scope="row"[^>]*><a href="/capacity/workloads/(\d+)/'),
            lambda who: pks(_workloads(who)),
            root="workload-list",
        ),
        View("/capacity/workloads/?format=csv", column("key"), lambda who: keys(_workloads(who))),
        View(f"{API}workloads/", ids, lambda who: pks(_workloads(who))),
        View(f"{API}workloads/?format=csv", column("key"), lambda who: keys(_workloads(who))),
        View(f"{API}export/workloads/", column("key"), lambda who: keys(_workloads(who))),
        View(f"{API}allocations/", ids, lambda who: pks(_allocations(who))),
        View(
            "/capacity/allocations/",
            links(r'<th scope="row"><a href="/capacity/workloads/(\d+)/'),
            lambda who: [str(row.workload_id) for row in _allocations(who)],
        ),
        View(
            f"{API}export/allocations/",
            column("workload"),
            lambda who: [row.workload.key for row in _allocations(who)],
        ),
        View(f"{API}pools/", ids, lambda _who: pks(Pool.objects.all())),
        View(f"{API}nodes/", ids, lambda _who: pks(Node.objects.all())),
        View("/capacity/export/pools/", column("key"), lambda _who: keys(Pool.objects.all())),
        View("/capacity/export/nodes/", column("key"), lambda _who: keys(Node.objects.all())),
    ]
