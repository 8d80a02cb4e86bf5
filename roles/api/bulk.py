"""Change many people at once, by program: named, or whoever a saved view leaves."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from roles.api.people import PersonList, narrowed_by
from roles.models import Department, Person, Role, Site
from roles.services.bulk_edit import MOST, BulkChange, change_people
from teamhub.api.serializers import Input
from teamhub.errors import InvalidInput
from teamhub.saved.api.named import filters_of
from teamhub.saved.selectors import by_name


class BulkIn(Input):
    people = serializers.ListField(
        child=serializers.CharField(max_length=60),
        required=False,
        max_length=MOST,
        help_text="Keys; or give `view`.",
    )
    view = serializers.CharField(
        max_length=60, required=False, help_text="Name of a saved view of people: all it leaves."
    )
    department = serializers.CharField(max_length=60, required=False, help_text="Key.")
    site = serializers.CharField(max_length=60, required=False, help_text="Key.")
    weekly_hours = serializers.DecimalField(
        4, 1, required=False, min_value=0, max_value=80, coerce_to_string=False
    )
    employed_to = serializers.DateField(required=False)
    max_concurrent_projects = serializers.IntegerField(required=False, min_value=1, max_value=100)
    add_roles = serializers.ListField(child=serializers.CharField(max_length=60), required=False)
    drop_roles = serializers.ListField(child=serializers.CharField(max_length=60), required=False)
    comment = serializers.CharField(max_length=300, required=False, allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("people" in attrs) == ("view" in attrs):
            raise serializers.ValidationError(_("Give either people or view."))
        return attrs


class BulkOut(serializers.Serializer[Any]):
    changed = serializers.ListField(child=serializers.CharField(), help_text="Keys.")


class PeopleBulk(APIView):
    @extend_schema(operation_id="people_bulk", request=BulkIn, responses=BulkOut)
    def post(self, request: Request) -> Response:
        """Give all of them the same, or nobody anything; those who have it already stay."""
        given = BulkIn(data=request.data)
        given.is_valid(raise_exception=True)
        asked = dict(given.validated_data)
        people = _people(request, asked)
        comment = asked.pop("comment", "")
        roles = {
            name: [_named(Role, key, name) for key in asked.pop(name, [])]
            for name in ("add_roles", "drop_roles")
        }
        for name, model in (("department", Department), ("site", Site)):
            if name in asked:
                asked[name] = _named(model, asked[name], name)
        change = BulkChange(asked, roles["add_roles"], roles["drop_roles"])
        changed = change_people(people, change, by=request.user, comment=comment)
        return Response({"changed": [person.key for person in changed]})


def _people(request: Request, asked: dict[str, Any]) -> list[int]:
    seen = Person.objects.visible_to(request.user)
    if "view" in asked:
        view = by_name("people", asked.pop("view"), request.user)
        query = {
            key: values[-1] for key, values in filters_of(view, PersonList.view_filters, "view")
        }
        if not any(query.values()):
            raise InvalidInput(
                _("The view “%(name)s” filters nothing: it leaves everybody. Name the people.")
                % {"name": view.name},
                field="view",
            )
        return list(narrowed_by(seen, query).values_list("pk", flat=True)[: MOST + 1])
    keys = asked.pop("people")
    found = dict(seen.filter(key__in=keys).values_list("key", "pk"))
    missing = [key for key in keys if key not in found]
    if missing:
        raise InvalidInput(_("There is no person “%(key)s”.") % {"key": missing[0]}, field="people")
    return list(found.values())


def _named(model: Any, key: str, field: str) -> Any:
    row = model.objects.filter(key=key).first()
    if row is None:
        raise InvalidInput(
            _("%(name)s “%(key)s” does not exist.") % {"name": field, "key": key}, field=field
        )
    return row
