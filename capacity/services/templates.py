"""The default workloads of a project's domain, and what happens to them when phases move."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from capacity import catalog
from capacity.models import Accelerator, Workload
from capacity.services import rows
from capacity.services.workloads import free_key, make, snapshot
from projects.models import Phase, Project
from teamhub import weeks
from teamhub.accounts.models import User
from teamhub.audit import services as audit
from teamhub.errors import Conflict
from teamhub.names import in_active_language


def on_project_created(project: Project, by: User) -> None:
    """A project made from a template brings requirements; one without them starts empty."""
    if project.domain and project.requirements.exists():
        add_default_workloads(project, by=by)


@transaction.atomic
def add_default_workloads(project: Project, *, by: User) -> list[Workload]:
    """Make the workloads of the project's domain, each in the window of its phase."""
    templates = catalog.workloads_of(project.domain)
    phases = {phase.key: phase for phase in project.phases.all()}
    types = _types(templates)
    return [
        _make(project, one, phases[one.phase], types, by)
        for one in templates
        if one.phase in phases
    ]


def _types(templates: list[catalog.WorkloadTemplate]) -> dict[str, Accelerator]:
    wanted = {key for one in templates for key in (one.sized_on, *one.on) if key}
    found = Accelerator.objects.in_bulk(wanted, field_name="key")
    if missing := wanted - found.keys():
        raise Conflict(
            _(
                "The reference data lacks %(keys)s, which the template needs. "
                "An administrator can load it with manage.py seed_reference."
            )
            % {"keys": ", ".join(sorted(missing))},
            code="reference_missing",
        )
    return found


def _make(
    project: Project,
    one: catalog.WorkloadTemplate,
    phase: Phase,
    types: dict[str, Accelerator],
    by: User,
) -> Workload:
    fields: dict[str, Any] = {
        "name_en": one.name_en,
        "name_zh": one.name_zh,
        "note": in_active_language(one.note_en, one.note_zh),
        "phase": phase,
        "kind": one.kind,
        "start_on": phase.start_on,
        "end_on": phase.end_on,
        "sizing": Workload.Sizing.MODEL if one.by_model else Workload.Sizing.DEVICES,
        "devices": one.devices,
        # A shorter phase gets what fits into it; people see it and choose.
        "weeks": None if one.weeks is None else min(one.weeks, phase.n_weeks),
        "params_b": one.params_b,
        "tokens_b": one.tokens_b,
        "sized_on": types[one.sized_on] if one.sized_on else None,
        "must_serve": one.must_serve,
        "priority": one.priority,
        "source": one.source,
    }
    if not one.by_model:
        fields["gang_size"] = one.gang_size
    return make(
        project,
        fields,
        key=free_key(f"{project.key[:30]}-{one.key}"),
        accelerators=[types[key] for key in one.on],
        by=by,
    )


def on_phase_moved(phase: Phase, start_on: date, end_on: date, by: User) -> None:
    """A window that was the whole phase follows it; others were chosen and stay.

    It is never made shorter than the workload's own weeks.
    """
    whole = Workload.objects.select_for_update().filter(
        phase=phase,
        start_on=start_on,
        end_on=end_on,
        status=Workload.Status.OPEN,
    )
    for workload in whole.order_by("pk"):
        before = snapshot(workload)
        least = weeks.add_weeks(phase.start_on, workload.weeks or 1)
        workload.start_on, workload.end_on = phase.start_on, max(phase.end_on, least)
        rows.check(workload)
        workload.version += 1
        workload.save()
        after = snapshot(workload)
        audit.record(by, "workload.change", workload, before=before, after=after)
