"""What the API takes where a proposal is asked for: a scope, weights, wishes, suppositions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request

from projects.api.serializers import KeyField
from projects.models import Project
from projects.selectors.staffing_scope import staffable
from projects.services.staffing_scope import MOST_WISHES
from projects.services.staffing_what_if import MOST_CHANGES
from roles.models import Department, Person
from teamhub.api.serializers import Input
from teamhub.errors import InvalidInput

SCOPES = ("projects", "department", "portfolio")
MONDAY = "A Monday."


def _person(**options: Any) -> KeyField:
    return KeyField(Person, noun="person", help_text="Key or id of a person.", **options)


def _slot(**options: Any) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=1, max_value=2**53, **options)


class PinIn(Input):
    slot = _slot()
    person = _person()


class ExclusionIn(Input):
    """A person, for one slot, for one project, or altogether."""

    person = _person()
    slot = _slot(required=False)
    project = serializers.CharField(max_length=60, required=False, help_text="Key or id.")


class StaffingRunIn(Input):
    projects = serializers.ListField(
        child=serializers.CharField(max_length=60),
        min_length=1,
        max_length=1000,
        required=False,
        help_text="Ids or keys of projects that you lead.",
    )
    department = KeyField(
        Department,
        noun="department",
        required=False,
        help_text="Instead: all open projects of a department, and those below, that you lead.",
    )
    portfolio = serializers.BooleanField(
        default=False, help_text="Instead: all open projects that you lead."
    )
    seconds = serializers.IntegerField(min_value=1, required=False)
    seed = serializers.IntegerField(min_value=0, max_value=2**31 - 1, required=False)
    weights = serializers.DictField(child=serializers.IntegerField(), required=False)
    profile = serializers.CharField(
        max_length=60,
        required=False,
        allow_blank=True,
        help_text="Name of kept weights to begin with; `weights` change them.",
    )
    change_budget = serializers.IntegerField(min_value=0, max_value=10_000, required=False)
    people_budget = serializers.IntegerField(
        min_value=0,
        max_value=10_000,
        required=False,
        allow_null=True,
        help_text="At most so many people lose work that they hold.",
    )
    from_on = serializers.DateField(required=False, allow_null=True, help_text=MONDAY)
    to_on = serializers.DateField(
        required=False, allow_null=True, help_text="The Monday after the last week."
    )
    frozen_weeks = serializers.ListField(
        child=serializers.DateField(), required=False, max_length=MOST_WISHES, help_text=MONDAY
    )
    pins = PinIn(many=True, required=False, help_text="This person or nobody takes the slot.")
    exclusions = ExclusionIn(many=True, required=False)
    apart = serializers.ListField(
        child=serializers.ListField(child=_person(), min_length=2, max_length=2),
        required=False,
        max_length=MOST_WISHES,
        help_text="Pairs of people who never work on one project in the same week.",
    )
    must_fill = serializers.ListField(child=_slot(), required=False, max_length=MOST_WISHES)
    what_if = serializers.ListField(
        child=serializers.JSONField(),
        required=False,
        max_length=MOST_CHANGES,
        help_text="Suppositions, see the documentation; what comes of them cannot be accepted.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        given = [name for name in SCOPES if attrs.get(name)]
        if len(given) != 1:
            raise serializers.ValidationError(
                {"projects": [_("Give one of projects, department and portfolio.")]}
            )
        return attrs


class WhatIfIn(StaffingRunIn):
    what_if = serializers.ListField(
        child=serializers.JSONField(), min_length=1, max_length=MOST_CHANGES
    )


def arguments(request: Request, data: Mapping[str, Any]) -> dict[str, Any]:
    """What `propose_team` takes: rows as ids, the scope as projects."""
    given = dict(data)
    scope = {name: given.pop(name, None) for name in SCOPES}
    projects = _scope(request, scope)
    if "pins" in given:
        given["pins"] = [{"slot": pin["slot"], "person": pin["person"].pk} for pin in given["pins"]]
    if "exclusions" in given:
        given["exclusions"] = [_exclusion(request, one) for one in given["exclusions"]]
    if "apart" in given:
        given["apart"] = [[person.pk for person in pair] for pair in given["apart"]]
    return {"projects": projects, **given}


def _scope(request: Request, scope: Mapping[str, Any]) -> list[Project]:
    if scope["projects"]:
        return find_projects(request, scope["projects"])
    found = list(staffable(request.user, department=scope["department"]))
    if not found:
        raise InvalidInput(_("There is no open project there that you may staff."))
    return found


def _exclusion(request: Request, one: Mapping[str, Any]) -> dict[str, int]:
    out = {"person": one["person"].pk}
    if "slot" in one:
        out["slot"] = one["slot"]
    if "project" in one:
        out["project"] = find_projects(request, [one["project"]], "exclusions")[0].pk
    return out


def find_projects(request: Request, names: list[str], field: str = "projects") -> list[Project]:
    """Projects by key or id, in the order given, each once."""
    visible = Project.objects.visible_to(request.user)
    ids = [int(name) for name in names if name.isascii() and name.isdigit() and len(name) < 16]
    found = {str(p.pk): p for p in visible.filter(pk__in=ids)}
    found |= {p.key: p for p in visible.filter(key__in=names)}
    missing = [name for name in names if name not in found]
    if missing:
        raise serializers.ValidationError(
            {field: [_("There is no project “%(key)s”.") % {"key": missing[0]}]}
        )
    return list({found[name].pk: found[name] for name in names}.values())
