"""Questions about a plan for programs: ask, poll, read the answer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from projects.api.filters import named
from projects.api.staffing_wishes import find_projects
from projects.api.study_answers import ANSWER, ANSWERS
from projects.models import Slot, StaffingRun, StaffingStudy
from projects.selectors.study import study_view
from projects.services import studies
from roles.models import Department, Person, Site
from teamhub.accounts import permissions
from teamhub.api.pagination import Pages, paged
from teamhub.api.serializers import Input
from teamhub.errors import InvalidInput

Question = StaffingStudy.Question
WORD: Any = {"max_length": 60}
NUMBER: Any = {"min_value": 1, "max_value": 2**53}


class AbsencesIn(Input):
    people = serializers.ListField(
        child=serializers.CharField(**WORD),
        max_length=200,
        required=False,
        help_text="Keys or ids.",
    )
    site = serializers.CharField(required=False, allow_blank=True, help_text="Key or id.", **WORD)
    department = serializers.CharField(
        required=False, allow_blank=True, help_text="Key or id; with those below it.", **WORD
    )
    to = serializers.DateField(help_text="The last day; whole weeks are taken.")

    def get_fields(self) -> dict[str, Any]:
        """`from` is a word of the language."""
        first = serializers.DateField(help_text="The first day; whole weeks are taken.")
        return {**super().get_fields(), "from": first}


class StudyIn(Input):
    """About a proposal (`run`), or about today's plan of projects, a department or all of them."""

    question = serializers.ChoiceField(Question.choices)
    run = serializers.UUIDField(required=False)
    projects = serializers.ListField(
        child=serializers.CharField(**WORD),
        min_length=1,
        max_length=1000,
        required=False,
        help_text="Ids or keys of projects that you lead.",
    )
    department = serializers.CharField(
        required=False, help_text="Key or id: your running projects in it and below.", **WORD
    )
    portfolio = serializers.BooleanField(required=False, help_text="All your running projects.")
    slot = serializers.IntegerField(required=False, help_text="Of why_not.", **NUMBER)
    start_on = serializers.DateField(
        required=False, help_text="Of a slot that the proposal has in pieces: where this begins."
    )
    person = serializers.CharField(required=False, help_text="Of why_not: key or id.", **WORD)
    absences = AbsencesIn(required=False, help_text="Of shock.")
    slots = serializers.ListField(
        child=serializers.IntegerField(**NUMBER),
        max_length=studies.MOST_SLOTS,
        required=False,
        help_text="Of core; none: all that must be filled.",
    )
    seconds = serializers.IntegerField(min_value=1, required=False)
    seed = serializers.IntegerField(min_value=0, max_value=2**31 - 1, required=False)


class StudyOut(serializers.Serializer[StaffingStudy]):
    id = serializers.UUIDField()
    question = serializers.ChoiceField(Question.choices)
    status = serializers.CharField()
    outcome = serializers.CharField()
    stage = serializers.CharField()
    progress = serializers.FloatField()
    projects = serializers.SerializerMethodField()
    run = serializers.UUIDField(source="proposal_id", allow_null=True)
    seed = serializers.IntegerField()
    error_code = serializers.CharField()
    error_message = serializers.CharField()
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)

    def get_projects(self, study: StaffingStudy) -> list[str]:
        return [project.key for project in study.projects.all()]


class StudyDetailOut(StudyOut):
    """With the answer: null before its end, and where what it is about is gone or not yours."""

    answer = serializers.SerializerMethodField()

    @extend_schema_field(ANSWER)
    def get_answer(self, study: StaffingStudy) -> Any:
        user = self.context["request"].user
        view = study_view(study, user)
        if view.answer is None:
            return None
        money = permissions.may_see_money(user)
        return ANSWERS[study.question](view.answer, context={"money": money}).data


