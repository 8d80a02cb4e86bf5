"""Lists of plans, and the rows of a plan: which of them each group finds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from capacity.models import CapacityPlan
from teamhub import weeks
from tests.integration.permissions.rows import View, Who, column, ids, links, pks
from tests.integration.permissions.rows_capacity import projects_of
from tests.integration.permissions.scene import Scene, figure
from tests.integration.permissions.scene_plans import MONEY, CapacityPlans
from tests.integration.permissions.walker import Answer

COMPUTES = {"administrator", "manager", "planner"}
READS = COMPUTES | {"executive", "viewer", "api client"}
API = "/api/v1/capacity/plans/"


def runs(who: Who) -> Any:
    """Plans that they see: what came out to all readers, what is under way to who computes."""
    if who.group in COMPUTES:
        return CapacityPlan.objects.all()
    if who.group in READS:
        return CapacityPlan.objects.filter(status="succeeded")
    return CapacityPlan.objects.none()


def sees_prices(who: Who) -> bool:
    return who.group in COMPUTES


def hidden(who: Who) -> list[str]:
    return [] if who.group in COMPUTES else [figure(*MONEY)]


def reads(who: Who) -> int:
    return 200 if who.group in READS else 404


def _of(path: str) -> Callable[[Scene], str]:
    return lambda scene: path.format(plan=CapacityPlans.of(scene).plan.pk)


def _projects(who: Who) -> list[str]:
    return sorted(projects_of(who))


def _in_json(answer: Answer) -> list[Any]:
    return [row["project"] for row in answer.json()["rows"]]


def _weeks(answer: Answer) -> list[Any]:
    return [row["week"] for row in answer.json()["rows"]]


def plan_views() -> list[View]:
    report = f"{API}{{plan}}/report/"
    schedule = r'name="workload" value="(\d+)"'
    return [
        View(API, ids, lambda who: pks(runs(who))),
        View("/capacity/plans/", links(r'href="/capacity/plans/([0-9a-f-]{36})/"'), _listed),
        View(_of(f"{report}?table=allocations"), _in_json, _projects, status=reads),
        View(_of(f"{report}?table=left_out"), _in_json, _projects, status=reads),
        View(
            _of(f"{report}?format=csv&table=allocations"),
            column("project"),
            _projects,
            status=reads,
        ),
        # Sums are of all projects, for all readers.
        View(_of(report), _weeks, _of_weeks, status=reads),
        View(_of("/capacity/plans/{plan}/"), links(schedule), _ticks, status=reads),
    ]


def _listed(who: Who) -> list[str]:
    return pks(runs(who))


def _of_weeks(who: Who) -> list[str]:
    plan = CapacityPlans.of(who.scene).plan
    return [weeks.iso_label(row.week_on) for row in plan.pool_weeks.all()]


def _ticks(who: Who) -> list[str]:
    """Boxes to adopt with are for those who may."""
    rows = CapacityPlans.of(who.scene).rows.values()
    return (
        [str(row.workload_id) for row in rows] if who.group in {"administrator", "planner"} else []
    )
