"""The form of the calculator."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from capacity.models import Accelerator, Workload
from capacity.selectors.estimating import Answer, Ask
from teamhub.errors import TeamHubError

# Names of the estimator's refusals, which are those of a workload, in this form.
FIELDS = {"sized_on": "accelerator", "mfu_share": "mfu", "gang_size": "gang"}


def figure(label: Any, help_text: Any = "", **more: Any) -> forms.FloatField:
    return forms.FloatField(
        label=label,
        help_text=help_text,
        min_value=0,
        required=False,
        widget=forms.NumberInput(attrs={"step": "any"}),
        **more,
    )


class EstimateForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=Workload.Kind.choices)
    accelerator = forms.ModelChoiceField(Accelerator.objects.none(), label=_("Accelerator"))
    params_b = figure(_("Parameters (billions)"))
    active_params_b = figure(
        _("Active parameters (billions)"), _("Of a mixture of experts, those that a token uses.")
    )
    tokens_b = figure(_("Tokens (billions)"), _("Training: seen in all. Batch: written."))
    peak_tokens_per_s = figure(_("Output tokens per second at the peak"), _("Online inference."))
    replica_tokens_per_s = figure(
        _("Output tokens per second of one copy"),
        _("Inference, as measured. Blank: reckoned, right within a factor of two."),
    )
    mfu = figure(
        _("Model FLOP utilisation"),
        _("Share of the peak that training reaches, 0 to 1. Blank: what published runs reached."),
        max_value=1,
    )
    weeks = forms.IntegerField(
        label=_("Weeks that there are"),
        min_value=1,
        max_value=520,
        required=False,
        help_text=_(
            "From them follow the devices: as many as need half of the weeks, so that a plan may "
            "choose when."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        types = Accelerator.objects.filter(retired_on=None, bf16_tflops__gt=0)
        self.fields["accelerator"].queryset = types  # type: ignore[attr-defined]

    def ask(self) -> Ask:
        return Ask(**self.cleaned_data)

    def refuse(self, error: TeamHubError) -> None:
        for name, texts in error.details.get("fields", {"": [str(error)]}).items():
            field = FIELDS.get(name, name)
            self.add_error(field if field in self.fields else None, texts)

    def workload_fields(self, answer: Answer) -> dict[str, Any]:
        """What the form of a workload takes over."""
        given = self.cleaned_data
        carried = {
            "kind": given["kind"],
            "sizing": Workload.Sizing.MODEL.value,
            "sized_on": given["accelerator"].pk,
            "accelerators": given["accelerator"].pk,
            "devices": answer.devices,
            "gang_size": answer.gang,
            "mfu_share": given["mfu"],
            **{
                name: given[name]
                for name in (
                    "params_b",
                    "active_params_b",
                    "tokens_b",
                    "peak_tokens_per_s",
                    "replica_tokens_per_s",
                )
            },
        }
        return {name: value for name, value in carried.items() if value not in (None, "")}
