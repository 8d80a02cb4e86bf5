"""A checklist item: its row, its page with history, tick and untick."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from projects.models import ChecklistItem, Project
from projects.selectors.my_work import my_work
from projects.selectors.projects import ItemRow, read_items
from projects.services import checklists as service
from projects.views.phases import gate_context
from teamhub.errors import InvalidInput
from teamhub.web.fragments import wants_fragment

PLACES = ("project", "phase", "work", "item")
FORMS = ("tick", "untick")


@require_safe
@login_required
def item_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The item's page; htmx gets its row, with the form that `open` names."""
    item = _item(request, pk)
    return _answer(request, item, opened=request.GET.get("open", ""))


@require_POST
@login_required
def item_tick(request: HttpRequest, pk: int) -> HttpResponse:
    item = _item(request, pk)
    given = {name: request.POST.get(name, "") for name in ("note", "link")}
    try:
        item = service.tick(item, by=request.user, idempotency_key=_key(request), **given)
    except InvalidInput as error:
        return _answer(request, item, opened="tick", error=error, given=given)
    return _done(request, item)


@require_POST
@login_required
def item_untick(request: HttpRequest, pk: int) -> HttpResponse:
    item = _item(request, pk)
    reason = request.POST.get("reason", "")
    try:
        item = service.untick(item, by=request.user, reason=reason, idempotency_key=_key(request))
    except InvalidInput as error:
        return _answer(request, item, opened="untick", error=error, given={"reason": reason})
    return _done(request, item)


def _item(request: HttpRequest, pk: int) -> ChecklistItem:
    return get_object_or_404(read_items(ChecklistItem.objects.visible_to(request.user)), pk=pk)


def _key(request: HttpRequest) -> str | None:
    return request.POST.get("idempotency_key") or None


def _place(request: HttpRequest) -> str:
    wanted = request.POST.get("place") or request.GET.get("place", "")
    return wanted if wanted in PLACES else "item"


def _row(request: HttpRequest, item: ChecklistItem) -> ItemRow:
    may = not item.phase.is_closed and service.may_tick(request.user, item.phase)
    return ItemRow(item, may)


def _answer(
    request: HttpRequest,
    item: ChecklistItem,
    *,
    opened: str = "",
    error: InvalidInput | None = None,
    given: dict[str, str] | None = None,
) -> HttpResponse:
    row = _row(request, item)
    context: dict[str, Any] = {
        "row": row,
        "item": item,
        "opened": opened if opened in FORMS and row.may_tick else "",
        "error": error,
        "error_field": error.details.get("field") if error else "",
        "given": given or {},
        "idempotency_key": uuid.uuid4().hex,
        "place": _place(request),
    }
    status = 422 if error else 200
    if wants_fragment(request, f"item-{item.pk}"):
        context["refocus"] = not context["opened"]
        return render(request, "projects/_checklist_item.html", context, status=status)
    context["ticks"] = item.ticks.select_related("by")
    return render(request, "projects/checklist_item.html", context, status=status)


def _done(request: HttpRequest, item: ChecklistItem) -> HttpResponse:
    """The changed row and the counters beside it; without htmx back to where the person was."""
    if not wants_fragment(request, f"item-{item.pk}"):
        return redirect(f"{_back(request, item)}#item-{item.pk}")
    fresh, place = _item(request, item.pk), _place(request)
    context: dict[str, Any] = {"row": _row(request, fresh), "place": place, "phase": fresh.phase}
    if place == "work":
        work = my_work(request.user, set())
        context |= {"n_open": len(work.this_week), "n_others": len(work.others)}
    else:
        context["n_open"] = fresh.phase.checklist_items.open().count()
    if place == "phase":
        editable = Project.objects.editable_by(request.user).filter(pk=fresh.project.pk)
        context |= gate_context(fresh.phase, may_edit=editable.exists())
    return render(request, "projects/_checklist_changed.html", context)


def _back(request: HttpRequest, item: ChecklistItem) -> str:
    """The page that the person came from."""
    match _place(request):
        case "work":
            return reverse("projects:my-work")
        case "project":
            return item.project.get_absolute_url()
        case "phase":
            return reverse("projects:phase-detail", args=[item.phase_id])
        case _:
            return reverse("projects:item-detail", args=[item.pk])
