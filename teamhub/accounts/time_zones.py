"""Names of time zones."""

from __future__ import annotations

from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


def validate_time_zone(value: str) -> None:
    """Refuse what the time zone database does not know."""
    if value not in available_timezones():
        raise ValidationError(
            _("“%(value)s” is not a time zone. Write one such as Europe/Berlin or Asia/Shanghai."),
            params={"value": value},
        )
