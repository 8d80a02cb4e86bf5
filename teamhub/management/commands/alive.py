"""`manage.py alive worker --queue solve`: the health check of a process without a port."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error

from teamhub.runs import health
from teamhub.runs.models import Beat


class Command(BaseCommand):
    help = "Ends with 0 if the clock or a worker of this host beats, else with 1."
    requires_system_checks: list[str] = []  # a health check comes often and must be quick

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=Beat.Kind.values, help="which process of this host")
        parser.add_argument("--queue", default="", help="a worker that takes this queue")

    def handle(self, *args: Any, kind: str, queue: str, **options: Any) -> None:
        if queue and kind != Beat.Kind.WORKER:
            raise CommandError("--queue belongs to a worker.", returncode=2)
        try:
            found = health.process_here(kind, queue)
        except Error as error:
            raise CommandError(f"The database does not answer: {error}") from None
        if not found["ok"]:
            raise CommandError(found["say"])
        self.stdout.write(found["say"])
