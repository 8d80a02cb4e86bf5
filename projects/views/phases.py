"""A phase's page with its gate and checklist; move, close, reopen."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from projects.forms import ItemForm, PhaseMoveForm, ReasonForm, refuse
from projects.models import ChecklistItem, Phase, Project
from projects.selectors import projects as selectors
from projects.services import checklists
from projects.services import phases as service
from projects.services.projects import require_editor
from teamhub.errors import Conflict, NotAllowed, TeamHubError


@require_safe
@login_required
def phase_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _phase(request, pk))


def _page(request: HttpRequest, phase: Phase, *, status: int = 200, **more: Any) -> HttpResponse:
    project, user = phase.project, request.user
    tickable = not phase.is_closed and checklists.may_tick(user, phase)
    items = selectors.read_items(ChecklistItem.objects.filter(phase=phase))
    edit = Project.objects.editable_by(user).filter(pk=project.pk).exists()
    today = timezone.localdate()
    context = {
        "phase": phase,
        "project": project,
        "state": selectors.phase_state(phase, today),
        "steps": selectors.rail(project, with_items=True, today=today),
        "rows": [selectors.ItemRow(item, tickable) for item in items.order_by("position", "pk")],
        "place": "phase",
        "item_form": ItemForm(project=project) if edit and not phase.is_closed else None,
        **gate_context(phase, may_edit=edit),
    }
    return render(request, "projects/phase_detail.html", context | more, status=status)


def gate_context(phase: Phase, *, may_edit: bool) -> dict[str, Any]:
    """What the gate's box says: what is missing, or how to open it again."""
    return {
        "missing": [] if phase.is_closed else service.missing_for(phase),
        "may_edit": may_edit,
        "reason_form": ReasonForm() if may_edit and phase.is_closed else None,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def phase_move(request: HttpRequest, pk: int) -> HttpResponse:
    phase = _phase(request, pk)
    require_editor(phase.project, request.user)
    names = ("start_on", "end_on", "version")
    initial = {name: getattr(phase, name) for name in names} | {"assignments": service.REFUSE}
    form = PhaseMoveForm(request.POST or None, initial=initial)
    status = 422 if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        try:
            moved = service.move_phase(phase, by=request.user, **form.cleaned_data)
        except NotAllowed:
            raise
        except TeamHubError as error:
            status = refuse(form, error)
        else:
            messages.success(request, _told(moved))
            return redirect(phase.project)
    context = {"form": form, "phase": phase, "project": phase.project}
    return render(request, "projects/phase_move.html", context, status=status)


@require_POST
@login_required
def phase_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close, or answer with the page that lists what is missing."""
    phase = _phase(request, pk)
    try:
        service.close_phase(phase, by=request.user)
    except Conflict as error:
        return _page(request, phase, status=error.http_status, refusal=str(error))
    messages.success(request, _("“%s” is closed.") % phase.name)
    return redirect(phase.project)


@require_POST
@login_required
def phase_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    phase = _phase(request, pk)
    form = ReasonForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            service.reopen_phase(phase, by=request.user, **form.cleaned_data)
        except NotAllowed:
            raise
        except TeamHubError as error:
            status = refuse(form, error)
        else:
            messages.success(request, _("“%s” is open again.") % phase.name)
            return redirect("projects:phase-detail", phase.pk)
    return _page(request, phase, status=status, reason_form=form)


@require_POST
@login_required
def item_add(request: HttpRequest, pk: int) -> HttpResponse:
    phase = _phase(request, pk)
    require_editor(phase.project, request.user)
    form = ItemForm(request.POST, project=phase.project)
    status = 422
    if form.is_valid():
        try:
            item = checklists.add_item(phase, by=request.user, **form.cleaned_data)
        except NotAllowed:
            raise
        except TeamHubError as error:
            status = refuse(form, error)
        else:
            messages.success(request, _("%s is added.") % item.key)
            return redirect(f"{reverse('projects:phase-detail', args=[phase.pk])}#item-{item.pk}")
    return _page(request, phase, status=status, item_form=form)


def _phase(request: HttpRequest, pk: int) -> Phase:
    phases = Phase.objects.filter(project__in=Project.objects.detail_visible_to(request.user))
    related = ("project__department", "project__site", "project__lead", "closed_by")
    return get_object_or_404(phases.select_related(*related), pk=pk)


def _told(moved: service.Moved) -> str:
    parts = [_("“%s” moved.") % moved.phase.name]
    if moved.moved:
        text = ngettext(
            "%d assignment moved along.", "%d assignments moved along.", n := len(moved.moved)
        )
        parts.append(text % n)
    if moved.removed:
        text = ngettext("%d assignment ended.", "%d assignments ended.", n := len(moved.removed))
        parts.append(text % n)
    return " ".join(parts)
