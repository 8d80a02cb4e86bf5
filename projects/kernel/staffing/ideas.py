"""Changes that might fill open slots, each with what shadow prices say it would be worth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from statistics import median_low

import numpy as np

from projects.kernel.staffing.changes import (
    Budget,
    Change,
    Hire,
    Lower,
    MoreProjects,
    Shift,
    Train,
)
from projects.kernel.staffing.prices import Prices
from projects.kernel.staffing.problem import Rule, Slot
from projects.kernel.staffing.repair import Standing
from projects.kernel.staffing.tables import NO_LIMIT, Array, Tables

# Beyond, it is another slot, another training, another plan.
MOST_LEVELS, MOST_WEEKS, MOST_TRAININGS, MOST_PHASES = 2, 2, 2, 3
# A hire bridges so many weeks between two slots.
BRIDGED_WEEKS = 2

Cluster = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Idea:
    """A change that aims at open slots.

    Attributes
    ----------
    people
        Whom it is about; a hire comes after all others.
    price
        What the relaxed programme would gain, by its shadow prices.
    cluster
        The skills of the slots: of ideas of one kind for the same skills the best is kept.
    """

    kind: str
    changes: tuple[Change, ...]
    aimed: tuple[int, ...]
    people: tuple[int, ...]
    price: float
    cluster: Cluster


def ideas(standing: Standing, prices: Prices) -> list[Idea]:
    """At most one idea per kind and cluster of open slots, dearest first."""
    best: dict[tuple[str, Cluster], Idea] = {}
    for kind in (_hires, _trainings, _lowered, _projects, _budgets, _shifts):
        for idea in kind(standing, prices):
            key = idea.kind, idea.cluster
            if idea.price > 0 and (key not in best or idea.price > best[key].price):
                best[key] = idea
    return sorted(best.values(), key=lambda idea: -idea.price)


def cluster_of(slot: Slot) -> Cluster:
    """Slots that ask for the same skills, at whatever level, are short of the same people."""
    return tuple(sorted(slot.required))


# --- hire -----------------------------------------------------------------------------------------


def _hires(standing: Standing, prices: Prices) -> Iterator[Idea]:
    clusters: dict[Cluster, list[int]] = {}
    for s in standing.open:
        clusters.setdefault(cluster_of(standing.problem.slots[s]), []).append(s)
    for cluster, slots in clusters.items():
        best = max((_hire(standing, prices, s, slots) for s in slots), key=lambda i: i.price)
        yield replace(best, cluster=cluster)


def _hire(standing: Standing, prices: Prices, seed: int, slots: list[int]) -> Idea:
    """Somebody for one open slot and whatever else of the same kind fits beside it in time."""
    problem, tables = standing.problem, standing.tables
    first = problem.slots[seed]
    project = problem.projects[first.project]
    change = Hire(
        skills=tuple(sorted(first.required.items())),
        fte=rounded_up(first.fte, problem.units_per_fte),
        start=0,
        end=problem.n_weeks,
        site=project.site,
        utc_offset_minutes=project.utc_offset_minutes,
        rate=_usual_rate(tables, first),
    )
    chosen = [seed, *_beside(standing, seed, slots)]
    change = replace(
        change,
        start=min(problem.slots[s].start for s in chosen),
        end=max(problem.slots[s].end for s in chosen),
    )
    return Idea(
        "hire",
        (change,),
        tuple(sorted(chosen)),
        (len(problem.people),),
        sum(_worth_of_hire(standing, prices, s, change.rate) for s in chosen),
        (),
    )


def rounded_up(fte: int, units_per_fte: int) -> int:
    """Units in whole steps of 5 hundredths of an FTE, or of one unit where that is coarser."""
    step = max(1, -(-units_per_fte * 5 // 100))
    return -(-fte // step) * step


def _usual_rate(tables: Tables, slot: Slot) -> int:
    """The median rate of those who hold the levels, or of everybody."""
    able = np.ones(tables.n_people, dtype=bool)
    for skill, level in slot.required.items():
        able &= tables.ever(skill) >= level
    rates = tables.rate[able] if able.any() else tables.rate
    return median_low(rates.tolist()) if len(rates) else 0


def _beside(standing: Standing, seed: int, slots: list[int]) -> list[int]:
    """Other open slots that the same new person could take, outwards from the first in time."""
    problem, limit = standing.problem, standing.problem.weights.max_offset_hours
    first = problem.slots[seed]
    home = problem.projects[first.project].utc_offset_minutes
    start, end, found = first.start, first.end, []
    for s in sorted(slots, key=lambda s: abs(problem.slots[s].start - first.start)):
        slot = problem.slots[s]
        apart = abs(problem.projects[slot.project].utc_offset_minutes - home)
        near = slot.start <= end + BRIDGED_WEEKS and slot.end >= start - BRIDGED_WEEKS
        able = slot.fte <= first.fte and all(
            first.required[skill] >= level for skill, level in slot.required.items()
        )
        if (slot.start < end and slot.end > start) or not near or not able:
            continue
        if limit is None or apart <= 60 * limit:
            found.append(s)
            start, end = min(start, slot.start), max(end, slot.end)
    return found


def _worth_of_hire(standing: Standing, prices: Prices, s: int, rate: int) -> float:
    """Points of a slot with somebody who holds just what it asks for, from its own site."""
    problem, slot = standing.problem, standing.problem.slots[s]
    weights = problem.weights
    fit = weights.fit_by_surplus[0] + weights.same_site
    gained = slot.effort * (weights.priority * problem.priority_of(s) + fit)
    cost = rate * slot.effort * (weights.cost / weights.cost_divisor)
    money = float(prices.money[slot.project]) * rate * slot.effort
    return float(max(0.0, gained - cost - money - prices.slot[s]))


# --- people who are there -------------------------------------------------------------------------


def _best_person(
    prices: Prices, s: int, people: Array, *, projects: bool = True
) -> tuple[float, int]:
    if len(people) == 0:
        return 0.0, -1
    surplus = prices.surplus(s, people, projects=projects)
    best = int(np.argmax(surplus))
    return float(surplus[best]), int(people[best])


def _otherwise_suited(tables: Tables, s: int, *but: Rule) -> Array:
    """Who fails no rule of a slot and a person except, perhaps, some."""
    fails = [bad for rule, bad in tables.failures(s).items() if rule not in but]
    able: Array = ~np.logical_or.reduce(fails)
    return able


def _trainings(standing: Standing, prices: Prices) -> Iterator[Idea]:
    tables, problem = standing.tables, standing.problem
    for s in standing.open:
        slot = problem.slots[s]
        if slot.start == 0:
            continue  # nobody learns before the first week
        able = _otherwise_suited(tables, s, Rule.SKILL, Rule.VALIDITY)
        lacks = np.zeros(tables.n_people, dtype=np.int64)
        for skill, level in slot.required.items():
            missing = np.maximum(0, level - tables.held(skill, slot.start, slot.end))
            able &= missing <= MOST_LEVELS
            lacks += missing > 0
        people = np.flatnonzero(able & (lacks > 0) & (lacks <= MOST_TRAININGS))
        price, p = _best_person(prices, s, people)
        if p < 0:
            continue
        trained = tuple(
            Train(problem.people[p].key, skill, level, slot.start)
            for skill, level in sorted(slot.required.items())
            if tables.held(skill, slot.start, slot.end)[p] < level
        )
        yield Idea("train", trained, (s,), (p,), price, cluster_of(slot))


def _lowered(standing: Standing, prices: Prices) -> Iterator[Idea]:
    tables = standing.tables
    for s in standing.open:
        slot = standing.problem.slots[s]
        able = _otherwise_suited(tables, s, Rule.SKILL, Rule.VALIDITY)
        for skill, level in slot.required.items():
            others = able.copy()
            for other, needed in slot.required.items():
                if other != skill:
                    others &= tables.held(other, slot.start, slot.end) >= needed
            held = tables.held(skill, slot.start, slot.end)
            for down in range(1, min(MOST_LEVELS, level - 1) + 1):
                people = np.flatnonzero(others & (held == level - down))
                price, p = _best_person(prices, s, people)
                if p >= 0 and price > 0:
                    change = Lower(slot.key, skill, level - down)
                    yield Idea("lower", (change,), (s,), (p,), price, cluster_of(slot))
                    break


def _stopped_only_by(standing: Standing, s: int, rule: Rule) -> Array:
    people = standing.suited(s)
    fails = standing.ledger.failures(s, people)
    alone: Array = fails[rule].copy()
    for other, bad in fails.items():
        if other is not rule:
            alone &= ~bad
    return people[alone]


def _projects(standing: Standing, prices: Prices) -> Iterator[Idea]:
    problem = standing.problem
    for s in standing.open:
        people = _stopped_only_by(standing, s, Rule.MAX_PROJECTS)
        # Whoever may take one project at a time pays for hours by that price too: they must have
        # the hours as the plan stands.
        price, p = _best_person(prices, s, people, projects=False)
        if p >= 0:
            one = problem.people[p]
            change = MoreProjects(one.key, one.max_projects + 1)
            cluster = cluster_of(problem.slots[s])
            yield Idea("more_projects", (change,), (s,), (p,), price, cluster)


# --- projects -------------------------------------------------------------------------------------


def _budgets(standing: Standing, prices: Prices) -> Iterator[Idea]:
    """A budget is lifted first; how much of it is needed, the plan without it tells."""
    problem, free = standing.problem, replace(prices, money=np.zeros_like(prices.money))
    for j, project in enumerate(problem.projects):
        aimed, price, cluster = [], 0.0, ("", project.key)
        if project.budget is None or standing.ledger.money_left[j] >= NO_LIMIT // 2:
            continue
        for s in standing.open:
            if problem.slots[s].project != j:
                continue
            people = standing.suited(s)
            people = people[standing.ledger.failures(s, people)[Rule.BUDGET]]
            surplus, _p = _best_person(free, s, people)
            if surplus > 0:
                aimed.append(s)
                price += surplus
        if aimed:
            yield Idea("budget", (Budget(project.key, None),), tuple(aimed), (), price, cluster)


def _shifts(standing: Standing, prices: Prices) -> Iterator[Idea]:
    problem = standing.problem
    worth = _worth_when_shifted(standing, prices)
    for j, project in enumerate(problem.projects):
        phases = _phases(standing, j)
        for phase, own in phases.items():
            if all(standing.plan[s] >= 0 for s in own.slots):
                continue
            for weeks in (w for w in worth if w):
                moved = _pushed(phases, phase, weeks)
                slots = [s for name in moved for s in phases[name].slots]
                gaps = [s for s in slots if standing.plan[s] < 0]
                if not moved or not all(_inside(standing, s, weeks) for s in slots):
                    continue
                price = sum(worth[weeks].get(s, 0.0) - worth[0].get(s, 0.0) for s in gaps)
                best = max(gaps, key=lambda s: worth[weeks].get(s, 0.0))
                made = tuple(Shift(project.key, name, weeks) for name in moved)
                cluster = cluster_of(problem.slots[best])
                yield Idea("shift", made, tuple(gaps), (), price, cluster)


@dataclass
class _Phase:
    """The slots of a phase and its weeks, those of facts included."""

    slots: list[int]
    start: int
    end: int
    fixed: bool = False

    def extend(self, start: int, end: int) -> None:
        self.start, self.end = min(self.start, start), max(self.end, end)

    def meets(self, other: _Phase, weeks: int = 0) -> bool:
        """Whether both lie in some week once this one lies so much later."""
        return self.start + weeks < other.end and other.start < self.end + weeks


def _phases(standing: Standing, j: int) -> dict[str, _Phase]:
    problem = standing.problem
    found: dict[str, _Phase] = {}
    for s, slot in enumerate(problem.slots):
        if slot.project == j:
            phase = found.setdefault(slot.phase, _Phase([], slot.start, slot.end))
            phase.slots.append(s)
            phase.extend(slot.start, slot.end)
    for fact in problem.facts:
        if fact.project == problem.projects[j].key and fact.fte > 0:
            phase = found.setdefault(fact.phase, _Phase([], fact.start, fact.end))
            phase.extend(fact.start, fact.end)
            phase.fixed = True
    return found


def _pushed(phases: dict[str, _Phase], phase: str, weeks: int) -> list[str]:
    """The phase and those that it runs into; none where that is too many, or what is confirmed."""
    moved = [phase]
    for name in moved:
        for other, there in phases.items():
            runs_into = phases[name].meets(there, weeks) and not phases[name].meets(there)
            if other not in moved and runs_into:
                moved.append(other)
    possible = len(moved) <= MOST_PHASES and not any(phases[name].fixed for name in moved)
    return moved if possible else []


def _inside(standing: Standing, s: int, weeks: int) -> bool:
    slot = standing.problem.slots[s]
    return slot.start + weeks >= 0 and slot.end + weeks <= standing.problem.n_weeks


def _worth_when_shifted(standing: Standing, prices: Prices) -> dict[int, dict[int, float]]:
    """By number of weeks, what each open slot would be worth if it lay so much later."""
    found: dict[int, dict[int, float]] = {}
    for weeks in range(-MOST_WEEKS, MOST_WEEKS + 1):
        gaps = [s for s in standing.open if _inside(standing, s, weeks)]
        slots = list(standing.problem.slots)
        for s in gaps:
            slots[s] = replace(slots[s], start=slots[s].start + weeks, end=slots[s].end + weeks)
        tables = Tables(replace(standing.problem, slots=tuple(slots)))
        there = replace(prices, tables=tables)
        found[weeks] = {s: max(0.0, _best_person(there, s, tables.suited(s))[0]) for s in gaps}
    return found
