"""The list of workloads, a workload's page and its forms."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from capacity import exporting
from capacity.models import Workload
from capacity.rights import may_plan, may_see_device_cost
from capacity.selectors import workloads as selectors
from capacity.services import workloads as service
from capacity.views.estate import posted, version_of
from capacity.views.listing import workload_listing
from capacity.workload_forms import ProjectChoice, WorkloadForm
from teamhub.errors import Conflict, InvalidInput, NotAllowed, Stale
from teamhub.web.exports import csv_response
from teamhub.web.fragments import page_or_fragment

form_methods = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@login_required
def workload_list(request: HttpRequest) -> HttpResponseBase:
    listing = workload_listing(request)
    if listing.wants_csv:
        return csv_response("workloads.csv", *exporting.workloads(request.user, listing.queryset))
    held = selectors.held_by(listing.rows, request.user)
    context = {
        "listing": listing,
        "rows": [(workload, held[workload.pk]) for workload in listing.rows],
        "may_add": selectors.editable_projects(request.user).exists(),
        "plans": may_plan(request.user),
    }
    return page_or_fragment(
        request,
        "capacity/workload_list.html",
        "capacity/_workload_list.html",
        context,
        root="workload-list",
    )


@require_safe
@login_required
def workload_detail(request: HttpRequest, pk: int) -> HttpResponse:
    workload = get_object_or_404(
        selectors.read_workloads(request.user).prefetch_related("accelerators", "pools"), pk=pk
    )
    context = {
        "workload": workload,
        "held": selectors.held_by([workload], request.user)[workload.pk],
        "actuals": workload.actuals.select_related("pool"),
        "may_edit": service.may_edit(request.user, workload.project),
        "plans": may_plan(request.user),
        "shows_value": service.may_see_value(request.user, workload.project),
        "shows_cost": may_see_device_cost(request.user),
    }
    return render(request, "capacity/workload_detail.html", context)


@login_required
@form_methods
def workload_create(request: HttpRequest) -> HttpResponse:
    """First for which project, then the form; a calculator may have filled a part of it."""
    projects = selectors.editable_projects(request.user)
    if not projects.exists():
        raise NotAllowed(_("You lead no project and plan no devices: you cannot add workloads."))
    given = request.GET if "project" in request.GET else request.POST
    choice = ProjectChoice(given or None, projects=projects.order_by("name"))
    if not choice.is_valid():
        if request.method == "POST":
            raise NotAllowed(_("You may not add workloads to this project."))
        return render(request, "capacity/workload_project.html", {"form": choice})
    project = choice.cleaned_data["project"]
    form = WorkloadForm(
        posted(request), project=project, user=request.user, initial=_given(request)
    )
    status = 422 if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        try:
            made = service.create_workload(project=project, by=request.user, **form.values)
        except (InvalidInput, Conflict) as error:
            form.refuse(error)
        else:
            messages.success(request, _("The workload “%s” is added.") % made.name)
            return redirect(made)
    context = {"form": form, "project": project}
    return render(request, "capacity/workload_form.html", context, status=status)


def _given(request: HttpRequest) -> dict[str, Any]:
    """What the address fills in; the form checks it as it would what is typed."""
    initial = {
        name: value for name, value in request.GET.items() if name in WorkloadForm.base_fields
    }
    return {"sizing": Workload.Sizing.DEVICES, **initial}


@login_required
@form_methods
def workload_update(request: HttpRequest, pk: int) -> HttpResponse:
    workload = _workload(request, pk)
    form = WorkloadForm(
        posted(request), instance=workload, project=workload.project, user=request.user
    )
    status = 422 if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        try:
            service.update_workload(workload, by=request.user, **form.values)
        except (InvalidInput, Conflict, Stale) as error:
            form.refuse(error)
            status = 422 if isinstance(error, InvalidInput) else error.http_status
        else:
            messages.success(request, _("Saved."))
            return redirect(workload)
    context = {"form": form, "project": workload.project, "workload": workload}
    return render(request, "capacity/workload_form.html", context, status=status)


@require_POST
@login_required
def workload_remove(request: HttpRequest, pk: int) -> HttpResponse:
    workload = _workload(request, pk)
    try:
        service.delete_workload(workload, by=request.user, version=version_of(request))
    except Conflict as error:
        messages.error(request, str(error))
        return redirect(workload)
    messages.success(request, _("The workload “%s” is removed.") % workload.name)
    return redirect("capacity:workload-list")


def _workload(request: HttpRequest, pk: int) -> Workload:
    found = Workload.objects.visible_to(request.user).select_related("project")
    workload: Workload = get_object_or_404(found, pk=pk)
    service.require_editor(request.user, workload.project)
    return workload
