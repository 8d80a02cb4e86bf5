"""The calculator: device-hours, memory and devices of a model, and on to a workload."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from capacity.estimate_form import EstimateForm
from capacity.selectors.estimating import Answer, estimate
from capacity.selectors.prices import prices
from capacity.selectors.workloads import editable_projects
from capacity.workload_forms import ProjectChoice
from teamhub.errors import InvalidInput


@require_safe
@login_required
def calculator(request: HttpRequest) -> HttpResponse:
    """Everything stands in the address, so that an estimate can be sent to a colleague."""
    asked = "kind" in request.GET
    form = EstimateForm(request.GET if asked else None)
    answer, status = None, 200
    if asked and form.is_valid():
        try:
            answer = estimate(form.ask())
        except InvalidInput as error:
            form.refuse(error)
    if asked and answer is None:
        status = 422
    context: dict[str, Any] = {"form": form, "answer": answer}
    if answer is not None:
        context |= _more(request, form, answer)
    return render(request, "capacity/calculator.html", context, status=status)


def _more(request: HttpRequest, form: EstimateForm, answer: Answer) -> dict[str, Any]:
    hours = answer.hours
    projects = editable_projects(request.user).order_by("name")
    chosen = {"project": request.GET.get("project", "")}
    choice = ProjectChoice(projects=projects, initial=chosen)
    kind = form.cleaned_data["accelerator"]
    found = prices(request.user, kind, hours.p10, hours.p50, hours.p90)
    return {
        "prices": found,
        "choice": choice if projects.exists() else None,
        "carried": form.workload_fields(answer),
    }
