"""`?view=NAME` on an address of the API: the filters of a saved view, where the query has none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from teamhub.errors import InvalidInput
from teamhub.saved.models import SavedView
from teamhub.saved.selectors import by_name

SAVED_VIEW = "Name of a saved view of this list: its filters hold where the query has none."
VIEW_PARAMETER = OpenApiParameter("view", str, description=SAVED_VIEW)
# Of the page alone: order, columns, how far one sees; the API has its own.
_PAGE_ONLY = frozenset({"sort", "cols", "zoom"})


def filters_of(
    view: SavedView, known: Mapping[str, str], field: str
) -> Iterator[tuple[str, list[str]]]:
    """Names as the address has them, with values; refuses a filter that it does not know."""
    for key, values in view.parameters.lists():
        if key in _PAGE_ONLY or (key not in known and not any(values)):
            continue
        if key not in known:
            raise InvalidInput(
                _("The view “%(name)s” filters by “%(key)s”, which this address cannot.")
                % {"name": view.name, "key": key},
                field=field,
            )
        yield known[key], values


class TakesSavedView:
    """Mixin of an APIView over a list of which views can be saved."""

    saved_list: ClassVar[str]
    saved_parameter: ClassVar[str] = "view"  # another where the address means something else by it
    # Filters of the page that this address knows under the same name, or under another one.
    view_filters: ClassVar[dict[str, str]]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)  # type: ignore[misc]
        name = request.query_params.get(self.saved_parameter)
        if name and request.method == "GET":
            self._take(request, name)

    def _take(self, request: Request, name: str) -> None:
        view = by_name(self.saved_list, name, request.user)
        query = request.query_params.copy()
        for key, values in filters_of(view, self.view_filters, self.saved_parameter):
            if key not in query:
                query.setlist(key, values)
        request._request.GET = query  # type: ignore[assignment]  # read as the other is
