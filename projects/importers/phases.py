"""Weeks of the phases by CSV. Slots go with their phase; assignments must still fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.importers.base import PlanImporter, known_projects, phase
from projects.models import Phase
from projects.services.history import sign
from projects.services.phases import REFUSE, Mover, check_weeks, outside_text
from teamhub.errors import InvalidInput
from teamhub.web import csv_values
from teamhub.web.csv_import import Column, Planned, Row


class PhaseImporter(PlanImporter):
    kind = "phases"
    title = gettext_lazy("Phases")
    columns = (
        Column(
            "project",
            required=True,
            example="shop-recommender",
            help=gettext_lazy("Key of a project"),
        ),
        Column(
            "phase",
            phase,
            required=True,
            example="requirements",
            help=gettext_lazy("Key of the phase, or its number from 1 to 7"),
        ),
        Column(
            "start_on",
            csv_values.monday,
            required=True,
            example="2027-01-04",
            help=gettext_lazy("First week: a Monday, or a week such as 2027-W01"),
        ),
        Column(
            "end_on",
            csv_values.monday,
            required=True,
            example="2027-02-01",
            help=gettext_lazy("The Monday after the last week"),
        ),
    )
    unique = (("project", "phase"),)

    def plan(self, rows: list[Row]) -> Iterator[Planned]:
        projects = known_projects(rows)
        phases = {
            (one.project_id, one.key): one
            for one in Phase.objects.select_for_update(of=("self",))
            .filter(project__in=projects.found)
            .select_related("project")
            .order_by("pk")
        }
        for row in rows:
            project = self.find(row, "project", projects)
            if project is None:
                continue
            found = phases.get((project.pk, row["phase"].value))
            if found is None:
                found = Phase(project=project, key=row["phase"].value)
            try:
                check_weeks(row["start_on"], row["end_on"])
            except InvalidInput as error:
                self.error(row, "end_on", str(error))
                continue
            yield self._plan_phase(row, found)

    def _plan_phase(self, row: Row, found: Phase) -> Planned:
        label = f"{found.project} · {found.number} {found.name}"
        before = (found.start_on, found.end_on)
        after = (row["start_on"], row["end_on"])
        if before == after:
            return Planned(row.line, "unchanged", label)
        changes = {
            name: (old, new)
            for name, old, new in zip(("start_on", "end_on"), before, after, strict=True)
            if old != new
        }
        if found._state.adding:
            return Planned(row.line, "create", label, self._creator(found, row), changes)
        if found.is_closed:
            self.error(row, "phase", _("The phase is closed. Reopen it before you move it."))
        mover = Mover(found, *after)
        if outside := mover.outside():
            self.error(row, "start_on", outside_text(outside))
        return Planned(row.line, "update", label, self._mover(mover), changes)

    def _creator(self, found: Phase, row: Row) -> Callable[[], object]:
        def create() -> None:
            found.start_on = found.baseline_start_on = row["start_on"]
            found.end_on = found.baseline_end_on = row["end_on"]
            sign(found, self.by)
            found.full_clean(exclude=["project"])
            found.save()

        return create

    def _mover(self, mover: Mover) -> Callable[[], object]:
        def move() -> None:
            # The weeks that an empty project starts with are no plan: the first real ones are.
            if mover.phase.version == 1 and not mover.slots:
                mover.phase.baseline_start_on = mover.start_on
                mover.phase.baseline_end_on = mover.end_on
            mover.apply(REFUSE, by=self.by)

        return move
