"""Supply and demand: skills and levels by week, and who is free with what from when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from projects.selectors.supply import FreePerson, LevelWeeks, free_people, supply_and_demand
from roles.models import Department, Skill
from teamhub import weeks
from teamhub.accounts import permissions
from teamhub.saved.selectors import ViewsMenu
from teamhub.web.exports import csv_response
from teamhub.web.templatetags.teamhub_tags import week as week_name

DEFAULT_WEEKS, MOST_WEEKS = 13, 53


class SupplyForm(forms.Form):
    """What the address says; all of it may be left out."""

    skill = forms.ModelChoiceField(
        Skill.objects.filter(retired_on=None),
        label=_("Skill"),
        required=False,
        to_field_name="key",
        empty_label=_("All"),
    )
    level = forms.TypedChoiceField(
        label=_("Level"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[(str(level), f"≥ {level}") for level in range(1, 6)],
    )
    department = forms.ModelChoiceField(
        Department.objects.all(),
        label=_("Department"),
        required=False,
        to_field_name="key",
        empty_label=_("All"),
    )
    weeks = forms.IntegerField(
        label=pgettext_lazy("how many", "Weeks"), required=False, min_value=1, max_value=MOST_WEEKS
    )
    fte = forms.DecimalField(
        label=_("Effort (FTE)"),
        required=False,
        min_value=Decimal("0.01"),
        max_value=Decimal(1),
        max_digits=3,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"step": "0.01"}),
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        # Not a name that Python takes for a field.
        self.fields["from"] = forms.DateField(
            label=_("From week of"), required=False, widget=forms.DateInput(attrs={"type": "date"})
        )
        for field in self.fields.values():
            kind = "form-select" if isinstance(field, forms.ChoiceField) else "form-control"
            field.widget.attrs["class"] = f"{kind} {kind}-sm"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        day = data.get("from")
        if day is not None and not weeks.is_plannable(day):
            words = {"first": weeks.FIRST.year, "last": weeks.LAST.year}
            self.add_error("from", _("Choose a day in the years %(first)d to %(last)d.") % words)
        return data


@dataclass(frozen=True)
class Question:
    """What was asked, with what is usual in the place of what was left out or wrong."""

    start: date
    n_weeks: int
    skill: Skill | None
    level: int
    department: Department | None
    fte_hundredths: int

    @classmethod
    def of(cls, form: SupplyForm) -> Question:
        form.is_valid()
        given = form.cleaned_data
        return cls(
            start=weeks.monday(given.get("from") or timezone.localdate()),
            n_weeks=given.get("weeks") or DEFAULT_WEEKS,
            skill=given.get("skill"),
            level=given.get("level") or 1,
            department=given.get("department"),
            fte_hundredths=int((given.get("fte") or Decimal("0.2")) * 100),
        )

    @property
    def department_key(self) -> str:
        return "" if self.department is None else self.department.key

    def rows(self, user: Any) -> list[LevelWeeks]:
        return supply_and_demand(
            user,
            self.start,
            self.n_weeks,
            department=self.department_key,
            skill="" if self.skill is None else self.skill.key,
        )

    def free(self, user: Any) -> list[FreePerson]:
        if self.skill is None:
            return []
        return free_people(
            user,
            self.skill,
            self.level,
            self.start,
            self.n_weeks,
            fte_hundredths=self.fte_hundredths,
            department=self.department_key,
        )


@require_safe
@login_required
def supply_demand(request: HttpRequest) -> HttpResponseBase:
    """Open work against free people by skill and level; with a skill chosen, who is free."""
    form = SupplyForm(request.GET or {})
    asked = Question.of(form)
    rows = asked.rows(request.user)
    if request.GET.get("format") == "csv":
        response: HttpResponseBase = csv_response("supply.csv", COLUMNS, _lines(asked, rows))
        return response
    context = {
        "form": form,
        "asked": asked,
        "rows": [(row, list(zip(row.open, row.free, row.gap, strict=True))) for row in rows],
        "free": asked.free(request.user),
        "heads": _heads(asked),
        "sees_all": permissions.may_see_load_of_all(request.user),
        "csv_query": _with_format(request),
        "menu": ViewsMenu(request, "supply"),
    }
    answer: HttpResponse = render(
        request, "projects/supply_demand.html", context, status=200 if form.is_valid() else 422
    )
    return answer


COLUMNS = ["skill", "level", "week", "start_on", "demand", "open", "free", "shortage", "holders"]


def _lines(asked: Question, rows: list[LevelWeeks]) -> Any:
    for row in rows:
        for index in range(asked.n_weeks):
            monday = weeks.add_weeks(asked.start, index)
            hundredths = (row.demand, row.open)
            hidden = (row.free, row.gap)
            yield [
                row.skill.key,
                row.level,
                weeks.iso_label(monday),
                monday,
                *(values[index] / 100 for values in hundredths),
                *(values[index] / 100 if row.loads_known else None for values in hidden),
                row.holders,
            ]


def _heads(asked: Question) -> list[dict[str, Any]]:
    today = weeks.monday(timezone.localdate())
    mondays = weeks.each_week(asked.start, weeks.add_weeks(asked.start, asked.n_weeks))
    return [{"label": week_name(day), "monday": day, "is_now": day == today} for day in mondays]


def _with_format(request: HttpRequest) -> str:
    query = request.GET.copy()
    query["format"] = "csv"
    return query.urlencode()
