"""Keep, share, star and drop views."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from teamhub.accounts import permissions
from teamhub.accounts.models import User
from teamhub.audit import services as audit
from teamhub.errors import Conflict, InvalidInput
from teamhub.saved.lists import address_of
from teamhub.saved.models import QUERY_LENGTH, SavedView

MOST = 200  # views of one person
# Where one is in a list, and its files, are no part of a view of it.
_PASSING = ("page", "size", "format", "saved")


def cleaned_query(raw: str) -> str:
    """The parameters worth keeping, each that says something."""
    if len(raw) > 4 * QUERY_LENGTH:
        raise InvalidInput(_("The filters of this view are too long to be kept."), field="query")
    if any(part and "=" not in part for part in raw.split("&")):
        raise InvalidInput(
            _("Write the filters as in the list's address: name=value, joined by “&”."),
            field="query",
        )
    kept = QueryDict(raw, mutable=True)
    if "\0" in "".join(text for name, values in kept.lists() for text in (name, *values)):
        raise InvalidInput(_("The filters of this view hold a zero byte."), field="query")
    for name in _PASSING:
        kept.pop(name, None)
    for name in [name for name, values in kept.lists() if not any(values)]:
        del kept[name]
    query = kept.urlencode()
    if len(query) > QUERY_LENGTH:
        raise InvalidInput(_("The filters of this view are too long to be kept."), field="query")
    return query


@transaction.atomic
def save_view(
    *, by: User, page: str, name: str, query: str, shared: bool = False, favourite: bool = False
) -> SavedView:
    """Keep a view under a name; one's own of the same name takes the new filters."""
    address_of(page)
    name = " ".join(name.replace("\0", "").split())
    if not 1 <= len(name) <= 60:
        raise InvalidInput(_("Give the view a name of at most 60 characters."), field="name")
    if by.saved_views.exclude(page=page, name=name).count() >= MOST:
        raise InvalidInput(_("You have %(most)d views; remove one first.") % {"most": MOST})
    try:
        with transaction.atomic():
            view, made = SavedView.objects.update_or_create(
                owner=by,
                page=page,
                name=name,
                defaults={"query": cleaned_query(query), "shared": shared},
            )
    except IntegrityError:
        raise Conflict(
            _("You saved a view of this name at this very moment. Look at it again.")
        ) from None
    if favourite:
        view.favourites.add(by)
    audit.record(
        by,
        "view.create" if made else "view.change",
        view,
        after={"page": page, "query": view.query, "shared": shared},
    )
    return view


@transaction.atomic
def remove_view(view: SavedView, *, by: User) -> None:
    permissions.require(view.owner_id == by.pk, _("Only its owner removes a view."))
    audit.record(by, "view.remove", view, before={"page": view.page, "query": view.query})
    view.delete()


def set_favourite(view: SavedView, *, by: User, favourite: bool) -> None:
    """A star is a matter of taste: it is not in the audit."""
    if favourite:
        view.favourites.add(by)
    else:
        view.favourites.remove(by)
