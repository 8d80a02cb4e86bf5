"""The list of plans, a plan's page, the form for a new one, adoption."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from capacity.models import CapacityPlan
from capacity.plan_forms import PlanForm
from capacity.rights import may_plan, may_see_device_cost
from capacity.selectors.plan_comparison import comparison
from capacity.selectors.plan_page import find_pool, plan_page, schedule_page, weeks_page
from capacity.selectors.plans import read_plans
from capacity.services import plans as service
from capacity.views.plan_listing import plan_listing, schedule_listing
from teamhub.errors import Conflict, InvalidInput, TeamHubError
from teamhub.runs.selectors import run_status
from teamhub.web.fragments import page_or_fragment, wants_fragment


@require_safe
@login_required
def plan_list(request: HttpRequest) -> HttpResponseBase:
    listing = plan_listing(request)
    if listing.wants_csv:
        return listing.csv("capacity-plans.csv")
    context = {"listing": listing, "plans": may_plan(request.user)}
    return page_or_fragment(
        request,
        "capacity/plan_list.html",
        "capacity/_plan_list.html",
        context,
        root="plan-list",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def plan_create(request: HttpRequest) -> HttpResponse:
    """Objective, weeks and time; a worker computes the plan."""
    service.require_planner(request.user)
    form = PlanForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(service.submit_plan(by=request.user, **form.arguments()))
        except InvalidInput as error:
            form.add_error(None, str(error))
    status = 422 if form.is_bound else 200
    return render(request, "capacity/plan_form.html", {"form": form}, status=status)


@require_safe
@login_required
def plan_detail(request: HttpRequest, pk: str) -> HttpResponse:
    plan = _plan(request, pk)
    if plan.status == plan.Status.SUCCEEDED:
        if wants_fragment(request, "plan-weeks"):
            return _piece(request, "capacity/_plan_weeks.html", _weeks(request, plan))
        if wants_fragment(request, "plan-schedule"):
            return _piece(request, "capacity/_plan_schedule.html", _schedule(request, plan))
        if wants_fragment(request, "plan-comparison") and may_see_device_cost(request.user):
            return _piece(request, "capacity/_plan_comparison.html", _compare(request, plan))
    return render(request, "capacity/plan_detail.html", _context(request, plan))


@require_POST
@login_required
def plan_adopt(request: HttpRequest, pk: str) -> HttpResponse:
    """Adopt the ticked workloads, or all rows; what was refused is said row by row."""
    plan = _plan(request, pk)
    reason = request.POST.get("reason", "").strip()[:300]
    try:
        done = service.adopt(plan, by=request.user, rows=_ticked(request, plan), reason=reason)
    except (Conflict, InvalidInput) as error:
        return _refused(request, plan, error, reason)
    _tell(request, done)
    return redirect(plan)


@require_POST
@login_required
def plan_others(request: HttpRequest, pk: str) -> HttpResponse:
    """Compute the other objectives on the rows that this plan has read."""
    plan = _plan(request, pk)
    try:
        made = service.compute_others(plan, by=request.user)
    except Conflict as error:
        return _refused(request, plan, error, "")
    text = ngettext("%(n)d plan is queued.", "%(n)d plans are queued.", len(made))
    messages.success(request, text % {"n": len(made)})
    return redirect(plan)


def _plan(request: HttpRequest, pk: str) -> Any:
    return get_object_or_404(read_plans(request.user), pk=pk)


def _piece(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    response = render(request, template, context)
    response.headers.setdefault("Vary", "HX-Request")
    return response


def _context(request: HttpRequest, plan: CapacityPlan) -> dict[str, Any]:
    context: dict[str, Any] = {"plan": plan, "status": run_status(plan, request.user)}
    if plan.status != plan.Status.SUCCEEDED:
        return context
    context |= {"page": plan_page(plan, request.user)}
    context |= _weeks(request, plan) | _schedule(request, plan)
    if may_see_device_cost(request.user):
        context |= _compare(request, plan)
    return context


def _weeks(request: HttpRequest, plan: CapacityPlan) -> dict[str, Any]:
    raw = request.GET.get("week", "")
    first = int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 6 else 0
    pool = find_pool(request.GET.get("pool", ""))
    return {"plan": plan, "weeks": weeks_page(plan, request.user, pool, first)}


def _schedule(request: HttpRequest, plan: CapacityPlan) -> dict[str, Any]:
    listing = schedule_listing(request, plan)
    return {
        "plan": plan,
        "listing": listing,
        "schedule": schedule_page(plan, listing.rows, request.user),
    }


def _compare(request: HttpRequest, plan: CapacityPlan) -> dict[str, Any]:
    return {"plan": plan, "comparison": comparison(plan, request.user)}


def _refused(
    request: HttpRequest, plan: CapacityPlan, error: TeamHubError, reason: str
) -> HttpResponse:
    """The plan again, with what was not right; nothing typed is lost."""
    context = _context(request, plan) | {
        "refused": error.details.get("refused", []),
        "refusal": str(error),
        "reason": reason,
    }
    return render(request, "capacity/plan_detail.html", context, status=error.http_status)


def _ticked(request: HttpRequest, plan: CapacityPlan) -> list[int] | None:
    """Open rows of the ticked workloads; None where the button for all was pressed."""
    if request.POST.get("all"):
        return None
    raw = request.POST.getlist("workload")
    if not all(value.isascii() and value.isdigit() and len(value) < 16 for value in raw):
        raise InvalidInput(_("A workload is named by a number."))
    if not raw:
        raise InvalidInput(_("Tick at least one workload, or adopt all."))
    rows = plan.allocations.filter(workload__in=[int(value) for value in raw], adopted=False)
    return list(rows.values_list("pk", flat=True))


def _tell(request: HttpRequest, done: service.Adoption) -> None:
    n = len(done.adopted)
    text = ngettext("%(n)d row is adopted and counts now.", "%(n)d rows are adopted now.", n)
    messages.success(request, text % {"n": n})
    if gone := done.n_replaced + done.n_removed:
        text = ngettext(
            "%(n)d planned allocation has given way.",
            "%(n)d planned allocations have given way.",
            gone,
        )
        messages.info(request, text % {"n": gone})
    for _group, findings in done.refused[:10]:
        reason = " ".join(finding.text for finding in findings)
        messages.warning(request, _("Refused: %(reason)s") % {"reason": reason})
