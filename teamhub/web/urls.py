from django.urls import path

from teamhub.web import views

app_name = "web"
urlpatterns = [
    path("search/", views.search, name="search"),
    path("preferences/", views.preferences, name="preferences"),
]
