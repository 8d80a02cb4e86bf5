from django.urls import path

from teamhub.web import views

app_name = "web"
urlpatterns = [
    path("search/", views.search, name="search"),
    path("preferences/", views.preferences, name="preferences"),
    # Browsers ask for it on pages that name no icon.
    path("favicon.ico", views.favicon, name="favicon"),
]
