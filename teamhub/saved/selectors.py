"""Which views of a list somebody has, and the one that a name means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils.translation import gettext as _

from teamhub.accounts.models import User
from teamhub.errors import InvalidInput
from teamhub.saved.models import SavedView


@dataclass(frozen=True)
class ShownView:
    """A view as the menu of its list draws it."""

    view: SavedView
    mine: bool
    favourite: bool

    @property
    def query(self) -> str:
        """Its parameters and, so that the list knows which one is open, itself."""
        parameters = self.view.parameters.copy()
        parameters["saved"] = str(self.view.pk)
        return parameters.urlencode()


def views_of(page: str, user: User) -> list[ShownView]:
    """Favourites first, then by name (one query)."""
    through = SavedView.favourites.through.objects.filter(
        savedview_id=OuterRef("pk"), user_id=user.pk
    )
    found = SavedView.objects.visible_to(user).filter(page=page).select_related("owner")
    rows = [
        ShownView(view, view.owner_id == user.pk, view.is_favourite)
        for view in found.annotate(is_favourite=Exists(through))
    ]
    return sorted(rows, key=lambda row: (not row.favourite, not row.mine))


class ViewsMenu:
    """The views of a page that is no list; as components/_list_views.html reads it."""

    choosable: tuple[Any, ...] = ()

    def __init__(self, request: HttpRequest, page: str) -> None:
        self.saved_as, self.path = page, request.path
        self.query_string = request.GET.urlencode()
        self.views = views_of(page, request.user)
        self._wanted = request.GET.get("saved", "")

    @property
    def current_view(self) -> ShownView | None:
        return next((one for one in self.views if str(one.view.pk) == self._wanted), None)


def by_name(page: str, name: str, user: User) -> SavedView:
    """One's own view of this name, else a favourite, else the first that somebody shares."""
    named = [row for row in views_of(page, user) if row.view.name == name]
    if not named:
        known = [row.view.name for row in views_of(page, user)][:10]
        raise InvalidInput(
            _("You have no view “%(name)s” of this list; you have: %(known)s.")
            % {"name": name[:60], "known": ", ".join(known) or "–"},
            field="view",
        )
    return min(named, key=lambda row: (not row.mine, not row.favourite)).view
