"""The inbox of requests: what other leads ask for, and what one has asked oneself."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Case, IntegerField, QuerySet, When
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from projects.models import Project, StaffingRequest
from projects.services import answers
from teamhub.errors import Conflict, InvalidInput
from teamhub.web.fragments import page_or_fragment
from teamhub.web.listing import ChoiceFilter, Column, Listing

ROOT = "request-list"
PAGE_SIZE = 25
WAITING, SENT = "waiting", "sent"
Requests = QuerySet[StaffingRequest]


@require_safe
@login_required
def inbox(request: HttpRequest) -> HttpResponseBase:
    """Requests to this lead first, then those that they sent, page by page."""
    context = _context(request)
    if context["listing"].wants_csv:
        response: HttpResponseBase = context["listing"].csv("requests.csv")
        return response
    page, fragment = "projects/request_inbox.html", "projects/_request_list.html"
    return page_or_fragment(request, page, fragment, context, root=ROOT)


@require_POST
@login_required
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    visible = StaffingRequest.objects.visible_to(request.user).select_related(
        "row__slot__phase__project", "row__run"
    )
    asked = get_object_or_404(visible, pk=pk)
    choice = request.POST.get("answer", "")
    if choice not in {"approve", "decline"}:
        raise InvalidInput(_("Choose approve or decline."))
    reason = request.POST.get("reason", "").strip()[:300]
    try:
        answers.answer_request(asked, approve=choice == "approve", by=request.user, reason=reason)
    except (Conflict, InvalidInput) as error:
        context = _context(request, first=asked.pk)
        context |= {"failed": asked.pk, "refusal": str(error), "reason": reason}
        return render(request, "projects/request_inbox.html", context, status=error.http_status)
    if choice == "approve":
        messages.success(request, _("Approved: the assignment is confirmed."))
    else:
        messages.success(request, _("Declined: the slot is open again."))
    return redirect("projects:request-inbox")


def _context(request: HttpRequest, *, first: int = 0) -> dict[str, Any]:
    """The list; `first` is a request that stands on top whatever its age."""
    mine = StaffingRequest.objects.answerable_by(request.user).open().order_by()
    turn = Case(
        When(pk=first, then=0),
        When(pk__in=mine.values("pk"), then=1),
        When(status=StaffingRequest.Status.OPEN, then=2),
        default=3,
        output_field=IntegerField(),
    )
    related = ("row__person__department", "row__slot__seat__role", "row__slot__phase__project")
    found = StaffingRequest.objects.visible_to(request.user).annotate(turn=turn)
    listing = Listing(
        request,
        found.select_related(*related, "asked_by", "answered_by").order_by(
            "turn", "-asked_at", "-pk"
        ),
        columns=_columns(),
        filters=_filters(mine, request),
        search=["row__person__name", "row__slot__phase__project__name"],
        page_size=PAGE_SIZE,
        root=ROOT,
        saved_as="requests",
        path=reverse("projects:request-inbox"),
    )
    shown = [one.pk for one in listing.rows]
    return {
        "listing": listing,
        "answerable": set(mine.filter(pk__in=shown).values_list("pk", flat=True)),
    }


def _columns() -> list[Column]:
    row = attrgetter("row")
    return [
        Column("person", _("Person"), order="row__person__sort_name", value=_of("row.person.key")),
        Column(
            "project",
            _("For"),
            order="row__slot__phase__project__name",
            value=_of("row.slot.phase.project.key"),
        ),
        Column("seat", _("Seat"), shown=False, value=lambda one: str(row(one).slot.seat)),
        Column("start_on", _("Weeks"), order="row__start_on", value=_of("row.start_on")),
        Column("end_on", _("End"), shown=False, value=_of("row.end_on")),
        Column(
            "fte_share",
            _("FTE"),
            order="row__fte_hundredths",
            numeric=True,
            value=lambda one: row(one).fte_hundredths / 100,
        ),
        Column("asked_at", _("Asked"), order="asked_at"),
        Column("asked_by", _("Asked by"), shown=False, value=_of("asked_by.username")),
        Column("status", _("Answer"), order="status"),
        Column("reason", _("Reason"), shown=False),
    ]


def _of(path: str) -> Callable[[Any], Any]:
    return attrgetter(path)


def _filters(mine: Requests, request: HttpRequest) -> list[ChoiceFilter]:
    boxes = {
        WAITING: lambda found: found.filter(pk__in=mine.values("pk")),
        SENT: lambda found: found.filter(asked_by=request.user),
    }
    return [
        ChoiceFilter(
            "box",
            _("Which"),
            choices=[(WAITING, _("Waiting for you")), (SENT, _("Sent by you"))],
            apply=lambda found, box: boxes[box](found),
        ),
        ChoiceFilter("status", _("Answer"), choices=StaffingRequest.Status.choices),
        ChoiceFilter(
            "project",
            _("For"),
            lookup="row__slot__phase__project__key",
            choices=lambda: list(
                Project.objects.filter(
                    phases__slots__proposal_rows__request__in=(
                        StaffingRequest.objects.visible_to(request.user).values("pk")
                    )
                )
                .distinct()
                .order_by("name")
                .values_list("key", "name")
            ),
        ),
    ]
