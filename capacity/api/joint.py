"""The week grids of a project for programs: slots filled, devices granted, what waits."""

from __future__ import annotations

from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from capacity.api.base import by_word
from capacity.selectors import joint_report
from capacity.selectors.joint import Purse, phase_lines, phases_of
from projects.models import Project
from projects.phases import PhaseKey
from teamhub.api import reports
from teamhub.errors import InvalidInput

TABLE = OpenApiParameter(
    "table",
    str,
    enum=list(joint_report.TABLES),
    description="waiting (sums by week, the default) or lines (each slot and workload).",
)
PHASE = OpenApiParameter("phase", str, enum=list(PhaseKey), description="Only this phase.")


class ProjectWeeks(APIView):
    @extend_schema(
        operation_id="project_weeks",
        parameters=[reports.FORMAT, TABLE, PHASE, reports.IF_NONE_MATCH],
        responses=reports.RESPONSES,
    )
    def get(self, request: Request, pk: str) -> HttpResponseBase:
        """By phase and week: effort asked and filled, devices asked and granted, what waits."""
        project = (
            Project.objects.detail_visible_to(request.user)
            .filter(by_word(pk))
            .order_by("pk")
            .first()
        )
        if project is None:
            raise Http404
        name = request.query_params.get("table", "waiting")
        table = joint_report.TABLES.get(name)
        if table is None:
            known = ", ".join(joint_report.TABLES)
            raise InvalidInput(_("table must be one of: %s.") % known, field="table")
        phases = phases_of(project, request.user)
        if wanted := request.query_params.get("phase", ""):
            if wanted not in set(PhaseKey):
                known = ", ".join(PhaseKey)
                raise InvalidInput(_("phase must be one of: %s.") % known, field="phase")
            phases = phases.filter(key=wanted)
        found = phase_lines(phases, request.user)
        purse = Purse.of(request.user)
        return reports.answer(
            request,
            reports.Report(
                name=f"weeks-{project.key}",
                schema_version=joint_report.SCHEMA_VERSION,
                about={"project": project.key, "as_of": timezone.now()},
                more={"table": name, "phases": joint_report.totals(found)},
                columns=table.shown(purse),
                rows=lambda: table.cells(found, purse),
                volatile=frozenset({"as_of"}),
            ),
        )
