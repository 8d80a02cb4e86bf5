"""Who could take a slot, what was chosen about them, and the waiting list, for programs."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from projects.api.assignments import AssignmentOut, find_person
from projects.models import Assignment, Slot, WaitingPlace
from projects.selectors import waiting as waiting_list
from projects.selectors.candidates import Candidate, Order, candidates
from projects.selectors.giving_way import Clash
from projects.selectors.slot_choices import Choice
from projects.services import assignments as rules
from projects.services import slot_choices, waiting
from projects.slot_forms import ask_of
from teamhub.accounts import permissions
from teamhub.api.pagination import Pages, paged
from teamhub.api.serializers import Input

MOST_ID = 2**53


class MatchOut(serializers.Serializer[Any]):
    skill = serializers.CharField()
    needed = serializers.IntegerField()
    level = serializers.IntegerField(help_text="0 without.")
    held = serializers.ChoiceField(choices=["none", "some", "all"], source="state")
    missing = serializers.CharField(help_text="What is missing, in words.")


class FitOut(serializers.Serializer[Any]):
    """Points of the staffing model for each effort unit of 0.01 FTE-week, by part."""

    skills = serializers.IntegerField()
    same_site = serializers.IntegerField(source="site")
    total = serializers.IntegerField()
    placement = serializers.IntegerField(help_text="Points of the whole placement.")


class FreeWeekOut(serializers.Serializer[Any]):
    start_on = serializers.DateField(source="monday")
    hours = serializers.FloatField(source="hours_free")


class InTheWayOut(serializers.Serializer[Clash]):
    """Work that would have to give way. Of plans that the user does not see: "busy" alone."""

    work = serializers.CharField(source="name")
    mark = serializers.ChoiceField(choices=["", "locked", "reviewed"])
    may_move = serializers.BooleanField(source="movable")
    assignment = serializers.SerializerMethodField()
    version = serializers.SerializerMethodField(help_text="For `gives_way` of a choice.")
    start_on = serializers.SerializerMethodField()
    end_on = serializers.SerializerMethodField()
    fte_share = serializers.SerializerMethodField()
    lead = serializers.SerializerMethodField()

    def get_assignment(self, clash: Clash) -> int | None:
        return clash.assignment.pk if clash.seen else None

    def get_version(self, clash: Clash) -> int | None:
        return clash.assignment.version if clash.seen else None

    def get_start_on(self, clash: Clash) -> date | None:
        return clash.assignment.start_on if clash.weeks_seen else None

    def get_end_on(self, clash: Clash) -> date | None:
        return clash.assignment.end_on if clash.weeks_seen else None

    def get_fte_share(self, clash: Clash) -> float | None:
        return clash.assignment.fte_hundredths / 100 if clash.weeks_seen else None

    def get_lead(self, clash: Clash) -> str | None:
        return clash.lead if clash.seen else None


class CandidateOut(serializers.Serializer[Candidate]):
    """Hours are null without the right to the person's load; cost is there with that to money."""

    person = serializers.CharField(source="person.key")
    name = serializers.CharField(source="person.name")
    department = serializers.CharField(source="person.department.key")
    fits = serializers.BooleanField()
    blocked = serializers.BooleanField(help_text="A hard rule stands in the way.")
    matches = MatchOut(many=True)
    fit = FitOut(allow_null=True)
    findings = serializers.SerializerMethodField(help_text="What the placement would break.")
    hours_least = serializers.SerializerMethodField(help_text="Left in the fullest week.")
    hours_total = serializers.SerializerMethodField(help_text="Left in all weeks together.")
    hours_by_week = serializers.SerializerMethodField()
    in_the_way = InTheWayOut(many=True, source="clashes")
    agree_with = serializers.CharField(source="asks", help_text="Leads to ask; blank: nobody.")
    cost = serializers.DecimalField(
        max_digits=16, decimal_places=2, allow_null=True, required=False
    )

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        if not self.context.get("money", True):
            fields.pop("cost")
        return fields

    def get_findings(self, one: Candidate) -> list[dict[str, Any]]:
        money = self.context.get("money", True)
        return [finding.as_dict(with_money=money) for finding in one.findings]

    def get_hours_least(self, one: Candidate) -> float | None:
        return one.least_hours if one.load_seen else None

    def get_hours_total(self, one: Candidate) -> float | None:
        return one.sum_hours if one.load_seen else None

    @extend_schema_field(FreeWeekOut(many=True, allow_null=True))
    def get_hours_by_week(self, one: Candidate) -> Any:
        return FreeWeekOut(one.by_week, many=True).data if one.load_seen else None


