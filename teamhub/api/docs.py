"""The API's pages for people, from vendored files under the strict content security policy."""

from drf_spectacular.views import SpectacularSwaggerSplitView


class ApiDocs(SpectacularSwaggerSplitView):
    """Swagger UI without inline script."""
