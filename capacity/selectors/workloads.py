"""Workloads as pages show them: with their allocations and what was measured."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import (
    DecimalField,
    ExpressionWrapper,
    F,
    FloatField,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.functions import Coalesce

from capacity.models import HOURS_PER_WEEK, Allocation, Workload, WorkloadActual
from capacity.rights import may_plan
from projects.models import Project
from projects.registry import WorkloadChoice
from teamhub.accounts.models import User


def read_workloads(user: User) -> QuerySet[Any]:
    """Visible workloads with measured device-seconds and cost."""
    used = WorkloadActual.objects.filter(workload=OuterRef("pk")).order_by().values("workload")
    return (
        Workload.objects.visible_to(user)
        .select_related("project", "phase", "sized_on")
        .annotate(
            used_seconds=Coalesce(
                Subquery(used.annotate(total=Sum("device_seconds")).values("total")),
                0.0,
                output_field=FloatField(),
            ),
            used_cost=Subquery(
                used.annotate(total=Sum("cost")).values("total"),
                output_field=DecimalField(max_digits=18, decimal_places=2),
            ),
            used_hours=ExpressionWrapper(F("used_seconds") / 3600.0, output_field=FloatField()),
        )
        .order_by("project__name", "start_on", "key")
    )


@dataclass(frozen=True)
class Held:
    """Allocations in force of one workload."""

    rows: list[Allocation]

    @property
    def device_weeks(self) -> Decimal:
        return sum((row.device_weeks for row in self.rows), Decimal(0))

    @property
    def device_hours(self) -> float:
        return float(self.device_weeks) * HOURS_PER_WEEK


def held_by(workloads: list[Any], user: User) -> dict[int, Held]:
    """Allocations in force by workload (one query)."""
    rows: dict[int, list[Allocation]] = {workload.pk: [] for workload in workloads}
    found = Allocation.objects.visible_to(user).in_force().filter(workload__in=list(rows))
    for row in found.select_related("pool__accelerator").order_by("start_on", "pool__key"):
        rows[row.workload_id].append(row)
    return {pk: Held(found) for pk, found in rows.items()}


def editable_projects(user: User) -> QuerySet[Project]:
    """Projects whose workloads the user may write."""
    if may_plan(user):
        return Project.objects.detail_visible_to(user)
    return Project.objects.editable_by(user)


def choices(user: User, project: Project) -> list[WorkloadChoice]:
    """Open workloads as other apps may name them: a training run, a gate."""
    rows = Workload.objects.visible_to(user).open().filter(project=project, phase__isnull=False)
    return [
        WorkloadChoice(row.key, row.name, row.phase_id or 0)
        for row in rows.order_by("start_on", "key")
    ]
