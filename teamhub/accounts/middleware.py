"""Speak the user's language, show their time, and tell the audit where a request comes from."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from teamhub.accounts.addresses import client_ip
from teamhub.audit import services as audit


class PreferencesMiddleware:
    """After LocaleMiddleware, which has read the cookie and the browser's wish for strangers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # The thread still holds the zone of the request before.
        timezone.deactivate()
        user = request.user
        if user.is_authenticated:
            translation.activate(user.language)
            request.LANGUAGE_CODE = translation.get_language() or user.language
            try:
                timezone.activate(zoneinfo.ZoneInfo(user.time_zone))
            except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
                timezone.deactivate()  # a name that the time zone database has dropped
        with audit.coming_from(client_ip(request)):
            return self.get_response(request)
