"""Addresses under /api/v1/projects/."""

from django.urls import path

from projects.api import (
    assignments,
    board,
    checklists,
    imports,
    people_capacity,
    plan_changes,
    projects,
    slots,
    staffing,
    staffing_compare,
    staffing_profiles,
    studies,
    supply,
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
    path("supply/", supply.SupplyList.as_view(), name="supply-list"),
    path("free-people/", supply.FreePeople.as_view(), name="free-people"),
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

questions = [
    path("staffing-runs/what-if/", staffing.WhatIfRun.as_view(), name="staffing-run-what-if"),
    path(
        "staffing-runs/compare/",
        staffing_compare.StaffingRunCompare.as_view(),
        name="staffing-run-compare",
    ),
    path(
        "staffing-profiles/",
        staffing_profiles.ProfileList.as_view(),
        name="staffing-profile-list",
    ),
    path(
        "staffing-profiles/<int:pk>/",
        staffing_profiles.ProfileDetail.as_view(),
        name="staffing-profile-detail",
    ),
]

decisions = [
    path("plan-changes/", plan_changes.PlanChangeList.as_view(), name="plan-change-list"),
    path(
        "plan-changes/<int:pk>/", plan_changes.PlanChangeDetail.as_view(), name="plan-change-detail"
    ),
    path(
        "plan-changes/<int:pk>/undo/",
        plan_changes.PlanChangeUndo.as_view(),
        name="plan-change-undo",
    ),
]

slot_dialog = [
    path("slots/<int:pk>/candidates/", slots.SlotCandidates.as_view(), name="slot-candidates"),
    path("slots/<int:pk>/assign/", slots.SlotAssign.as_view(), name="slot-assign"),
    path("waiting-places/", slots.WaitingPlaceList.as_view(), name="waiting-place-list"),
    path(
        "waiting-places/<int:pk>/take/",
        slots.WaitingPlaceEnd.as_view(),
        name="waiting-place-take",
    ),
    path(
        "waiting-places/<int:pk>/drop/",
        slots.WaitingPlaceEnd.as_view(take=False),
        name="waiting-place-drop",
    ),
]

studied = [
    path("studies/", studies.StudyList.as_view(), name="study-list"),
    path("studies/<uuid:pk>/", studies.StudyDetail.as_view(), name="study-detail"),
]

planner = [path("board/", board.Board.as_view(), name="board")]

urlpatterns = [
    *life,
    *plan,
    *planner,
    *proposals,
    *questions,
    *studied,
    *decisions,
    *slot_dialog,
    *reports,
]
