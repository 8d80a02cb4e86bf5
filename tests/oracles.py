"""Naive twins of the kernels: slow, obvious, and sharing no code with what they check."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import pairwise
from typing import Any

from projects.kernel.staffing.problem import Fact, Slot, StaffingProblem

Plan = list[int]


# --- staffing -----------------------------------------------------------------------------


def staffing_breaks(  # noqa: C901, PLR0912 - one flat list of rules is the easiest to trust
    problem: StaffingProblem, plan: Plan, s: int, p: int
) -> set[str]:
    """The rules that person p would break in slot s, which is open in the plan."""
    slot, person = problem.slots[s], problem.people[p]
    project = problem.projects[slot.project]
    others = list(_works(problem, plan, p))
    broken = set()
    for skill, level in slot.required.items():
        if _highest(person.skills.get(skill, 0)) < level:
            broken.add("skill")
        elif any(
            _level(person.skills.get(skill, 0), week) < level
            for week in range(slot.start, slot.end)
        ):
            broken.add("validity")
    hours = problem.weights.max_offset_hours
    apart = abs(person.utc_offset_minutes - project.utc_offset_minutes)
    if hours is not None and apart > hours * 60:
        broken.add("distance")
    if (s, p) in problem.exclude or any(pin[0] == s and pin[1] != p for pin in problem.pins):
        broken.add("excluded")
    for one, other in problem.apart:
        if p in (one, other):
            works = _works(problem, plan, other if p == one else one)
            if any(w[3] == project.key and w[1] < slot.end and slot.start < w[2] for w in works):
                broken.add("apart")
    for week in range(slot.start, slot.end):
        now = [work for work in others if work[1] <= week < work[2]]
        load = sum(work[0] for work in now)
        projects = {work[3] for work in now}
        if person.availability[week] < slot.fte:
            broken.add("availability")
        if load > 0 and load + slot.fte > person.availability[week]:
            broken.add("capacity")
        if project.key not in projects and len(projects) >= person.max_projects:
            broken.add("max_projects")
    here = [work for work in others if work[3] == project.key]
    if {"build", "review"} == {work[5] for work in here} & {"build", "review"} | {slot.side.value}:
        broken.add("independence")
    if {"build", "review"} <= {work[5] for work in here} and slot.side.value != "other":
        broken.add("independence")
    if any(work[4] == slot.phase for work in here):
        broken.add("one_per_phase")
    if project.budget is not None and person.rate * slot.effort > _money_left(problem, plan, slot):
        broken.add("budget")
    return broken


def _works(
    problem: StaffingProblem, plan: Plan, p: int
) -> Iterator[tuple[int, int, int, str, str, str]]:
    """(fte, start, end, project, phase, side) of all that a person does."""
    for fact in problem.facts:
        if fact.person == p:
            yield fact.fte, fact.start, fact.end, fact.project, fact.phase, fact.side.value
    for slot, holder in zip(problem.slots, plan, strict=True):
        if holder == p:
            key = problem.projects[slot.project].key
            yield slot.fte, slot.start, slot.end, key, slot.phase, slot.side.value


def _money_left(problem: StaffingProblem, plan: Plan, slot: Slot) -> int:
    project = problem.projects[slot.project]
    assert project.budget is not None
    facts = [fact for fact in problem.facts if fact.project == project.key]
    gone = sum(problem.people[fact.person].rate * fact.effort for fact in facts)
    spent = sum(
        problem.people[p].rate * other.effort
        for other, p in zip(problem.slots, plan, strict=True)
        if p >= 0 and other.project == slot.project
    )
    return max(0, project.budget - gone) - spent


def _highest(levels: Any) -> int:
    return levels if isinstance(levels, int) else max((r.level for r in levels), default=0)


def _level(levels: Any, week: int) -> int:
    if isinstance(levels, int):
        return levels
    valid = [
        r.level
        for r in levels
        if r.first_week <= week and (r.end_week is None or week < r.end_week)
    ]
    return max(valid, default=0)


def staffing_points(problem: StaffingProblem, plan: Plan) -> int:
    """The objective of a plan, term by term from its definition."""
    w = problem.weights
    total = 0
    for s, p in enumerate(plan):
        if p >= 0:
            slot = problem.slots[s]
            own = slot.priority
            priority = problem.projects[slot.project].priority if own is None else own
            total += slot.effort * w.priority * priority
            total += slot.effort * _fit(problem, s, p)
            total -= problem.people[p].rate * slot.effort * w.cost // w.cost_divisor
    for chain in problem.seats:
        for a, b in pairwise(chain):
            if plan[a] >= 0 and plan[a] == plan[b]:
                total += w.continuity * min(problem.slots[a].effort, problem.slots[b].effort)
    for fact in problem.facts:
        for s in fact.next_to:
            if plan[s] == fact.person:
                total += w.continuity * min(fact.effort, problem.slots[s].effort)
    for p, person in enumerate(problem.people):
        target = w.overload_pct * sum(person.availability) // 100
        facts = sum(_inside(problem, fact) for fact in problem.facts if fact.person == p)
        placed = sum(
            slot.effort for slot, holder in zip(problem.slots, plan, strict=True) if holder == p
        )
        total -= w.overload * (max(0, facts + placed - target) - max(0, facts - target))
    return total


def _inside(problem: StaffingProblem, fact: Fact) -> int:
    return sum(fact.fte for week in range(problem.n_weeks) if fact.start <= week < fact.end)


def _fit(problem: StaffingProblem, s: int, p: int) -> int:
    slot, person, w = problem.slots[s], problem.people[p], problem.weights
    site = w.same_site if person.site == problem.projects[slot.project].site else 0
    if problem.fit is not None and (s, p) in problem.fit:
        return problem.fit[s, p] + site
    points = []
    for skill, needed in slot.required.items():
        weeks = range(slot.start, slot.end)
        surplus = min(_level(person.skills.get(skill, 0), week) for week in weeks) - needed
        points.append(w.fit_by_surplus[min(surplus, len(w.fit_by_surplus) - 1)])
    return (sum(points) // len(points) if points else 0) + site


def staffing_best(problem: StaffingProblem) -> tuple[int, Plan] | None:
    """The best plan by trying all of them; None if no plan fills every must-fill slot."""
    best: tuple[int, Plan] | None = None
    for plan in _plans(problem, [-1] * len(problem.slots), 0):
        points = staffing_points(problem, plan)
        if best is None or points > best[0]:
            best = points, list(plan)
    return best


def _plans(problem: StaffingProblem, plan: Plan, s: int) -> Iterator[Plan]:
    if s == len(plan):
        few = problem.max_movers is None or len(_movers(problem, plan)) <= problem.max_movers
        if few and _changes(problem, plan) <= _most_changes(problem):
            yield plan
        return
    for p in range(len(problem.people)):
        if not staffing_breaks(problem, plan, s, p):
            plan[s] = p
            yield from _plans(problem, plan, s + 1)
            plan[s] = -1
    if not problem.slots[s].must_fill:
        yield from _plans(problem, plan, s + 1)


def _changes(problem: StaffingProblem, plan: Plan) -> int:
    held = problem.start or [-1] * len(plan)
    return sum(1 for old, new in zip(held, plan, strict=True) if old >= 0 and new != old)


def _movers(problem: StaffingProblem, plan: Plan) -> set[int]:
    held = problem.start or [-1] * len(plan)
    return {old for old, new in zip(held, plan, strict=True) if old >= 0 and new != old}


def _most_changes(problem: StaffingProblem) -> int:
    return len(problem.slots) if problem.max_changes is None else problem.max_changes


def staffing_best_around(
    problem: StaffingProblem, plan: Plan, slots: Collection[int], s: int, p: int
) -> tuple[int | None, int | None]:
    """Points of the best plans that differ in some slots only: with p in s, and without."""
    best: dict[bool, int] = {}
    open_plan = [-1 if other in slots else held for other, held in enumerate(plan)]
    for one in _plans_of(problem, open_plan, sorted(slots)):
        points, here = staffing_points(problem, one), one[s] == p
        best[here] = max(points, best.get(here, points))
    return best.get(True), best.get(False)


def _plans_of(problem: StaffingProblem, plan: Plan, slots: list[int]) -> Iterator[Plan]:
    if not slots:
        yield plan
        return
    s, *rest = slots
    for p in range(len(problem.people)):
        if not staffing_breaks(problem, plan, s, p):
            plan[s] = p
            yield from _plans_of(problem, plan, rest)
            plan[s] = -1
    if not problem.slots[s].must_fill:
        yield from _plans_of(problem, plan, rest)


def staffing_fillable(
    problem: StaffingProblem, slots: list[int], people: set[tuple[str, int]], budgets: set[int]
) -> bool:
    """Whether slots can all be filled where, of the rules of people, only some hold (rule, person).

    Skills, distance, exclusion and availability hold for everybody; budgets of some projects.
    """
    return _fill(problem, [-1] * len(problem.slots), slots, people, budgets)


def _fill(
    problem: StaffingProblem,
    plan: Plan,
    slots: list[int],
    people: set[tuple[str, int]],
    budgets: set[int],
) -> bool:
    if not slots:
        return True
    s, *rest = slots
    for p in range(len(problem.people)):
        relaxed = {
            rule
            for rule in ("capacity", "max_projects", "independence", "one_per_phase")
            if (rule, p) not in people
        }
        if problem.slots[s].project not in budgets:
            relaxed.add("budget")
        if staffing_breaks(problem, plan, s, p) <= relaxed:
            plan[s] = p
            filled = _fill(problem, plan, rest, people, budgets)
            plan[s] = -1
            if filled:
                return True
    return False


def staffing_freed(
    problem: StaffingProblem, plan: Plan, s: int, lifted: Collection[str]
) -> list[int]:
    """Who could take an open slot if some rules were lifted for it."""
    return [
        p for p in range(len(problem.people)) if staffing_breaks(problem, plan, s, p) <= set(lifted)
    ]
