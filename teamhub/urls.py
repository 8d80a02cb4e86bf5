"""Every address of the product. Apps are named as strings only."""

from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView

from teamhub.api.docs import ApiDocs
from teamhub.web import views as web

api: list[URLPattern | URLResolver] = [
    path("auth/", include("teamhub.accounts.api.urls")),
    path("roles/load/", include("projects.api.load_urls")),
    path("roles/", include("roles.api.urls")),
    path("projects/", include("projects.api.urls")),
    path("capacity/", include("capacity.api.urls")),
    path("models/", include("models_ml.api.urls")),
    path("runs/", include("teamhub.runs.api.urls")),
    path("views/", include("teamhub.saved.api.urls")),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", ApiDocs.as_view(url_name="api:schema"), name="docs"),
]

urlpatterns = [
    path("", web.home, name="home"),
    path("", include("teamhub.web.urls")),
    path("", include("teamhub.saved.urls")),
    path("accounts/", include("teamhub.accounts.urls")),
    path("audit/", include("teamhub.audit.urls")),
    path("", include("teamhub.runs.health_urls")),
    path("runs/", include("teamhub.runs.urls")),
    path("", include("roles.urls")),
    path("", include("projects.urls")),
    path("", include("capacity.urls")),
    path("models/", include("models_ml.urls")),
    path("api/v1/", include((api, "api"))),
    path("api/", RedirectView.as_view(pattern_name="api:docs"), name="api-root"),
]

handler400 = "teamhub.web.views.bad_request"
handler403 = "teamhub.web.views.forbidden"
handler404 = "teamhub.web.views.not_found"
handler500 = "teamhub.web.views.server_error"
