"""The registry of gate criteria and hooks."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from projects import registry
from projects.phases import ORDER, PhaseKey

PHASE: Any = SimpleNamespace(key="design")


@pytest.fixture(autouse=True)
def _isolated():
    with registry.isolated():
        yield


def test_only_mandatory_items_are_asked_for_on_this_floor():
    for phase in ORDER:
        assert [one.key for one in registry.criteria_for(phase)] == ["mandatory-items"]


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
