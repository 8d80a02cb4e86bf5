"""What a proposal supposes, in words: the same sentences as in the answers that name changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from projects.models import Project, Slot, StaffingRun
from projects.selectors import change_words as say
from roles.models import Person, Site, Skill
from teamhub.accounts import permissions
from teamhub.accounts.models import User


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
        return _WORDS[change["kind"]](self, change)

    def hire(self, change: Mapping[str, Any]) -> str:
        skills = {self._skill(key): level for key, level in change["skills"].items()}
        site = change.get("site", "")
        return say.hire(change["fte_share"], skills, _when(change), self.sites.get(site, site))

    def train(self, change: Mapping[str, Any]) -> str:
        skill = self._skill(change["skill"])
        return say.train(self._person(change), skill, change["level"], change["from_on"])

    def free(self, change: Mapping[str, Any]) -> str:
        return say.free(self._person(change), round(change["fte_share"] * 100), _when(change))

    def absent(self, change: Mapping[str, Any]) -> str:
        return say.absent(self._person(change), _when(change))

    def rate(self, change: Mapping[str, Any]) -> str:
        if not self.money:
            return _("%(name)s: another rate") % {"name": self._person(change)}
        return say.rate(self._person(change), change["rate"])

    def more_projects(self, change: Mapping[str, Any]) -> str:
        return say.more_projects(self._person(change), change["max_projects"])

    def shift(self, change: Mapping[str, Any]) -> str:
        return say.shift(self._project(change), change["phase"], change["weeks"])

    def lower(self, change: Mapping[str, Any]) -> str:
        slot = self.slots.get(change["slot"]) or _("a slot")
        return say.lower(slot, self._skill(change["skill"]), change["level"])

    def budget(self, change: Mapping[str, Any]) -> str:
        if not self.money:
            return _("%(project)s: another people budget") % {"project": self._project(change)}
        return say.budget(self._project(change), change["amount"])

    def _person(self, change: Mapping[str, Any]) -> str:
        return self.people.get(change["person"]) or _("somebody")

    def _project(self, change: Mapping[str, Any]) -> str:
        return self.projects.get(change["project"]) or _("a project")

    def _skill(self, key: str) -> str:
        return self.skills.get(key, key)


_WORDS: dict[str, Callable[[Supposed, Mapping[str, Any]], str]] = {
    "hire": Supposed.hire,
    "train": Supposed.train,
    "free": Supposed.free,
    "absent": Supposed.absent,
    "rate": Supposed.rate,
    "more_projects": Supposed.more_projects,
    "shift": Supposed.shift,
    "lower": Supposed.lower,
    "budget": Supposed.budget,
}


def _when(change: Mapping[str, Any]) -> str:
    return say.span(change["start_on"], change["end_on"])


def _all(changes: Iterable[Mapping[str, Any]], name: str) -> set[Any]:
    return {one[name] for one in changes if one.get(name)}


def _skills(changes: list[Mapping[str, Any]]) -> set[str]:
    hired = {key for one in changes for key in one.get("skills", ())}
    return hired | _all(changes, "skill")


def _by_key(rows: Any, keys: set[str]) -> dict[str, str]:
    return {row.key: row.name for row in rows.filter(key__in=keys)} if keys else {}
