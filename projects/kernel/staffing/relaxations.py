"""What would help: the changes that gain most, each confirmed by solving again with and without."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import zip_longest
from typing import Any

from projects.kernel.staffing import changes, verify
from projects.kernel.staffing.changes import Budget, Hire, Shift, Train
from projects.kernel.staffing.ideas import Idea, ideas, rounded_up
from projects.kernel.staffing.neighbourhood import settled
from projects.kernel.staffing.prices import prices_of
from projects.kernel.staffing.problem import StaffingProblem, StaffingSolution, require
from projects.kernel.staffing.repair import MOST_SLOTS, Repaired, Standing, check
from projects.kernel.staffing.solve import BrokenPlan
from teamhub.kernel.budget import Deadline, Report

Json = dict[str, Any]

TOP, MOST_TOP = 5, 20
# Tried for each idea that is asked for; what prices put behind these hardly ever comes first.
TRIED_EACH = 4
# One re-solve is proven within a tenth of it; the rest is for a machine under load.
SUB_SECONDS = 1.5
# A neighbourhood that is not proven in that time is halved, this one and all after it.
LEAST_SLOTS = 10
PRICE_SHARE = 0.25
# Kept for checking and telling what was found.
SPARE_SHARE = 0.15


@dataclass(frozen=True, slots=True)
class Confirmed:
    """An idea after both re-solves."""

    idea: Idea
    gain: int
    fills: tuple[int, ...]
    before: Repaired
    after: Repaired


def answer(
    problem: StaffingProblem,
    plan: tuple[int, ...],
    params: Mapping[str, Any],
    deadline: Deadline,
    seed: int,
    report: Report,
) -> Json:
    """The cheapest relaxations of a plan, best first.

    maximise gain = best value with the change - upper bound without it, both over the same freed
    slots of the same plan (docs/formulas.md#what-would-help)

    Parameters
    ----------
    plan
        Person per slot, -1 where open. What of it breaks a rule stays as it is.
    params
        top: how many ideas, 5 unless said.

    Returns
    -------
    dict
        base {objective, coverage_share, open}; ideas [{changes, gain, price, fills, opens,
        coverage_share, money}]; tried; estimate: false where every gain is that of the whole
        problem, not of a neighbourhood.

    Raises
    ------
    InvalidProblem
        The plan is not of this problem, or `top` is out of range.
    """
    top = params.get("top", TOP)
    whole = isinstance(top, int) and not isinstance(top, bool)
    require(whole and 1 <= top <= MOST_TOP, "top", f"{top!r} is no number from 1 to {MOST_TOP}")
    report("Reading the plan", 0.0)
    check(problem, plan)
    standing = Standing(settled(problem, plan), plan)
    report("Trying changes", 0.1)
    seconds = PRICE_SHARE * deadline.left
    prices = prices_of(standing.tables, standing.base, deadline, seconds)
    found = ideas(standing, prices)
    trial = _Trial(standing, deadline, seed)
    confirmed: list[Confirmed] = []
    tried = 0
    most = min(len(found), TRIED_EACH * top)
    for idea in _in_turn(found):
        spare = deadline.left <= SPARE_SHARE * deadline.budget.seconds
        if deadline.over or tried >= most or (spare and confirmed):
            break
        report("Confirming by solving again", 0.3 + 0.7 * tried / most)
        tried += 1
        one = trial.confirm(idea)
        if one is not None:
            confirmed.append(one)
    worth = standing.value
    return {
        "base": {
            "objective": worth.objective,
            "coverage_share": worth.covered_share,
            "open": len(standing.open),
        },
        "ideas": [trial.compared(one) for one in _best(confirmed, top)],
        "tried": tried,
        "estimate": not (standing.is_small and trial.most == MOST_SLOTS),
    }


def _in_turn(found: Sequence[Idea]) -> Iterator[Idea]:
    """The dearest of each kind, then the second of each: prices of two kinds compare badly."""
    kinds: dict[str, list[Idea]] = {}
    for idea in found:
        kinds.setdefault(idea.kind, []).append(idea)
    for turn in zip_longest(*kinds.values()):
        yield from sorted((i for i in turn if i is not None), key=lambda idea: -idea.price)


def _best(confirmed: Sequence[Confirmed], top: int) -> list[Confirmed]:
    """The greatest gains without the nearly equal.

    Of one kind no more than half while other kinds have something to say.
    """
    most = -(-top // 2)
    chosen: list[Confirmed] = []
    rest: list[Confirmed] = []
    for one in sorted(confirmed, key=_order):
        if any(_alike(one, other) for other in (*chosen, *rest)):
            continue
        same = sum(other.idea.kind == one.idea.kind for other in chosen)
        (chosen if same < most else rest).append(one)
    return sorted([*chosen, *rest][:top], key=_order)


def _order(one: Confirmed) -> tuple[int, str, tuple[int, ...]]:
    return -one.gain, one.idea.kind, one.fills


def _alike(one: Confirmed, other: Confirmed) -> bool:
    """One kind for one and the same slot, or two hires who differ in levels only."""
    a, b = one.idea.changes[0], other.idea.changes[0]
    if (
        isinstance(a, Hire)
        and isinstance(b, Hire)
        and dict(a.skills).keys() == dict(b.skills).keys()
    ):
        return True
    return one.idea.kind == other.idea.kind and not set(one.fills).isdisjoint(other.fills)


def _skills(hire: Hire) -> set[str]:
    return {skill for skill, _level in hire.skills}


@dataclass
class _Trial:
    """Solves neighbourhoods with and without a change; those without are kept."""

    standing: Standing
    deadline: Deadline
    seed: int
    most: int = MOST_SLOTS
    _without: dict[tuple[int, ...], Repaired | None] = field(default_factory=dict)

    def confirm(self, idea: Idea) -> Confirmed | None:
        """Both re-solves; None where nothing is gained, or not proven to be in the time."""
        while True:
            freed = self._freed(idea)
            before = None if freed is None else self._solved_without(freed)
            if freed is None or before is None:
                return None
            after = self._solved_with(idea, freed, before)
            if after is None:
                return None
            if (before.proven and after.proven) or self.most <= LEAST_SLOTS or self.deadline.over:
                return self._confirmed(idea, freed, before, after)
            self.most //= 2

    def _confirmed(
        self, idea: Idea, freed: tuple[int, ...], before: Repaired, after: Repaired
    ) -> Confirmed | None:
        change = idea.changes[0]
        if isinstance(change, Hire):
            idea, after = self._trimmed(idea, change, freed, after)
        elif isinstance(change, Budget):
            idea = self._paid(idea, change, after)
        fills = tuple(s for s in self.standing.open if after.plan[s] >= 0 > before.plan[s])
        gain = self._gain(idea, before, after) if fills else 0
        return Confirmed(idea, gain, fills, before, after) if gain > 0 else None

    def _gain(self, idea: Idea, before: Repaired, after: Repaired) -> int:
        """Whole plans are compared where a change makes what stays in its place worth another."""
        if not isinstance(idea.changes[0], Train):
            return int(after.points - before.points - before.slack)
        old, new = self._values(idea, before, after)
        return int(new.objective - old.objective - before.slack)

    def _freed(self, idea: Idea) -> tuple[int, ...] | None:
        standing, moved = self.standing, []
        for change in idea.changes:
            if isinstance(change, Shift):
                moved += [
                    s
                    for s, slot in enumerate(standing.problem.slots)
                    if slot.phase == change.phase
                    and standing.problem.projects[slot.project].key == change.project
                ]
        known = [p for p in idea.people if p < standing.tables.n_people]
        freed = standing.around({*idea.aimed, *moved}, known, most=self.most)
        # Work that breaks a rule as it stands cannot be re-solved in other weeks.
        return freed if set(moved) <= set(freed) else None

    def _solved_without(self, freed: tuple[int, ...]) -> Repaired | None:
        if freed not in self._without:
            self._without[freed] = self.standing.resolve(
                freed, deadline=self.deadline, seconds=SUB_SECONDS, seed=self.seed
            )
        return self._without[freed]

    def _solved_with(self, idea: Idea, freed: tuple[int, ...], before: Repaired) -> Repaired | None:
        changed = self._changed(idea)
        return Standing(changed, self.standing.plan).resolve(
            freed,
            deadline=self.deadline,
            seconds=SUB_SECONDS,
            seed=self.seed,
            start=before.plan,
        )

    def _changed(self, idea: Idea) -> StaffingProblem:
        return changes.apply(self.standing.problem, idea.changes)

    def _trimmed(
        self, idea: Idea, hire: Hire, freed: tuple[int, ...], after: Repaired
    ) -> tuple[Idea, Repaired]:
        """Hire no more than the plan uses, share, weeks and levels; solve again if that is less."""
        taken = [s for s, p in enumerate(after.plan) if p == len(self.standing.problem.people)]
        if not taken:
            return idea, after
        slots = [self.standing.problem.slots[s] for s in taken]
        start, end = min(x.start for x in slots), max(x.end for x in slots)
        most = max(
            sum(x.fte for x in slots if x.start <= week < x.end) for week in range(start, end)
        )
        levels: dict[str, int] = {}
        for slot in slots:
            for skill, level in slot.required.items():
                levels[skill] = max(levels.get(skill, 0), level)
        less = replace(
            hire,
            skills=tuple(sorted(levels.items())),
            fte=rounded_up(most, self.standing.problem.units_per_fte),
            start=start,
            end=end,
        )
        if less == hire:
            return idea, after
        trimmed = replace(idea, changes=(less,))
        again = self._solved_with(trimmed, freed, after)
        return (idea, after) if again is None else (trimmed, again)

    def _paid(self, idea: Idea, budget: Budget, after: Repaired) -> Idea:
        """The least budget under which the plan found without one can be paid."""
        problem = self.standing.problem
        spent = sum(
            problem.people[p].rate * slot.effort
            for slot, p in zip(problem.slots, after.plan, strict=True)
            if p >= 0 and problem.projects[slot.project].key == budget.project
        )
        spent += sum(
            problem.people[fact.person].rate * fact.effort
            for fact in problem.facts
            if fact.project == budget.project
        )
        return replace(idea, changes=(Budget(budget.project, spent),))

    def compared(self, one: Confirmed) -> Json:
        """A confirmed idea as it is told, once its plan is checked."""
        self.check(one)
        problem = self.standing.problem
        without, changed = self._values(one.idea, one.before, one.after)
        # What re-solving alone would cover is not the merit of the change.
        more = changed.covered_share - without.covered_share
        opens = (s for s, p in enumerate(one.after.plan) if p < 0 <= one.before.plan[s])
        return {
            "changes": [changes.to_json(change) for change in one.idea.changes],
            "gain": one.gain,
            "price": round(one.idea.price),
            "fills": [problem.slots[s].key for s in one.fills],
            "opens": [problem.slots[s].key for s in opens],
            "coverage_share": min(1.0, max(0.0, self.standing.value.covered_share + more)),
            "money": changed.money - without.money,
        }

    def _values(
        self, idea: Idea, before: Repaired, after: Repaired
    ) -> tuple[verify.Value, verify.Value]:
        old, new = self.standing.problem, self._changed(idea)
        return (
            verify.value(old, StaffingSolution(before.plan)),
            verify.value(new, StaffingSolution(after.plan)),
        )

    def check(self, one: Confirmed) -> None:
        """Raise BrokenPlan unless the plan with the change breaks no more than the present one."""
        if self._is_broken:
            return
        broken = verify.verify(self._changed(one.idea), StaffingSolution(one.after.plan))
        if broken:
            raise BrokenPlan(f"a re-solved plan breaks {broken[0]}")

    @cached_property
    def _is_broken(self) -> bool:
        present = StaffingSolution(tuple(self.standing.plan))
        return bool(verify.verify(self.standing.problem, present))
