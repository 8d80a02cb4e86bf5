from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ModelsMlConfig(AppConfig):
    name = "models_ml"
    verbose_name = _("Models")

    def ready(self) -> None:
        from models_ml import demo, panels
        from teamhub.panels import register_demo

        panels.register()
        register_demo(40, demo.build)
