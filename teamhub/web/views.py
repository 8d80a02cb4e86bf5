"""Pages that belong to no app: home, search, preferences, errors."""

from __future__ import annotations

from itertools import groupby

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from teamhub import panels
from teamhub.web.errors import error_response
from teamhub.web.fragments import page_or_fragment
from teamhub.web.preferences import Preferences, keep

SEARCH_LEAST = 2  # characters


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "web/home.html", {"panels": panels.shown("home", request)})


@require_safe
@login_required
def search(request: HttpRequest) -> HttpResponse:
    query = request.GET.get("q", "").replace("\0", "").strip()[:100]
    hits = panels.search(request.user, query) if len(query) >= SEARCH_LEAST else []
    by_kind = sorted(hits, key=lambda hit: str(hit.kind))
    groups = [(kind, list(found)) for kind, found in groupby(by_kind, lambda hit: str(hit.kind))]
    context = {"query": query, "groups": groups, "total": len(hits), "least": SEARCH_LEAST}
    return page_or_fragment(
        request, "web/search.html", "web/_search_hits.html", context, root="th-search-hits"
    )


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """Language and theme, also before the log-in."""
    if request.method != "POST":
        return render(request, "web/preferences.html")
    chosen = Preferences(
        language=request.POST.get("language", ""),
        theme=request.POST.get("theme", ""),
    )
    response = redirect(_next(request))
    keep(chosen, request.user, response)
    return response


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if wanted and safe else "/"


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    return redirect(static("img/favicon.svg"))


# --- errors ---------------------------------------------------------------------------------------


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 2**10
        text = _("The request is too large: at most %(most)d KiB beside files.") % {"most": most}
        return error_response(request, 413, text, code="too_large")
    return error_response(request, 400, _("The request could not be understood."), code="invalid")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    message = str(exception) or _("You may not do this.")
    return error_response(request, 403, message, code="not_allowed")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    message = _("The form was too old or came from another site. Load the page again.")
    return error_response(request, 403, message, code="csrf", details={"reason": reason})


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    message = _("There is nothing at this address, or you may not see it.")
    return error_response(request, 404, message, code="not_found")


def server_error(request: HttpRequest) -> HttpResponse:
    message = _("This is a mistake of ours. It has been written to the log.")
    return error_response(request, 500, message, code="bug")
