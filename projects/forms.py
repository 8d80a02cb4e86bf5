"""Forms of projects, phases and checklist items. Rules are the services'; forms read and label."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from projects.models import ChecklistItem, Project
from projects.models.project import PRIORITIES
from projects.selectors.projects import person_of, possible_leads
from projects.services import phases, templates
from roles.models import Department, Person, Role, Site
from teamhub import weeks
from teamhub.accounts import permissions
from teamhub.accounts.models import User
from teamhub.errors import TeamHubError
from teamhub.names import in_active_language

A_MONDAY = "2020-01-06"  # with step=7 the browser's calendar offers Mondays only


class MondayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d", attrs={"min": A_MONDAY, "step": "7"})


def refuse(form: forms.BaseForm, error: TeamHubError) -> int:
    """Show a service's refusal on the form, at its field where it names one; return the status."""
    field = error.details.get("field")
    form.add_error(field if field in form.fields else None, str(error))
    return 422 if error.http_status == 400 else error.http_status


class _ProjectFields(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    department = forms.ModelChoiceField(Department.objects.none(), label=_("Department"))
    site = forms.ModelChoiceField(Site.objects.none(), label=_("Site"))
    lead = forms.ModelChoiceField(User.objects.none(), label=_("Lead"))
    deputies = forms.ModelMultipleChoiceField(
        User.objects.none(),
        label=_("Deputies"),
        required=False,
        help_text=_("They may do what the lead may do."),
    )
    priority = forms.TypedChoiceField(
        label=_("Priority"),
        coerce=int,
        choices=[(value, str(value)) for value in PRIORITIES],
        help_text=_("5 is the highest."),
    )
    budget = forms.DecimalField(
        label=_("People budget"), min_value=0, max_digits=14, decimal_places=2, required=False
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["department"].queryset = Department.objects.all()
        fields["site"].queryset = Site.objects.all()
        fields["lead"].queryset = possible_leads()
        fields["deputies"].queryset = User.objects.filter(is_active=True).order_by(
            "first_name", "last_name", "username"
        )
        fields["deputies"].widget.attrs["size"] = 5
        if permissions.may_see_money(by):
            fields["budget"].help_text = _("In %s, for all people of the project.") % (
                settings.COMPANY_CURRENCY
            )
        else:
            del self.fields["budget"]

    def arguments(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class ProjectCreateForm(_ProjectFields):
    template = forms.ChoiceField(
        label=_("Template"),
        required=False,
        help_text=_("Brings requirements, seats with their skills, and checklists."),
    )
    start_on = forms.DateField(
        label=_("Start"),
        widget=MondayInput(),
        help_text=_("A Monday; all planned weeks follow from it."),
    )
    field_order = ["name", "template", "start_on", "department", "site", "lead"]

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, by=by, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["template"].choices = [
            ("", gettext("None: seven empty phases")),
            *(
                (one.key, in_active_language(one.name_en, one.name_zh))
                for one in templates.domains()
                if one.ready
            ),
        ]
        fields["priority"].initial = 2
        fields["lead"].initial = by.pk
        fields["start_on"].initial = weeks.add_weeks(weeks.monday(timezone.localdate()), 1)
        person = person_of(by)
        if person is not None:
            fields["department"].initial = person.department_id
            fields["site"].initial = person.site_id


class ProjectEditForm(_ProjectFields):
    purpose = forms.CharField(
        label=_("Purpose"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    status = forms.ChoiceField(label=_("Status"), choices=Project.Status.choices)
    version = forms.IntegerField(widget=forms.HiddenInput())
    field_order = ["name", "purpose", "status", "priority", "department", "site", "lead"]


class PhaseMoveForm(forms.Form):
    start_on = forms.DateField(label=_("First week (Monday)"), widget=MondayInput())
    end_on = forms.DateField(label=_("End (Monday after the last week)"), widget=MondayInput())
    assignments = forms.ChoiceField(
        label=_("Assignments of this phase"),
        widget=forms.RadioSelect(),
        choices=[
            (phases.REFUSE, _("stay as they are; refuse the move if one would lie outside")),
            (phases.MOVE, _("move along with the phase")),
            (phases.CUT, _("are cut to the new weeks; what lies outside ends")),
        ],
        initial=phases.REFUSE,
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        required=False,
        help_text=_("Needed where assignments change that are locked or that a lead approved."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput())


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=300)


class ItemForm(forms.Form):
    text = forms.CharField(label=_("What is to be done"), max_length=300)
    mandatory = forms.BooleanField(
        label=_("Mandatory: the phase cannot be closed without it"), required=False
    )
    evidence = forms.ChoiceField(
        label=_("Evidence"),
        choices=[
            (ChecklistItem.Evidence.NONE.value, _("none needed")),
            (ChecklistItem.Evidence.NOTE.value, _("a note")),
            (ChecklistItem.Evidence.LINK.value, _("a link")),
        ],
    )
    role = forms.ModelChoiceField(Role.objects.none(), label=_("Role"), required=False)
    assignee = forms.ModelChoiceField(Person.objects.none(), label=_("Person"), required=False)

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["role"].queryset = Role.objects.filter(retired_on__isnull=True)
        fields["assignee"].queryset = Person.objects.filter(
            assignments__slot__phase__project=project
        ).distinct()
