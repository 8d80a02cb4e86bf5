"""What the models app shows on other pages: home, a project's page, search."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from models_ml import rights
from models_ml.models import Alias, Dataset, ModelVersion, TrainingRun
from projects.models import Project
from teamhub import panels
from teamhub.accounts.models import User

SHOWN = 5
MAX_HITS = 8


def register() -> None:
    panels.register(
        "home",
        panels.Panel(
            "latest-models",
            _("Latest models"),
            "models/_home_latest.html",
            _latest,
            order=50,
            icon="chart-line",
        ),
    )
    panels.register(
        "project",
        panels.Panel(
            "models",
            _("Models"),
            "models/_project_models.html",
            _of_project,
            order=60,
            icon="chart-line",
        ),
    )
    panels.register_search(find_datasets)
    panels.register_search(find_versions)


def _latest(request: HttpRequest, _obj: Any) -> dict[str, Any] | None:
    """Hidden for those who have no training to see."""
    runs = TrainingRun.objects.visible_to(request.user).select_related("dataset")
    rows = list(runs[:SHOWN])
    return {"rows": rows} if rows else None


def _of_project(request: HttpRequest, project: Project) -> dict[str, Any] | None:
    """Hidden where nothing was trained and this user may not train."""
    visible = TrainingRun.objects.visible_to(request.user).filter(project=project)
    runs = list(visible.select_related("dataset")[:SHOWN])
    may_train = rights.may_train(request.user)
    if not runs and not may_train:
        return None
    champion = (
        Alias.objects.filter(project=project, name=Alias.Name.CHAMPION, ended_at__isnull=True)
        .filter(version__in=ModelVersion.objects.visible_to(request.user).values("pk"))
        .select_related("version", "set_by")
        .first()
    )
    return {"runs": runs, "champion": champion, "may_train": may_train}


def find_datasets(user: User, query: str) -> list[panels.Hit]:
    """Data sets by name or the beginning of their fingerprint."""
    visible = Dataset.objects.visible_to(user)
    found = visible.filter(name__icontains=query) | visible.filter(sha256__startswith=query.lower())
    return [
        panels.Hit(one.name, _("Data sets"), one.get_absolute_url(), one.sha256[:12])
        for one in found.distinct().order_by("name", "pk")[:MAX_HITS]
    ]


def find_versions(user: User, query: str) -> list[panels.Hit]:
    """Model versions by recipe, project or the beginning of their weights' fingerprint."""
    visible = ModelVersion.objects.visible_to(user).select_related("project")
    found = (
        visible.filter(recipe__icontains=query)
        | visible.filter(project__name__icontains=query)
        | visible.filter(weights_sha256__startswith=query.lower())
    )
    return [
        panels.Hit(
            str(one),
            _("Model versions"),
            one.get_absolute_url(),
            one.project.name if one.project else one.weights_sha256[:12],
        )
        for one in found.distinct().order_by("-created_at", "-pk")[:MAX_HITS]
    ]
