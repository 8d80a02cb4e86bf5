"""The smallest changes of one person that make her the best choice for a slot.

Each thing that could change about her is a dial in whole steps: a level of a skill, effort units a
week, money units of her rate, a project at once more. Dials that must turn before she may take the
slot at all are turned so far; then one more, else two or three, are turned to the end. Where that
makes her first, every dial goes back as far as she stays first, so that no step less would do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

import numpy as np

from projects.kernel.staffing import changes, verify
from projects.kernel.staffing.changes import Change, Free, MoreProjects, Rate, Train
from projects.kernel.staffing.ledger import Ledger
from projects.kernel.staffing.neighbourhood import Plan, Resolved, placed, resolve
from projects.kernel.staffing.problem import Rule, StaffingProblem, StaffingSolution
from projects.kernel.staffing.tables import NO_LIMIT
from teamhub.kernel.budget import Deadline

MOST_CHANGES, MOST_WAYS = 3, 5
# What orders ways: FTE-weeks that a level of a skill takes to learn, by our own convention, beside
# those that somebody frees and those that a lower rate saves.
FTE_WEEKS_A_LEVEL = 4.0
LIFTABLE = {
    Rule.SKILL,
    Rule.VALIDITY,
    Rule.AVAILABILITY,
    Rule.CAPACITY,
    Rule.MAX_PROJECTS,
    Rule.BUDGET,
}


@dataclass(frozen=True)
class Way:
    """Changes that make her first, what the neighbourhood gains by them, and what they ask.

    `smallest` is False where the time ended before every step back had been tried.
    """

    changes: tuple[Change, ...]
    gain: int
    burden: float
    smallest: bool


@dataclass
class Case:
    """One question: a person, a slot, and the neighbourhood in which it is decided."""

    problem: StaffingProblem
    plan: Plan
    s: int
    p: int
    slots: tuple[int, ...]
    deadline: Deadline
    seed: int
    _seen: dict[tuple[Change, ...], Resolved | None] = field(default_factory=dict)

    def after(self, made: tuple[Change, ...]) -> Resolved | None:
        """The neighbourhood's best plan once changes have come true."""
        if made not in self._seen:
            self._seen[made] = resolve(
                changes.apply(self.problem, made),
                self.plan,
                self.slots,
                self.deadline,
                unless_better=(self.s, self.p),
                seed=self.seed,
            )
        return self._seen[made]

    def first(self, made: tuple[Change, ...]) -> bool:
        """Whether every best plan then has her in the slot, as far as the time told."""
        then = self.after(made)
        return then is not None and then.proven and then.plan[self.s] == self.p


@dataclass(frozen=True)
class _Dial:
    """One thing about her: steps that she needs to fit at all, and how far it may be turned."""

    need: int
    top: int
    change: Callable[[int, tuple[int, int]], Change]
    burden: Callable[[int, tuple[int, int]], float]
    # Where the least step is likely to be, for a faster search.
    guess: int = 0


@dataclass(frozen=True)
class _Turned:
    """How far each dial is turned, and the weeks in which she would free time."""

    steps: tuple[int, ...]
    weeks: tuple[int, int]

    def at(self, dial: int, step: int) -> _Turned:
        return replace(self, steps=(*self.steps[:dial], step, *self.steps[dial + 1 :]))


@dataclass(frozen=True)
class Found:
    """What makes her first: ways, or why there are none.

    `never`: rules that no change of hers lifts. `needs`: what she lacks to take the slot at all,
    where that is too many changes or would still not make her first.
    """

    ways: tuple[Way, ...] = ()
    never: tuple[Rule, ...] = ()
    needs: tuple[Change, ...] = ()


def smallest(case: Case, worth: int, loss: int | None) -> Found:
    """Every way of one dial beyond need that makes her first, else of two or three; best first.

    Parameters
    ----------
    worth
        Objective of the plan whose neighbourhood is solved without any change.
    loss
        Points lost where she is forced into the slot; None where she cannot be.

    Returns
    -------
    Found
        Ways with the fewest changes first, then the least to ask; at most MOST_WAYS.
    """
    ledger = placed(case.problem, case.plan, case.slots)
    failing = failed_rules(ledger, case.s, case.p)
    never = tuple(rule for rule in failing if rule not in LIFTABLE)
    if never:
        return Found(never=never)
    search = _Search(case, _dials(case, ledger, loss))
    if any(dial.need > dial.top for dial in search.dials):
        return Found(never=(Rule.BUDGET,))
    needs = search.needs(_short_weeks(case, ledger))
    if len(needs) > MOST_CHANGES:
        return Found(needs=needs)
    found = [search.way(turned, worth) for turned in search.turned()]
    found.sort(key=lambda way: (len(way.changes), way.burden))
    if found or loss is not None:
        return Found(ways=tuple(found[:MOST_WAYS]))
    return Found(needs=needs) if needs else Found(never=_plan_rules(case.problem))


