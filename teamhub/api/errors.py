"""One shape for every API error: {"error": {"code", "message", "details"}}."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from teamhub.errors import TeamHubError


def body(code: str, message: str, details: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"error": {"code": code, "message": message, "details": details or {}}}


def handle(exc: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler. What it does not know is a bug: Django's 500 takes it."""
    if isinstance(exc, TeamHubError):
        set_rollback()
        return Response(body(exc.code, str(exc), exc.details), status=exc.http_status)
    response = exception_handler(exc, context)
    if response is None:
        return None
    if isinstance(exc, ValidationError):
        response.data = body("invalid", _("Some fields are not right."), {"fields": response.data})
    elif isinstance(exc, Http404):
        response.data = body("not_found", _("There is nothing at this address."))
    elif isinstance(exc, PermissionDenied):
        response.data = body("not_allowed", _("You do not have the right to do this."))
    else:
        code = exc.default_code if isinstance(exc, APIException) else "error"
        detail = response.data.get("detail", "") if isinstance(response.data, dict) else ""
        response.data = body(str(code), str(detail))
    return response
