"""One error, drawn as what the asker can read: JSON for programs, a fragment for htmx, a page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.utils.functional import Promise

from teamhub.web.fragments import wants_fragment

API_PREFIX = "/api/"
PAGES = {400, 403, 404, 405, 409, 413, 412, 422, 500, 503}


def error_response(
    request: HttpRequest,
    status: int,
    message: str | Promise,
    *,
    code: str = "error",
    details: dict[str, Any] | None = None,
    back: str = "",
) -> HttpResponse:
    """Answer with the error in the shape that fits the request; `back` is a page to go on from."""
    if request.path.startswith(API_PREFIX):
        body = {"code": code, "message": str(message), "details": details or {}}
        return JsonResponse({"error": body}, status=status)
    context = {"status": status, "message": message, "code": code, "details": details or {}}
    context["back"] = back
    if wants_fragment(request):
        page = loader.render_to_string("errors/_fragment.html", context)
        response = HttpResponse(page, status=status)
        # The error is shown beside the others; what the person was working on stays.
        response["HX-Retarget"] = "#th-alerts"
        response["HX-Reswap"] = "beforeend"
        return response
    template = f"errors/{status if status in PAGES else 400}.html"
    # Whatever broke may break the frame of the page again: a 500 is drawn without the request.
    page = loader.render_to_string(template, context, None if status >= 500 else request)
    return HttpResponse(page, status=status)
