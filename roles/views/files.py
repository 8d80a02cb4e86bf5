"""Files in and out."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from roles import exports
from roles.importers import IMPORTERS, creating
from teamhub.web.exports import csv_response
from teamhub.web.import_page import Option, import_page


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def people_import(request: HttpRequest) -> HttpResponseBase:
    create_missing = request.POST.get("create_missing") == "1"
    return import_page(
        request,
        [creating(kind) for kind in IMPORTERS] if create_missing else IMPORTERS,
        title=_("Import people"),
        back_url=reverse("roles:person-list"),
        template="roles/import.html",
        options=[
            Option(
                "create_missing",
                _("Create sites and skills that are not there yet"),
                create_missing,
            )
        ],
    )


@login_required
@require_safe
def people_export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """All rows of a kind that this user may see, in the columns of the import."""
    found = exports.everything(kind, request.user)
    if found is None:
        raise Http404
    return csv_response(f"{kind}.csv", *found)
