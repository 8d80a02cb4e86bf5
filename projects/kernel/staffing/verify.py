"""Check and value a plan from the data alone, sharing nothing with what made it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from projects.kernel.staffing.problem import (
    Fact,
    Rule,
    Side,
    StaffingProblem,
    StaffingSolution,
    level_in,
    records,
)


@dataclass(frozen=True, slots=True)
class Violation:
    """A broken rule: whose, where, when. `project` is a key: facts may lie outside the scope."""

    rule: Rule
    person: int | None = None
    project: str | None = None
    slot: int | None = None
    week: int | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Value:
    """The objective and its parts; objective = coverage + fit - cost + continuity - overload."""

    coverage: int
    fit: int
    cost: int
    continuity: int
    overload: int
    money: int
    covered_share: float

    @property
    def objective(self) -> int:
        return self.coverage + self.fit - self.cost + self.continuity - self.overload


@dataclass(frozen=True, slots=True)
class _Work:
    """A fact or a filled slot, alike."""

    person: int
    project: str
    phase: str
    side: Side
    fte: int
    start: int
    end: int
    slot: int | None

    @property
    def effort(self) -> int:
        return self.fte * (self.end - self.start)


def verify(problem: StaffingProblem, solution: StaffingSolution) -> list[Violation]:
    """Every rule that the plan breaks; empty for a plan that can be published.

    What facts break by themselves is no violation (see `inherited`); what the plan adds to it is.
    """
    plan = solution.assignment
    if len(plan) != len(problem.slots):
        detail = f"{len(plan)} entries for {len(problem.slots)} slots"
        return [Violation(Rule.MUST_FILL, detail=detail)]
    found = [*_unfilled_musts(problem, plan), *_too_many_changes(problem, plan)]
    found += _too_many_movers(problem, plan)
    for s, p in enumerate(plan):
        if p >= 0:
            found += _misplaced(problem, s, p)
    facts = [_fact_work(fact) for fact in problem.facts]
    found += _clashes(problem, facts, list(_slot_work(problem, plan)))
    return found


def inherited(problem: StaffingProblem) -> list[Violation]:
    """The rules that facts break already, before anything is placed."""
    return list(_clashes(problem, [], [_fact_work(fact) for fact in problem.facts]))


def value(problem: StaffingProblem, solution: StaffingSolution) -> Value:
    """Recompute the objective and its parts."""
    weights, plan = problem.weights, solution.assignment
    coverage = fit = cost = money = 0
    for s, p in enumerate(plan):
        if p < 0:
            continue
        slot = problem.slots[s]
        spent = problem.people[p].rate * slot.effort
        coverage += weights.priority * problem.priority_of(s) * slot.effort
        fit += fit_points(problem, s, p) * slot.effort
        cost += spent * weights.cost // weights.cost_divisor
        money += spent
    return Value(
        coverage=coverage,
        fit=fit,
        cost=cost,
        continuity=sum(points for *_, points in kept_seats(problem, plan)),
        overload=sum(overload_points(problem, plan).values()),
        money=money,
        covered_share=_covered_share(problem, plan),
    )


def fit_points(problem: StaffingProblem, s: int, p: int) -> int:
    """Points per effort unit for how well a person suits a slot."""
    slot, person, weights = problem.slots[s], problem.people[p], problem.weights
    same = person.site == problem.projects[slot.project].site
    site = weights.same_site if same else 0
    if problem.fit is not None and (s, p) in problem.fit:
        return problem.fit[s, p] + site
    table = weights.fit_by_surplus
    surplus = [_held(problem, s, p, skill) - level for skill, level in slot.required.items()]
    points = sum(table[max(0, min(extra, len(table) - 1))] for extra in surplus)
    return (points // len(surplus) if surplus else 0) + site


def kept_seats(
    problem: StaffingProblem, plan: tuple[int, ...]
) -> Iterator[tuple[int | None, int, int]]:
    """(slot before or None for a fact, slot, points) wherever a seat keeps its person."""
    each = problem.weights.continuity
    for before, after in problem.links():
        if plan[before] >= 0 and plan[before] == plan[after]:
            smaller = min(problem.slots[before].effort, problem.slots[after].effort)
            yield before, after, each * smaller
    for fact in problem.facts:
        for s in fact.next_to:
            if plan[s] == fact.person:
                yield None, s, each * min(fact.effort, problem.slots[s].effort)


def overload_points(problem: StaffingProblem, plan: tuple[int, ...]) -> dict[int, int]:
    """Points that each overloaded person costs, beyond what facts cost already."""
    weights = problem.weights
    taken: dict[int, int] = defaultdict(int)
    for fact in problem.facts:
        inside = max(0, min(fact.end, problem.n_weeks) - max(fact.start, 0))
        taken[fact.person] += fact.fte * inside
    placed: dict[int, int] = defaultdict(int)
    for s, p in enumerate(plan):
        if p >= 0:
            placed[p] += problem.slots[s].effort
    lost = {}
    for p, effort in placed.items():
        target = weights.overload_pct * sum(problem.people[p].availability) // 100
        over = effort - max(0, target - taken[p])
        if over > 0:
            lost[p] = weights.overload * over
    return lost


def _covered_share(problem: StaffingProblem, plan: tuple[int, ...]) -> float:
    worth = [problem.priority_of(s) * slot.effort for s, slot in enumerate(problem.slots)]
    whole = sum(worth)
    covered = sum(points for points, p in zip(worth, plan, strict=True) if p >= 0)
    return covered / whole if whole else 1.0


def _held(problem: StaffingProblem, s: int, p: int, skill: str) -> int:
    """The level that a person holds through all weeks of a slot."""
    levels = problem.people[p].skills.get(skill, 0)
    slot = problem.slots[s]
    return min(level_in(levels, week) for week in range(slot.start, slot.end))


def _fact_work(fact: Fact) -> _Work:
    return _Work(
        fact.person, fact.project, fact.phase, fact.side, fact.fte, fact.start, fact.end, None
    )


def _slot_work(problem: StaffingProblem, plan: tuple[int, ...]) -> Iterator[_Work]:
    for s, p in enumerate(plan):
        if p >= 0:
            x = problem.slots[s]
            project = problem.projects[x.project].key
            yield _Work(p, project, x.phase, x.side, x.fte, x.start, x.end, s)


def _unfilled_musts(problem: StaffingProblem, plan: tuple[int, ...]) -> Iterator[Violation]:
    for s, slot in enumerate(problem.slots):
        if slot.must_fill and plan[s] < 0:
            yield Violation(Rule.MUST_FILL, slot=s, project=problem.projects[slot.project].key)


def _too_many_changes(problem: StaffingProblem, plan: tuple[int, ...]) -> Iterator[Violation]:
    if problem.max_changes is None or problem.start is None:
        return
    changed = sum(0 <= held != now for held, now in zip(problem.start, plan, strict=True))
    if changed > problem.max_changes:
        detail = f"{changed} of {problem.max_changes}"
        yield Violation(Rule.CHANGE_BUDGET, detail=detail)


def _too_many_movers(problem: StaffingProblem, plan: tuple[int, ...]) -> Iterator[Violation]:
    if problem.max_movers is None or problem.start is None:
        return
    pairs = zip(problem.start, plan, strict=True)
    movers = {held for held, now in pairs if held >= 0 and now != held}
    if len(movers) > problem.max_movers:
        detail = f"{len(movers)} of {problem.max_movers} people"
        yield Violation(Rule.CHANGE_BUDGET, detail=detail)


def _misplaced(problem: StaffingProblem, s: int, p: int) -> Iterator[Violation]:
    """Rules between one slot and one person, whatever else they do."""
    slot, person = problem.slots[s], problem.people[p]
    project = problem.projects[slot.project]
    for skill, level in slot.required.items():
        if _held(problem, s, p, skill) < level:
            ever = max((r.level for r in records(person.skills.get(skill, 0))), default=0)
            rule = Rule.VALIDITY if ever >= level else Rule.SKILL
            yield Violation(rule, p, project.key, s, detail=f"{skill} {level}")
    limit = problem.weights.max_offset_hours
    apart = abs(person.utc_offset_minutes - project.utc_offset_minutes)
    if limit is not None and apart > 60 * limit:
        yield Violation(Rule.DISTANCE, p, project.key, s, detail=f"{apart} min")
    if (s, p) in problem.exclude:
        yield Violation(Rule.EXCLUDED, p, project.key, s)
    for pinned, wanted in problem.pins:
        if pinned == s and wanted != p:
            detail = f"only {problem.people[wanted].key}"
            yield Violation(Rule.EXCLUDED, p, project.key, s, detail=detail)
    for week in range(slot.start, slot.end):
        if person.availability[week] < slot.fte:
            yield Violation(Rule.AVAILABILITY, p, project.key, s, week)


def _clashes(
    problem: StaffingProblem, before: list[_Work], added: list[_Work]
) -> Iterator[Violation]:
    """Rules between pieces of work that `added` breaks, on top of what `before` leaves."""
    yield from _over_capacity(problem, before, added)
    yield from _too_many_projects(problem, before, added)
    yield from _both_sides(before, added)
    yield from _doubled_phases(before, added)
    if problem.apart:
        yield from _meetings(problem, before, added)
    yield from _over_budget(problem, before, added)


def _weeks(problem: StaffingProblem, work: _Work) -> range:
    return range(max(0, work.start), min(problem.n_weeks, work.end))


def _over_capacity(
    problem: StaffingProblem, before: list[_Work], added: list[_Work]
) -> Iterator[Violation]:
    def load(works: Iterable[_Work]) -> dict[tuple[int, int], int]:
        total: dict[tuple[int, int], int] = defaultdict(int)
        for work in works:
            for week in _weeks(problem, work):
                total[work.person, week] += work.fte
        return total

    taken = load(before)
    for (p, week), units in sorted(load(added).items()):
        left = max(0, problem.people[p].availability[week] - taken.get((p, week), 0))
        if units > left:
            yield Violation(Rule.CAPACITY, p, week=week, detail=f"{units} of {left}")


def _too_many_projects(
    problem: StaffingProblem, before: list[_Work], added: list[_Work]
) -> Iterator[Violation]:
    def busy(works: Iterable[_Work]) -> dict[tuple[int, int], set[str]]:
        sets: dict[tuple[int, int], set[str]] = defaultdict(set)
        for work in works:
            for week in _weeks(problem, work):
                sets[work.person, week].add(work.project)
        return sets

    old = busy(before)
    for (p, week), projects in sorted(busy(added).items()):
        had = old.get((p, week), set())
        left = max(0, problem.people[p].max_projects - len(had))
        new = projects - had
        if len(new) > left:
            yield Violation(Rule.MAX_PROJECTS, p, week=week, detail=f"{len(new)} of {left}")


def _both_sides(before: list[_Work], added: list[_Work]) -> Iterator[Violation]:
    both = {Side.BUILD, Side.REVIEW}
    old: dict[tuple[int, str], set[Side]] = defaultdict(set)
    new: dict[tuple[int, str], set[Side]] = defaultdict(set)
    for work in before:
        old[work.person, work.project].add(work.side)
    for work in added:
        new[work.person, work.project].add(work.side)
    for (p, project), sides in sorted(new.items()):
        had = old.get((p, project), set())
        joins = bool(sides & both) and both <= sides | had
        # Facts that hold both sides already: whatever is added on one of them adds to the breach.
        if joins:
            yield Violation(Rule.INDEPENDENCE, p, project)


def _doubled_phases(before: list[_Work], added: list[_Work]) -> Iterator[Violation]:
    held = {(work.person, work.project, work.phase) for work in before}
    for work in added:
        key = (work.person, work.project, work.phase)
        if key in held:
            yield Violation(Rule.ONE_PER_PHASE, work.person, work.project, work.slot)
        held.add(key)


def _meetings(
    problem: StaffingProblem, before: list[_Work], added: list[_Work]
) -> Iterator[Violation]:
    """Weeks in which a piece that is added lies beside one of somebody to be kept apart."""
    there: dict[tuple[str, int], set[int]] = defaultdict(set)
    for work in (*before, *added):
        for week in _weeks(problem, work):
            there[work.project, week].add(work.person)
    pairs = {frozenset(pair) for pair in problem.apart}
    for work in added:
        for week in _weeks(problem, work):
            for other in sorted(there[work.project, week]):
                if frozenset((work.person, other)) in pairs:
                    detail = f"meets {problem.people[other].key}"
                    yield Violation(Rule.APART, work.person, work.project, work.slot, week, detail)


def _over_budget(
    problem: StaffingProblem, before: list[_Work], added: list[_Work]
) -> Iterator[Violation]:
    def spend(works: Iterable[_Work]) -> dict[str, int]:
        total: dict[str, int] = defaultdict(int)
        for work in works:
            total[work.project] += problem.people[work.person].rate * work.effort
        return total

    old, new = spend(before), spend(added)
    for project in problem.projects:
        if project.budget is None:
            continue
        left = max(0, project.budget - old.get(project.key, 0))
        if new.get(project.key, 0) > left:
            detail = f"{new[project.key]} of {left}"
            yield Violation(Rule.BUDGET, project=project.key, detail=detail)
