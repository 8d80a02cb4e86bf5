"""Changes of the plan: the list with what each did, and undo."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from projects.models import PlanChange, PlanChangeLine, Project
from projects.selectors import plan_changes as selectors
from projects.services.undo import MAX_REASON, Undone, undo
from roles.models import Person
from teamhub.accounts.models import User
from teamhub.errors import Conflict
from teamhub.web.exports import csv_response
from teamhub.web.fragments import page_or_fragment
from teamhub.web.listing import ChoiceFilter, Column, Listing

ROOT = "plan-change-list"
PAGE_SIZE = 25


@require_safe
@login_required
def plan_change_list(request: HttpRequest) -> HttpResponseBase:
    if opened := request.GET.get("lines", ""):
        return _lines(request, opened)
    listing = _listing(request)
    if listing.wants_csv:
        rows = selectors.csv_rows(listing.queryset, request.user)
        response: HttpResponseBase = csv_response("plan-changes.csv", selectors.CSV_COLUMNS, rows)
        return response
    context = {"listing": listing, "changes": selectors.shown(listing.rows, request.user)}
    page, fragment = "projects/plan_change_list.html", "projects/_plan_change_list.html"
    return page_or_fragment(request, page, fragment, context, root=ROOT)


def _lines(request: HttpRequest, pk: str) -> HttpResponse:
    """What one change did, for the list that opens it."""
    number = int(pk) if pk.isascii() and pk.isdigit() and len(pk) < 16 else 0
    change = get_object_or_404(selectors.changes_for(request.user), pk=number)
    shown = selectors.shown([change], request.user, most=selectors.OPENED_LINES)[0]
    return render(request, "projects/_plan_change_lines.html", {"shown": shown})


@require_POST
@login_required
def plan_change_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo; where something has changed since, say what, and offer to undo the rest."""
    change = get_object_or_404(selectors.changes_for(request.user), pk=pk)
    reason = request.POST.get("reason", "").strip()[:MAX_REASON]
    back = _next(request)
    try:
        done = undo(
            change, by=request.user, partial=request.POST.get("partial") == "1", reason=reason
        )
    except Conflict as error:
        context = {
            "change": change,
            "shown": selectors.shown([change], request.user)[0],
            "refusal": str(error),
            "changed": _with_times(error.details.get("changed", [])),
            "left": error.details.get("left", 0),
            "reason": reason,
            "next": back,
        }
        return render(request, "projects/plan_change_undo.html", context, status=error.http_status)
    _tell(request, done)
    return redirect(back)


def _tell(request: HttpRequest, done: Undone) -> None:
    text = ngettext(
        "Undone: %(n)d assignment is as it was before.",
        "Undone: %(n)d assignments are as they were before.",
        len(done.restored),
    )
    messages.success(request, text % {"n": len(done.restored)})
    for line, why in done.kept[:10]:
        words = {"person": line.person.name, "seat": line.slot.seat, "why": why}
        messages.warning(request, _("Kept: %(person)s as %(seat)s. %(why)s") % words)


def _next(request: HttpRequest) -> str:
    """Where the button stood, when that is a page of ours."""
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if wanted and safe else reverse("projects:plan-change-list")


def _with_times(changed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [one | {"at": parse_datetime(one["at"]) if one["at"] else None} for one in changed]


def _listing(request: HttpRequest) -> Listing:
    return Listing(
        request,
        selectors.changes_for(request.user).order_by("-at", "-pk"),
        columns=[
            Column("at", _("When"), order="at"),
            Column("by", _("Who"), order="by__username"),
            Column("kind", _("Kind"), order="kind"),
            Column("what", _("What")),
            Column("reason", _("Reason")),
            Column("undo", _("Undo")),
        ],
        filters=_filters(request.user),
        page_size=PAGE_SIZE,
        root=ROOT,
    )


def _filters(user: User) -> list[ChoiceFilter]:
    """By project and person only what the user's own lines tell."""
    lines = PlanChangeLine.objects.visible_to(user)
    seen = lines.order_by()

    def projects() -> list[tuple[str, str]]:
        found = Project.objects.filter(pk__in=seen.values("slot__phase__project"))
        return list(found.order_by("name", "pk").values_list("key", "name"))

    def people() -> list[tuple[str, str]]:
        found = Person.objects.filter(pk__in=seen.values("person"))
        return list(found.order_by("sort_name", "pk").values_list("key", "name"))

    def users() -> list[tuple[str, str]]:
        made = PlanChange.objects.visible_to(user).order_by().values("by")
        found = User.objects.filter(pk__in=made).order_by("username")
        return [(one.username, str(one)) for one in found]

    return [
        ChoiceFilter(
            "project",
            _("Project"),
            choices=projects,
            apply=lambda found, key: selectors.with_lines(
                found, lines.filter(slot__phase__project__key=key)
            ),
        ),
        ChoiceFilter(
            "person",
            _("Person"),
            choices=people,
            apply=lambda found, key: selectors.with_lines(found, lines.filter(person__key=key)),
        ),
        ChoiceFilter("kind", _("Kind"), choices=PlanChange.Kind.choices),
        ChoiceFilter("by", _("Who"), lookup="by__username", choices=users),
    ]
