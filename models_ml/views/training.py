"""The list of trainings, the form, a training's page with its live curves, the comparison."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from models_ml import catalog, rights, selectors
from models_ml.forms import TrainingForm
from models_ml.models import Dataset, TrainingRun
from models_ml.services import training as service
from models_ml.services.datasets import require_uploader
from models_ml.words import METRICS
from projects.models import Project
from teamhub.errors import InvalidInput, NotAllowed, TeamHubError
from teamhub.runs.models import Status
from teamhub.runs.selectors import run_status
from teamhub.web.fragments import page_or_fragment, wants_fragment
from teamhub.web.listing import ChoiceFilter, Column, Listing

LEAST_COMPARED, MOST_COMPARED = 2, 6
PLACE, CURVES = "training-place", "training-curves"


def runs_for(request: HttpRequest) -> QuerySet[TrainingRun]:
    return TrainingRun.objects.visible_to(request.user).select_related(
        "dataset", "project", "phase", "requested_by", "version"
    )


@require_safe
@login_required
def training_list(request: HttpRequest) -> HttpResponseBase:
    listing = Listing(
        request,
        runs_for(request),
        columns=_columns(),
        filters=[
            ChoiceFilter("status", _("Status"), choices=Status.choices),
            ChoiceFilter(
                "quality", _("Model"), choices=TrainingRun.Quality.choices, lookup="quality"
            ),
            ChoiceFilter(
                "recipe",
                _("Recipe"),
                choices=lambda: [(one.key, one.title) for one in catalog.cards()],
            ),
            ChoiceFilter(
                "dataset",
                _("Data set"),
                lookup="dataset_id",
                choices=lambda: Dataset.objects.visible_to(request.user).values_list("pk", "name"),
            ),
        ],
        search=["dataset__name", "project__name"],
        default_sort="-created",
        root="training-list",
    )
    if listing.wants_csv:
        return listing.csv("training-runs.csv")
    context = {"listing": listing, "may_train": rights.may_train(request.user)}
    return page_or_fragment(
        request,
        "models/training_list.html",
        "models/_training_list.html",
        context,
        root="training-list",
    )


def _columns() -> list[Column]:
    def figure(key: str) -> Any:
        return lambda run: run.metrics.get(key)

    return [
        Column("id", _("Training run"), value=lambda run: str(run.pk)),
        Column("dataset", _("Data set"), order="dataset__name"),
        Column("recipe", _("Recipe"), order="recipe", shown=False),
        Column("project", _("Project"), order="project__name"),
        Column("status", _("Status"), order="status"),
        Column("quality", _("Model"), shown=False),
        *(
            Column(key, label, order=f"metrics__{key}", numeric=True, value=figure(key))
            for key, label in METRICS.items()
        ),
        Column("seed", _("Seed"), shown=False),
        Column("weights_sha256", _("Weights"), shown=False),
        Column("requested_by", _("By"), value=lambda run: run.requested_by.username, shown=False),
        Column("created", _("Created"), order="created_at", value=lambda run: run.created_at),
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def training_create(request: HttpRequest) -> HttpResponse:
    """Choose data, recipe, seed and, if there is one, the project; a worker trains."""
    require_uploader(request.user)
    given = request.POST if request.method == "POST" else request.GET
    project = _project(request, given.get("project", ""))
    initial = {"dataset": request.GET.get("dataset"), "project": project}
    form = TrainingForm(request.POST or None, by=request.user, project=project, initial=initial)
    status = 422 if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        try:
            run = service.start_training(by=request.user, **form.arguments())
        except NotAllowed:
            raise
        except TeamHubError as error:
            form.add_error(_field_of(form, error), str(error))
        else:
            return redirect(run)
    template = "models/training_create.html"
    if request.method != "POST" and wants_fragment(request, PLACE):
        template = "models/_training_place.html"
    return render(request, template, {"form": form}, status=status)


def _field_of(form: TrainingForm, error: TeamHubError) -> str | None:
    """The field that a refusal names, that of a setting included."""
    name = error.details.get("setting") or error.details.get("field") or ""
    own = f"{form.cleaned_data['recipe']}--{name}"
    return next((one for one in (own, name) if one in form.fields), None)


def _project(request: HttpRequest, raw: str) -> Project | None:
    if not (raw.isascii() and raw.isdigit() and len(raw) < 16):
        return None
    return Project.objects.detail_visible_to(request.user).filter(pk=int(raw)).first()


@require_safe
@login_required
@never_cache
def training_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The page; for htmx the curves alone, or nothing while there is no new epoch."""
    run = get_object_or_404(runs_for(request), pk=pk)
    view = selectors.training_view(run, request.user)
    context: dict[str, Any] = {"run": run, "view": view}
    if wants_fragment(request, CURVES):
        if run.is_active and request.GET.get("seen") == str(len(view.epochs)):
            return HttpResponse(status=204)  # nothing moves under the reader's eyes
        return render(request, "models/_training_curves.html", context)
    context["status"] = run_status(run, request.user)
    return render(request, "models/training_detail.html", context)


@require_safe
@login_required
def training_compare(request: HttpRequest) -> HttpResponse:
    """Runs side by side: what differs in what was trained, and all curves in one chart."""
    try:
        runs = _chosen(request)
    except InvalidInput as error:
        messages.error(request, str(error))
        return redirect("models:training-list")
    context = {
        "runs": runs,
        "difference": selectors.difference(runs),
        "scores": [(run, selectors.score_rows(run)) for run in runs],
        "charts": [
            chart
            for chart in (
                selectors.overlaid(runs, "val_loss", _("Loss on the held-out part")),
                selectors.overlaid(runs, "val_auc", _("AUC on the held-out part")),
                selectors.overlaid(runs, "loss", _("Loss on the training part")),
            )
            if chart is not None
        ],
    }
    return render(request, "models/training_compare.html", context)


def _chosen(request: HttpRequest) -> list[TrainingRun]:
    try:
        ids = list(dict.fromkeys(uuid.UUID(raw) for raw in request.GET.getlist("run")))
    except ValueError:
        raise InvalidInput(_("A training run is named by its id.")) from None
    if not LEAST_COMPARED <= len(ids) <= MOST_COMPARED:
        raise InvalidInput(
            _("Choose %(least)d to %(most)d training runs to compare.")
            % {"least": LEAST_COMPARED, "most": MOST_COMPARED}
        )
    found = runs_for(request).in_bulk(ids)
    if len(found) < len(ids):
        raise Http404
    return [found[pk] for pk in ids]
