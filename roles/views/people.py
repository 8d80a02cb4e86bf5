"""The people list and the page of one person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from roles import exports, selectors
from roles.models import MapNode, Person, PersonSkill, Role, Site, Skill
from roles.selectors.skills import can_hold
from roles.services.departments import may_manage
from teamhub.accounts import permissions
from teamhub.accounts.groups import LABELS, Group
from teamhub.web.exports import csv_response
from teamhub.web.fragments import page_or_fragment
from teamhub.web.listing import ChoiceFilter, Column, Filter, Listing

ROOT = "people-list"


@login_required
@require_safe
def person_list(request: HttpRequest) -> HttpResponseBase:
    """Everybody; `?format=csv` gives what the filters leave, as the import takes it."""
    listing = people_listing(request)
    if listing.wants_csv:
        return csv_response("people.csv", *exports.people(listing.queryset, request.user))
    context = {
        "listing": listing,
        "manages": may_manage(request.user),
        "changes": Person.objects.editable_by(request.user).exists(),
        "invites": permissions.is_administrator(request.user),
        "groups": [(key, label) for key, label in LABELS.items() if key != Group.ADMINISTRATOR],
    }
    return page_or_fragment(
        request, "roles/person_list.html", "roles/_person_list.html", context, root=ROOT
    )


def people_listing(request: HttpRequest, parameters: QueryDict | None = None) -> Listing:
    """The list as the address, or the form that it was sent from, has it."""
    parameters = request.GET if parameters is None else parameters
    return Listing(
        request,
        _listed(Person.objects.visible_to(request.user)),
        columns=_columns(),
        filters=_filters(parameters),
        search=["name", "key", "sort_name"],
        default_sort="name",
        root=ROOT,
        path=reverse("roles:person-list"),
        saved_as="people",
        parameters=parameters,
    )


def _listed(people: Any) -> QuerySet[Person]:
    valid = PersonSkill.objects.valid_on(timezone.localdate()).select_related("skill")
    return people.select_related("department", "site", "user").prefetch_related(
        "roles",
        Prefetch(
            "skills",
            queryset=valid.filter(skill__retired_on=None).order_by("-level", "skill__key"),
            to_attr="valid_skills",
        ),
    )


def _columns() -> list[Column]:
    return [
        Column("name", pgettext("person", "Name"), order=("sort_name", "name")),
        Column("roles", _("Roles")),
        Column("department", _("Department"), order="department__name_en"),
        Column("site", _("Site"), order="site__name_en"),
        Column("skills", _("Skills")),
    ]


def _filters(parameters: QueryDict) -> Sequence[Filter]:
    level = parameters.get("min_level", "")
    least = int(level) if level in {"1", "2", "3", "4", "5"} else 1
    today = timezone.localdate()

    def by_skill(people: Any, key: str) -> Any:
        return people.with_skill(key, least, today)

    def by_level(people: Any, value: str) -> Any:
        # With a skill the level belongs to it.
        return people if parameters.get("skill") else people.with_skill("", least, today)

    return [
        ChoiceFilter(
            "role",
            _("Role"),
            lookup="roles__key",
            choices=_choices(Role.objects.filter(retired_on=None)),
        ),
        ChoiceFilter(
            "skill",
            _("Skill"),
            apply=by_skill,
            choices=_choices(Skill.objects.filter(retired_on=None)),
        ),
        ChoiceFilter(
            "min_level",
            _("Level"),
            apply=by_level,
            choices=[(value, f"≥ {value}") for value in range(1, 6)],
        ),
        ChoiceFilter(
            "node",
            _("Could answer for"),
            apply=lambda people, key: can_hold(people, MapNode.objects.get(key=key), today),
            choices=_choices(MapNode.objects.filter(retired_on=None)),
        ),
        ChoiceFilter("site", _("Site"), lookup="site__key", choices=_choices(Site.objects.all())),
        ChoiceFilter(
            "department",
            _("Department"),
            apply=lambda people, key: cast(Any, people).in_department(key),
            choices=[
                (row.department.key, "\u2003" * row.depth + row.department.name)
                for row in selectors.department_tree()
            ],
        ),
    ]


def _choices(rows: QuerySet[Any]) -> list[tuple[str, str]]:
    return [(row.key, row.name) for row in sorted(rows, key=lambda row: row.name.casefold())]


@login_required
@require_safe
def person_detail(request: HttpRequest, person_id: int) -> HttpResponse:
    people = Person.objects.visible_to(request.user).select_related("department", "site", "user")
    person = get_object_or_404(people.prefetch_related("roles"), pk=person_id)
    rights = selectors.rights_on(person, request.user)
    today = timezone.localdate()
    context = {
        "person": person,
        "rights": rights,
        "today": today,
        "skills": selectors.held_skills(person, today),
        "absences": selectors.absences_from(person, today) if rights.load else [],
    }
    return render(request, "roles/person_detail.html", context)
