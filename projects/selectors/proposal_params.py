"""The parameters of proposals in words, for their pages and for comparing them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects.models import Project, Slot, StaffingRun
from projects.selectors.supposed import Supposed
from projects.staffing_words import WEIGHT_LABELS
from roles.models import Person
from teamhub import weeks
from teamhub.accounts.models import User
from teamhub.web.templatetags.teamhub_tags import year_week


@dataclass(frozen=True)
class Told:
    """One parameter: what it is called, what it was set to."""

    key: str
    label: Any
    value: str


class ParamWords:
    """Names for the parameters of some proposals (a fixed number of queries).

    Slots and projects are named where the reader sees their plan; people are seen by all.
    """

    def __init__(self, runs: Iterable[StaffingRun], user: User) -> None:
        runs = list(runs)
        self.supposed = Supposed(runs, user)
        wanted = [one for run in runs for one in _named(run.params)]
        people = {pk for kind, pk in wanted if kind == "person"}
        slots = {pk for kind, pk in wanted if kind == "slot"}
        projects = {pk for kind, pk in wanted if kind == "project"}
        self.people = _names(Person.objects.visible_to(user), people)
        self.projects = _names(Project.objects.detail_visible_to(user), projects)
        self.slots: dict[int, str] = {}
        if slots:
            seen = Slot.objects.visible_to(user).filter(pk__in=slots)
            for slot in seen.select_related("seat__role", "phase__project"):
                self.slots[slot.pk] = f"{slot.seat}, {slot.phase.project.name}"

    def of(self, run: StaffingRun) -> list[Told]:
        """Everything that was set, and what always counts even when left alone."""
        params = run.params
        told = [
            Told("projects", _("Projects"), run.subject),
            *self._weights(params),
            *self._bounds(params),
            *self._wishes(run),
            Told("seconds", _("Time limit"), f"{params.get('seconds', '–')} s"),
            Told("seed", _("Seed"), str(run.seed)),
        ]
        return [one for one in told if one.value]

    def _weights(self, params: Mapping[str, Any]) -> list[Told]:
        told = [Told("profile", _("Profile"), str(params.get("profile") or ""))]
        for name, points in params.get("weights", {}).items():
            value = str(points) if points else _("0 (ignored)")
            told.append(Told(f"weight_{name}", WEIGHT_LABELS.get(name, name), value))
        return told

    def _bounds(self, params: Mapping[str, Any]) -> list[Told]:
        slots, people = params.get("change_budget", 0), params.get("people_budget")
        parts = []
        if people:
            parts.append(ngettext("%(n)d person", "%(n)d people", people) % {"n": people})
        if slots:
            parts.append(ngettext("%(n)d slot", "%(n)d slots", slots) % {"n": slots})
        moves = ", ".join(parts) or _("nobody")
        first, end = params.get("from_on"), params.get("to_on")
        begin = year_week(date.fromisoformat(first)) if first else ""
        last = year_week(weeks.add_weeks(date.fromisoformat(end), -1)) if end else ""
        span = f"{begin or '…'} – {last or '…'}" if begin or last else ""
        frozen = [year_week(date.fromisoformat(day)) for day in params.get("frozen_weeks", ())]
        return [
            Told("weeks", _("Weeks"), span),
            Told("moves", _("May move"), moves),
            Told("frozen_weeks", _("Nothing moves in"), ", ".join(frozen)),
        ]

    def _wishes(self, run: StaffingRun) -> list[Told]:
        params = run.params
        pins = [
            f"{self._person(one.get('person'))} → {self._slot(one.get('slot'))}"
            for one in params.get("pins", ())
        ]
        exclusions = [self._exclusion(one) for one in params.get("exclusions", ())]
        apart = [" × ".join(self._person(pk) for pk in pair) for pair in params.get("apart", ())]
        musts = [self._slot(pk) for pk in params.get("must_fill", ())]
        supposed = self.supposed.told(run)
        return [
            Told("pins", _("Locked picks"), "; ".join(pins)),
            Told("exclusions", _("Not wanted"), "; ".join(exclusions)),
            Told("apart", _("Not together"), "; ".join(apart)),
            Told("must_fill", _("Must be filled"), "; ".join(musts)),
            Told("what_if", _("Assumed"), "; ".join(supposed)),
        ]

    def _exclusion(self, one: Mapping[str, Any]) -> str:
        who = self._person(one.get("person"))
        if "slot" in one:
            return f"{who}: {self._slot(one['slot'])}"
        if "project" in one:
            return f"{who}: {self.projects.get(one['project']) or _('a project')}"
        return who

    def _person(self, pk: Any) -> str:
        return self.people.get(pk) or _("somebody")

    def _slot(self, pk: Any) -> str:
        return self.slots.get(pk) or _("a slot")


def _names(rows: Any, ids: set[int]) -> dict[int, str]:
    return dict(rows.filter(pk__in=ids).values_list("pk", "name")) if ids else {}


def _named(params: Mapping[str, Any]) -> Iterable[tuple[str, int]]:
    for one in (*params.get("pins", ()), *params.get("exclusions", ())):
        yield from one.items()
    for pair in params.get("apart", ()):
        yield from (("person", pk) for pk in pair)
    yield from (("slot", pk) for pk in params.get("must_fill", ()))
