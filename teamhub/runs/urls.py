from django.urls import path

from teamhub.runs import views

app_name = "runs"
urlpatterns = [
    path("", views.run_list, name="run-list"),
    path("<uuid:run_id>/", views.run_detail, name="run-detail"),
    path("<uuid:run_id>/status/", views.run_status, name="run-status"),
    path("<uuid:run_id>/cancel/", views.run_cancel, name="run-cancel"),
    path("<uuid:run_id>/finish/", views.run_finish, name="run-finish"),
    path("<uuid:run_id>/again/", views.run_again, name="run-again"),
    path("<uuid:run_id>/reproduce/", views.run_reproduce, name="run-reproduce"),
]
