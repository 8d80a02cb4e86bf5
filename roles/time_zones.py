"""How far apart two places work, in hours."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

_WINTER = datetime(2026, 1, 1, 12)  # noqa: DTZ001 (the zone is attached below)


@cache
def standard_offset_hours(time_zone: str) -> float:
    """Hours ahead of UTC in standard time: summer time would move the rule twice a year."""
    there = _WINTER.replace(tzinfo=ZoneInfo(time_zone))
    offset = (there.utcoffset() or timedelta()) - (there.dst() or timedelta())
    return offset.total_seconds() / 3600


def hours_apart(one: str, other: str) -> float:
    return abs(standard_offset_hours(one) - standard_offset_hours(other))
