"""The project list, a project's page, and the forms of project and phases."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from projects.forms import ProjectCreateForm, ProjectEditForm, refuse
from projects.models import Phase, Project
from projects.selectors import projects as selectors
from projects.services import projects as service
from projects.services.checklists import tickable_phases
from projects.views.listing import domain_name, project_listing
from teamhub.accounts import permissions
from teamhub.errors import NotAllowed, TeamHubError
from teamhub.web.fragments import page_or_fragment


@require_safe
@login_required
def project_list(request: HttpRequest) -> HttpResponseBase:
    listing = project_listing(request)
    if listing.wants_csv:
        return listing.csv("projects.csv")
    coverage = selectors.Coverage([project.pk for project in listing.rows])
    rows = [
        {
            "project": project,
            "coverage": coverage.of(project) if project.seen else None,
            "domain": domain_name(project.domain),
            "span": selectors.span(project),
            "now": next((p for p in project.phases.all() if p.key == project.phase_key), None),
        }
        for project in listing.rows
    ]
    context = {
        "listing": listing,
        "rows": rows,
        "may_create": permissions.is_manager(request.user),
    }
    return page_or_fragment(
        request,
        "projects/project_list.html",
        "projects/_project_list.html",
        context,
        root="project-list",
    )


@require_safe
@login_required
def project_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Name and phases for every member; team, requirements and checklists for those in it."""
    projects = Project.objects.visible_to(request.user).select_related("department", "site", "lead")
    project = get_object_or_404(
        projects.prefetch_related(Prefetch("phases", Phase.objects.order_by("start_on", "pk"))),
        pk=pk,
    )
    rights = selectors.rights(request.user, project)
    steps = selectors.rail(project, with_items=rights.detail)
    context: dict[str, Any] = {"project": project, "rights": rights, "steps": steps}
    if rights.detail:
        context |= _detail(request, project, rights, steps)
    return render(request, "projects/project_detail.html", context)


def _detail(
    request: HttpRequest,
    project: Project,
    rights: selectors.Rights,
    steps: list[selectors.Step],
) -> dict[str, Any]:
    user = request.user
    tickable = set(tickable_phases(user).filter(project=project).values_list("pk", flat=True))
    return {
        "requirements": selectors.requirements(project),
        "team": selectors.team(project),
        "checklists": selectors.checklists(project, steps, tickable, may_edit=rights.edit),
        "coverage": selectors.Coverage([project.pk]).of(project),
        "deputies": project.deputies.all(),
        "domain": domain_name(project.domain),
        "heads": [step.phase for step in steps],
        "place": "project",
    }


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def project_create(request: HttpRequest) -> HttpResponse:
    service.require_creator(request.user)
    form = ProjectCreateForm(request.POST or None, by=request.user)
    status = 422 if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        try:
            project = service.create_project(by=request.user, **form.arguments())
        except NotAllowed:
            raise
        except TeamHubError as error:
            status = refuse(form, error)
        else:
            messages.success(request, _("The project “%s” is made.") % project)
            return redirect(project)
    return render(request, "projects/project_create.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def project_update(request: HttpRequest, pk: int) -> HttpResponse:
    project = get_object_or_404(Project.objects.visible_to(request.user), pk=pk)
    service.require_editor(project, request.user)
    form = ProjectEditForm(request.POST or None, by=request.user, initial=_initial(project))
    status = 422 if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        try:
            service.update_project(project, by=request.user, **form.arguments())
        except NotAllowed:
            raise
        except TeamHubError as error:
            status = refuse(form, error)
        else:
            messages.success(request, _("The project is saved."))
            return redirect(project)
    context = {"form": form, "project": project}
    return render(request, "projects/project_update.html", context, status=status)


def _initial(project: Project) -> dict[str, Any]:
    names = [*service.EDITABLE, "version"]
    return {name: getattr(project, name) for name in names} | {"deputies": project.deputies.all()}
