"""Assign, change and remove by hand: forms that warn and keep the reason."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from projects.assignment_forms import AssignForm, ChangeForm, RemoveForm
from projects.models import Assignment
from projects.services import assignments as service
from projects.services.overrides import overrides
from projects.views.slots import editable_slot
from teamhub.accounts import permissions
from teamhub.errors import Conflict, InvalidInput, Stale


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def assign(request: HttpRequest, pk: int) -> HttpResponse:
    """The form with status and lock; who fits is told by the slot dialog."""
    slot = editable_slot(request, pk)
    form = AssignForm(request.POST or None, slot=slot, initial=request.GET.dict())
    clashes: list[dict[str, Any]] = []
    if request.method == "POST" and form.is_valid():
        try:
            made = service.assign(slot=slot, by=request.user, **form.cleaned_data)
        except (Conflict, InvalidInput) as error:
            clashes = _refused(form, error)
        else:
            messages.success(request, _("%(person)s is assigned.") % {"person": made.person.name})
            return redirect(slot.phase.project.get_absolute_url())
    context = {"slot": slot, "form": form, "clashes": clashes}
    context["with_money"] = permissions.may_see_money(request.user)
    status = 422 if form.is_bound and form.errors else 409 if clashes else 200
    return render(request, "projects/assignment_create.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def change(request: HttpRequest, pk: int) -> HttpResponse:
    assignment = _assignment(request, pk)
    form = ChangeForm(request.POST or None, assignment=assignment)
    clashes: list[dict[str, Any]] = []
    stale = False
    if request.method == "POST" and form.is_valid():
        try:
            made = service.change(assignment, by=request.user, **form.given())
        except Stale as error:
            stale = True
            form.add_error(None, str(error))
        except (Conflict, InvalidInput) as error:
            clashes = _refused(form, error)
        else:
            same = (made.pk, made.version) == (assignment.pk, form.cleaned_data["version"])
            told = _("Nothing changed.") if same else _("The assignment is changed.")
            messages.success(request, told)
            return redirect(assignment.slot.phase.project.get_absolute_url())
    status = 412 if stale else 409 if clashes else 422 if form.is_bound and form.errors else 200
    context = {
        "assignment": assignment,
        "slot": assignment.slot,
        "form": form,
        "clashes": clashes,
        "stale": stale,
        "with_money": permissions.may_see_money(request.user),
        "remove": _remove_form(assignment),
        "override": overrides(assignment),
    }
    return render(request, "projects/assignment_update.html", context, status=status)


def _remove_form(assignment: Assignment, data: Any = None) -> RemoveForm:
    return RemoveForm(
        data,
        initial={"version": assignment.version},
        auto_id="remove_%s",
        needs_reason=overrides(assignment) is not None,
    )


@require_POST
@login_required
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    assignment = _assignment(request, pk)
    project = assignment.slot.phase.project
    form = _remove_form(assignment, request.POST)
    if not form.is_valid():
        if "version" in form.errors:
            raise InvalidInput(_("Open the assignment again and remove it from there."))
        context = {
            "assignment": assignment,
            "slot": assignment.slot,
            "form": ChangeForm(assignment=assignment),
            "remove": form,
            "override": overrides(assignment),
        }
        return render(request, "projects/assignment_update.html", context, status=422)
    service.remove(assignment, by=request.user, **form.cleaned_data)
    messages.success(request, _("%(name)s is off this slot.") % {"name": assignment.person.name})
    return redirect(project.get_absolute_url())


def _assignment(request: HttpRequest, pk: int) -> Assignment:
    visible = Assignment.objects.visible_to(request.user).select_related(
        "person", "slot__seat__role", "slot__phase__project__site"
    )
    assignment = get_object_or_404(visible, pk=pk)
    service.require_editor(assignment.slot.phase.project, request.user)
    return assignment


def _refused(form: Any, error: Conflict | InvalidInput) -> list[dict[str, Any]]:
    """Show the refusal above the form; the clashes, if any, below it."""
    if error.code == "needs_reason":
        form.add_error("reason", str(error))
    else:
        form.add_error(None, str(error))
    clashes: list[dict[str, Any]] = error.details.get("clashes", [])
    return clashes
