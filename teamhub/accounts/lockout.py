"""Lock-out after failed log-ins: by name and address together, and by address over all names.

django-axes counts; this module adds the limit per address, the events of the audit and the answer.
Known limit: guesses that are checked at the very same moment are counted after each other, so some
more than the limit can pass, at most as many as the web server has threads.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_client_username, get_cool_off, get_failure_limit
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from teamhub.accounts.models import User
from teamhub.audit import services as audit
from teamhub.web.errors import API_PREFIX, error_response
from teamhub.web.fragments import wants_fragment

Credentials = Mapping[str, Any] | None


class Handler(AxesDatabaseHandler):
    """Axes' counting in the database, with a second limit over all names of an address."""

    def is_locked(self, request: Any, credentials: Any = None) -> bool:
        return bool(super().is_locked(request, credentials)) or _address_is_locked(request)

    def user_login_failed(
        self, sender: Any, credentials: Any, request: Any = None, **kwargs: Any
    ) -> None:
        was_locked = bool(getattr(request, "axes_locked_out", False))
        super().user_login_failed(sender, credentials, request, **kwargs)
        if request is None or was_locked:  # refused unseen: nothing was tried, nothing is counted
            return
        user = _user(request, credentials)
        audit.record(None, "login.fail", user)
        if not request.axes_locked_out and _address_is_locked(request):
            request.axes_locked_out = True
            request.axes_credentials = credentials
        if request.axes_locked_out:
            audit.record(None, "login.lock", user)


def lockout_response(
    request: HttpRequest, response: HttpResponse | None, credentials: Credentials
) -> HttpResponse:
    """Answer 429 with the time until the next try; the same whether the name exists or not."""
    seconds = _seconds_until_retry(request, credentials)
    minutes = math.ceil(seconds / 60)
    message = ngettext(
        "Too many log-ins failed. Try again in %(minutes)d minute, or ask an administrator.",
        "Too many log-ins failed. Try again in %(minutes)d minutes, or ask an administrator.",
        minutes,
    ) % {"minutes": minutes}
    if request.path.startswith(API_PREFIX) or wants_fragment(request):
        details = {"retry_after_s": seconds}
        answer = error_response(request, 429, message, code="locked_out", details=details)
    else:
        context = {"message": message, "title": _("Locked for a while")}
        answer = render(request, "accounts/locked_out.html", context, status=429)
    answer["Retry-After"] = str(seconds)
    return answer


def unlock(user: User) -> int:
    """Forget the failures of this name at every address; return how many rows they were."""
    return AccessAttempt.objects.filter(username=user.get_username()).delete()[0]


def is_locked(user: User) -> bool:
    """Whether this name is locked at some address."""
    since = timezone.now() - get_cool_off()
    failures = AccessAttempt.objects.filter(
        username=user.get_username(), attempt_time__gte=since
    ).values("ip_address")
    limit = settings.AXES_FAILURE_LIMIT
    return failures.annotate(total=Sum("failures_since_start")).filter(total__gte=limit).exists()


def _user(request: HttpRequest, credentials: Any) -> User | None:
    """The user whose name was tried. A name that nobody has may be a password: it is not kept."""
    name = get_client_username(request, credentials)
    return User.objects.filter(username=name).first() if name else None


def _failures_of_address(request: Any) -> QuerySet[AccessAttempt]:
    return AccessAttempt.objects.filter(
        ip_address=request.axes_ip_address, attempt_time__gte=get_cool_off_threshold(request)
    )


def _address_is_locked(request: Any) -> bool:
    if request.axes_ip_address is None:
        return False
    total = _failures_of_address(request).aggregate(n=Sum("failures_since_start"))["n"]
    return (total or 0) >= settings.LOGIN_ADDRESS_LIMIT


def _seconds_until_retry(request: Any, credentials: Credentials) -> int:
    """Until enough counted failures are older than the cool-off time."""
    attempts = list(_failures_of_address(request))
    name = get_client_username(request, credentials)
    own = [attempt for attempt in attempts if attempt.username == name]
    moments = [
        _falls_below(own, get_failure_limit(request, credentials)),
        _falls_below(attempts, settings.LOGIN_ADDRESS_LIMIT),
    ]
    last = max((moment for moment in moments if moment), default=None)
    if last is None:
        return 1
    return max(1, math.ceil((last + get_cool_off() - timezone.now()).total_seconds()))


def _falls_below(attempts: list[AccessAttempt], limit: int) -> datetime | None:
    """The time of the row whose ageing brings the sum below the limit; None where it is below."""
    total = sum(attempt.failures_since_start for attempt in attempts)
    for attempt in sorted(attempts, key=lambda attempt: attempt.attempt_time):
        if total < limit:
            return None
        total -= attempt.failures_since_start
        if total < limit:
            return attempt.attempt_time
    return None
