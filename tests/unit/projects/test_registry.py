"""The registry of gate criteria and hooks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from projects import registry
from projects.phases import ORDER, PhaseKey

PHASE: Any = SimpleNamespace(key="design")
PROJECT: Any = SimpleNamespace(pk=1)


@pytest.fixture(autouse=True)
def _isolated(request):
    """From an empty registry: the hooks of the apps above would ask the database."""
    with registry.isolated(empty="as_installed" not in request.fixturenames):
        yield


@pytest.fixture
def as_installed():
    """What the apps have registered."""


def test_mandatory_items_are_asked_for_in_every_phase(as_installed):
    for phase in ORDER:
        assert "mandatory-items" in [one.key for one in registry.criteria_for(phase)]


def test_an_expected_fact_is_unknown_until_somebody_answers():
    registry.expect("devices", "Devices", (PhaseKey.TRAINING,))
    (criterion,) = [one for one in registry.criteria_for(PhaseKey.TRAINING) if one.key == "devices"]
    assert [one.key for one in criterion.missing(PHASE)] == ["devices"]
    assert "devices" not in {one.key for one in registry.criteria_for(PhaseKey.DESIGN)}

    registry.register_criterion("devices", lambda phase: [])
    (criterion,) = [one for one in registry.criteria_for(PhaseKey.TRAINING) if one.key == "devices"]
    assert criterion.title == "Devices"
    assert criterion.missing(PHASE) == []


def test_two_answers_for_one_fact_are_a_mistake():
    registry.expect("devices", "Devices")
    registry.register_criterion("devices", lambda phase: [])
    with pytest.raises(ValueError, match="Two apps"):
        registry.register_criterion("devices", lambda phase: [])
    with pytest.raises(ValueError, match="already"):
        registry.expect("devices", "Devices")


def test_an_unexpected_criterion_needs_a_title():
    with pytest.raises(ValueError, match="title"):
        registry.register_criterion("surprise", lambda phase: [])


def test_a_hook_is_called_once_however_often_it_is_registered():
    calls = []

    def hook(project, by):
        calls.append((project, by))

    registry.on_project_created(hook)
    registry.on_project_created(hook)
    project: Any = "project"
    by: Any = "ada"
    registry.project_created(project, by)
    assert calls == [("project", "ada")]


def test_apps_meet_over_a_workload_without_knowing_each_other():
    choice = registry.WorkloadChoice("w-1", "Pre-training", 7)
    by: Any = "ada"
    assert registry.workloads_of(by, PROJECT) == []
    registry.provide_workloads(lambda user, project: [choice] if project is PROJECT else [])
    assert registry.workloads_of(by, PROJECT) == [choice]

    told = []
    registry.on_devices_used(lambda use, who: told.append((use, who)))
    at = datetime(2026, 3, 2, tzinfo=UTC)
    use = registry.DeviceUse("w-1", "training:1", 90.0, "cpu", at, at + timedelta(seconds=90))
    registry.devices_used(use, by)
    assert told == [(use, by)]


def test_a_moved_phase_is_told_with_the_weeks_that_it_had():
    told = []
    registry.on_phase_moved(lambda *facts: told.append(facts))
    start, end = date(2027, 1, 4), date(2027, 2, 1)
    by: Any = "ada"
    registry.phase_moved(PHASE, start, end, by)
    assert told == [(PHASE, start, end, by)]


def test_nothing_of_an_isolated_block_stays():
    with registry.isolated():
        registry.provide_workloads(lambda user, project: [])
        registry.on_devices_used(lambda use, who: None)
        inside = vars(registry._registry).copy()
    assert len(inside["workloads"]) == len(registry._registry.workloads) + 1
    assert len(inside["uses"]) == len(registry._registry.uses) + 1
