"""Rows to staffing problem and back. The only module that knows both."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

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
from projects.models import (
    Assignment,
    Incumbent,
    Project,
    ProjectSide,
    ProposalRow,
    Slot,
    StaffingRun,
)
from roles.models import Person, PersonSkill
from roles.selectors import availability
from roles.time_zones import standard_offset_hours
from teamhub import weeks
from teamhub.errors import Infeasible, InvalidInput, TeamHubError
from teamhub.runs.frozen import thaw

logger = logging.getLogger(__name__)

# Rates are cents per FTE-week and effort is hundredths of an FTE-week: money is 1/100 cent.
MONEY = 100 * 100
# One point per effort unit for each 100 (of the company's currency) per FTE-week at cost = 100:
# a person who costs 4,000 a week loses 40 points beside the 100 of a priority.
COST_DIVISOR = 1_000_000
EXPLICIT_FIT = "explicit"  # skill levels against what the slot asks
# A solver may overshoot its time limit; after this it is asked to hand over what it has.
GRACE_SECONDS = 5
PRODUCT_WEIGHTS = {"priority": 100, "same_site": 12, "cost": 100, "continuity": 15, "overload": 20}


@dataclass(frozen=True)
class OpenPiece:
    """What is still open of a slot: some of its weeks at the effort that is left."""

    slot: Slot
    start_on: date
    end_on: date
    fte_hundredths: int
    held: Assignment | None = None  # may be moved


@dataclass
class _Loading:
    """The rows of one problem and how they map to its indices."""

    projects: list[Project]
    pieces: list[OpenPiece]
    start: date
    n_weeks: int
    people: list[Person]
    assignments: list[Assignment]  # facts
    sides: list[ProjectSide]
    person_index: dict[int, int] = field(default_factory=dict)

    def week(self, day: date) -> int:
        return weeks.weeks_between(self.start, day)


def load_staffing(run: StaffingRun) -> dict[str, Any]:
    """The frozen job of a run: today's rows as a problem, with time limit and seed."""
    rows = _read(run)
    if not rows.pieces:
        raise Infeasible(
            _("There is nothing to staff: every slot of these projects is filled or past."),
            code="nothing_open",
        )
    try:
        problem = _problem(run, rows)
    except InvalidProblem as error:
        raise InvalidInput(_("The plan contradicts itself: %s") % error) from error
    return {
        "problem": codec.problem_to_json(problem),
        "seconds": run.params["seconds"],
        "limit_s": run.params["seconds"] + GRACE_SECONDS,
        "seed": run.seed,
        "people": [person.pk for person in rows.people],
        "pieces": [
            {
                "slot": piece.slot.pk,
                "start_on": piece.start_on.isoformat(),
                "end_on": piece.end_on.isoformat(),
                "fte_hundredths": piece.fte_hundredths,
                "held": piece.held.pk if piece.held else None,
                "held_by": piece.held.person_id if piece.held else None,
            }
            for piece in rows.pieces
        ],
        "start_on": rows.start.isoformat(),
        "fit_source": run.fit_source,
    }


# --- rows -----------------------------------------------------------------------------------------


def _read(run: StaffingRun) -> _Loading:
    projects = list(run.projects.select_related("site").order_by("pk"))
    slots = list(
        Slot.objects.filter(phase__project__in=projects)
        .select_related("seat__role", "phase__project")
        .prefetch_related("skills__skill", "assignments__person")
        .order_by("phase__project", "start_on", "pk")
    )
    today = weeks.monday(timezone.localdate())
    movable = run.params.get("change_budget", 0) > 0
    pieces = [piece for slot in slots for piece in open_pieces(slot, today, movable=movable)]
    start = min((piece.start_on for piece in pieces), default=today)
    end = max((piece.end_on for piece in pieces), default=today)
    moved = {piece.held.pk for piece in pieces if piece.held is not None}
    in_scope = [a for slot in slots for a in slot.assignments.all() if a.pk not in moved]
    outside = (
        Assignment.objects.in_weeks(start, end)
        .exclude(slot__phase__project__in=projects)
        .select_related("slot__seat__role", "slot__phase__project")
        .order_by("pk")
    )
    held_by = {assignment.person_id for assignment in in_scope}
    candidates = Person.objects.employed_between(start, end) | Person.objects.filter(pk__in=held_by)
    people = list(candidates.distinct().select_related("site").order_by("pk"))
    index = {person.pk: position for position, person in enumerate(people)}
    return _Loading(
        projects=projects,
        pieces=pieces,
        start=start,
        n_weeks=weeks.weeks_between(start, end),
        people=people,
        assignments=[a for a in (*in_scope, *outside) if a.person_id in index],
        sides=list(ProjectSide.objects.filter(project__in=projects).order_by("pk")),
        person_index=index,
    )


