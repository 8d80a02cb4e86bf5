"""`manage.py audit_verify`: is every event of the audit as it was written?"""

from __future__ import annotations

import re
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from teamhub.audit import chain

_ANCHOR = re.compile(r"(?:(\d+):)?([0-9a-f]{64})")


class Command(BaseCommand):
    help = "Checks the chain of the audit; ends with 1 and names the events that were touched."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--anchor",
            metavar="[NUMBER:]HASH",
            help="a head that an earlier call printed and that was kept elsewhere",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        report = chain.verify(_anchor(options["anchor"]))
        self.stdout.write(f"{report.sealed} events sealed, {report.unsealed} wait for the sealer.")
        if report.head_sequence:
            self.stdout.write(f"Head: {report.head_sequence}:{report.head_hash}")
        if report.unsealed and not report.sealed:
            self.stdout.write("Nothing is sealed yet: is the clock running?")
        if not report.good:
            raise CommandError("\n".join(report.findings), returncode=1)
        self.stdout.write("The chain is whole.")


def _anchor(text: str | None) -> chain.Anchor | None:
    if text is None:
        return None
    found = _ANCHOR.fullmatch(text.strip().lower())
    if found is None:
        raise CommandError(
            "--anchor is NUMBER:HASH or HASH, as this command prints it after 'Head:'.",
            returncode=2,
        )
    number, its_hash = found.groups()
    return chain.Anchor(its_hash, int(number) if number else None)
