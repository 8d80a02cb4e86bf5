"""What base.html needs on every page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import cached_property
from django.utils.translation import get_language, get_language_info

from teamhub.web import navigation

THEME_COOKIE = "teamhub_theme"
THEMES = ("auto", "light", "dark")

# Pages of the user menu that belong to accounts: label, icon and right are in the template.
ACCOUNT_PAGES = {
    "account": "accounts:account",
    "password": "accounts:password-change",
    "tokens": "accounts:token-list",
    "logout": "accounts:logout",
}


@dataclass
class Shell:
    """The frame around a page; its parts are computed only when a template asks."""

    request: HttpRequest

    @cached_property
    def links(self) -> list[navigation.Link]:
        return navigation.links(self.request)

    @property
    def here(self) -> str:
        return navigation.page_of(self.request)

    @property
    def bar_links(self) -> list[navigation.Link]:
        return [link for link in self.links if link.entry.in_bar]

    @property
    def more_links(self) -> list[navigation.Link]:
        return [link for link in self.links if not link.entry.in_bar]

    @property
    def more_is_current(self) -> bool:
        return any(link.current for link in self.more_links)

    @property
    def theme(self) -> str:
        wanted = self.request.COOKIES.get(THEME_COOKIE, "")
        return wanted if wanted in THEMES else "auto"

    @property
    def drawn_theme(self) -> str:
        """What the server draws: the script changes it to dark where "auto" means that."""
        return "dark" if self.theme == "dark" else "light"

    @property
    def language(self) -> str:
        return get_language() or settings.LANGUAGE_CODE

    @cached_property
    def languages(self) -> list[dict[str, str]]:
        """Code and own name of each language."""
        return [
            {"code": code, "name": get_language_info(code)["name_local"]}
            for code, _name in settings.LANGUAGES
        ]

    @cached_property
    def account(self) -> dict[str, str]:
        """Addresses of the user's own pages; those that do not exist are left out."""
        found = {}
        for key, name in ACCOUNT_PAGES.items():
            try:
                found[key] = reverse(name)
            except NoReverseMatch:
                continue
        return found


def shell(request: HttpRequest) -> dict[str, Any]:
    return {"shell": Shell(request)}
