"""Reference rows carry both languages; `name` is the one of the active language."""

from __future__ import annotations

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


def in_active_language(en: str, zh: str) -> str:
    return zh if zh and (get_language() or "en").startswith("zh") else en


class Named(models.Model):
    """A row with a stable key and a name in each language."""

    key = models.SlugField(_("key"), max_length=60, unique=True)
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
