from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RunsConfig(AppConfig):
    name = "teamhub.runs"
    label = "runs"
    verbose_name = _("Runs")

    def ready(self) -> None:
        # Shared tasks bind to this app; without it a web process would publish to nowhere.
        from teamhub import celery  # noqa: F401
        from teamhub.runs import (
            beats,  # noqa: F401 (its signal handlers)
            panels,
        )

        panels.register()
