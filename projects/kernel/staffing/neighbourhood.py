"""A part of a plan around one slot, small enough to be solved exactly in a moment.

What a plan would lose or gain by something is asked here: the same slots are freed on both sides of
a comparison and solved again, so that a plan which is not the best one does not colour the answer.
It is an estimate: what is outside the neighbourhood stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from projects.kernel.staffing.candidates import Candidates
from projects.kernel.staffing.ledger import Ledger
from projects.kernel.staffing.model import PlanModel
from projects.kernel.staffing.problem import StaffingProblem
from projects.kernel.staffing.tables import OTHER, Array, Tables
from teamhub.kernel.budget import Deadline
from teamhub.kernel.highs import Ended, solve_mip

Plan = tuple[int, ...]

# With 16 to 25 slots a neighbourhood is solved in 10 to 120 ms (60 people, 12 projects); some of
# them are kept for open slots, which compete for the same people.
MOST_SLOTS, MOST_HELD = 25, 17
SUB_SECONDS = 2.0
# Objectives are integers. So small a preference decides between equals and nothing else.
KEEP, STRICTLY = 0.01, 0.5
ABSOLUTE_GAP = 0.005


def settled(problem: StaffingProblem, plan: Sequence[int]) -> StaffingProblem:
    """The problem in which a must-fill slot that the plan leaves open may stay open."""
    slots = tuple(
        replace(slot, must_fill=False) if slot.must_fill and plan[s] < 0 else slot
        for s, slot in enumerate(problem.slots)
    )
    return replace(problem, slots=slots)


def around(ledger: Ledger, s: int, person: int | None = None) -> tuple[int, ...]:
    """The slots to free around one slot, itself included, ascending.

    Parameters
    ----------
    ledger
        With the whole plan placed.
    person
        What this person holds comes first: in the weeks of the slot, and whatever in its project
        would bar her from it, held by people to be kept apart from her too.

    Returns
    -------
    tuple
        At most MOST_SLOTS: those that people who suit the slot hold in its weeks, best first, and
        the open ones in these weeks that such people suit, greatest stake first.
    """
    tables, plan = ledger.tables, ledger.plan
    inside = (tables.start < tables.end[s]) & (tables.end > tables.start[s])
    suited = tables.suited(s)
    people = suited[np.argsort(-tables.points(s, suited), kind="stable")].tolist()
    chosen = [s]
    if person is not None:
        hers = (plan == person) & (inside | _bars(tables, s))
        theirs = np.isin(plan, tables.partners.get(person, [])) & inside
        theirs &= tables.project == tables.project[s]
        chosen += [other for other in np.flatnonzero(hers | theirs).tolist() if other != s]
        people = [person, *(p for p in people if p != person)]
    held = [int(other) for p in people for other in np.flatnonzero(inside & (plan == p))]
    held = [other for other in held if other not in chosen]
    gaps = np.flatnonzero(inside & (plan < 0))
    stake = (tables.priority * tables.effort)[gaps]
    everybody = set(people)
    shared = [
        int(gap)
        for gap in gaps[np.argsort(-stake, kind="stable")]
        if gap != s and not everybody.isdisjoint(tables.suited(int(gap)).tolist())
    ]
    chosen += held[: max(0, MOST_HELD - len(chosen))]
    chosen += shared[: max(0, MOST_SLOTS - len(chosen))]
    rest = [other for other in held if other not in chosen]
    chosen += rest[: max(0, MOST_SLOTS - len(chosen))]
    return tuple(sorted(chosen))


def _bars(tables: Tables, s: int) -> Array:
    """The slots that whoever holds them cannot hold together with this one, whenever they are."""
    same_phase: Array = tables.group == tables.group[s]
    if tables.side[s] == OTHER:
        return same_phase
    opposite: Array = (tables.project == tables.project[s]) & (tables.side == 1 - tables.side[s])
    return np.logical_or(same_phase, opposite)


@dataclass(frozen=True)
class Resolved:
    """The best plan of a neighbourhood: person per slot, and whether nothing better exists."""

    plan: Plan
    proven: bool


def placed(problem: StaffingProblem, plan: Sequence[int], but: Sequence[int] = ()) -> Ledger:
    """A ledger with a plan placed, some slots left open."""
    ledger, fixed = Ledger(Tables(problem)), np.array(plan, dtype=np.int64)
    fixed[list(but)] = -1
    ledger.place_all(fixed)
    return ledger


def resolve(
    problem: StaffingProblem,
    plan: Sequence[int],
    slots: Sequence[int],
    deadline: Deadline,
    *,
    force: tuple[int, int] | None = None,
    unless_better: tuple[int, int] | None = None,
    seed: int = 0,
) -> Resolved | None:
    """Solve the plan of some slots anew, the others as they are.

    Parameters
    ----------
    force
        A pair (slot, person) that must be.
    unless_better
        A pair that is taken only where every plan without it is worse by at least one point. None
        is the answer too where the pair cannot be.

    Returns
    -------
    Resolved or None
        None where no plan exists, or none was found in the time. Among plans of equal worth, one
        that moves few people.
    """
    ledger = placed(problem, plan, slots)
    tables, free = ledger.tables, set(slots)
    if force is not None:
        s, p = force
        if p not in tables.suited(s) or not ledger.fits(s, np.array([p]))[0]:
            return None
        ledger.place(s, p)
        free.discard(s)
    candidates = Candidates.of(tables, ledger, free)
    if any(tables.must_fill[s] and candidates.counts[s] == 0 for s in free):
        return None
    if unless_better is not None and unless_better[1] not in candidates.of_slot(unless_better[0]):
        return None
    part = PlanModel(candidates, ledger, np.arange(candidates.n_pairs))
    points = part.model.value
    if unless_better is not None:
        points[: part.n_pairs][_is(part, *unless_better)] -= STRICTLY
    else:
        points[: part.n_pairs][np.array(plan)[part.slot] == part.person] += KEEP
    answer = solve_mip(
        part.model,
        seconds=max(0.01, min(SUB_SECONDS, deadline.left)),
        seed=seed,
        start=None if force else part.start(np.array(plan)),
        stop=deadline.stop,
        absolute_gap=ABSOLUTE_GAP,
    )
    if answer.values is None:
        return None
    for s, p in part.chosen(answer.values):
        ledger.place(s, p)
    return Resolved(tuple(ledger.plan.tolist()), answer.ended is Ended.OPTIMAL)


def _is(part: PlanModel, s: int, p: int) -> Array:
    pair: Array = (part.slot == s) & (part.person == p)
    return pair
