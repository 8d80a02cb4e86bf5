"""Why a plan is as it is: what each filled slot is worth, what keeps each open slot open."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

import numpy as np

from projects.kernel.staffing import verify
from projects.kernel.staffing.greedy import continuity
from projects.kernel.staffing.ledger import Ledger
from projects.kernel.staffing.problem import Rule, StaffingProblem, StaffingSolution
from projects.kernel.staffing.tables import Array, Tables

# The order in which people read them; the last one that alone stands between somebody and a slot
# is the one to name: who fails it has passed all before.
ORDER = tuple(r for r in Rule if r not in {Rule.MUST_FILL, Rule.CHANGE_BUDGET})
MOST_PEOPLE_NAMED = 5


class Reason(StrEnum):
    """Why a slot stays open."""

    BLOCKED = "blocked"  # nobody could take it as the plan stands
    NOT_WORTH_IT = "not_worth_it"  # somebody could, and the plan would lose by it
    NOT_REACHED = "not_reached"  # somebody could, and the plan would gain: it is not this solver's
    NOBODY = "nobody"  # there are no people


@dataclass(frozen=True, slots=True)
class Score:
    """What a filled slot is worth in points, by criterion; overload is a matter of people."""

    slot: int
    person: int
    coverage: int
    fit: int
    cost: int
    continuity: int
    money: int

    @property
    def total(self) -> int:
        return self.coverage + self.fit - self.cost + self.continuity


@dataclass(frozen=True, slots=True)
class SkillSupply:
    """How many people reach a required level at all, and through all weeks of the slot."""

    skill: str
    level: int
    have: int
    valid: int


@dataclass(frozen=True, slots=True)
class NearMiss:
    """Somebody whom lifting the blocking rules would free, and the weeks in which they bind."""

    person: int
    rules: tuple[Rule, ...]
    weeks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class HolderRule:
    """How many of those who hold the skills fail a rule, and the weeks in which it binds.

    The weeks are those in which it stops at least one of them; none for a rule not about weeks.
    """

    rule: Rule
    count: int
    weeks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Blocker:
    """What keeps an open slot open on the published plan.

    Attributes
    ----------
    rules
        Lifting these for this slot makes at least one person eligible (of a pinned slot: the person
        pinned); as few as possible, empty unless the reason is BLOCKED.
    failing
        Number of people who fail each rule, whatever else they fail.
    frees
        Number of people whom lifting that rule alone would make eligible.
    gain
        Of the best person who could take it: what the plan would gain (0 or less: lose).
    holders, of_holders
        Number of people who hold all skills through all weeks, and what stops how many of them;
        somebody who fails two rules counts in both.
    """

    slot: int
    reason: Reason
    rules: tuple[Rule, ...]
    failing: dict[Rule, int]
    frees: dict[Rule, int]
    supply: tuple[SkillSupply, ...]
    people: tuple[NearMiss, ...]
    gain: int | None = None
    holders: int = 0
    of_holders: tuple[HolderRule, ...] = ()

    @property
    def blocking_rule(self) -> Rule | None:
        """The one rule to name; None where it takes several, or none blocks."""
        return self.rules[0] if len(self.rules) == 1 else None


@dataclass(frozen=True, slots=True)
class Explanation:
    """All scores, all blockers, and the points each overloaded person costs."""

    scores: tuple[Score, ...]
    blockers: tuple[Blocker, ...]
    overload: dict[int, int]


def explain(problem: StaffingProblem, solution: StaffingSolution) -> Explanation:
    """Look up, without a solver, why each slot of a plan is filled as it is or stays open."""
    plan = solution.assignment
    ledger = Ledger(Tables(problem))
    ledger.place_all(np.array(plan, dtype=np.int64))
    return Explanation(
        scores=_scores(problem, plan),
        blockers=tuple(blocker(ledger, s) for s, p in enumerate(plan) if p < 0),
        overload=verify.overload_points(problem, plan),
    )


def _scores(problem: StaffingProblem, plan: tuple[int, ...]) -> tuple[Score, ...]:
    kept: dict[int, int] = {}
    for _before, after, points in verify.kept_seats(problem, plan):
        kept[after] = kept.get(after, 0) + points
    weights, found = problem.weights, []
    for s, p in enumerate(plan):
        if p < 0:
            continue
        slot = problem.slots[s]
        money = problem.people[p].rate * slot.effort
        found.append(
            Score(
                slot=s,
                person=p,
                coverage=weights.priority * problem.priority_of(s) * slot.effort,
                fit=verify.fit_points(problem, s, p) * slot.effort,
                cost=money * weights.cost // weights.cost_divisor,
                continuity=kept.get(s, 0),
                money=money,
            )
        )
    return tuple(found)


def blocker(ledger: Ledger, s: int) -> Blocker:
    """What keeps an open slot open, given all that is placed."""
    tables = ledger.tables
    everybody = np.arange(tables.n_people)
    fails = tables.failures(s) | ledger.failures(s, everybody)
    failed = np.stack([fails[rule] for rule in ORDER])
    # Whoever is not pinned there fails by choice: what to lift is what the pinned person fails.
    able = [tables.pinned[s]] if s in tables.pinned else everybody
    times = failed.sum(axis=0)
    free = np.flatnonzero(times == 0)
    reason, gain = Reason.BLOCKED, None
    rules: tuple[Rule, ...] = ()
    if tables.n_people == 0:
        reason = Reason.NOBODY
    elif len(free):
        gain = _best_gain(ledger, s, free)
        reason = Reason.NOT_WORTH_IT if gain <= 0 else Reason.NOT_REACHED
    else:
        rules = _fewest_rules(failed[:, able])
    return Blocker(
        slot=s,
        reason=reason,
        rules=rules,
        failing={r: int(failed[i].sum()) for i, r in enumerate(ORDER) if failed[i].any()},
        frees={
            r: int((failed[i] & (times == 1)).sum())
            for i, r in enumerate(ORDER)
            if (failed[i] & (times == 1)).any()
        },
        supply=_supply(tables, s),
        people=_near_misses(ledger, s, failed, rules),
        gain=gain,
        holders=int((~_unskilled(failed)).sum()),
        of_holders=_of_holders(ledger, s, failed),
    )


def _unskilled(failed: Array) -> Array:
    lacking: Array = failed[ORDER.index(Rule.SKILL)] | failed[ORDER.index(Rule.VALIDITY)]
    return lacking


def _of_holders(ledger: Ledger, s: int, failed: Array) -> tuple[HolderRule, ...]:
    skilled = ~_unskilled(failed)
    found = []
    for i, rule in enumerate(ORDER):
        stopped = np.flatnonzero(failed[i] & skilled)
        if len(stopped):
            found.append(HolderRule(rule, len(stopped), _weeks_of(ledger, s, stopped, rule)))
    return tuple(found)


def _weeks_of(ledger: Ledger, s: int, people: Array, rule: Rule) -> tuple[int, ...]:
    """The weeks of the slot in which a rule stops at least one of some people."""
    slot, tables = ledger.tables.problem.slots[s], ledger.tables
    weeks = slice(slot.start, slot.end)
    if rule is Rule.AVAILABILITY:
        binds = tables.availability[people, weeks] < slot.fte
    elif rule is Rule.CAPACITY:
        binds = (ledger.load[people, weeks] > 0) & (ledger.left[people, weeks] < slot.fte)
    elif rule is Rule.MAX_PROJECTS:
        elsewhere = ledger.works_on[people, slot.project, weeks] == 0
        binds = elsewhere & (ledger.projects_left[people, weeks] < 1)
    else:
        return ()
    return tuple((slot.start + np.flatnonzero(binds.any(axis=0))).tolist())


def _fewest_rules(failed: Array) -> tuple[Rule, ...]:
    """The smallest set of rules that somebody fails; among equals the one met last."""
    least = failed.sum(axis=0).min()
    near = failed[:, failed.sum(axis=0) == least]
    for wanted in reversed(list(combinations(range(len(ORDER)), int(least)))):
        if near[list(wanted)].all(axis=0).any():
            return tuple(ORDER[i] for i in wanted)
    raise AssertionError("everybody fails at least one rule here")


def _best_gain(ledger: Ledger, s: int, people: Array) -> int:
    points = ledger.tables.points(s, people) + continuity(ledger, s, people)
    points -= ledger.overload_paid(s, people)
    for p, extra in ledger.beside_facts.get(s, ()):
        points[people == p] += extra
    return int(points.max())


def _supply(tables: Tables, s: int) -> tuple[SkillSupply, ...]:
    slot = tables.problem.slots[s]
    return tuple(
        SkillSupply(
            skill=skill,
            level=level,
            have=int((tables.ever(skill) >= level).sum()),
            valid=int((tables.held(skill, slot.start, slot.end) >= level).sum()),
        )
        for skill, level in slot.required.items()
    )


def _near_misses(
    ledger: Ledger, s: int, failed: Array, rules: tuple[Rule, ...]
) -> tuple[NearMiss, ...]:
    if not rules:
        return ()
    others = [i for i, rule in enumerate(ORDER) if rule not in rules]
    people = np.flatnonzero(~failed[others].any(axis=0))
    best_first = people[np.argsort(-ledger.tables.points(s, people), kind="stable")]
    return tuple(
        NearMiss(
            person=int(p),
            rules=tuple(rule for i, rule in enumerate(ORDER) if failed[i, p]),
            weeks=binding_weeks(ledger, s, int(p), rules),
        )
        for p in best_first[:MOST_PEOPLE_NAMED]
    )


def binding_weeks(ledger: Ledger, s: int, p: int, rules: tuple[Rule, ...]) -> tuple[int, ...]:
    """The weeks of the slot in which a rule about weeks stops somebody."""
    slot, tables = ledger.tables.problem.slots[s], ledger.tables
    weeks = []
    for week in range(slot.start, slot.end):
        works = ledger.works_on[p, slot.project, week] > 0
        binds = {
            Rule.AVAILABILITY: tables.availability[p, week] < slot.fte,
            Rule.CAPACITY: ledger.left[p, week] < slot.fte,
            Rule.MAX_PROJECTS: not works and ledger.projects_left[p, week] < 1,
            Rule.APART: ledger.beside_partner(p, slot.project, week),
            Rule.VALIDITY: any(
                tables.held(skill, week, week + 1)[p] < level
                for skill, level in slot.required.items()
            ),
        }
        if any(binds.get(rule, False) for rule in rules):
            weeks.append(week)
    return tuple(weeks)
