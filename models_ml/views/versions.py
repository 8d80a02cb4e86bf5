"""Model versions: the list, a version's page, its files, promote and retire."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from models_ml import catalog, selectors
from models_ml.files import file_response
from models_ml.forms import PromoteForm, ReasonForm
from models_ml.models import Alias, ModelVersion
from models_ml.services import versions as service
from teamhub.accounts import permissions
from teamhub.errors import NotAllowed, TeamHubError
from teamhub.web.fragments import page_or_fragment
from teamhub.web.listing import ChoiceFilter, Column, Listing


def versions_for(request: HttpRequest) -> QuerySet[ModelVersion]:
    return (
        ModelVersion.objects.visible_to(request.user)
        .select_related("project", "run__dataset", "run__requested_by")
        .prefetch_related("aliases__project", "aliases__set_by", "aliases__ended_by")
    )


@require_safe
@login_required
def version_list(request: HttpRequest) -> HttpResponseBase:
    def figure(key: str) -> Any:
        return lambda one: one.run.metrics.get(key)

    listing = Listing(
        request,
        versions_for(request),
        columns=[
            Column("version", _("Model version"), order=("recipe", "number"), value=str),
            Column("project", _("Project"), order="project__name"),
            Column("status", _("Status"), order="status"),
            Column(
                "serves",
                _("Serves as"),
                value=lambda one: [alias.name for alias in selectors.serving(one)],
            ),
            Column("auc", _("AUC"), order="run__metrics__auc", numeric=True, value=figure("auc")),
            Column(
                "log_loss",
                _("Log loss"),
                order="run__metrics__log_loss",
                numeric=True,
                value=figure("log_loss"),
            ),
            Column("weights_sha256", _("Weights")),
            Column("created_at", _("Made"), order="created_at"),
        ],
        filters=[
            ChoiceFilter("status", _("Status"), choices=ModelVersion.Status.choices),
            ChoiceFilter(
                "recipe",
                _("Recipe"),
                choices=lambda: [(one.key, one.title) for one in catalog.cards()],
            ),
        ],
        search=["project__name", "weights_sha256", "run__dataset__name"],
        default_sort="-created_at",
        root="version-list",
    )
    if listing.wants_csv:
        return listing.csv("model-versions.csv")
    rows = [(one, selectors.serving(one)) for one in listing.rows]
    return page_or_fragment(
        request,
        "models/version_list.html",
        "models/_version_list.html",
        {"listing": listing, "rows": rows},
        root="version-list",
    )


@require_safe
@login_required
def version_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, get_object_or_404(versions_for(request), pk=pk))


@require_safe
@login_required
def version_file(request: HttpRequest, pk: int, name: str) -> FileResponse:
    version = get_object_or_404(versions_for(request), pk=pk)
    return file_response(version, name, by=request.user)


@require_POST
@login_required
def version_promote(request: HttpRequest, pk: int) -> HttpResponse:
    version = get_object_or_404(versions_for(request), pk=pk)
    service.require_decider(version, request.user)
    form = PromoteForm(request.POST, may_everywhere=permissions.is_administrator(request.user))
    if form.is_valid():
        try:
            service.promote(version, by=request.user, **form.cleaned_data)
        except NotAllowed:
            raise
        except TeamHubError as error:
            form.add_error(None, str(error))
            return _page(request, version, promote=form, status=error.http_status)
        messages.success(request, _("It serves from now on."))
        return redirect(version)
    return _page(request, version, promote=form, status=422)


@require_POST
@login_required
def version_retire(request: HttpRequest, pk: int) -> HttpResponse:
    version = get_object_or_404(versions_for(request), pk=pk)
    service.retire(version, by=request.user, reason=request.POST.get("reason", ""))
    messages.success(request, _("The version is retired."))
    return redirect(version)


@require_POST
@login_required
def alias_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    visible = versions_for(request).values("pk")
    alias = get_object_or_404(Alias.objects.filter(version__in=visible), pk=pk)
    service.withdraw(alias, by=request.user, reason=request.POST.get("reason", ""))
    messages.success(request, _("It serves no longer under that name."))
    return redirect(alias.version)


def _page(
    request: HttpRequest,
    version: ModelVersion,
    *,
    promote: PromoteForm | None = None,
    status: int = 200,
) -> HttpResponse:
    everywhere = permissions.is_administrator(request.user)
    context = {
        "version": version,
        "run": version.run,
        "recipe": catalog.title(version.recipe),
        "rights": selectors.version_rights(version, request.user),
        "scores": selectors.score_rows(version.run),
        "verdict": selectors.verdict(version.run),
        "serving": selectors.serving(version),
        "aliases": version.aliases.all(),
        "promote": promote or PromoteForm(may_everywhere=everywhere),
        "retire": ReasonForm(),
    }
    return render(request, "models/version_detail.html", context, status=status)
