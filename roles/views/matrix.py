"""Skills x people."""

from __future__ import annotations

from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from roles import selectors
from roles.models import Discipline, Person, Role, Site, Skill
from roles.selectors.skills import levels_held, skill_matrix
from teamhub.web.exports import csv_response
from teamhub.web.fragments import page_or_fragment
from teamhub.web.listing import ChoiceFilter, Column, Listing

ROOT = "skill-matrix"


@require_safe
@login_required
def matrix(request: HttpRequest) -> HttpResponseBase:
    """The level of each person in each skill today; all of it as CSV."""
    today = timezone.localdate()
    people = Person.objects.visible_to(request.user).select_related("department")
    listing = Listing(
        request,
        people,
        columns=[Column("name", _("Person"), order=("sort_name", "name"))],
        filters=_filters(),
        search=["name", "key", "sort_name"],
        default_sort="name",
        page_size=50,
        root=ROOT,
    )
    discipline = listing.values.get("discipline", "")
    if listing.wants_csv:
        return _csv(listing, discipline)
    context = {
        "listing": listing,
        "matrix": skill_matrix(listing.rows, listing.queryset, today, discipline=discipline),
    }
    page, fragment = "roles/skill_matrix.html", "roles/_skill_matrix.html"
    return page_or_fragment(request, page, fragment, context, root=ROOT)


def _csv(listing: Listing, discipline: str) -> HttpResponseBase:
    skills = Skill.objects.filter(retired_on=None)
    if discipline:
        skills = skills.filter(discipline__key=discipline)
    columns = list(skills.order_by("discipline__position", "key"))
    people = list(listing.queryset)
    held = levels_held(people, timezone.localdate())
    lines = (
        [one.key, one.name, *(held[one.pk].get(skill.pk, 0) for skill in columns)] for one in people
    )
    header = ["person", "name", *(skill.key for skill in columns)]
    return csv_response("skills-by-person.csv", header, lines)


def _filters() -> list[Any]:
    return [
        ChoiceFilter(
            "discipline",
            _("Discipline"),
            choices=lambda: [
                (row.key, row.name) for row in Discipline.objects.filter(retired_on=None)
            ],
            apply=lambda people, _key: people,
        ),
        ChoiceFilter(
            "role",
            _("Role"),
            lookup="roles__key",
            choices=lambda: [(row.key, row.name) for row in Role.objects.filter(retired_on=None)],
        ),
        ChoiceFilter(
            "site",
            _("Site"),
            lookup="site__key",
            choices=lambda: [(row.key, row.name) for row in Site.objects.all()],
        ),
        ChoiceFilter(
            "department",
            _("Department"),
            apply=lambda people, key: cast(Any, people).in_department(key),
            choices=lambda: [
                (row.department.key, "\u2003" * row.depth + row.department.name)
                for row in selectors.department_tree()
            ],
        ),
    ]
