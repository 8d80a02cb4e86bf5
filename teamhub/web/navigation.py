"""Entries of the rail and of the bottom bar: shown when the address exists and the user may."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.urls import NoReverseMatch, Resolver404, resolve, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from teamhub.accounts import permissions


def _everybody(user: Any) -> bool:
    return True


def _staffs(user: Any) -> bool:
    """Managers, and whoever leads or deputises a project."""
    if permissions.is_manager(user):
        return True
    found: bool | None = getattr(user, "_leads_projects", None)
    if found is None:
        found = user.led_projects.exists() or user.deputised_projects.exists()
        user._leads_projects = found
    return found


@dataclass(frozen=True)
class Entry:
    """One entry; the apps' addresses are known here by name only."""

    key: str
    label: str | Promise
    icon: str
    url_name: str
    shortcut: str
    in_bar: bool = False  # one of the four in the bottom bar of narrow screens
    visible: Callable[[Any], bool] = _everybody
    beside: tuple[str, ...] = ()  # pages that have no entry of their own and belong to it


ENTRIES = (
    Entry("home", _("Home"), "home", "home", "g h", in_bar=True),
    Entry("work", _("My work"), "checklist", "projects:my-work", "g w", in_bar=True),
    Entry("projects", _("Projects"), "folders", "projects:project-list", "g p", in_bar=True),
    Entry("people", _("People"), "users", "roles:person-list", "g e", in_bar=True),
    Entry(
        "planner",
        pgettext_lazy("page", "Planner"),
        "calendar-stats",
        "projects:planner",
        "g l",
        beside=("projects:load-grid", "projects:supply-demand", "projects:plan-change-list"),
    ),
    Entry(
        "staffing",
        _("Staffing"),
        "users-group",
        "projects:staffing-workspace",
        "g s",
        visible=_staffs,
    ),
    Entry("capacity", _("Capacity"), "server-2", "capacity:pool-list", "g c"),
    Entry("models", _("Models"), "chart-line", "models:training-list", "g m"),
    Entry("inbox", _("Requests"), "inbox", "projects:request-inbox", "g i"),
    Entry("runs", _("Runs"), "activity", "runs:run-list", "g r"),
    Entry(
        "admin",
        _("Administration"),
        "settings",
        "accounts:user-list",
        "g a",
        visible=permissions.is_administrator,
    ),
)


@dataclass(frozen=True)
class Link:
    """An entry as drawn on this page."""

    entry: Entry
    url: str
    current: bool


def page_above(path: str) -> str:
    """The nearest address above this one that leads somewhere; for those that only take forms."""
    while path.strip("/"):
        path = path.rstrip("/").rpartition("/")[0] + "/"
        try:
            resolve(path)
        except Resolver404:
            continue
        return path
    return "/"


def page_of(request: HttpRequest) -> str:
    """An address at which what this answer shows can be opened again.

    A form that was refused is drawn at the address that it was sent to, which may take nothing but
    forms; the page that it was sent from can be opened.
    """
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    came_from = urlsplit(request.headers.get("Referer", ""))
    if came_from.netloc == request.get_host() and came_from.path != request.path:
        return came_from.path + (f"?{came_from.query}" if came_from.query else "")
    return page_above(request.path)


def _address(name: str) -> str:
    """Where a name leads; "" for an app that is not installed."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def links(request: HttpRequest) -> list[Link]:
    """The entries for this user; the one with the longest matching address is current."""
    user: Any = request.user  # anonymous on the log-in page
    if not user.is_authenticated:
        return []
    found = [
        (entry, url)
        for entry in ENTRIES
        if (url := _address(entry.url_name)) and entry.visible(user)
    ]
    matching = {
        address: entry.key
        for entry, url in found
        for address in (url, *map(_address, entry.beside))
        if address and request.path.startswith(address)
    }
    best = max(matching, key=len, default="")
    if best == "/" and request.path != "/":
        best = ""
    return [Link(entry, url, entry.key == matching.get(best)) for entry, url in found]
