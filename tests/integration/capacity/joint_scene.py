"""A training phase whose people are there, for tests of people and devices in one grid."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from capacity.selectors.joint import PhaseLines, phase_lines
from projects.models import Phase
from tests.builders import (
    make_assignment,
    make_person,
    make_phase,
    make_project,
    make_role,
    make_seat,
    make_slot,
    make_workload,
    monday,
)
from tests.cast import Cast


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The tests' first Monday: pages speak of this week."""
    from django.utils import timezone

    monkeypatch.setattr(timezone, "localdate", lambda *args: monday())
    return monday()


@pytest.fixture
def phase(cast: Cast) -> Phase:
    """Training, weeks 0 to 4: two full-time slots, both held, Bo in one of them."""
    project = make_project("Vision QA", lead=cast.ada)
    phase = make_phase(project, "training", start_on=monday(), end_on=monday(4))
    for person in (
        make_person("Bo Larsen", user=cast.bo, rate_per_fte_week=2000),
        make_person("Lin Wei", rate_per_fte_week=4000),
    ):
        slot = make_slot(make_seat(project, make_role()), phase, fte_hundredths=100)
        make_assignment(slot, person)
    return phase


def training(phase: Phase, **fields: Any) -> Any:
    """Eight devices for two of the phase's four weeks."""
    filled = {"phase": phase, "start_on": phase.start_on, "end_on": phase.end_on, **fields}
    return make_workload(phase.project, must_serve=True, **filled)


def lines(phase: Phase, user: Any) -> PhaseLines:
    (found,) = phase_lines(Phase.objects.filter(pk=phase.pk), user)
    return found


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def phase_page(phase: Phase) -> str:
    return reverse("projects:phase-detail", args=[phase.pk])
