"""Errors that we foresee become answers; messages and log-in redirects reach htmx."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.template.loader import render_to_string
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from teamhub.errors import TeamHubError
from teamhub.web.errors import API_PREFIX, error_response
from teamhub.web.fragments import wants_fragment
from teamhub.web.navigation import page_above


class ErrorMiddleware:
    """Draw a TeamHubError of a view; the API's own handler has drawn its errors before."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(API_PREFIX) and _holds_nul(request):
            # PostgreSQL takes none in a text, so that no query would find anything.
            message = _("The address holds a zero byte.")
            return error_response(request, 400, message, code="invalid")
        response = self.get_response(request)
        if response.status_code == 405 and not request.path.startswith(API_PREFIX):
            return _not_a_page(request, response)
        if not wants_fragment(request) or not isinstance(response, HttpResponse):
            return response
        if response.status_code == 302 and _is_login(response["Location"]):
            return _go_to_login(request)
        return _with_messages(request, response)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, TeamHubError):
            return None
        return error_response(
            request, error.http_status, error.message, code=error.code, details=error.details
        )


def _holds_nul(request: HttpRequest) -> bool:
    return "\0" in request.path or "%00" in request.META.get("QUERY_STRING", "")


def _not_a_page(request: HttpRequest, refused: HttpResponseBase) -> HttpResponse:
    """A page in place of Django's empty answer: people open such addresses from their history."""
    response = error_response(
        request,
        405,
        _("This address only takes what a button on a page sends to it."),
        code="method_not_allowed",
        back=page_above(request.path),
    )
    response["Allow"] = refused["Allow"]
    return response


def _is_login(location: str) -> bool:
    return urlsplit(location).path == resolve_url(settings.LOGIN_URL)


def _go_to_login(request: HttpRequest) -> HttpResponse:
    """Send the whole page to the log-in: a form inside a table cell helps nobody."""
    here = urlsplit(getattr(request, "htmx").current_url or "/")  # noqa: B009 (set by django-htmx)
    query = urlencode({"next": f"{here.path}?{here.query}" if here.query else here.path})
    response = HttpResponse(status=204)
    response["HX-Redirect"] = f"{resolve_url(settings.LOGIN_URL)}?{query}"
    return response


def _with_messages(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Append messages of the view to its fragment, out of band."""
    html = response.get("Content-Type", "").startswith("text/html")
    if response.status_code >= 300 or not html or response.has_header("HX-Redirect"):
        return response
    waiting: Any = messages.get_messages(request)
    # Used: the fragment has drawn them itself.
    if not hasattr(request, "_messages") or waiting.used or not len(waiting):
        return response
    toasts = render_to_string("components/_messages.html", {"messages": waiting, "oob": True})
    response.content += toasts.encode()
    return response
