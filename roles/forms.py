"""Forms of people, skills, absences, departments and sites."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from roles import selectors
from roles.models import Absence, Department, Person, PersonSkill, Role, Site, Skill
from roles.services.absences import may_see_reason
from teamhub.accounts import permissions
from teamhub.accounts.models import User
from teamhub.errors import TeamHubError


class Day(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class RowForm(forms.ModelForm):
    """A row with the version that the user reads; a service writes it, never `save`."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            del self.fields["version"]
        else:
            self.fields["version"].required = True

    @property
    def values(self) -> dict[str, Any]:
        return self.cleaned_data

    def refuse(self, error: TeamHubError) -> None:
        """Show what a service refused, at its field where the form has it."""
        fields = error.details.get("fields")
        if not isinstance(fields, dict):
            self.add_error(None, str(error))
            return
        for name, messages in fields.items():
            self.add_error(name if name in self.fields else None, messages)


class PersonForm(RowForm):
    class Meta:
        model = Person
        fields = [
            "key",
            "name",
            "sort_name",
            "email",
            "department",
            "site",
            "time_zone",
            "roles",
            "weekly_hours",
            "employed_from",
            "employed_to",
            "max_concurrent_projects",
            "rate_per_fte_week",
        ]
        widgets = {
            "employed_from": Day,
            "employed_to": Day,
            "roles": forms.CheckboxSelectMultiple,
        }
        labels = {"name": pgettext_lazy("person", "Name"), "sort_name": _("Sort as")}
        help_texts = {
            "key": _("Stands in import files and addresses; it does not change later."),
            "sort_name": _("Where the name stands in lists, such as pinyin. Blank: the name."),
            "time_zone": _("Such as Europe/Berlin or Asia/Shanghai. Blank: that of the site."),
            "weekly_hours": _("Contract hours a week."),
            "employed_to": _("Last day. Blank while it is open."),
            "rate_per_fte_week": _("Cost of one full-time week."),
        }

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].required = False
        self.fields["roles"].queryset = Role.objects.filter(retired_on=None)  # type: ignore[attr-defined]
        if self.instance.pk is not None:
            del self.fields["key"]
        if not permissions.may_see_money(user):
            del self.fields["rate_per_fte_week"]
        if not permissions.is_manager(user):
            led = Department.objects.led_by(user)
            self.fields["department"].queryset = led  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("time_zone") and cleaned.get("site"):
            cleaned["time_zone"] = cleaned["site"].time_zone
        return cleaned


class SkillLevelForm(RowForm):
    level = forms.TypedChoiceField(label=_("Level"), coerce=int)

    class Meta:
        model = PersonSkill
        fields = ["skill", "level", "valid_from", "valid_to", "evidence"]
        labels = {"skill": _("Skill")}
        widgets = {"valid_from": Day, "valid_to": Day}
        help_texts = {
            "valid_to": _("Last day. Blank if it never expires."),
            "evidence": _("A certificate, a project, who says so."),
        }

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level"].choices = [  # type: ignore[attr-defined]
            (one.level, f"{one.level} · {one.name}: {one.description}")
            for one in selectors.skill_levels()
        ]
        if self.instance.pk is not None:
            del self.fields["skill"]
            return
        held = person.skills.values("skill")
        self.fields["skill"].queryset = (  # type: ignore[attr-defined]
            Skill.objects.filter(retired_on=None).exclude(pk__in=held)
        )


class AbsenceForm(RowForm):
    class Meta:
        model = Absence
        fields = ["first_on", "last_on", "reason"]
        widgets = {"first_on": Day, "last_on": Day}
        help_texts = {
            "last_on": _("Included."),
            "reason": _("Only the person and administrators read it."),
        }

    def __init__(self, *args: Any, person: Person, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_see_reason(user, person):
            del self.fields["reason"]


class DepartmentForm(forms.ModelForm):
    class Meta:
        model = Department
        fields = ["key", "name_en", "name_zh", "parent", "leads"]
        labels = {"parent": _("Part of"), "leads": _("Leads")}
        error_messages = {"key": {"unique": _("This key is taken. Choose another one.")}}
        help_texts = {
            "leads": _("They may edit its people. Hold Ctrl to choose several."),
        }

    refuse = RowForm.refuse

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["leads"].queryset = User.objects.filter(is_active=True)  # type: ignore[attr-defined]
        if self.instance.pk is not None:
            del self.fields["key"]


class SiteForm(forms.ModelForm):
    class Meta:
        model = Site
        fields = ["key", "name_en", "name_zh", "country", "time_zone", "calendar"]
        labels = {"calendar": _("Public holidays")}
        error_messages = {"key": {"unique": _("This key is taken. Choose another one.")}}
        help_texts = {
            "country": _("Two letters, such as DE or CN."),
            "time_zone": _("Such as Europe/Berlin or Asia/Shanghai."),
            "calendar": _("Without a calendar every Monday to Friday is a working day."),
        }

    refuse = RowForm.refuse

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            del self.fields["key"]


class SkillForm(forms.ModelForm):
    class Meta:
        model = Skill
        fields = ["key", "name_en", "name_zh", "discipline"]
        labels = {"discipline": _("Discipline")}
        error_messages = {"key": {"unique": _("This key is taken. Choose another one.")}}

    refuse = RowForm.refuse
