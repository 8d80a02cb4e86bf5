"""Addresses under /api/v1/capacity/."""

from django.urls import path

from capacity.api import demand, estate, estimate, imports, joint
from capacity.api.plan_urls import plans

app_name = "capacity"

pools = [
    path("accelerators/", estate.AcceleratorList.as_view(), name="accelerator-list"),
    path("pools/", estate.PoolList.as_view(), name="pool-list"),
    path("pools/<int:pk>/", estate.PoolDetail.as_view(), name="pool-detail"),
    path("nodes/", estate.NodeList.as_view(), name="node-list"),
    path("nodes/<int:pk>/", estate.NodeDetail.as_view(), name="node-detail"),
    path("maintenance/", estate.MaintenanceList.as_view(), name="maintenance-list"),
    path("maintenance/<int:pk>/", estate.MaintenanceDetail.as_view(), name="maintenance-detail"),
]

work = [
    path("workloads/", demand.WorkloadList.as_view(), name="workload-list"),
    path("workloads/<int:pk>/", demand.WorkloadDetail.as_view(), name="workload-detail"),
    path("allocations/", demand.AllocationList.as_view(), name="allocation-list"),
    path("allocations/<int:pk>/", demand.AllocationDetail.as_view(), name="allocation-detail"),
    path("projects/<str:pk>/weeks/", joint.ProjectWeeks.as_view(), name="project-weeks"),
]

files = [
    path("estimate/", estimate.EstimateView.as_view(), name="estimate"),
    path("import/", imports.CapacityImport.as_view(), name="capacity-import"),
    path("export/<slug:kind>/", imports.CapacityExport.as_view(), name="capacity-export"),
]

urlpatterns = [*pools, *work, *files, *plans]
