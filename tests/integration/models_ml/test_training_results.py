"""From a job to epochs, figures and files; the kernel is played."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from models_ml import bridge, periodic
from models_ml.models import EpochMetric, ModelVersion, TrainingRun
from models_ml.services import training
from projects.registry import DeviceUse
from teamhub.audit.models import AuditEvent
from teamhub.errors import TeamHubError
from teamhub.kernel.child import KernelBug
from teamhub.runs import frozen
from tests.integration.models_ml import scene

pytestmark = pytest.mark.both_databases

API = "/api/v1/models/training-runs/"


def test_the_frozen_job_names_no_path_and_equal_trainings_are_equal(cast: Any) -> None:
    dataset = scene.make_dataset(cast.ml)
    first, second = (scene.make_run(cast.ml, dataset=dataset) for _ in range(2))

    jobs = [bridge.load_training(run) for run in (first, second)]

    assert frozen.canonical(jobs[0]) == frozen.canonical(jobs[1])
    assert jobs[0]["data_sha256"] == dataset.sha256
    assert str(dataset.path) not in str(jobs[0])
    assert bridge.place_training(first)["data"] == str(dataset.path)
    assert bridge.place_training(first)["workdir"] != bridge.place_training(second)["workdir"]


def test_a_host_without_the_file_says_so(cast: Any) -> None:
    run = scene.make_run(cast.ml)
    run.dataset.path.unlink()

    with pytest.raises(TeamHubError, match="is not on the worker's host") as error:
        bridge.place_training(run)

    assert error.value.code == "dataset_missing"


def test_a_result_becomes_figures_and_a_version_with_its_files(cast: Any, tmp_path: Path) -> None:
    run = scene.play(scene.make_run(cast.ml), tmp_path)

    version = run.version
    assert run.metrics == {"accuracy": 0.81, "auc": 0.85, "log_loss": 0.43}
    assert run.baselines["logistic_regression"] == scene.LOGISTIC
    assert (run.quality, run.device, run.device_seconds) == ("ok", "CPU AMD EPYC 9654", 12.5)
    assert (version.number, version.status, version.seed) == (1, "candidate", 42)
    assert version.weights_sha256 == run.weights_sha256 == "a" * 64
    assert (version.code_version, version.library_versions) == ("1.2.3", scene.VERSIONS)
    assert [one["name"] for one in version.files] == sorted(scene.FILES)
    for one in version.files:
        assert bridge.results.sha256_of(version.folder / one["name"]) == one["sha256"]
    assert "model_card.md" in version.card
    assert AuditEvent.objects.filter(verb="model.make", run_id=str(run.pk)).count() == 1


def test_versions_are_numbered_within_recipe_and_project(
    cast: Any, project: Any, tmp_path: Path
) -> None:
    def number(**fields: Any) -> int:
        return scene.make_version(tmp_path, cast.ml, **fields).number

    assert [number(), number()] == [1, 2]
    assert number(recipe="seed-mlp-scaled") == 1
    assert [number(project=project), number(project=project)] == [1, 2]


def test_two_trainings_that_end_at_once_get_two_numbers(
    cast: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second reads the highest number before the first has stored its own."""
    scene.make_version(tmp_path, cast.ml)
    real = ModelVersion.objects.aggregate
    reads: list[int] = []

    def late(queryset: Any, *args: Any, **kwargs: Any) -> Any:
        reads.append(1)
        return {"last": None} if len(reads) == 1 else real(*args, **kwargs)

    monkeypatch.setattr("models_ml.bridge.results.ModelVersion.objects.filter", _Late(late))

    assert scene.make_version(tmp_path, cast.ml).number == 2
    assert len(reads) == 2


class _Late:
    """A filter whose answer counts as `late` says."""

    def __init__(self, late: Any) -> None:
        self._late = late

    def __call__(self, **_lookups: Any) -> Any:
        return self

    def aggregate(self, *args: Any, **kwargs: Any) -> Any:
        return self._late(self, *args, **kwargs)


def test_files_that_are_not_what_the_kernel_said_are_no_version(cast: Any, tmp_path: Path) -> None:
    files = {"model.keras": {"sha256": "0" * 64, "bytes": 3}}

    with pytest.raises(KernelBug, match=r"model\.keras is not the file"):
        scene.play(scene.make_run(cast.ml), tmp_path, files=files)


def test_measured_device_time_is_told_to_the_workloads_owner(
    cast: Any, project: Any, workload: list[DeviceUse], tmp_path: Path
) -> None:
    run = training.start_training(
        dataset=scene.make_dataset(cast.ml), project=project, workload="w-1", by=cast.ml
    )

    scene.play(run, tmp_path)

    (use,) = workload
    assert (use.workload, use.source) == ("w-1", f"training:{run.pk}")
    assert (use.device_seconds, use.device) == (12.5, "CPU AMD EPYC 9654")
    assert run.created_at <= use.started_at <= use.ended_at


def test_a_training_for_no_workload_tells_nobody(
    cast: Any, project: Any, workload: list[DeviceUse], tmp_path: Path
) -> None:
    scene.play(scene.make_run(cast.ml, project=project), tmp_path)

    assert workload == []


def test_epochs_of_ended_trainings_are_swept_and_those_at_work_stay(cast: Any) -> None:
    at_work, ended = scene.start(scene.make_run(cast.ml)), scene.make_run(cast.ml)
    folders = [Path(bridge.place_training(run)["workdir"]) for run in (at_work, ended)]
    TrainingRun.objects.filter(pk=ended.pk).update(status="cancelled", finished_at=timezone.now())

    periodic.sweep()

    assert [folder.exists() for folder in folders] == [True, False]


@pytest.mark.parametrize("message", ["..", "", "0"])
def test_a_message_about_nothing_removes_nothing(message: str, settings: Any, cast: Any) -> None:
    folder = Path(bridge.place_training(scene.make_run(cast.ml))["workdir"])

    bridge.clear_epochs(message)

    assert folder.exists()
    assert Path(settings.DATASET_DIR).exists()


def test_a_curve_has_one_row_an_epoch(cast: Any) -> None:
    run = scene.start(scene.make_run(cast.ml), [scene.epoch(1)])

    with pytest.raises(IntegrityError), transaction.atomic():
        bridge.record_line(run, scene.epoch(1))

    assert EpochMetric.objects.count() == 1
