"""Rows of data sets, trainings and model versions."""

from __future__ import annotations

from typing import Any

from models_ml.models import Dataset, ModelVersion, TrainingRun
from tests.integration.permissions.rows import View, Who, column, ids, links, pks
from tests.integration.permissions.rows_projects import WORDS, plans
from tests.integration.permissions.scene_models import weights

READERS = {"administrator", "manager", "planner", "ml engineer", "executive", "viewer"}


def runs(who: Who) -> set[Any]:
    if who.group in READERS:
        return set(TrainingRun.objects.all())
    seen = set(TrainingRun.objects.filter(project__key__in=plans(who)))
    return seen | set(TrainingRun.objects.filter(requested_by=who.user))


def datasets(who: Who) -> set[Any]:
    if who.group in READERS:
        return set(Dataset.objects.all())
    return {run.dataset for run in runs(who)}


def versions(who: Who) -> set[Any]:
    return set(ModelVersion.objects.filter(run__in=runs(who)))


def hidden(who: Who) -> list[str]:
    """Names and fingerprints of what is not theirs."""
    if who.group in READERS:
        return []
    words = sorted(WORDS - plans(who))
    marks = [rf"\b(?:Clicks|champion)-{word}\b" for word in words]
    return [*marks, r"\bClicks-loose\b", *(weights(word)[:12] for word in words)]


def model_views() -> list[View]:
    api = "/api/v1/models/"
    trained = links(r'name="run" value="([0-9a-f-]{36})"')
    kept = links(r'<th scope="row" class="th-wrap"><a href="/models/datasets/(\d+)/"')
    made = links(r'<th scope="row"><a href="/models/versions/(\d+)/"')
    return [
        View("/models/?size=200", trained, lambda who: pks(runs(who))),
        View("/models/?size=200", trained, lambda who: pks(runs(who)), "training-list"),
        View("/models/?format=csv", column("id"), lambda who: pks(runs(who))),
        View(f"{api}training-runs/?limit=1000", ids, lambda who: pks(runs(who))),
        View("/models/datasets/?size=200", kept, lambda who: pks(datasets(who))),
        View("/models/datasets/?size=200", kept, lambda who: pks(datasets(who)), "dataset-list"),
        View(
            "/models/datasets/?format=csv",
            column("sha256"),
            lambda who: [one.sha256 for one in datasets(who)],
        ),
        View(f"{api}datasets/?limit=1000", ids, lambda who: pks(datasets(who))),
        View("/models/versions/?size=200", made, lambda who: pks(versions(who))),
        View("/models/versions/?size=200", made, lambda who: pks(versions(who)), "version-list"),
        View(
            "/models/versions/?format=csv",
            column("weights_sha256"),
            lambda who: [one.weights_sha256 for one in versions(who)],
        ),
        View(f"{api}versions/?limit=1000", ids, lambda who: pks(versions(who))),
    ]
