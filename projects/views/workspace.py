"""The staffing workspace: ask for a proposal, keep weights by name, compare proposals."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from projects.bridge import PRODUCT_WEIGHTS
from projects.models import Project, ProposalRow, StaffingRun, WeightProfile
from projects.selectors.proposal import rows_of
from projects.selectors.proposal_params import ParamWords
from projects.selectors.proposal_sides import LEAST, MOST, compare
from projects.selectors.standing import Ground
from projects.services import profiles, staffing
from projects.staffing_again import initial_of, lines_of
from projects.staffing_forms import WorkspaceForm
from projects.staffing_names import Names
from teamhub.errors import Conflict, InvalidInput
from teamhub.web.fragments import wants_fragment

RECENT = 10
MOST_NAMED = 300  # picks that an address may lock or refuse


def staffable(request: HttpRequest) -> Any:
    """The projects that the user may staff and that are not over."""
    over = [Project.Status.DONE, Project.Status.CANCELLED]
    return Project.objects.editable_by(request.user).exclude(status__in=over)


@require_safe
@login_required
def propose(request: HttpRequest) -> HttpResponse:
    """The address of the form before there was a workspace; links keep their projects."""
    query = QueryDict(mutable=True)
    query.setlist("project", request.GET.getlist("project"))
    tail = f"?{query.urlencode()}" if query else ""
    return redirect(reverse("projects:staffing-workspace") + tail)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def workspace(request: HttpRequest) -> HttpResponse:
    """What to staff, under which wishes; a worker proposes the team."""
    if request.method == "POST":
        return _posted(request)
    if wants_fragment(request, "glance"):
        form = _sent_scope(request)
        context = {"form": form, "fragment": True, **_glance(form)}
        return render(request, "projects/_staffing_glance.html", context)
    return _page(request, _opened(request))


def _posted(request: HttpRequest) -> HttpResponse:
    """The buttons of the form: propose, keep, use or delete a profile."""
    if request.POST.get("do") == "again":
        return _again(request)
    if request.POST.get("do") == "mend":
        return _mend(request)
    form = WorkspaceForm(request.POST, user=request.user, projects=staffable(request))
    valid = form.is_valid()
    acts = {"save": _save, "delete": _delete, "use": _use}
    try:
        act = acts.get(request.POST.get("do", ""))
        if act is not None:
            return act(request, form)
        if valid:
            return redirect(staffing.propose_team(by=request.user, **form.arguments()))
    except (InvalidInput, Conflict) as error:
        form.add_error(None, str(error))
        return _page(request, form, status=error.http_status)
    return _page(request, form, status=422)


def _again(request: HttpRequest) -> HttpResponse:
    """From ticks on a proposal to the address that locks these picks."""
    query = QueryDict(mutable=True)
    query["again"] = request.POST.get("run", "")
    query.setlist("pin", request.POST.getlist("row")[:MOST_NAMED])
    return redirect(f"{reverse('projects:staffing-workspace')}?{query.urlencode()}")


def _mend(request: HttpRequest) -> HttpResponse:
    """Ask an earlier proposal again with some people who may move."""
    visible = StaffingRun.objects.visible_to(request.user)
    run = get_object_or_404(visible, pk=_uuid(request.POST.get("run", "")))
    people = request.POST.get("people", "")
    if not (people.isascii() and people.isdigit() and len(people) < 6):
        raise InvalidInput(_("Say how many people may move, as a whole number."))
    return redirect(staffing.propose_again(run, by=request.user, people_budget=int(people)))


def _save(request: HttpRequest, form: WorkspaceForm) -> HttpResponse:
    if any(name.startswith(("weight_", "profile_")) for name in form.errors):
        return _page(request, form, status=422)
    data = form.cleaned_data
    profile, made = profiles.save_profile(
        name=data["profile_name"],
        weights=form.weights,
        shared=data["profile_shared"],
        by=request.user,
    )
    words = _("Profile “%(name)s” saved.") if made else _("Profile “%(name)s” changed.")
    messages.success(request, words % {"name": profile.name})
    return _page(request, _unchecked(request, profile))


def _delete(request: HttpRequest, form: WorkspaceForm) -> HttpResponse:
    profile = form.cleaned_data.get("profile")
    if profile is None:
        raise InvalidInput(_("Choose the profile to delete."))
    words = _("Profile “%(name)s” deleted.") % {"name": profile.name}
    if profile.owner_id != request.user.pk:
        raise InvalidInput(_("Only its owner deletes a profile."))
    profiles.delete_profile(profile, by=request.user)
    messages.success(request, words)
    return _page(request, _unchecked(request, None))


def _use(request: HttpRequest, form: WorkspaceForm) -> HttpResponse:
    """Set the sliders of a profile; the script does it without asking."""
    return _page(request, _unchecked(request, form.cleaned_data.get("profile")))


def _unchecked(request: HttpRequest, profile: WeightProfile | None) -> WorkspaceForm:
    """The form as it was sent, with the weights of the profile; its errors wait for a proposal."""
    data = request.POST.copy()
    data["profile"] = str(profile.pk) if profile else ""
    data["profile_name"] = ""
    weights = profile.weights if profile else {}
    for name, value in (PRODUCT_WEIGHTS | weights).items() if profile else ():
        data[f"weight_{name}"] = str(value)
    form = WorkspaceForm(data, user=request.user, projects=staffable(request))
    form.forgive()
    return form


def _opened(request: HttpRequest) -> WorkspaceForm:
    """The form as an address opens it: afresh, for some projects, or from an earlier proposal."""
    projects = staffable(request)
    again = _named_run(request)
    if again is not None:
        names = Names(request.user, projects)
        rows = rows_of(again, request.user)
        return WorkspaceForm(
            user=request.user,
            projects=projects,
            initial=initial_of(again, user=request.user, projects=projects),
            lines=lines_of(
                again,
                names,
                pinned=_rows(rows, request.GET.getlist("pin")),
                refused=_rows(rows, request.GET.getlist("exclude")),
            ),
        )
    chosen = [value for value in request.GET.getlist("project") if value.isdecimal()]
    initial = {"scope": WorkspaceForm.PROJECTS, "projects": chosen} if chosen else {}
    return WorkspaceForm(user=request.user, projects=projects, initial=initial)


def _named_run(request: HttpRequest) -> StaffingRun | None:
    """The earlier proposal that the address names; 404 for what is none."""
    raw = request.GET.get("again")
    if not raw:
        return None
    return get_object_or_404(StaffingRun.objects.visible_to(request.user), pk=_uuid(raw))


def _uuid(raw: str) -> uuid.UUID:
    try:
        return uuid.UUID(raw)
    except ValueError:
        return uuid.UUID(int=0)


def _rows(rows: Any, ids: Iterable[str]) -> list[ProposalRow]:
    wanted = [int(value) for value in ids if value.isascii() and value.isdigit()][:MOST_NAMED]
    small = [pk for pk in wanted if pk < 2**63]
    return list(rows.filter(pk__in=small)) if small else []


def _sent_scope(request: HttpRequest) -> WorkspaceForm:
    """The form with the scope that the script asks about."""
    form = WorkspaceForm(request.GET, user=request.user, projects=staffable(request))
    form.is_valid()
    return form


def _glance(form: WorkspaceForm) -> dict[str, Any]:
    """Today's plan in the scope of the form; nothing where no scope is chosen."""
    projects, start, end = form.scope_of_page()
    ground = Ground(projects, form.names.user, start=start, end=end) if projects else None
    return {
        "standing": ground.standing() if ground else None,
        "ground": ground,
        "n_projects": len(projects),
    }


