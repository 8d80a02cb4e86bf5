"""Read a proposal as a diff against today's plan, and decide on it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from projects.api.staffing import row_data, rows_csv
from projects.models import Project, StaffingRun
from projects.selectors.proposal import proposal_view
from projects.selectors.proposal_diff import acceptances, diff_of
from projects.selectors.proposal_params import ParamWords
from projects.selectors.supposed import Supposed
from projects.services import staffing
from teamhub.errors import Conflict, InvalidInput, TeamHubError
from teamhub.runs.selectors import run_status
from teamhub.web.fragments import wants_fragment


@require_safe
@login_required
def proposal(request: HttpRequest, pk: str) -> HttpResponse:
    run = _run(request, pk)
    asked = request.GET.get("group", "")
    if wants_fragment(request) and asked:
        context = _result(request, run)
        group = next((one for one in context["groups"] if str(one.project.pk) == asked), None)
        if group is None:
            raise Http404
        context |= {"group": group}
        return render(request, "projects/_proposal_group.html", context)
    context = _context(request, run)
    if request.method == "GET" and run.status == run.Status.SUCCEEDED:
        asked_for = _number(request.GET.get("change"))
        told = (change for change in context["changes"] if change.pk == asked_for)
        context["told"] = next(told, None)
    return render(request, "projects/proposal_detail.html", context)


def _context(request: HttpRequest, run: StaffingRun) -> dict[str, Any]:
    """What the page of a run shows, finished or not."""
    context = {
        "run": run,
        "status": run_status(run, request.user),
        "params": ParamWords([run], request.user).of(run),
        "may_staff": Project.objects.editable_by(request.user).filter(staffing_runs=run).exists(),
    }
    if run.status == run.Status.SUCCEEDED:
        context |= _result(request, run)
    return context


def _result(request: HttpRequest, run: StaffingRun) -> dict[str, Any]:
    diff = diff_of(run, request.user)
    mine = Project.objects.editable_by(request.user).order_by().values("pk")
    return {
        "run": run,
        "view": diff.view,
        "diff": diff,
        "groups": diff.groups_with(request.GET.get("group", "")),
        "changes": acceptances(run),
        "may_ask_again": not run.projects.exclude(pk__in=mine).exists(),
        "supposed": Supposed([run], request.user).told(run),
        "hypothetical": bool(run.params.get("what_if")),
    }


@require_POST
@login_required
def accept(request: HttpRequest, pk: str) -> HttpResponse:
    """Accept the ticked rows, those of a project, or all; what was refused is said by row."""
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
    change = f"?change={done.change.pk}" if done.change else ""
    return redirect(f"{run.get_absolute_url()}{change}")


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
    context = _context(request, run) | {
        "refused": error.details.get("refused", []),
        "refusal": str(error),
        "reason": _reason(request),
        "ticked": request.POST.getlist("row"),
    }
    return render(request, "projects/proposal_detail.html", context, status=error.http_status)


def _run(request: HttpRequest, pk: str) -> StaffingRun:
    return get_object_or_404(StaffingRun.objects.visible_to(request.user), pk=pk)


def _number(raw: str | None) -> int:
    """A key as a browser sends it; 0, which no row has, for what is none."""
    return int(raw) if raw and raw.isascii() and raw.isdigit() and len(raw) < 16 else 0


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
    for refusal in done.refusals(by=request.user)[:10]:
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
