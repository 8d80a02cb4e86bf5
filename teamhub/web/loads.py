"""How a person's week looks: state by the thresholds of the settings, with label and icon."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Look:
    label: str | Promise
    icon: str


# Order of the legend. Colours: th-load-<state> in teamhub.css.
LOOKS = {
    "free": Look(_("free"), ""),
    "partly": Look(_("partly booked"), ""),
    "full": Look(_("fully booked"), "check"),
    "over": Look(_("over-allocated"), "alert-triangle"),
    "absent": Look(_("absent"), "beach"),
}


def load_state(assigned: int, available: int) -> str:
    """free, partly, full, over or absent; both figures in hundredths of an FTE."""
    if available <= 0:
        return "over" if assigned > 0 else "absent"
    share = 100 * assigned / available
    if share > settings.LOAD_OVER_PERCENT:
        return "over"
    if share >= settings.LOAD_FULL_PERCENT:
        return "full"
    return "partly" if assigned > 0 else "free"
