"""The form that asks for a proposal."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from projects.bridge import PRODUCT_WEIGHTS
from projects.models import Project

WEIGHT_LABELS = {
    "priority": _("Priority of the work"),
    "same_site": _("Same site"),
    "cost": _("Low cost"),
    "continuity": _("Keep people in their seat"),
    "overload": _("Avoid overload"),
}


class ProposeForm(forms.Form):
    projects = forms.ModelMultipleChoiceField(
        Project.objects.none(),
        label=_("Projects"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one project.")},
    )
    seconds = forms.IntegerField(label=_("Time limit (seconds)"), min_value=1)
    change_budget = forms.IntegerField(
        label=_("May move"),
        min_value=0,
        max_value=10_000,
        initial=0,
        help_text=_("How many confirmed, unlocked assignments may go to somebody else; 0: none."),
    )
    seed = forms.IntegerField(label=_("Seed"), min_value=0, max_value=2**31 - 1, initial=1)

    def __init__(self, *args: Any, projects: QuerySet[Project], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["projects"].queryset = projects  # type: ignore[attr-defined]
        seconds = self.fields["seconds"]
        seconds.initial = settings.STAFFING_SECONDS
        seconds.max_value = settings.STAFFING_MAX_SECONDS  # type: ignore[attr-defined]
        for name, value in PRODUCT_WEIGHTS.items():
            self.fields[f"weight_{name}"] = forms.IntegerField(
                label=WEIGHT_LABELS[name],
                min_value=0,
                max_value=10_000,
                initial=value,
                required=False,
                help_text=_("0 ignores it."),
            )

    def arguments(self) -> dict[str, Any]:
        """What `propose_team` takes."""
        data = self.cleaned_data
        weights = {
            name: data[f"weight_{name}"]
            for name in PRODUCT_WEIGHTS
            if data.get(f"weight_{name}") is not None
        }
        return {
            "projects": list(data["projects"]),
            "seconds": data["seconds"],
            "seed": data["seed"],
            "change_budget": data["change_budget"],
            "weights": weights,
        }

    @property
    def main_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("projects", "seconds", "change_budget", "seed")]

    @property
    def weight_fields(self) -> list[forms.BoundField]:
        return [self[f"weight_{name}"] for name in PRODUCT_WEIGHTS]
