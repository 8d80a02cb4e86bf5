"""Allocations: the list, and giving, locking, taking back by hand."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from capacity import exporting
from capacity.models import Allocation, Workload
from capacity.rights import may_plan
from capacity.services import allocations as service
from capacity.services.rows import require_planner
from capacity.views.estate import form_methods, posted, version_of
from capacity.views.listing import allocation_listing
from capacity.workload_forms import AllocationEditForm, AllocationForm
from teamhub.errors import Conflict, InvalidInput, Stale, TeamHubError
from teamhub.web.exports import csv_response
from teamhub.web.fragments import page_or_fragment


@require_safe
@login_required
def allocation_list(request: HttpRequest) -> HttpResponseBase:
    listing = allocation_listing(request)
    if listing.wants_csv:
        return csv_response(
            "allocations.csv", *exporting.allocations(request.user, listing.queryset)
        )
    context = {"listing": listing, "plans": may_plan(request.user)}
    return page_or_fragment(
        request,
        "capacity/allocation_list.html",
        "capacity/_allocation_list.html",
        context,
        root="allocation-list",
    )


@login_required
@form_methods
def allocation_create(request: HttpRequest) -> HttpResponse:
    require_planner(request.user)
    workloads = Workload.objects.visible_to(request.user).open().order_by("project__name", "key")
    form = AllocationForm(posted(request), workloads=workloads, initial=_given(request))
    status = 422 if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        try:
            made = service.create_allocation(by=request.user, **form.cleaned_data)
        except (Conflict, InvalidInput) as error:
            status = refuse(form, error)
        else:
            messages.success(request, _("The devices are given to %s.") % made.workload.name)
            return redirect(made.workload)
    return render(request, "capacity/allocation_form.html", {"form": form}, status=status)


def _given(request: HttpRequest) -> dict[str, Any]:
    names = ("workload", "pool", "start_on", "end_on", "devices")
    return {name: request.GET[name] for name in names if name in request.GET}


@login_required
@form_methods
def allocation_update(request: HttpRequest, pk: int) -> HttpResponse:
    allocation = _allocation(request, pk)
    form = AllocationEditForm(posted(request), allocation=allocation)
    status = 422 if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        try:
            service.update_allocation(allocation, by=request.user, **form.cleaned_data)
        except (Conflict, InvalidInput, Stale) as error:
            status = refuse(form, error)
        else:
            messages.success(request, _("The allocation is changed."))
            return redirect(allocation.workload)
    context = {"form": form, "allocation": allocation}
    return render(request, "capacity/allocation_form.html", context, status=status)


@require_POST
@login_required
def allocation_remove(request: HttpRequest, pk: int) -> HttpResponse:
    allocation = _allocation(request, pk)
    try:
        service.delete_allocation(allocation, by=request.user, version=version_of(request))
    except Conflict as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The devices are free again."))
    return redirect(allocation.workload)


def refuse(form: Any, error: TeamHubError) -> int:
    """Show a refusal at its field; returns the status of the answer."""
    if error.code == "needs_reason":
        form.add_error("reason", str(error))
        return error.http_status
    fields = error.details.get("fields")
    if not isinstance(fields, dict):
        form.add_error(None, str(error))
        return error.http_status if isinstance(error, Conflict | Stale) else 422
    for name, texts in fields.items():
        form.add_error(name if name in form.fields else None, texts)
    return 422


def _allocation(request: HttpRequest, pk: int) -> Allocation:
    found = Allocation.objects.visible_to(request.user).in_force()
    allocation: Allocation = get_object_or_404(
        found.select_related("workload__project", "pool"), pk=pk
    )
    require_planner(request.user)
    return allocation
