"""The lists of which views can be saved; the apps' addresses are known here by name only."""

from __future__ import annotations

from django.utils.translation import gettext as _

from teamhub.errors import InvalidInput

LISTS = {
    "people": "roles:person-list",
    "projects": "projects:project-list",
    "load": "projects:load-grid",
    "planner": "projects:planner",
    "supply": "projects:supply-demand",
    "requests": "projects:request-inbox",
}


def address_of(page: str) -> str:
    """Name of the address of a list; refuses what is none."""
    if page not in LISTS:
        raise InvalidInput(
            _("There is no list “%(page)s”; known: %(known)s.")
            % {"page": page[:40], "known": ", ".join(LISTS)},
            field="page",
        )
    return LISTS[page]