def open_pieces(slot: Slot, today: date, *, movable: bool) -> list[OpenPiece]:
    """The parts of a slot, from this week on, that nobody holds in full."""
    start, end = max(slot.start_on, today), slot.end_on
    if start >= end:
        return []
    assignments = list(slot.assignments.all())
    if movable and (held := _movable(slot, assignments, start)) is not None:
        return [OpenPiece(slot, start, end, slot.fte_hundredths, held)]
    left = []
    for monday in weeks.each_week(start, end):
        taken = sum(a.fte_hundredths for a in assignments if a.start_on <= monday < a.end_on)
        left.append(max(0, slot.fte_hundredths - taken))
    pieces, first = [], 0
    for week in range(1, len(left) + 1):
        if week == len(left) or left[week] != left[first]:
            if left[first]:
                span = weeks.add_weeks(start, first), weeks.add_weeks(start, week)
                pieces.append(OpenPiece(slot, *span, left[first]))
            first = week
    return pieces


def _movable(slot: Slot, assignments: list[Assignment], start: date) -> Assignment | None:
    """The one confirmed, unlocked assignment that fills the whole slot and has not begun."""
    if len(assignments) != 1:
        return None
    only = assignments[0]
    whole = (only.start_on, only.end_on) == (slot.start_on, slot.end_on) and start == slot.start_on
    free = only.status == Assignment.Status.CONFIRMED and not only.locked
    return only if whole and free and only.fte_hundredths == slot.fte_hundredths else None


# --- problem --------------------------------------------------------------------------------------


def _problem(run: StaffingRun, rows: _Loading) -> StaffingProblem:
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
    return Weights(
        **(PRODUCT_WEIGHTS | given),
        cost_divisor=COST_DIVISOR,
        max_offset_hours=int(most),
    )


def _people(rows: _Loading) -> Iterable[KernelPerson]:
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


def _slot(piece: OpenPiece, index: dict[int, int], rows: _Loading) -> KernelSlot:
    slot = piece.slot
    return KernelSlot(
        key=f"{slot.pk}@{piece.start_on.isoformat()}",
        project=index[slot.phase.project_id],
        phase=slot.phase.key,
        required={need.skill.key: need.level for need in slot.skills.all()},
        fte=piece.fte_hundredths,
        start=rows.week(piece.start_on),
        end=rows.week(piece.end_on),
        role=slot.seat.role.key,
        side=Side(slot.seat.role.side),
        must_fill=slot.must_fill,
        priority=slot.priority,
    )


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


def _facts(rows: _Loading) -> Iterable[Fact]:
    """What stays: assignments that are not proposed anew, and sides that were taken long ago."""
    by_slot: dict[int, list[int]] = defaultdict(list)
    for index, piece in enumerate(rows.pieces):
        by_slot[piece.slot.pk].append(index)
    neighbours = _neighbours(rows)
    for assignment in rows.assignments:
        slot = assignment.slot
        yield Fact(
            person=rows.person_index[assignment.person_id],
            project=str(slot.phase.project_id),
            phase=slot.phase.key,
            fte=assignment.fte_hundredths,
            start=rows.week(assignment.start_on),
            end=rows.week(assignment.end_on),
            side=Side(slot.seat.role.side),
            next_to=tuple(i for near in neighbours.get(slot.pk, ()) for i in by_slot.get(near, ())),
        )
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


