from django.urls import path

from teamhub.saved.api import views

app_name = "saved"
urlpatterns = [
    path("", views.SavedViewList.as_view(), name="view-list"),
    path("<int:pk>/", views.SavedViewDetail.as_view(), name="view-detail"),
]
