"""What other pages show of models: home, a project's page, search; and the demo's share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from models_ml import demo, demo_data
from models_ml.models import Dataset, TrainingRun
from teamhub import weeks
from teamhub.demo_accounts import DEMO_ACCOUNTS
from teamhub.demo_world import DemoWorld
from tests import builders
from tests.integration.models_ml import scene


def test_home_shows_the_latest_models_to_those_who_see_any(
    cast: Any, client_for: Any, tmp_path: Path
) -> None:
    scene.play(scene.make_run(cast.ml), tmp_path)

    page = client_for(cast.ml).get("/").content.decode()

    assert "0.8500" in page[page.index("Latest models") :]
    assert "Latest models" not in client_for(cast.cy).get("/").content.decode()


def test_a_projects_page_shows_its_trainings_and_offers_one(
    cast: Any, project: Any, client_for: Any, tmp_path: Path
) -> None:
    run = scene.play(scene.make_run(cast.ml, project=project), tmp_path)
    project.deputies.add(cast.bo)
    address = f"/projects/{project.pk}/"

    trains = client_for(cast.ml).get(address).content.decode()
    reads = client_for(cast.bo).get(address).content.decode()

    assert str(run) in trains
    assert str(run) in reads
    assert f"/models/training/new/?project={project.pk}" in trains
    assert "/models/training/new/" not in reads


def test_search_finds_data_sets_and_versions_that_one_sees(
    cast: Any, client_for: Any, tmp_path: Path
) -> None:
    version = scene.make_version(tmp_path, cast.ml)
    dataset = version.run.dataset

    def found(user: Any, query: str) -> str:
        return str(client_for(user).get(f"/search/?q={query}").content.decode())

    assert dataset.get_absolute_url() in found(cast.ml, "clicks")
    assert dataset.get_absolute_url() in found(cast.ml, dataset.sha256[:8])
    assert version.get_absolute_url() in found(cast.ml, "seed-mlp")
    assert version.get_absolute_url() in found(cast.ml, "aaaaaaaa")
    assert dataset.get_absolute_url() not in found(cast.cy, "clicks")
    assert version.get_absolute_url() not in found(cast.cy, "seed-mlp")


def test_runs_are_listed_and_found_by_what_they_are_about(
    cast: Any, project: Any, client_for: Any
) -> None:
    run = scene.make_run(cast.ml, project=project)

    page = client_for(cast.ml).get("/runs/?about=rank").content.decode()

    assert str(run) in page
    assert "Clicks, Ranking" in page


def test_the_demo_brings_two_data_sets_and_leaves_two_trainings_to_the_worker(
    cast: Any, rung: list[str]
) -> None:
    users = {
        account.username: builders.make_user(f"demo-{account.username}", account.group)
        for account in DEMO_ACCOUNTS
    }
    builders.make_project(demo.PROJECT, phases=True, lead=users["ada"])

    demo.build(DemoWorld(by=users["admin"], users=users, monday=weeks.monday(builders.MONDAY)))

    assert {one.name: one.rows for one in Dataset.objects.all()} == {
        "Recommendation clicks": demo_data.CLICK_ROWS,
        "Contract renewals": demo_data.RENEWAL_ROWS,
    }
    assert set(TrainingRun.objects.values_list("status", flat=True)) == {"queued"}
    assert TrainingRun.objects.filter(project__name=demo.PROJECT).count() == 1


def test_the_demos_data_are_the_same_every_time() -> None:
    assert list(demo_data.clicks()) == list(demo_data.clicks())
    assert list(demo_data.renewals()) == list(demo_data.renewals())
