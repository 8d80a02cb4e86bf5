"""Filter, search, sort and page a list on the server; everything is kept in the address.

    listing = Listing(
        request,
        Person.objects.visible_to(request.user),
        columns=[Column("name", _("Name"), order="name"), Column("site", _("Site"))],
        filters=[ChoiceFilter("site", _("Site"), lookup="site__key", choices=site_choices)],
        search=["name", "email"],
        default_sort="name",
        root="people-list",
    )
    if listing.wants_csv:
        return listing.csv("people.csv")
    return page_or_fragment(
        request, "roles/person_list.html", "roles/_person_list.html", {"listing": listing},
        root="people-list",
    )

A bad value in the address shows a message and is not applied; it never breaks the page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import OrderBy
from django.http import HttpRequest, QueryDict, StreamingHttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from teamhub.saved.selectors import ShownView, views_of
from teamhub.web.exports import csv_response
from teamhub.web.filters import (
    ChoiceFilter,
    DateFilter,
    Filter,
    FlagFilter,
    IntegerFilter,
    TextFilter,
)

__all__ = [
    "ChoiceFilter",
    "Column",
    "DateFilter",
    "Filter",
    "FlagFilter",
    "IntegerFilter",
    "Listing",
    "TextFilter",
]

Text = str | Promise
MAX_PAGE_SIZE = 200
_OWN = {"q", "sort", "page", "size", "format", "cols", "saved"}


@dataclass(frozen=True)
class Column:
    """A column of the table and of its export.

    `order` names the ORM fields to sort by; without it the head is no link. `value(row)` gives the
    cell of the export, by default the attribute `key`. `css` goes on the head, `export` false keeps
    it out of the file, `shown` false out of the table.
    """

    key: str
    label: Text
    order: str | tuple[str, ...] = ()
    value: Callable[[Any], Any] | None = None
    numeric: bool = False
    css: str = ""
    export: bool = True
    shown: bool = True

    @property
    def fields(self) -> tuple[str, ...]:
        return (self.order,) if isinstance(self.order, str) else self.order


@dataclass(frozen=True)
class Head:
    """A column head as drawn: `state` is what aria-sort says."""

    key: str
    label: Text
    url: str
    state: str
    css: str


@dataclass(frozen=True)
class Field:
    """A filter as drawn."""

    key: str
    label: Text
    kind: str
    raw: str
    options: list[tuple[str, Text]]
    error: str


class Listing:
    """What a list page shows, read from `request.GET`."""

    def __init__(  # noqa: PLR0913 (all but two are keywords with a default)
        self,
        request: HttpRequest,
        queryset: QuerySet[Any],
        *,
        columns: Sequence[Column],
        filters: Sequence[Filter] = (),
        search: Sequence[str] = (),
        default_sort: str = "",
        page_size: int = 50,
        root: str = "",
        path: str = "",
        saved_as: str = "",
        parameters: QueryDict | None = None,
    ) -> None:
        if clash := _OWN & {item.key for item in filters}:
            raise ValueError(f"A filter may not be called {', '.join(clash)}.")
        self.request = request
        # Those of the address, unless a form tells those of the list that it was sent from.
        self.parameters = request.GET if parameters is None else parameters
        self.saved_as = saved_as  # key of teamhub.saved.lists: its views can be kept
        self.columns = list(columns)
        self.filters = list(filters)
        self.root = root  # id of the element that htmx replaces
        self.path = path or request.path  # another one where a refused form shows the list
        self.searchable = bool(search)
        self.errors: list[str] = []
        self.values: dict[str, Any] = {}
        self.query = self.parameters.get("q", "").replace("\0", "").strip()[:200]
        self.fields = [self._field(item) for item in self.filters]
        self.sort_key, self.descending = self._sort(default_sort)
        self.page_size = self._whole("size", page_size, MAX_PAGE_SIZE)
        self.page_number = self._whole("page", 1, 10**9)
        self.queryset = self._ordered(self._searched(self._narrowed(queryset), search))
        self.hidden = self._left_out()

    # --- reading the address

    def _field(self, item: Filter) -> Field:
        raw, error = self.parameters.get(item.key, "").strip(), ""
        if raw:
            try:
                self.values[item.key] = item.clean(raw)
            except ValueError as problem:
                error = str(problem)
                self.errors.append(
                    _("The filter %(label)s was left out: %(error)s.")
                    % {"label": item.label, "error": error.rstrip(".")}
                )
        return Field(item.key, item.label, item.kind, raw, item.options(), error)

    def _sort(self, default: str) -> tuple[str, bool]:
        wanted = self.parameters.get("sort", "") or default
        known = {column.key for column in self.columns if column.order}
        if wanted.lstrip("-") not in known:
            if wanted and wanted != default:
                self.errors.append(
                    _("The list cannot be sorted by “%(key)s”.") % {"key": wanted[:40]}
                )
            wanted = default if default.lstrip("-") in known else ""
        return wanted.lstrip("-"), wanted.startswith("-")

    def _whole(self, key: str, default: int, most: int) -> int:
        raw = self.parameters.get(key, "")
        if not raw:
            return default
        if not (raw.isascii() and raw.isdigit() and int(raw[:9]) > 0):
            self.errors.append(
                _("“%(raw)s” is not a number of a page.") % {"raw": raw[:40]}
                if key == "page"
                else _("“%(raw)s” is not a number of rows.") % {"raw": raw[:40]}
            )
            return default
        return min(int(raw[:9]), most)

    def _left_out(self) -> set[str]:
        """Keys of the columns that this reader left out; the first one always stays."""
        wanted = {key for part in self.parameters.getlist("cols") for key in part.split(",") if key}
        shown = [column.key for column in self.columns if column.shown]
        if unknown := sorted(wanted - set(shown)):
            self.errors.append(_("There is no column “%(key)s”.") % {"key": unknown[0][:40]})
        return set(shown[1:]) - wanted if wanted & set(shown) else set()

    def _narrowed(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        for item in self.filters:
            value = self.values.get(item.key)
            if value is not None and value is not False:
                queryset = item.narrow(queryset, value)
        return queryset

    def _searched(self, queryset: QuerySet[Any], search: Sequence[str]) -> QuerySet[Any]:
        """Every word must be in one of the fields."""
        if not search:
            return queryset
        for word in self.query.split()[:10]:
            found = Q()
            for name in search:
                found |= Q(**{f"{name}__icontains": word})
            queryset = queryset.filter(found)
        if self.query and any("__" in name for name in search):
            queryset = queryset.distinct()
        return queryset

    def _ordered(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Blank values last in both directions; the key of the row decides ties."""
        for column in self.columns:
            if column.key == self.sort_key and column.order:
                order = [
                    OrderBy(F(name), self.descending, nulls_last=True) for name in column.fields
                ]
                return queryset.order_by(*order, "pk")
        return queryset if queryset.query.order_by else queryset.order_by("pk")

    # --- what the templates show

    @cached_property
    def page(self) -> Page[Any]:
        paginator = Paginator(self.queryset, self.page_size)
        return paginator.page(min(self.page_number, paginator.num_pages))

    @cached_property
    def rows(self) -> list[Any]:
        return list(self.page.object_list)

    @property
    def total(self) -> int:
        return self.page.paginator.count

    @property
    def is_narrowed(self) -> bool:
        """Whether an empty list is empty because of its filters."""
        return bool(self.query or self.values)

    @property
    def heads(self) -> list[Head]:
        return [
            self._head(column)
            for column in self.columns
            if column.shown and column.key not in self.hidden
        ]

    @property
    def choosable(self) -> list[tuple[Column, bool]]:
        """The columns that can be left out, and whether each is drawn."""
        shown = [column for column in self.columns if column.shown]
        return [(column, column.key not in self.hidden) for column in shown[1:]]

    @property
    def first_column(self) -> str:
        return next(column.key for column in self.columns if column.shown)

    @property
    def kept(self) -> list[tuple[str, str]]:
        """The parameters of a view, as hidden fields of the form that chooses columns."""
        passing = {"page", "format", "saved", "cols"}
        return [
            (key, value)
            for key, values in self.parameters.lists()
            for value in values
            if key not in passing and value
        ]

    @property
    def query_string(self) -> str:
        return self.parameters.urlencode()

    @cached_property
    def views(self) -> list[ShownView]:
        return views_of(self.saved_as, self.request.user) if self.saved_as else []

    @property
    def current_view(self) -> ShownView | None:
        wanted = self.parameters.get("saved", "")
        return next((one for one in self.views if str(one.view.pk) == wanted), None)

    def _head(self, column: Column) -> Head:
        url, state = "", "none"
        if column.order:
            current = column.key == self.sort_key
            if current:
                state = "descending" if self.descending else "ascending"
            turn = f"-{column.key}" if current and not self.descending else column.key
            url = self.url(sort=turn, page=None)
        css = f"th-num {column.css}".strip() if column.numeric else column.css
        return Head(column.key, column.label, url, state, css)

    def url(self, **changes: Any) -> str:
        """The address of this list with some parameters changed; None removes one."""
        parameters = self.parameters.copy()
        parameters.pop("format", None)
        for key, value in changes.items():
            parameters.pop(key, None)
            if value is not None:
                parameters[key] = str(value)
        for key in [key for key, value in parameters.items() if not value]:
            parameters.pop(key)
        query = parameters.urlencode()
        return f"{self.path}?{query}" if query else self.path

    @property
    def clear_url(self) -> str:
        return self.path

    @property
    def csv_url(self) -> str:
        return self.url(format="csv", page=None, size=None)

    @property
    def previous_url(self) -> str:
        return self.url(page=self.page.number - 1) if self.page.has_previous() else ""

    @property
    def next_url(self) -> str:
        return self.url(page=self.page.number + 1) if self.page.has_next() else ""

    # --- the export

    @property
    def wants_csv(self) -> bool:
        return self.parameters.get("format") == "csv"

    def csv(self, filename: str) -> StreamingHttpResponse:
        """All rows that the filters leave, not only the page; of the columns those not left out."""
        columns = [c for c in self.columns if c.export and c.key not in self.hidden]
        rows = (
            [_value(column, row) for column in columns]
            for row in self.queryset.iterator(chunk_size=500)
        )
        return csv_response(filename, [column.key for column in columns], rows)


def _value(column: Column, row: Any) -> Any:
    if column.value is not None:
        return column.value(row)
    value = getattr(row, column.key)
    return value() if callable(value) else value
