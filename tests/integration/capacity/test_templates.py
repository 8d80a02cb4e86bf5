"""A project from a template brings its domain's workloads; their windows follow its phases."""

from __future__ import annotations

from typing import Any

import pytest

from capacity import catalog
from capacity.models import Accelerator, Workload
from capacity.reference import sync_reference
from capacity.services import templates
from projects.catalog import load_domains
from projects.models import Project
from projects.services import phases
from projects.services.projects import create_project
from teamhub.audit.models import AuditEvent
from teamhub.errors import Conflict
from tests.builders import (
    make_accelerator,
    make_department,
    make_phase,
    make_project,
    make_site,
    make_workload,
    monday,
)
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def start(cast: Cast, **fields: Any) -> Project:
    return create_project(
        name="Triage",
        start_on=monday(),
        department=make_department(),
        site=make_site(),
        lead=cast.ada,
        by=cast.ada,
        **{"template": "diagnosis", **fields},
    )


def test_a_project_from_a_template_has_its_domains_workloads_in_their_phases(
    cast: Cast, reference: None
) -> None:
    project = start(cast)

    found = Workload.objects.filter(project=project).select_related("phase")
    made = {one.key: one for one in found}
    wanted = catalog.workloads_of("diagnosis")
    assert set(made) == {f"triage-{one.key}" for one in wanted}
    for one in wanted:
        workload = made[f"triage-{one.key}"]
        assert workload.phase is not None
        assert (workload.phase.key, workload.kind) == (one.phase, one.kind)
        assert (workload.start_on, workload.end_on) == (
            workload.phase.start_on,
            workload.phase.end_on,
        )
        assert workload.must_serve is one.must_serve
    by_model: Any = made["triage-report-finetuning"]
    assert by_model.sizing == "model"
    assert 0 < by_model.device_hours_p10 < by_model.device_hours_p50 < by_model.device_hours_p90
    assert "MODEL_CARD" in by_model.source
    events = AuditEvent.objects.filter(verb="workload.create")
    assert events.count() == len(wanted)


def test_two_projects_of_a_domain_have_workloads_of_their_own(cast: Cast, reference: None) -> None:
    first, second = start(cast), start(cast)

    assert [Workload.objects.filter(project=one).count() for one in (first, second)] == [6, 6]
    assert Workload.objects.values("key").distinct().count() == 12


def test_a_project_without_template_starts_without_workloads(cast: Cast, reference: None) -> None:
    start(cast, template="", domain="diagnosis")

    assert not Workload.objects.exists()


@pytest.mark.parametrize("domain", [one.key for one in load_domains()])
def test_every_domain_can_be_made_even_where_phases_are_short(
    cast: Cast, reference: None, domain: str
) -> None:
    project = make_project(domain=domain)
    for at, key in enumerate(catalog.PHASES):
        make_phase(project, key, start_on=monday(at), end_on=monday(at + 1))

    made = templates.add_default_workloads(project, by=cast.ada)

    assert len(made) == len(catalog.workloads_of(domain))
    assert {one.weeks for one in made} <= {None, 1}


def test_types_that_a_template_names_must_be_there(cast: Cast) -> None:
    project = make_project(domain="industrial-automation", phases=True)

    with pytest.raises(Conflict, match="seed_reference"):
        templates.add_default_workloads(project, by=cast.ada)


# --- phases that move -----------------------------------------------------------------------------


def moved(cast: Cast, phase: Any, first: int, end: int) -> None:
    phases.move_phase(phase, start_on=monday(first), end_on=monday(end), by=cast.ada)


def test_a_window_that_was_the_whole_phase_follows_it(cast: Cast) -> None:
    phase = make_phase(make_project(lead=cast.ada), start_on=monday(), end_on=monday(4))
    whole = make_workload(phase.project, phase=phase, end_on=monday(4))
    own = make_workload(phase.project, phase=phase, end_on=monday(3))
    done = make_workload(phase.project, phase=phase, end_on=monday(4), status="done")

    moved(cast, phase, 2, 8)

    spans = {one.pk: (one.start_on, one.end_on, one.version) for one in Workload.objects.all()}
    assert spans == {
        whole.pk: (monday(2), monday(8), 2),
        own.pk: (monday(), monday(3), 1),
        done.pk: (monday(), monday(4), 1),
    }
    assert AuditEvent.objects.filter(verb="workload.change").count() == 1


def test_a_phase_that_gets_short_leaves_the_workload_its_weeks(cast: Cast) -> None:
    phase = make_phase(make_project(lead=cast.ada), start_on=monday(), end_on=monday(6))
    workload = make_workload(phase.project, phase=phase, end_on=monday(6), weeks=5)

    moved(cast, phase, 1, 3)

    workload.refresh_from_db()
    assert (workload.start_on, workload.end_on) == (monday(1), monday(6))


# --- accelerators ---------------------------------------------------------------------------------


def test_a_second_sync_changes_nothing_and_own_types_stay(db: None) -> None:
    own = make_accelerator("g2", is_own=True)

    first, second = sync_reference(), sync_reference()

    assert len(first.created) == len(catalog.accelerators())
    assert not second.changed
    own.refresh_from_db()
    assert own.retired_on is None


def test_a_type_that_the_file_drops_is_retired_and_comes_back(db: None) -> None:
    types = catalog.accelerators()
    sync_reference()

    gone = sync_reference(types[1:])
    assert gone.retired == [f"accelerator:{types[0].key}"]
    back = sync_reference(types)

    assert f"accelerator:{types[0].key}" in back.updated
    assert not Accelerator.objects.filter(retired_on__isnull=False).exists()


def test_figures_and_source_come_from_the_file(db: None) -> None:
    sync_reference()

    row = Accelerator.objects.get(key="a100-sxm4-80gb")
    assert (row.memory_gb, row.bf16_tflops, row.kind) == (80, 312, "gpu")
    assert row.source
