"""Rows to the frozen problem of the staffing kernel."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from projects.bridge.rows import Loading, OpenPiece, read
from projects.bridge.units import (
    COST_DIVISOR,
    EXPLICIT_FIT,
    GRACE_SECONDS,
    MONEY,
    PRODUCT_WEIGHTS,
)
from projects.bridge.wishes import with_changes, with_rules
from projects.kernel.staffing import codec
from projects.kernel.staffing.problem import (
    Fact,
    InvalidProblem,
    Level,
    Side,
    StaffingProblem,
    Weights,
)
from projects.kernel.staffing.problem import Person as KernelPerson
from projects.kernel.staffing.problem import Project as KernelProject
from projects.kernel.staffing.problem import Slot as KernelSlot
from projects.models import Project, Slot, StaffingRun
from roles.models import PersonSkill
from roles.selectors import availability
from roles.time_zones import standard_offset_hours
from teamhub import weeks
from teamhub.errors import Infeasible, InvalidInput, TeamHubError

logger = logging.getLogger(__name__)


def load_staffing(run: StaffingRun) -> dict[str, Any]:
    """The frozen job of a run: today's rows as a problem, with time limit and seed."""
    rows = read(run)
    if not rows.pieces:
        raise Infeasible(
            _("There is nothing to staff: every slot of these projects is filled or past."),
            code="nothing_open",
        )
    try:
        problem = _problem(run, rows)
        problem = with_rules(problem, run.params, rows)
    except InvalidProblem as error:
        raise InvalidInput(_("The plan contradicts itself: %s") % error) from error
    # What is supposed comes last: it speaks of slots and people as they are.
    problem = with_changes(problem, run.params, rows)
    return {
        "problem": codec.problem_to_json(problem),
        "seconds": run.params["seconds"],
        "limit_s": run.params["seconds"] + GRACE_SECONDS,
        "seed": run.seed,
        # A supposition may take somebody away; of a plan that can be accepted nobody just leaves.
        "holders_stay": not run.is_what_if,
        "people": [person.pk for person in rows.people],
        "pieces": [
            _piece(piece, slot, rows)
            for piece, slot in zip(rows.pieces, problem.slots, strict=True)
        ],
        "start_on": rows.start.isoformat(),
        "fit_source": run.fit_source,
    }


def _piece(piece: OpenPiece, slot: KernelSlot, rows: Loading) -> dict[str, Any]:
    """What a row needs of a piece; its weeks are the kernel's, which a supposition may move."""
    start_on = weeks.add_weeks(rows.start, slot.start)
    return {
        "slot": piece.slot.pk,
        "key": slot.key,
        "start_on": start_on.isoformat(),
        "end_on": weeks.add_weeks(rows.start, slot.end).isoformat(),
        "fte_hundredths": piece.fte_hundredths,
        "held": piece.held.pk if piece.held else None,
        "held_by": piece.held.person_id if piece.held else None,
    }


def _problem(run: StaffingRun, rows: Loading) -> StaffingProblem:
    index = {project.pk: position for position, project in enumerate(rows.projects)}
    problem = StaffingProblem(
        n_weeks=rows.n_weeks,
        people=tuple(_people(rows)),
        projects=tuple(_project(project) for project in rows.projects),
        slots=tuple(_slot(piece, index, rows) for piece in rows.pieces),
        seats=_seats(rows.pieces),
        facts=tuple(_facts(rows)),
        start=_start(rows),
        max_changes=run.params.get("change_budget") or None,
        units_per_fte=100,
        weights=_weights(run.params["weights"]),
    )
    return _with_fit(run, problem)


def _weights(given: dict[str, int]) -> Weights:
    most = settings.STAFFING_MAX_OFFSET_HOURS
    weights: dict[str, Any] = PRODUCT_WEIGHTS | given
    return Weights(
        **weights,
        cost_divisor=COST_DIVISOR,
        max_offset_hours=most,
    )


