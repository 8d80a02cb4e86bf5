"""Forms of an assignment. The rules are the service's; these only read what was typed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.models import Assignment, Slot
from roles.models import Person


def week_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date", "step": "7"}, format="%Y-%m-%d")


class _Effort(forms.Form):
    """The fields that making and changing share; hundredths come out as `fte_hundredths`."""

    start_on = forms.DateField(label=_("First week"), widget=week_input(), help_text=_("A Monday."))
    end_on = forms.DateField(
        label=_("End"), widget=week_input(), help_text=_("The Monday after the last week.")
    )
    fte_share = forms.DecimalField(
        label=_("Effort (FTE)"),
        max_digits=3,
        decimal_places=2,
        min_value=Decimal("0.01"),
        max_value=Decimal(1),
        widget=forms.NumberInput(attrs={"step": "0.01"}),
    )
    status = forms.ChoiceField(label=_("Status"), choices=Assignment.Status.choices)
    locked = forms.BooleanField(
        label=_("Locked"),
        required=False,
        help_text=_("A proposal never moves a locked assignment."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        required=False,
        help_text=_("Needed where a rule warns; it stays with the assignment."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        share = data.pop("fte_share", None)
        if share is not None:
            data["fte_hundredths"] = int(share * 100)
        return data


class AssignForm(_Effort):
    person = forms.ModelChoiceField(Person.objects.none(), label=_("Person"))
    field_order = ["person", "start_on", "end_on", "fte_share", "status", "locked", "reason"]

    def __init__(self, *args: Any, slot: Slot, **kwargs: Any) -> None:
        initial = {
            "start_on": slot.start_on,
            "end_on": slot.end_on,
            "fte_share": Decimal(slot.fte_hundredths) / 100,
            "status": Assignment.Status.CONFIRMED,
            "locked": True,
        }
        kwargs["initial"] = initial | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        people = Person.objects.employed_between(slot.start_on, slot.end_on)
        self.fields["person"].queryset = people.select_related("site")  # type: ignore[attr-defined]


class ChangeForm(_Effort):
    person = forms.ModelChoiceField(Person.objects.none(), label=_("Person"))
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    field_order = ["person", "start_on", "end_on", "fte_share", "status", "locked", "reason"]

    def __init__(self, *args: Any, assignment: Assignment, **kwargs: Any) -> None:
        initial = {
            "person": assignment.person_id,
            "start_on": assignment.start_on,
            "end_on": assignment.end_on,
            "fte_share": Decimal(assignment.fte_hundredths) / 100,
            "status": assignment.status,
            "locked": assignment.locked,
            "version": assignment.version,
        }
        kwargs["initial"] = initial
        super().__init__(*args, **kwargs)
        people = Person.objects.employed_between(assignment.start_on, assignment.end_on)
        kept = Person.objects.filter(pk=assignment.person_id)
        field = self.fields["person"]
        field.queryset = (people | kept).select_related("site")  # type: ignore[attr-defined]

    def given(self) -> dict[str, Any]:
        """What the service takes; a lock that was left as it was is not said."""
        untouched = () if "locked" in self.changed_data else ("locked",)
        return {name: v for name, v in self.cleaned_data.items() if name not in untouched}


class RemoveForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)

    def __init__(self, *args: Any, needs_reason: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = needs_reason
