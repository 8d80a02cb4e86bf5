"""What an absence does to a plan: what is lost, who could cover, what a re-solve brings back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from projects.kernel.staffing import verify
from projects.kernel.staffing.absence import Absences, Split, absences_of, split
from projects.kernel.staffing.explain import ORDER
from projects.kernel.staffing.problem import Rule, StaffingProblem, StaffingSolution, require
from projects.kernel.staffing.repair import Standing
from projects.kernel.staffing.slip import Slips
from projects.kernel.staffing.tables import Array
from teamhub.kernel.budget import Deadline, Report

Json = dict[str, Any]

MOST_COVERING = 5
# Shares of the time for the plan after the absence, and for the same with moves.
REPAIR_SHARE, MOVES_SHARE = 0.3, 0.5


def answer(
    problem: StaffingProblem,
    plan: tuple[int, ...],
    params: Mapping[str, Any],
    deadline: Deadline,
    seed: int,
    report: Report,
) -> Json:
    """Take people out for some weeks and tell what becomes of their slots.

    Parameters
    ----------
    plan
        Person per slot, -1 where open; what people hold are slots, not facts.
    params
        absent: [{person, start, end}], weeks `start` to before `end`. moves: whether, beside
        filling what is lost, others may change places too; false unless said.

    Returns
    -------
    dict
        lost, phases, coverage_share, depth as docs/formulas.md#absence-shock tells; moves
        [{slot, before, after}]; complete: false where the time ended before each phase was tried,
        and `slips_weeks` null then means "not found in the time".

    Raises
    ------
    InvalidProblem
        The plan is not of this problem, a person is unknown, or weeks lie outside the horizon.
    """
    moves = params.get("moves", False)
    require(isinstance(moves, bool), "moves", f"{moves!r} is neither true nor false")
    report("Reading the plan", 0.0)
    present = Standing(problem, plan)
    absences = absences_of(problem, params.get("absent"))
    cut = split(problem, plan, absences)
    standing = Standing(cut.problem, cut.plan)
    report("Trying changes", 0.2)
    covers = [_cover(standing, piece, plan[cut.origin[piece]]) for piece in cut.lost]
    shadows = [_shadow(standing, present, cut, absences, piece) for piece in cut.lost]
    report("Confirming by solving again", 0.4)
    repaired = _resolved(standing, cut, deadline, seed, moves=moves)
    slips = Slips(problem, plan, absences, deadline, seed)
    phases = [_phase(cut, repaired, slips, project, phase) for project, phase in _phases_of(cut)]
    return {
        "lost": [
            _lost(present, cut, piece, cover, shadow, repaired[piece])
            for piece, cover, shadow in zip(cut.lost, covers, shadows, strict=True)
        ],
        "phases": phases,
        "coverage_share": {
            "before": present.value.covered_share,
            "after": standing.value.covered_share,
            "recovered": verify.value(cut.problem, StaffingSolution(repaired)).covered_share,
        },
        "depth": [_depth_json(problem, row) for row in depth(present, absences)],
        "moves": _moved(cut, repaired),
        "complete": slips.complete,
    }


# --- who could cover ------------------------------------------------------------------------------


def _cover(standing: Standing, piece: int, holder: int) -> list[Json]:
    """Up to five people: fewest failing rules first, then the skills, then the fit."""
    tables, people = standing.tables, standing.problem.people
    everybody = np.arange(tables.n_people)
    fails = tables.failures(piece) | standing.ledger.failures(piece, everybody)
    rules = [rule for rule in ORDER if rule in fails]
    failed = np.stack([fails[rule] for rule in rules])
    fit = tables.fit(piece, everybody)
    order = np.lexsort((-fit, fails[Rule.SKILL], failed.sum(axis=0)))
    return [
        {
            "person": people[p].key,
            "free": not failed[:, p].any(),
            "rules": [rule.value for rule, bad in zip(rules, failed[:, p], strict=True) if bad],
            "fit": int(fit[p]),
        }
        for p in order[order != holder][:MOST_COVERING].tolist()
    ]


def _shadow(
    standing: Standing, present: Standing, cut: Split, absences: Absences, piece: int
) -> Json:
    """Who should learn from the holder: nearly the skills, and the most free weeks of the slot.

    `shadow_why`: of how many weeks she is free in how many, and the skills one level below.
    """
    s = cut.origin[piece]
    slot, lost, tables = present.problem.slots[s], cut.problem.slots[piece], present.tables
    everybody = np.arange(tables.n_people)
    able = ~standing.ledger.failures(piece, everybody)[Rule.INDEPENDENCE]
    fixed = standing.tables.failures(piece)
    able &= ~fixed[Rule.DISTANCE] & ~fixed[Rule.EXCLUDED]
    level = np.zeros(tables.n_people, dtype=np.int64)
    for skill, needed in slot.required.items():
        held = tables.held(skill, slot.start, slot.end)
        able &= held >= needed - 1
        level += np.minimum(held, needed)
    able[present.plan[s]] = False
    for p, ranges in absences.items():
        if any(start < lost.end and lost.start < end for start, end in ranges):
            able[p] = False
    people = np.flatnonzero(able)
    if len(people) == 0:
        return {"shadow": None, "shadow_why": None}
    left = standing.ledger.left[people, slot.start : slot.end]
    free = (left >= slot.fte).sum(axis=1)
    best = np.lexsort((-left.sum(axis=1), -level[people], -free))[0]
    p = int(people[best])
    below = [
        skill
        for skill, needed in slot.required.items()
        if tables.held(skill, slot.start, slot.end)[p] < needed
    ]
    why = {"free_weeks": int(free[best]), "weeks": slot.end - slot.start, "below": below}
    return {"shadow": cut.problem.people[p].key, "shadow_why": why}


# --- the plan after the absence -------------------------------------------------------------------


def _resolved(
    standing: Standing, cut: Split, deadline: Deadline, seed: int, *, moves: bool
) -> tuple[int, ...]:
    """Fill what is lost while others stay where they are; then, if allowed, let them move."""
    seconds = REPAIR_SHARE * deadline.left
    repaired = standing.resolve(cut.lost, deadline=deadline, seconds=seconds, seed=seed)
    plan = cut.plan if repaired is None else repaired.plan
    if not moves or not cut.lost:
        return plan
    pieces = Counter(cut.origin)
    lost = set(cut.lost)
    # Work that was open before stays open: the question is what the absence costs.
    freed = [
        piece
        for piece in standing.around(cut.lost)
        if piece in lost or (cut.plan[piece] >= 0 and pieces[cut.origin[piece]] == 1)
    ]
    seconds = MOVES_SHARE * deadline.left
    moved = standing.resolve(freed, deadline=deadline, seconds=seconds, seed=seed, start=plan)
    return plan if moved is None else moved.plan


def _moved(cut: Split, repaired: Sequence[int]) -> list[Json]:
    """What of the work that was not lost is somebody else's now."""
    people, lost = cut.problem.people, set(cut.lost)
    return [
        {
            "slot": slot.key,
            "before": people[before].key,
            "after": None if now < 0 else people[now].key,
        }
        for piece, (slot, before, now) in enumerate(
            zip(cut.problem.slots, cut.plan, repaired, strict=True)
        )
        if piece not in lost and before >= 0 and before != now
    ]


