"""Addresses of plans under /api/v1/capacity/."""

from __future__ import annotations

from django.urls import URLPattern, path

from capacity.api import plans as views

plans: list[URLPattern] = [
    path("plans/", views.PlanList.as_view(), name="plan-list"),
    path("plans/columns/", views.PlanColumns.as_view(), name="plan-columns"),
    path("plans/latest/report/", views.LatestReport.as_view(), name="plan-latest-report"),
    path("plans/<uuid:pk>/", views.PlanDetail.as_view(), name="plan-detail"),
    path("plans/<uuid:pk>/report/", views.PlanReport.as_view(), name="plan-report"),
    path("plans/<uuid:pk>/adopt/", views.PlanAdopt.as_view(), name="plan-adopt"),
    path("plans/<uuid:pk>/others/", views.PlanOthers.as_view(), name="plan-others"),
]
