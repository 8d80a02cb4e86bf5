"""`manage.py clock`: ring, reap and the timed work of the apps."""

from __future__ import annotations

import signal
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from teamhub.runs.periodic import Clock


class Command(BaseCommand):
    help = "Calls what is due until it is told to stop. Two clocks do no harm."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="one pass, then end")

    def handle(self, *args: Any, **options: Any) -> None:
        clock = Clock()
        stop = threading.Event()
        if not options["once"]:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: stop.set())
        while True:
            clock.tick()
            if options["once"] or stop.wait(settings.CLOCK_SECONDS):
                return
