"""Import and export of the estate and its demand."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from capacity import exporting
from capacity.importers import IMPORTERS
from teamhub.web.import_page import import_page


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def capacity_import(request: HttpRequest) -> HttpResponseBase:
    return import_page(
        request,
        IMPORTERS,
        title=_("Import devices and demand"),
        back_url=reverse("capacity:pool-list"),
        done_urls={
            "workloads": reverse("capacity:workload-list"),
            "allocations": reverse("capacity:allocation-list"),
        },
        template="capacity/import.html",
    )


@require_safe
@login_required
def capacity_export(request: HttpRequest, kind: str) -> HttpResponseBase:
    return exporting.export(kind, request.user)
