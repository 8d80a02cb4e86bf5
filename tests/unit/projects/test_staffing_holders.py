"""Work that nobody takes over stays with its holder, as a fact, and the rest keeps its meaning."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from projects.kernel.staffing import verify
from projects.kernel.staffing.holders import left_alone, with_holders
from projects.kernel.staffing.problem import StaffingSolution
from tests.unit.projects.staffing_cases import tiny


@pytest.mark.parametrize("seed", range(30))
def test_slots_turned_into_facts_are_counted_as_the_plan_that_fills_them(seed: int) -> None:
    """What is worth what is the same: the facts' own points are all that is gone."""
    rng = random.Random(seed)
    given = tiny(seed)
    n_people = len(given.people)
    start = tuple(rng.choice([-1, *range(n_people)]) for _ in given.slots)
    given = replace(given, start=start, weights=replace(given.weights, overload=0))
    held = [s for s, p in enumerate(start) if p >= 0]
    turned = frozenset(rng.sample(held, k=min(len(held), 2)))
    stays = [s for s in range(len(start)) if s not in turned]

    facts = with_holders(given, turned)

    assert [slot.key for slot in facts.slots] == [given.slots[s].key for s in stays]
    plan = tuple(rng.choice([-1, *range(n_people)]) for _ in stays)
    whole = list(start)
    for s, p in zip(stays, plan, strict=True):
        whole[s] = p
    alone = tuple(p if s in turned else -1 for s, p in enumerate(whole))
    value = verify.value(facts, StaffingSolution(plan))
    both = verify.value(given, StaffingSolution(tuple(whole)))
    theirs = verify.value(given, StaffingSolution(alone))
    assert value.coverage + theirs.coverage == both.coverage
    assert value.fit + theirs.fit == both.fit
    assert value.cost + theirs.cost == both.cost
    assert value.continuity + theirs.continuity == both.continuity


def test_only_what_the_start_filled_is_left_alone() -> None:
    given = replace(tiny(1), start=(0, 1, *(-1 for _ in tiny(1).slots[2:])))
    plan = (-1, 2, *(-1 for _ in given.slots[2:]))
    assert left_alone(given, plan) == {0}
