"""Import and export of the present plan."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from projects import exporting
from projects.importers import IMPORTERS
from teamhub.web.import_page import import_page


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def plan_import(request: HttpRequest) -> HttpResponseBase:
    return import_page(
        request,
        IMPORTERS,
        title=_("Import the plan"),
        back_url=reverse("projects:project-list"),
        template="projects/import.html",
    )


@require_safe
@login_required
def plan_export(request: HttpRequest, kind: str) -> HttpResponseBase:
    return exporting.export(kind, request.user)
