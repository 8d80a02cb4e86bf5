from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


def _sync_groups(using: str, **kwargs: Any) -> None:
    from teamhub.accounts.groups import sync_groups

    sync_groups(using)


class AccountsConfig(AppConfig):
    name = "teamhub.accounts"
    label = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        from teamhub.accounts import addresses

        addresses.trusted_networks()  # a bad TRUSTED_PROXIES stops the start
        # Of the last app, when the tables of all are there; a flush of tests calls it again.
        post_migrate.connect(_sync_groups, sender=self, dispatch_uid="accounts.groups")