class GivesWay(Input):
    id = serializers.IntegerField(min_value=1, max_value=MOST_ID)
    version = serializers.IntegerField(min_value=1, max_value=10**9)


class ChoiceIn(Input):
    choice = serializers.ChoiceField(
        choices=[one.value for one in Choice],
        default=Choice.PLAIN.value,
        help_text=(
            "plain: assign; 409 needs_choice with `choices` where a rule warns. overbook: assign "
            "against warnings, with a reason. queue: on the waiting list. move: their clashing "
            "work in your projects is shortened or ended. split: over two people."
        ),
    )
    person = serializers.CharField(max_length=60, help_text="The person's key, or the id.")
    start_on = serializers.DateField(required=False, help_text="A Monday.")
    end_on = serializers.DateField(required=False, help_text="The Monday after the last week.")
    fte_share = serializers.DecimalField(
        max_digits=3,
        decimal_places=2,
        min_value=0,
        max_value=1,
        required=False,
        help_text="Weeks and effort left out: the first part of the slot that is open.",
    )
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True)
    second = serializers.CharField(
        max_length=60, required=False, help_text="split: the second person."
    )
    split_on = serializers.DateField(
        required=False, help_text="split: the Monday on which the second person takes over."
    )
    second_share = serializers.DecimalField(
        max_digits=3,
        decimal_places=2,
        min_value=0,
        max_value=1,
        required=False,
        help_text="split: FTE of the second person in all weeks; instead of split_on.",
    )
    gives_way = GivesWay(
        many=True,
        required=False,
        help_text="move: what gives way, as you read it; 412 where it is something else by now.",
    )


class EndIn(Input):
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True)


class PlaceOut(serializers.Serializer[waiting_list.Waiting]):
    id = serializers.IntegerField(source="place.pk")
    slot = serializers.IntegerField(source="place.slot_id")
    project = serializers.CharField(source="place.slot.phase.project.key")
    person = serializers.CharField(source="place.person.key")
    name = serializers.CharField(source="place.person.name")
    start_on = serializers.DateField(source="place.start_on")
    end_on = serializers.DateField(source="place.end_on")
    fte_share = serializers.SerializerMethodField()
    free = serializers.BooleanField(source="is_free", help_text="The weeks are free now.")
    over = serializers.BooleanField(source="is_over", help_text="The weeks are past.")
    full = serializers.BooleanField(
        source="is_full", help_text="Others hold the slot in all of these weeks."
    )
    reason = serializers.CharField(source="place.reason")
    asked_by = serializers.CharField(source="place.asked_by.username")

    def get_fte_share(self, one: waiting_list.Waiting) -> float:
        return one.place.fte_hundredths / 100


class PlacedOut(serializers.Serializer[Any]):
    """What became of a choice: a plan change with its assignments, or a place on the list."""

    change = serializers.IntegerField(allow_null=True, help_text="Id of the plan change.")
    assignments = AssignmentOut(many=True)
    gave_way = serializers.ListField(child=serializers.CharField(), help_text="In words.")
    waiting = serializers.IntegerField(allow_null=True, help_text="Id of the place.")


def editable_slot(request: Request, pk: int) -> Slot:
    slot = Slot.objects.visible_to(request.user).filter(pk=pk).first()
    if slot is None:
        raise Http404
    slot = rules.read_slot(slot.pk)
    rules.require_editor(slot.phase.project, request.user)
    return slot


