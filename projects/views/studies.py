"""Questions about a plan: ask one, read the answer, find those asked before."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from projects.forms import refuse
from projects.models import Slot, StaffingRun, StaffingStudy
from projects.selectors.staffing_scope import staffable
from projects.selectors.study import study_view
from projects.selectors.study_titles import with_titles
from projects.services import studies
from projects.services import study_suppose as suppositions
from projects.study_forms import StudyForm
from teamhub.errors import TeamHubError
from teamhub.runs.selectors import run_status
from teamhub.web.fragments import page_or_fragment, wants_fragment
from teamhub.web.listing import ChoiceFilter, Column, Listing

ROOT = "study-list"
PICK = "study-pick-"  # then slot and start: where a page has the people put
Question = StaffingStudy.Question


@require_safe
@login_required
def study_list(request: HttpRequest) -> HttpResponseBase:
    """All questions that the reader may see, newest first."""
    found = StaffingStudy.objects.visible_to(request.user).select_related("requested_by")
    listing = Listing(
        request,
        found.prefetch_related("projects"),
        columns=[
            Column("question", _("Question"), order="question"),
            Column("about", _("About")),
            Column("status", _("Status"), order="status"),
            Column("requested_by", _("Asked by"), order="requested_by__username"),
            Column("created_at", _("Asked"), order="created_at"),
        ],
        filters=[
            ChoiceFilter(
                "question", _("Question"), lookup="question", choices=lambda: Question.choices
            )
        ],
        default_sort="-created_at",
        root=ROOT,
    )
    context = {
        "listing": listing,
        "titled": with_titles(listing.rows, request.user),
        "may_ask": staffable(request.user).exists(),
    }
    page, fragment = "projects/study_list.html", "projects/_study_list.html"
    return page_or_fragment(request, page, fragment, context, root=ROOT)


@require_safe
@login_required
def study_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    visible = StaffingStudy.objects.visible_to(request.user).select_related("proposal")
    study = get_object_or_404(visible, pk=pk)
    proposal = study.proposal
    if proposal is not None:
        readable = StaffingRun.objects.visible_to(request.user).filter(pk=proposal.pk)
        proposal = readable.first()
    context = {
        "study": study,
        "proposal": proposal,
        "may_suppose": suppositions.may_suppose(study, request.user),
        "may_ask_again": studies.may_ask_again(study, request.user),
        "view": study_view(study, request.user),
        "status": run_status(study, request.user),
    }
    return render(request, "projects/study_detail.html", context)


@require_POST
@login_required
def study_suppose(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Start a proposal in which one of the changes of an answer has come true."""
    study = get_object_or_404(StaffingStudy.objects.visible_to(request.user), pk=pk)
    raw = request.POST.get("number", "")
    number = int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 4 else 0
    return redirect(suppositions.suppose(study=study, number=number, by=request.user))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def study_create(request: HttpRequest) -> HttpResponse:
    """Ask: from the form of a question, or by a button beside what it is about."""
    given = _given(request)
    run, slot = _run(request, given.get("run", "")), _slot(request, given.get("slot", ""))
    question = given.get("question", Question.SHOCK)
    known = question in Question.values and (slot is not None or question != Question.WHY_NOT)
    if not known:
        raise Http404
    form = StudyForm(
        given if request.method == "POST" else None,
        question=question,
        by=request.user,
        run=run,
        slot=slot,
        initial={"projects": request.GET.getlist("project")},
    )
    context = {
        "form": form,
        "question": Question(question),
        "questions": [one for one in Question if one != Question.WHY_NOT],
        "run": run,
        "slot": slot,
        "start_on": given.get("start_on", ""),
        "offers_projects": bool(run or slot) or staffable(request.user).exists(),
    }
    if request.method != "POST":
        target = request.headers.get("HX-Target", "")
        pick = wants_fragment(request) and target.startswith(PICK)
        page = "projects/_study_pick.html" if pick else "projects/study_create.html"
        response = render(request, page, context)
        response.headers.setdefault("Vary", "HX-Request")
        return response
    status = 422
    if form.is_valid():
        try:
            return redirect(
                studies.ask(
                    by=request.user, start_on=_day(given.get("start_on", "")), **form.arguments()
                )
            )
        except TeamHubError as error:
            status = refuse(form, error)
    return render(request, "projects/study_create.html", context, status=status)


def _given(request: HttpRequest) -> Any:
    """What was sent; the button of a row names slot and start, and so which person counts."""
    if request.method != "POST":
        return request.GET
    given = request.POST.copy()
    if why := given.get("why", ""):
        slot, _at, start_on = why.partition("@")
        given["question"], given["slot"], given["start_on"] = Question.WHY_NOT, slot, start_on
        given["person"] = given.get(f"person-{why}", "")
    return given


def _day(raw: str) -> date | None:
    """The start of a row as its page wrote it."""
    try:
        return parse_date(raw)
    except ValueError:
        raise Http404 from None


def _run(request: HttpRequest, raw: str) -> StaffingRun | None:
    """The proposal that is asked about; 404 where it is none of the reader's."""
    if not raw:
        return None
    try:
        pk = UUID(raw)
    except ValueError:
        raise Http404 from None
    return get_object_or_404(StaffingRun.objects.visible_to(request.user), pk=pk)


def _slot(request: HttpRequest, raw: str) -> Slot | None:
    if not raw:
        return None
    if not (raw.isascii() and raw.isdigit() and len(raw) < 16):
        raise Http404
    slots = Slot.objects.visible_to(request.user).select_related("seat__role", "phase__project")
    return get_object_or_404(slots, pk=int(raw))
