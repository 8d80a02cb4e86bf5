"""From what people know of a workload to devices, weeks and device-hours."""

from __future__ import annotations

from django.utils.translation import gettext as _

from capacity.models import Workload
from teamhub.errors import InvalidInput

INPUTS = (
    "sizing",
    "devices",
    "weeks",
    "gang_size",
    "params_b",
    "active_params_b",
    "tokens_b",
    "peak_tokens_per_s",
    "mfu_share",
    "sized_on",
)
DECIDES = {*INPUTS, "kind"}


def size(workload: Workload) -> None:
    if workload.sizing == Workload.Sizing.DEVICES:
        if workload.devices is None:
            text = _("How many devices?")
            raise InvalidInput(text, fields={"devices": [text]})
        workload.gang_size = workload.gang_size or 1
        workload.device_hours_p10 = workload.device_hours_p50 = workload.device_hours_p90 = None
        workload.assumptions = {}
        return
    raise InvalidInput(_("not yet"))
