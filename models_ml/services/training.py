"""Start a training; cancelling, finishing and repeating are the runs' own services."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from models_ml import catalog
from models_ml.models import Dataset, TrainingRun
from models_ml.services.datasets import require_uploader
from projects.models import Phase, Project
from projects.registry import workloads_of
from teamhub.accounts.models import User
from teamhub.errors import InvalidInput, NotAllowed
from teamhub.runs import services as runs

SEED = 42  # the article's
MOST_SEED = 2**31 - 1


@transaction.atomic
def start_training(
    *,
    dataset: Dataset,
    recipe: str = catalog.DEFAULT,
    by: User,
    config: Mapping[str, Any] | None = None,
    seed: int = SEED,
    project: Project | None = None,
    phase: Phase | None = None,
    workload: str = "",
) -> TrainingRun:
    """Queue the training of a recipe; `config` holds what differs from the recipe's own.

    With a project, a phase of it and one of its workloads, the measured use of devices becomes
    that workload's.
    """
    require_uploader(by)
    changed = dict(config or {})
    catalog.complete(recipe, changed)  # refuses what the recipe does not take
    if not 0 <= seed <= MOST_SEED:
        raise InvalidInput(_("The seed must be a whole number from 0 to 2147483647."), field="seed")
    phase = _place(project, phase, workload, by)
    run = TrainingRun(
        dataset=dataset,
        recipe=recipe,
        params=changed,
        seed=seed,
        project=project,
        phase=phase,
        workload_key=workload,
    )
    return runs.submit(run, by=by)


def _place(project: Project | None, phase: Phase | None, workload: str, by: User) -> Phase | None:
    """The phase that the run belongs to; refuses a place that is none, or is not for this user."""
    if project is None:
        if phase is not None or workload:
            raise InvalidInput(
                _("Name the project that the phase or workload belongs to."), field="project"
            )
        return None
    if not Project.objects.detail_visible_to(by).filter(pk=project.pk).exists():
        raise NotAllowed(_("You may only train for projects whose plan you see."))
    if phase is not None and phase.project_id != project.pk:
        raise InvalidInput(_("This phase is not one of the project."), field="phase")
    if not workload:
        return phase
    found = next((one for one in workloads_of(by, project) if one.key == workload), None)
    if found is None:
        raise InvalidInput(
            _("The project has no workload “%(key)s”.") % {"key": workload[:60]}, field="workload"
        )
    if phase is not None and found.phase_id != phase.pk:
        raise InvalidInput(_("This workload belongs to another phase."), field="workload")
    return phase or Phase.objects.get(pk=found.phase_id)
