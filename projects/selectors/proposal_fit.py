"""Which rows of a proposal fit today's plan, and which fit only together with others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from django.utils import timezone
from django.utils.translation import gettext as _

from projects.models import PlanChangeLine, Project, ProposalRow, StaffingRun
from projects.selectors.plan_state import Finding, Piece, PlanState, Sight
from projects.selectors.proposal import hire_of
from roles.models import Person
from teamhub.accounts.models import User

Refused = list[tuple[ProposalRow, list[Finding]]]


def piece_of(row: ProposalRow) -> Piece:
    hire = hire_of(row)
    if row.person is None and not hire:
        raise ValueError(f"proposal row {row.pk} names nobody")
    person = row.person or Person(name=hire)  # in no table: only supposed
    return Piece(row.slot, person, row.start_on, row.end_on, row.fte_hundredths)


def kept_of(row: ProposalRow) -> Piece | None:
    """The weeks before the row of the work that it replaces: they have begun, and stay."""
    if row.replaces is None or row.replaces.start_on >= row.start_on:
        return None
    return replace(Piece.of(row.replaces), end_on=row.start_on)


def fitting(wanted: list[ProposalRow]) -> tuple[list[ProposalRow], Refused]:
    """The rows that add no breach to today's plan, and the others with what they would break.

    Rows that replace an assignment free its time first. When such a row is refused, what it would
    have freed stays taken, so the rest is weighed again without it.
    """
    state, refused = _state(wanted), []
    while True:
        for row in wanted:
            _free(state, row)
        fits: list[ProposalRow] = []
        late: Refused = []
        for row in wanted:
            findings = state.findings(piece_of(row))
            if findings:
                late.append((row, findings))
            else:
                state.add(piece_of(row))
                fits.append(row)
        refused.extend(late)
        if not fits or all(row.replaces is None for row, _findings in late):
            return fits, refused
        state, wanted = _state(fits), fits


@dataclass(frozen=True)
class Fit:
    """How the open rows of a proposal stand against today's plan.

    Attributes
    ----------
    refused
        By row: what it would break today, were all open rows accepted.
    together
        By row that fits: other projects whose move frees its person.
    alone
        By such a row: what it would break without them.
    """

    refused: dict[int, list[Finding]] = field(default_factory=dict)
    together: dict[int, list[Project]] = field(default_factory=dict)
    alone: dict[int, list[Finding]] = field(default_factory=dict)


def fit_of(run: StaffingRun) -> Fit:
    """The open rows against today's plan, as an acceptance of all of them would weigh them."""
    rows = list(
        run.rows.filter(decision=ProposalRow.Decision.OPEN)
        .select_related(
            "person__site",
            "slot__seat__role",
            "slot__phase__project__site",
            "replaces__person__site",
            "replaces__slot__seat__role",
            "replaces__slot__phase__project",
        )
        .prefetch_related("slot__skills__skill")
        .order_by("start_on", "pk")
    )
    if run.is_what_if:
        return _overtaken(run, [row for row in rows if row.person or hire_of(row)])
    rows = [row for row in rows if row.person]
    if not rows:
        return Fit()
    fits, refused = fitting(rows)
    fit = Fit({row.pk: findings for row, findings in refused})
    _find_together(fit, fits)
    return fit


def _overtaken(run: StaffingRun, rows: list[ProposalRow]) -> Fit:
    """Rows of a supposed proposal that changes of the plan since then stand in the way of.

    What is supposed breaks rules of today's plan on purpose. So only slots and people whose work
    has changed since count, and only full slots and people without room; not the room of people
    who are supposed to have more of it.
    """
    changed = PlanChangeLine.objects.filter(change__at__gt=run.created_at)
    lines = list(changed.values_list("slot_id", "person_id")) if rows else []
    slots, people = {slot for slot, _person in lines}, {person for _slot, person in lines}
    freed = {one["person"] for one in run.params["what_if"] if one["kind"] == "free"}
    if not any(row.slot_id in slots or row.person_id in people for row in rows):
        return Fit()
    state = _state(rows)
    for row in rows:
        _free(state, row)
    fit = Fit()
    for row in rows:
        piece = piece_of(row)
        findings = [state.slot_full(piece)] if row.slot_id in slots else []
        person = row.person
        if person is not None and person.pk in people and person.key not in freed:
            findings.append(state.capacity(piece))
        if found := [one for one in findings if one is not None]:
            fit.refused[row.pk] = found
        else:
            state.add(piece)
    return fit


