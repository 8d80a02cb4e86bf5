"""The door of a capacity plan: load, solve in a child, store."""

from __future__ import annotations

from celery import shared_task

from capacity import bridge
from capacity.models import CapacityPlan
from teamhub.runs.execution import execute


@shared_task(name=CapacityPlan.task)
def compute_plan(run_id: str) -> None:
    execute(
        CapacityPlan,
        run_id,
        load=bridge.load_plan,
        module="capacity.kernel.job",
        store=bridge.store_plan,
        record=bridge.record_incumbent,
    )
