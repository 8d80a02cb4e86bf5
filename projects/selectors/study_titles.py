"""What each question of a list is about, for one reader (two queries for all of them)."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from projects.models import Slot, StaffingStudy
from roles.models import Person
from teamhub.accounts.models import User

Question = StaffingStudy.Question
MOST_NAMED = 3


def with_titles(studies: Iterable[StaffingStudy], user: User) -> list[tuple[StaffingStudy, str]]:
    """Each question with the person and the slot, or the absent, that it names; else blank."""
    rows = list(studies)
    people = {pk for study in rows for pk in _people(study)}
    slots = {pk for study in rows if (pk := study.params.get("slot"))}
    names = dict(Person.objects.visible_to(user).filter(pk__in=people).values_list("pk", "name"))
    seats = (
        Slot.objects.visible_to(user).select_related("seat__role", "phase__project").in_bulk(slots)
    )
    return [(study, _title(study, names, seats)) for study in rows]


def _people(study: StaffingStudy) -> list[int]:
    if study.question == Question.WHY_NOT:
        return [study.params["person"]] if "person" in study.params else []
    return list(study.params.get("people", ())) if study.question == Question.SHOCK else []


def _title(study: StaffingStudy, names: dict[int, str], seats: dict[int, Slot]) -> str:
    found = [names[pk] for pk in _people(study) if pk in names]
    if study.question == Question.WHY_NOT:
        slot = seats.get(study.params.get("slot", 0))
        if not found or slot is None:
            return ""
        words = {"name": found[0], "seat": slot.seat, "phase": slot.phase}
        return _("%(name)s as %(seat)s, %(phase)s") % words
    shown = ", ".join(found[:MOST_NAMED])
    more = len(found) - MOST_NAMED
    return _("%(names)s and %(more)d more") % {"names": shown, "more": more} if more > 0 else shown
