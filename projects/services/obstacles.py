"""What keeps the lines of a plan change from being undone: who changed what since, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from projects.models import (
    Assignment,
    PlanChange,
    PlanChangeLine,
    Project,
    ProposalRow,
    Slot,
    StaffingRequest,
)
from projects.selectors.plan_state import Finding, Piece, PlanState, Rule, Sight
from projects.services import plan, proposal_rows
from teamhub.accounts.models import User

# What the plan was allowed to be, it may be again; these rules speak of people, not of the plan.
NOT_OF_THE_PLAN = frozenset({Rule.SKILL, Rule.DISTANCE})


@dataclass(frozen=True)
class Obstacle:
    """Why one line stays as it is. `by` is None where nobody is known or may be named."""

    line: PlanChangeLine
    text: str
    by: User | None = None
    at: datetime | None = None

    def as_dict(self) -> dict[str, Any]:
        return {
            "assignment": self.line.assignment_id,
            "person": self.line.person.key,
            "name": self.line.person.name,
            "slot": self.line.slot_id,
            "seat": str(self.line.slot),
            "what": self.text,
            "by": "" if self.by is None else str(self.by),
            "at": None if self.at is None else self.at.isoformat(),
        }


def lines_of(change: PlanChange) -> list[PlanChangeLine]:
    """The lines with all that the rules ask of slots and people."""
    return list(
        change.lines.select_related(
            "person__site", "slot__seat__role", "slot__phase__project__site"
        )
        .prefetch_related("slot__skills__skill")
        .order_by("pk")
    )


def piece_before(line: PlanChangeLine) -> Piece:
    """The work that an undo of this line gives back."""
    if line.before is None:
        raise ValueError(f"plan change line {line.pk} gives nothing back")
    return Piece(
        line.slot,
        line.person,
        date.fromisoformat(line.before["start_on"]),
        date.fromisoformat(line.before["end_on"]),
        line.before["fte_hundredths"],
    )


class Obstacles:
    """The plan as it stands under the caller's lock, against the plan as a change left it."""

    def __init__(self, change: PlanChange, lines: list[PlanChangeLine], *, by: User) -> None:
        self.change, self.lines, self.by = change, lines, by
        self.sight = Sight.of(by)
        found = Assignment.objects.select_related(
            "person__site", "slot__seat__role", "slot__phase__project__site"
        )
        self.now = {one.pk: one for one in found.filter(pk__in=[ln.assignment_id for ln in lines])}
        rows = [one["id"] for line in lines if (one := line.kept.get("row"))]
        self.rows = ProposalRow.objects.select_related("decided_by").in_bulk(rows)
        asked = StaffingRequest.objects.filter(row__in=rows)
        self.requests = {request.row_id: request for request in asked}
        self.found: dict[int, Obstacle] = {}  # by line

    def look(self) -> dict[int, Obstacle]:
        for line in self.lines:
            if (obstacle := self._changed(line)) is not None:
                self.found[line.pk] = obstacle
        # A line that stays takes the room of others, so those are weighed again without it.
        while blocked := self._blocked():
            self.found |= blocked
        return self.found

    @property
    def free(self) -> list[PlanChangeLine]:
        return [line for line in self.lines if line.pk not in self.found]

    # --- changed since

    def _changed(self, line: PlanChangeLine) -> Obstacle | None:
        present = self.now.get(line.assignment_id)
        text = _difference(line.after, present)
        if text:
            return Obstacle(line, text, *self._last_hand(line.assignment_id))
        moved: dict[str, Any] = line.kept.get("row") or {}
        row = self.rows.get(moved.get("id", 0))
        if row is None or proposal_rows.is_in(row, self.requests.get(row.pk), moved["to"]):
            return None
        text = _("The row of the proposal has been decided anew.")
        return Obstacle(line, text, row.decided_by, row.decided_at)

    def _last_hand(self, assignment_id: int) -> tuple[User | None, datetime | None]:
        last = (
            Assignment.history.filter(id=assignment_id)
            .select_related("history_user")
            .order_by("-history_date", "-history_id")
            .first()
        )
        return (None, None) if last is None else (last.history_user, last.history_date)

    # --- blocked by today's plan

    def _blocked(self) -> dict[int, Obstacle]:
        back = [line for line in self.free if line.before is not None]
        blocked = {
            line.pk: obstacle for line in back if (obstacle := self._outside(line)) is not None
        }
        if blocked or not back:
            return blocked
        state = self._state()
        for line in self.free:
            if (present := self.now.get(line.assignment_id)) is not None:
                state.remove(Piece.of(present))
        for line in back:
            piece = piece_before(line)
            for finding in state.findings(piece):
                obstacle = self._weighed(line, piece, finding)
                if obstacle is not None:
                    blocked[line.pk] = obstacle
                    break
            else:
                state.add(piece)
        return blocked

    def _outside(self, line: PlanChangeLine) -> Obstacle | None:
        slot, piece = line.slot, piece_before(line)
        if slot.start_on <= piece.start_on and piece.end_on <= slot.end_on:
            return None
        text = _("The slot runs from %(start)s to %(end)s now.")
        last = Slot.history.filter(id=slot.pk).select_related("history_user").first()
        who = (None, None) if last is None else (last.history_user, last.history_date)
        return Obstacle(line, text % {"start": slot.start_on, "end": slot.end_on}, *who)

    def _state(self) -> PlanState:
        pieces = [piece_before(line) for line in self.free if line.before is not None]
        pieces += [Piece.of(one) for one in self.now.values()]
        people = {piece.person.pk: piece.person for piece in pieces}
        projects = {piece.slot.phase.project_id: piece.slot.phase.project for piece in pieces}
        start = min(piece.start_on for piece in pieces)
        end = max(piece.end_on for piece in pieces)
        return PlanState(people.values(), projects.values(), start, end)

    def _weighed(self, line: PlanChangeLine, piece: Piece, finding: Finding) -> Obstacle | None:
        """A rule that warns stands in the way only where something since then made it so."""
        if finding.rule in NOT_OF_THE_PLAN:
            return None
        rivals = [one for one in self._newer if _competes(one, piece, finding.rule)]
        if not rivals and not finding.blocks:
            return None
        told = self.sight.told([finding])
        if not told:
            return None
        text = told[0].text
        if finding.rule is Rule.SLOT_FULL:
            names = ", ".join(sorted({one.person.name for one in rivals}))
            text = _("The slot is held by %(names)s now.") % {"names": names}
        if not rivals or rivals[0].slot.phase.project_id not in self._readable:
            return Obstacle(line, text)
        return Obstacle(line, text, *self._last_hand(rivals[0].pk))

    @property
    def _newer(self) -> list[Assignment]:
        """Work that came or changed after this change, and what stays of it; the newest first."""
        own = {line.assignment_id for line in self.lines}
        free = {line.assignment_id for line in self.free}
        found = [
            one for one in self._near if one.pk not in free and (one.pk in own | set(self._late))
        ]
        return sorted(found, key=lambda one: self._late.get(one.pk, self.change.at), reverse=True)

    @cached_property
    def _near(self) -> list[Assignment]:
        """All present work of these people and projects."""
        near = Assignment.objects.filter(
            Q(person__in={line.person_id for line in self.lines})
            | Q(slot__phase__project__in={line.slot.phase.project_id for line in self.lines})
        )
        return list(near.select_related("person", "slot__phase"))

    @cached_property
    def _late(self) -> dict[int, datetime]:
        """When work near here was last written, where that was after this change."""
        written = Assignment.history.filter(
            id__in=[one.pk for one in self._near], history_date__gt=self.change.at
        )
        return dict(written.order_by("history_date").values_list("id", "history_date"))

    @cached_property
    def _readable(self) -> set[int]:
        return set(Project.objects.detail_visible_to(self.by).values_list("pk", flat=True))


