"""What the shared pages show of people."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from roles.models import Department, Person, Skill
from teamhub import panels
from teamhub.accounts.models import User
from teamhub.panels import Hit

MOST = 8  # hits of a kind


def find_people(user: User, query: str) -> list[Hit]:
    """People whose name, sort name or key holds every word."""
    people = Person.objects.visible_to(user).select_related("department", "site")
    for word in query.split():
        people = people.filter(
            Q(name__icontains=word) | Q(sort_name__icontains=word) | Q(key__icontains=word)
        )
    return [
        Hit(one.name, _("Person"), one.get_absolute_url(), f"{one.department} · {one.site}")
        for one in people[:MOST]
    ]


def find_in_catalog(user: Any, query: str) -> list[Hit]:
    """Departments and skills; they lead to the people who belong to them."""
    if not user.is_authenticated:
        return []
    people = reverse("roles:person-list")
    named = Q(name_en__icontains=query) | Q(name_zh__icontains=query) | Q(key__icontains=query)
    departments = [
        Hit(one.name, _("Department"), f"{people}?department={one.key}")
        for one in Department.objects.filter(named)[:MOST]
    ]
    skills = [
        Hit(one.name, _("Skill"), f"{people}?skill={one.key}")
        for one in Skill.objects.filter(named, retired_on=None)[:MOST]
    ]
    return [*departments, *skills]


def register() -> None:
    panels.register_search(find_people)
    panels.register_search(find_in_catalog)
