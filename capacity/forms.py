"""Forms of the estate. Rules are the services'; forms read and label."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from capacity.models import Accelerator, MaintenanceWindow, Node, Pool
from capacity.rights import may_see_device_cost
from capacity.services.rows import week_errors
from projects.assignment_forms import week_input
from roles.forms import RowForm
from roles.models import Site
from teamhub.accounts.models import User

KEY_HELP = _("Stands in import files and addresses; it does not change later.")
TAKEN = {"key": {"unique": _("This key is taken. Choose another one.")}}
FROM_HELP = _("Blank: always.")
TO_HELP = _("The Monday after the last week. Blank: without end.")


class WeeksForm(RowForm):
    """A row with weeks; what is wrong with them is said in words, not as a constraint's name."""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name, text in week_errors(data.get("start_on"), data.get("end_on")).items():
            self.add_error(name, text)
        return data


class PoolForm(WeeksForm):
    start_on = forms.DateField(
        label=_("Available from"), widget=week_input(), required=False, help_text=FROM_HELP
    )
    end_on = forms.DateField(
        label=_("Available to"), widget=week_input(), required=False, help_text=TO_HELP
    )

    class Meta:
        model = Pool
        fields = [
            "key",
            "name_en",
            "name_zh",
            "site",
            "accelerator",
            "node_count",
            "devices_per_node",
            "cpu_cores",
            "memory_gib",
            "storage_tb",
            "network_gbit_s",
            "power_kw",
            "rate_per_device_hour",
            "start_on",
            "end_on",
            "note",
        ]
        error_messages = TAKEN
        help_texts = {
            "key": KEY_HELP,
            "node_count": _("Counts only while no nodes are listed for this pool."),
        }

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["site"].queryset = Site.objects.all()
        types = Accelerator.objects.filter(retired_on=None)
        if self.instance.pk is not None:
            types |= Accelerator.objects.filter(pk=self.instance.accelerator_id)
            del self.fields["key"]
        fields["accelerator"].queryset = types
        if may_see_device_cost(user):
            fields["rate_per_device_hour"].help_text = (
                _("In %s; power, space and depreciation together.") % settings.COMPANY_CURRENCY
            )
        else:
            del self.fields["rate_per_device_hour"]


class NodeForm(WeeksForm):
    start_on = forms.DateField(
        label=_("Available from"), widget=week_input(), required=False, help_text=FROM_HELP
    )
    end_on = forms.DateField(
        label=_("Available to"), widget=week_input(), required=False, help_text=TO_HELP
    )

    class Meta:
        model = Node
        fields = ["key", "devices", "cpu_cores", "memory_gib", "start_on", "end_on"]
        error_messages = TAKEN
        help_texts = {"key": _("Serial or host name; no other node has it.")}


class MaintenanceForm(WeeksForm):
    start_on = forms.DateField(label=_("First week"), widget=week_input(), help_text=_("A Monday."))
    end_on = forms.DateField(
        label=_("End"), widget=week_input(), help_text=_("The Monday after the last week.")
    )

    class Meta:
        model = MaintenanceWindow
        fields = ["start_on", "end_on", "nodes_out", "out_share", "reason_en", "reason_zh"]
        help_texts = {
            "nodes_out": _("How many nodes; or give a share below."),
            "out_share": _("0 to 1 of the pool's devices, such as 0.5."),
        }


class AcceleratorForm(forms.ModelForm):
    class Meta:
        model = Accelerator
        fields = [
            "key",
            "name_en",
            "name_zh",
            "kind",
            "vendor",
            "memory_gb",
            "bandwidth_gb_s",
            "bf16_tflops",
            "fp8_tflops",
            "power_w",
            "link_gb_s",
            "confidence",
            "source",
        ]
        error_messages = TAKEN
        help_texts = {
            "key": KEY_HELP,
            "bf16_tflops": _("Without sparsity: data sheets often print the double."),
            "confidence": _("How sure the figures are."),
        }

    refuse = RowForm.refuse

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            del self.fields["key"]
