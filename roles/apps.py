from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RolesConfig(AppConfig):
    name = "roles"
    verbose_name = _("Roles and people")

    def ready(self) -> None:
        from roles import demo, panels
        from teamhub.panels import register_demo

        panels.register()
        register_demo(10, demo.build)