def _lost(
    present: Standing, cut: Split, piece: int, cover: list[Json], shadow: Json, by: int
) -> Json:
    people, slot, s = cut.problem.people, cut.problem.slots[piece], cut.origin[piece]
    return {
        "slot": present.problem.slots[s].key,
        "person": people[present.plan[s]].key,
        "start": slot.start,
        "end": slot.end,
        "only_holder": True,
        "cover": cover,
        **shadow,
        "covered_by": None if by < 0 else people[by].key,
    }


# --- phases ---------------------------------------------------------------------------------------


def _phases_of(cut: Split) -> list[tuple[int, str]]:
    slots = cut.problem.slots
    return list(dict.fromkeys((slots[piece].project, slots[piece].phase) for piece in cut.lost))


def _phase(cut: Split, repaired: Sequence[int], slips: Slips, project: int, phase: str) -> Json:
    slots = cut.problem.slots
    lost = [p for p in cut.lost if (slots[p].project, slots[p].phase) == (project, phase)]
    uncovered = sum(slots[piece].effort for piece in lost if repaired[piece] < 0)
    return {
        "project": cut.problem.projects[project].key,
        "phase": phase,
        "lost_effort": sum(slots[piece].effort for piece in lost),
        "uncovered_effort": uncovered,
        "slips_weeks": slips.weeks(project, phase) if uncovered else 0,
    }


# --- depth ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Depth:
    """How many can do what a project asks for at a level, with and without the absent."""

    project: int
    skill: str
    level: int
    need: int
    can: int
    can_without: int


def depth(present: Standing, absences: Absences) -> list[Depth]:
    """For each project, skill and level that its slots ask for: slots, and people who could.

    Who holds the level through all weeks of one of these slots, and is not too far away, could.
    """
    tables, problem = present.tables, present.problem
    asked: dict[tuple[int, str, int], list[int]] = {}
    for s, slot in enumerate(problem.slots):
        for skill, level in slot.required.items():
            if level > 0:
                asked.setdefault((slot.project, skill, level), []).append(s)
    there = np.ones(tables.n_people, dtype=bool)
    there[list(absences)] = False
    far: dict[int, Array] = {}
    found = []
    for (j, skill, level), slots in sorted(asked.items()):
        if j not in far:
            far[j] = tables.failures(slots[0])[Rule.DISTANCE]
        can = np.zeros(tables.n_people, dtype=bool)
        for start, end in {(problem.slots[s].start, problem.slots[s].end) for s in slots}:
            can |= tables.held(skill, start, end) >= level
        can &= ~far[j]
        found.append(Depth(j, skill, level, len(slots), int(can.sum()), int((can & there).sum())))
    return found


def _depth_json(problem: StaffingProblem, row: Depth) -> Json:
    return {
        "skill": row.skill,
        "level": row.level,
        "project": problem.projects[row.project].key,
        "need": row.need,
        "can": row.can,
        "can_without": row.can_without,
    }
