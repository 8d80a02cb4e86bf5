"""People, slots and projects as somebody types them into the staffing workspace, and back."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _

from projects.models import Project, Slot
from roles.models import Person
from teamhub import weeks
from teamhub.accounts.models import User

_KEY = re.compile(r"\(([^()\s]+)\)\s*$")
_SLOT = re.compile(r"#(\d{1,15})\)?\s*$")


def person_label(person: Person) -> str:
    return f"{person.name} ({person.key})"


def project_label(project: Project) -> str:
    return f"{project.name} ({project.key})"


def slot_label(slot: Slot) -> str:
    phase = slot.phase
    return f"{phase.project.name} · {phase.number} {phase.name} · {slot.seat} (#{slot.pk})"


class Names:
    """What may be named: everybody employed, and the slots and projects that the user may staff."""

    def __init__(self, user: User, projects: Iterable[Project]) -> None:
        self.user = user
        self.projects = list(projects)

    @cached_property
    def people(self) -> dict[str, Person]:
        """By key."""
        today = timezone.localdate()
        found = Person.objects.visible_to(self.user).employed_between(today, weeks.LAST)
        return {person.key: person for person in found}

    @cached_property
    def slots(self) -> dict[int, Slot]:
        """Those that are not over, by id."""
        found = Slot.objects.filter(
            phase__project__in=self.projects, end_on__gt=weeks.monday(timezone.localdate())
        )
        return {slot.pk: slot for slot in found.select_related("seat__role", "phase__project")}

    @property
    def people_labels(self) -> list[str]:
        return [person_label(person) for person in self.people.values()]

    @property
    def slot_labels(self) -> list[str]:
        return [slot_label(slot) for slot in self.slots.values()]

    @property
    def project_labels(self) -> list[str]:
        return [project_label(project) for project in self.projects]

    def person(self, words: str) -> Person:
        """By label, key or a name that only one person has."""
        match = _KEY.search(words)
        key = match[1] if match else words.strip()
        if key in self.people:
            return self.people[key]
        found = self._by_name.get(words.strip().casefold(), [])
        if len(found) > 1:
            keys = ", ".join(sorted(person.key for person in found))
            raise forms.ValidationError(
                _("Several people are called “%(words)s”; type one of these keys: %(keys)s.")
                % {"words": words, "keys": keys}
            )
        if not found:
            raise forms.ValidationError(
                _("Nobody is called “%(words)s”; choose a name from the list.") % {"words": words}
            )
        return found[0]

    @cached_property
    def _by_name(self) -> dict[str, list[Person]]:
        found: dict[str, list[Person]] = defaultdict(list)
        for person in self.people.values():
            found[person.name.casefold()].append(person)
        return found

    def slot(self, words: str) -> Slot:
        match = _SLOT.search(words)
        slot = self.slots.get(int(match[1])) if match else None
        if slot is None:
            raise forms.ValidationError(
                _("There is no slot “%(words)s” that you may staff; choose one from the list.")
                % {"words": words}
            )
        return slot

    def place(self, words: str) -> Slot | Project:
        """A slot, or a whole project."""
        if _SLOT.search(words):
            return self.slot(words)
        match = _KEY.search(words)
        key = match[1] if match else words.strip()
        for project in self.projects:
            if key == project.key or key.casefold() == project.name.casefold():
                return project
        raise forms.ValidationError(
            _("“%(words)s” is neither a project nor a slot that you may staff.") % {"words": words}
        )