def _neighbours(rows: _Loading) -> dict[int, list[int]]:
    """Slots beside each slot in its seat."""
    chains: dict[int, list[tuple[date, int]]] = defaultdict(list)
    for slot in Slot.objects.filter(phase__project__in=rows.projects).only("seat", "start_on"):
        chains[slot.seat_id].append((slot.start_on, slot.pk))
    near: dict[int, list[int]] = defaultdict(list)
    for chain in chains.values():
        ordered = [pk for _start, pk in sorted(chain)]
        for one, other in zip(ordered, ordered[1:], strict=False):
            near[one].append(other)
            near[other].append(one)
    return near


def _start(rows: _Loading) -> tuple[int, ...]:
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


# --- back -----------------------------------------------------------------------------------------


def record_incumbent(run: StaffingRun, line: dict[str, Any]) -> None:
    """One point of the curve."""
    if line.get("type") != "incumbent":
        return
    step = run.curve.filter(attempt=run.attempt).count()
    Incumbent.objects.create(
        run=run,
        attempt=run.attempt,
        step=step,
        seconds=line["seconds"],
        objective=line["objective"] or 0,
        bound=line.get("bound"),
    )


def store_proposal(run: StaffingRun, result: dict[str, Any]) -> None:
    """Write the rows and the figures of a proposal; the caller's transaction sets SUCCEEDED."""
    job = thaw(run.input_file)
    person_of = {row["slot"]: row["person"] for row in result.get("assignment", [])}
    scores = {row["slot"]: row for row in result.get("scores", [])}
    blockers = {row["slot"]: row for row in result.get("blockers", [])}
    # Rows may have gone while the solver ran.
    slots = set(Slot.objects.filter(phase__project__in=run.projects.all()).values_list("pk", flat=True))
    people = set(Person.objects.values_list("pk", flat=True))
    held = set(Assignment.objects.values_list("pk", flat=True))
    rows = []
    for piece in job["pieces"]:
        if piece["slot"] not in slots:
            continue
        key = f"{piece['slot']}@{piece['start_on']}"
        person = int(person_of[key]) if key in person_of else None
        if person is not None and person not in people:
            person = None
        row = _row(run, piece, person, scores.get(key), blockers.get(key))
        if row is not None:
            row.replaces_id = row.replaces_id if row.replaces_id in held else None
            rows.append(row)
    ProposalRow.objects.bulk_create(rows, batch_size=200)
    run.objective, run.bound = result["objective"], result["bound"]
    run.coverage_share = result.get("coverage_share")
    cost = result.get("cost")
    run.cost = None if cost is None else (Decimal(cost) / MONEY).quantize(Decimal("0.01"))
    run.method, run.inherited = result["method"], _inherited(result["inherited"], people)
    run.fit_source = job.get("fit_source", EXPLICIT_FIT)
    run.save(
        update_fields=[
            "objective",
            "bound",
            "coverage_share",
            "cost",
            "method",
            "inherited",
            "fit_source",
        ]
    )


def _row(
    run: StaffingRun,
    piece: dict[str, Any],
    person: int | None,
    score: dict[str, Any] | None,
    blocker: dict[str, Any] | None,
) -> ProposalRow | None:
    """The row of a piece; None where the person who holds it stays."""
    if piece["held"] is not None and person == piece.get("held_by"):
        return None
    points, money = {}, None
    if score is not None and person is not None:
        points = {name: score[name] for name in ("coverage", "fit", "cost", "continuity")}
        money = (Decimal(score["money"]) / MONEY).quantize(Decimal("0.01"))
    return ProposalRow(
        run=run,
        slot_id=piece["slot"],
        person_id=person,
        start_on=date.fromisoformat(piece["start_on"]),
        end_on=date.fromisoformat(piece["end_on"]),
        fte_hundredths=piece["fte_hundredths"],
        replaces_id=piece["held"] if person is not None else None,
        score=points,
        cost=money,
        blockers=[] if blocker is None or person is not None else [blocker],
    )


def _inherited(found: list[dict[str, Any]], people: set[int]) -> list[dict[str, Any]]:
    """Breaches of today's plan with ids in place of the kernel's keys."""
    return [
        breach | {"person": int(breach["person"]) if breach["person"] else None}
        for breach in found
        if not breach["person"] or int(breach["person"]) in people
    ]
