"""Build the demo company: every app adds its part, through the services that people use."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from teamhub import embedded, panels, weeks
from teamhub.accounts.models import User
from teamhub.audit import services as audit
from teamhub.demo_accounts import DEMO_ACCOUNTS, DEMO_PASSWORD
from teamhub.demo_world import DemoWorld


class Command(BaseCommand):
    help = "Build the demo company. --reset throws all data of this database away first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reset", action="store_true", help="delete everything first")

    def handle(self, *, reset: bool, **options: Any) -> None:
        settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
        call_command("migrate", verbosity=0, interactive=False)
        if reset:
            # Refuses while a product runs on this folder: it would lose its ground.
            try:
                with embedded.hold(settings.VAR_DIR):
                    call_command("flush", verbosity=0, interactive=False)
            except embedded.CannotStart as error:
                raise CommandError(str(error)) from None
        elif User.objects.exists():
            raise CommandError(
                "There are users already: the demo company is only built in an empty database. "
                "`manage.py demo --reset` deletes everything and builds it anew."
            )
        call_command("seed_reference", verbosity=0)
        with transaction.atomic():
            build()
        if options["verbosity"]:
            self.stdout.write("The demo company is there. Log in as:")
            for account in DEMO_ACCOUNTS:
                self.stdout.write(f"  {account.username:6} {account.does}")
            self.stdout.write(f"Password of all: {DEMO_PASSWORD}")


def build() -> None:
    users = {account.username: _user(account.username) for account in DEMO_ACCOUNTS}
    for account in DEMO_ACCOUNTS:
        group, _made = Group.objects.get_or_create(name=account.group)
        users[account.username].groups.add(group)
    world = DemoWorld(by=users["admin"], users=users, monday=weeks.monday(timezone.localdate()))
    audit.record(world.by, "demo.build", world.by)
    for part in panels.demo_parts():
        part(world)


def _user(username: str) -> User:
    return User.objects.create_user(
        username,
        password=DEMO_PASSWORD,
        first_name=username.title(),
        email=f"{username}@demo.example",
    )
