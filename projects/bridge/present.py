"""Today's plan as a problem of its own: who holds work holds it in a slot, not as a fact."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils import timezone

from projects.bridge.rows import Loading, OpenPiece, loading, open_pieces, slots_of
from projects.models import Assignment, Project, Slot
from teamhub import weeks


def read_present(projects: Iterable[Project]) -> Loading:
    """What is open and what is held of these projects, from this week on, as pieces.

    Work in other projects stays a fact, and so does what is over.
    """
    scope = sorted(projects, key=lambda project: project.pk)
    slots = slots_of(scope)
    today = weeks.monday(timezone.localdate())
    pieces = [piece for slot in slots for piece in _pieces(slot, today)]
    past = [a for slot in slots for a in slot.assignments.all() if a.end_on <= today]
    holders = {piece.held.person_id for piece in pieces if piece.held is not None}
    return loading(scope, pieces, past, holders)


def _pieces(slot: Slot, today: date) -> list[OpenPiece]:
    """Held parts first, each with its holder, then what is open."""
    held = []
    for number, assignment in enumerate(_joined(slot)):
        start = max(assignment.start_on, today)
        if start < assignment.end_on:
            held.append(
                OpenPiece(
                    slot,
                    start,
                    assignment.end_on,
                    assignment.fte_hundredths,
                    assignment,
                    part=f"#{number}",
                )
            )
    return sorted(
        [*held, *open_pieces(slot, today, movable=False)],
        key=lambda piece: (piece.start_on, piece.part == ""),
    )


def _joined(slot: Slot) -> list[Assignment]:
    """The assignments of a slot; where one goes on after another as before, both as one.

    A person takes one slot a phase: in two parts they would be in each other's way.
    """
    found: list[Assignment] = []
    for row in sorted(slot.assignments.all(), key=lambda one: (one.start_on, one.pk)):
        before = next((one for one in found if _goes_on(one, row)), None)
        if before is None:
            found.append(row)
        else:
            found[found.index(before)] = Assignment(
                pk=before.pk,
                slot=slot,
                person=before.person,
                start_on=before.start_on,
                end_on=row.end_on,
                fte_hundredths=before.fte_hundredths,
                status=before.status,
            )
    return found


def _goes_on(before: Assignment, row: Assignment) -> bool:
    same = before.person_id == row.person_id and before.fte_hundredths == row.fte_hundredths
    return same and before.end_on == row.start_on
