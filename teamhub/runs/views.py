"""Pages over every kind of run, and the two addresses that monitors ask."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import trigger_client_event

from teamhub.accounts.models import User
from teamhub.runs import health, registry, selectors, services
from teamhub.runs.models import Run, Status
from teamhub.web.fragments import page_or_fragment, wants_fragment
from teamhub.web.listing import ChoiceFilter, Column, Listing, TextFilter

FRAGMENT = "components/_run_status.html"


@login_required
@require_GET
def run_list(request: HttpRequest) -> HttpResponseBase:
    listing = Listing(
        request,
        selectors.AllRuns.visible_to(_user(request)),  # type: ignore[arg-type]
        columns=[
            Column("title", _("Run"), value=str),
            Column("subject", _("About")),
            Column("kind", _("Kind")),
            Column("status", _("Status")),
            Column("outcome", _("Outcome")),
            Column("requested_by", _("Requested by")),
            Column("created_at", _("Created")),
            Column("elapsed_s", _("Took"), numeric=True),
        ],
        filters=[
            TextFilter(
                "about",
                _("About"),
                apply=lambda runs, words: runs.about(words),  # type: ignore[attr-defined]
            ),
            ChoiceFilter(
                "kind",
                _("Kind"),
                choices=[(model.kind, model.title) for model in registry.kinds()],
                apply=lambda runs, kind: runs.of_kind(kind),  # type: ignore[attr-defined]
            ),
            ChoiceFilter("status", _("Status"), choices=Status.choices),
        ],
        root="run-list",
    )
    if listing.wants_csv:
        return listing.csv("runs.csv")
    return page_or_fragment(
        request, "runs/run_list.html", "runs/_run_list.html", {"listing": listing}, root="run-list"
    )


@login_required
@require_GET
def run_detail(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """The page of the kind if it has one, else the general one."""
    run = selectors.run_for(_user(request), run_id)
    page = run.get_absolute_url()
    if page != request.path:
        return redirect(page)
    status = selectors.run_status(run, _user(request))
    return render(request, "runs/run_detail.html", {"run": run, "status": status})


@login_required
@require_GET
@never_cache
def run_status(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """The fragment that asks again every two seconds while the run is active."""
    run = selectors.run_for(_user(request), run_id)
    return _fragment(request, run)


@login_required
@require_POST
def run_cancel(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    return _control(request, run_id, services.cancel, _("Cancelled. Nothing of it is kept."))


@login_required
@require_POST
def run_finish(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    said = _("Asked for the best answer so far; it comes within seconds.")
    return _control(request, run_id, services.finish_now, said)


@login_required
@require_POST
def run_again(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    run = selectors.run_for(_user(request), run_id)
    return _go_to(request, services.run_again(run, by=_user(request)))


@login_required
@require_POST
def run_reproduce(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    run = selectors.run_for(_user(request), run_id)
    return _go_to(request, services.reproduce(run, by=_user(request)))


@login_not_required
@never_cache
@require_GET
def healthz(request: HttpRequest) -> JsonResponse:
    """This process answers."""
    return JsonResponse({"ok": True})


@login_not_required
@never_cache
@require_GET
def readyz(request: HttpRequest) -> JsonResponse:
    """Everything that the product needs is there."""
    state = health.health()
    return JsonResponse(state, status=200 if state["ready"] else 503)


def _control(
    request: HttpRequest, run_id: uuid.UUID, service: Callable[..., None], said: str
) -> HttpResponse:
    run = selectors.run_for(_user(request), run_id)
    service(run, by=_user(request))
    messages.success(request, said)
    if wants_fragment(request):
        return _fragment(request, run)
    return redirect(run.get_absolute_url())


def _fragment(request: HttpRequest, run: Run) -> HttpResponse:
    status = selectors.run_status(run, _user(request))
    response = render(request, FRAGMENT, {"status": status})
    if not run.is_active:
        # The page around it may now load what the run has brought.
        trigger_client_event(response, "run-ended", {"run": str(run.pk)}, after="settle")
    return response


def _go_to(request: HttpRequest, run: Run) -> HttpResponse:
    messages.success(request, _("Started again."))
    address = run.get_absolute_url()
    if wants_fragment(request):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = address
        return response
    return redirect(address)


def _user(request: HttpRequest) -> User:
    return request.user
