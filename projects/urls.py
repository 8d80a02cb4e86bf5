"""Pages of projects, the plan and staffing."""

from django.urls import path

from projects.views import assignments, grid, staffing

app_name = "projects"

plan = [
    path("load/", grid.load_grid, name="load-grid"),
    path("projects/slots/<int:pk>/assign/", assignments.assign, name="assignment-create"),
    path("projects/assignments/<int:pk>/", assignments.change, name="assignment-update"),
    path("projects/assignments/<int:pk>/remove/", assignments.remove, name="assignment-remove"),
]

proposals = [
    path("staffing/propose/", staffing.propose, name="staffing-propose"),
    path("staffing/<uuid:pk>/", staffing.proposal, name="proposal-detail"),
    path("staffing/<uuid:pk>/accept/", staffing.accept, name="proposal-accept"),
    path("staffing/<uuid:pk>/reject/", staffing.reject, name="proposal-reject"),
    path("staffing/<uuid:pk>/rows.csv", staffing.proposal_csv, name="proposal-csv"),
    path("requests/", staffing.inbox, name="request-inbox"),
    path("requests/<int:pk>/answer/", staffing.answer, name="request-answer"),
]

urlpatterns = [*plan, *proposals]
