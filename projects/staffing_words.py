"""Words of staffing that forms, pages and comparisons share."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

WEIGHT_LABELS = {
    "priority": _("Priority of the work"),
    "same_site": _("Same site"),
    "cost": _("Low cost"),
    "continuity": _("Keep people in their seat"),
    "overload": _("Avoid overload"),
}
