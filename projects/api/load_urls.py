"""Mounted at /api/v1/roles/load/: load is about people, but only the plan above knows it."""

from django.urls import path

from projects.api.load import LoadList

urlpatterns = [path("", LoadList.as_view(), name="load-list")]
