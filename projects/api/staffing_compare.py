"""Proposals side by side, for programs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from projects.api.staffing import find_run
from projects.models import StaffingRun
from projects.selectors.proposal import ProposalView, ShownRow
from projects.selectors.proposal_compare import ComparedRow, compare
from teamhub.errors import InvalidInput

FEWEST_RUNS, MOST_RUNS = 2, 4


class ComparedRunOut(serializers.Serializer[Any]):
    """What a proposal comes to. Value and cost only for those who may see money."""

    run = serializers.UUIDField()
    status = serializers.CharField()
    is_what_if = serializers.BooleanField()
    coverage = serializers.FloatField(allow_null=True)
    filled = serializers.IntegerField()
    open = serializers.IntegerField()
    moves = serializers.IntegerField(help_text="Rows that take work from whoever holds it.")
    objective = serializers.IntegerField(allow_null=True, required=False)
    cost = serializers.CharField(allow_null=True, required=False)


class CellOut(serializers.Serializer[Any]):
    row = serializers.IntegerField()
    person = serializers.CharField(allow_null=True)
    hire = serializers.CharField(allow_null=True)
    replaces = serializers.CharField(allow_null=True)
    decision = serializers.CharField()
    score = serializers.DictField(child=serializers.IntegerField())
    blockers = serializers.ListField(child=serializers.CharField())


class ComparedRowOut(serializers.Serializer[Any]):
    slot = serializers.IntegerField()
    project = serializers.CharField()
    phase = serializers.CharField()
    role = serializers.CharField()
    start_on = serializers.DateField()
    end_on = serializers.DateField()
    differs = serializers.BooleanField()
    cells = serializers.ListField(
        child=CellOut(allow_null=True),
        help_text="In the order of the runs; null: nothing proposed for it.",
    )


class ComparisonOut(serializers.Serializer[Any]):
    runs = ComparedRunOut(many=True)
    rows = ComparedRowOut(many=True)


class StaffingRunCompare(APIView):
    @extend_schema(
        operation_id="staffing_runs_compare",
        parameters=[
            OpenApiParameter(
                "run", UUID, many=True, required=True, description="Ids of two to four proposals."
            )
        ],
        responses=ComparisonOut,
    )
    def get(self, request: Request) -> Response:
        found = compare(_runs(request), request.user)
        return Response(
            {
                "runs": [_totals(view) for view in found.views],
                "rows": [_row(row) for row in found.rows],
            }
        )


def _runs(request: Request) -> list[StaffingRun]:
    ids = []
    for word in dict.fromkeys(request.query_params.getlist("run")):
        try:
            ids.append(UUID(word))
        except ValueError:
            raise InvalidInput(
                _("run must be the id of a proposal; got “%(word)s”.") % {"word": word[:40]}
            ) from None
    if not FEWEST_RUNS <= len(ids) <= MOST_RUNS:
        raise InvalidInput(
            _("Name %(fewest)d to %(most)d different proposals, each as run=….")
            % {"fewest": FEWEST_RUNS, "most": MOST_RUNS}
        )
    return [find_run(request, pk) for pk in ids]


def _totals(view: ProposalView) -> dict[str, Any]:
    run = view.run
    filled = [one for one in view.rows if one.is_filled or one.hire]
    money = {"objective": run.objective, "cost": None if run.cost is None else str(run.cost)}
    return {
        "run": str(run.pk),
        "status": run.status,
        "is_what_if": run.is_what_if,
        "coverage": run.coverage_share,
        "filled": len(filled),
        "open": len(view.rows) - len(filled),
        "moves": sum(1 for one in filled if one.row.replaces_id is not None),
        **(money if view.with_money else {}),
    }


def _row(row: ComparedRow) -> dict[str, Any]:
    slot = row.slot
    return {
        "slot": slot.pk,
        "project": slot.phase.project.key,
        "phase": slot.phase.key,
        "role": slot.seat.role.key,
        "start_on": row.start_on.isoformat(),
        "end_on": row.end_on.isoformat(),
        "differs": row.differs,
        "cells": [None if cell is None else _cell(cell) for cell in row.cells],
    }


def _cell(cell: ShownRow) -> dict[str, Any]:
    row = cell.row
    return {
        "row": row.pk,
        "person": row.person.key if row.person else None,
        "hire": row.score.get("hire"),
        "replaces": row.replaces.person.key if row.replaces else None,
        "decision": row.decision,
        "score": cell.score,
        "blockers": cell.reasons,
    }
