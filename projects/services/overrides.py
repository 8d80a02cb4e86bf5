"""What somebody decided on purpose and a later decision may pass over only with a reason."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from projects.models import Assignment, StaffingRequest

LOCKED, REVIEWED = "locked", "reviewed"
TOUCHING = ("person", "start_on", "end_on", "fte_hundredths")  # who, when, how much


def overrides(assignment: Assignment) -> str | None:
    """`locked`, `reviewed` (another lead approved a request for it), or None."""
    return overrides_of([assignment]).get(assignment.pk)


def overrides_of(assignments: Iterable[Assignment]) -> dict[int, str]:
    """The overridden word of each assignment that has one, by id (one query)."""
    assignments = list(assignments)
    approved = StaffingRequest.objects.filter(
        assignment__in=[one.pk for one in assignments], status=StaffingRequest.Status.APPROVED
    )
    reviewed = set(approved.values_list("assignment_id", flat=True))
    found = {one.pk: REVIEWED for one in assignments if one.pk in reviewed}
    return found | {one.pk: LOCKED for one in assignments if one.locked}


def words(override: str) -> str:
    """Why a reason is asked for."""
    if override == LOCKED:
        return _("This assignment is locked. Give a reason to change it all the same.")
    return _("Another lead approved this assignment. Give a reason to change it all the same.")