class SlotCandidates(APIView):
    @extend_schema(
        operation_id="slots_candidates",
        parameters=[
            OpenApiParameter("start_on", date, description="A Monday within the slot."),
            OpenApiParameter("end_on", date, description="The Monday after the last week."),
            OpenApiParameter("fte_share", float, description="Effort to place."),
            OpenApiParameter("search", str, description="Words of name, key, department or skill."),
            OpenApiParameter("fits", str, enum=["1"], description="Only who breaks no rule."),
            OpenApiParameter("free", str, enum=["1"], description="Only who has time."),
            OpenApiParameter("order", str, enum=[one.value for one in Order]),
            OpenApiParameter("page", int, description="Number of the page, from 1."),
            OpenApiParameter("limit", int, description="Rows a page, at most 1000."),
            OpenApiParameter("offset", int, description="First row, from 0."),
        ],
        responses=paged(CandidateOut),
    )
    def get(self, request: Request, pk: int) -> Response:
        ask = ask_of(editable_slot(request, pk), request.query_params)
        pages = Pages()
        found: Any = candidates(ask, user=request.user)
        page: Any = pages.paginate_queryset(found, request, view=self)
        context = {"money": permissions.may_see_money(request.user)}
        return pages.get_paginated_response(CandidateOut(page, many=True, context=context).data)


class SlotAssign(APIView):
    @extend_schema(operation_id="slots_assign", request=ChoiceIn, responses={201: PlacedOut})
    def post(self, request: Request, pk: int) -> Response:
        slot = editable_slot(request, pk)
        serializer = ChoiceIn(data=request.data)
        serializer.is_valid(raise_exception=True)
        given: dict[str, Any] = dict(serializer.validated_data)
        ask = ask_of(slot, given)
        second = given.get("second")
        ways = given.get("gives_way")
        placed = slot_choices.choose(
            ask.piece(find_person(request, given["person"])),
            choice=Choice(given["choice"]),
            by=request.user,
            reason=given.get("reason", ""),
            second=find_person(request, second) if second else None,
            split_on=given.get("split_on"),
            second_hundredths=_hundredths(given.get("second_share")),
            seen=None if ways is None else {one["id"]: one["version"] for one in ways},
        )
        answer = {
            "change": placed.change.pk if placed.change else None,
            "assignments": _read(placed.made),
            "gave_way": [cut.text for cut in placed.cuts],
            "waiting": placed.waiting.pk if placed.waiting else None,
        }
        return Response(PlacedOut(answer).data, status=status.HTTP_201_CREATED)


def _hundredths(share: Any) -> int | None:
    return None if share is None else int(share * 100)


def _read(made: list[Assignment]) -> list[Assignment]:
    found = Assignment.objects.filter(pk__in=[one.pk for one in made])
    return list(
        found.select_related("person", "slot__seat__role", "slot__phase__project__site").order_by(
            "start_on", "pk"
        )
    )


class WaitingPlaceList(APIView):
    @extend_schema(
        operation_id="waiting_places_list",
        description="Who waits for slots of projects that you lead; longest first.",
        responses=paged(PlaceOut),
    )
    def get(self, request: Request) -> Response:
        pages = Pages()
        found: Any = waiting_list.places_of(request.user)
        page: Any = pages.paginate_queryset(found, request, view=self)
        return pages.get_paginated_response(PlaceOut(page, many=True).data)


class WaitingPlaceEnd(APIView):
    """Take a place (an assignment is made) or drop it."""

    take = True

    @extend_schema(request=EndIn, responses={200: AssignmentOut, 204: None})
    def post(self, request: Request, pk: int) -> Response:
        seen = WaitingPlace.objects.visible_to(request.user)
        place = seen.select_related("slot__phase__project").filter(pk=pk).first()
        if place is None:
            raise Http404
        serializer = EndIn(data=request.data)
        serializer.is_valid(raise_exception=True)
        reason = serializer.validated_data.get("reason", "")
        if not self.take:
            waiting.drop(place, by=request.user, reason=reason)
            return Response(status=status.HTTP_204_NO_CONTENT)
        made = waiting.take(place, by=request.user, reason=reason)
        return Response(AssignmentOut(_read([made])[0]).data)
