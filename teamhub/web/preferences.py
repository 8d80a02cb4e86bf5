"""How a person wants to see TeamHub: language, theme, time zone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext as _

from teamhub.errors import InvalidInput
from teamhub.web.context import THEME_COOKIE, THEMES

_YEAR = 365 * 24 * 3600  # s


@dataclass(frozen=True)
class Preferences:
    """What was chosen; an empty text leaves it as it is."""

    language: str = ""
    theme: str = ""
    time_zone: str = ""

    def __post_init__(self) -> None:
        if self.language and self.language not in dict(settings.LANGUAGES):
            raise InvalidInput(_("TeamHub does not speak this language."))
        if self.theme and self.theme not in THEMES:
            raise InvalidInput(_("There is no such theme."))
        if self.time_zone and self.time_zone not in available_timezones():
            raise InvalidInput(_("There is no such time zone."))


def keep(chosen: Preferences, user: Any, response: HttpResponse) -> None:
    """Write the choice to the user's row and, for this browser, to cookies."""
    if chosen.theme:
        _cookie(response, THEME_COOKIE, chosen.theme)
    if chosen.language:
        _cookie(response, settings.LANGUAGE_COOKIE_NAME, chosen.language)
    if not user.is_authenticated:
        return
    fields = {"language": chosen.language, "time_zone": chosen.time_zone}
    changed = [name for name, value in fields.items() if value]
    for name in changed:
        setattr(user, name, fields[name])
    if changed:
        user.save(update_fields=changed)


def _cookie(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name, value, max_age=_YEAR, samesite="Lax", secure=settings.HTTPS, httponly=True
    )
