"""Names of time zones."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


@cache  # it reads some hundred files
def known() -> frozenset[str]:
    """Every name of the time zone database."""
    return frozenset(available_timezones())


@cache
def choices() -> list[tuple[str, str]]:
    """The names that people pick from: places, and UTC."""
    return [(name, name) for name in sorted(known()) if "/" in name or name == "UTC"]


def validate_time_zone(value: str) -> None:
    """Refuse what the time zone database does not know."""
    if value not in known():
        raise ValidationError(
            _("“%(value)s” is not a time zone. Write one such as Europe/Berlin or Asia/Shanghai."),
            params={"value": value[:60]},
        )
