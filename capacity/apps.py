from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CapacityConfig(AppConfig):
    name = "capacity"
    verbose_name = _("Capacity")

    def ready(self) -> None:
        from capacity import demo, gates, joint_panels, panels
        from capacity.selectors import workloads
        from capacity.services import actuals, templates
        from projects import registry
        from teamhub.panels import register_demo

        registry.on_project_created(templates.on_project_created)
        registry.on_phase_moved(templates.on_phase_moved)
        registry.provide_workloads(workloads.choices)
        registry.on_devices_used(actuals.record_use)
        panels.register()
        joint_panels.register()
        gates.register()
        register_demo(30, demo.build)
