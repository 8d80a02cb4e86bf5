"""Time zones: which there are, and how far apart two places work."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_WINTER = datetime(2026, 1, 1, 12)  # noqa: DTZ001 (the zone is attached below)


@cache
def standard_offset_hours(time_zone: str) -> float:
    """Hours ahead of UTC in standard time: summer time would move the rule twice a year."""
    there = _WINTER.replace(tzinfo=ZoneInfo(time_zone))
    offset = (there.utcoffset() or timedelta()) - (there.dst() or timedelta())
    return offset.total_seconds() / 3600


def hours_apart(one: str, other: str) -> float:
    return abs(standard_offset_hours(one) - standard_offset_hours(other))


@lru_cache(maxsize=1000)
def is_known(name: str) -> bool:
    """Whether this machine knows the zone."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def validate_time_zone(value: str) -> None:
    if not is_known(value[:60]):
        raise ValidationError(
            _("“%(value)s” is not a time zone. Write one such as Europe/Berlin or Asia/Shanghai."),
            params={"value": value[:60]},
        )
