from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ModelsMlConfig(AppConfig):
    name = "models_ml"
    verbose_name = _("Models")
