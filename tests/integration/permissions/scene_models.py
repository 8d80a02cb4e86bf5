"""Data sets, trainings and model versions of each plan, and one training of no plan."""

from __future__ import annotations

import hashlib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.utils import timezone

from models_ml.models import Alias, ModelVersion, TrainingRun
from teamhub.accounts.models import User
from tests.integration.models_ml import scene as models
from tests.integration.permissions.scene import Scene, ScenePart
from tests.integration.permissions.scene_projects import PROJECT, Plans

FILE = "preprocessing.json"


def weights(word: str) -> str:
    """A fingerprint that occurs nowhere else."""
    return hashlib.sha256(f"weights of {word}".encode()).hexdigest()


class Models(ScenePart):
    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self.folder = Path(settings.VAR_DIR) / "walk"
        plans = Plans.of(scene).plans
        self.parts = {word: self._of_plan(word, plans[word]) for word in plans}
        self.loose = models.make_run(scene.lea, dataset=self._dataset("loose"))
        self.by_nobody = models.make_run(
            scene.members["nobody"], dataset=self._dataset("own"), project=None
        )

    def _dataset(self, word: str) -> Any:
        return models.make_dataset(
            self.scene.lea,
            name=f"Clicks-{word}",
            text=models.table(seed=len(word) * 1000 + ord(word[0])),
        )

    def _of_plan(self, word: str, plan: dict[str, Any]) -> dict[str, Any]:
        place = {"project": plan["project"], "phase": plan["phase"]}
        dataset = self._dataset(word)
        version = self._version(word, dataset, place)
        at_work = models.make_run(self.scene.lea, dataset=dataset, **place)
        now = timezone.now()
        TrainingRun.objects.filter(pk=at_work.pk).update(
            status="running", attempt=1, started_at=now, heartbeat_at=now
        )
        at_work.refresh_from_db()
        return {
            "dataset": dataset,
            "training": version.run,
            "at_work": at_work,
            "version": version,
            "spare_version": self._version(word, dataset, place),
            "alias": Alias.objects.create(
                name="champion",
                project=plan["project"],
                version=version,
                set_by=self.scene.lea,
                reason=f"champion-{word}",
            ),
            "file": SimpleNamespace(pk=FILE),
        }

    def _version(self, word: str, dataset: Any, place: dict[str, Any]) -> ModelVersion:
        run = models.make_run(self.scene.lea, dataset=dataset, **place)
        return models.play(run, self.folder, weights_sha256=weights(word)).version

    def things(self, which: str, user: User) -> dict[str, Any]:
        return self.parts[PROJECT[which]]
