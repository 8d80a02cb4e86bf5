"""What the estimator says, named here so that it is translated. A test holds both together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from capacity.kernel.model_size import InvalidDemand

# Figures that an estimate rests on, by name.
FIGURES = {
    "whole_run_share": gettext_lazy("Effective FLOP over peak, whole run"),
    "goodput_share": gettext_lazy("Goodput"),
    "bytes_per_parameter": gettext_lazy("Bytes per parameter in training"),
    "load_share": gettext_lazy("Load of a copy, at most"),
    "spare_replicas": gettext_lazy("Spare copies"),
    "tokens_per_s": gettext_lazy("Output tokens per second of one copy"),
}
SOURCES = (
    gettext_noop("median of 28 published runs on A100, H100 and H800"),
    gettext_noop("effective over reported MFU, median of 11 published runs"),
    gettext_noop("ZeRO stage 3, Adam, mixed precision (arXiv:1910.02054)"),
    gettext_noop("queues stay short below about 0.7"),
    gettext_noop("one replica may fail"),
    gettext_noop("a queue that never runs dry"),
    gettext_noop("roofline of compute and memory bandwidth, within a factor of two"),
    gettext_noop("as measured"),
    gettext_noop("measured, carried to these lengths by a roofline"),
)
REFUSALS = (
    gettext_noop("%(value)s is not above 0"),
    gettext_noop("%(value)s is not a share, above 0 and at most 1"),
    gettext_noop("%(gang)s devices do not hold the model; %(fewest)s do"),
    gettext_noop("the largest layer needs %(layer)s GB, a %(device)s has %(room)s"),
    gettext_noop("more than params_b; a token uses a part of it"),
)


def explained(sources: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Sources of an estimate as pages show them: label, value and source in the reader's words."""
    return [
        {
            "label": FIGURES.get(one["name"], one["name"]),
            "value": one["value"],
            "source": _(one["source"]),
        }
        for one in sources
    ]


def refusal(error: InvalidDemand) -> str:
    """Say why a figure cannot be."""
    return _(error.template) % error.details