def _find_together(fit: Fit, rows: Sequence[ProposalRow]) -> None:
    """Rows whose person is free only by a move in another project."""
    waiting = _waiting(rows)
    if not waiting:
        return
    state = _state(list(rows))
    by_project: dict[int, list[ProposalRow]] = defaultdict(list)
    for row in rows:
        by_project[row.slot.phase.project_id].append(row)
    for project, pairs in waiting.items():
        for one in by_project[project]:
            _free(state, one)
        for row, others in pairs:
            if findings := state.findings(piece_of(row)):
                fit.alone[row.pk] = findings
                named = {one.slot.phase.project_id: one.slot.phase.project for one in others}
                fit.together[row.pk] = sorted(named.values(), key=lambda one: one.name)
        for one in by_project[project]:
            _free(state, one, back=True)


def _waiting(rows: Sequence[ProposalRow]) -> dict[int, list[tuple[ProposalRow, list[ProposalRow]]]]:
    """By project: rows whose person another project frees, with what frees them."""
    freeing: dict[int, list[ProposalRow]] = defaultdict(list)
    for row in rows:
        if row.replaces is not None:
            freeing[row.replaces.person_id].append(row)
    found: dict[int, list[tuple[ProposalRow, list[ProposalRow]]]] = defaultdict(list)
    for row in rows:
        if others := _others(row, freeing.get(row.person_id or 0, ())):
            found[row.slot.phase.project_id].append((row, others))
    return found


def _others(row: ProposalRow, freeing: Sequence[ProposalRow]) -> list[ProposalRow]:
    """Moves in other projects that free the row's person in its weeks."""
    return [
        other
        for other in freeing
        if other.slot.phase.project_id != row.slot.phase.project_id
        and other.start_on < row.end_on
        and row.start_on < other.end_on
    ]


def _free(state: PlanState, row: ProposalRow, *, back: bool = False) -> None:
    """Take away the weeks that the row replaces, or give them back."""
    if row.replaces is None:
        return
    kept = kept_of(row)
    if back:
        if kept is not None:
            state.remove(kept)
        state.add(Piece.of(row.replaces))
        return
    state.remove(Piece.of(row.replaces))
    if kept is not None:
        state.add(kept)


def _state(rows: list[ProposalRow]) -> PlanState:
    pieces = [piece_of(row) for row in rows]
    pieces += [Piece.of(row.replaces) for row in rows if row.replaces is not None]
    people = {piece.person.pk: piece.person for piece in pieces if piece.person.pk}
    projects = {piece.slot.phase.project_id: piece.slot.phase.project for piece in pieces}
    start = min((piece.start_on for piece in pieces), default=timezone.localdate())
    end = max((piece.end_on for piece in pieces), default=timezone.localdate())
    return PlanState(people.values(), projects.values(), start, end)


class FitWords:
    """Why a row cannot be accepted today, or not alone, in words that this user may read."""

    def __init__(self, fit: Fit, user: User) -> None:
        self.fit, self.sight = fit, Sight.of(user)
        ids = {project.pk for each in fit.together.values() for project in each}
        seen = Project.objects.detail_visible_to(user).filter(pk__in=ids)
        self.seen = set(seen.values_list("pk", flat=True))

    def of(
        self, row: ProposalRow, findings: dict[int, list[Finding]], *, may_decide: bool
    ) -> list[str]:
        """They tell of load: in full to who decides on the row, as its refusal would."""
        found = findings.get(row.pk)
        if found is None:
            return []
        if not may_decide:
            return [_("It does not fit today's plan.")]
        texts = [one.text for one in self.sight.told(found)]
        return texts or [_("Something that only managers see stands in the way; ask one.")]

    def together(self, row: ProposalRow) -> list[str]:
        names = (
            project.name if project.pk in self.seen else _("another project")
            for project in self.fit.together.get(row.pk, ())
        )
        return list(dict.fromkeys(names))