def _difference(kept: dict[str, Any] | None, present: Assignment | None) -> str:
    """What is otherwise than the change left it, in words; versions alone are no difference."""
    if kept is None:
        return "" if present is None else _("It is in the plan again.")
    if present is None:
        return _("It has been removed.")
    today = plan.snapshot(present)
    names = {
        "start_on": _("weeks"),
        "end_on": _("weeks"),
        "fte_hundredths": _("effort"),
        "status": _("status"),
        "locked": _("lock"),
        "reason": _("reason"),
    }
    differing = dict.fromkeys(str(names[one]) for one in plan.FIELDS if today[one] != kept[one])
    if not differing:
        return ""
    return _("Changed: %(fields)s.") % {"fields": ", ".join(differing)}


def _competes(rival: Assignment, piece: Piece, rule: Rule) -> bool:
    if rule is Rule.BUDGET:
        return rival.slot.phase.project_id == piece.slot.phase.project_id
    if rule is Rule.INDEPENDENCE:
        same_project = rival.slot.phase.project_id == piece.slot.phase.project_id
        return same_project and rival.person_id == piece.person.pk
    if rival.start_on >= piece.end_on or piece.start_on >= rival.end_on:
        return rule is Rule.ONE_PER_PHASE and _same_phase(rival, piece)
    if rule is Rule.SLOT_FULL:
        return rival.slot_id == piece.slot.pk
    if rule is Rule.ONE_PER_PHASE:
        return _same_phase(rival, piece)
    return rival.person_id == piece.person.pk


def _same_phase(rival: Assignment, piece: Piece) -> bool:
    same = rival.slot.phase_id == piece.slot.phase_id
    return same and rival.person_id == piece.person.pk
