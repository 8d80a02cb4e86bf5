"""Addresses under /api/v1/projects/."""

from django.urls import path

from projects.api import assignments, staffing

app_name = "projects"

plan = [
    path("assignments/", assignments.AssignmentList.as_view(), name="assignment-list"),
    path(
        "assignments/<int:pk>/", assignments.AssignmentDetail.as_view(), name="assignment-detail"
    ),
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

urlpatterns = [*plan, *proposals]
