"""Pages of the estate, workloads, allocations and plans."""

from django.urls import path

from capacity.plan_urls import plans
from capacity.views import allocations, calculator, estate, imports, pool_parts, workloads

app_name = "capacity"

pools = [
    path("capacity/", estate.pool_list, name="pool-list"),
    path("capacity/pools/new/", estate.pool_create, name="pool-create"),
    path("capacity/pools/<int:pk>/", estate.pool_detail, name="pool-detail"),
    path("capacity/pools/<int:pk>/edit/", estate.pool_update, name="pool-update"),
    path("capacity/pools/<int:pk>/remove/", estate.pool_remove, name="pool-remove"),
    path("capacity/pools/<int:pk>/nodes/new/", pool_parts.node_create, name="node-create"),
    path("capacity/nodes/<int:pk>/edit/", pool_parts.node_update, name="node-update"),
    path("capacity/nodes/<int:pk>/remove/", pool_parts.node_remove, name="node-remove"),
    path(
        "capacity/pools/<int:pk>/maintenance/new/",
        pool_parts.maintenance_create,
        name="maintenance-create",
    ),
    path(
        "capacity/maintenance/<int:pk>/edit/",
        pool_parts.maintenance_update,
        name="maintenance-update",
    ),
    path(
        "capacity/maintenance/<int:pk>/remove/",
        pool_parts.maintenance_remove,
        name="maintenance-remove",
    ),
    path("capacity/accelerators/", estate.accelerator_list, name="accelerator-list"),
    path("capacity/accelerators/new/", estate.accelerator_create, name="accelerator-create"),
    path(
        "capacity/accelerators/<int:pk>/edit/",
        estate.accelerator_update,
        name="accelerator-update",
    ),
    path(
        "capacity/accelerators/<int:pk>/remove/",
        estate.accelerator_remove,
        name="accelerator-remove",
    ),
]

work = [
    path("capacity/workloads/", workloads.workload_list, name="workload-list"),
    path("capacity/workloads/new/", workloads.workload_create, name="workload-create"),
    path("capacity/workloads/<int:pk>/", workloads.workload_detail, name="workload-detail"),
    path("capacity/workloads/<int:pk>/edit/", workloads.workload_update, name="workload-update"),
    path("capacity/workloads/<int:pk>/remove/", workloads.workload_remove, name="workload-remove"),
    path("capacity/calculator/", calculator.calculator, name="calculator"),
    path("capacity/allocations/", allocations.allocation_list, name="allocation-list"),
    path("capacity/allocations/new/", allocations.allocation_create, name="allocation-create"),
    path(
        "capacity/allocations/<int:pk>/edit/",
        allocations.allocation_update,
        name="allocation-update",
    ),
    path(
        "capacity/allocations/<int:pk>/remove/",
        allocations.allocation_remove,
        name="allocation-remove",
    ),
]

files = [
    path("capacity/import/", imports.capacity_import, name="capacity-import"),
    path("capacity/export/<slug:kind>/", imports.capacity_export, name="capacity-export"),
]

urlpatterns = [*pools, *work, *files, *plans]
