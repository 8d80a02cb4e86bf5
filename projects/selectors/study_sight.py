"""What a reader of an answer may be told: people, slots and projects by name, or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from projects.models import Project, Slot
from roles.models import Person, Site, Skill
from teamhub import weeks
from teamhub.accounts import permissions
from teamhub.accounts.models import User

PEOPLE = ("person", "holder", "taker", "shadow", "covered_by", "before", "after")


@dataclass(frozen=True)
class ShownPerson:
    key: str  # blank: somebody who would be hired
    name: str
    url: str = ""


@dataclass(frozen=True)
class ShownSlot:
    """A slot, or some weeks of it, with its place in words."""

    slot: int
    project: str
    project_name: str
    project_url: str
    phase: str
    phase_name: str
    role: str
    label: str
    seat: str
    start_on: date
    end_on: date

    @property
    def last_week(self) -> date:
        return weeks.add_weeks(self.end_on, -1)

    def __str__(self) -> str:
        return f"{self.seat}, {self.project_name} · {self.phase_name}"


class Sight:
    """Names that `user` may read, of what an answer speaks of (seven queries)."""

    def __init__(self, user: User, answer: dict[str, Any], projects: Iterable[int] = ()) -> None:
        people = {pk for name, pk in _numbers(answer) if name in PEOPLE}
        slots = {pk for name, pk in _numbers(answer) if name == "slot"}
        self.money = permissions.may_see_money(user)
        self._people = Person.objects.visible_to(user).in_bulk(people)
        self._loads = set(
            Person.objects.load_visible_to(user).filter(pk__in=people).values_list("pk", flat=True)
        )
        found = Slot.objects.visible_to(user).select_related("seat__role", "phase__project")
        self._slots = found.in_bulk(slots)
        self.projects = Project.objects.visible_to(user).in_bulk()
        self._detail = set(Project.objects.detail_visible_to(user).values_list("pk", flat=True))
        # Whether figures over all `projects` may be told.
        self.sees_all = set(projects) <= self._detail
        led = Project.objects.visible_to(user)
        if not permissions.is_administrator(user):
            led = led.led_by(user)
        self._led = set(led.values_list("pk", flat=True))
        self._skills = {skill.key: skill.name for skill in Skill.objects.all()}
        self._sites = {site.key: site.name for site in Site.objects.all()}

    def sees_load(self, person: int | str | None, slot: int | None = None) -> bool:
        """Whether the person's load is theirs to read, or they staff the slot of this answer."""
        if isinstance(person, str):
            return True
        held = self._slots.get(slot) if slot is not None else None
        return person in self._loads or (held is not None and held.phase.project_id in self._led)

    def sees_plan(self, project: int) -> bool:
        return project in self._detail

    def person(self, person: int | str | None) -> ShownPerson | None:
        """By name; whether that may be told is for the caller to ask."""
        if isinstance(person, str):
            return ShownPerson("", _("somebody hired"))
        found = self._people.get(person) if person is not None else None
        if found is None:
            return None
        return ShownPerson(found.key, found.name, found.get_absolute_url())

    def slot(self, piece: dict[str, Any]) -> ShownSlot | None:
        """The slot, where its project's plan is theirs to read."""
        return self.whole_slot(
            piece["slot"],
            date.fromisoformat(piece["start_on"]),
            date.fromisoformat(piece["end_on"]),
        )

    def whole_slot(
        self, pk: int, start_on: date | None = None, end_on: date | None = None
    ) -> ShownSlot | None:
        slot = self._slots.get(pk)
        if slot is None:
            return None
        phase, seat = slot.phase, slot.seat
        return ShownSlot(
            slot=slot.pk,
            project=phase.project.key,
            project_name=phase.project.name,
            project_url=phase.project.get_absolute_url(),
            phase=phase.key,
            phase_name=f"{phase.number} {phase.name}",
            role=seat.role.key,
            label=seat.label,
            seat=str(seat),
            start_on=start_on or slot.start_on,
            end_on=end_on or slot.end_on,
        )

    def skill(self, key: str) -> str:
        return self._skills.get(key, key)

    def site(self, key: str) -> str:
        return self._sites.get(key, key)


def _numbers(value: Any) -> Iterator[tuple[str, int]]:
    """Keys with whole numbers, at any depth."""
    if isinstance(value, dict):
        for key, part in value.items():
            if isinstance(part, int) and not isinstance(part, bool):
                yield key, part
            else:
                yield from _numbers(part)
    elif isinstance(value, list):
        for part in value:
            yield from _numbers(part)