class StudyList(APIView):
    @extend_schema(
        operation_id="staffing_studies_list",
        parameters=[OpenApiParameter("question", str, enum=Question.values)],
        responses=paged(StudyOut),
    )
    def get(self, request: Request) -> Response:
        found = StaffingStudy.objects.visible_to(request.user).prefetch_related("projects")
        wanted = request.query_params.get("question")
        if wanted is not None:
            if wanted not in Question.values:
                raise InvalidInput(
                    _("question must be one of %(known)s.") % {"known": ", ".join(Question.values)}
                )
            found = found.filter(question=wanted)
        pages = Pages()
        page: Any = pages.paginate_queryset(found, request, view=self)
        return pages.get_paginated_response(StudyOut(page, many=True).data)

    @extend_schema(
        operation_id="staffing_studies_create", request=StudyIn, responses={202: StudyDetailOut}
    )
    def post(self, request: Request) -> Response:
        serializer = StudyIn(data=request.data)
        serializer.is_valid(raise_exception=True)
        study = studies.ask(by=request.user, **_arguments(request, serializer.validated_data))
        place = request.build_absolute_uri(reverse("api:projects:study-detail", args=[study.pk]))
        out = StudyDetailOut(study, context={"request": request})
        return Response(out.data, status=status.HTTP_202_ACCEPTED, headers={"Location": place})


class StudyDetail(APIView):
    @extend_schema(operation_id="staffing_studies_read", responses=StudyDetailOut)
    def get(self, request: Request, pk: UUID) -> Response:
        study = StaffingStudy.objects.visible_to(request.user).filter(pk=pk).first()
        if study is None:
            raise Http404
        return Response(StudyDetailOut(study, context={"request": request}).data)


def _arguments(request: Request, given: dict[str, Any]) -> dict[str, Any]:
    """What `services.studies.ask` takes: rows in place of keys and ids."""
    out: dict[str, Any] = {
        name: given[name] for name in ("question", "start_on", "seconds", "seed") if name in given
    }
    out["about"] = _about(request, given)
    if "slot" in given:
        out["slot"] = _slots(request, [given["slot"]], "slot")[0]
    if "person" in given:
        out["person"] = _people(request, [given["person"]], "person")[0]
    if "slots" in given:
        out["slots"] = _slots(request, given["slots"], "slots")
    if "absences" in given:
        absences = given["absences"]
        out["absences"] = studies.Absences(
            first_on=absences["from"],
            last_on=absences["to"],
            people=_people(request, absences.get("people", []), "people"),
            site=_key(Site, absences.get("site", "")),
            department=_key(Department, absences.get("department", "")),
        )
    return out


def _about(request: Request, given: dict[str, Any]) -> Any:
    scope = {name: given[name] for name in ("projects", "department", "portfolio") if name in given}
    if "department" in scope:
        scope["department"] = _key(Department, scope["department"])
    if "run" not in given:
        projects = find_projects(request, scope.pop("projects", []))
        return studies.scope_of(request.user, projects=projects, **scope)
    if scope:
        raise InvalidInput(_("Ask about a proposal or about projects, not about both."))
    run = StaffingRun.objects.visible_to(request.user).filter(pk=given["run"]).first()
    if run is None:
        raise serializers.ValidationError({"run": [_("There is no such proposal.")]})
    return run


def _key(model: type[Site | Department], word: str) -> str:
    """The key of what a key or an id names; the word itself where nothing has it."""
    row = model.objects.filter(named(model, word)).first() if word else None
    return row.key if row is not None else word


def _slots(request: Request, ids: list[int], field: str) -> list[Slot]:
    slots = Slot.objects.visible_to(request.user).select_related("phase__project")
    found = slots.in_bulk(ids)
    missing = [pk for pk in ids if pk not in found]
    if missing:
        text = _("There is no slot %(slot)d.") % {"slot": missing[0]}
        raise serializers.ValidationError({field: [text]})
    return list(found.values())


def _people(request: Request, words: list[str], field: str) -> list[Person]:
    visible = Person.objects.visible_to(request.user)
    found = []
    for word in words:
        person = visible.filter(named(Person, word)).first()
        if person is None:
            text = _("There is no person “%(key)s”.") % {"key": word}
            raise serializers.ValidationError({field: [text]})
        found.append(person)
    return found
