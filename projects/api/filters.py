"""The filters that slots and assignments share: project, person, from, to."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from projects.models import Project
from roles.models import Person
from teamhub import weeks
from teamhub.errors import InvalidInput

PLAN_PARAMETERS = [
    OpenApiParameter("project", str, description="Key or id of a project."),
    OpenApiParameter("person", str, description="Key or id of a person."),
    OpenApiParameter("from", date, description="Rows that end after this day."),
    OpenApiParameter("to", date, description="Rows that start before this day."),
    OpenApiParameter("format", str, enum=["json", "csv"], description="csv is streamed whole."),
    OpenApiParameter("page", int, description="Number of the page, from 1."),
    OpenApiParameter("limit", int, description="Rows a page, at most 1000."),
    OpenApiParameter("offset", int, description="First row, from 0."),
]


def day(request: Request, name: str) -> date | None:
    raw = request.query_params.get(name)
    if not raw:
        return None
    try:
        found = parse_date(raw)
    except ValueError:
        found = None
    if found is not None and not weeks.is_plannable(found):
        words = {"name": name, "first": weeks.FIRST.year, "last": weeks.LAST.year}
        raise InvalidInput(_("%(name)s must lie in the years %(first)d to %(last)d.") % words)
    if found is None:
        raise InvalidInput(
            _("%(name)s must be a day written as YYYY-MM-DD; got “%(raw)s”.")
            % {"name": name, "raw": raw[:40]}
        )
    return found


def named(model: type[models.Model], word: str) -> Q:
    """The row with this key or, where nothing has it, with this id: one rule for every address."""
    is_number = word.isascii() and word.isdigit() and len(word) < 16
    if is_number and not model._default_manager.filter(key=word).exists():
        return Q(pk=int(word))
    return Q(key=word)


def by_key(model: type[models.Model], path: str, word: str) -> Q:
    """Rows whose related object is the one that `word` names."""
    ((lookup, value),) = named(model, word).children  # type: ignore[misc]
    return Q(**{f"{path}__{lookup}": value})


def plan_filters(
    queryset: Any, request: Request, *, slot_path: str = "", person_path: str = "person"
) -> Any:
    """Narrow slots (slot_path "") or assignments (slot_path "slot__") by the query."""
    if project := request.query_params.get("project", "")[:60]:
        queryset = queryset.filter(by_key(Project, f"{slot_path}phase__project", project))
    if person := request.query_params.get("person", "")[:60]:
        queryset = queryset.filter(by_key(Person, person_path, person))
        queryset = queryset.distinct() if person_path != "person" else queryset
    if (first := day(request, "from")) is not None:
        queryset = queryset.filter(end_on__gt=first)
    if (last := day(request, "to")) is not None:
        queryset = queryset.filter(start_on__lt=last)
    if request.query_params.get("format", "json") not in {"json", "csv"}:
        raise InvalidInput(_("format must be json or csv."))
    return queryset
