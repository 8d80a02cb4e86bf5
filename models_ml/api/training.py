"""Training runs for programs: start, poll, read the epochs. Cancel and finish: /runs/."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from models_ml.api.datasets import find_dataset
from models_ml.api.serializers import EpochOut, TrainingRunIn, TrainingRunOut
from models_ml.models import TrainingRun
from models_ml.services import training
from models_ml.services.datasets import require_uploader
from projects.api.projects import PAGE_PARAMETERS
from projects.models import Phase, Project
from teamhub.api.pagination import Pages, paged
from teamhub.errors import InvalidInput
from teamhub.runs.models import Status


class TrainingRunList(APIView):
    @extend_schema(
        operation_id="training_runs_list",
        parameters=[
            OpenApiParameter("status", str, enum=Status.values),
            OpenApiParameter("dataset", int),
            OpenApiParameter("project", str, description="Key or id of a project."),
            *PAGE_PARAMETERS,
        ],
        responses=paged(TrainingRunOut),
    )
    def get(self, request: Request) -> Response:
        found = _narrowed(visible_runs(request), request)
        pages = Pages()
        page: Any = pages.paginate_queryset(found, request, view=self)
        return pages.get_paginated_response(TrainingRunOut(page, many=True).data)

    @extend_schema(
        operation_id="training_runs_create",
        request=TrainingRunIn,
        responses={202: TrainingRunOut},
    )
    def post(self, request: Request) -> Response:
        """Queue a training; poll the address in Location."""
        require_uploader(request.user)
        serializer = TrainingRunIn(data=request.data)
        serializer.is_valid(raise_exception=True)
        run = training.start_training(by=request.user, **arguments(request, serializer))
        place = request.build_absolute_uri(reverse("api:models:training-run-detail", args=[run.pk]))
        return Response(
            TrainingRunOut(run).data,
            status=status.HTTP_202_ACCEPTED,
            headers={"Location": place},
        )


class TrainingRunDetail(APIView):
    @extend_schema(operation_id="training_runs_read", responses=TrainingRunOut)
    def get(self, request: Request, pk: UUID) -> Response:
        return Response(TrainingRunOut(find_run(request, pk)).data)


class EpochList(APIView):
    @extend_schema(operation_id="training_runs_epochs", responses=EpochOut(many=True))
    def get(self, request: Request, pk: UUID) -> Response:
        """The epochs so far, each with the time at which it was stored (a plain list)."""
        epochs: Any = find_run(request, pk).epochs()
        return Response(EpochOut(epochs, many=True).data)


def visible_runs(request: Request) -> Any:
    return TrainingRun.objects.visible_to(request.user).select_related(
        "dataset", "project", "phase", "requested_by", "version"
    )


def find_run(request: Request, pk: UUID) -> TrainingRun:
    run: TrainingRun | None = visible_runs(request).filter(pk=pk).first()
    if run is None:
        raise Http404
    return run


def arguments(request: Request, serializer: TrainingRunIn) -> dict[str, Any]:
    """What `start_training` takes, from what the program sent."""
    given = dict(serializer.validated_data)
    try:
        given["dataset"] = find_dataset(request, given["dataset"])
    except Http404:
        raise _wrong("dataset", _("There is no such data set, or you may not see it.")) from None
    project = given["project"] = _project(request, given.pop("project", ""))
    given["phase"] = _phase(project, given.pop("phase", ""))
    return given


def _project(request: Request, word: str) -> Project | None:
    if not word:
        return None
    visible = Project.objects.visible_to(request.user)
    found = visible.filter(key=word).first()
    if found is None and word.isascii() and word.isdigit() and len(word) < 16:
        found = visible.filter(pk=int(word)).first()
    if found is None:
        raise _wrong("project", _("There is no project “%(key)s”.") % {"key": word})
    return found


def _phase(project: Project | None, word: str) -> Phase | None:
    if not word:
        return None
    if project is None:
        raise _wrong("project", _("Name the project that the phase or workload belongs to."))
    found = project.phases.filter(key=word).first()
    if found is None and word.isascii() and word.isdigit() and len(word) < 16:
        found = project.phases.filter(pk=int(word)).first()
    if found is None:
        raise _wrong("phase", _("This phase is not one of the project."))
    return found


def _wrong(field: str, words: str) -> serializers.ValidationError:
    return serializers.ValidationError({field: [words]})


def _narrowed(found: Any, request: Request) -> Any:
    query = request.query_params
    if wanted := query.get("status"):
        if wanted not in Status.values:
            known = ", ".join(Status.values)
            raise InvalidInput(_("status must be one of %(known)s.") % {"known": known})
        found = found.filter(status=wanted)
    if word := query.get("dataset"):
        if not (word.isascii() and word.isdigit() and len(word) < 16):
            raise InvalidInput(_("dataset must be an id."))
        found = found.filter(dataset_id=int(word))
    if word := query.get("project", "").replace("\0", "")[:60]:
        found = found.filter(project=_project(request, word))
    return found
