"""What can be done about a person for a slot, and what each choice would do, said beforehand."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.selectors.giving_way import Room, clashes, make_room
from projects.selectors.plan_state import Finding, Piece, Rule, Sight, state_for
from projects.selectors.waiting import AWAITED
from teamhub.accounts.models import User


class Choice(StrEnum):
    PLAIN = "plain"
    OVERBOOK = "overbook"
    QUEUE = "queue"
    MOVE = "move"
    SPLIT = "split"


WAYS_OUT = {
    Rule.INDEPENDENCE: gettext_lazy(
        "No reason lifts this. Choose somebody of the right side, or let two people share the "
        "slot who have not worked on the other one."
    ),
    Rule.ONE_PER_PHASE: gettext_lazy(
        "No reason lifts this. Take them off the other slot of this phase first, or give that "
        "slot more effort."
    ),
}


def way_out(finding: Finding) -> str:
    """How to go on where a hard rule blocks; "" where a rule only warns."""
    return str(WAYS_OUT.get(finding.rule, ""))


@dataclass(frozen=True)
class Options:
    """The choices that a placement leaves, as one user has them."""

    piece: Piece
    findings: list[Finding]
    room: Room
    waits: bool  # on the list already

    @property
    def blocked(self) -> list[Finding]:
        return [one for one in self.findings if one.blocks]

    @property
    def possible(self) -> list[Choice]:
        if not self.findings:
            return [Choice.PLAIN, Choice.SPLIT]
        if self.blocked:
            return []
        found = [Choice.OVERBOOK]
        if self.can_queue:
            found.append(Choice.QUEUE)
        if self.can_move:
            found.append(Choice.MOVE)
        return [*found, Choice.SPLIT]

    @property
    def can_queue(self) -> bool:
        return not self.waits and any(one.rule in AWAITED for one in self.findings)

    @property
    def can_move(self) -> bool:
        return bool(self.room.cuts) and self.room.is_enough

    @property
    def ask_first(self) -> str:
        """Whom to ask for work that the user may not move; "" where that would not help."""
        if self.room.is_enough or not self.room.stuck:
            return ""
        leads = self.room.leads
        if not leads and self.room.is_hidden:
            return _("Their other work is not yours to see or to move. Choose other weeks.")
        if not leads:  # theirs, but another lead has been asked for it
            return _("Another lead has been asked for this work; it stays until they answer.")
        return _("Their other work is not yours to move. Ask %(leads)s.") % {
            "leads": ", ".join(leads)
        }


def options(piece: Piece, *, user: User, waits: bool = False) -> Options:
    """What stands in the way of a piece today, and how room could be made for it."""
    state = state_for([piece])
    findings = Sight.of(user).told(state.findings(piece))
    work = clashes([piece.person], piece.start_on, piece.end_on, user=user)
    room = make_room(piece, state, work.get(piece.person.pk, []))
    return Options(piece, findings, room, waits)