def failed_rules(ledger: Ledger, s: int, p: int) -> tuple[Rule, ...]:
    """The rules between a person and an open slot, given all that is placed."""
    fails = {rule: bool(who[p]) for rule, who in ledger.tables.failures(s).items()}
    here = ledger.failures(s, np.array([p]))
    fails |= {rule: bool(who[0]) for rule, who in here.items()}
    return tuple(rule for rule in Rule if fails.get(rule))


def _plan_rules(problem: StaffingProblem) -> tuple[Rule, ...]:
    """What bars somebody who fails no rule herself: what the plan owes elsewhere."""
    musts = any(slot.must_fill for slot in problem.slots)
    return (Rule.CHANGE_BUDGET,) * problem.is_limited + (Rule.MUST_FILL,) * musts


class _Search:
    """Turns dials until she is first, and back as far as she stays so."""

    def __init__(self, case: Case, dials: Sequence[_Dial]) -> None:
        self.case, self.dials = case, dials
        slot = case.problem.slots[case.s]
        self.weeks = slot.start, slot.end

    def turned(self) -> list[_Turned]:
        """The smallest settings that make her first, in as few dials beyond need as possible."""
        need = _Turned(tuple(dial.need for dial in self.dials), self.weeks)
        if self._first(need):
            return [self._back(need)]
        more = [i for i, dial in enumerate(self.dials) if dial.top > dial.need]
        for number in range(1, MOST_CHANGES + 1):
            if number == MOST_CHANGES and not self._first(self._all_turned(need, more)):
                break
            found = []
            for chosen in combinations(more, number):
                full = self._all_turned(need, chosen)
                if sum(step > 0 for step in full.steps) <= MOST_CHANGES and self._first(full):
                    found.append(self._back(full))
            if found:
                return list(dict.fromkeys(found))
        return []

    def _all_turned(self, need: _Turned, dials: Iterable[int]) -> _Turned:
        for i in dials:
            need = need.at(i, self.dials[i].top)
        return need

    def needs(self, weeks: tuple[int, int]) -> tuple[Change, ...]:
        """What she lacks to take the slot at all; time in some weeks only."""
        return self._changes(_Turned(tuple(dial.need for dial in self.dials), weeks))

    def way(self, turned: _Turned, worth: int) -> Way:
        made = self._changes(turned)
        then = self.case.after(made)
        if then is None:
            raise AssertionError("a way was solved before")
        after = changes.apply(self.case.problem, made)
        gain = verify.value(after, StaffingSolution(then.plan)).objective - worth
        burden = sum(
            dial.burden(step, turned.weeks)
            for dial, step in zip(self.dials, turned.steps, strict=True)
            if step
        )
        return Way(made, gain, burden, smallest=not self.case.deadline.over)

    def _first(self, turned: _Turned) -> bool:
        return not self.case.deadline.over and self.case.first(self._changes(turned))

    def _changes(self, turned: _Turned) -> tuple[Change, ...]:
        return tuple(
            dial.change(step, turned.weeks)
            for dial, step in zip(self.dials, turned.steps, strict=True)
            if step
        )

    def _back(self, turned: _Turned) -> _Turned:
        """Turn every dial back as far as she stays first, until none moves any more."""
        while True:
            before = turned
            for i, step in enumerate(turned.steps):
                if step:
                    turned = self._dial_back(turned, i)
            turned = self._fewer_weeks(turned)
            if turned == before:
                return turned

    def _dial_back(self, turned: _Turned, i: int) -> _Turned:
        if self._first(turned.at(i, 0)):
            return turned.at(i, 0)

        def holds(step: int) -> bool:
            return self._first(turned.at(i, step))

        low, high = 0, turned.steps[i]
        for guess in (self.dials[i].guess, self.dials[i].guess - 1):
            if low < guess < high:
                low, high = (low, guess) if holds(guess) else (guess, high)
        return turned.at(i, _edge(high, low, holds))

    def _fewer_weeks(self, turned: _Turned) -> _Turned:
        """Free time from as late a week as will do, then to as early a one."""
        if not any(isinstance(change, Free) for change in self._changes(turned)):
            return replace(turned, weeks=self.weeks)
        start, end = turned.weeks
        start = _edge(start, end, lambda week: self._first(replace(turned, weeks=(week, end))))
        end = _edge(end, start, lambda week: self._first(replace(turned, weeks=(start, week))))
        return replace(turned, weeks=(start, end))


