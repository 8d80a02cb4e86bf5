"""Forms of data sets, trainings and versions. Rules are the services'; forms read and label."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from models_ml import catalog
from models_ml.models import Alias, Dataset
from models_ml.services.training import MOST_SEED, SEED
from projects.models import Phase, Project
from projects.registry import workloads_of
from teamhub.accounts.models import User


class DatasetForm(forms.Form):
    file = forms.FileField(
        label=_("CSV file"),
        allow_empty_file=True,  # refused in words as every other wrong file
        widget=forms.FileInput(attrs={"accept": ".csv,.gz,text/csv"}),
        error_messages={"required": _("Choose a file.")},
    )
    name = forms.CharField(
        label=_("Name"), max_length=120, required=False, help_text=_("Empty: the file's name.")
    )
    label = forms.CharField(
        label=_("Label column"),
        max_length=120,
        initial="label",
        help_text=_("The column that holds 0 or 1 and is to be predicted."),
    )


class IntegersField(forms.CharField):
    """Whole numbers separated by commas."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value) or ""
        parts = [part.strip() for part in text.split(",") if part.strip()]
        if not all(part.isascii() and part.isdigit() and len(part) < 10 for part in parts):
            raise forms.ValidationError(gettext("Write whole numbers separated by commas."))
        return [int(part) for part in parts]


class TrainingForm(forms.Form):
    dataset = forms.ModelChoiceField(Dataset.objects.none(), label=_("Data set"))
    recipe = forms.ChoiceField(
        label=_("Recipe"), widget=forms.RadioSelect(attrs={"class": "form-check-input"})
    )
    seed = forms.IntegerField(
        label=_("Seed"),
        min_value=0,
        max_value=MOST_SEED,
        initial=SEED,
        help_text=_("The same seed on the same data gives the same model, bit by bit."),
    )
    project = forms.ModelChoiceField(
        Project.objects.none(),
        label=_("Project"),
        required=False,
        empty_label=_("None: an experiment of your own"),
    )
    phase = forms.ModelChoiceField(
        Phase.objects.none(), label=_("Phase"), required=False, empty_label=_("None")
    )
    workload = forms.ChoiceField(
        label=_("Workload"),
        required=False,
        help_text=_("The device time that is measured becomes this workload's."),
    )

    def __init__(self, *args: Any, by: User, project: Project | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["dataset"].queryset = Dataset.objects.visible_to(by)
        self.cards = catalog.cards()
        fields["recipe"].choices = [(one.key, one.title) for one in self.cards]
        fields["recipe"].initial = catalog.DEFAULT
        fields["project"].queryset = Project.objects.detail_visible_to(by)
        if not fields["project"].queryset.exists():
            fields["project"].help_text = gettext(
                "You work in no project yet: a project's lead can assign you to one."
            )
        workloads = workloads_of(by, project) if project is not None else []
        if project is not None:
            fields["phase"].queryset = project.phases.all()
            fields["phase"].label_from_instance = lambda phase: f"{phase.number} {phase.name}"
        fields["workload"].choices = [
            ("", gettext("None")),
            *((one.key, str(one.name)) for one in workloads),
        ]
        for one in self.cards:
            for setting in one.settings:
                fields[_key(one.key, setting.name)] = _setting_field(setting)

    @property
    def main_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("dataset", "seed")]

    @property
    def recipes(self) -> list[tuple[catalog.RecipeCard, Any, list[forms.BoundField], bool]]:
        """Each recipe with its radio button, the fields of its settings, and if one is wrong."""
        found = []
        for card, button in zip(self.cards, self["recipe"], strict=True):
            settings = [self[_key(card.key, setting.name)] for setting in card.settings]
            found.append((card, button, settings, any(one.errors for one in settings)))
        return found

    def arguments(self) -> dict[str, Any]:
        """What `start_training` takes."""
        data = self.cleaned_data
        card = next(one for one in self.cards if one.key == data["recipe"])
        given = {one.name: data.get(_key(card.key, one.name)) for one in card.settings}
        default = {
            one.name: list(one.default) if isinstance(one.default, tuple) else one.default
            for one in card.settings
        }
        return {
            "dataset": data["dataset"],
            "recipe": card.key,
            "seed": data["seed"],
            "project": data["project"],
            "phase": data["phase"],
            "workload": data["workload"],
            "config": {
                name: value
                for name, value in given.items()
                if value not in (None, "", []) and value != default[name]
            },
        }


def _key(recipe: str, setting: str) -> str:
    return f"{recipe}--{setting}"


def _setting_field(setting: catalog.Setting) -> forms.Field:
    about: dict[str, Any] = {
        "label": setting.label,
        "required": False,
        "help_text": gettext("%(low)g to %(high)g; %(source)s")
        % {"low": setting.low, "high": setting.high, "source": setting.source},
    }
    if setting.kind == "integers":
        return IntegersField(initial=", ".join(str(one) for one in setting.default), **about)
    about |= {"initial": setting.default, "min_value": setting.low, "max_value": setting.high}
    if setting.kind == "integer":
        return forms.IntegerField(**about)
    return forms.FloatField(widget=forms.NumberInput(attrs={"step": "any"}), **about)


class PromoteForm(forms.Form):
    alias = forms.ChoiceField(label=_("Serves as"), choices=Alias.Name.choices)
    reason = forms.CharField(label=_("Reason"), max_length=300)
    everywhere = forms.BooleanField(
        label=_("Everywhere, in place of the project's own"), required=False
    )

    def __init__(self, *args: Any, may_everywhere: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_everywhere:
            del self.fields["everywhere"]


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=300)
