"""Own folders for every test of models, and a quiet bell."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from models_ml import inspection
from models_ml.kernel.inspection import run as inspect
from projects import registry
from projects.registry import DeviceUse, WorkloadChoice
from teamhub.kernel import child
from teamhub.runs import bell
from tests import builders


@pytest.fixture(autouse=True)
def own_folders(settings: Any, tmp_path: Path) -> None:
    for name in ("DATASET_DIR", "MODEL_DIR", "TRAINING_DIR", "RUN_DIR", "RUN_INPUT_DIR"):
        setattr(settings, name, tmp_path / name.lower())
    settings.RUN_REPORT_SECONDS = 0


class Here(child.Child):
    """The same job without a process of its own, which takes seconds to start."""

    def __init__(self, _module: str, folder: Path) -> None:
        self.jobdir = folder
        with Path(os.devnull).open("wb") as nothing:
            wire = child._Wire(nothing.fileno(), folder)
            child._work(inspect, folder, wire, threading.Event(), (ValueError,))

    def __exit__(self, *_error: object) -> None:
        pass

    def messages(self, *_tick: float) -> Iterator[Any]:
        return iter(())


@pytest.fixture(autouse=True)
def looked_at_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Data sets are looked at in this process, except where a test asks for `own_process`."""
    monkeypatch.setattr(inspection, "Child", Here)


@pytest.fixture
def own_process(looked_at_here: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspection, "Child", child.Child)


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What would have gone to the broker."""
    sent: list[str] = []

    def take(run: Any) -> bool:
        sent.append(str(run.pk))
        return True

    monkeypatch.setattr(bell, "ring", take)
    return sent


@pytest.fixture
def left(settings: Any) -> Any:
    """Names of everything that lies under DATASET_DIR."""
    return lambda: sorted(
        path.name for path in Path(settings.DATASET_DIR).rglob("*") if path.is_file()
    )


@pytest.fixture
def project(cast: Any) -> Any:
    """Bo and Mel's project: the ML engineer works in its training phase."""
    project = builders.make_project("Ranking", phases=True, lead=cast.ada)
    phase = project.phases.get(key="training")
    slot = builders.make_slot(builders.make_seat(project), phase)
    builders.make_assignment(slot, builders.make_person(user=cast.ml))
    return project


@pytest.fixture
def workload(project: Any) -> Iterator[list[DeviceUse]]:
    """A workload of the project that somebody else owns; what is reported for it is kept."""
    phase = project.phases.get(key="training")
    choice = WorkloadChoice("w-1", "Nightly training", phase.pk)
    told: list[DeviceUse] = []
    with registry.isolated():
        registry.provide_workloads(lambda _user, one: [choice] if one == project else [])
        registry.on_devices_used(lambda use, _by: told.append(use))
        yield told