def _edge(good: int, bad: int, holds: Callable[[int], bool]) -> int:
    """A good value whose neighbour towards `bad` is bad, by bisection."""
    while abs(good - bad) > 1:
        middle = (good + bad) // 2
        good, bad = (middle, bad) if holds(middle) else (good, middle)
    return good


# --- what could change about her ------------------------------------------------------------------


def _dials(case: Case, ledger: Ledger, loss: int | None) -> list[_Dial]:
    dials = [_skill(case, ledger, skill) for skill in case.problem.slots[case.s].required]
    dials += [_time(case, ledger), _money(case, ledger, loss), _projects(case, ledger)]
    return [dial for dial in dials if max(dial.need, dial.top) > 0]


def _skill(case: Case, ledger: Ledger, skill: str) -> _Dial:
    """Levels above the one that she holds through all weeks of the slot."""
    slot, tables = case.problem.slots[case.s], ledger.tables
    level = slot.required[skill]
    held = int(tables.held(skill, slot.start, slot.end)[case.p])
    # Nobody learns more than anybody here knows, and surplus beyond the table earns nothing more.
    known = max(level, int(tables.ever(skill).max(initial=0)))
    useful = min(known, level + len(case.problem.weights.fit_by_surplus) - 1)
    if case.problem.fit is not None and (case.s, case.p) in case.problem.fit:
        useful = level
    need = max(0, level - held)
    return _Dial(
        need=need,
        top=max(need, useful - held),
        change=lambda step, _weeks: Train(_key(case), skill, held + step, slot.start),
        burden=lambda step, _weeks: FTE_WEEKS_A_LEVEL * step,
    )


def _time(case: Case, ledger: Ledger) -> _Dial:
    """Units in each week of the slot, up to taking it on top of all that she does."""
    slot, p = case.problem.slots[case.s], case.p
    weeks = slice(slot.start, slot.end)
    left = ledger.tables.availability[p, weeks] - ledger.load[p, weeks]
    also = np.zeros(slot.end - slot.start, dtype=np.int64)
    for other in case.slots:
        if other != case.s and case.plan[other] == p:
            x = case.problem.slots[other]
            also[max(0, x.start - slot.start) : max(0, x.end - slot.start)] += x.fte
    need = max(0, int((slot.fte - left).max()))
    return _Dial(
        need=need,
        top=max(need, slot.fte, int((slot.fte - left + also).max())),
        change=lambda step, weeks: Free(_key(case), step, *weeks),
        burden=lambda step, weeks: step * (weeks[1] - weeks[0]) / case.problem.units_per_fte,
    )


def _short_weeks(case: Case, ledger: Ledger) -> tuple[int, int]:
    """From the first week of the slot in which she lacks time to the last; else all of them."""
    slot = case.problem.slots[case.s]
    weeks = slice(slot.start, slot.end)
    left = ledger.tables.availability[case.p, weeks] - ledger.load[case.p, weeks]
    short = np.flatnonzero(left < slot.fte).tolist()
    return (slot.start + short[0], slot.start + short[-1] + 1) if short else (slot.start, slot.end)


def _money(case: Case, ledger: Ledger, loss: int | None) -> _Dial:
    """Money units off her rate, up to half of it: nobody offers more."""
    slot, weights = case.problem.slots[case.s], case.problem.weights
    rate = case.problem.people[case.p].rate
    left = int(ledger.money_left[slot.project])
    affordable = rate if left >= NO_LIMIT // 2 else max(0, left) // slot.effort
    point = slot.effort * weights.cost
    guess = 0 if loss is None or not point else -(-(loss + 1) * weights.cost_divisor // point)
    return _Dial(
        need=max(0, rate - affordable),
        top=rate // 2,
        change=lambda step, _weeks: Rate(_key(case), rate - step),
        burden=lambda step, _weeks: step * slot.effort / max(1, rate) / case.problem.units_per_fte,
        guess=guess,
    )


def _projects(case: Case, ledger: Ledger) -> _Dial:
    """Projects at once, up to keeping all those that she works on."""
    slot, p = case.problem.slots[case.s], case.p
    most = case.problem.people[p].max_projects
    weeks = slice(slot.start, slot.end)

    def lacking() -> int:
        works = ledger.works_on[p, :, weeks] > 0
        lack = np.where(works[slot.project], 0, 1 + works.sum(axis=0) - most)
        return max(0, int(lack.max()))

    need = lacking()
    hers = [s for s in case.slots if s != case.s and case.plan[s] == p]
    for s in hers:
        ledger.place(s, p)
    top = max(need, lacking())
    for s in hers:
        ledger.remove(s)
    return _Dial(
        need=need,
        top=top,
        change=lambda step, _weeks: MoreProjects(_key(case), most + step),
        burden=lambda step, _weeks: float(step),
    )


def _key(case: Case) -> str:
    return case.problem.people[case.p].key
