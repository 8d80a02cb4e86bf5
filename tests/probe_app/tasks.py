from __future__ import annotations

from typing import Any

from celery import shared_task
from django.db.models import F

from teamhub.errors import Conflict
from teamhub.runs import services as runs
from tests.probe_app.models import OtherRun, ProbeIncumbent, ProbePart, ProbeRun

KERNEL = "tests.probe_app.kernel"


def load(run: ProbeRun) -> dict[str, Any]:
    if run.params.get("refuse"):
        raise Conflict("The rows do not fit together.")
    return {"seed": run.seed, **run.params}


def store(run: ProbeRun, result: dict[str, Any]) -> None:
    for number in range(result["parts"]):
        ProbePart.objects.create(run=run, number=number)
    if run.params.get("break_store"):
        raise KeyError("store")
    ProbeRun.objects.filter(pk=run.pk).update(total=result["total"])


def record(run: ProbeRun, line: dict[str, Any]) -> None:
    ProbeIncumbent.objects.create(
        run=run,
        attempt=run.attempt,
        step=line["step"],
        seconds=line["seconds"],
        objective=line["objective"],
        bound=line["bound"],
    )


@shared_task(name=ProbeRun.task)
def probe(run_id: str) -> None:
    runs.execute(ProbeRun, run_id, load=load, module=KERNEL, store=store, record=record)


def count(run: OtherRun, result: dict[str, Any]) -> None:
    OtherRun.objects.filter(pk=run.pk).update(stored=F("stored") + 1)


@shared_task(name=OtherRun.task)
def other(run_id: str) -> None:
    runs.execute(OtherRun, run_id, load=lambda run: run.params, module=KERNEL, store=count)
