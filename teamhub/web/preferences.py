"""How a person wants to see TeamHub: language and theme, one click each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

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

    def __post_init__(self) -> None:
        if self.language and self.language not in dict(settings.LANGUAGES):
            raise InvalidInput(_("TeamHub does not speak this language."))
        if self.theme and self.theme not in THEMES:
            raise InvalidInput(_("There is no such theme."))


def keep(chosen: Preferences, user: Any, response: HttpResponse) -> None:
    """Write the choice to the user's row and, for this browser, to cookies."""
    if chosen.theme:
        _cookie(response, THEME_COOKIE, chosen.theme)
    if chosen.language:
        _cookie(response, settings.LANGUAGE_COOKIE_NAME, chosen.language)
        if user.is_authenticated:
            user.language = chosen.language
            user.save(update_fields=["language"])


def _cookie(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name, value, max_age=_YEAR, samesite="Lax", secure=settings.HTTPS, httponly=True
    )
