"""Addresses of plans."""

from __future__ import annotations

from django.urls import URLPattern, path

from capacity.views import plans as views

plans: list[URLPattern] = [
    path("capacity/plans/", views.plan_list, name="plan-list"),
    path("capacity/plans/new/", views.plan_create, name="plan-create"),
    path("capacity/plans/<uuid:pk>/", views.plan_detail, name="plan-detail"),
    path("capacity/plans/<uuid:pk>/adopt/", views.plan_adopt, name="plan-adopt"),
    path("capacity/plans/<uuid:pk>/others/", views.plan_others, name="plan-others"),
]
