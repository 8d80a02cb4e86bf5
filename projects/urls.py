"""Pages of projects, the plan and staffing."""

from django.urls import path

from projects.views import (
    assignments,
    checklists,
    grid,
    imports,
    my_work,
    phases,
    plan_changes,
    planner,
    projects,
    requests,
    slots,
    staffing,
    studies,
    supply,
    workspace,
)

app_name = "projects"

life = [
    path("my-work/", my_work.my_work, name="my-work"),
    path("projects/", projects.project_list, name="project-list"),
    path("projects/new/", projects.project_create, name="project-create"),
    path("projects/import/", imports.plan_import, name="plan-import"),
    path("projects/export/<slug:kind>/", imports.plan_export, name="plan-export"),
    path("projects/<int:pk>/", projects.project_detail, name="project-detail"),
    path("projects/<int:pk>/edit/", projects.project_update, name="project-update"),
    path("phases/<int:pk>/", phases.phase_detail, name="phase-detail"),
    path("phases/<int:pk>/move/", phases.phase_move, name="phase-move"),
    path("phases/<int:pk>/close/", phases.phase_close, name="phase-close"),
    path("phases/<int:pk>/reopen/", phases.phase_reopen, name="phase-reopen"),
    path("phases/<int:pk>/items/", phases.item_add, name="item-add"),
    path("checklist-items/<int:pk>/", checklists.item_detail, name="item-detail"),
    path("checklist-items/<int:pk>/tick/", checklists.item_tick, name="item-tick"),
    path("checklist-items/<int:pk>/untick/", checklists.item_untick, name="item-untick"),
]

plan = [
    path("load/", grid.load_grid, name="load-grid"),
    path("supply/", supply.supply_demand, name="supply-demand"),
    path("projects/slots/<int:pk>/assign/", assignments.assign, name="assignment-create"),
    path("projects/assignments/<int:pk>/", assignments.change, name="assignment-update"),
    path("projects/assignments/<int:pk>/remove/", assignments.remove, name="assignment-remove"),
]

proposals = [
    path("staffing/propose/", workspace.propose, name="staffing-propose"),
    path("staffing/<uuid:pk>/", staffing.proposal, name="proposal-detail"),
    path("staffing/<uuid:pk>/accept/", staffing.accept, name="proposal-accept"),
    path("staffing/<uuid:pk>/reject/", staffing.reject, name="proposal-reject"),
    path("staffing/<uuid:pk>/rows.csv", staffing.proposal_csv, name="proposal-csv"),
    path("requests/", requests.inbox, name="request-inbox"),
    path("requests/<int:pk>/answer/", requests.answer, name="request-answer"),
]

workspace_pages = [
    path("staffing/", workspace.workspace, name="staffing-workspace"),
    path("staffing/compare/", workspace.proposal_compare, name="proposal-compare"),
]

decisions = [
    path("plan/changes/", plan_changes.plan_change_list, name="plan-change-list"),
    path("plan/changes/<int:pk>/undo/", plan_changes.plan_change_undo, name="plan-change-undo"),
]

slot_dialog = [
    path("projects/slots/<int:pk>/staff/", slots.slot_dialog, name="slot-dialog"),
    path("projects/waiting/<int:pk>/", slots.waiting_place, name="waiting-place"),
]

questions = [
    path("staffing/questions/", studies.study_list, name="study-list"),
    path("staffing/questions/new/", studies.study_create, name="study-create"),
    path("staffing/questions/<uuid:pk>/", studies.study_detail, name="study-detail"),
    path("staffing/questions/<uuid:pk>/suppose/", studies.study_suppose, name="study-suppose"),
]

board = [path("planner/", planner.planner, name="planner")]

urlpatterns = [
    *life,
    *plan,
    *board,
    *proposals,
    *workspace_pages,
    *questions,
    *decisions,
    *slot_dialog,
]
