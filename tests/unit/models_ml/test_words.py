"""What the kernel can say has a translation's place in the app, word for word."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils import translation

from models_ml import catalog, words
from models_ml.kernel import baselines, data, faults, job, metrics, recipes
from models_ml.kernel.recipes.base import InvalidConfig
from teamhub.errors import InvalidInput

KERNEL = Path(baselines.__file__).parent


def test_refusals_of_data_sets_are_named() -> None:
    assert set(words.DATASETS) == set(faults.MESSAGES.values())


def test_warnings_failures_and_dead_models_are_named() -> None:
    assert words.WARNINGS == data.WARNINGS
    assert set(words.FAILURES) == set(job.FAILURES.values())
    assert words.DEGENERATE == metrics.DEGENERATE


def test_recipes_their_sources_and_refusals_are_named() -> None:
    said = {text for one in recipes.RECIPES.values() for text in (one.title, one.summary)}
    said |= {field.source for key in recipes.RECIPES for field in recipes.fields_of(key)}
    # Templates of a configuration's refusals are literals in the module that raises them.
    source = (KERNEL / "recipes" / "base.py").read_text()
    said |= set(re.findall(r'"([^"\n]*%\(field\)s[^"\n]*)"', source))

    assert said == set(words.RECIPES)


def test_every_setting_and_baseline_and_recipe_has_a_label() -> None:
    names = {field.name for key in recipes.RECIPES for field in recipes.fields_of(key)}

    assert names == set(words.FIELD_LABELS)
    assert set(baselines.BASELINES) == set(words.BASELINES)
    assert set(recipes.RECIPES) == set(words.ADVICE)


def test_a_dead_model_is_told_in_figures() -> None:
    details = {"std": 0.0, "auc": 0.5, "baseline_auc": 0.8}

    with translation.override("en"):
        told = words.quality_reason("no_better_than_chance", details)

    assert "AUC 0.500" in told
    assert "0.800" in told
    assert words.quality_reason("", {}) == ""


def test_a_configuration_is_completed_from_the_recipes_own() -> None:
    config = catalog.complete("seed-mlp", {"hidden": [8], "epochs": 2})

    # The article: dropout 0.5, batches of 32, Adam at its default rate.
    assert config == {
        "hidden": [8],
        "dropout": 0.5,
        "epochs": 2,
        "batch_size": 32,
        "learning_rate": 0.001,
        "steps_per_execution": 1,
    }


def test_a_refused_setting_is_named() -> None:
    with pytest.raises(InvalidInput, match="“epochs” must be a whole number") as error:
        catalog.complete("seed-mlp", {"epochs": 0})

    assert error.value.details == {"field": "config", "setting": "epochs"}
    with pytest.raises(InvalidConfig):
        recipes.config_from("seed-mlp", {"epochs": 0})
