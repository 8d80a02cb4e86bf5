"""The form of the staffing workspace: what to staff, by which weights and under which wishes.

The rules are the service's; this only reads what was typed, and keeps it when it is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from projects.bridge import PRODUCT_WEIGHTS
from projects.models import Project, WeightProfile
from projects.staffing_names import Names
from projects.staffing_wishes import LINES, WishReader, not_plannable, wish_lines
from projects.staffing_words import WEIGHT_LABELS
from roles.models import Department
from teamhub import weeks
from teamhub.accounts.models import User

SLIDER_END = 200
MOST_WEIGHT = 10_000
SECONDS = (10, 30, 60)


class RangeInput(forms.NumberInput):
    input_type = "range"


def day_input() -> forms.DateInput:
    """Any day of a week stands for the week."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class WorkspaceForm(forms.Form):
    PROJECTS, DEPARTMENT, PORTFOLIO = "projects", "department", "portfolio"

    scope = forms.ChoiceField(
        label=_("What to staff"),
        required=False,
        widget=forms.RadioSelect,
        choices=[
            (PORTFOLIO, _("All my projects")),
            (DEPARTMENT, _("A department")),
            (PROJECTS, _("Chosen projects")),
        ],
    )
    projects = forms.ModelMultipleChoiceField(
        Project.objects.none(),
        label=_("Projects"),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )
    department = forms.ChoiceField(label=_("Department"), required=False)
    from_on = forms.DateField(label=_("From week of"), required=False, widget=day_input())
    to_on = forms.DateField(label=_("To week of"), required=False, widget=day_input())
    profile = forms.ModelChoiceField(
        WeightProfile.objects.none(),
        label=_("Profile"),
        required=False,
        empty_label=_("Own weights"),
    )
    people_budget = forms.IntegerField(
        label=_("Move at most (people)"),
        required=False,
        min_value=0,
        max_value=10_000,
        help_text=_("How many people may lose work that they hold. Both empty: nobody moves."),
    )
    change_budget = forms.IntegerField(
        label=_("In at most (slots)"),
        required=False,
        min_value=0,
        max_value=10_000,
        help_text=_(
            "How many confirmed, unlocked assignments may go to somebody else. Both empty: none."
        ),
    )
    # The tick beside the button: as many people as are over today.
    mend = forms.IntegerField(required=False, min_value=1, max_value=10_000)
    limit = forms.ChoiceField(
        label=_("Time limit"),
        required=False,
        widget=forms.RadioSelect,
    )
    seed = forms.IntegerField(
        label=_("Seed"), required=False, min_value=0, max_value=2**31 - 1, initial=1
    )
    profile_name = forms.CharField(label=_("Name of the profile"), required=False, max_length=60)
    profile_shared = forms.BooleanField(label=_("Everybody may choose it"), required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        user: User,
        projects: QuerySet[Project],
        initial: Mapping[str, Any] | None = None,
        lines: Mapping[str, Sequence[Sequence[str]]] | None = None,
    ) -> None:
        super().__init__(data, initial={**_defaults(), **(initial or {})})
        self.editable = projects
        self.names = Names(user, projects)
        self.fields["projects"].queryset = projects  # type: ignore[attr-defined]
        self.fields["profile"].queryset = WeightProfile.objects.visible_to(user)  # type: ignore[attr-defined]
        self.fields["department"].choices = self._departments()  # type: ignore[attr-defined]
        most = settings.STAFFING_MAX_SECONDS
        self.fields["seconds"] = forms.IntegerField(
            label=_("Time limit (seconds)"), required=False, min_value=1, max_value=most
        )
        self.fields["limit"].choices = _limits(most)  # type: ignore[attr-defined]
        self._add_weights()
        self.lines = wish_lines(self.data if self.is_bound else None, lines or {})

    def _add_weights(self) -> None:
        for name, value in PRODUCT_WEIGHTS.items():
            key = f"weight_{name}"
            self.fields[key] = forms.IntegerField(
                label=WEIGHT_LABELS[name],
                min_value=0,
                max_value=MOST_WEIGHT,
                initial=self.initial.get(key, value),
                required=False,
                widget=RangeInput,
            )
            now = self[key].value()
            now = int(now) if str(now).isdecimal() else value
            end = max(SLIDER_END, min(now, MOST_WEIGHT))  # what an API has set stays on the scale
            self.fields[key].widget.attrs |= {"max": end, "data-weight": name}

    def _departments(self) -> list[tuple[str, Any]]:
        """Those that have projects to staff, themselves or below them."""
        having = set(self.editable.order_by().values_list("department", flat=True))
        rows = list(Department.objects.all())
        above = {row.pk: row.parent_id for row in rows}
        for at in list(having):
            parent = above.get(at)
            while parent is not None and parent not in having:
                having.add(parent)
                parent = above.get(parent)
        return [("", "–"), *((row.key, row.name) for row in rows if row.pk in having)]

    # --- reading ----------------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["scoped"] = self._scoped(data)
        for name in ("from_on", "to_on"):
            if data.get(name):
                data[name] = self._monday(name, data[name])
        first, last = data.get("from_on"), data.get("to_on")
        if first and last and last < first:
            self.add_error("to_on", _("The last week lies before the first."))
        WishReader(self.names, data["scoped"]).read_all(self.lines)
        if any(lines.has_errors for lines in self.lines.values()):
            self.add_error(None, _("Some wishes are not right; see the lines below."))
        return data

    def _scoped(self, data: dict[str, Any]) -> list[Project]:
        scope = data.get("scope") or self.PROJECTS
        if scope == self.PORTFOLIO:
            return list(self.editable)
        if scope == self.DEPARTMENT:
            key = data.get("department")
            if not key:
                if "department" not in self.errors:
                    self.add_error("department", _("Choose a department."))
                return []
            tops = set(Department.objects.filter(key=key).values_list("pk", flat=True))
            below = Department.objects.at_or_below(tops)
            return list(self.editable.filter(department__in=below))
        if not data.get("projects") and "projects" not in self.errors:
            self.add_error("projects", _("Choose at least one project."))
        return list(data.get("projects") or ())

    def _monday(self, name: str, day: date) -> date | None:
        if weeks.is_plannable(day):
            return weeks.monday(day)
        self.add_error(name, not_plannable())
        return None

    # --- for the service --------------------------------------------------------------------------

    @property
    def weights(self) -> dict[str, int]:
        data = self.cleaned_data
        return {
            name: data[f"weight_{name}"]
            for name in PRODUCT_WEIGHTS
            if data.get(f"weight_{name}") is not None
        }

    def arguments(self) -> dict[str, Any]:
        """What `propose_team` takes; wishes only where there are some."""
        data = self.cleaned_data
        people, slots = data.get("people_budget"), data.get("change_budget")
        if data.get("mend"):
            people = max(people or 0, data["mend"])
        out: dict[str, Any] = {
            "projects": data["scoped"],
            "seconds": self._seconds(),
            "seed": 1 if data.get("seed") is None else data["seed"],
            "change_budget": slots or 0,
            "weights": self.weights,
        }
        frozen = sorted({day for span in self.lines["frozen"].values for day in span})
        profile = data.get("profile")
        wishes = {
            "frozen_weeks": [day.isoformat() for day in frozen],
            "from_on": data["from_on"].isoformat() if data.get("from_on") else None,
            "to_on": weeks.add_weeks(data["to_on"], 1).isoformat() if data.get("to_on") else None,
            **{name: self.lines[name].values for name in LINES if name != "frozen"},
            "profile": profile.name if profile and self._is_of(profile) else None,
        }
        if people is not None:
            out["people_budget"] = people
        return out | {name: value for name, value in wishes.items() if value}

    def _seconds(self) -> int:
        typed, limit = self.cleaned_data.get("seconds"), self.cleaned_data.get("limit")
        if typed:
            return int(typed)
        if limit and limit != "own":
            return min(int(limit), settings.STAFFING_MAX_SECONDS)
        return settings.STAFFING_SECONDS

    def _is_of(self, profile: WeightProfile) -> bool:
        """A profile whose sliders were moved since is not the one that was used."""
        return PRODUCT_WEIGHTS | self.weights == PRODUCT_WEIGHTS | profile.weights

    # --- for the page -----------------------------------------------------------------------------

    def scope_of_page(self) -> tuple[list[Project], date | None, date | None]:
        """Projects and weeks that the form stands on, also before it is sent."""
        if self.is_bound:
            data = self.cleaned_data if hasattr(self, "cleaned_data") else {}
            last = data.get("to_on")
            end = weeks.add_weeks(last, 1) if last else None
            return list(data.get("scoped") or ()), data.get("from_on"), end
        last = self.initial.get("to_on")
        span = self.initial.get("from_on"), weeks.add_weeks(last, 1) if last else None
        if self["scope"].value() != self.PROJECTS:
            return list(self.editable), *span
        chosen = {str(pk) for pk in self["projects"].value() or ()}
        return [project for project in self.editable if str(project.pk) in chosen], *span

    def forgive(self) -> None:
        """Read the form and keep what was typed, without telling yet what is wrong with it."""
        self.full_clean()
        self.errors.clear()
        for lines in self.lines.values():
            for line in lines.lines:
                line.error = ""

    @property
    def weight_fields(self) -> list[forms.BoundField]:
        return [self[f"weight_{name}"] for name in PRODUCT_WEIGHTS]

    @property
    def has_wishes(self) -> bool:
        return any(lines.lines for lines in self.lines.values()) or bool(
            self["people_budget"].value() or self["change_budget"].value()
        )


def _defaults() -> dict[str, Any]:
    return {"scope": WorkspaceForm.PORTFOLIO, "limit": str(settings.STAFFING_SECONDS)}


def _limits(most: int) -> list[tuple[str, Any]]:
    """Time limits to choose from; the product's own is always among them."""
    offered = sorted({settings.STAFFING_SECONDS, *SECONDS})
    return [*((str(n), f"{n} s") for n in offered if n <= most), ("own", _("Own limit"))]
