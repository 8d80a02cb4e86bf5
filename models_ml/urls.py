"""Pages of data sets, trainings and model versions."""

from django.urls import path

from models_ml.views import datasets, training, versions

app_name = "models"
urlpatterns = [
    path("", training.training_list, name="training-list"),
    path("training/new/", training.training_create, name="training-create"),
    path("training/compare/", training.training_compare, name="training-compare"),
    path("training/<uuid:pk>/", training.training_detail, name="training-detail"),
    path("datasets/", datasets.dataset_list, name="dataset-list"),
    path("datasets/upload/", datasets.dataset_upload, name="dataset-upload"),
    path("datasets/<int:pk>/", datasets.dataset_detail, name="dataset-detail"),
    path("versions/", versions.version_list, name="version-list"),
    path("versions/<int:pk>/", versions.version_detail, name="version-detail"),
    path("versions/<int:pk>/files/<str:name>", versions.version_file, name="version-file"),
    path("versions/<int:pk>/promote/", versions.version_promote, name="version-promote"),
    path("versions/<int:pk>/retire/", versions.version_retire, name="version-retire"),
    path("aliases/<int:pk>/withdraw/", versions.alias_withdraw, name="alias-withdraw"),
]
