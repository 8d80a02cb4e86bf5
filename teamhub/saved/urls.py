from django.urls import path

from teamhub.saved import views

app_name = "saved"
urlpatterns = [
    path("views/save/", views.view_save, name="view-save"),
    path("views/<int:pk>/favourite/", views.view_favourite, name="view-favourite"),
    path("views/<int:pk>/remove/", views.view_remove, name="view-remove"),
]
