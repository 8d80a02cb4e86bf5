"""Forms of workloads and allocations. Rules are the services'; forms read and label."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from capacity.forms import WeeksForm
from capacity.models import Accelerator, Allocation, Pool, Workload
from capacity.services.workloads import may_see_value
from projects.assignment_forms import week_input
from projects.models import Phase, Project
from teamhub.accounts.models import User

GROUPS = (
    (_("What it is"), ("name_en", "name_zh", "kind", "phase", "status", "note")),
    (_("When"), ("start_on", "end_on")),
    (_("How much"), ("sizing", "devices", "weeks", "gang_size")),
    (
        _("From parameters and tokens"),
        (
            "params_b",
            "active_params_b",
            "tokens_b",
            "peak_tokens_per_s",
            "replica_tokens_per_s",
            "sized_on",
            "mfu_share",
            "source",
        ),
    ),
    (_("Where"), ("accelerators", "pools")),
    (_("How much it matters"), ("must_serve", "priority", "value")),
)


class WorkloadForm(WeeksForm):
    start_on = forms.DateField(
        label=_("First week"),
        widget=week_input(),
        required=False,
        help_text=_("A Monday. Blank: the phase's."),
    )
    end_on = forms.DateField(
        label=_("End"),
        widget=week_input(),
        required=False,
        help_text=_("The Monday after the last week. Blank: the phase's."),
    )
    devices = forms.IntegerField(
        label=_("Devices"),
        min_value=1,
        max_value=10**6,
        required=False,
        help_text=_(
            "Training and serving hold so many at once; batch work takes at most so many a week. "
            "With parameters and tokens: blank for what fits the window."
        ),
    )
    weeks = forms.IntegerField(
        label=_("Weeks"),
        min_value=1,
        max_value=520,
        required=False,
        help_text=_("At that many devices. Serving has none: it lasts through its window."),
    )
    gang_size = forms.IntegerField(
        label=_("Gang size"),
        min_value=1,
        max_value=10**6,
        required=False,
        help_text=_("Devices of one copy of the model, which start together."),
    )

    class Meta:
        model = Workload
        fields = [name for _title, names in GROUPS for name in names]
        widgets = {"sizing": forms.RadioSelect, "accelerators": forms.SelectMultiple}
        labels = {"name_en": _("Name"), "name_zh": _("Name (Chinese)")}
        help_texts = {
            "active_params_b": _("Of a mixture of experts, those that a token uses."),
            "replica_tokens_per_s": _(
                "Inference, as measured. Blank: reckoned, right within a factor of two."
            ),
            "mfu_share": _("Share of the peak that training reaches, 0 to 1. Blank: the default."),
            "sized_on": _("The type that the hours are counted on."),
            "source": _("Where the figures come from."),
            "accelerators": _(
                "Types it can run on. Neither types nor pools: any GPU or TPU. Hold Ctrl to "
                "choose several."
            ),
            "pools": _("Single pools it can run in, besides those types."),
            "priority": _("1 to 5, 5 is the highest. Blank: the project's."),
        }

    def __init__(self, *args: Any, project: Project, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["phase"].queryset = Phase.objects.filter(project=project).order_by("start_on")
        fields["phase"].label_from_instance = lambda phase: f"{phase.number} {phase.name}"
        types = Accelerator.objects.filter(retired_on=None)
        fields["accelerators"].queryset = fields["sized_on"].queryset = types
        fields["pools"].queryset = Pool.objects.select_related("site")
        for name in ("accelerators", "pools"):
            fields[name].widget.attrs["size"] = 6
        if may_see_value(user, project):
            fields["value"].help_text = (
                gettext(
                    "In %s: what serving it is worth. Blank: a plan takes it from the priority."
                )
                % settings.COMPANY_CURRENCY
            )
        else:
            del self.fields["value"]
        if self.instance.pk is None:
            self.instance.project = project
            del self.fields["status"]

    def clean(self) -> dict[str, Any]:
        """A window that is left out is the phase's; a gang that is left out follows the devices."""
        data = super().clean()
        phase = data.get("phase")
        for name in ("start_on", "end_on"):
            if not data.get(name) and not self.has_error(name):
                if phase is None:
                    self.add_error(name, gettext("Choose the week, or a phase."))
                else:
                    data[name] = getattr(phase, name)
        return data

    def _get_validation_exclusions(self) -> set[str]:
        """What follows from an estimate is not there yet: the service checks it afterwards."""
        found: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return found | {"devices", "weeks", "gang_size"}

    @property
    def groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        return [
            (title, [self[name] for name in names if name in self.fields])
            for title, names in GROUPS
        ]


class ProjectChoice(forms.Form):
    """For whom a workload is made."""

    project = forms.ModelChoiceField(Project.objects.none(), label=_("Project"))

    def __init__(self, *args: Any, projects: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["project"].queryset = projects  # type: ignore[attr-defined]


class AllocationForm(forms.Form):
    workload = forms.ModelChoiceField(Workload.objects.none(), label=_("Workload"))
    pool = forms.ModelChoiceField(Pool.objects.none(), label=_("Pool"))
    start_on = forms.DateField(label=_("First week"), widget=week_input(), help_text=_("A Monday."))
    end_on = forms.DateField(
        label=_("End"), widget=week_input(), help_text=_("The Monday after the last week.")
    )
    devices = forms.DecimalField(
        label=_("Devices"),
        min_value=0,
        max_digits=11,
        decimal_places=3,
        help_text=_("Only batch work takes a part of a device's week."),
    )
    state = forms.ChoiceField(
        label=_("State"),
        choices=Allocation.State.choices,
        initial=Allocation.State.LOCKED,
        help_text=_("A plan works around what runs or is locked; what is planned it may replace."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        required=False,
        help_text=_("Needed where a rule warns; it stays with the allocation."),
    )

    def __init__(self, *args: Any, workloads: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["workload"].queryset = workloads.select_related("project")
        fields["workload"].label_from_instance = lambda one: f"{one.project.name} · {one.name}"
        fields["pool"].queryset = Pool.objects.select_related("site")


class AllocationEditForm(AllocationForm):
    workload = None  # type: ignore[assignment]  # devices stay with their workload
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, *args: Any, allocation: Allocation, **kwargs: Any) -> None:
        names = ("pool", "start_on", "end_on", "devices", "state", "reason", "version")
        kwargs["initial"] = {name: getattr(allocation, name) for name in names}
        forms.Form.__init__(self, *args, **kwargs)
        self.fields["pool"].queryset = Pool.objects.select_related("site")  # type: ignore[attr-defined]
        if allocation.plan_id is not None:
            for name in ("pool", "start_on", "end_on", "devices"):
                self.fields[name].disabled = True
