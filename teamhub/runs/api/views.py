"""Runs of all kinds for programs. Starting one belongs to the kind's own address."""

from __future__ import annotations

import uuid
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from teamhub.accounts.models import User
from teamhub.errors import InvalidInput
from teamhub.runs import selectors, services
from teamhub.runs.api.serializers import RunOut
from teamhub.runs.models import Run, Status

ID = OpenApiParameter("id", uuid.UUID, OpenApiParameter.PATH)


class RunViewSet(GenericViewSet[Run]):
    """Lists, shows and controls runs."""

    serializer_class = RunOut
    lookup_value_regex = "[0-9a-fA-F-]{36}"
    filter_backends = ()

    @extend_schema(
        parameters=[
            OpenApiParameter("kind", str, description="Kind of run, such as staffing."),
            OpenApiParameter("status", str, enum=Status.values),
        ],
        responses=RunOut(many=True),
    )
    def list(self, request: Request) -> Response:
        """The runs that you may see, newest first."""
        runs = selectors.AllRuns.visible_to(_user(request))
        if kind := request.query_params.get("kind"):
            runs = runs.of_kind(kind)
        if status := request.query_params.get("status"):
            if status not in Status.values:
                known = ", ".join(Status.values)
                raise InvalidInput(_("status must be one of %(known)s.") % {"known": known})
            runs = runs.filter(status=status)
        page = self.paginate_queryset(runs)  # type: ignore[arg-type]
        rows: Any = page
        return self.get_paginated_response(RunOut(rows, many=True).data)

    @extend_schema(parameters=[ID], responses=RunOut)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One run: poll this address while its status is queued or running."""
        return Response(RunOut(_run(request, pk)).data)

    @extend_schema(parameters=[ID], request=None, responses=RunOut)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Discard the run at once; 409 when it has ended."""
        run = _run(request, pk)
        services.cancel(run, by=_user(request))
        return Response(RunOut(run).data)

    @extend_schema(parameters=[ID], request=None, responses=RunOut)
    @action(detail=True, methods=["post"])
    def finish(self, request: Request, pk: str) -> Response:
        """Ask for the best answer so far; 409 when it does not run."""
        run = _run(request, pk)
        services.finish_now(run, by=_user(request))
        return Response(RunOut(run).data)

    @extend_schema(parameters=[ID], request=None, responses={202: RunOut})
    @action(detail=True, methods=["post"])
    def again(self, request: Request, pk: str) -> Response:
        """Compute the same parameters on today's rows, as a new run."""
        run = services.run_again(_run(request, pk), by=_user(request))
        return _accepted(request, run)

    @extend_schema(parameters=[ID], request=None, responses={202: RunOut})
    @action(detail=True, methods=["post"])
    def reproduce(self, request: Request, pk: str) -> Response:
        """Compute the stored input once more, as a new run."""
        run = services.reproduce(_run(request, pk), by=_user(request))
        return _accepted(request, run)


def _accepted(request: Request, run: Run) -> Response:
    place = request.build_absolute_uri(reverse("api:run-detail", args=[run.pk]))
    return Response(RunOut(run).data, status=202, headers={"Location": place})


def _run(request: Request, pk: str) -> Run:
    try:
        run_id = uuid.UUID(pk)
    except ValueError:
        run_id = uuid.UUID(int=0)
    return selectors.run_for(_user(request), run_id)


def _user(request: Request) -> User:
    return request.user
