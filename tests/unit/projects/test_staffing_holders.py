"""Work that breaks a rule goes to somebody else; what nobody takes over stays, as a fact."""

from __future__ import annotations

import random
from dataclasses import replace
from threading import Event

import pytest

from projects.kernel.staffing import codec, job, verify
from projects.kernel.staffing.holders import kept, left_alone, relieved, with_holders
from projects.kernel.staffing.problem import StaffingProblem, StaffingSolution
from teamhub.kernel.budget import Budget, Silence
from tests.unit.projects.staffing_cases import person, problem, project, slot, tiny


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


def over(*others: str, **limits: int) -> StaffingProblem:
    """Ana holds two slots of 8 and has time for one; the others hold nothing."""
    return problem(
        people=(person("ana"), *map(person, others)),
        projects=(project("a", priority=1), project("b", priority=2)),
        slots=(slot("small", fte=8), slot("great", project=1, fte=8)),
        start=(0, 0),
        **limits,
    )


@pytest.mark.parametrize("limits", [{"max_changes": 1}, {"max_movers": 1}])
def test_who_is_over_gives_the_smaller_stake_away_and_that_counts(limits: dict[str, int]) -> None:
    given = relieved(over("ben", **limits))

    assert (given.start, given.facts) == ((1, 0), ())
    assert [getattr(given, name) for name in limits] == [0]
    # As urgent as the most urgent slot, so that nothing else takes the taker's time.
    assert given.priority_of(0) == 2


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(over(max_movers=1), id="nobody can take it"),
        pytest.param(over("ben", max_movers=0), id="nobody may move"),
        pytest.param(over("ben", max_changes=0), id="nothing may move"),
    ],
)
def test_who_cannot_be_relieved_keeps_all(given: StaffingProblem) -> None:
    assert [fact.person for fact in relieved(given).facts] == [0, 0]
    assert relieved(given).slots == ()


def test_where_one_slot_has_no_taker_the_other_goes() -> None:
    given = over("ben", max_movers=1)
    given = replace(given, exclude=frozenset({(0, 1)}))

    (left,) = relieved(given).slots
    assert (left.key, relieved(given).start) == ("great", (1,))
    assert [(fact.person, fact.project) for fact in relieved(given).facts] == [(0, "a")]


def test_nobody_who_is_over_takes_from_another() -> None:
    given = over("ben", max_movers=2)
    both = (*given.slots, slot("mine", phase="2", fte=8), slot("yours", project=1, phase="2"))
    given = replace(given, slots=both, start=(0, 0, 1, 1))
    assert relieved(given).slots == ()


@pytest.mark.parametrize("seed", range(60))
def test_what_is_begun_from_keeps_the_rules_and_the_budgets(seed: int) -> None:
    rng = random.Random(seed)
    given = tiny(seed)
    start = tuple(rng.choice([-1, *range(len(given.people))]) for _ in given.slots)
    changes, movers = rng.randint(0, 3), rng.choice([None, 0, 1, 2])
    given = replace(given, start=start, max_changes=changes, max_movers=movers)

    begun = relieved(given)

    assert begun.start is not None
    assert verify.verify(begun, StaffingSolution(begun.start)) == []
    holders = {slot.key: p for slot, p in zip(given.slots, start, strict=True)}
    pairs = [(holders[slot.key], p) for slot, p in zip(begun.slots, begun.start, strict=True)]
    assert all((before < 0) == (now < 0) for before, now in pairs), "nobody is left out"
    gone = [before for before, now in pairs if before != now]
    assert begun.max_changes == changes - len(gone)
    assert begun.max_movers == (None if movers is None else movers - len(set(gone)))


def test_the_shortest_look_relieves_whoever_is_over() -> None:
    given = over("ben", max_movers=1)
    asked = {"problem": codec.problem_to_json(given), "seconds": 0.01, "holders_stay": True}

    result = job.run(asked, Silence(), Event())

    assert {row["slot"]: row["person"] for row in result["assignment"]} == {
        "small": "ben",
        "great": "ana",
    }


@pytest.mark.parametrize("seed", range(60))
def test_a_plan_gives_up_what_needs_the_time_of_work_left_alone(seed: int) -> None:
    rng = random.Random(seed)
    given = tiny(seed)
    start = tuple(rng.choice([-1, *range(len(given.people))]) for _ in given.slots)
    given = relieved(replace(given, start=start, max_changes=3))
    plan = tuple(rng.choice([-1, p, 0, 1, 2]) for p in given.start or ())
    limited = replace(given, max_changes=None)  # a random plan may change all

    problem, still = kept(limited, plan)

    assert left_alone(problem, still) == frozenset()
    if left_alone(limited, plan):
        assert verify.verify(problem, StaffingSolution(still)) == []
        facts = len(problem.facts) - len(given.facts)
        assert len(problem.slots) + facts == len(given.slots)
    else:
        assert (problem, still) == (limited, plan)


def test_the_result_of_a_job_never_leaves_a_holder_alone() -> None:
    """Ana's slot stays open in the solver's plan, and her time went to another one."""
    given = problem(
        people=(person("ana"),),
        projects=(project("a", priority=1), project("b", priority=2)),
        slots=(slot("held", fte=8), slot("open", project=1, fte=8)),
        start=(0, -1),
        max_changes=1,
    )
    result = job._solved(given, Budget(0.5), 0, job._Trace(Silence()), Event())
    assert [row["slot"] for row in result["assignment"]] == ["open"]

    mended = job._kept(given, result, job._Trace(Silence()))

    assert mended["assignment"] == []
    assert (mended["objective"], mended["bound"]) == (0, None)
