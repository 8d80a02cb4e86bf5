"""Trainings are started by page and program, or refused with the field at fault."""

from __future__ import annotations

from typing import Any

import pytest

from models_ml import catalog
from models_ml.models import TrainingRun
from models_ml.services import training
from teamhub.audit.models import AuditEvent
from teamhub.errors import InvalidInput, NotAllowed
from tests import builders
from tests.integration.models_ml import scene

API = "/api/v1/models/training-runs/"


def test_a_program_starts_a_training_and_finds_it_under_its_location(
    cast: Any, api_for: Any, rung: list[str]
) -> None:
    dataset = scene.make_dataset(cast.ml)

    answer = api_for(cast.ml).post(
        API, {"dataset": dataset.sha256, "recipe": "seed-mlp", "seed": 7, "config": {"epochs": 2}}
    )

    run = TrainingRun.objects.get()
    assert answer.status_code == 202
    assert answer["Location"].endswith(f"{API}{run.pk}/")
    body = api_for(cast.ml).get(f"{API}{run.pk}/").json()
    assert (body["status"], body["seed"], body["config"]) == ("queued", 7, {"epochs": 2})
    assert (body["metrics"], body["weights_sha256"]) == (None, "")
    assert body["dataset"]["sha256"] == dataset.sha256
    assert AuditEvent.objects.filter(verb="run.submit", run_id=str(run.pk)).count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"dataset": "0" * 64}, "dataset"),
        ({"dataset": 10**9}, "dataset"),
        ({"recipe": "magic"}, "recipe"),
        ({"seed": -1}, "seed"),
        ({"seed": 2**31}, "seed"),
        ({"config": {"epochs": 0}}, "config"),
        ({"config": {"wings": 2}}, "config"),
        ({"config": {"hidden": "256"}}, "config"),
        ({"config": {"learning_rate": "fast"}}, "config"),
        ({"project": "nowhere"}, "project"),
        ({"phase": "training"}, "project"),
        ({"workload": "w-1"}, "project"),
    ],
)
def test_what_cannot_be_trained_is_refused_with_its_field(
    change: dict[str, Any], field: str, cast: Any, api_for: Any
) -> None:
    dataset = scene.make_dataset(cast.ml)

    answer = api_for(cast.ml).post(API, {"dataset": dataset.pk, "recipe": "seed-mlp", **change})

    details = answer.json()["error"]["details"]
    assert answer.status_code == 400
    assert details.get("field") == field or field in details.get("fields", {})
    assert not TrainingRun.objects.exists()


@pytest.mark.parametrize("who", ["bo", "plan", "vi", "rev", "boss", "owner", "api", "cy"])
def test_who_may_not_train_starts_nothing(
    who: str, cast: Any, api_for: Any, client_for: Any
) -> None:
    user, dataset = getattr(cast, who), scene.make_dataset(cast.ml)

    assert api_for(user).post(API, {"dataset": dataset.pk}).status_code == 403
    assert client_for(user).get("/models/training/new/").status_code == 403
    assert not TrainingRun.objects.exists()


def test_a_training_belongs_to_a_project_whose_plan_its_starter_sees(
    cast: Any, project: Any
) -> None:
    dataset = scene.make_dataset(cast.ml)
    foreign = builders.make_project("Foreign", phases=True)

    run = training.start_training(
        dataset=dataset, project=project, phase=project.phases.get(key="training"), by=cast.ml
    )
    with pytest.raises(NotAllowed, match="whose plan you see"):
        training.start_training(dataset=dataset, project=foreign, by=cast.ml)
    with pytest.raises(InvalidInput, match="not one of the project"):
        training.start_training(
            dataset=dataset, project=project, phase=foreign.phases.first(), by=cast.ml
        )

    assert (run.project, run.phase) == (project, project.phases.get(key="training"))


def test_a_workload_brings_its_phase(cast: Any, project: Any, workload: list[Any]) -> None:
    dataset = scene.make_dataset(cast.ml)

    run = training.start_training(dataset=dataset, project=project, workload="w-1", by=cast.ml)

    assert run.phase == project.phases.get(key="training")
    with pytest.raises(InvalidInput, match="no workload “w-2”"):
        training.start_training(dataset=dataset, project=project, workload="w-2", by=cast.ml)
    with pytest.raises(InvalidInput, match="belongs to another phase"):
        training.start_training(
            dataset=dataset,
            project=project,
            phase=project.phases.get(key="design"),
            workload="w-1",
            by=cast.ml,
        )


def test_the_form_offers_phases_and_workloads_of_the_chosen_project(
    cast: Any, project: Any, workload: list[Any], client_for: Any
) -> None:
    scene.make_dataset(cast.ml)
    browser = client_for(cast.ml)

    whole = browser.get("/models/training/new/").content.decode()
    place = browser.get(
        f"/models/training/new/?project={project.pk}",
        headers={"HX-Request": "true", "HX-Target": "training-place"},
    ).content.decode()

    assert "Nightly training" not in whole
    assert "Nightly training" in place
    assert "<h1>" not in place


def test_the_form_starts_what_it_shows(cast: Any, project: Any, client_for: Any) -> None:
    dataset = scene.make_dataset(cast.ml)
    form = {
        "dataset": dataset.pk,
        "recipe": "seed-mlp",
        "seed": 42,
        "project": project.pk,
        "phase": project.phases.get(key="training").pk,
        "seed-mlp--hidden": "32, 16",
        "seed-mlp--epochs": 10,  # the recipe's own
        "seed-mlp--dropout": "0.25",
        "seed-mlp-scaled--epochs": 77,  # of the recipe that was not chosen
    }

    answer = client_for(cast.ml).post("/models/training/new/", form)

    run = TrainingRun.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/models/training/{run.pk}/")
    assert run.params == {"hidden": [32, 16], "dropout": 0.25}
    assert (run.project, run.phase) == (project, project.phases.get(key="training"))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"seed-mlp--hidden": "many"}, "Write whole numbers separated by commas."),
        ({"seed-mlp--hidden": "9, 9, 9, 9, 9, 9, 9, 9, 9"}, "one to 8 whole numbers"),
        ({"seed-mlp--epochs": 0}, "greater than or equal to 1"),
        ({"dataset": 10**9}, "th-field-error"),
        ({"recipe": "magic"}, "th-field-error"),
    ],
)
def test_a_bad_form_is_shown_again_with_words(
    change: dict[str, Any], words: str, cast: Any, client_for: Any
) -> None:
    good = {"dataset": scene.make_dataset(cast.ml).pk, "recipe": "seed-mlp", "seed": 42}

    answer = client_for(cast.ml).post("/models/training/new/", good | change)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not TrainingRun.objects.exists()


def test_programs_read_the_recipes_with_their_settings(cast: Any, api_for: Any) -> None:
    found = {one["key"]: one for one in api_for(cast.cy).get("/api/v1/models/recipes/").json()}

    settings = {one["name"]: one["default"] for one in found["seed-mlp"]["settings"]}
    # The article's network, training and number of epochs.
    assert (settings["hidden"], settings["dropout"], settings["epochs"]) == ([256, 128], 0.5, 10)
    assert "seed-mlp-scaled" in found


def test_the_default_recipe_is_the_kernels() -> None:
    from models_ml.kernel import recipes

    assert recipes.DEFAULT == catalog.DEFAULT
