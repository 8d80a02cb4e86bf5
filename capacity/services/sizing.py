"""From what people know of a workload to devices, weeks and device-hours."""

from __future__ import annotations

from django.utils.translation import gettext as _

from capacity.models import Workload
from capacity.selectors.estimating import Ask, estimate
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
    "replica_tokens_per_s",
    "mfu_share",
    "sized_on",
)
DECIDES = {*INPUTS, "kind"}


def size(workload: Workload) -> None:
    """Fill in what follows from what is given, without saving it.

    Devices and weeks stay as people gave them; parameters and tokens become a band of device-hours,
    and with it whatever of devices, gang and weeks is missing.
    """
    if workload.sizing == Workload.Sizing.MODEL:
        _by_model(workload)
    else:
        _by_devices(workload)


def _by_devices(workload: Workload) -> None:
    given: int | None = workload.devices
    if given is None:
        text = _("How many devices?")
        raise InvalidInput(text, fields={"devices": [text]})
    workload.gang_size = workload.gang_size or 1
    workload.device_hours_p10 = workload.device_hours_p50 = workload.device_hours_p90 = None
    workload.assumptions = {}


def _by_model(workload: Workload) -> None:
    if workload.kind not in Workload.Kind.values:
        text = _("There is no such kind of workload.")
        raise InvalidInput(text, fields={"kind": [text]})
    ask = _ask(workload)
    answer = estimate(ask)
    if answer.weeks is not None and answer.weeks > workload.n_weeks:
        text = _(
            "With %(devices)d devices it takes %(weeks)d weeks; its window has %(window)d. Give it "
            "more devices, or leave them blank."
        ) % {"devices": answer.devices, "weeks": answer.weeks, "window": workload.n_weeks}
        raise InvalidInput(text, fields={"devices": [text]})
    workload.device_hours_p10 = answer.hours.p10
    workload.device_hours_p50 = answer.hours.p50
    workload.device_hours_p90 = answer.hours.p90
    workload.devices, workload.gang_size = answer.devices, answer.gang
    workload.weeks = answer.weeks
    workload.assumptions = answer.as_json()


def _ask(workload: Workload) -> Ask:
    if workload.sized_on is None:
        text = _("On which type of device are the hours counted?")
        raise InvalidInput(text, fields={"sized_on": [text]})
    return Ask(
        kind=workload.kind,
        accelerator=workload.sized_on,
        params_b=workload.params_b,
        active_params_b=workload.active_params_b,
        tokens_b=workload.tokens_b,
        peak_tokens_per_s=workload.peak_tokens_per_s,
        replica_tokens_per_s=workload.replica_tokens_per_s,
        mfu=workload.mfu_share,
        gang=workload.gang_size,
        devices=workload.devices,
        weeks=workload.n_weeks,
    )
