from django.apps import AppConfig


class ProbeConfig(AppConfig):
    name = "tests.probe_app"
    label = "probe_app"
    default_auto_field = "django.db.models.BigAutoField"
