"""The doors of staffing runs and of questions about them: load, solve in a child, store."""

from __future__ import annotations

from celery import shared_task

from projects import bridge
from projects.models import StaffingRun, StaffingStudy
from teamhub.runs.execution import execute


@shared_task(name=StaffingRun.task)
def propose_team(run_id: str) -> None:
    execute(
        StaffingRun,
        run_id,
        load=bridge.load_staffing,
        module="projects.kernel.staffing.job",
        store=bridge.store_proposal,
        record=bridge.record_incumbent,
    )


@shared_task(name=StaffingStudy.task)
def study_staffing(run_id: str) -> None:
    execute(
        StaffingStudy,
        run_id,
        load=bridge.load_study,
        module="projects.kernel.staffing.study",
        store=bridge.store_study,
    )
