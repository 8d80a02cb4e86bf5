"""Reference rows carry both languages; `name` is the one of the active language."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from teamhub.errors import InvalidInput


def in_active_language(en: str, zh: str) -> str:
    return zh if zh and (get_language() or "en").startswith("zh") else en


class KeyField(models.SlugField):
    """A slug whose refusal does not say “slug”; to the database it is one."""

    default_error_messages = {"invalid": _("Letters, digits, hyphens and underscores only.")}

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"error_messages": self.default_error_messages, **kwargs})

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.SlugField", args, kwargs


def refuse_number(key: str) -> None:
    """Programs name rows by id or key: a key that is a number would name another row."""
    if key.isdigit():
        text = gettext("The key “%(key)s” is a number, and numbers are ids. Add a letter.") % {
            "key": key
        }
        raise InvalidInput(text, field="key", fields={"key": [text]})


class Named(models.Model):
    """A row with a stable key and a name in each language."""

    key = KeyField(_("key"), max_length=60, unique=True)
    name_en = models.CharField(_("name (English)"), max_length=120)
    name_zh = models.CharField(_("name (Chinese)"), max_length=120, blank=True)

    class Meta:
        abstract = True
        ordering = ["key"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_active_language(self.name_en, self.name_zh)


class Reference(Named):
    """Reference data: synced from TOML, retired instead of deleted."""

    retired_on = models.DateField(_("retired on"), null=True, blank=True)

    class Meta(Named.Meta):
        abstract = True
