"""Bring the reference data of every app up to its files; a second call changes nothing."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils.module_loading import module_has_submodule


class Command(BaseCommand):
    help = "Writes the role catalog, calendars and templates of the data files to the database."

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            # In the order of INSTALLED_APPS: an app may point at rows of the apps below it.
            for app in apps.get_app_configs():
                if app.module is None or not module_has_submodule(app.module, "reference"):
                    continue
                sync = getattr(import_module(f"{app.name}.reference"), "sync_reference", None)
                if sync is not None:
                    result = sync()
                    if options["verbosity"]:
                        self.stdout.write(f"{app.name}: {result}")
