"""A training while it runs, its figures when it has ended, lists and comparison."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from models_ml import bridge
from models_ml.models import TrainingRun
from tests.integration.models_ml import scene

API = "/api/v1/models/training-runs/"


def test_epochs_are_read_while_the_training_runs(cast: Any, api_for: Any) -> None:
    run = scene.start(scene.make_run(cast.ml))
    bridge.record_line(run, {"type": "data", "step": 0, "n_rows": 200})
    bridge.record_line(run, {"type": "baseline", "name": "majority", "auc": 0.5, "accuracy": 0.7})
    bridge.record_line(run, scene.epoch(1))
    bridge.record_line(run, scene.epoch(2, val_auc=None))

    rows = api_for(cast.ml).get(f"{API}{run.pk}/epochs/").json()
    body = api_for(cast.ml).get(f"{API}{run.pk}/").json()

    assert body["status"] == "running"
    assert body["baselines"] == {"majority": {"accuracy": 0.7, "auc": 0.5, "log_loss": None}}
    assert [(row["epoch"], row["val_auc"]) for row in rows] == [(1, 0.75), (2, None)]
    assert rows[0]["stored_at"] < rows[1]["stored_at"]


def test_a_later_attempt_shows_its_own_whole_curve(cast: Any, api_for: Any) -> None:
    run = scene.start(scene.make_run(cast.ml), [scene.epoch(1), scene.epoch(2)])
    TrainingRun.objects.filter(pk=run.pk).update(status="queued")
    read = api_for(cast.ml)

    before = read.get(f"{API}{run.pk}/epochs/").json()
    run = scene.start(run)
    waiting = read.get(f"{API}{run.pk}/epochs/").json()
    bridge.record_line(run, scene.epoch(1, restored=True))
    after = read.get(f"{API}{run.pk}/epochs/").json()

    assert [row["epoch"] for row in before] == [row["epoch"] for row in waiting] == [1, 2]
    assert [(row["epoch"], row["attempt"], row["restored"]) for row in after] == [(1, 2, True)]


def test_the_curves_are_drawn_anew_only_for_a_new_epoch(cast: Any, client_for: Any) -> None:
    run = scene.start(scene.make_run(cast.ml), [scene.epoch(1)])
    headers = {"HX-Request": "true", "HX-Target": "training-curves"}
    browser = client_for(cast.ml)

    first = browser.get(f"/models/training/{run.pk}/?seen=0", headers=headers)
    same = browser.get(f"/models/training/{run.pk}/?seen=1", headers=headers)
    bridge.record_line(run, scene.epoch(2))
    second = browser.get(f"/models/training/{run.pk}/?seen=1", headers=headers)
    TrainingRun.objects.filter(pk=run.pk).update(status="cancelled", finished_at=timezone.now())
    ended = browser.get(f"/models/training/{run.pk}/?seen=2", headers=headers)

    assert 'hx-trigger="every 2s' in first.content.decode()
    assert same.status_code == 204
    assert "?seen=2" in second.content.decode()
    assert ended.status_code == 200
    assert "hx-trigger" not in ended.content.decode()


def page_of(run: TrainingRun, browser: Any) -> str:
    text: str = browser.get(f"/models/training/{run.pk}/").content.decode()
    return text


def test_the_page_shows_figures_beside_the_baselines(
    cast: Any, client_for: Any, tmp_path: Path
) -> None:
    page = page_of(scene.play(scene.make_run(cast.ml), tmp_path), client_for(cast.ml))

    assert "It ranks better than a logistic regression: AUC 0.8500 against 0.8200." in page
    for words in ("Logistic regression", "Majority class", "0.4300", "Epoch 2", "a" * 64):
        assert words in page
    assert 'id="training-loss-data"' in page
    assert 'id="training-reliability-data"' in page
    assert "model_card.md of work" in page


def test_a_degenerate_model_is_called_so(cast: Any, client_for: Any, tmp_path: Path) -> None:
    run = scene.play(scene.make_run(cast.ml), tmp_path, **scene.degenerate())

    page = page_of(run, client_for(cast.ml))

    assert "This model is degenerate: The model predicts the same for every row" in page
    assert "Degenerate" in client_for(cast.ml).get("/models/").content.decode()


def test_a_better_baseline_is_said(cast: Any, client_for: Any, tmp_path: Path) -> None:
    metrics = {"accuracy": 0.79, "auc": 0.81, "log_loss": 0.47}
    run = scene.play(scene.make_run(cast.ml), tmp_path, metrics=metrics)

    words = "A logistic regression ranks at least as well: AUC 0.8200 against 0.8100."
    assert words in page_of(run, client_for(cast.ml))


@pytest.mark.parametrize(("weights", "words"), [("a", "bit by bit"), ("b", "The weights differ")])
def test_a_repeated_training_compares_its_weights(
    weights: str, words: str, cast: Any, client_for: Any, tmp_path: Path
) -> None:
    first = scene.play(scene.make_run(cast.ml), tmp_path)
    again = scene.make_run(cast.ml, dataset=first.dataset, rerun_of=first)
    scene.play(again, tmp_path, weights_sha256=weights * 64)

    assert words in page_of(again, client_for(cast.ml))


def test_run_again_keeps_what_was_asked(
    cast: Any, api_for: Any, project: Any, tmp_path: Path, rung: list[str]
) -> None:
    first = scene.play(
        scene.make_run(
            cast.ml, project=project, phase=project.phases.get(key="training"), params={"epochs": 3}
        ),
        tmp_path,
    )

    answer = api_for(cast.ml).post(f"/api/v1/runs/{first.pk}/again/")

    again = TrainingRun.objects.get(pk=answer.json()["id"])
    assert answer.status_code == 202
    for name in ("dataset", "recipe", "seed", "params", "project", "phase"):
        assert getattr(again, name) == getattr(first, name), name
    assert (again.weights_sha256, again.baselines) == ("", {})


def test_a_failed_training_says_why(cast: Any, client_for: Any, api_for: Any) -> None:
    run = scene.make_run(
        cast.ml,
        status="failed",
        error_code="not_finite",
        error_message="After epoch 1 the weights are no finite numbers any more.",
        started_at=timezone.now() - timedelta(seconds=9),
        finished_at=timezone.now(),
    )

    assert "no finite numbers any more" in page_of(run, client_for(cast.ml))
    assert api_for(cast.ml).get(f"{API}{run.pk}/").json()["error_code"] == "not_finite"


def test_two_runs_side_by_side_show_what_differs(
    cast: Any, client_for: Any, tmp_path: Path
) -> None:
    first = scene.play(scene.make_run(cast.ml, seed=1), tmp_path)
    second = scene.play(scene.make_run(cast.ml, dataset=first.dataset, seed=2), tmp_path)

    page = (
        client_for(cast.ml)
        .get(f"/models/training/compare/?run={first.pk}&run={second.pk}")
        .content.decode()
    )

    assert page.index("<strong>1</strong>") < page.index("Recipe")  # differing lines come first
    assert 'id="compare-val-loss-data"' in page
    assert str(second) in page


@pytest.mark.parametrize("query", ["", "run=x", "run={0}", "run={0}&run={0}"])
def test_fewer_than_two_runs_are_nothing_to_compare(query: str, cast: Any, client_for: Any) -> None:
    run = scene.make_run(cast.ml)

    address = f"/models/training/compare/?{query.format(run.pk)}"
    answer = client_for(cast.ml).get(address, follow=True)

    # Back to the list, where runs are ticked.
    assert answer.redirect_chain == [("/models/", 302)]
    assert 'role="alert"' in (page := answer.content.decode())
    assert re.search("Choose 2 to|is named by its id", page)


def test_a_run_of_others_is_not_compared(cast: Any, client_for: Any) -> None:
    own, foreign = scene.make_run(cast.bo), scene.make_run(cast.ml)

    answer = client_for(cast.bo).get(f"/models/training/compare/?run={own.pk}&run={foreign.pk}")

    assert answer.status_code == 404


def test_trainings_are_seen_by_those_who_read_all_and_by_the_projects_people(
    cast: Any, project: Any, api_for: Any
) -> None:
    project.deputies.add(cast.bo)
    scene.make_run(cast.ml, project=project)
    scene.make_run(cast.ml)

    def count(user: Any) -> int:
        return int(api_for(user).get(API).json()["count"])

    for user in (cast.admin, cast.ada, cast.ml, cast.plan, cast.boss, cast.vi):
        assert count(user) == 2
    assert (count(cast.bo), count(cast.cy), count(cast.rev)) == (1, 0, 0)


@pytest.mark.both_databases
def test_the_list_needs_few_queries_sorts_by_figures_and_exports(
    cast: Any, client_for: Any, tmp_path: Path, django_assert_max_num_queries: Any
) -> None:
    for auc in (0.7, 0.9, 0.8):
        metrics = {"accuracy": 0.75, "auc": auc, "log_loss": 0.4}
        scene.play(scene.make_run(cast.ml), tmp_path, metrics=metrics)
    scene.make_run(cast.ml)
    browser = client_for(cast.ml)

    with django_assert_max_num_queries(10):
        page = browser.get("/models/?sort=-auc").content.decode()

    assert page.index("0.9000") < page.index("0.8000") < page.index("0.7000")
    export = b"".join(browser.get("/models/?format=csv")).decode().splitlines()
    assert len(export) == 5
    assert "weights_sha256" in export[0]


@pytest.mark.parametrize("query", ["status=queued", "quality=degenerate", "dataset=%(pk)d"])
def test_the_list_can_be_narrowed(query: str, cast: Any, client_for: Any, tmp_path: Path) -> None:
    run = scene.play(scene.make_run(cast.ml), tmp_path, **scene.degenerate())
    queued = scene.make_run(cast.ml)
    shown = queued if query.startswith("status") else run

    page = client_for(cast.ml).get(f"/models/?{query % {'pk': run.dataset_id}}").content.decode()

    assert str(shown) in page
    assert str(queued if shown == run else run) not in page
