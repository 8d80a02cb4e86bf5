"""The models of the demo company: two data sets, a training that succeeds and one that fails.

Both trainings wait for the worker of the first start: nothing is trained, and TensorFlow is not
loaded, while the company is built.
"""

from __future__ import annotations

from collections.abc import Iterator

from models_ml import demo_data
from models_ml.models import Dataset
from models_ml.services import datasets, training
from models_ml.uploads import IncomingFile, incoming_folder
from projects.models import Project
from projects.phases import PhaseKey
from teamhub.accounts.models import User
from teamhub.demo_world import DemoWorld

TRAINER = "mel"
PROJECT = "Storefront ranking"  # in phase 4: its recommender is trained now
# Eight wide layers on raw columns with a thousand times the usual rate: no finite weight is left.
HOPELESS = {"hidden": [512] * 8, "learning_rate": 1.0, "epochs": 3}


def build(world: DemoWorld) -> None:
    by = world.users[TRAINER]
    kept = {name: _upload(name, make(), by) for name, make in demo_data.DATASETS}
    project = Project.objects.get(name=PROJECT)
    # The lead asks: an ML engineer sees the plans of projects only where they work.
    training.start_training(
        dataset=kept["Recommendation clicks"],
        recipe="seed-mlp-scaled",
        config={"steps_per_execution": 32},  # the same weights in half the time
        project=project,
        phase=project.phases.get(key=PhaseKey.TRAINING),
        by=project.lead,
    )
    training.start_training(
        dataset=kept["Contract renewals"], recipe="seed-mlp", config=HOPELESS, by=by
    )


def _upload(name: str, lines: Iterator[str], by: User) -> Dataset:
    file = IncomingFile(f"{name}.csv", incoming_folder())
    try:
        for line in lines:
            file.take(line.encode())
        file.flush()
        dataset, _made = datasets.take_dataset(file, name=name, by=by)
    finally:
        file.close()
    return dataset
