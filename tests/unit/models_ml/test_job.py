"""Is a job read as it was meant, and are recipes offered and checked without TensorFlow?"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict, fields
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from models_ml.kernel import recipes
from models_ml.kernel.job import InvalidJob, TrainingJob
from models_ml.kernel.network import devices, take_memory_as_needed

ROOT = Path(__file__).resolve().parents[3]
LEAST = {"schema": 1, "data": "data.csv", "recipe": "seed-mlp"}


def job(**values: Any) -> TrainingJob:
    return TrainingJob.from_json(LEAST | values, Path("/jobs/7"))


# --- jobs -----------------------------------------------------------------------------------------


def test_what_a_job_does_not_say_is_as_in_the_article() -> None:
    found = job()

    assert found.split_seed == 42
    assert found.label == "label"
    assert found.judge == "test"
    assert asdict(found.config) | {"hidden": [256, 128]} == {
        "hidden": [256, 128],
        "dropout": 0.5,
        "epochs": 10,
        "batch_size": 32,
        "learning_rate": 0.001,
        "steps_per_execution": 1,
    }


def test_paths_count_from_the_job_folder() -> None:
    assert job().data == Path("/jobs/7/data.csv")
    assert job().workdir == Path("/jobs/7")
    assert job(workdir="/var/training/3").workdir == Path("/var/training/3")
    assert job(data="/var/data/x.csv").data == Path("/var/data/x.csv")


def test_keys_of_others_are_left_alone() -> None:
    assert job(limit_s=60) == job()


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"schema": 2}, "schema must be 1"),
        ({"data": None}, "“data” is missing"),
        ({"recipe": 3}, "“recipe” is missing or no text"),
        ({"judge": "train"}, "one of test, validation"),
        ({"seed": -1}, "“seed” must be a whole number"),
        ({"seed": True}, "“seed” must be a whole number"),
        ({"split_seed": 2**31}, "“split_seed” must be a whole number"),
        ({"id_columns": "a"}, "“id_columns” must be a list"),
        ({"challengers": ["magic"]}, "no “magic”"),
        ({"config": [1]}, "“config” must be an object"),
        ({"limits": {"max_cells": 3}}, "max_cells"),
        ({"limits": {"max_rows": 0}}, "max_rows"),
    ],
)
def test_a_job_that_cannot_be_understood_is_refused(change: dict, complaint: str) -> None:
    with pytest.raises(InvalidJob, match=complaint) as caught:
        job(**change)
    assert str(caught.value) == caught.value.template % caught.value.details


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"recipe": "magic"}, "recipe"),
        ({"config": {"momentum": 1}}, "momentum"),
        ({"config": {"epochs": 0}}, "epochs"),
        ({"config": {"epochs": 1.5}}, "epochs"),
        ({"config": {"epochs": True}}, "epochs"),
        ({"config": {"epochs": "10"}}, "epochs"),
        ({"config": {"dropout": 1.0}}, "dropout"),
        ({"config": {"learning_rate": float("nan")}}, "learning_rate"),
        ({"config": {"hidden": []}}, "hidden"),
        ({"config": {"hidden": [64] * 9}}, "hidden"),
        ({"config": {"hidden": [64, 0]}}, "hidden"),
        ({"config": {"hidden": 64}}, "hidden"),
    ],
)
def test_a_setting_that_a_recipe_cannot_take_is_refused_by_name(change: dict, field: str) -> None:
    with pytest.raises(recipes.InvalidConfig) as caught:
        job(**change)
    assert caught.value.code == "config"
    assert caught.value.details["field"] == field
    assert str(caught.value) == caught.value.template % caught.value.details


def test_a_whole_number_will_do_for_a_number() -> None:
    assert job(config={"dropout": 0}).config.dropout == 0.0


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 1},
        {"split_seed": 1},
        {"recipe": "seed-mlp-scaled"},
        {"config": {"batch_size": 64}},
        {"label": "y"},
        {"id_columns": ["a"]},
        {"judge": "validation"},
        {"challengers": ["hist_gradient_boosting"]},
    ],
)
def test_whatever_decides_the_bits_changes_the_digest(change: dict) -> None:
    assert job(**change).digest("d", {}) != job().digest("d", {})


def test_data_and_versions_change_the_digest_and_places_do_not() -> None:
    first = job().digest("d", {"keras": "3"})

    assert job().digest("e", {"keras": "3"}) != first
    assert job().digest("d", {"keras": "4"}) != first
    elsewhere = job(data="/x.csv", workdir="/y", about={"project": "z"}, limit_s=1)
    assert elsewhere.digest("d", {"keras": "3"}) == first


# --- recipes --------------------------------------------------------------------------------------


def test_the_article_s_recipe_is_the_default() -> None:
    assert recipes.DEFAULT == "seed-mlp"
    assert set(recipes.RECIPES) == {"seed-mlp", "seed-mlp-scaled"}


@pytest.mark.parametrize("key", recipes.RECIPES)
def test_each_setting_has_bounds_a_source_and_a_default_within(key: str) -> None:
    found = recipes.fields_of(key)

    assert [one.name for one in found] == [one.name for one in fields(recipes.RECIPES[key].Config)]
    for one in found:
        assert one.source
        values = one.default if one.kind == "integers" else [one.default]
        assert all(one.low <= value <= one.high for value in values)
    defaults = {one.name: one.default for one in found}
    assert recipes.config_from(key, defaults) == recipes.config_from(key, {})


# --- devices, seen from outside -------------------------------------------------------------------


class FakeConfig:
    """As much of tensorflow.config as we call, with GPUs that this machine lacks."""

    def __init__(self, n_gpus: int) -> None:
        self.growing: list[str] = []
        self._gpus = [f"GPU:{i}" for i in range(n_gpus)]
        self.experimental = SimpleNamespace(
            set_memory_growth=lambda gpu, on: self.growing.append(gpu) if on else None,
            get_device_details=lambda gpu: {"device_name": f"card {gpu}"},
        )

    def list_physical_devices(self, kind: str) -> list[str]:
        return self._gpus if kind == "GPU" else []


def test_the_memory_of_every_gpu_grows_as_needed() -> None:
    config = FakeConfig(2)
    assert take_memory_as_needed(SimpleNamespace(config=config)) == 2
    assert config.growing == ["GPU:0", "GPU:1"]


def test_one_gpu_computes_where_there_are_several() -> None:
    (found,) = devices(SimpleNamespace(config=FakeConfig(2)))
    assert found == {"kind": "gpu", "count": 1, "name": "card GPU:0"}


def test_without_a_gpu_the_cpu_computes() -> None:
    (found,) = devices(SimpleNamespace(config=FakeConfig(0)))
    assert (found["kind"], found["count"]) == ("cpu", 1)
    assert found["name"]


# --- what is loaded -------------------------------------------------------------------------------

LIGHT = ("data", "split", "metrics", "predict", "launch", "recipes", "job", "baselines", "epochs")


def test_nothing_but_training_loads_tensorflow_and_nothing_heavy_is_loaded_early() -> None:
    heavy = ("tensorflow", "keras", "sklearn", "pandas", "scipy", "django")
    code = (
        "import sys\n"
        + "".join(f"import models_ml.kernel.{name}\n" for name in (*LIGHT, "train", "export"))
        + f"print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr


def test_a_job_that_is_refused_never_starts_tensorflow(tmp_path: Path) -> None:
    """Standing alone: the words on the error output, the same in result.json, status 2."""
    (tmp_path / "job.json").write_text(json.dumps(LEAST | {"config": {"epochs": 0}}))
    env = {name: value for name, value in os.environ.items() if name != "TEAMHUB_CHANNEL_FD"}
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "models_ml.kernel.train", str(tmp_path)],
        cwd=ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "config: “epochs” must be a whole number from 1 to 1000." in done.stderr
    assert "numpy" in done.stderr
    assert "tensorflow" not in done.stderr
    error = json.loads((tmp_path / "result.json").read_text())["error"]
    assert (error["code"], error["details"]["field"]) == ("config", "epochs")
