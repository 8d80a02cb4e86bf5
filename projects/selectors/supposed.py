"""What a proposal supposes, in words: the same sentences as in the answers that name changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects.models import Project, Slot, StaffingRun
from projects.selectors.study_words import change_span, phase_name, week_of
from roles.models import Person, Site, Skill
from teamhub.accounts import permissions
from teamhub.accounts.models import User
from teamhub.web.templatetags.teamhub_tags import amount, money


class Supposed:
    """Sentences for the suppositions of some proposals (no query where there are none).

    What is not the reader's to know is told without its name or amount.
    """

    def __init__(self, runs: Iterable[StaffingRun], user: User) -> None:
        changes = [one for run in runs for one in run.params.get("what_if", ())]
        self.money = permissions.may_see_money(user)
        self.people = _by_key(Person.objects.visible_to(user), _all(changes, "person"))
        self.projects = _by_key(Project.objects.detail_visible_to(user), _all(changes, "project"))
        self.skills = _by_key(Skill.objects.all(), _skills(changes))
        self.sites = _by_key(Site.objects.all(), _all(changes, "site"))
        slots = _all(changes, "slot")
        seen = Slot.objects.visible_to(user).filter(pk__in=slots) if slots else Slot.objects.none()
        self.slots = {
            slot.pk: f"{slot.seat}, {slot.phase.project.name}"
            for slot in seen.select_related("seat__role", "phase__project")
        }

    def told(self, run: StaffingRun) -> list[str]:
        """All that a run supposes, a sentence each."""
        return [self.of(one) for one in run.params.get("what_if", ())]

    def of(self, change: Mapping[str, Any]) -> str:
        text: str = getattr(self, f"_{change['kind']}")(change, self._names(change))
        return text

    def _names(self, change: Mapping[str, Any]) -> dict[str, Any]:
        """What most sentences need."""
        return {
            "name": self.people.get(change.get("person", "")) or _("somebody"),
            "project": self.projects.get(change.get("project", "")) or _("a project"),
            "slot": self.slots.get(change.get("slot", 0)) or _("a slot"),
            "skill": self.skills.get(change.get("skill", "")) or change.get("skill", ""),
            "weeks": change_span(change) if "end_on" in change else "",
        }

    def _hire(self, change: Mapping[str, Any], names: dict[str, Any]) -> str:
        skills = change["skills"].items()
        names["skills"] = ", ".join(f"{self.skills.get(key, key)} {level}" for key, level in skills)
        names["fte"] = amount(Decimal(str(change["fte_share"])), 2)
        text = _("Hire %(fte)s FTE with %(skills)s %(weeks)s") % names
        if change.get("site"):
            site = self.sites.get(change["site"], change["site"])
            text += _(" in %(site)s") % {"site": site}
        return text

    def _train(self, change: Mapping[str, Any], names: dict[str, Any]) -> str:
        names |= {"level": change["level"], "week": week_of(change["from_on"])}
        return _("%(name)s: %(skill)s at level %(level)d from %(week)s") % names

    def _free(self, change: Mapping[str, Any], names: dict[str, Any]) -> str:
        names["percent"] = round(Decimal(str(change["fte_share"])) * 100)
        return _("%(name)s: %(percent)d %% more time %(weeks)s") % names

    def _absent(self, change: Mapping[str, Any], names: dict[str, Any]) -> str:
        return _("%(name)s absent %(weeks)s") % names

    def _rate(self, change: Mapping[str, Any], names: dict[str, Any]) -> str:
        if not self.money:
            return _("%(name)s: another rate") % names
        names["rate"] = money(Decimal(str(change["rate"])))
        return _("%(name)s: rate %(rate)s per FTE-week") % names

    def _more_projects(self, change: Mapping[str, Any], names: dict[str, Any]) -> str:
        names["n"] = change["max_projects"]
        text = ngettext(
            "%(name)s: up to %(n)d project at once",
            "%(name)s: up to %(n)d projects at once",
            names["n"],
        )
        return text % names

    def _shift(self, change: Mapping[str, Any], names: dict[str, Any]) -> str:
        n = abs(change["weeks"])
        names |= {"phase": phase_name(change["phase"]), "n": n}
        later = ngettext(
            "%(project)s: phase %(phase)s %(n)d week later",
            "%(project)s: phase %(phase)s %(n)d weeks later",
            n,
        )
        earlier = ngettext(
            "%(project)s: phase %(phase)s %(n)d week earlier",
            "%(project)s: phase %(phase)s %(n)d weeks earlier",
            n,
        )
        return (later if change["weeks"] > 0 else earlier) % names

    def _lower(self, change: Mapping[str, Any], names: dict[str, Any]) -> str:
        names["level"] = change["level"]
        if change["level"]:
            return _("%(slot)s: ask for %(skill)s %(level)d") % names
        return _("%(slot)s: do not ask for %(skill)s") % names

    def _budget(self, change: Mapping[str, Any], names: dict[str, Any]) -> str:
        if not self.money:
            return _("%(project)s: another people budget") % names
        if change["amount"] is None:
            return _("%(project)s: no people budget") % names
        names["amount"] = money(Decimal(str(change["amount"])))
        return _("%(project)s: people budget %(amount)s") % names


def _all(changes: Iterable[Mapping[str, Any]], name: str) -> set[Any]:
    return {one[name] for one in changes if one.get(name)}


def _skills(changes: list[Mapping[str, Any]]) -> set[str]:
    hired = {key for one in changes for key in one.get("skills", ())}
    return hired | _all(changes, "skill")


def _by_key(rows: Any, keys: set[str]) -> dict[str, str]:
    return {row.key: row.name for row in rows.filter(key__in=keys)} if keys else {}
