"""People x weeks: what each person has and what is taken of it."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from projects.api.filters import by_key, day, named
from projects.models import Project
from projects.selectors.load import PersonLoad, week_load
from roles.models import Department, Person, Role, Site
from teamhub import weeks
from teamhub.api.pagination import Pages, paged
from teamhub.errors import InvalidInput, NotFound
from teamhub.saved.api.named import VIEW_PARAMETER, TakesSavedView

MAX_WEEKS = 104


class LoadWeekOut(serializers.Serializer[Any]):
    week = serializers.CharField(help_text="ISO week, such as 2026-W48")
    start_on = serializers.DateField()
    available = serializers.FloatField(help_text="FTE share")
    assigned = serializers.FloatField(help_text="FTE share, confirmed")
    tentative = serializers.FloatField(help_text="FTE share")
    over = serializers.FloatField(help_text="FTE share above available")


class LoadOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    person = serializers.CharField()
    name = serializers.CharField()
    weeks = LoadWeekOut(many=True)


class LoadList(TakesSavedView, APIView):
    saved_list = "load"
    view_filters: ClassVar = {
        "q": "search",
        **{
            name: name
            for name in ("department", "site", "role", "project", "from", "weeks", "over")
        },
    }

    @extend_schema(
        operation_id="load_list",
        parameters=[
            OpenApiParameter("from", date, description="A Monday; this week's by default."),
            OpenApiParameter("weeks", int, description=f"1 to {MAX_WEEKS}; 13 by default."),
            OpenApiParameter("department", str, description="Key or id."),
            OpenApiParameter("project", str, description="People who work in this project."),
            OpenApiParameter("search", str, description="Words of name or key."),
            OpenApiParameter("site", str, description="Key of a site."),
            OpenApiParameter("role", str, description="Key of a role."),
            OpenApiParameter("over", bool, description="Only who has more than they can do."),
            VIEW_PARAMETER,
            OpenApiParameter("page", int),
            OpenApiParameter("limit", int),
            OpenApiParameter("offset", int),
        ],
        responses=paged(LoadOut),
    )
    def get(self, request: Request) -> Response:
        start, n_weeks = window(request)
        pages = Pages()
        found = self._people(request, start, n_weeks)
        people: Any = pages.paginate_queryset(found, request, view=self)
        load = week_load(people, start, n_weeks)
        return pages.get_paginated_response(
            [load_row(person, load[person.pk], start) for person in people]
        )

    def _people(self, request: Request, start: date, n_weeks: int) -> Any:
        end = weeks.add_weeks(start, n_weeks)
        people = Person.objects.load_visible_to(request.user).employed_between(start, end)
        if department := request.query_params.get("department", "")[:60]:
            people = people.filter(by_key(Department, "department", department))
        if key := request.query_params.get("project", "")[:60]:
            projects = Project.objects.detail_visible_to(request.user)
            project = projects.filter(named(Project, key)).first()
            if project is None:
                raise NotFound(_("There is no project “%(key)s”.") % {"key": key})
            people = people.filter(assignments__slot__phase__project=project).distinct()
        people = _searched(people, request)
        if request.query_params.get("over", "") in {"on", "true", "yes", "1"}:
            load = week_load(people.select_related("site"), start, n_weeks)
            people = people.filter(pk__in=[pk for pk, mine in load.items() if any(mine.over)])
        return people.select_related("site")


def _searched(people: Any, request: Request) -> Any:
    for word in request.query_params.get("search", "").replace("\0", "")[:200].split()[:10]:
        people = people.filter(Q(name__icontains=word) | Q(key__icontains=word))
    for name, model, path in (("site", Site, "site"), ("role", Role, "roles")):
        key = request.query_params.get(name, "")[:60]
        if not key:
            continue
        if not model._default_manager.filter(key=key).exists():
            raise InvalidInput(
                _("%(name)s “%(key)s” does not exist.") % {"name": name, "key": key}, field=name
            )
        people = people.filter(**{f"{path}__key": key})
    return people


def window(request: Request) -> tuple[date, int]:
    start = day(request, "from") or weeks.monday(timezone.localdate())
    if not weeks.is_monday(start):
        raise InvalidInput(
            _("from must be a Monday, such as %(monday)s.") % {"monday": weeks.monday(start)}
        )
    raw = request.query_params.get("weeks", "13")
    if not (raw.isascii() and raw.isdigit() and 1 <= int(raw[:9]) <= MAX_WEEKS):
        raise InvalidInput(_("weeks must be a number from 1 to %(most)d.") % {"most": MAX_WEEKS})
    return start, int(raw)


def load_row(person: Person, load: PersonLoad, start: date) -> dict[str, Any]:
    per_week = zip(load.available, load.confirmed, load.tentative, load.over, strict=True)
    return {
        "id": person.pk,
        "person": person.key,
        "name": person.name,
        "weeks": [
            {
                "week": weeks.iso_label(weeks.add_weeks(start, index)),
                "start_on": weeks.add_weeks(start, index),
                "available": available / 100,
                "assigned": confirmed / 100,
                "tentative": tentative / 100,
                "over": over / 100,
            }
            for index, (available, confirmed, tentative, over) in enumerate(per_week)
        ],
    }
