"""Departments and sites."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from roles import selectors
from roles.forms import DepartmentForm, SiteForm
from roles.models import Department, Site
from roles.services import departments
from roles.views.editing import Words, form_page

form_methods = require_http_methods(["GET", "HEAD", "POST"])


def _data(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


@login_required
@require_safe
def department_list(request: HttpRequest) -> HttpResponse:
    context = {
        "rows": selectors.department_tree(),
        "manages": departments.may_manage(request.user),
    }
    return render(request, "roles/department_list.html", context)


@login_required
@form_methods
def department_create(request: HttpRequest) -> HttpResponse:
    departments.require_manager(request.user)
    return form_page(
        request,
        DepartmentForm(_data(request)),
        lambda values: departments.create_department(by=request.user, **values),
        words=Words(_("Add a department"), _("Add"), _("The department has been added.")),
        back_url=reverse("roles:department-list"),
    )


@login_required
@form_methods
def department_update(request: HttpRequest, department_id: int) -> HttpResponse:
    departments.require_manager(request.user)
    department = get_object_or_404(Department, pk=department_id)
    return form_page(
        request,
        DepartmentForm(_data(request), instance=department),
        lambda values: departments.update_department(department, by=request.user, **values),
        words=Words(_("Edit %(name)s") % {"name": department.name}, _("Save"), _("Saved.")),
        back_url=reverse("roles:department-list"),
    )


@login_required
@require_safe
def site_list(request: HttpRequest) -> HttpResponse:
    sites = Site.objects.select_related("calendar").annotate(n_people=Count("people"))
    context = {"sites": sites, "manages": departments.may_manage(request.user)}
    return render(request, "roles/site_list.html", context)


@login_required
@form_methods
def site_create(request: HttpRequest) -> HttpResponse:
    departments.require_manager(request.user)
    return form_page(
        request,
        SiteForm(_data(request)),
        lambda values: departments.create_site(by=request.user, **values),
        words=Words(_("Add a site"), _("Add"), _("The site has been added.")),
        back_url=reverse("roles:site-list"),
    )


@login_required
@form_methods
def site_update(request: HttpRequest, site_id: int) -> HttpResponse:
    departments.require_manager(request.user)
    site = get_object_or_404(Site, pk=site_id)
    return form_page(
        request,
        SiteForm(_data(request), instance=site),
        lambda values: departments.update_site(site, by=request.user, **values),
        words=Words(_("Edit %(name)s") % {"name": site.name}, _("Save"), _("Saved.")),
        back_url=reverse("roles:site-list"),
    )
