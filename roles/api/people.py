"""People, departments, sites, roles and skills for programs; read only, but for the import."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from roles.api.serializers import (
    DepartmentOut,
    PeopleImportIn,
    PersonDetailOut,
    PersonOut,
    RoleOut,
    SiteOut,
    SkillOut,
)
from roles.importers import IMPORTERS, creating
from roles.models import Department, MapNode, Person, Role, Site, Skill
from roles.selectors.skills import can_hold
from teamhub.accounts import permissions
from teamhub.accounts.models import User
from teamhub.api.imports import ImportOut, run_import
from teamhub.api.pagination import Pages, paged
from teamhub.errors import InvalidInput
from teamhub.saved.api.named import VIEW_PARAMETER, TakesSavedView

PAGE_PARAMETERS = [
    OpenApiParameter("page", int, description="Number of the page, from 1; instead of offset."),
    OpenApiParameter("limit", int, description="Rows a page, at most 1000."),
    OpenApiParameter("offset", int, description="First row, from 0."),
]
_KINDS = {importer.kind: importer for importer in IMPORTERS}


class PersonList(TakesSavedView, APIView):
    saved_list = "people"
    view_filters: ClassVar = {
        "q": "search",
        "role": "role",
        "skill": "skill",
        "min_level": "min_level",
        "site": "site",
        "department": "department",
        "node": "node",
    }

    @extend_schema(
        operation_id="people_list",
        parameters=[
            OpenApiParameter("search", str, description="Words of name or key."),
            OpenApiParameter("role", str, description="Key of a role."),
            OpenApiParameter("skill", str, description="Key of a skill that is valid today."),
            OpenApiParameter("min_level", int, description="1 to 5; of the skill, or of any."),
            OpenApiParameter("site", str, description="Key of a site."),
            OpenApiParameter(
                "department", str, description="Key of a department; those below it count."
            ),
            OpenApiParameter("node", str, description="Who could hold this node of the map."),
            VIEW_PARAMETER,
            *PAGE_PARAMETERS,
        ],
        responses=paged(PersonOut),
    )
    def get(self, request: Request) -> Response:
        """Everybody, with the fields that you may see."""
        people = narrowed_by(Person.objects.visible_to(request.user), request.query_params)
        pages = Pages()
        page: Any = pages.paginate_queryset(_with_parts(people), request, view=self) or []
        context = _context(page, request.user)
        return pages.get_paginated_response(PersonOut(page, many=True, context=context).data)


class PersonDetail(APIView):
    @extend_schema(operation_id="people_retrieve", responses=PersonDetailOut)
    def get(self, request: Request, pk: int) -> Response:
        """One person; absences without their reason, to those who see the load."""
        people = _with_parts(Person.objects.visible_to(request.user))
        person = get_object_or_404(people.prefetch_related("absences"), pk=pk)
        context = _context([person], request.user)
        return Response(PersonDetailOut(person, context=context).data)


def _with_parts(people: QuerySet[Person]) -> QuerySet[Person]:
    return people.select_related("department", "site").prefetch_related("roles", "skills__skill")


def _context(people: Iterable[Person], user: User) -> dict[str, Any]:
    shown = [person.pk for person in people]
    with_load = Person.objects.load_visible_to(user).filter(pk__in=shown)
    return {
        "today": timezone.localdate(),
        "with_load": set(with_load.order_by().values_list("pk", flat=True)),
        "with_money": permissions.may_see_money(user),
    }


def narrowed_by(people: Any, query: Mapping[str, str]) -> Any:
    """The people whom the filters of a query leave."""
    for word in query.get("search", "").replace("\0", "")[:200].split()[:10]:
        people = people.filter(
            Q(name__icontains=word) | Q(key__icontains=word) | Q(sort_name__icontains=word)
        )
    if key := _known(query, "role", Role):
        people = people.filter(roles__key=key)
    if key := _known(query, "site", Site):
        people = people.filter(site__key=key)
    if key := _known(query, "department", Department):
        people = people.in_department(key)
    if key := _known(query, "node", MapNode):
        people = can_hold(people, MapNode.objects.get(key=key), timezone.localdate())
    skill, level = _known(query, "skill", Skill), _level(query)
    if skill or level:
        people = people.with_skill(skill, level or 1, timezone.localdate())
    return people


def _known(
    query: Mapping[str, str], name: str, model: type[Role | Site | Department | Skill | MapNode]
) -> str:
    """The key that a filter names, or "" without it; a key that nobody has is a mistake."""
    key = query.get(name, "")
    if key and ("\0" in key or not model._default_manager.filter(key=key).exists()):
        raise InvalidInput(
            _("%(name)s “%(key)s” does not exist.") % {"name": name, "key": key[:60]}, field=name
        )
    return key


def _level(query: Mapping[str, str]) -> int | None:
    raw = query.get("min_level", "")
    if raw and raw not in {"1", "2", "3", "4", "5"}:
        raise InvalidInput(
            _("min_level must be a whole number from 1 to 5; got “%(raw)s”.") % {"raw": raw[:40]},
            field="min_level",
        )
    return int(raw) if raw else None


class CatalogList(APIView):
    """All rows of a small table, by key."""

    output: ClassVar[type[Serializer[Any]]]

    def rows(self) -> QuerySet[Any, Any]:
        raise NotImplementedError

    def answer(self, request: Request) -> Response:
        pages = Pages()
        page: Any = pages.paginate_queryset(self.rows(), request, view=self) or []
        return pages.get_paginated_response(self.output(page, many=True).data)


class DepartmentList(CatalogList):
    output = DepartmentOut

    def rows(self) -> QuerySet[Department]:
        return Department.objects.select_related("parent").order_by("key")

    @extend_schema(
        operation_id="departments_list",
        parameters=PAGE_PARAMETERS,
        responses=paged(DepartmentOut),
    )
    def get(self, request: Request) -> Response:
        return self.answer(request)


class SiteList(CatalogList):
    output = SiteOut

    def rows(self) -> QuerySet[Site]:
        return Site.objects.select_related("calendar").order_by("key")

    @extend_schema(operation_id="sites_list", parameters=PAGE_PARAMETERS, responses=paged(SiteOut))
    def get(self, request: Request) -> Response:
        return self.answer(request)


class RoleList(CatalogList):
    output = RoleOut

    def rows(self) -> QuerySet[Role]:
        return Role.objects.filter(retired_on=None).select_related("discipline").order_by("key")

    @extend_schema(operation_id="roles_list", parameters=PAGE_PARAMETERS, responses=paged(RoleOut))
    def get(self, request: Request) -> Response:
        return self.answer(request)


class SkillList(CatalogList):
    output = SkillOut

    def rows(self) -> QuerySet[Skill]:
        return Skill.objects.filter(retired_on=None).select_related("discipline").order_by("key")

    @extend_schema(
        operation_id="skills_list", parameters=PAGE_PARAMETERS, responses=paged(SkillOut)
    )
    def get(self, request: Request) -> Response:
        return self.answer(request)


class PeopleImport(APIView):
    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="people_import",
        request={"multipart/form-data": PeopleImportIn},
        responses={200: ImportOut, 422: ImportOut},
    )
    def post(self, request: Request) -> Response:
        """Write all rows or none; 422 lists what does not fit, and nothing is written."""
        given = PeopleImportIn(data=request.data)
        given.is_valid(raise_exception=True)
        asked = given.validated_data
        if asked["kind"] not in _KINDS:
            raise InvalidInput(
                _("There is no import of “%(kind)s”. Kinds: %(kinds)s.")
                % {"kind": asked["kind"], "kinds": ", ".join(_KINDS)},
                field="kind",
            )
        importer = _KINDS[asked["kind"]]
        if asked["create_missing"]:
            importer = creating(importer)
        return run_import(importer(by=request.user), asked["file"], dry_run=asked["dry_run"])
