"""Pages of the estate, workloads and plans."""

from django.urls import URLPattern, URLResolver

app_name = "capacity"
urlpatterns: list[URLPattern | URLResolver] = []