def _page(request: HttpRequest, form: WorkspaceForm, status: int = 200) -> HttpResponse:
    runs = (
        StaffingRun.objects.visible_to(request.user)
        .select_related("requested_by")
        .prefetch_related("projects")
    )
    recent = list(runs[:RECENT])
    words = ParamWords(recent, request.user)
    own = WeightProfile.objects.visible_to(request.user).select_related("owner")
    context = {
        "form": form,
        "recent": [{"run": run, "params": words.of(run)} for run in recent],
        "more": len(recent) == RECENT,
        "profiles": {
            str(profile.pk): {
                "weights": PRODUCT_WEIGHTS | profile.weights,
                "own": profile.owner_id == request.user.pk,
                "name": profile.name,
                "shared": profile.shared,
            }
            for profile in own
        },
        **_glance(form),
    }
    return render(request, "projects/staffing_workspace.html", context, status=status)


@require_safe
@login_required
def proposal_compare(request: HttpRequest) -> HttpResponse:
    """Two to four proposals side by side, in the order in which they were made."""
    wanted = list(dict.fromkeys(request.GET.getlist("run")))
    if not LEAST <= len(wanted) <= MOST:
        raise InvalidInput(
            _("Choose %(least)d to %(most)d proposals to compare; %(n)s.")
            % {
                "least": LEAST,
                "most": MOST,
                "n": ngettext("%(n)d is chosen", "%(n)d are chosen", len(wanted))
                % {"n": len(wanted)},
            }
        )
    visible = StaffingRun.objects.visible_to(request.user).prefetch_related("projects")
    found = [get_object_or_404(visible, pk=_uuid(raw)) for raw in wanted]
    runs = sorted(found, key=lambda run: (run.created_at, str(run.pk)))
    context = {"comparison": compare(runs, request.user)}
    return render(request, "projects/proposal_compare.html", context)
