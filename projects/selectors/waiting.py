"""The waiting list, and whose weeks have become free."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from projects.models import Project, Slot, WaitingPlace
from projects.models.waiting import WaitingPlaceQuerySet
from projects.selectors.plan_state import Finding, Piece, PlanState, Rule, Sight
from teamhub import weeks
from teamhub.accounts.models import User

# What a place waits for; a missing skill does not come with time, and was known when it was made.
AWAITED = frozenset(
    {
        Rule.CAPACITY,
        Rule.MAX_PROJECTS,
        Rule.SLOT_FULL,
        Rule.INDEPENDENCE,
        Rule.ONE_PER_PHASE,
    }
)


@dataclass(frozen=True)
class Waiting:
    """A place with what still stands in its way."""

    place: WaitingPlace
    piece: Piece | None  # the weeks that are still to come; None: all are past
    findings: list[Finding]
    is_full: bool = False  # others hold the slot in all of these weeks

    @property
    def is_needless(self) -> bool:
        """Nothing is left to wait for; somebody should take it off the list."""
        return self.is_over or self.is_full

    @property
    def is_over(self) -> bool:
        return self.piece is None

    @property
    def is_free(self) -> bool:
        return self.piece is not None and not any(f.rule in AWAITED for f in self.findings)


def places_of(user: User) -> list[Waiting]:
    """All that wait in projects whose plan the user may change, longest first."""
    mine = WaitingPlace.objects.filter(slot__phase__project__in=Project.objects.editable_by(user))
    return weighed(mine, user=user)


def of_slot(slot: Slot, *, user: User) -> list[Waiting]:
    return weighed(WaitingPlace.objects.filter(slot=slot), user=user)


def weighed(places: WaitingPlaceQuerySet, *, user: User) -> list[Waiting]:
    """What stands in the way of each today, as the user may know it (a fixed number of queries)."""
    rows = list(
        places.waiting()
        .select_related("person__site", "person__department", "asked_by")
        .select_related("slot__seat__role", "slot__phase__project__site")
        .prefetch_related("slot__skills__skill")
        .order_by("asked_at", "pk")
    )
    pieces = {row.pk: piece_of(row, timezone.localdate()) for row in rows}
    ahead = [piece for piece in pieces.values() if piece is not None]
    if not ahead:
        return [Waiting(row, None, []) for row in rows]
    sight = Sight.of(user)
    state = PlanState(
        {piece.person.pk: piece.person for piece in ahead}.values(),
        {piece.slot.phase.project_id: piece.slot.phase.project for piece in ahead}.values(),
        min(piece.start_on for piece in ahead),
        max(piece.end_on for piece in ahead),
    )
    found = []
    for row in rows:
        piece = pieces[row.pk]
        if piece is None:
            found.append(Waiting(row, None, []))
        else:
            told = sight.told(state.findings(piece))
            found.append(Waiting(row, piece, told, state.is_full(piece)))
    return found


def piece_of(place: WaitingPlace, today: date) -> Piece | None:
    """What a place would become today: its weeks from this one on, within the slot's."""
    start = max(place.start_on, place.slot.start_on, weeks.monday(today))
    end = min(place.end_on, place.slot.end_on)
    if start >= end:
        return None
    return Piece(place.slot, place.person, start, end, place.fte_hundredths)
