"""Ask for a proposal, read it, decide on it; the inbox of requests."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from projects.api.staffing import row_data, rows_csv
from projects.models import Project, StaffingRun
from projects.selectors.proposal import proposal_view
from projects.services import staffing
from projects.staffing_forms import ProposeForm
from teamhub.accounts import permissions
from teamhub.errors import Conflict, InvalidInput, TeamHubError
from teamhub.runs.selectors import run_status


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def propose(request: HttpRequest) -> HttpResponse:
    """Choose projects, time and weights; a worker proposes the team."""
    editable = Project.objects.editable_by(request.user).exclude(
        status__in=[Project.Status.DONE, Project.Status.CANCELLED]
    )
    initial = {"projects": request.GET.getlist("project")}
    form = ProposeForm(request.POST or None, projects=editable, initial=initial)
    if request.method == "POST" and form.is_valid():
        run = staffing.propose_team(by=request.user, **form.arguments())
        return redirect(run)
    status = 422 if form.is_bound else 200
    return render(request, "projects/propose.html", {"form": form}, status=status)


@require_safe
@login_required
def proposal(request: HttpRequest, pk: str) -> HttpResponse:
    run = _run(request, pk)
    view = proposal_view(run, request.user)
    context = {"run": run, "view": view, "status": run_status(run, request.user)}
    return render(request, "projects/proposal_detail.html", context)


@require_POST
@login_required
def accept(request: HttpRequest, pk: str) -> HttpResponse:
    """Accept ticked rows, those of a project or all; what was refused is said row by row."""
    run = _run(request, pk)
    try:
        projects = _numbers(request, "project") or None
        rows = None if projects else _ticked(request)
        done = staffing.accept(
            run, by=request.user, rows=rows, projects=projects, reason=_reason(request)
        )
    except (Conflict, InvalidInput) as error:
        return _refused(request, run, error)
    _tell(request, done)
    return redirect(run)


@require_POST
@login_required
def reject(request: HttpRequest, pk: str) -> HttpResponse:
    run = _run(request, pk)
    try:
        rows = _ticked(request) or []
        count = staffing.reject(run, rows=rows, by=request.user, reason=_reason(request))
    except (Conflict, InvalidInput) as error:
        return _refused(request, run, error)
    text = ngettext("%(n)d row rejected.", "%(n)d rows rejected.", count)
    messages.success(request, text % {"n": count})
    return redirect(run)


def _refused(request: HttpRequest, run: StaffingRun, error: TeamHubError) -> HttpResponse:
    """The proposal again, with what was not right; nothing typed is lost."""
    context = {
        "run": run,
        "view": proposal_view(run, request.user),
        "status": run_status(run, request.user),
        "refused": error.details.get("refused", []),
        "refusal": str(error),
        "reason": _reason(request),
    }
    return render(request, "projects/proposal_detail.html", context, status=error.http_status)


def _run(request: HttpRequest, pk: str) -> StaffingRun:
    return get_object_or_404(StaffingRun.objects.visible_to(request.user), pk=pk)


def _reason(request: HttpRequest) -> str:
    return request.POST.get("reason", "").strip()[:300]


def _ticked(request: HttpRequest) -> list[int] | None:
    """Ids of the ticked rows; None where the button for all was pressed."""
    if request.POST.get("all"):
        return None
    rows = _numbers(request, "row")
    if not rows:
        raise InvalidInput(_("Tick at least one row, or accept all."))
    return rows


def _numbers(request: HttpRequest, name: str) -> list[int]:
    raw = request.POST.getlist(name)
    if not all(value.isascii() and value.isdigit() and len(value) < 16 for value in raw):
        raise InvalidInput(_("A row is named by a number."))
    return [int(value) for value in raw]


def _tell(request: HttpRequest, done: staffing.Acceptance) -> None:
    n_accepted, n_requested = len(done.accepted), len(done.requested)
    if n_accepted:
        text = ngettext("%(n)d row accepted.", "%(n)d rows accepted.", n_accepted)
        messages.success(request, text % {"n": n_accepted})
    if n_requested:
        text = ngettext(
            "%(n)d row waits for another lead.", "%(n)d rows wait for other leads.", n_requested
        )
        messages.info(request, text % {"n": n_requested})
    for refusal in done.refusals(with_money=permissions.may_see_money(request.user))[:10]:
        messages.warning(request, _("Refused: %(reason)s") % {"reason": refusal["reason"]})


@require_safe
@login_required
def proposal_csv(request: HttpRequest, pk: str) -> HttpResponse:
    """The rows as the API gives them, for a log-in of the browser."""
    run = _run(request, pk)
    view = proposal_view(run, request.user)
    rows = [row_data(shown, with_money=view.with_money) for shown in view.rows]
    response: HttpResponse = rows_csv(run, rows, with_money=view.with_money)
    return response