def _people(rows: Loading) -> Iterable[KernelPerson]:
    free = availability(rows.people, rows.start, rows.n_weeks)
    skills: dict[int, dict[str, tuple[Level, ...]]] = defaultdict(dict)
    held = PersonSkill.objects.filter(person__in=[person.pk for person in rows.people])
    for row in held.select_related("skill"):
        first, end = _valid_weeks(row, rows.start)
        if end is None or end > first:
            skills[row.person_id][row.skill.key] = (Level(row.level, first, end),)
    for person in rows.people:
        yield KernelPerson(
            key=str(person.pk),
            skills=skills[person.pk],
            availability=tuple(free[person.pk]),
            rate=int(person.rate_per_fte_week * 100),
            site=person.site.key,
            utc_offset_minutes=_offset(person.time_zone),
            max_projects=person.max_concurrent_projects,
        )


def _valid_weeks(row: PersonSkill, start: date) -> tuple[int, int | None]:
    """Weeks, from the horizon's first, in which a skill holds from Monday to Friday."""
    first = -(10**6)
    if row.valid_from is not None:
        first = -((start - row.valid_from).days // 7)
    end = None
    if row.valid_to is not None:
        end = ((row.valid_to + timedelta(days=3)) - start).days // 7
    return first, end


def _project(project: Project) -> KernelProject:
    return KernelProject(
        key=str(project.pk),
        priority=project.priority,
        site=project.site.key,
        utc_offset_minutes=_offset(project.site.time_zone),
        budget=None if project.budget is None else int(project.budget * MONEY),
    )


def _slot(piece: OpenPiece, index: dict[int, int], rows: Loading) -> KernelSlot:
    slot = piece.slot
    return KernelSlot(
        key=piece.key,
        project=index[slot.phase.project_id],
        phase=slot.phase.key,
        required={need.skill.key: need.level for need in slot.skills.all()},
        fte=piece.fte_hundredths,
        start=rows.week(piece.start_on),
        end=rows.week(piece.end_on),
        role=slot.seat.role.key,
        side=Side(slot.seat.role.side),
        must_fill=slot.must_fill,
        priority=_priority(slot),
    )


def _priority(slot: Slot) -> int | None:
    """None: the project's. A slot's own is weighed with its project's: the mean, rounded up."""
    if slot.priority is None:
        return None
    return (slot.priority + slot.phase.project.priority + 1) // 2


def _seats(pieces: list[OpenPiece]) -> tuple[tuple[int, ...], ...]:
    """Open pieces of one seat whose slots follow each other; a filled slot between parts them."""
    chains: list[list[int]] = []
    for members in _by_seat(pieces).values():
        order = _slot_order(pieces[members[0]].slot)
        previous = None
        for index in members:
            place = order[pieces[index].slot.pk]
            if previous is None or place > previous + 1:
                chains.append([])
            chains[-1].append(index)
            previous = place
    return tuple(tuple(chain) for chain in chains if len(chain) > 1)


def _by_seat(pieces: list[OpenPiece]) -> dict[int, list[int]]:
    members: dict[int, list[int]] = defaultdict(list)
    for index, piece in sorted(enumerate(pieces), key=lambda item: item[1].start_on):
        members[piece.slot.seat_id].append(index)
    return members


def _slot_order(slot: Slot) -> dict[int, int]:
    """Place of each slot in its seat (cached on the seat)."""
    seat = slot.seat
    cached: dict[int, int] | None = getattr(seat, "_slot_order", None)
    if cached is None:
        ids = seat.slots.order_by("start_on", "pk").values_list("pk", flat=True)
        cached = {pk: place for place, pk in enumerate(ids)}
        seat._slot_order = cached  # type: ignore[attr-defined]
    return cached


def _facts(rows: Loading) -> Iterable[Fact]:
    """What stays: assignments that are not proposed anew, and sides that were taken long ago."""
    by_slot: dict[int, list[int]] = defaultdict(list)
    for index, piece in enumerate(rows.pieces):
        by_slot[piece.slot.pk].append(index)
    neighbours = _neighbours(rows)
    for assignment in rows.assignments:
        slot = assignment.slot
        near = [i for one in neighbours.get(slot.pk, ()) for i in by_slot.get(one, ())]
        for start_on, end_on in rows.wishes.kept_spans(assignment):
            yield Fact(
                person=rows.person_index[assignment.person_id],
                project=str(slot.phase.project_id),
                phase=slot.phase.key,
                fte=assignment.fte_hundredths,
                start=rows.week(start_on),
                end=rows.week(end_on),
                side=Side(slot.seat.role.side),
                next_to=tuple(near),
            )
    yield from _begun(rows)
    for row in rows.sides:
        if row.person_id in rows.person_index:
            yield Fact(
                person=rows.person_index[row.person_id],
                project=str(row.project_id),
                phase="",
                fte=0,
                start=0,
                end=0,
                side=Side(row.side),
            )


def _begun(rows: Loading) -> Iterable[Fact]:
    """Weeks that have passed of work whose rest may move: they are paid, and take a side.

    Without a phase: who has begun in a slot may go on in it.
    """
    for piece in rows.pieces:
        held = piece.held
        if held is None or held.start_on >= piece.start_on:
            continue
        if held.person_id not in rows.person_index:
            continue
        yield Fact(
            person=rows.person_index[held.person_id],
            project=str(piece.slot.phase.project_id),
            phase="",
            fte=held.fte_hundredths,
            start=rows.week(held.start_on),
            end=rows.week(piece.start_on),
            side=Side(piece.slot.seat.role.side),
        )


def _neighbours(rows: Loading) -> dict[int, list[int]]:
    """Slots beside each slot in its seat."""
    chains: dict[int, list[tuple[date, int]]] = defaultdict(list)
    for slot in Slot.objects.filter(phase__project__in=rows.projects).only("seat", "start_on"):
        chains[slot.seat_id].append((slot.start_on, slot.pk))
    near: dict[int, list[int]] = defaultdict(list)
    for chain in chains.values():
        ordered = [pk for _start, pk in sorted(chain)]
        for one, other in pairwise(ordered):
            near[one].append(other)
            near[other].append(one)
    return near


def _start(rows: Loading) -> tuple[int, ...]:
    return tuple(
        rows.person_index.get(piece.held.person_id, -1) if piece.held else -1
        for piece in rows.pieces
    )


def _offset(time_zone: str) -> int:
    return round(standard_offset_hours(time_zone) * 60)


def _with_fit(run: StaffingRun, problem: StaffingProblem) -> StaffingProblem:
    """Take the fit scores of the configured backend; explicit skill fit when it has none."""
    run.fit_source = EXPLICIT_FIT
    if not settings.STAFFING_FIT_BACKEND:
        return problem
    try:
        scores = import_string(settings.STAFFING_FIT_BACKEND)(problem)
    except TeamHubError:
        # The backend says that it cannot serve; the proposal says which fit it used instead.
        logger.warning("run %s: the fit backend does not serve", run.pk, exc_info=True)
        return problem
    if scores is None:
        return problem
    run.fit_source = settings.STAFFING_FIT_BACKEND
    return replace(problem, fit=scores)


def present_problem(run: StaffingRun, rows: Loading) -> StaffingProblem:
    """Today's plan (see `present.read_present`) as a problem; `start` is who holds what."""
    problem = _problem(run, rows)
    spent = _spent_before(rows)
    return replace(
        problem,
        projects=tuple(
            project
            if project.budget is None
            else replace(project, budget=max(0, project.budget - spent[int(project.key)]))
            for project in problem.projects
        ),
    )


def _spent_before(rows: Loading) -> dict[int, int]:
    """By project, money of weeks before today of work that goes on: its slot has only the rest."""
    spent: dict[int, int] = defaultdict(int)
    for piece in rows.pieces:
        if piece.held is not None and piece.held.start_on < piece.start_on:
            gone = weeks.weeks_between(piece.held.start_on, piece.start_on)
            rate = int(piece.held.person.rate_per_fte_week * 100)
            spent[piece.slot.phase.project_id] += rate * piece.fte_hundredths * gone
    return spent
