"""The CSV kinds of capacity, in the order in which they are imported."""

from capacity.importers.allocations import AllocationImporter
from capacity.importers.nodes import NodeImporter
from capacity.importers.pools import PoolImporter
from capacity.importers.workloads import WorkloadImporter

IMPORTERS = (PoolImporter, NodeImporter, WorkloadImporter, AllocationImporter)
BY_KIND = {importer.kind: importer for importer in IMPORTERS}

__all__ = [
    "BY_KIND",
    "IMPORTERS",
    "AllocationImporter",
    "NodeImporter",
    "PoolImporter",
    "WorkloadImporter",
]
