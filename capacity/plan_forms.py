"""The form that asks for a capacity plan."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from capacity.models import Objective
from capacity.models.plan import MAX_WEEKS
from capacity.selectors.plan_comparison import labels
from capacity.services.plans import DEFAULT_WEEKS, MAX_SEED
from projects.assignment_forms import week_input
from teamhub import weeks


class PlanForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        required=False,
        help_text=_("What it is for, such as “With the new pool in spring”. May stay blank."),
    )
    objective = forms.ChoiceField(
        label=_("Objective"), widget=forms.RadioSelect, initial=Objective.NET_VALUE
    )
    start_on = forms.DateField(
        label=_("First week"),
        widget=week_input(),
        help_text=_("A Monday. What has begun before it stays where it is."),
    )
    n_weeks = forms.IntegerField(
        label=_("Weeks"), min_value=1, max_value=MAX_WEEKS, initial=DEFAULT_WEEKS
    )
    seconds = forms.IntegerField(
        label=_("Time limit (seconds)"),
        min_value=1,
        help_text=_("Small estates are proven best in a second; large ones improve with time."),
    )
    seed = forms.IntegerField(label=_("Seed"), min_value=0, max_value=MAX_SEED, initial=1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["objective"].choices = [
            (
                one.value,
                format_html("<strong>{}</strong> <span>{}</span>", capfirst(str(name)), explained),
            )
            for one, name, explained in labels()
        ]
        fields["start_on"].initial = weeks.monday(timezone.localdate())
        fields["seconds"].initial = settings.CAPACITY_SECONDS
        fields["seconds"].max_value = settings.CAPACITY_MAX_SECONDS

    def arguments(self) -> dict[str, Any]:
        """What `submit_plan` takes."""
        return dict(self.cleaned_data)
