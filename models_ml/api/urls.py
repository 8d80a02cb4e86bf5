"""Addresses under /api/v1/models/."""

from django.urls import path

from models_ml.api import datasets, training, versions

app_name = "models"
urlpatterns = [
    path("datasets/", datasets.DatasetList.as_view(), name="dataset-list"),
    path("datasets/<str:pk>/", datasets.DatasetDetail.as_view(), name="dataset-detail"),
    path("recipes/", datasets.RecipeList.as_view(), name="recipe-list"),
    path("training-runs/", training.TrainingRunList.as_view(), name="training-run-list"),
    path(
        "training-runs/<uuid:pk>/",
        training.TrainingRunDetail.as_view(),
        name="training-run-detail",
    ),
    path(
        "training-runs/<uuid:pk>/epochs/",
        training.EpochList.as_view(),
        name="training-run-epochs",
    ),
    path("versions/", versions.ModelVersionList.as_view(), name="version-list"),
    path("versions/<int:pk>/", versions.ModelVersionDetail.as_view(), name="version-detail"),
    path(
        "versions/<int:pk>/files/<str:name>/",
        versions.ModelVersionFile.as_view(),
        name="version-file",
    ),
    path(
        "versions/<int:pk>/promote/",
        versions.ModelVersionPromote.as_view(),
        name="version-promote",
    ),
    path("versions/<int:pk>/retire/", versions.ModelVersionRetire.as_view(), name="version-retire"),
]
