"""The forms that ask a question about a plan. Rules are the service's; forms read and label."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import RegexValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from projects.models import Project, Slot, StaffingRun, StaffingStudy
from projects.selectors.staffing_scope import staffable
from projects.services import studies
from roles.models import Department, Person, Site
from teamhub import weeks
from teamhub.accounts.models import User
from teamhub.errors import InvalidInput

Question = StaffingStudy.Question
DAY = {"type": "date"}
# Slots of a question in one field: more fields than Django takes could be needed.
NUMBERS = r"\A[0-9]{1,15}(,[0-9]{1,15})*\Z"
MOST_NUMBERS = 16_000


class StudyForm(forms.Form):
    """The fields that a question needs; `run` or `slot` say already what it is about."""

    def __init__(
        self,
        *args: Any,
        question: str,
        by: User,
        run: StaffingRun | None = None,
        slot: Slot | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.question, self.by, self.run, self.slot = question, by, run, slot
        fields: dict[str, Any] = self.fields
        if question == Question.WHY_NOT:
            fields["person"] = person_field(slot)
        elif run is None:
            fields |= self._scope()
        if question == Question.SHOCK:
            fields |= _absent()
        if question == Question.CORE:
            fields["slots"] = forms.CharField(
                widget=forms.HiddenInput,
                validators=[RegexValidator(NUMBERS, _("Slots are numbers between commas."))],
                max_length=MOST_NUMBERS,
                required=False,
            )
        fields["seconds"] = forms.IntegerField(
            label=_("Time limit (seconds)"),
            min_value=1,
            max_value=settings.STAFFING_MAX_SECONDS,
            initial=settings.STAFFING_SECONDS,
            required=False,
        )

    def _scope(self) -> dict[str, forms.Field]:
        mine = staffable(self.by)
        departments = Department.objects.filter(projects__in=mine).distinct()
        return {
            "projects": forms.ModelMultipleChoiceField(
                mine,
                label=_("Projects"),
                widget=forms.CheckboxSelectMultiple,
                required=False,
            ),
            "scope_department": forms.ModelChoiceField(
                departments,
                label=_("or all of a department"),
                to_field_name="key",
                empty_label=_("none"),
                required=False,
                help_text=_("Your running projects of the department and those below it."),
            ),
            "portfolio": forms.BooleanField(label=_("or all my running projects"), required=False),
        }

    def arguments(self) -> dict[str, Any]:
        """What `services.studies.ask` takes."""
        data = self.cleaned_data
        out: dict[str, Any] = {"question": self.question, "about": self.run or self._projects()}
        if data.get("seconds") is not None:
            out["seconds"] = data["seconds"]
        if self.question == Question.WHY_NOT:
            out |= {"slot": self.slot, "person": data["person"]}
        if self.question == Question.CORE and data["slots"]:
            out["slots"] = self._slots(data["slots"])
        if self.question == Question.SHOCK:
            out["absences"] = studies.Absences(
                first_on=data["from"],
                last_on=data["to"],
                people=list(data["people"]),
                site=data["site"].key if data["site"] else "",
                department=data["department"].key if data["department"] else "",
            )
        return out

    def _slots(self, numbers: str) -> list[Slot]:
        """Those that are still there; what has gone is no longer asked about."""
        wanted = {int(number) for number in numbers.split(",")}
        found = list(Slot.objects.visible_to(self.by).filter(pk__in=wanted))
        if not found:
            raise InvalidInput(_("None of these slots is there any more."), field="slots")
        return found

    def _projects(self) -> list[Project]:
        if self.slot is not None:
            return [self.slot.phase.project]
        data = self.cleaned_data
        department = data["scope_department"]
        return studies.scope_of(
            self.by,
            projects=list(data["projects"]),
            department=department.key if department else "",
            portfolio=data["portfolio"],
        )


def person_field(slot: Slot | None) -> forms.ModelChoiceField:
    """Everybody who is employed in the weeks of the slot."""
    people = Person.objects.order_by("sort_name", "name", "pk")
    if slot is not None:
        people = people.employed_between(slot.start_on, slot.end_on)
    return forms.ModelChoiceField(
        people,
        label=_("Why not"),
        empty_label=_("choose a person"),
        error_messages={"required": _("Choose the person whom you ask about.")},
    )


def _absent() -> dict[str, forms.Field]:
    today = weeks.monday(timezone.localdate())
    return {
        "people": forms.ModelMultipleChoiceField(
            Person.objects.order_by("sort_name", "name", "pk"),
            label=_("People who are absent"),
            widget=forms.CheckboxSelectMultiple(attrs={"class": "th-tick-list"}),
            required=False,
        ),
        "site": forms.ModelChoiceField(
            Site.objects.all(),
            label=_("and everybody of a site"),
            empty_label=_("none"),
            required=False,
        ),
        "department": forms.ModelChoiceField(
            Department.objects.all(),
            label=_("and everybody of a department"),
            empty_label=_("none"),
            required=False,
            help_text=_("With those below it."),
        ),
        "from": forms.DateField(
            label=_("From"),
            initial=today.isoformat(),
            widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"),
            help_text=_("Whole weeks are taken."),
        ),
        "to": forms.DateField(label=_("To"), widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d")),
    }
