from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProjectsConfig(AppConfig):
    name = "projects"
    verbose_name = _("Projects")

    def ready(self) -> None:
        from projects import demo, panels, plan_panels, registry
        from projects.services.phases import open_mandatory_items
        from teamhub.panels import register_demo

        registry.register_criterion(
            "mandatory-items", open_mandatory_items, title=_("Mandatory checklist items")
        )
        panels.register()
        plan_panels.register()
        register_demo(20, demo.build)
        register_demo(40, demo.live)
