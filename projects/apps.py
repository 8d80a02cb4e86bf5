from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProjectsConfig(AppConfig):
    name = "projects"
    verbose_name = _("Projects")

    def ready(self) -> None:
        from projects import panels, registry
        from projects.services.phases import open_mandatory_items

        registry.register_criterion(
            "mandatory-items", open_mandatory_items, title=_("Mandatory checklist items")
        )
        panels.register()
