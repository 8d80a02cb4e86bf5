"""The CSV kinds of the present plan, in the order in which they are imported."""

from projects.importers.assignments import AssignmentImporter
from projects.importers.phases import PhaseImporter
from projects.importers.projects import ProjectImporter
from projects.importers.seats import SeatImporter

IMPORTERS = (ProjectImporter, PhaseImporter, SeatImporter, AssignmentImporter)
BY_KIND = {importer.kind: importer for importer in IMPORTERS}

__all__ = [
    "BY_KIND",
    "IMPORTERS",
    "AssignmentImporter",
    "PhaseImporter",
    "ProjectImporter",
    "SeatImporter",
]
