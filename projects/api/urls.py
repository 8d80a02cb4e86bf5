"""Addresses under /api/v1/projects/."""

from django.urls import path

from projects.api import (
    assignments,
    board,
    checklists,
    imports,
    people_capacity,
    projects,
    staffing,
)

app_name = "projects"

life = [
    path("projects/", projects.ProjectList.as_view(), name="project-list"),
    path("projects/<str:pk>/", projects.ProjectDetail.as_view(), name="project-detail"),
    path("slots/", projects.SlotList.as_view(), name="slot-list"),
    path("phases/<int:pk>/close/", projects.PhaseClose.as_view(), name="phase-close"),
    path("phases/<int:pk>/reopen/", projects.PhaseReopen.as_view(), name="phase-reopen"),
    path("phases/<int:pk>/move/", projects.PhaseMove.as_view(), name="phase-move"),
    path("checklist-items/", checklists.ItemList.as_view(), name="item-list"),
    path("checklist-items/<int:pk>/", checklists.ItemDetail.as_view(), name="item-detail"),
    path("checklist-items/<int:pk>/tick/", checklists.ItemTick.as_view(), name="item-tick"),
    path("checklist-items/<int:pk>/untick/", checklists.ItemUntick.as_view(), name="item-untick"),
    path("import/", imports.PlanImport.as_view(), name="plan-import"),
    path("export/<slug:kind>/", imports.PlanExport.as_view(), name="plan-export"),
]

reports = [
    path(
        "people-capacity/report/",
        people_capacity.PeopleCapacityReport.as_view(),
        name="people-capacity-report",
    ),
    path(
        "people-capacity/columns/",
        people_capacity.PeopleCapacityColumns.as_view(),
        name="people-capacity-columns",
    ),
]

plan = [
    path("assignments/", assignments.AssignmentList.as_view(), name="assignment-list"),
    path("assignments/<int:pk>/", assignments.AssignmentDetail.as_view(), name="assignment-detail"),
]

proposals = [
    path("staffing-runs/", staffing.StaffingRunList.as_view(), name="staffing-run-list"),
    path(
        "staffing-runs/<uuid:pk>/",
        staffing.StaffingRunDetail.as_view(),
        name="staffing-run-detail",
    ),
    path(
        "staffing-runs/<uuid:pk>/rows/",
        staffing.ProposalRowList.as_view(),
        name="staffing-run-rows",
    ),
    path(
        "staffing-runs/<uuid:pk>/accept/",
        staffing.ProposalAccept.as_view(),
        name="staffing-run-accept",
    ),
    path(
        "staffing-runs/<uuid:pk>/reject/",
        staffing.ProposalReject.as_view(),
        name="staffing-run-reject",
    ),
    path("staffing-requests/", staffing.RequestList.as_view(), name="staffing-request-list"),
    path(
        "staffing-requests/<int:pk>/approve/",
        staffing.RequestAnswer.as_view(),
        name="staffing-request-approve",
    ),
    path(
        "staffing-requests/<int:pk>/decline/",
        staffing.RequestAnswer.as_view(approve=False),
        name="staffing-request-decline",
    ),
]

planner = [path("board/", board.Board.as_view(), name="board")]

urlpatterns = [*life, *plan, *proposals, *reports, *planner]
